"""What a person is known by, and the buttons to correct it."""

from collections.abc import Iterator

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.connecting import connect_button
from bot.views.language import native_name
from bot.views.message import LONGEST_TEXT, View, lines, paragraphs, shown_length
from school.model import ClockFace
from services.profile import OwnListing, Profile
from zoom.models import BASIC_PLAN

NAME, TELEGRAM_NAME = "profile.name", "profile.telegram"
LANGUAGE, ZONE, ZOOM, FORGET, WRONG = (
    "profile.language",
    "profile.zone",
    "profile.zoom",
    "profile.forget",
    "profile.wrong",
)

_MOST_FORGOTTEN = 20  # buttons for other names
_MOST_DOUBTED = 10  # buttons for classes
_LONGEST_LABEL = 40
_ROOM_FOR_THE_REST = 1200


def page(say: Say, found: Profile) -> View:
    """All of it, one thing a line."""
    text = paragraphs(
        say.bold(say("Your profile")),
        lines(*_person(say, found)),
        lines(*_zoom(say, found)),
        *_fitting(say, [_listing(say, one) for one in found.listings]),
        _attendance(say, found),
    )
    return View(text, InlineKeyboardMarkup(list(_buttons(say, found))))


def _person(say: Say, found: Profile) -> Iterator[Markup]:
    yield say("Name: {name}", name=say.bold(found.name))
    if found.has_own_name and found.name != found.telegram_name:
        yield say("In Telegram you are called {name}.", name=found.telegram_name)
    yield say("Language: {language}", language=native_name(say.language))
    yield say("Time zone: {zone}", zone=found.zone.key)
    if found.clock is ClockFace.ETHIOPIAN:
        yield say("Clock: Ethiopian")


def _zoom(say: Say, found: Profile) -> Iterator[Markup]:
    zoom = found.zoom
    if zoom is None:
        if found.is_teacher:
            yield say("Zoom: not connected")
        return
    if zoom.plan == BASIC_PLAN:
        yield say("Zoom: {email} (Basic plan), as {name}", email=zoom.email, name=zoom.display_name)
    else:
        yield say("Zoom: {email}, as {name}", email=zoom.email, name=zoom.display_name)
    yield say("Your name and e-mail at Zoom are changed in Zoom; then have me read them again.")


def _listing(say: Say, one: OwnListing) -> Markup:
    head = say(
        "In {topic} with {teacher} you are on the list as {name}.",
        topic=one.topic,
        teacher=one.teacher_name,
        name=say.bold(one.name),
    )
    if not one.others:
        return head
    names = say.listed([other.value for other in one.others])
    return lines(head, say("Also recognised by: {names}", names=names))


def _fitting(say: Say, listings: list[Markup]) -> list[Markup]:
    free = LONGEST_TEXT - _ROOM_FOR_THE_REST
    for fitting, one in enumerate(listings):
        free -= shown_length(one) + 2  # line breaks
        if free < 0:
            more = len(listings) - fitting
            return [*listings[:fitting], say.many("and {count} more", "and {count} more", more)]
    return listings


def _attendance(say: Say, found: Profile) -> Markup | None:
    """How what was counted is put right."""
    teaching = say(
        "Minutes of a class wrong? Open the class in /hours and press Something is wrong, within "
        "two days."
    )
    attending = say(
        "Another name, or attendance that is wrong? Your teacher corrects both: press Something is "
        "wrong. Take away here what is not you in Zoom. /myattendance shows what was counted."
    )
    return paragraphs(teaching if found.is_teacher else None, attending if found.listings else None)


def _buttons(say: Say, found: Profile) -> Iterator[list[InlineKeyboardButton]]:
    name = [_button(say.label("Change name"), NAME)]
    if found.has_own_name:
        name.append(_button(say.label("Use my Telegram name"), TELEGRAM_NAME))
    yield name
    yield [_button(say.label("Language"), LANGUAGE), _button(say.label("Time zone"), ZONE)]
    if found.zoom is not None and found.zoom.is_broken:
        yield [connect_button(say)]
    elif found.zoom is not None:
        yield [_button(say.label("Read Zoom profile again"), ZOOM)]
    elif found.is_teacher:
        yield [connect_button(say)]
    for one in found.listings[:_MOST_DOUBTED]:
        label = say.label("Something is wrong in {topic}", topic=_short(one.topic))
        data = callback_data.encode(WRONG, one.student_id)
        yield [InlineKeyboardButton(label, callback_data=data)]
    others = [(one.student_id, other) for one in found.listings for other in one.others]
    for student_id, other in others[:_MOST_FORGOTTEN]:
        label = f"✕ {_short(other.value)}"
        data = callback_data.encode(FORGET, student_id, other.id)
        yield [InlineKeyboardButton(label, callback_data=data)]


def _button(label: str, action: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def name_asked(say: Say) -> View:
    return View(
        say(
            "Type your name as it should be shown. Telegram's name does not replace it until you "
            "say so."
        )
    )


def words_asked(say: Say, teacher: str) -> View:
    return View(
        say(
            "Type what is wrong, and on which day. {teacher} gets it from me and puts it right.",
            teacher=teacher,
        )
    )


def doubted(say: Say, teacher: str) -> View:
    return View(say("I have told {teacher}.", teacher=teacher))


def forgotten(say: Say, value: str) -> str:
    """Over the chat."""
    return say.label("You are not recognised by {name} any more.", name=_short(value))


def nobody_known(say: Say) -> View:
    """For somebody of whom nothing is stored."""
    return View(
        say(
            "I hold nothing under your Telegram account, so there is nothing to correct. "
            "/language and /timezone tell me how to speak with you."
        )
    )
