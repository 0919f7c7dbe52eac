"""What really happens in a made-up lesson: who comes when, goes, comes back."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sandbox.month import (
    HOST,
    Course,
    Fate,
    Lesson,
    Parting,
    Sitting,
    Student,
    Teacher,
    Visit,
)
from sandbox.month_people import as_typed

FREE_LENGTH = timedelta(minutes=40)
"""After so long Zoom ends a meeting on a free plan."""

# How likely it is that somebody …
_COMES, _KNOCKS, _HAS_ANOTHER_DEVICE = 0.85, 0.15, 0.2
_STAYS, _LEAVES_EARLY = 0.6, 0.15  # … or else goes and comes back
_LOSES_THE_NETWORK = 0.1
_TOO_SHORT_TO_LEAVE_S = 120

_DEVICE = "iPhone 12"
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def name_as_compared(name: str) -> str:
    """Case, spaces and what turns the direction of writing do not tell names apart."""
    plain = "".join(letter for letter in name if letter not in _TURNING)
    folded = unicodedata.normalize("NFKC", plain).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


class Script:
    """Writes lessons; the same chance writes the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def lesson(self, course: Course, starts_at: datetime, fate: Fate, giver: Teacher) -> Lesson:
        """A lesson of that fate, whoever gives it."""
        lesson = Lesson(course, starts_at, fate, giver, ())
        match fate:
            case Fate.CANCELLED_EARLY:
                return replace(lesson, told_at=starts_at - timedelta(hours=20))
            case Fate.CANCELLED_LATE:
                return replace(lesson, told_at=starts_at - timedelta(minutes=50))
            case Fate.NO_TEACHER:
                return replace(lesson, in_vain=self._in_vain(course.students, starts_at))
            case Fate.SUBSTITUTED:
                told_at = starts_at - timedelta(hours=5)
                return replace(lesson, told_at=told_at, sittings=self._sittings(lesson))
            case _:
                return replace(lesson, sittings=self._sittings(lesson))

    def _in_vain(
        self, students: Sequence[Student], starts_at: datetime
    ) -> tuple[tuple[str, datetime, datetime], ...]:
        came = [one for one in students if not one.email][:3]
        return tuple(
            (
                one.name,
                starts_at + self._seconds(-120, 400),
                starts_at + self._seconds(700, 1_500),
            )
            for one in came
        )

    def _sittings(self, lesson: Lesson) -> tuple[Sitting, ...]:
        spans = self._spans(lesson)
        people = self._who_comes(lesson)
        sittings: list[Sitting] = []
        for opened_at, ended_at in spans:
            visits = [visit for one in people for visit in self._visits(one, opened_at, ended_at)]
            if sittings:  # before the host comes back the meeting may still have been on
                visits = [replace(visit, knocked_at=None) for visit in visits]
            if lesson.fate is Fate.LOST:
                visits = self._with_a_lost_parting(visits)
            if lesson.fate is Fate.APART:
                visits = [self._after(visit, opened_at, ended_at) for visit in visits]
            hosts = self._hosts(lesson, opened_at, ended_at)
            sittings.append(Sitting(opened_at, ended_at, (*hosts, *visits)))
        if lesson.fate is Fate.CUT:
            sittings[0] = replace(sittings[0], is_cut=True)
        return tuple(sittings)

    # When

    def _spans(self, lesson: Lesson) -> list[tuple[datetime, datetime]]:
        length = lesson.course.length
        begins = lesson.starts_at + self._seconds(-300, 179)
        if lesson.fate in {Fate.LATE, Fate.LOOKED_IN, Fate.IN_VAIN}:
            begins = lesson.starts_at + self._seconds(120, 1_200)
        if lesson.fate is Fate.SHIFTED:
            shift = self._chance.choice((-1, 1)) * self._seconds(2 * 3_600, 5 * 3_600)
            if shift > timedelta():
                shift += length
            begins += shift
        ends = begins + length + self._seconds(-240, 420)
        if lesson.fate is Fate.CUT:
            return self._cut(begins, ends)
        if lesson.fate is Fate.RESTARTED:
            return self._restarted(begins, ends, self._chance.choice((2, 3)))
        if lesson.course.teacher.plan == 1:
            ends = min(ends, begins + FREE_LENGTH)
        if lesson.fate is Fate.LOOKED_IN:
            looks_at = lesson.starts_at - self._seconds(2_400, 4_200)
            return [(looks_at, looks_at + self._seconds(20, 90)), (begins, ends)]
        return [(begins, ends)]

    def _cut(self, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
        cut_at = begins + FREE_LENGTH
        again_at = cut_at + self._seconds(35, 240)
        return [(begins, cut_at), (again_at, max(ends, again_at + timedelta(minutes=6)))]

    def _restarted(
        self, begins: datetime, ends: datetime, times: int
    ) -> list[tuple[datetime, datetime]]:
        part = (ends - begins) // (times * timedelta(seconds=1))
        found = []
        for number in range(times):
            since = begins + number * timedelta(seconds=part)
            until = since + timedelta(seconds=part) - self._seconds(5, 90)
            found.append((since, until))
        return found

    # Who

    def _who_comes(self, lesson: Lesson) -> list[Student]:
        if lesson.fate in {Fate.NO_STUDENTS, Fate.IN_VAIN}:
            return []
        coming = [one for one in lesson.course.students if self._chance.random() < _COMES]
        return coming or list(lesson.course.students[:1])

    def _hosts(self, lesson: Lesson, opened_at: datetime, ended_at: datetime) -> list[Visit]:
        """The host's own connections, which Zoom may tell nothing of."""
        giver = lesson.giver
        visit = Visit(HOST, giver.name, giver.email, opened_at, ended_at)
        room = int((ended_at - opened_at).total_seconds())
        if lesson.fate is Fate.AWAY and giver.is_reported:
            away_at = opened_at + self._seconds(room // 4, room // 2)
            back_at = away_at + self._seconds(20, room // 4)
            return [
                replace(visit, until=away_at, parting=Parting.LEAVES),
                replace(visit, since=back_at),
            ]
        if lesson.fate is Fate.APART and giver.is_reported:
            return [replace(visit, until=_gone_at(opened_at), parting=Parting.LEAVES)]
        return [visit]

    def _visits(self, one: Student, opened_at: datetime, ended_at: datetime) -> list[Visit]:
        """A student's connections in a sitting, in order."""
        knocked_at = None
        since = opened_at + self._seconds(5, 420)
        if not one.email and self._chance.random() < _KNOCKS:
            knocked_at, since = opened_at - self._seconds(10, 200), opened_at
        if since >= ended_at:
            return []
        visit = Visit(
            row=self._row(one, one.name),
            shown_as=as_typed(self._chance, one.name),
            email=one.email,
            since=since,
            until=ended_at,
            knocked_at=knocked_at,
        )
        room = int((ended_at - since).total_seconds())
        turn = self._chance.random()
        if turn < _STAYS or room < _TOO_SHORT_TO_LEAVE_S:
            return [visit]
        parting = Parting.VANISHES if turn > 1 - _LOSES_THE_NETWORK else Parting.LEAVES
        left_at = since + self._seconds(room // 4, room - 60)
        first = replace(visit, until=left_at, parting=parting)
        if turn < _STAYS + _LEAVES_EARLY:
            return [first]
        return [first, *self._again(one, first, ended_at)]

    def _again(self, one: Student, first: Visit, ended_at: datetime) -> list[Visit]:
        """Back on the same device, or as whatever another one is called."""
        back_at = first.until + self._seconds(3, 300)
        if back_at >= ended_at:
            return []
        shown_as = as_typed(self._chance, one.name)
        if not one.email and self._chance.random() < _HAS_ANOTHER_DEVICE:
            shown_as = _DEVICE
        row = self._row(one, shown_as)
        return [Visit(row, shown_as, one.email, back_at, ended_at)]

    def _row(self, one: Student, shown_as: str) -> str:
        """A Zoom account tells people apart; of a guest there is nothing but the name."""
        return one.email or name_as_compared(shown_as)

    # Odd things

    def with_devices(self, lesson: Lesson) -> Lesson:
        """Somebody has a second device on for a while: under the same name, and as a device."""
        (first, *rest) = lesson.sittings
        guests = [one for one in first.visits if not one.is_host and not one.email]
        if not guests:
            return lesson
        one = guests[0]
        room = int((one.until - one.since).total_seconds())
        since = one.since + timedelta(seconds=room // 3)
        until = one.since + timedelta(seconds=room // 2)
        if until <= since:
            return lesson
        twin = replace(one, since=since, until=until, parting=Parting.LEAVES, knocked_at=None)
        phone = replace(
            twin, row=name_as_compared(_DEVICE), shown_as=_DEVICE, since=since + _SECOND
        )
        extra = (twin, phone) if until > phone.since else (twin,)
        return replace(lesson, sittings=(replace(first, visits=(*first.visits, *extra)), *rest))

    def _with_a_lost_parting(self, visits: Sequence[Visit]) -> list[Visit]:
        """The first guest leaves half-way, and nobody hears of it; nor do they come back."""
        guest = next((one for one in visits if not one.email), None)
        if guest is None:
            return list(visits)
        half = int((guest.until - guest.since).total_seconds()) // 2
        if half < 1:
            return list(visits)
        lost = replace(guest, until=guest.since + timedelta(seconds=half), parting=Parting.LOST)
        return [
            lost if one is guest else one for one in visits if one is guest or one.row != guest.row
        ]

    def _after(self, visit: Visit, opened_at: datetime, ended_at: datetime) -> Visit:
        """The same visit, but not before the host has gone."""
        since = max(visit.since, _gone_at(opened_at) + timedelta(seconds=5))
        until = min(max(visit.until, since + timedelta(seconds=40)), ended_at)
        return replace(visit, since=since, until=until, knocked_at=None)

    def _seconds(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self._chance.randint(least, max(least, most)))


_SECOND = timedelta(seconds=1)


def _gone_at(opened_at: datetime) -> datetime:
    return opened_at + timedelta(seconds=110)
