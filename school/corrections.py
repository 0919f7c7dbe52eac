"""What people say about a lesson instead of what was found (thin, until the pure rules come)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from school.pay import CalledOffBy


class DisputeKind(StrEnum):
    CONNECTION = "connection"
    LENGTH = "length"
    OTHER = "other"
    CALLED_OFF = "called_off"


class DisputeState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Correction:
    correction_id: int
    taught: timedelta | None
    teacher_present: timedelta | None
    actual: timedelta | None
    late_by: timedelta | None
    called_off_by: CalledOffBy | None
    is_confirmation: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Measures:
    actual: timedelta
    teacher_present: timedelta
    taught: timedelta
    late_by: timedelta
    called_off_by: CalledOffBy
    is_inferred: bool
    is_corrected: bool


def corrected(found: Measures, corrections: Iterable[Correction]) -> Measures:
    for one in sorted(corrections, key=lambda one: (one.added_at, one.correction_id)):
        if one.taught is not None:
            found = replace(found, taught=one.taught, is_corrected=True, is_inferred=False)
        if one.called_off_by is not None:
            found = replace(found, called_off_by=one.called_off_by)
        if one.is_confirmation:
            found = replace(found, is_inferred=False)
    teacher = max(found.teacher_present, found.taught)
    return replace(found, teacher_present=teacher, actual=max(found.actual, teacher))
