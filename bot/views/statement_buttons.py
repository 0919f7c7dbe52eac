"""Buttons of statements, and what their data says."""

from telegram import InlineKeyboardButton

from bot import callback_data
from services.statements import StatementPage

SHOW, ACCEPT, LOCK, SURE = "statement.show", "statement.accept", "statement.lock", "statement.sure"
ASK, PAID, PDF = "statement.ask", "statement.paid", "statement.pdf"
LINES, LINE = "statement.lines", "statement.line"
CORRECT_PAYMENT = "payment.correct"
"""The actions of a statement's buttons: the teacher's id, the month, and what else."""

MONTH, LOCK_ALL = "statements.month", "statements.lock"
"""The actions of the admins' list."""

OPEN = "pay.line"
"""One class's pay as it is now, wherever it is asked for."""


def button(
    label: str, action: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    data = callback_data.encode(action, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)


def button_of(
    page: StatementPage, label: str, action: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    return button(label, action, page.teacher.id, page.month, *args, style=style)
