"""What people said about lessons instead of what was found; the figures found stay."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select

from school.corrections import Correction
from school.pay import CalledOffBy
from school.periods import Period
from storage.database import Transaction, new_id
from storage.schema import correction, lesson, person

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction says; None: as found."""

    taught: timedelta | None = None
    teacher_present: timedelta | None = None
    actual: timedelta | None = None
    late_by: timedelta | None = None
    called_off_by: CalledOffBy | None = None
    is_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionEntry:
    """A correction as the accounts show it; `by` is a pseudonym once erased."""

    lesson_id: int
    course_id: int
    teacher_id: int  # who gave it
    starts_at: datetime  # as planned
    correction: Correction
    by: str
    reason: str | None
    taught_found: timedelta


async def add_correction(
    tx: Transaction,
    lesson_id: int,
    said: Corrected,
    *,
    by: int,
    reason: str | None,
    request_key: str,
    dispute_id: int | None = None,
) -> bool:
    """Whether it is new; the same request again adds nothing."""
    known = select(correction.c.id).where(correction.c.request_key == request_key)
    if (await tx.connection.execute(known)).first() is not None:
        return False
    correction_id = new_id()
    await tx.connection.execute(
        insert(correction).values(
            id=correction_id,
            lesson_id=lesson_id,
            dispute_id=dispute_id,
            taught_seconds=_seconds(said.taught),
            teacher_seconds=_seconds(said.teacher_present),
            actual_seconds=_seconds(said.actual),
            teacher_late_seconds=_seconds(said.late_by),
            called_off_by=said.called_off_by,
            is_confirmation=said.is_confirmation,
            sealed_reason=tx.vault.seal_optional(
                "correction", "sealed_reason", correction_id, reason
            ),
            added_by=by,
            added_at=tx.now,
            request_key=request_key,
        )
    )
    return True


async def add_confirmation(
    tx: Transaction, lesson_id: int, person_id: int, request_key: str
) -> bool:
    """The figures are right although something was filled in; whether that is new."""
    said = Corrected(is_confirmation=True)
    return await add_correction(
        tx, lesson_id, said, by=person_id, reason=None, request_key=request_key
    )


async def corrections_of(
    tx: Transaction, lesson_ids: Collection[int]
) -> Mapping[int, tuple[Correction, ...]]:
    """Of those lessons that have any."""
    found = defaultdict[int, list[Correction]](list)
    ids = list(lesson_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = await tx.connection.execute(
            select(correction).where(correction.c.lesson_id.in_(some))
        )
        for row in rows:
            found[row.lesson_id].append(_correction(row))
    return {lesson_id: tuple(those) for lesson_id, those in found.items()}


async def latest_reason(tx: Transaction, lesson_id: int) -> str | None:
    """Why a lesson was corrected last."""
    found = await tx.connection.execute(
        select(correction.c.id, correction.c.sealed_reason)
        .where(correction.c.lesson_id == lesson_id, correction.c.sealed_reason.is_not(None))
        .order_by(correction.c.added_at.desc(), correction.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return tx.vault.open("correction", "sealed_reason", row.id, row.sealed_reason)


async def corrections_in(
    tx: Transaction, period: Period, teacher_ids: Collection[int] | None = None
) -> Sequence[CorrectionEntry]:
    """Those of the lessons planned in a period, by the time they were made."""
    query = (
        select(
            correction,
            person.c.sealed_name,
            person.c.pseudonym,
            lesson.c.course_id,
            lesson.c.starts_at,
            func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id).label("given_by"),
            lesson.c.taught_seconds.label("taught_found"),
        )
        .join(lesson, lesson.c.id == correction.c.lesson_id)
        .join(person, person.c.id == correction.c.added_by)
        .where(lesson.c.starts_at >= period.starts_at, lesson.c.starts_at < period.ends_at)
        .order_by(correction.c.added_at, correction.c.id)
    )
    if teacher_ids is not None:
        taught_by = func.coalesce(lesson.c.hosted_by, lesson.c.teacher_id)
        query = query.where(taught_by.in_(teacher_ids))
    return [_entry(tx, row) for row in await tx.connection.execute(query)]


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        correction_id=row.id,
        taught=_length(row.taught_seconds),
        teacher_present=_length(row.teacher_seconds),
        actual=_length(row.actual_seconds),
        late_by=_length(row.teacher_late_seconds),
        called_off_by=CalledOffBy(row.called_off_by) if row.called_off_by else None,
        is_confirmation=row.is_confirmation,
        added_at=row.added_at,
    )


def _entry(tx: Transaction, row: Row[Any]) -> CorrectionEntry:
    opened = tx.vault.open_optional
    return CorrectionEntry(
        lesson_id=row.lesson_id,
        course_id=row.course_id,
        teacher_id=row.given_by,
        starts_at=row.starts_at,
        correction=_correction(row),
        by=opened("person", "sealed_name", row.added_by, row.sealed_name) or row.pseudonym,
        reason=opened("correction", "sealed_reason", row.id, row.sealed_reason),
        taught_found=timedelta(seconds=row.taught_found or 0),
    )


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
