"""What people say about a lesson instead of what was found in it.

Nothing found is ever changed: corrections are entries beside it, each with who, when and why, and
what a lesson counts as is worked out from both. Of two that speak of the same figure the newer
one holds, in whatever order they are read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from school.pay import CalledOffBy


class DisputeKind(StrEnum):
    """What a teacher says is wrong about a lesson."""

    CONNECTION = "connection"  # it dropped, and the rest went uncounted
    LENGTH = "length"
    OTHER = "other"  # in their own words
    CALLED_OFF = "called_off"  # it was the students who called it off


class DisputeState(StrEnum):
    """What became of a dispute."""

    OPEN = "open"
    ACCEPTED = "accepted"  # as the teacher said
    CHANGED = "changed"  # the figures were changed, though not to what the teacher said
    DECLINED = "declined"


class WhyNothing(StrEnum):
    """Why nobody was taught in a lesson that was found to be held."""

    NOBODY_CAME = "nobody"  # the teacher waited; whoever was there was no student
    TEACHER_AWAY = "away"
    NOT_COUNTED = "none"  # a test, say: it is as if it had not been held


@dataclass(frozen=True, slots=True)
class Correction:
    """What one entry says; None: nothing about that figure."""

    correction_id: int
    taught: timedelta | None
    teacher_present: timedelta | None
    actual: timedelta | None
    late_by: timedelta | None
    called_off_by: CalledOffBy | None
    is_confirmation: bool  # what was filled in, and not changed by anybody, is right
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of a lesson that can be corrected; as found, or as they count in the end."""

    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    late_by: timedelta  # the teacher, by the plan
    called_off_by: CalledOffBy
    is_inferred: bool  # a figure was filled in, and nobody has confirmed it
    is_corrected: bool  # a person has said what some figure is


@dataclass(frozen=True, slots=True)
class _Length:
    """A length with how many entries back it was said; what was found lies behind them all."""

    age: int
    value: timedelta


def corrected(found: Measures, corrections: Iterable[Correction]) -> Measures:
    """What a lesson counts as.

    For each figure the newest entry that speaks of it holds. The lengths lie within each other
    (taught ≤ teacher present ≤ actual), so where a newer one leaves no room for an older one, the
    older one gives way: who was taught for 50 minutes had a teacher for as long, whatever was
    found, and a meeting of 30 minutes cannot have been taught for 45.
    """
    newest_first = sorted(corrections, key=_when, reverse=True)
    taught, teacher_present, actual = _within_each_other(
        _length(found.taught, [one.taught for one in newest_first]),
        _length(found.teacher_present, [one.teacher_present for one in newest_first]),
        _length(found.actual, [one.actual for one in newest_first]),
    )
    is_confirmed = any(one.is_confirmation for one in newest_first)
    return Measures(
        actual=actual,
        teacher_present=teacher_present,
        taught=taught,
        late_by=_said([*(one.late_by for one in newest_first), found.late_by]),
        called_off_by=_said([*(one.called_off_by for one in newest_first), found.called_off_by]),
        is_inferred=found.is_inferred and not is_confirmed,
        is_corrected=found.is_corrected or any(_says_something(one) for one in newest_first),
    )


def nobody_came(corrections: Iterable[Correction]) -> bool:
    """Whether a person has said, last of all that was said of it, that nobody was taught.

    So whoever was found there with the teacher was no student: their own phone, perhaps.
    """
    said = [one for one in corrections if one.taught is not None]
    return bool(said) and not max(said, key=_when).taught


def _when(correction: Correction) -> tuple[datetime, int]:
    return correction.added_at, correction.correction_id


_T = TypeVar("_T")


def _said(newest_first: Iterable[_T | None]) -> _T:
    """What was said last; what was found stands at the end, so there is something."""
    return next(one for one in newest_first if one is not None)


def _says_something(correction: Correction) -> bool:
    said = (
        correction.taught,
        correction.teacher_present,
        correction.actual,
        correction.late_by,
        correction.called_off_by,
    )
    return any(one is not None for one in said)


def _length(found: timedelta, newest_first: Sequence[timedelta | None]) -> _Length:
    for age, said in enumerate(newest_first):
        if said is not None:
            return _Length(age, said)
    return _Length(len(newest_first), found)


def _within_each_other(*smallest_first: _Length) -> list[timedelta]:
    """Each length brought between those that were said later.

    Of equally old ones the smaller comes first, so that the larger is raised to it.
    """
    settled: dict[int, timedelta] = {}
    for place in sorted(range(len(smallest_first)), key=lambda one: smallest_first[one].age):
        value = smallest_first[place].value
        below = [settled[other] for other in settled if other < place]
        above = [settled[other] for other in settled if other > place]
        settled[place] = min([max([value, *below]), *above])
    return [settled[place] for place in range(len(smallest_first))]
