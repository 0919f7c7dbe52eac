"""Meetings to fold, in few words: times are minutes after 18:00."""

from datetime import UTC, datetime, timedelta

from school.attendance import (
    Ended,
    Fact,
    Joined,
    Left,
    LessonAttendance,
    Participant,
    Place,
    Presence,
    Started,
    fold,
)
from school.model import Planned

SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)
PLANNED = Planned(SIX, timedelta(minutes=45))
HOST_ID = "host-zoom-id"
TEACHER = Participant(display_name="Aisha", user_id="1", zoom_user_id=HOST_ID)


def at(minutes: float) -> datetime:
    return SIX + timedelta(minutes=minutes)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def guest(name: str, user_id: str = "", *, place: Place = Place.MAIN) -> Participant:
    return Participant(display_name=name, user_id=user_id or f"of {name}", place=place)


def started(when: float, uuid: str = "A") -> Fact:
    return Started(uuid, at(when))


def ended(when: float, uuid: str = "A", *, began: float | None = None) -> Fact:
    return Ended(uuid, at(when), None if began is None else at(began))


def joined(who: Participant, when: float, uuid: str = "A") -> Fact:
    return Joined(uuid, at(when), who)


def left(who: Participant, when: float, uuid: str = "A") -> Fact:
    return Left(uuid, at(when), who)


def stay(who: Participant, since: float, until: float, uuid: str = "A") -> list[Fact]:
    return [joined(who, since, uuid), left(who, until, uuid)]


def held(*facts: Fact) -> list[Fact]:
    """A meeting from 18:00 to 18:40 with the teacher throughout, and `facts`."""
    return [started(0), *stay(TEACHER, 0, 40), *facts, ended(40)]


def folded(
    facts: list[Fact],
    *,
    as_of: float | None = None,
    host_is_reported: bool = False,
    is_over: bool = False,
) -> LessonAttendance:
    return fold(
        facts,
        host_ids={HOST_ID},
        planned=PLANNED,
        as_of=None if as_of is None else at(as_of),
        host_is_reported=host_is_reported,
        is_over=is_over,
    )


def of(name: str, lesson: LessonAttendance) -> Presence:
    """The only presence of that name."""
    (found,) = [one for one in lesson.presences if one.name == name]
    return found
