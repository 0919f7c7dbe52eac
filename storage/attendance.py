"""What the fold found for each lesson."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from school.attendance import Instance, LessonAttendance, Presence, Stay, Sureness
from school.identity import Key
from school.model import LessonState
from storage.database import Transaction
from storage.instances import instance_index
from storage.schema import lesson, meeting_instance, presence, stay, zoom_event
from storage.student_names import as_kept, index_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lesson's figures as stored; None where nothing has happened yet."""

    began_at: datetime | None
    ended_at: datetime | None
    actual: timedelta | None
    teacher_present: timedelta | None
    taught: timedelta | None
    teacher_late_by: timedelta | None
    student_count: int
    here_now: int
    sureness: Sureness | None


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """A person's part in a lesson, as stored; `name` is None once erased.

    `student_id` is who it is on the course's roster, None where that is not known. `is_marked`:
    Zoom told more of them than a name. `ordinal` is their place in the lesson until it is folded
    anew. `name_index` finds the whole name, also where initials are all that is stored of it.
    `is_namesake`: by the name alone it may be the teacher, so that it does not count until somebody
    says who it is.
    """

    name: str | None
    is_teacher: bool
    total: timedelta
    together: timedelta
    first_joined_at: datetime
    last_left_at: datetime
    late_by: timedelta
    left_early_by: timedelta
    returns: int
    inferred: bool
    overlapping: bool
    ambiguous: bool
    student_id: int | None = None
    is_marked: bool = False
    ordinal: int = 0
    name_index: bytes | None = None
    is_namesake: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether it can be asked who this is; not where a bare name is that of several."""
        is_somebody_known = self.is_teacher or self.student_id is not None
        return bool(self.name) and not is_somebody_known and (self.is_marked or not self.ambiguous)


async def quiet_live_lessons(
    tx: Transaction, *, quiet_since: datetime, began_after: datetime
) -> Sequence[int]:
    """Lessons that are on though no event of them came since then."""
    news = select(zoom_event.c.digest).where(
        zoom_event.c.lesson_id == lesson.c.id, zoom_event.c.received_at > quiet_since
    )
    rows = await tx.connection.execute(
        select(lesson.c.id).where(
            lesson.c.state == LessonState.LIVE, lesson.c.began_at > began_after, ~news.exists()
        )
    )
    return rows.scalars().all()


async def save_attendance(
    tx: Transaction, lesson_id: int, state: LessonState, found: LessonAttendance
) -> None:
    """Put the fold's answer in the place of the last one."""
    await tx.connection.execute(
        update(lesson)
        .where(lesson.c.id == lesson_id)
        .values(
            state=state,
            began_at=found.began_at,
            ended_at=found.ended_at,
            actual_seconds=_seconds(found.actual),
            teacher_seconds=_seconds(found.teacher_present),
            students_seconds=_seconds(found.students_present),
            taught_seconds=_seconds(found.taught),
            teacher_late_seconds=_seconds(found.teacher_late_by),
            teacher_waited_seconds=_seconds(found.teacher_waited),
            student_count=found.student_count,
            here_now=found.here_now,
            sureness=found.sureness,
        )
    )
    for one in found.instances:
        await _save_instance(tx, one)
    await _save_presences(tx, lesson_id, found.presences)


async def keep_waiting(tx: Transaction, lesson_id: int, names: str | None) -> None:
    """Who waits for the host, as a JSON list; None: nobody."""
    sealed = tx.vault.seal_optional("lesson", "sealed_waiting", lesson_id, names)
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(sealed_waiting=sealed)
    )


async def waiting_in(tx: Transaction, lesson_id: int) -> str | None:
    """Who waits for the host, as a JSON list of names; None: nobody."""
    sealed = await tx.connection.scalar(
        select(lesson.c.sealed_waiting).where(lesson.c.id == lesson_id)
    )
    return tx.vault.open_optional("lesson", "sealed_waiting", lesson_id, sealed)


async def is_forgotten(tx: Transaction, lesson_id: int) -> bool:
    """Whether it is past its time who was in a lesson; then it must never be folded anew."""
    forgotten_at = await tx.connection.scalar(
        select(lesson.c.forgotten_at).where(lesson.c.id == lesson_id)
    )
    return forgotten_at is not None


async def save_host(tx: Transaction, lesson_id: int, hosted_by: int | None) -> None:
    """Whose account really held it; None: its teacher's."""
    await tx.connection.execute(
        update(lesson).where(lesson.c.id == lesson_id).values(hosted_by=hosted_by)
    )


async def host_of(tx: Transaction, lesson_id: int) -> int | None:
    """Whose account really held it, where that was another teacher's than planned."""
    return await tx.connection.scalar(select(lesson.c.hosted_by).where(lesson.c.id == lesson_id))


async def given_by(tx: Transaction, lesson_id: int) -> int | None:
    """Who really hosted a lesson, where that is known, else who was to give it."""
    found = await tx.connection.execute(
        select(lesson.c.hosted_by, lesson.c.teacher_id).where(lesson.c.id == lesson_id)
    )
    row = found.one_or_none()
    return None if row is None else row.hosted_by or row.teacher_id


