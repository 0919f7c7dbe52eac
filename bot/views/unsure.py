"""What is not certain of a class, and the buttons by which its teacher settles it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, paragraphs
from bot.views.news import topic_of
from school.intervals import Span
from services.contents_for_teachers import HeldOrNot, Summary

CONFIRM = "hours.confirm"
DISPUTE = "dispute.ask"
"""The actions: what was found is right; something about it is wrong."""


def notes_on_gaps(say: Say, one: Summary) -> list[Markup]:
    """What nobody heard of, what is done about it, and that it was confirmed."""
    unsure = one.unsure
    notes = []
    if unsure.is_confirmed:
        notes.append(say("You have confirmed these times."))
    if unsure.gaps:
        notes.append(
            say(
                "⚠︎ No events {times}: I was not running then. "
                "Who came or went in that time may be missing here.",
                times=_times(say, unsure.gaps, one.zone),
            )
        )
    if unsure.is_asking:
        notes.append(say("I am asking Zoom what I missed, and correct this by myself."))
    elif unsure.may_confirm:
        notes.append(say("If you know that all of this is right, press the button below."))
    return notes


def confirm_buttons(say: Say, one: Summary) -> list[list[InlineKeyboardButton]]:
    """A row of its own, or none."""
    if not one.unsure.may_confirm:
        return []
    return [[_button(say.label("These times are right"), CONFIRM, one.lesson_id)]]


def held_or_not(say: Say, one: HeldOrNot) -> View:
    """Whether it was held, only its teacher knows."""
    text = say(
        "{topic}, {day}: I was not running {times}, so I do not know whether this class was held.",
        topic=topic_of(say, one.topic),
        day=one.planned.starts_at.astimezone(one.zone).date(),
        times=_times(say, one.gaps, one.zone),
    )
    if one.is_settled:
        return View(paragraphs(text, say("You have said that it was not held.")))
    question = say("Was it? If so, say it, and an admin enters its times.")
    held = _button(say.label("It was held"), DISPUTE, one.lesson_id)
    not_held = _button(say.label("It was not held"), CONFIRM, one.lesson_id)
    return View(paragraphs(text, question), InlineKeyboardMarkup([[held, not_held]]))


def _times(say: Say, gaps: Iterable[Span], zone: ZoneInfo) -> Markup:
    return say.series(
        [
            say(
                "{start}–{end}",
                start=say.clock_time(begin, zone),
                end=say.clock_time(end, zone),
            )
            for begin, end in gaps
        ]
    )


def _button(label: str, action: str, lesson_id: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, lesson_id))
