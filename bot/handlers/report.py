"""/report: a short text, a picture and a workbook of a period's hours."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from telegram import InputFile, Update
from telegram.constants import ChatAction

from bot.context import Context
from bot.views import report as views
from bot.views.report_chart import draw_hours
from bot.views.report_sheets import sheets
from bot.views.report_workbook import write_workbook
from services import reporting
from services.reporting import Workbook


@dataclass(frozen=True, slots=True)
class ReportHandlers:
    """`elsewhere` runs what takes long, in another process."""

    elsewhere: Executor

    async def typed(self, update: Update, context: Context) -> None:
        """/report, perhaps with a period and a teacher's name."""
        del update
        await self._answer(context, context.typed)

    async def pressed(self, update: Update, context: Context) -> None:
        """One of the other periods."""
        del update
        await self._answer(context, views.period_typed(context.press.number(0)))

    async def _answer(self, context: Context, typed: str) -> None:
        book = await reporting.report(context.office, context.caller, typed)
        if not book.report.teachers:
            await context.reply(views.nothing(context.say, book))
            return
        await context.reply(views.summary(context.say, book))
        await context.bot.send_chat_action(context.chat.id, ChatAction.UPLOAD_DOCUMENT)
        picture = await self._picture(context, book)
        await context.bot.send_photo(context.chat.id, InputFile(picture, "hours.png"))
        name = views.file_name(context.office.profile.name, book.report.period)
        workbook = await self._workbook(context, book)
        await context.bot.send_document(context.chat.id, InputFile(workbook, name))

    async def _picture(self, context: Context, book: Workbook) -> bytes:
        loop = asyncio.get_running_loop()
        chart = views.chart(context.say, book.report)
        return await loop.run_in_executor(self.elsewhere, draw_hours, chart)

    async def _workbook(self, context: Context, book: Workbook) -> bytes:
        loop = asyncio.get_running_loop()
        # A year has enough rows to hold the loop up.
        tables = await asyncio.to_thread(sheets, context.say, book)
        return await loop.run_in_executor(self.elsewhere, write_workbook, tables)
