"""Statements: the teacher accepts, admins lock and pay, and both are told of each step."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from telegram import InputFile, Update

from bot.backroom import Kind
from bot.callback_data import Press, not_current
from bot.context import Context
from bot.views import statement_buttons as buttons
from bot.views import statement_lines, statement_list
from bot.views import statements as views
from bot.views import waiting as waiting_views
from bot.views.statement_paper import statement_paper
from bot.views.statement_pdf import write_statement
from bot.waiting import Waiting, hand_over
from services import paid_lines, payment_correcting, statement_payment, statements
from services.statements import StatementPage


@dataclass(frozen=True, slots=True)
class StatementHandlers:
    """`elsewhere` runs what takes long, in another process."""

    elsewhere: Executor

    async def pressed(self, update: Update, context: Context) -> None:
        """Any button of one statement."""
        del update
        office, caller, press = context.office, context.caller, context.press
        person_id, month = press.number(0), press.word(1)
        match press.action:
            case buttons.SHOW:
                page = await statements.show(office, caller, person_id, month)
                await context.show(views.statement(context.say, page))
            case buttons.LINES:
                page = await statements.show(office, caller, person_id, month)
                await context.show(statement_lines.line_list(context.say, page, press.number(2)))
            case buttons.LINE:
                line, page = await paid_lines.open_in_statement(
                    office, caller, person_id, month, press.number(2)
                )
                await context.show(statement_lines.opened(context.say, line, page))
            case buttons.PDF:
                page = await statements.show(office, caller, person_id, month, as_paper=True)
                self._order_pdf(context, page)
            case _:
                await _step(context, person_id, month, press)

    def _order_pdf(self, context: Context, page: StatementPage) -> None:
        office = context.office
        paper = statement_paper(context.say, page, office.profile, office.clock())
        still = waiting_views.being_made(context.say)

        async def make(_tell: Callable[[float], None]) -> None:
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self.elsewhere, write_statement, paper)
            name = f"statement-{page.month}.pdf"
            await context.bot.send_document(context.chat.id, InputFile(content, name))

        hand_over(context, Kind.PAPER, Waiting(lambda _: still), make)


async def pressed_in_list(update: Update, context: Context) -> None:
    """The admins' list of a month, and [Lock all accepted]."""
    del update
    office, caller, press = context.office, context.caller, context.press
    match press.action:
        case buttons.MONTH:
            found = await statements.list_month(office, caller, press.word(0), press.number(1))
            view = statement_list.month_list(context.say, found)
            # A report stays where it is.
            await (context.show(view) if press.word(0) else context.reply(view))
        case buttons.LOCK_ALL:
            done = await statements.lock_accepted(office, caller, press.word(0))
            await context.show(statement_list.locked_all(context.say, done))
        case _:
            raise not_current()


async def open_line(update: Update, context: Context) -> None:
    """How the pay of a class is worked out."""
    del update
    lesson_id = context.press.number(0)
    line = await paid_lines.open_line(context.office, context.caller, lesson_id)
    await context.reply(statement_lines.opened(context.say, line))


async def correct_payment(update: Update, context: Context) -> None:
    """[Correct the payment], for admins."""
    del update
    press, key = context.press, context.request_key
    page = await payment_correcting.ask(
        context.office, context.caller, press.number(0), press.word(1), key
    )
    await context.reply(views.payment_correction_asked(context.say, page))


async def typed(context: Context) -> bool:
    """Take a typed text as how a statement was paid; False if that was not asked for."""
    office, caller, key = context.office, context.caller, context.request_key
    page = await statement_payment.typed(office, caller, context.typed)
    if page is None:
        page = await payment_correcting.typed(office, caller, context.typed, key)
    if page is None:
        return False
    await context.reply(views.statement(context.say, page))
    return True


async def _step(context: Context, person_id: int, month: str, press: Press) -> None:
    """Bring a statement one step on."""
    office, caller = context.office, context.caller
    match press.action:
        case buttons.ACCEPT:
            page = await statements.accept(office, caller, person_id, month, press.word(2))
            await context.show(views.statement(context.say, page))
        case buttons.LOCK | buttons.SURE:
            is_sure = press.action == buttons.SURE
            page = await statements.lock(
                office, caller, person_id, month, press.word(2), is_sure=is_sure
            )
            await context.show(views.statement(context.say, page))
        case buttons.ASK:
            key = context.request_key
            page = await statements.ask_to_accept(office, caller, person_id, month, key)
            await context.alert(views.asked(context.say, page))
        case buttons.PAID:
            key = context.request_key
            page = await statement_payment.ask(office, caller, person_id, month, key)
            await context.reply(views.payment_asked(context.say, page))
        case _:
            raise not_current()
