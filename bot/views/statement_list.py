"""The admins' list of the statements of a month."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Say
from bot.views.form_buttons import Rows
from bot.views.message import View, lines
from bot.views.rates import month_name
from bot.views.statement_buttons import LOCK_ALL, MONTH, SHOW, button
from bot.views.statement_words import state_name
from school.money import Money
from services.statement_contents import month_after, month_before
from services.statements import ListedStatement, LockedAll, MonthPage


def month_list(say: Say, found: MonthPage) -> View:
    """Every teacher with the state of their statement."""
    rows = [[_listed(say, found.month, one)] for one in found.listed]
    if found.accepted and found.is_over:
        label = say.label("Lock all accepted ({count})", count=found.accepted)
        rows.append([button(label, LOCK_ALL, found.month, style="success")])
    rows.extend(_turning(say, found))
    text = say("Statements of {month}", month=say.bold(month_name(say, found.month)))
    if not found.is_over:
        text = lines(text, say("The month is not over yet."))
    return View(text, InlineKeyboardMarkup(rows))


def locked_all(say: Say, done: LockedAll) -> View:
    """To the admin."""
    said = say.many(
        "{count} statement of {month} is locked.",
        "{count} statements of {month} are locked.",
        len(done.locked),
        month=month_name(say, done.month),
    )
    lapsed = say.many(
        "{count} was accepted before it changed, and stays open.",
        "{count} were accepted before they changed, and stay open.",
        done.lapsed,
    )
    back = button(say.label("‹ Statements"), MONTH, done.month, 0)
    text = lines(said, lapsed if done.lapsed else None)
    return View(text, InlineKeyboardMarkup([[back]]))


def list_button(say: Say, month: str = "") -> InlineKeyboardButton:
    """For admins, beside a report; without a month, last month's."""
    return button(say.label("Statements"), MONTH, month, 0)


def _listed(say: Say, month: str, one: ListedStatement) -> InlineKeyboardButton:
    label = say.label(
        "{name} · {state} · {sums}",
        name=one.teacher.name,
        state=state_name(say, one.state),
        sums=_plain_money(say, one.totals),
    )
    return button(label, SHOW, one.teacher.id, month)


def _turning(say: Say, found: MonthPage) -> Rows:
    pages = []
    if found.page > 0:
        pages.append(button("‹", MONTH, found.month, found.page - 1))
    if found.page + 1 < found.pages:
        pages.append(button("›", MONTH, found.month, found.page + 1))
    before, after = month_before(found.month), month_after(found.month)
    months = [button(f"‹ {month_name(say, before)}", MONTH, before, 0)]
    if not found.is_last:
        months.append(button(f"{month_name(say, after)} ›", MONTH, after, 0))
    return [pages, months] if pages else [months]


def _plain_money(say: Say, sums: tuple[Money, ...]) -> str:
    return " + ".join(say.plain(one) for one in sums) if sums else "–"
