"""Pictures and files of a report, made elsewhere and sent one after the other."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TypeVar

from telegram import InputFile

from bot.backroom import Kind
from bot.context import Context
from bot.elsewhere import sent_from
from bot.report_files import FileKind, FileOrder, Progress, write_file
from bot.views import report as views
from bot.views.attendance_chart import draw_attendance
from bot.views.report_chart import draw_hours
from bot.views.report_pictures import attendance_chart, hours_chart
from bot.waiting import Make, Pace, Waiting, hand_over
from school.errors import SchoolError
from school.periods import Period, halves_of, parts_of
from services.reporting import Found

LARGEST_FILE = 49_000_000
"""Bytes; Telegram takes 50 MB. https://core.telegram.org/bots/api#senddocument"""

MOST_ROWS = 300_000
"""Of students in one file: as many as surely fit. A million take 90 MB."""

_UPLOAD_S = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sending:
    """`elsewhere` runs what takes long, in another process; one report at a time."""

    elsewhere: Executor
    largest_file: int = LARGEST_FILE
    most_rows: int = MOST_ROWS
    pace: Pace = field(default_factory=Pace)

    def send_all(self, context: Context, found: Found) -> None:
        """Have the pictures and the workbook made and sent."""

        async def make(tell: Callable[[float], None]) -> None:
            await self._send_pictures(context, found)
            await self._send_files(context, found, FileKind.XLSX, tell)

        self._hand_over(context, make)

    def send_csv(self, context: Context, found: Found) -> None:
        """The same tables as CSV files."""

        async def make(tell: Callable[[float], None]) -> None:
            await self._send_files(context, found, FileKind.CSV, tell)

        self._hand_over(context, make)

    def _hand_over(self, context: Context, make: Make) -> None:
        how_far = partial(views.progress, context.say)
        hand_over(context, Kind.REPORT, Waiting(how_far, self.pace), make)

    async def _send_pictures(self, context: Context, found: Found) -> None:
        say = context.say
        hours = await self._made(draw_hours, hours_chart(say, found.report))
        await context.bot.send_photo(context.chat.id, InputFile(hours, "hours.png"))
        attendance = attendance_chart(say, found)
        if attendance is not None:
            picture = await self._made(draw_attendance, attendance)
            await context.bot.send_photo(context.chat.id, InputFile(picture, "attendance.png"))

    async def _made(self, draw: Callable[[T], bytes], chart: T) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self.elsewhere, draw, chart)

    async def _send_files(
        self, context: Context, found: Found, kind: FileKind, tell: Callable[[float], None]
    ) -> None:
        parts = parts_of(found.order.period, found.rows_on, self.most_rows)
        if len(parts) > 1:
            await context.reply(views.in_parts(context.say, len(parts)))
        for number, part in enumerate(parts):

            def tell_part(share: float, before: int = number) -> None:
                tell((before + share) / len(parts))

            await self._send_part(context, found, kind, part, tell_part)

    async def _send_part(
        self,
        context: Context,
        found: Found,
        kind: FileKind,
        part: Period,
        tell: Callable[[float], None],
    ) -> None:
        content = await self._written(context, found, kind, part, tell)
        if content is not None:
            name = views.file_name(context.office.profile.name, part, _ENDINGS[kind])
            file = InputFile(content, name, read_file_handle=False)
            await context.bot.send_document(
                context.chat.id, file, write_timeout=_UPLOAD_S, read_timeout=_UPLOAD_S
            )
            return
        halves = halves_of(part)
        if len(halves) == 1:
            raise SchoolError(
                "The file of {day} is larger than Telegram takes. "
                "Choose one teacher, class or group.",
                day=part.first_day,
            )
        await context.reply(views.in_parts(context.say, len(halves)))
        for half in halves:
            await self._send_part(context, found, kind, half, tell)

    async def _written(
        self,
        context: Context,
        found: Found,
        kind: FileKind,
        part: Period,
        tell: Callable[[float], None],
    ) -> BytesIO | None:
        """The file; None where it gets too large."""
        content = BytesIO()
        order = self._order(context, found, kind, part)
        async with aclosing(sent_from(self.elsewhere, write_file, order)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Progress):
                    tell(piece.share)
                elif content.write(piece) and content.tell() > self.largest_file:
                    return None
        content.seek(0)
        return content

    def _order(self, context: Context, found: Found, kind: FileKind, part: Period) -> FileOrder:
        office, say = context.office, context.say
        days = found.rows_on.items()
        return FileOrder(
            access=office.database.access,
            kind=kind,
            period=part,
            scope=found.order.scope,
            rules=office.profile.attendance,
            language=say.language,
            clock=say.clock,
            as_of=found.as_of,
            rows=sum(rows for day, rows in days if part.first_day <= day <= part.last_day),
        )


_ENDINGS = {FileKind.XLSX: "xlsx", FileKind.CSV: "csv.zip"}
