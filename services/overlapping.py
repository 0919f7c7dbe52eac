"""What a class would overlap with at another time, or with another teacher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import combinations

from school.errors import NotUnderstood
from school.model import LessonState, Planned
from school.schedule import clashes
from services.classes import UpcomingClass
from services.people import Teacher
from services.series_moves import moved_series
from storage import courses, people, timetables
from storage.courses import Course, Lesson
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Other classes at the same time, soonest first; of `teacher_name`, None: of whoever asks."""

    classes: tuple[UpcomingClass, ...] = ()
    teacher_name: str | None = None


NO_OVERLAPS = Overlaps()


async def moved(
    tx: Transaction, course: Course, chosen: Lesson, to: datetime, *, for_all: bool
) -> dict[Lesson, Planned]:
    """Where a move puts each lesson that moves.

    Raises HasPassed, and NotUnderstood onto another lesson of the series.
    """
    if for_all:
        lessons = await courses.lessons_of_course(tx, course.id)
        series = moved_series(course, chosen, lessons, to, tx.now)
        planned = {one: Planned(at, one.planned.length) for one, at in series.lessons}
    else:
        planned = {chosen: Planned(to, chosen.planned.length)}
    if (other := await _within_series(tx, course, planned)) is not None:
        raise NotUnderstood(
            "It would overlap with another class of this series, on {day} from {start} to {end}. "
            "Choose another time.",
            **_day_and_times(other, course),
        )
    return planned


async def check_lengths(tx: Transaction, course: Course, planned: Mapping[Lesson, Planned]) -> None:
    """Raises NotUnderstood where lessons with these lengths would overlap within the series."""
    if (other := await _within_series(tx, course, planned)) is not None:
        raise NotUnderstood(
            "With that length it would overlap with another class of this series, "
            "on {day} from {start} to {end}. Choose a shorter one.",
            **_day_and_times(other, course),
        )


async def with_other_classes(
    tx: Transaction, teacher: Teacher, course: Course, planned: Mapping[Lesson, Planned]
) -> Overlaps:
    """The classes of other courses that these would overlap with, of whoever is to give them.

    Of a series, only those of the teacher who asks.
    """
    if len(planned) == 1:
        ((lesson, at),) = planned.items()
        return await of_teacher(tx, teacher, course, lesson.teacher_id, [at])
    own = [at for lesson, at in planned.items() if lesson.teacher_id == teacher.person_id]
    return await of_teacher(tx, teacher, course, teacher.person_id, own)


async def of_teacher(
    tx: Transaction, asks: Teacher, course: Course, person_id: int, planned: Sequence[Planned]
) -> Overlaps:
    """The classes of one teacher, apart from this course's, that overlap with any of `planned`."""
    if not planned:
        return NO_OVERLAPS
    around = await timetables.lessons_of_teacher(
        tx,
        person_id,
        since=min(one.starts_at for one in planned),
        until=max(one.ends_at for one in planned),
    )
    others = [
        UpcomingClass(one.id, its.topic or "", one.planned, its.zone)
        for one, its in around
        if its.id != course.id
    ]
    found = tuple(one for one in others if any(clashes(at, [one]) for at in planned))
    is_own = person_id == asks.person_id
    return Overlaps(found, None if is_own else (await people.get_person(tx, person_id)).name)


async def _within_series(
    tx: Transaction, course: Course, changed: Mapping[Lesson, Planned]
) -> Planned | None:
    """Another lesson of the course that a changed one would overlap with; None if they are apart.

    What happens in a meeting is told apart by its times alone.
    """
    lessons = [
        one
        for one in await courses.lessons_of_course(tx, course.id)
        if one.is_open or one.state is LessonState.LIVE
    ]
    then = [(one, changed.get(one, one.planned)) for one in lessons]
    for (one, its), (other, others) in combinations(then, 2):
        is_new = one in changed or other in changed
        if is_new and _overlap(its, others) and not _overlap(one.planned, other.planned):
            return others if one in changed else its
    return None


def _day_and_times(planned: Planned, course: Course) -> dict[str, date | time]:
    start, end = (at.astimezone(course.zone) for at in (planned.starts_at, planned.ends_at))
    return {"day": start.date(), "start": start.time(), "end": end.time()}


def _overlap(one: Planned, other: Planned) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
