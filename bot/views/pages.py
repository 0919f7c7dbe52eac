"""Buttons that open the school's pages, in the language in which the person reads the bot."""

from urllib.parse import urlencode

from telegram import InlineKeyboardButton

from bot.speech import Say
from school.model import SchoolProfile


def guide_button(say: Say, profile: SchoolProfile) -> InlineKeyboardButton:
    """How to add the app, use it and remove it."""
    return InlineKeyboardButton(say.label("Guide"), url=_address(say, profile, "guide"))


def support_button(say: Say, profile: SchoolProfile) -> InlineKeyboardButton:
    """Where to get help."""
    return InlineKeyboardButton(say.label("Support"), url=_address(say, profile, "support"))


def terms_button(say: Say, profile: SchoolProfile) -> InlineKeyboardButton:
    return InlineKeyboardButton(say.label("Terms"), url=_address(say, profile, "terms"))


def policy_button(say: Say, profile: SchoolProfile) -> InlineKeyboardButton:
    """All that is stored, and for how long."""
    return InlineKeyboardButton(say.label("Read it all"), url=_address(say, profile, "privacy"))


def _address(say: Say, profile: SchoolProfile, page: str) -> str:
    return f"{profile.public_url}/{page}?{urlencode({'lang': say.language})}"
