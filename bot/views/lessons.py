"""A teacher's own classes: the list, the host link, the question before cancelling."""

from collections.abc import Sequence
from datetime import date

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines
from services.classes import HostLink, UpcomingClass

SHOW, START, ASK, CANCEL, KEEP, RETRY, MAKE_AGAIN = (
    "lesson.show",
    "lesson.start",
    "lesson.ask",
    "lesson.cancel",
    "lesson.keep",
    "lesson.retry",
    "lesson.remake",
)
"""The actions of the buttons of a class's card and list."""

AGAIN, DISCARD, RESEND, REVERT, UNDO = (
    "lesson.again",
    "lesson.discard",
    "lesson.resend",
    "lesson.revert",
    "lesson.undo",
)
"""More of them: a class like the last one; what to do about one that is not as it should be."""

_MOST = 12


def class_list(say: Say, ahead: Sequence[UpcomingClass]) -> View:
    if not ahead:
        return View(say("No classes ahead. Make one with /newclass."))
    listed = [
        say(
            "· {topic}: {when}",
            topic=say.bold(one.topic),
            when=say.zoned_range(one.planned, one.zone),
        )
        for one in ahead[:_MOST]
    ]
    rows = [
        [
            InlineKeyboardButton(
                say.label("{topic} · {day}", topic=one.topic, day=_day(one)),
                callback_data=callback_data.encode(SHOW, one.lesson_id),
            )
        ]
        for one in ahead[:_MOST]
    ]
    more = len(ahead) - len(listed)
    rest = say.many("and {count} more", "and {count} more", more) if more else None
    return View(lines(say("Your classes:"), *listed, rest), InlineKeyboardMarkup(rows))


def _day(one: UpcomingClass) -> date:
    return one.planned.starts_at.astimezone(one.zone).date()


def host_link(say: Say, link: HostLink) -> View:
    """For the host's eyes: whoever has the link is the host."""
    button = InlineKeyboardButton(say.label("Open Zoom as host"), url=link.url)
    return View(
        say(
            "Your host link for {topic}. It works for 2 hours; keep it to yourself.",
            topic=say.bold(link.topic),
        ),
        InlineKeyboardMarkup([[button]]),
        is_protected=True,
    )


def really_cancel(say: Say, asked: UpcomingClass) -> View:
    rows = [
        [
            InlineKeyboardButton(
                say.label("Cancel class"),
                callback_data=callback_data.encode(CANCEL, asked.lesson_id),
                style="danger",
            ),
            InlineKeyboardButton(
                say.label("Keep"), callback_data=callback_data.encode(KEEP, asked.lesson_id)
            ),
        ]
    ]
    text = say(
        "Cancel {topic}, {when}? The groups are told at once, and the Zoom meeting is deleted.",
        topic=say.bold(asked.topic),
        when=say.zoned_range(asked.planned, asked.zone),
    )
    return View(text, InlineKeyboardMarkup(rows))
