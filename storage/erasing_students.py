"""Taking students out of the database: their teacher's lists of them, or one of them everywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, delete, select, update

from storage.database import Transaction
from storage.schema import (
    course,
    lesson,
    presence,
    row_id_of,
    student,
    student_alias,
    zoom_answer,
    zoom_event,
)
from storage.sealing import RowId

Ids = Select[tuple[int]]
"""The ids of some rows, as a query."""

_REPORTS = (zoom_event, zoom_answer)


@dataclass(frozen=True, slots=True)
class Report:
    """What Zoom said about a lesson, as it is stored."""

    table: str
    row_id: RowId
    body: bytes = field(repr=False)


async def erase_rosters(tx: Transaction, teacher_id: int) -> None:
    """A teacher's courses have no lists of students any more."""
    own: Ids = select(course.c.id).where(course.c.teacher_id == teacher_id)
    await forget_rosters(tx, own)


async def forget_rosters(tx: Transaction, courses: Ids) -> None:
    """Those courses have no lists of students any more."""
    await forget_students(tx, select(student.c.id).where(student.c.course_id.in_(courses)))


async def erase_students(tx: Transaction, person_id: int) -> None:
    """Whoever a person on Telegram is, is on no list any more; their minutes stay, nameless."""
    own: Ids = select(student.c.id).where(student.c.person_id == person_id)
    courses = select(student.c.course_id).where(student.c.person_id == person_id)
    await tx.connection.execute(
        update(lesson).where(lesson.c.course_id.in_(courses)).values(sealed_waiting=None)
    )
    await tx.connection.execute(
        update(presence)
        .where(presence.c.student_id.in_(own))
        .values(sealed_name=None, name_index=None, sealed_keys=None)
    )
    await forget_students(tx, own)


async def forget_students(tx: Transaction, students: Ids) -> None:
    """They are on no list any more; what is kept of what they attended is of nobody known."""
    await tx.connection.execute(
        update(presence).where(presence.c.student_id.in_(students)).values(student_id=None)
    )
    await tx.connection.execute(
        delete(student_alias).where(student_alias.c.student_id.in_(students))
    )
    await tx.connection.execute(delete(student).where(student.c.id.in_(students)))


async def lessons_with(tx: Transaction, student_id: int) -> Sequence[int]:
    """The lessons that a student is known to have been in."""
    rows = await tx.connection.execute(
        select(presence.c.lesson_id).where(presence.c.student_id == student_id)
    )
    return rows.scalars().all()


async def reports_of(tx: Transaction, lesson_id: int) -> list[Report]:
    """All that Zoom said about a lesson and that is still kept."""
    found: list[Report] = []
    for table in _REPORTS:
        rows = await tx.connection.execute(select(table).where(table.c.lesson_id == lesson_id))
        for row in rows.mappings():
            row_id = row_id_of(table, row)
            body = tx.vault.open_bytes(table.name, "sealed_body", row_id, row["sealed_body"])
            found.append(Report(table.name, row_id, body))
    return found


async def replace_reports(tx: Transaction, reports: Iterator[Report]) -> None:
    """Each says something else now."""
    tables = {table.name: table for table in _REPORTS}
    for one in reports:
        table = tables[one.table]
        (key,) = table.primary_key
        sealed = tx.vault.seal_bytes(one.table, "sealed_body", one.row_id, one.body)
        await tx.connection.execute(
            update(table).where(key == one.row_id).values(sealed_body=sealed)
        )
