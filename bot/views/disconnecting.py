"""What a teacher reads while letting go of the Zoom account, and when it is gone."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.connecting import connect_button
from bot.views.message import View, lines, paragraphs
from school.text import Text
from services.classes import UpcomingClass
from services.disconnecting import Connection, Disconnected

KEEP, CANCEL, STAY = "disconnecting.keep", "disconnecting.cancel", "disconnecting.stay"

_LONGEST_TOPIC = 60


def really_disconnect(say: Say, found: Connection) -> View:
    """What is still to come, and what is to become of it: the tokens are needed to cancel it."""
    head = say.many(
        "Disconnect {email}? {count} class is still to come:",
        "Disconnect {email}? {count} classes are still to come:",
        found.upcoming,
        email=say.bold(found.email),
    )
    more = found.upcoming - len(found.next_classes)
    listed = lines(
        head,
        *(_listed(say, one) for one in found.next_classes),
        say.many("· and {count} more", "· and {count} more", more) if more else None,
    )
    keep = say(
        "Keep: they stay in Zoom and their links keep working. Until you connect again, I cannot "
        "change them or count who comes."
    )
    cancel = lines(
        say("Cancel: your groups are told at once, and the meetings are deleted in Zoom."),
        _given_for_others(say, found.given_for_others),
    )
    return View(paragraphs(listed, keep, cancel, _live(say, found.live)), _choices(say, found))


def _choices(say: Say, found: Connection) -> InlineKeyboardMarkup:
    label = Text(
        "Cancel {count} class and disconnect",
        plural="Cancel {count} classes and disconnect",
        count=found.upcoming,
    )
    cancel = callback_data.encode(CANCEL, found.account_id, found.upcoming)
    return InlineKeyboardMarkup(
        [
            [_button(say.label("Keep classes and disconnect"), KEEP, found.account_id)],
            [InlineKeyboardButton(say.plain(label), callback_data=cancel, style="danger")],
            [_button(say.label("Stay connected"), STAY, found.account_id)],
        ]
    )


def _button(label: str, action: str, account_id: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, account_id))


def _listed(say: Say, one: UpcomingClass) -> Markup:
    return say(
        "· {topic}: {when}",
        topic=say.bold(_short(one.topic)),
        when=say.zoned_range(one.planned, one.zone),
    )


def _short(topic: str) -> str:
    return topic if len(topic) <= _LONGEST_TOPIC else f"{topic[: _LONGEST_TOPIC - 1]}…"


def _given_for_others(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} of them you give for another teacher; it goes back to them.",
        "{count} of them you give for other teachers; they go back to them.",
        count,
    )


def still_connected(say: Say, found: Connection) -> View:
    return View(say("Nothing was changed. {email} stays connected.", email=say.bold(found.email)))


def disconnected(say: Say, result: Disconnected) -> View:
    """What was done, here and at Zoom, and what is left to do."""
    text = paragraphs(
        _ended(say, result),
        _called_off(say, result),
        _left_at_zoom(say, result.left_at_zoom),
        classes_kept(say, result.upcoming),
        _live(say, result.live),
    )
    return View(text, InlineKeyboardMarkup([[connect_button(say)]]))


def _ended(say: Say, result: Disconnected) -> Markup:
    if result.zoom_was_told:
        return say(
            "Disconnected: {email}. I have deleted my access, and Zoom has ended it too.",
            email=result.email,
        )
    return say(
        "Disconnected: {email}. I have deleted my access. {told_later}",
        email=result.email,
        told_later=zoom_is_told_later(say),
    )


def zoom_is_told_later(say: Say) -> Markup:
    """Where Zoom did not answer that a connection is over."""
    return say(
        "Zoom does not answer just now: I keep telling it until it has ended the connection too. "
        "You need do nothing."
    )


def _called_off(say: Say, result: Disconnected) -> Markup | None:
    if not result.called_off:
        return None
    return say.many(
        "{count} class is cancelled, and your groups are told.",
        "{count} classes are cancelled, and your groups are told.",
        result.called_off,
    )


def _left_at_zoom(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} meeting could not be deleted in Zoom. Delete it there, or connect the same "
        "account again and I will do it.",
        "{count} meetings could not be deleted in Zoom. Delete them there, or connect the same "
        "account again and I will do it.",
        count,
    )


def classes_kept(say: Say, upcoming: int) -> Markup | None:
    """What becomes of them without a connection."""
    if not upcoming:
        return None
    return say.many(
        "{count} class that is still to come stays in Zoom, and its link keeps working. "
        "Start it in Zoom itself: until you connect again, I cannot change it "
        "or count who comes.",
        "{count} classes that are still to come stay in Zoom, and their links keep "
        "working. Start them in Zoom itself: until you connect again, I cannot change "
        "them or count who comes.",
        upcoming,
    )


def _live(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} class that is on goes on in Zoom, but I no longer hear who comes and goes.",
        "{count} classes that are on go on in Zoom, but I no longer hear who comes and goes.",
        count,
    )
