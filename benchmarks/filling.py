"""What is in the term of a large school, written straight into a database.

Everything is sealed as the program itself seals it. The figures are made up but agree with each
other: whoever adds a lesson's presences finds what its row says.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert

from main import utc_now
from school.attendance import Sureness
from school.model import LessonState
from school.names import normalised_name
from storage import schema
from storage.database import Database, Transaction, new_id

STAYS_EACH = 20  # in a lesson
_STUDENTS_EACH = 17
_LESSONS_EACH = 50  # in a course
_TEACHERS = 300
_STUDENTS = 5_000
DAYS = 120
_LENGTH_S = 2_700
_AT_ONCE = 250  # lessons in a transaction
_COME_BACK = (2, 3)  # the ordinals of those who drop out once: 18 presences, 20 stays

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Course:
    id: int
    meeting_row: int
    teacher_id: int
    students: Sequence[tuple[int, str]]  # on its roster: the row, the name
    hour: int


class Filling:
    """Fills an empty database with lessons from the day `first` on."""

    def __init__(self, database: Database, first: date) -> None:
        self._database = database
        self._first = datetime(first.year, first.month, first.day, tzinfo=utc_now().tzinfo)
        self._chance = random.Random(5)
        self._indexes: dict[str, bytes] = {}

    async def fill(self, lessons: int) -> int:
        """So many lessons with all that is in them; how many stays there are."""
        stays = 0
        async with self._database.writing() as tx:
            courses = await self._courses(tx, -(-lessons // _LESSONS_EACH))
        for start in range(0, lessons, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, lessons))
            rows = await asyncio.to_thread(self._rows, courses, numbers)
            async with self._database.writing() as tx:
                for table, of_table in rows.items():
                    await tx.connection.execute(insert(table), of_table)
            stays += len(rows[schema.stay])
        return stays

    async def _courses(self, tx: Transaction, how_many: int) -> list[_Course]:
        """With their teachers, whose rates are known, and their rosters."""
        teachers = [self._teacher(number, tx.now) for number in range(min(_TEACHERS, how_many))]
        await tx.connection.execute(insert(schema.person), teachers)
        rates = [self._rate(one["id"], tx.now) for one in teachers]
        await tx.connection.execute(insert(schema.rate), rates)
        courses = [
            self._course(number, teachers[number % len(teachers)]["id"])
            for number in range(how_many)
        ]
        await tx.connection.execute(
            insert(schema.course), [self._course_row(one) for one in courses]
        )
        meetings = [self._meeting_row(number, one) for number, one in enumerate(courses)]
        await tx.connection.execute(insert(schema.meeting), meetings)
        students = [row for one in courses for row in self._student_rows(one)]
        await tx.connection.execute(insert(schema.student), students)
        return courses

    def _teacher(self, number: int, now: datetime) -> Row:
        person_id = new_id()
        return {
            "id": person_id,
            "telegram_user_id": 5_000_000_000 + number,
            "sealed_name": self._seal("person", "sealed_name", person_id, f"Teacher {number:03}"),
            "is_teacher": True,
            "pseudonym": f"teacher-{number:03}",
            "created_at": now,
        }

    def _rate(self, person_id: int, now: datetime) -> Row:
        return {
            "id": new_id(),
            "person_id": person_id,
            "valid_from": self._first.date(),
            "per": "hour",
            "amount": "120.50",
            "currency": "ETB",
            "added_by": person_id,
            "added_at": now,
            "request_key": f"benchmark {person_id}",
        }

    def _course(self, number: int, teacher_id: int) -> _Course:
        members = self._chance.sample(range(_STUDENTS), _STUDENTS_EACH)
        names = [(new_id(), f"Student {member:04}") for member in members]
        hour = 4 + number // _TEACHERS % 14  # a teacher has one class at a time
        return _Course(new_id(), new_id(), teacher_id, names, hour)

    def _course_row(self, one: _Course) -> Row:
        return {
            "id": one.id,
            "teacher_id": one.teacher_id,
            "request_key": f"benchmark {one.id}",
            "sealed_topic": self._seal("course", "sealed_topic", one.id, "Tajweed for beginners"),
            "zone": "Africa/Addis_Ababa",
            "created_at": self._first,
        }

    def _meeting_row(self, number: int, one: _Course) -> Row:
        return {
            "id": one.meeting_row,
            "course_id": one.id,
            "host_id": one.teacher_id,
            "reference": f"T{number}",
            "meeting_id": 60_000_000_000 + number,
            "created_at": self._first,
            "confirmed_at": self._first,
        }

    def _student_rows(self, one: _Course) -> Iterator[Row]:
        for student_id, name in one.students:
            yield {
                "id": student_id,
                "course_id": one.id,
                "sealed_name": self._seal("student", "sealed_name", student_id, name),
                "name_index": self._index(name),
                "since_at": self._first,
                "added_at": self._first,
            }

    # Lessons, in a thread of their own

    def _rows(
        self, courses: Sequence[_Course], numbers: Sequence[int]
    ) -> Mapping[Table, list[Row]]:
        lessons: list[Row] = []
        presences: list[Row] = []
        stays: list[Row] = []
        for number in numbers:
            course = courses[number % len(courses)]
            day = number // len(courses) * DAYS // _LESSONS_EACH
            starts_at = self._first + timedelta(days=day, hours=course.hour)
            lesson = self._lesson(course, starts_at)
            lessons.append(lesson)
            of_lesson = list(self._presences(course, lesson["id"], starts_at))
            presences += of_lesson
            stays += self._stays(of_lesson)
        return {schema.lesson: lessons, schema.presence: presences, schema.stay: stays}

    def _lesson(self, course: _Course, starts_at: datetime) -> Row:
        return {
            "id": new_id(),
            "course_id": course.id,
            "meeting_row": course.meeting_row,
            "teacher_id": course.teacher_id,
            "state": LessonState.ENDED,
            "starts_at": starts_at,
            "length_seconds": _LENGTH_S,
            "began_at": starts_at,
            "ended_at": starts_at + timedelta(seconds=_LENGTH_S),
            "actual_seconds": _LENGTH_S,
            "teacher_seconds": _LENGTH_S,
            "students_seconds": _LENGTH_S,
            "taught_seconds": _LENGTH_S,
            "teacher_late_seconds": 0,
            "student_count": _STUDENTS_EACH,
            "here_now": 0,
            "sureness": Sureness.COMPLETE,
        }

    def _presences(self, course: _Course, lesson_id: int, starts_at: datetime) -> Iterator[Row]:
        yield self._presence(lesson_id, 0, starts_at, None, "Teacher", 0)
        for ordinal, (student_id, name) in enumerate(course.students, start=1):
            late_s = 0 if ordinal == 1 else self._chance.randrange(900)
            yield self._presence(lesson_id, ordinal, starts_at, student_id, name, late_s)

    def _presence(
        self,
        lesson_id: int,
        ordinal: int,
        starts_at: datetime,
        student_id: int | None,
        name: str,
        late_s: int,
    ) -> Row:
        return {
            "lesson_id": lesson_id,
            "ordinal": ordinal,
            "sealed_name": self._seal("presence", "sealed_name", f"{lesson_id}:{ordinal}", name),
            "name_index": self._index(name),
            "is_teacher": student_id is None,
            "seconds": _LENGTH_S - late_s,
            "taught_seconds": _LENGTH_S - late_s,
            "first_joined_at": starts_at + timedelta(seconds=late_s),
            "last_left_at": starts_at + timedelta(seconds=_LENGTH_S),
            "late_seconds": late_s,
            "left_early_seconds": 0,
            "returns": 1 if ordinal in _COME_BACK else 0,
            "inferred": False,
            "overlapping": False,
            "ambiguous": False,
            "student_id": student_id,
        }

    def _stays(self, presences: Sequence[Row]) -> Iterator[Row]:
        ordinal = 0
        for one in presences:
            since, until = one["first_joined_at"], one["last_left_at"]
            middle = since + (until - since) / 2
            parts = [(since, middle), (middle, until)] if one["returns"] else [(since, until)]
            for joined_at, left_at in parts:
                yield {
                    "lesson_id": one["lesson_id"],
                    "ordinal": ordinal,
                    "presence_ordinal": one["ordinal"],
                    "joined_at": joined_at,
                    "left_at": left_at,
                    "inferred_join": False,
                    "inferred_leave": False,
                }
                ordinal += 1

    def _seal(self, table: str, column: str, row_id: int | str, value: str) -> bytes:
        return self._database.vault.seal(table, column, row_id, value)

    def _index(self, name: str) -> bytes:
        if name not in self._indexes:
            compared = normalised_name(name)
            self._indexes[name] = self._database.vault.index("student name", compared)
        return self._indexes[name]