async def _save_instance(tx: Transaction, one: Instance) -> None:
    await tx.connection.execute(
        update(meeting_instance)
        .where(meeting_instance.c.uuid_index == instance_index(tx, one.meeting_uuid))
        .values(started_at=one.started_at, ended_at=one.ended_at, inferred=one.inferred)
    )


async def _save_presences(tx: Transaction, lesson_id: int, presences: Sequence[Presence]) -> None:
    for table in (stay, presence):
        await tx.connection.execute(delete(table).where(table.c.lesson_id == lesson_id))
    if not presences:
        return
    await tx.connection.execute(
        insert(presence),
        [_presence_values(tx, lesson_id, at, one) for at, one in enumerate(presences)],
    )
    stays = [(at, one) for at, person in enumerate(presences) for one in person.stays]
    if stays:
        await tx.connection.execute(
            insert(stay),
            [
                _stay_values(lesson_id, ordinal, of_person, one)
                for ordinal, (of_person, one) in enumerate(stays)
            ],
        )


async def outcome_of(tx: Transaction, lesson_id: int) -> Outcome:
    found = await tx.connection.execute(select(lesson).where(lesson.c.id == lesson_id))
    return outcome_from_row(found.one())


def outcome_from_row(row: Row[Any]) -> Outcome:
    """From a row that has the columns of `lesson`."""
    return Outcome(
        began_at=row.began_at,
        ended_at=row.ended_at,
        actual=_length(row.actual_seconds),
        teacher_present=_length(row.teacher_seconds),
        taught=_length(row.taught_seconds),
        teacher_late_by=_length(row.teacher_late_seconds),
        student_count=row.student_count or 0,
        here_now=row.here_now or 0,
        sureness=Sureness(row.sureness) if row.sureness else None,
    )


async def presences_of(tx: Transaction, lesson_id: int) -> tuple[PresenceRow, ...]:
    """Everybody in the lesson: the teacher first, then the longest first."""
    rows = await tx.connection.execute(
        select(presence).where(presence.c.lesson_id == lesson_id).order_by(presence.c.ordinal)
    )
    return tuple(presence_from_row(tx, row) for row in rows)


def presence_from_row(tx: Transaction, row: Row[Any]) -> PresenceRow:
    """From a row that has the columns of `presence`."""
    return PresenceRow(
        name=tx.vault.open_optional(
            "presence", "sealed_name", f"{row.lesson_id}:{row.ordinal}", row.sealed_name
        ),
        is_teacher=row.is_teacher,
        total=timedelta(seconds=row.seconds),
        together=timedelta(seconds=row.taught_seconds),
        first_joined_at=row.first_joined_at,
        last_left_at=row.last_left_at,
        late_by=timedelta(seconds=row.late_seconds),
        left_early_by=timedelta(seconds=row.left_early_seconds),
        returns=row.returns,
        inferred=row.inferred,
        overlapping=row.overlapping,
        ambiguous=row.ambiguous,
        student_id=row.student_id,
        is_marked=row.sealed_keys is not None,
        ordinal=row.ordinal,
        name_index=row.name_index,
        is_namesake=row.is_namesake and row.student_id is None,
    )


def _keys_to_json(keys: frozenset[Key]) -> str | None:
    return json.dumps(sorted(keys)) if keys else None


def _presence_values(
    tx: Transaction, lesson_id: int, ordinal: int, one: Presence
) -> dict[str, object]:
    row_id = f"{lesson_id}:{ordinal}"
    name = one.name if one.is_teacher else as_kept(tx, one.name)
    return {
        "lesson_id": lesson_id,
        "ordinal": ordinal,
        "sealed_name": tx.vault.seal("presence", "sealed_name", row_id, name),
        "name_index": index_of(tx.vault, one.name),
        "is_teacher": one.is_teacher,
        "seconds": _seconds(one.total),
        "taught_seconds": _seconds(one.together),
        "first_joined_at": one.first_joined_at,
        "last_left_at": one.last_left_at,
        "late_seconds": _seconds(one.late_by),
        "left_early_seconds": _seconds(one.left_early_by),
        "returns": one.returns,
        "inferred": one.inferred,
        "overlapping": one.overlapping,
        "ambiguous": one.ambiguous,
        "is_namesake": one.is_namesake,
        "student_id": one.student_id,
        "sealed_keys": tx.vault.seal_optional(
            "presence", "sealed_keys", row_id, _keys_to_json(one.keys)
        ),
    }


def _stay_values(lesson_id: int, ordinal: int, of_person: int, one: Stay) -> dict[str, object]:
    return {
        "lesson_id": lesson_id,
        "ordinal": ordinal,
        "presence_ordinal": of_person,
        "joined_at": one.joined_at,
        "left_at": one.left_at,
        "inferred_join": one.inferred_join,
        "inferred_leave": one.inferred_leave,
    }


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
