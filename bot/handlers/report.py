"""/report: a short text, pictures and a workbook of a period's hours."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context
from bot.handlers.report_sending import Sending
from bot.views import report as views
from bot.views import report_buttons as buttons
from bot.views import report_choosing
from bot.views.message import View
from school.periods import school_day
from services import reporting
from services.reporting import Ambiguous, Order


@dataclass(frozen=True, slots=True)
class ReportHandlers:
    """What is typed and pressed; `sending` makes the pictures and files."""

    sending: Sending

    async def typed(self, update: Update, context: Context) -> None:
        """/report, perhaps with a period and a name."""
        del update
        asked = await reporting.understood(context.office, context.caller, context.typed)
        if isinstance(asked, Ambiguous):
            await context.reply(report_choosing.ambiguous(context.say, asked))
            return
        await self._answer(context, asked, context.reply)

    async def pressed(self, update: Update, context: Context) -> None:
        """Any button of a report, and of the lists and calendars that lead to one."""
        del update
        press = context.press
        if press.action == buttons.IDLE:  # it only fills a row
            return
        pressed = _PRESSES.get(press.action)
        if pressed is None:
            raise not_current()
        await pressed(self, context, press)

    async def _named(self, context: Context, press: Press) -> None:
        """Another period, with what the report is narrowed to."""
        period = reporting.named(context.office, buttons.pressed_name(press))
        order = Order(period, buttons.pressed_scope(press, 1))
        await self._answer(context, order, context.reply)

    async def _shown(self, context: Context, press: Press) -> None:
        """What was chosen from a list or a calendar, in the place of it."""
        await self._answer(context, _order(context, press), context.show)

    async def _csv(self, context: Context, press: Press) -> None:
        found = await reporting.report(
            context.office, context.caller, _order(context, press), as_csv=True
        )
        self.sending.send_csv(context, found)

    async def _answer(
        self, context: Context, order: Order, show: Callable[[View], Awaitable[object]]
    ) -> None:
        found = await reporting.report(context.office, context.caller, order)
        if not found.report.teachers:
            await show(views.nothing(context.say, found))
            return
        await show(views.summary(context.say, found))
        self.sending.send_all(context, found)


async def _pick(_handlers: ReportHandlers, context: Context, press: Press) -> None:
    """A list to choose from: beneath the report, and then page by page in its own place."""
    of, page = buttons.pressed_of(press, 0), press.number(3)
    first, last = buttons.pressed_day(press, 1), buttons.pressed_day(press, 2)
    period = reporting.days(context.office, first, last)
    found = await reporting.choices(context.office, context.caller, period, of, max(page, 0))
    show = context.show if page else context.reply
    await show(report_choosing.choices(context.say, found))


async def _dates(_handlers: ReportHandlers, context: Context, press: Press) -> None:
    """Asks from which day on."""
    today, scope = _today(context), buttons.pressed_scope(press, 0)
    await context.reply(report_choosing.first_day(context.say, scope, today, today))


async def _first_month(_handlers: ReportHandlers, context: Context, press: Press) -> None:
    month, scope = buttons.pressed_day(press, 1), buttons.pressed_scope(press, 2)
    await context.show(report_choosing.first_day(context.say, scope, month, _today(context)))


async def _last_month(_handlers: ReportHandlers, context: Context, press: Press) -> None:
    """The first day is chosen; asks for the last."""
    first, month = buttons.pressed_day(press, 0), buttons.pressed_day(press, 1)
    scope = buttons.pressed_scope(press, 2)
    await context.show(report_choosing.last_day(context.say, scope, first, month, _today(context)))


_PRESSES: Mapping[str, Callable[[ReportHandlers, Context, Press], Awaitable[None]]] = {
    buttons.NAMED: ReportHandlers._named,  # noqa: SLF001  its own
    buttons.SHOW: ReportHandlers._shown,  # noqa: SLF001
    buttons.CSV: ReportHandlers._csv,  # noqa: SLF001
    buttons.PICK: _pick,
    buttons.DATES: _dates,
    buttons.FIRST_DAY: _first_month,
    buttons.LAST_DAY: _last_month,
}


def _order(context: Context, press: Press) -> Order:
    first, last = buttons.pressed_day(press, 0), buttons.pressed_day(press, 1)
    return Order(reporting.days(context.office, first, last), buttons.pressed_scope(press, 2))


def _today(context: Context) -> date:
    return school_day(context.office.clock(), context.office.profile.zone)
