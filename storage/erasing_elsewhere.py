"""Where somebody who leaves stands in what is about others: the queries.

Names are looked for by their keyed hash, as the stored name may be initials.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, delete, or_, select

from storage.database import Transaction
from storage.schema import lesson, presence, student, zoom_answer, zoom_event
from storage.zoom_events import EventState


async def held_events(tx: Transaction) -> Sequence[tuple[bytes, bytes]]:
    """The digest and body of what waits for a meeting that is not known: of an hour at most."""
    rows = await tx.connection.execute(
        select(zoom_event.c.digest, zoom_event.c.sealed_body).where(
            zoom_event.c.state == EventState.HELD
        )
    )
    opened = tx.vault.open_bytes
    return [
        (row.digest, opened("zoom_event", "sealed_body", row.digest, row.sealed_body))
        for row in rows
    ]


async def remove_events(tx: Transaction, digests: Collection[bytes]) -> None:
    await tx.connection.execute(delete(zoom_event).where(zoom_event.c.digest.in_(digests)))


async def without_namesakes(
    tx: Transaction, person_id: int, names: Mapping[int, frozenset[bytes]]
) -> Mapping[int, frozenset[bytes]]:
    """What a student is called, by course, but for names that somebody else may bear there.

    That is whoever came under it and was not taken for the student: another account, another
    student, or one of several of that name.
    """
    own = select(student.c.id).where(student.c.person_id == person_id)
    found = dict[int, frozenset[bytes]]()
    for course_id, hashes in names.items():
        borne = await tx.connection.execute(
            select(presence.c.name_index)
            .join(lesson, lesson.c.id == presence.c.lesson_id)
            .where(
                lesson.c.course_id == course_id,
                presence.c.name_index.in_(hashes),
                ~presence.c.is_teacher,
                or_(
                    presence.c.student_id.not_in(own),
                    and_(
                        presence.c.student_id.is_(None),
                        or_(presence.c.sealed_keys.is_not(None), presence.c.ambiguous),
                    ),
                ),
            )
        )
        found[course_id] = hashes.difference(borne.scalars())
    return found


async def reported_without(tx: Transaction, student_id: int, course_id: int) -> Sequence[int]:
    """A course's lessons that Zoom's reports are kept of, and that the student was not in."""
    was_in = select(presence.c.lesson_id).where(presence.c.student_id == student_id)
    events = select(zoom_event.c.lesson_id).where(zoom_event.c.lesson_id.is_not(None))
    rows = await tx.connection.execute(
        select(lesson.c.id).where(
            lesson.c.course_id == course_id,
            lesson.c.id.not_in(was_in),
            or_(lesson.c.id.in_(events), lesson.c.id.in_(select(zoom_answer.c.lesson_id))),
        )
    )
    return rows.scalars().all()


async def lessons_waited_for(tx: Transaction, person_id: int) -> Sequence[int]:
    """Lessons of the courses that they are a student of, in which anybody waits for the host."""
    own = select(student.c.course_id).where(student.c.person_id == person_id)
    rows = await tx.connection.execute(
        select(lesson.c.id).where(lesson.c.course_id.in_(own), lesson.c.sealed_waiting.is_not(None))
    )
    return rows.scalars().all()


async def names_in(tx: Transaction, lesson_id: int, but: Collection[int] = ()) -> frozenset[bytes]:
    """The hashes of who was in a lesson, but for these presences."""
    rows = await tx.connection.execute(
        select(presence.c.name_index).where(
            presence.c.lesson_id == lesson_id,
            presence.c.name_index.is_not(None),
            presence.c.ordinal.not_in(but),
        )
    )
    return frozenset(rows.scalars())


async def names_at(tx: Transaction, lesson_id: int, places: Collection[int]) -> frozenset[bytes]:
    """The hashes of what these presences are called."""
    rows = await tx.connection.execute(
        select(presence.c.name_index).where(
            presence.c.lesson_id == lesson_id,
            presence.c.name_index.is_not(None),
            presence.c.ordinal.in_(places),
        )
    )
    return frozenset(rows.scalars())
