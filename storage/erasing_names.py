"""Taking a name, as Zoom showed it, out of a course's attendance: the queries.

Names are looked for by their keyed hash, as the name itself may not be known any more.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from school.model import ErasureKind, StudentNames
from storage import erasures
from storage.attendance import keep_waiting, waiting_in
from storage.database import Transaction
from storage.erasing_students import forget_students
from storage.erasures import Erasure
from storage.schema import course, lesson, presence, student, zoom_event
from storage.student_names import index_of
from storage.students import roster_of


def name_index(tx: Transaction, name: str) -> bytes:
    """By what a name is found, however it is written; of one that is normalised too."""
    return index_of(tx.vault, name)


def pseudonym_of(tx: Transaction, name: bytes, course_id: int) -> str:
    """What stands in a course's reports for whoever bore that name, also in what comes later."""
    return "erased-" + tx.vault.index("erased name", f"{course_id}:{name.hex()}").hex()[:16]


async def all_courses(tx: Transaction) -> Sequence[int]:
    return (await tx.connection.execute(select(course.c.id).order_by(course.c.id))).scalars().all()


async def lessons_before(tx: Transaction, course_id: int, until: datetime) -> Sequence[int]:
    """A course's lessons that had begun by then, or that somebody waits for or had come to.

    None of those of which it is forgotten who was there.
    """
    has_begun = func.coalesce(lesson.c.began_at, lesson.c.starts_at) <= until
    reported = select(zoom_event.c.digest).where(
        zoom_event.c.lesson_id == lesson.c.id, zoom_event.c.received_at <= until
    )
    rows = await tx.connection.execute(
        select(lesson.c.id)
        .where(
            lesson.c.course_id == course_id,
            lesson.c.forgotten_at.is_(None),
            or_(has_begun, lesson.c.sealed_waiting.is_not(None), reported.exists()),
        )
        .order_by(lesson.c.starts_at, lesson.c.id)
    )
    return rows.scalars().all()


async def students_called(
    tx: Transaction, name: bytes, course_id: int, until: datetime
) -> frozenset[int]:
    """Who on a course's list bears the name, or bore it then, and is nobody known on Telegram."""
    return frozenset(
        one.id
        for one in await roster_of(tx, course_id)
        if one.person_id is None
        and min(one.added_at, one.since_at) <= until
        and name in one.indexes
    )


async def places_of(
    tx: Transaction, lesson_id: int, name: bytes, students: Collection[int]
) -> frozenset[int]:
    """Who in a lesson bears the name or is one of these students, by their `ordinal`.

    Neither its teacher, nor a student who is somebody known on Telegram.
    """
    rows = await tx.connection.execute(
        select(presence.c.ordinal).where(
            presence.c.lesson_id == lesson_id,
            ~is_somebody_known(),
            or_(presence.c.student_id.in_(students), presence.c.name_index == name),
        )
    )
    return frozenset(rows.scalars())


async def others_in(tx: Transaction, lesson_id: int) -> tuple[frozenset[int], frozenset[bytes]]:
    """The `ordinal` and the names' hashes of whose part in a lesson stays as it is."""
    rows = await tx.connection.execute(
        select(presence.c.ordinal, presence.c.name_index).where(
            presence.c.lesson_id == lesson_id, is_somebody_known()
        )
    )
    found = rows.all()
    names = frozenset(row.name_index for row in found if row.name_index is not None)
    return frozenset(row.ordinal for row in found), names


def is_somebody_known() -> ColumnElement[bool]:
    """Of a presence: its teacher's, or that of a student who is known on Telegram."""
    known = select(student.c.id).where(
        student.c.id == presence.c.student_id, student.c.person_id.is_not(None)
    )
    return or_(presence.c.is_teacher, known.exists())


async def forget_names_of(tx: Transaction, lesson_id: int, places: Collection[int]) -> None:
    """What they did in the lesson stays, of nobody known."""
    await tx.connection.execute(
        update(presence)
        .where(presence.c.lesson_id == lesson_id, presence.c.ordinal.in_(places))
        .values(sealed_name=None, name_index=None, sealed_keys=None)
    )


async def forget_students_called(tx: Transaction, students: Collection[int]) -> None:
    await forget_students(tx, select(student.c.id).where(student.c.id.in_(students)))


async def forget_who_waits(tx: Transaction, lesson_id: int, name: bytes) -> bool:
    """Whether somebody of that name waited for the host; initials are nobody's name."""
    said = await waiting_in(tx, lesson_id)
    names = json.loads(said) if said else []
    others = [one for one in names if name_index(tx, one) != name]
    if others == names:
        return False
    await keep_waiting(tx, lesson_id, json.dumps(others) if others else None)
    return True


async def forget_initials_of_who_waits(tx: Transaction, course_id: int) -> tuple[int, ...]:
    """Where initials are stored, nobody can tell whose they are: all of them; of which lessons."""
    if tx.student_names is not StudentNames.INITIALS:
        return ()
    changed = await tx.connection.execute(
        update(lesson)
        .where(lesson.c.course_id == course_id, lesson.c.sealed_waiting.is_not(None))
        .values(sealed_waiting=None)
        .returning(lesson.c.id)
    )
    return tuple(changed.scalars())


async def add_name_erasure(tx: Transaction, name: bytes, course_ids: Collection[int]) -> str:
    """That it was done; the receipt's number."""
    return (await erasures.add(tx, ErasureKind.NAME, name, course_ids)).receipt


async def name_erasures_after(
    tx: Transaction, course_id: int, since: datetime
) -> tuple[Erasure, ...]:
    """Those of a course that were done at that moment or later."""
    return tuple(
        one
        for one in await erasures.of_kind_since(tx, ErasureKind.NAME, since)
        if one.course_ids is None or course_id in one.course_ids
    )
