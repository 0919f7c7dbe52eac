"""/mydata: what is stored about whoever asks, summed up, and as a file with all of it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from telegram import InputFile, Update

from bot.backroom import Kind
from bot.context import Context
from bot.elsewhere import sent_from
from bot.views import own_data as views
from bot.waiting import Pace, Waiting, hand_over
from school.periods import school_day
from services import own_data
from services.own_data import OwnSummary
from services.own_data_file import DataOrder, write_file

LARGEST_FILE = 49_000_000
"""Bytes that are sent as they are; Telegram takes 50 MB."""

_UPLOAD_S = 120.0


@dataclass(frozen=True, slots=True)
class OwnDataHandlers:
    """`elsewhere` writes the files, in another process; one at a time."""

    elsewhere: Executor
    largest_file: int = LARGEST_FILE
    pace: Pace = field(default_factory=Pace)

    async def my_data(self, update: Update, context: Context) -> None:
        """/mydata."""
        del update
        context.desk.backroom.check(Kind.OWN_DATA, context.user.id)
        found = await own_data.summary(context.office, context.user)
        match found:
            case OwnSummary():
                await context.reply(views.summary(context.say, found, context.caller))
                self._order_file(context)
            case None:
                await context.reply(views.nothing_stored(context.say))
            case _:
                profile = context.office.profile
                await context.reply(views.nothing_but_a_receipt(context.say, found, profile))

    def _order_file(self, context: Context) -> None:
        office = context.office
        order = DataOrder(
            access=office.database.access,
            telegram_user_id=context.user.id,
            school=office.profile.name,
            zone=context.caller.zone,
            as_of=office.clock(),
        )
        still = views.being_written(context.say)

        async def make(_tell: Callable[[float], None]) -> None:
            await self._send_file(context, order)

        hand_over(context, Kind.OWN_DATA, Waiting(lambda _: still, self.pace), make)

    async def _send_file(self, context: Context, order: DataOrder) -> None:
        day = school_day(order.as_of, context.office.profile.zone)
        name = views.file_name(order.school, day)
        content = await self._written(order)
        if content.getbuffer().nbytes > self.largest_file:
            content = await asyncio.to_thread(_zipped, content, name)
            name = f"{name}.zip"
        await context.bot.send_document(
            context.chat.id,
            InputFile(content, name, read_file_handle=False),
            write_timeout=_UPLOAD_S,
            read_timeout=_UPLOAD_S,
        )

    async def _written(self, order: DataOrder) -> BytesIO:
        content = BytesIO()
        async with aclosing(sent_from(self.elsewhere, write_file, order)) as pieces:
            async for piece in pieces:
                content.write(piece)
        content.seek(0)
        return content


def _zipped(content: BytesIO, name: str) -> BytesIO:
    """The same file in a tenth of the room, in memory too."""
    zipped = BytesIO()
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content.getbuffer())
    zipped.seek(0)
    return zipped
