"""/hours: a teacher's own month, and each lesson opened to its timeline."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

from telegram import InputFile, Update
from telegram.constants import ChatAction, ParseMode

from bot.backroom import Kind
from bot.callback_data import not_current
from bot.context import Context
from bot.views import hours as views
from bot.views import waiting as waiting_views
from bot.views.lesson_timeline import timeline
from bot.views.timeline_picture import draw_timeline
from bot.waiting import Waiting, hand_over
from school.periods import parse_period, school_day
from services import hours
from services.people import as_teacher


@dataclass(frozen=True, slots=True)
class HoursHandlers:
    """`elsewhere` draws, in another process."""

    elsewhere: Executor

    async def typed(self, update: Update, context: Context) -> None:
        """/hours, perhaps with a month."""
        del update
        office = context.office
        teacher = as_teacher(office, context.caller)
        zone = office.profile.zone
        period, _ = parse_period(context.typed, today=school_day(office.clock(), zone), zone=zone)
        found = await hours.hours(office, teacher, period.first_day)
        await context.reply(views.month(context.say, found, teacher.person_id))

    async def turn(self, update: Update, context: Context) -> None:
        """Another month, or another page of its lessons."""
        del update
        teacher = as_teacher(context.office, context.caller)
        press = context.press
        found = await hours.hours(context.office, teacher, _month(press.number(0)), press.number(1))
        await context.show(views.month(context.say, found, teacher.person_id))

    async def show(self, update: Update, context: Context) -> None:
        """A lesson with its timeline; for admins too."""
        del update
        found = await hours.open_lesson(context.office, context.caller, context.press.number(0))
        view = views.opened(context.say, found)
        if not found.people and not found.gaps:  # there is nothing to be drawn
            await context.reply(view)
            return
        drawn, still = timeline(context.say, found), waiting_views.being_made(context.say)

        async def make(_tell: Callable[[float], None]) -> None:
            loop = asyncio.get_running_loop()
            picture = await loop.run_in_executor(self.elsewhere, draw_timeline, drawn)
            await context.bot.send_photo(
                context.chat.id,
                InputFile(picture, "timeline.png"),
                caption=view.text,
                parse_mode=ParseMode.HTML,
                reply_markup=view.keyboard,
            )

        waiting = Waiting(lambda _: still, action=ChatAction.UPLOAD_PHOTO)
        hand_over(context, Kind.PAPER, waiting, make)


def _month(number: int) -> date:
    try:
        return date(number // 100, number % 100, 1)
    except ValueError:
        raise not_current() from None
