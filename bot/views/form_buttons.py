"""Buttons of the form for a new class; each says of which state of the form it is."""

from datetime import date

from telegram import InlineKeyboardButton

from bot import callback_data
from storage.class_forms import Draft

Rows = list[list[InlineKeyboardButton]]


def button(label: str, action: str, draft: Draft, *args: int | str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data(action, draft, *args))


def data(action: str, draft: Draft, *args: int | str) -> str:
    return callback_data.encode(action, draft.id, draft.version, *args)


def compact(day: date) -> str:
    return f"{day:%Y%m%d}"


def in_rows(buttons: list[InlineKeyboardButton], width: int) -> Rows:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]
