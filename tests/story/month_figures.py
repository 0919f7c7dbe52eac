"""The figures of a report's workbook, beside what a made-up month truly comes to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from sandbox.month import SCHOOL_ZONE, Month
from sandbox.month_script import name_as_compared
from sandbox.month_truth import LessonTruth, of_month, teacher_truths, truths

Row = Mapping[str, Any]
"""A row by the headings of its sheet."""

_Key = tuple[str, date]
_INFERRED = "partly inferred"


@dataclass(frozen=True)
class Book:
    """The sheets of a workbook, without their totals."""

    summary: Sequence[Row]
    lessons: Sequence[Row]
    attendance: Sequence[Row]

    @classmethod
    def read(cls, content: bytes) -> "Book":
        book = load_workbook(BytesIO(content), data_only=True)
        return cls(*(_rows(book[name]) for name in ("Summary", "Lessons", "Attendance")))


def _rows(sheet: Any) -> list[Row]:
    head, *rows = sheet.iter_rows(values_only=True)
    read = [dict(zip(head, row, strict=True)) for row in rows]
    return [row for row in read if row[head[0]] not in {"All", None}]


def differences(month: Month, book: Book) -> list[str]:
    """Every figure that is not what it should be; empty where all are right."""
    known = of_month(month, truths(month))
    return [
        *_of_lessons(known, book),
        *_of_students(known, book),
        *_of_teachers(known, book),
    ]


def _of_lessons(known: Sequence[LessonTruth], book: Book) -> Iterator[str]:
    found = {(row["Class"], _day(row["Day"])): row for row in book.lessons}
    expected = {_key(one): one for one in known if not one.is_off}
    for key in found.keys() ^ expected.keys():
        yield f"{key} is {'unexpected' if key in found else 'missing'}"
    for key in found.keys() & expected.keys():
        truth, row = expected[key], found[key]
        planned = truth.lesson.starts_at.astimezone(SCHOOL_ZONE).replace(tzinfo=None)
        yield from _compared(
            f"{truth.lesson.fate}: {key}",
            {
                "planned start": (row["Planned start"], planned),
                "planned": (_seconds(row["Planned"]), _seconds(truth.lesson.course.length)),
                "began": (row["Began"], _local(truth.began_at)),
                "held": (_seconds(row["Held"]), truth.actual),
                "teacher": (_seconds(row["Teacher present"]), truth.teacher_present),
                "taught": (_seconds(row["Taught"]), truth.taught),
                "students": (row["Students"], len(truth.students)),
                "given by": (
                    name_as_compared(row["Teacher"]),
                    name_as_compared(truth.lesson.giver.name),
                ),
                "inferred": (row["How sure"] == _INFERRED, truth.is_inferred),
            },
        )


def _of_students(known: Sequence[LessonTruth], book: Book) -> Iterator[str]:
    found = defaultdict[_Key, list[tuple[object, ...]]](list)
    for row in book.attendance:
        if row["Present"] is None:  # of the roster, and not there
            continue
        found[row["Class"], _day(row["Day"])].append(
            (
                name_as_compared(row["Name"]),
                _seconds(row["Present"]),
                _seconds(row["With the teacher"]),
                _seconds(row["Late by"]),
                _seconds(row["Left early by"]),
                row["Came back"],
                row["How sure"] == _INFERRED,
            )
        )
    for truth in known:
        expected = [
            (
                one.name,
                one.there,
                one.together,
                one.late_by,
                one.left_early_by,
                one.returns,
                one.is_inferred,
            )
            for one in truth.students
        ]
        told = sorted(found[_key(truth)])
        if told != sorted(expected):
            differing = sorted(set(told) ^ set(expected))
            yield f"{truth.lesson.fate}: {_key(truth)}: students {differing}"


def _of_teachers(known: Sequence[LessonTruth], book: Book) -> Iterator[str]:
    found = {name_as_compared(row["Teacher"]): row for row in book.summary}
    expected = {name_as_compared(one.teacher.name): one for one in teacher_truths(known).values()}
    for name in found.keys() ^ expected.keys():
        yield f"{name} is {'unexpected' if name in found else 'missing'} in the summary"
    for name in found.keys() & expected.keys():
        row, truth = found[name], expected[name]
        yield from _compared(
            name,
            {
                "held": (row["Classes held"], truth.held),
                "missed": (row["Not held"], truth.missed),
                "late starts": (row["Late starts"], truth.late_starts),
                "planned": (_seconds(row["Planned"]), truth.scheduled),
                "actual": (_seconds(row["Held"]), truth.actual),
                "present": (_seconds(row["Teacher present"]), truth.teacher_present),
                "taught": (_seconds(row["Taught"]), truth.taught),
                "inferred": (row["Classes with inferred times"], truth.inferred),
            },
        )


def _compared(of: str, figures: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    for name, (told, true) in figures.items():
        if told != true:
            yield f"{of}: {name} is {told}, should be {true}"


def _key(truth: LessonTruth) -> _Key:
    lesson = truth.lesson
    return lesson.course.topic, lesson.starts_at.astimezone(SCHOOL_ZONE).date()


def _local(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(SCHOOL_ZONE).replace(tzinfo=None)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _seconds(value: timedelta | time | float | None) -> int:
    """A length in a cell, however it was read."""
    match value:
        case None:
            return 0
        case timedelta():
            return round(value.total_seconds())
        case time():
            return 3_600 * value.hour + 60 * value.minute + value.second
        case _:
            return round(value * 86_400)
