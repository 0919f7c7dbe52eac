"""What it takes to say which rows are about a person, and how each of their columns is given.

A student is whoever a teacher has confirmed them to be (`student.person_id`), and nobody else: a
name on Telegram can be changed to anybody's, so a name alone opens nothing. Under that
confirmation, what was attended under one of the student's names counts as theirs too, within that
course, where Zoom told nothing else of it and nobody else there bears the name.

A teacher is also whoever came to classes of others with their own Zoom account and under their own
name (storage.guests): what is deleted with their data is given to them, and no more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    false,
    or_,
    select,
    tuple_,
    union,
)

from storage import guests
from storage.database import Transaction
from storage.erasures import telegram_user_index
from storage.people import Person
from storage.schema import (
    chat,
    chat_teacher,
    course,
    former_account,
    lesson,
    meeting,
    presence,
    student,
    zoom_account,
)
from storage.sealing import Vault
from storage.student_names import index_of
from storage.students import Student, roster_of, students_of_person

Condition = ColumnElement[bool]
Ids = Select[tuple[int]]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the data is about. `names` are hashes of what they alone are called, by course.

    `guest_in` are the lesson and the `ordinal` of presences of theirs in classes of others, and
    `guest_students` who they are on lists there, which nobody has confirmed.
    """

    person_id: int
    telegram_user_id: int
    pseudonym: str
    vault: Vault = field(repr=False)
    names: Mapping[int, frozenset[bytes]] = field(default_factory=dict)
    guest_in: frozenset[tuple[int, int]] = frozenset()
    guest_students: frozenset[int] = frozenset()

    @property
    def erased_index(self) -> bytes:
        """By what an earlier deletion of theirs is found."""
        return telegram_user_index(self.vault, self.telegram_user_id)


async def subject_of(tx: Transaction, person: Person) -> Subject:
    """For somebody who is on Telegram still."""
    assert person.telegram_user_id is not None, "nobody asks who was erased"
    own = await students_of_person(tx, person.id)
    names: dict[int, frozenset[bytes]] = {}
    for one in own:
        hashes = await _borne_by_them_alone(tx, one, own)
        names[one.course_id] = names.get(one.course_id, frozenset()) | hashes
    students, places = await guests.found(tx, person.id, await guests.known_by(tx, person))
    return Subject(
        person.id,
        person.telegram_user_id,
        person.pseudonym,
        tx.vault,
        names,
        frozenset((lesson_id, one) for lesson_id, own in places.items() for one in own),
        students,
    )


async def _borne_by_them_alone(
    tx: Transaction, one: Student, own: tuple[Student, ...]
) -> frozenset[bytes]:
    """The indexes of their names on a course's list that are no other's there."""
    theirs = {student_.id for student_ in own}
    others = [
        other.indexes for other in await roster_of(tx, one.course_id) if other.id not in theirs
    ]
    return one.indexes.difference(*others) - {index_of(tx.vault, "")}


class Given(Enum):
    """How a value is given to whom it is about."""

    PLAIN = auto()
    NUMBER = auto()  # an id, as text: it is longer than some programs can count
    OPENED = auto()
    PARSED = auto()  # opened, and read as JSON
    FORM = auto()  # so too, without other people's private chats
    LETTER = auto()  # opened; services knows how it is read
    STATEMENT = auto()  # opened, and read as what it says
    REPORT = auto()  # what Zoom said; only what it says of them
    STORED = auto()  # a secret: that it is there, never what it is
    MINE = auto()  # whether a pseudonym is theirs


