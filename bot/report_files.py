"""The files of a report, written in a process of their own from a connection of its own.

Rows go from the database into the file and on to the program piece by piece. No part of it is
ever on the disk, and this process never holds more than a day's rows.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BufferedWriter, RawIOBase
from typing import IO, TypeVar

from bot.speech import Speech
from bot.views import report_sheets as sheets
from bot.views.report_pay_sheets import PaySheet, corrections_table, notes_table
from bot.views.report_statement_sheet import statements_table
from bot.views.report_tables import ReportFile
from school.model import AttendanceRules, ClockFace
from school.periods import Period
from school.reports import Tally
from services import report_rows as rows
from services.paying import PaidLine
from services.report_rows import TitledLesson
from services.statement_contents import stated_in
from storage import reports
from storage.database import ReadingAccess, Transaction
from storage.outages import gaps_in
from storage.reports import Of, Scope

_PIECE = 32_768  # bytes; less than a pipe holds
_TOLD_AFTER = 5_000  # rows

T = TypeVar("T")


class FileKind(StrEnum):
    """What a report can be written as."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class FileOrder:
    """All that another process needs to write a report's file."""

    access: ReadingAccess
    kind: FileKind
    period: Period
    scope: Scope
    rules: AttendanceRules
    language: str
    clock: ClockFace
    as_of: datetime
    rows: int  # how many are expected, lessons and students, to say how far it is


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file is written, from 0 to 1."""

    share: float


Piece = bytes | Progress


def write_file(send: Callable[[Piece], None], order: FileOrder) -> None:
    """Write the file that is asked for, and send its pieces as they are made."""
    with asyncio.Runner() as runner:
        _Writing(send, order, runner.get_loop()).write()


class _Target(RawIOBase):
    """Sends on what is written to it, in pieces."""

    def __init__(self, send: Callable[[Piece], None]) -> None:
        self._send = send

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # what a BufferedWriter gives
        for start in range(0, len(content), _PIECE):
            self._send(bytes(content[start : start + _PIECE]))
        return len(content)


class _Writing:
    """One file being written. What waits for the database runs in `loop`, between the rows."""

    def __init__(
        self, send: Callable[[Piece], None], order: FileOrder, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._send = send
        self._order = order
        self._loop = loop
        self._written = 0  # rows
        self._say = Speech(order.language).to(order.language, order.clock)
        self._tally = Tally(period=order.period, now=order.as_of)

    def write(self) -> None:
        target = BufferedWriter(_Target(self._send), _PIECE)  # type: ignore[type-var]  # a raw stream
        file = _opened(self._order.kind, target)
        stack = AsyncExitStack()
        reading = self._order.access.reading(self._order.as_of)
        tx = self._waited(stack.enter_async_context(reading))
        try:
            self._fill(file, tx)
            file.close()
            target.flush()
        except BaseException:
            file.abandon()
            raise
        finally:
            self._waited(stack.aclose())

    def _fill(self, file: ReportFile, tx: Transaction) -> None:
        """Sheet after sheet; only the summary, which stands first, is known late."""
        order, say, zone = self._order, self._say, self._order.period.zone
        summary = file.sheet(say.label("Summary"))
        found = self._pulled(rows.titled_lessons(tx, order.period, order.scope))
        table = sheets.lessons_table(say, self._looked_at(found), zone=zone, now=order.as_of)
        file.sheet(say.label("Lessons")).fill(table)

        students = self._pulled(rows.attendance(tx, order.period, order.scope, order.rules))
        table = sheets.attendance_table(say, self._counted(students), zone=zone)
        file.sheet(say.label("Attendance")).fill(table)

        payees = self._waited(reports.payees_in(tx, order.period, order.scope))
        pay = PaySheet(say)
        file.sheet(pay.name).fill(pay.table(self._pay(tx, payees), zone))
        summary.fill(sheets.summary_table(say, self._tally.report(), pay.of_teachers, payees))

        if order.scope.of in {Of.ALL, Of.TEACHER}:  # a statement is not of a course
            stated = self._each(stated_in(tx, order.period, order.scope.teacher_ids))
            file.sheet(say.label("Statements")).fill(statements_table(say, stated))

        corrections = self._waited(rows.corrections(tx, order.period, order.scope))
        table = corrections_table(say, corrections, zone)
        file.sheet(say.label("Corrections")).fill(table)
        gaps = self._waited(gaps_in(tx, (order.period.starts_at, order.period.ends_at)))
        table = notes_table(say, order.period, order.rules, gaps, order.as_of)
        file.sheet(say.label("Notes")).fill(table)

    def _looked_at(self, lessons: Iterable[TitledLesson]) -> Iterator[TitledLesson]:
        """The lessons on their way into the file: all are counted."""
        for one in self._counted(lessons):
            self._tally.add(one.row)
            yield one

    def _pay(
        self, tx: Transaction, payees: Mapping[int, str]
    ) -> Iterator[tuple[int, str, Sequence[PaidLine]]]:
        """Teacher after teacher, so that the rows of each stand together."""
        order = self._order
        for teacher_id, name in sorted(payees.items(), key=lambda one: (one[1].casefold(), one[0])):
            found = rows.pay_of(tx, order.period, order.scope, teacher_id)
            yield teacher_id, name, self._waited(found)

    def _counted(self, rows_: Iterable[T]) -> Iterator[T]:
        for one in rows_:
            self._written += 1
            if self._written % _TOLD_AFTER == 0:
                self._send(Progress(min(1.0, self._written / max(1, self._order.rows))))
            yield one

    def _pulled(self, some_at_once: AsyncIterator[Sequence[T]]) -> Iterator[T]:
        for some in self._each(some_at_once):
            yield from some

    def _each(self, one_at_once: AsyncIterator[T]) -> Iterator[T]:
        async def following() -> T | None:
            return await anext(one_at_once, None)

        while (one := self._waited(following())) is not None:
            yield one

    def _waited(self, work: Coroutine[object, object, T]) -> T:
        return self._loop.run_until_complete(work)


def _opened(kind: FileKind, target: IO[bytes]) -> ReportFile:
    match kind:
        case FileKind.XLSX:
            from bot.views.report_workbook import XlsxFile

            return XlsxFile(target)
        case FileKind.CSV:
            from bot.views.report_csv import CsvFile

            return CsvFile(target)
