"""The settings of a group or of a student's chat, as its teacher sees them: one page, edited."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.groups import LIST, SHOW, shown_name, stop_button, unreachable
from bot.views.language import native_name
from bot.views.message import View, lines, paragraphs
from bot.views.welcome import ZONES_OFFERED, city
from school.model import DayReminder
from services.chat_settings import REMINDER_MINUTES, ChatSettings
from services.groups import Unlinked
from storage.chats import Chat

LANGUAGE, ZONE, DAY, MINUTES, ASK, LET_GO = (
    "group.language",
    "group.zone",
    "group.day",
    "group.minutes",
    "group.ask",
    "group.letgo",
)
"""The actions of the buttons; without a second argument they open the choice."""

AS_USUAL = "-"
"""The choice of no language or zone of the chat's own."""

_Row = list[InlineKeyboardButton]


def page(say: Say, found: ChatSettings) -> View:
    """All that is set, each with a button to change it."""
    chat = found.chat
    text = paragraphs(
        say.bold(shown_name(chat)),
        None if chat.is_reachable else unreachable(say, chat),
        lines(
            say("Language: {language}", language=_language(say, chat)),
            say("Time zone: {zone}", zone=_zone(say, chat)),
            say("Reminder a day before: {which}", which=_day(say, chat.day_reminder)),
            say("Reminder before the class: {when}", when=_minutes(say, chat.reminder_minutes)),
        ),
        say("Whoever has the calendar link can see all classes that are announced there."),
    )
    rows: list[_Row] = [
        [
            _button(say.label("Language"), LANGUAGE, chat),
            _button(say.label("Time zone"), ZONE, chat),
        ],
        [
            _button(say.label("A day before"), DAY, chat),
            _button(say.label("Before the class"), MINUTES, chat),
        ],
        [
            InlineKeyboardButton(
                say.label("Copy calendar link"), copy_text=CopyTextButton(found.calendar_url)
            )
        ],
        [
            InlineKeyboardButton(say.label("‹ Back"), callback_data=callback_data.encode(LIST)),
            _button(say.label("Remove") if chat.is_private else say.label("Unlink"), ASK, chat),
        ],
    ]
    return View(text, InlineKeyboardMarkup(rows))


def languages(say: Say, found: ChatSettings, spoken: Sequence[str]) -> View:
    chat = found.chat
    rows = [[_choice(native_name(one), LANGUAGE, chat, one, chat.language)] for one in spoken]
    rows.append([_choice(_usual_language(say, chat), LANGUAGE, chat, AS_USUAL, chat.language)])
    text = say("The language of what I write in {chat}:", chat=say.bold(shown_name(chat)))
    return _choices(say, text, rows, chat)


def zones(say: Say, found: ChatSettings) -> View:
    """Some are offered; every other one can be typed."""
    chat = found.chat
    buttons = [_choice(city(one), ZONE, chat, one, chat.zone) for one in ZONES_OFFERED]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    rows.append([_choice(_usual_zone(say, chat), ZONE, chat, AS_USUAL, chat.zone)])
    # As it is, without marks for its direction: it is copied, and a command begins with its slash.
    command = Markup('<code>/groups #"{}" Asia/Riyadh</code>').format(chat.title or "")
    text = lines(
        say("The zone of the times in {chat}:", chat=say.bold(shown_name(chat))),
        say("Choose one, or type another city: {command}", command=command),
    )
    return _choices(say, text, rows, chat)


def day_reminders(say: Say, found: ChatSettings) -> View:
    chat = found.chat
    rows = [
        [_choice(_day(say, one), DAY, chat, one.value, chat.day_reminder)] for one in DayReminder
    ]
    text = say(
        "For which classes shall I remind {chat} a day before?", chat=say.bold(shown_name(chat))
    )
    return _choices(say, text, rows, chat)


def minutes(say: Say, found: ChatSettings) -> View:
    chat = found.chat
    buttons = [
        _choice(_minutes(say, one), MINUTES, chat, str(one), str(chat.reminder_minutes))
        for one in REMINDER_MINUTES
    ]
    rows = [buttons[start : start + 3] for start in range(0, len(buttons), 3)]
    text = say("When shall I remind {chat} of a class?", chat=say.bold(shown_name(chat)))
    return _choices(say, text, rows, chat)


def really_let_go(say: Say, found: ChatSettings) -> View:
    chat = found.chat
    name = say.bold(shown_name(chat))
    if chat.is_private:
        label = say.label("Remove")
        text = say(
            "Remove {student}? I announce none of your classes there any more.", student=name
        )
    else:
        label = say.label("Unlink")
        text = say(
            "Unlink {group}? I post no new classes of yours there. "
            "Those that are announced there stay.",
            group=name,
        )
    row = [
        InlineKeyboardButton(
            label, callback_data=callback_data.encode(LET_GO, chat.id), style="danger"
        ),
        _button(say.label("Keep"), SHOW, chat),
    ]
    return View(text, InlineKeyboardMarkup([row]))


def unlinked(say: Say, name: str, result: Unlinked) -> View:
    """What stays in the group, and the way to end that too."""
    text = lines(
        say("{group} is unlinked. I post no new classes of yours there.", group=say.bold(name)),
        say.many(
            "{count} class ahead stays announced there.",
            "{count} classes ahead stay announced there.",
            result.announced,
        ),
    )
    back = InlineKeyboardButton(say.label("‹ Back"), callback_data=callback_data.encode(LIST))
    return View(text, InlineKeyboardMarkup([[stop_button(say, result)], [back]]))


def _language(say: Say, chat: Chat) -> str:
    return native_name(chat.language) if chat.language else _usual_language(say, chat)


def _usual_language(say: Say, chat: Chat) -> str:
    return say.label("the student's own") if chat.is_private else say.label("the school's")


def _zone(say: Say, chat: Chat) -> str:
    return chat.zone or _usual_zone(say, chat)


def _usual_zone(say: Say, chat: Chat) -> str:
    return say.label("the student's own") if chat.is_private else say.label("each class's own")


def _day(say: Say, day: DayReminder) -> str:
    match day:
        case DayReminder.NEVER:
            return say.label("never")
        case DayReminder.SINGLE:
            return say.label("for single classes")
        case DayReminder.ALWAYS:
            return say.label("for every class")


def _minutes(say: Say, count: int) -> str:
    return say.label("{minutes} min before", minutes=count) if count else say.label("off")


def _choices(say: Say, text: Markup, rows: list[_Row], chat: Chat) -> View:
    back = _button(say.label("‹ Back"), SHOW, chat)
    return View(text, InlineKeyboardMarkup([*rows, [back]]))


def _choice(
    label: str, action: str, chat: Chat, value: str, current: str | None
) -> InlineKeyboardButton:
    is_chosen = value == (current or AS_USUAL)
    return InlineKeyboardButton(
        f"✓ {label}" if is_chosen else label,
        callback_data=callback_data.encode(action, chat.id, value),
    )


def _button(label: str, action: str, chat: Chat) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, chat.id))
