"""The choice of a language and of a clock."""

from collections.abc import Sequence
from datetime import time

from babel import Locale
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from school.model import ClockFace

CHOOSE, CLOCK = "language.choose", "language.clock"

_HAS_ITS_OWN_CLOCK = "am"
_AN_EVENING = time(18)


def native_name(language: str) -> str:
    """What its speakers call a language."""
    return Locale.parse(language, sep="_").get_display_name() or language


def named_language(typed: str, languages: Sequence[str]) -> str | None:
    """The language that is meant: by its code, its own name or its English name."""
    wanted = typed.strip().casefold()
    for language in languages:
        english = Locale.parse(language, sep="_").english_name or ""
        names = (language, native_name(language), english)
        if wanted in {name.casefold() for name in names}:
            return language
    return None


def page(say: Say, languages: Sequence[str], clock: ClockFace) -> View:
    """What is spoken now, in that language, and what else there is."""
    text = paragraphs(
        say("I speak {language} with you.", language=say.bold(native_name(say.language))),
        say("18:00 is shown as {time}.", time=say.bold(_AN_EVENING))
        if _has_clocks(say, clock)
        else None,
        lines(say("Choose another, or type it: /language en")),
    )
    buttons = [_language(one, is_chosen=one == say.language) for one in languages]
    rows = [buttons]
    if _has_clocks(say, clock):
        rows.append([_clock(say, clock)])
    return View(text, InlineKeyboardMarkup(rows))


def _has_clocks(say: Say, clock: ClockFace) -> bool:
    """Whoever has chosen the other clock can leave it in any language."""
    return say.language == _HAS_ITS_OWN_CLOCK or clock is ClockFace.ETHIOPIAN


def _language(language: str, *, is_chosen: bool) -> InlineKeyboardButton:
    name = native_name(language)
    return InlineKeyboardButton(
        f"✓ {name}" if is_chosen else name, callback_data=callback_data.encode(CHOOSE, language)
    )


def _clock(say: Say, clock: ClockFace) -> InlineKeyboardButton:
    if clock is ClockFace.ETHIOPIAN:
        label, other = say.label("✓ Ethiopian clock"), ClockFace.DAY
    else:
        label, other = say.label("Ethiopian clock"), ClockFace.ETHIOPIAN
    return InlineKeyboardButton(label, callback_data=callback_data.encode(CLOCK, other.value))
