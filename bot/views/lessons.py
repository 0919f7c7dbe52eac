"""A teacher's own classes: the list, the host link, the question before cancelling."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines
from bot.views.roster import COURSES
from school.recurrence import says
from school.text import Text
from services.cancelling import MayCancel
from services.classes import HostLink
from services.listing import ClassList, ListedClass

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

CANCEL_ALL, PAGE = "lesson.cancelall", "lesson.page"
"""The actions of the question before a series is cancelled, and of the list of classes."""

AGAIN, DISCARD, RESEND, REVERT, UNDO = (
    "lesson.again",
    "lesson.discard",
    "lesson.resend",
    "lesson.revert",
    "lesson.undo",
)
"""More of them: a class like the last one; what to do about one that is not as it should be."""

_LONGEST_TOPIC = 60  # characters in the list; ten of them have room in one message


def class_list(say: Say, found: ClassList) -> View:
    """One page: a line and a button for each class, or for each series."""
    again = [_button(say.label("Repeat last class"), AGAIN)]
    students = [_button(say.label("Lists of students"), COURSES)]
    if not found.classes:
        return View(
            say("No classes ahead. Make one with /newclass."),
            InlineKeyboardMarkup([again, students]),
        )
    text = lines(
        say("Your classes:"),
        *(_listed(say, one) for one in found.classes),
        say("Press one to see or change it. /newclass makes another."),
    )
    rows = [[_button(_label(say, one), SHOW, one.lesson_id)] for one in found.classes]
    pages = [_pages(say, found)] if found.pages > 1 else []
    return View(text, InlineKeyboardMarkup([*rows, *pages, again, students]))


def _listed(say: Say, one: ListedClass) -> Markup:
    topic, when = say.bold(_short(one.topic)), _when(say, one)
    if one.given_to is not None:
        return say(
            "· {topic}: {when}, given by {teacher}", topic=topic, when=when, teacher=one.given_to
        )
    if one.given_by is not None:
        return say("· {topic}: {when}, for {teacher}", topic=topic, when=when, teacher=one.given_by)
    return say("· {topic}: {when}", topic=topic, when=when)


def _when(say: Say, one: ListedClass) -> Markup:
    if one.repeat is None:
        return say.zoned_range(one.planned, one.zone)
    local = one.planned.starts_at.astimezone(one.zone)
    return say(
        "{often} · next {day}, {time}",
        often=says(one.repeat),
        day=local.date(),
        time=local.time(),
    )


def _label(say: Say, one: ListedClass) -> str:
    day = one.planned.starts_at.astimezone(one.zone).date()
    return say.label("{topic} · {day}", topic=_short(one.topic), day=day)


def _short(topic: str) -> str:
    return topic if len(topic) <= _LONGEST_TOPIC else f"{topic[: _LONGEST_TOPIC - 1]}…"


def _pages(say: Say, found: ClassList) -> list[InlineKeyboardButton]:
    number = say.label("{number} of {count}", number=found.page + 1, count=found.pages)
    row = [_button(number, PAGE, found.page)]
    if found.page > 0:
        row.insert(0, _button("‹", PAGE, found.page - 1))
    if found.page + 1 < found.pages:
        row.append(_button("›", PAGE, found.page + 1))
    return row


def _button(label: str, action: str, *args: int, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        label, callback_data=callback_data.encode(action, *args), style=style
    )


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


def really_cancel(say: Say, asked: MayCancel) -> View:
    lesson, ahead = asked.lesson, asked.ahead
    seen = (lesson.lesson_id, asked.version)
    keep = _button(say.label("Keep"), KEEP, lesson.lesson_id)
    what = {"topic": say.bold(lesson.topic), "when": say.zoned_range(lesson.planned, lesson.zone)}
    if ahead > 1:
        this = _button(say.label("Cancel this class"), CANCEL, *seen, style="danger")
        label = Text("Cancel all {count}", plural="Cancel all {count}", count=ahead)
        all_ = _button(say.plain(label), CANCEL_ALL, *seen, style="danger")
        text = say(
            "Cancel {topic}, {when}, or all classes of the series that are ahead? "
            "The groups are told at once.",
            **what,
        )
        return View(text, InlineKeyboardMarkup([[this, all_], [keep]]))
    cancel = _button(say.label("Cancel class"), CANCEL, *seen, style="danger")
    text = say(
        "Cancel {topic}, {when}? The groups are told at once, and the Zoom meeting is deleted.",
        **what,
    )
    return View(text, InlineKeyboardMarkup([[cancel, keep]]))