@dataclass(frozen=True, slots=True)
class Who:
    """A person: "you", or what they are to the reader instead of their name."""

    otherwise: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Not given, and why."""

    why: str


How = Given | Who | LeftOut
Columns = Mapping[str, How]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table that are about a person. `what` says it to them."""

    key: str
    what: str
    table: Table
    belongs: Callable[[Subject], Condition]
    columns: Columns


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a table that a person has to do with, but that are about others: how many."""

    key: str
    what: str
    table: Table
    belongs: Callable[[Subject], Condition]


INTERNAL = "How the program does its work; it says nothing about you."
HASH = "A keyed hash by which the program finds the row; it can be read by nobody."
OTHERS = "It is about somebody else."


def given(
    plain: str = "",
    *,
    numbers: str = "",
    opened: str = "",
    stored: str = "",
    internal: str = "",
    hashes: str = "",
    others: str = "",
    **single: How,
) -> Columns:
    """The columns of a table by how they are given, each named once; names stand in one text."""
    by_how: tuple[tuple[str, How], ...] = (
        (numbers, Given.NUMBER),
        (plain, Given.PLAIN),
        (opened, Given.OPENED),
        (stored, Given.STORED),
        (internal, LeftOut(INTERNAL)),
        (hashes, LeftOut(HASH)),
        (others, LeftOut(OTHERS)),
    )
    found: dict[str, How] = {}
    for name, how in _each(by_how, single):
        if name in found:
            raise ValueError(f"{name} is described twice")
        found[name] = how
    return found


def _each(
    by_how: tuple[tuple[str, How], ...], single: Mapping[str, How]
) -> Iterator[tuple[str, How]]:
    for names, how in by_how:
        for name in names.split():
            yield name, how
    yield from single.items()


def without(columns: Columns, why: str, names: str) -> Columns:
    """The same, but that these are not given."""
    return {**columns, **dict.fromkeys(names.split(), LeftOut(why))}


def only(columns: Columns, why: str, names: str) -> Columns:
    """The same, but that nothing else than these is given."""
    kept = set(names.split())
    return {
        name: how if name in kept or isinstance(how, LeftOut) else LeftOut(why)
        for name, how in columns.items()
    }


# Whose what is


def gave(who: Subject) -> Condition:
    """Lessons that the person gave, or is to give."""
    is_theirs = and_(lesson.c.teacher_id == who.person_id, lesson.c.hosted_by.is_(None))
    return or_(is_theirs, lesson.c.hosted_by == who.person_id)


def given_lessons(who: Subject) -> Ids:
    return select(lesson.c.id).where(gave(who))


def passed_on(who: Subject) -> Condition:
    """Lessons of their own courses, or meant for them, that another gives."""
    concerns = or_(lesson.c.teacher_id == who.person_id, lesson.c.course_id.in_(own_courses(who)))
    return and_(concerns, lesson.c.id.not_in(given_lessons(who)))


def own_courses(who: Subject) -> Ids:
    return select(course.c.id).where(course.c.teacher_id == who.person_id)


def own_meetings(who: Subject) -> Ids:
    """Rows of the meetings on their Zoom account."""
    return select(meeting.c.id).where(meeting.c.host_id == who.person_id)


def on_list(who: Subject) -> Condition:
    """Who they are on lists of students."""
    return or_(student.c.person_id == who.person_id, student.c.id.in_(who.guest_students))


def own_students(who: Subject) -> Ids:
    return select(student.c.id).where(on_list(who))


def attended_courses(who: Subject) -> Ids:
    """Courses that they are on the list of, or were a guest in."""
    as_guest = {lesson_id for lesson_id, _ in who.guest_in}
    return select(course.c.id).where(
        or_(
            course.c.id.in_(select(student.c.course_id).where(on_list(who))),
            course.c.id.in_(select(lesson.c.course_id).where(lesson.c.id.in_(as_guest))),
        )
    )


def attended(who: Subject) -> Condition:
    """Presences of theirs as a student, or as a guest."""
    return or_(
        presence.c.student_id.in_(own_students(who)),
        tuple_(presence.c.lesson_id, presence.c.ordinal).in_(sorted(who.guest_in)),
        *_by_name(who),
    )


def _by_name(who: Subject) -> Iterator[Condition]:
    nobody_known = and_(
        presence.c.student_id.is_(None),
        presence.c.sealed_keys.is_(None),
        ~presence.c.is_teacher,
        ~presence.c.ambiguous,
    )
    for course_id, hashes in who.names.items():
        lessons = select(lesson.c.id).where(lesson.c.course_id == course_id)
        yield and_(
            presence.c.name_index.in_(sorted(hashes)) if hashes else false(),
            presence.c.lesson_id.in_(lessons),
            nobody_known,
        )


def attended_lessons(who: Subject) -> Ids:
    return select(presence.c.lesson_id).where(attended(who))


def attends(who: Subject) -> Condition:
    """Lessons that they were in as a student, or are on the list for."""
    expected = (
        select(student.c.id)
        .where(
            on_list(who),
            student.c.course_id == lesson.c.course_id,
            student.c.since_at <= lesson.c.starts_at,
            or_(student.c.removed_at.is_(None), lesson.c.starts_at < student.c.removed_at),
        )
        .exists()
    )
    return or_(lesson.c.id.in_(attended_lessons(who)), expected)


def taught_there(who: Subject) -> Condition:
    """Their own presence as the teacher."""
    return and_(presence.c.is_teacher, presence.c.lesson_id.in_(given_lessons(who)))


def groups() -> Ids:
    """Chats that are nobody's private ones."""
    return select(chat.c.id).where(chat.c.kind != "private")


def linked_chats(who: Subject) -> Ids:
    return select(chat_teacher.c.chat_id).where(chat_teacher.c.person_id == who.person_id)


def own_zoom_indexes(who: Subject) -> CompoundSelect[tuple[bytes]]:
    """By what their Zoom account is found, and those that they let go of."""
    tables = (zoom_account, former_account)
    return union(
        *(select(one.c.zoom_user_index).where(one.c.person_id == who.person_id) for one in tables)
    )
