"""Where a name, as Zoom showed it, appears in attendance: no more than it takes to say whose."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from school.names import normalised_name
from school.roster import Mark
from storage.database import Transaction
from storage.erasing_names import is_somebody_known, name_index
from storage.schema import course, lesson, person, presence, student, student_alias
from storage.student_changes import value_index


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A course in which somebody of that name was, or on whose list of students they are.

    `topic` and `teacher` are None once erased; without any lessons there is no first and last.
    """

    course_id: int
    topic: str | None = field(repr=False)
    teacher: str | None = field(repr=False)
    lessons: int
    first_at: datetime | None
    last_at: datetime | None


async def places_of_name(tx: Transaction, name: str) -> tuple[NamePlace, ...]:
    """By topic. Left out are teachers, and students who are somebody known on Telegram."""
    students = _students_called(tx, name)
    is_theirs = or_(
        presence.c.name_index == name_index(tx, name), presence.c.student_id.in_(students)
    )
    began_at = func.coalesce(lesson.c.began_at, lesson.c.starts_at)
    rows = await tx.connection.execute(
        select(
            lesson.c.course_id,
            func.count(lesson.c.id.distinct()).label("lessons"),
            func.min(began_at).label("first_at"),
            func.max(began_at).label("last_at"),
        )
        .select_from(presence)
        .join(lesson, lesson.c.id == presence.c.lesson_id)
        .where(is_theirs, ~is_somebody_known())
        .group_by(lesson.c.course_id)
    )
    attended = {row.course_id: (row.lessons, row.first_at, row.last_at) for row in rows}
    on_lists = await tx.connection.execute(
        select(student.c.course_id).where(student.c.id.in_(students))
    )
    found = dict.fromkeys(on_lists.scalars(), (0, None, None)) | attended
    places = [await _place(tx, course_id, *figures) for course_id, figures in found.items()]
    return tuple(sorted(places, key=lambda one: ((one.topic or "").casefold(), one.course_id)))


def _students_called(tx: Transaction, name: str) -> Select[tuple[int]]:
    other = value_index(tx, Mark.NAME, normalised_name(name))
    aliases = select(student_alias.c.student_id).where(student_alias.c.value_index == other)
    return select(student.c.id).where(
        student.c.person_id.is_(None),
        or_(student.c.name_index == name_index(tx, name), student.c.id.in_(aliases)),
    )


async def _place(
    tx: Transaction,
    course_id: int,
    lessons: int,
    first_at: datetime | None,
    last_at: datetime | None,
) -> NamePlace:
    found = await tx.connection.execute(
        select(course.c.sealed_topic, person.c.id, person.c.sealed_name)
        .join(person, person.c.id == course.c.teacher_id)
        .where(course.c.id == course_id)
    )
    row, opened = found.one(), tx.vault.open_optional
    return NamePlace(
        course_id=course_id,
        topic=opened("course", "sealed_topic", course_id, row.sealed_topic),
        teacher=opened("person", "sealed_name", row.id, row.sealed_name),
        lessons=lessons,
        first_at=first_at,
        last_at=last_at,
    )
