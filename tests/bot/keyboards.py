"""Buttons under a view, for tests."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.message import View


def buttons(view: View) -> dict[str, InlineKeyboardButton]:
    """Each button by its label."""
    assert isinstance(view.keyboard, InlineKeyboardMarkup)
    return {button.text: button for row in view.keyboard.inline_keyboard for button in row}
