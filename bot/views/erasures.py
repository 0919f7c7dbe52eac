"""Attendance under a name typed in Zoom: asking to be taken out of it, and answering who asks."""

import zlib
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.person_names import named, short
from school.text import Text
from services.erasure_answers import Erased, Found
from services.erasure_askers import Asker
from services.erasure_requests import Pending
from storage.name_places import NamePlace

ASK, WITHDRAW = "erasure.ask", "erasure.withdraw"
LOOK, TOGGLE, PAGE, ERASE, NOTHING, DECLINE = (
    "erasures.look",
    "erasures.toggle",
    "erasures.page",
    "erasures.erase",
    "erasures.nothing",
    "erasures.decline",
)

ON_A_PAGE = 8
MOST_PLACES = 60
"""As many as a button's number can say of each whether it is left out."""

_LONGEST_LABEL = 40
_MOST_LISTS = 3  # of those that the asker is on, and of their teachers


# Who asks


def ask_button(say: Say) -> InlineKeyboardButton:
    return _button(say.label("My name in Zoom"), ASK)


def withdraw_button(say: Say, pending: Pending) -> InlineKeyboardButton:
    return _button(say.label("Withdraw"), WITHDRAW, pending.request_id)


def asked(say: Say) -> View:
    """Which name."""
    return View(
        lines(
            say("Type the name that Zoom showed for you in your classes."),
            say("The admins look where it is in attendance and delete it there."),
        )
    )


def pending(say: Say, found: Pending) -> View:
    """The admins have it."""
    keyboard = InlineKeyboardMarkup([[withdraw_button(say, found)]])
    return View(
        lines(pending_words(say, found), say("I write to you here when it is done.")), keyboard
    )


def pending_words(say: Say, found: Pending) -> Markup:
    return say(
        "You asked to be taken out of attendance under the name {name}. The admins have it.",
        name=say.bold(found.name),
    )


def withdrawn(say: Say) -> View:
    return View(say("Your request is withdrawn. Nothing was deleted."))


# Who answers


def look_button(say: Say, request_id: int, count: int) -> InlineKeyboardButton:
    """To the oldest of so many requests."""
    label = Text(
        "{count} request to delete attendance",
        plural="{count} requests to delete attendance",
        count=count,
    )
    return _button(say.plain(label), LOOK, request_id)


def digest_of(found: Found) -> int:
    """Of the courses as they are numbered, so that a choice is not taken for another one's."""
    return zlib.crc32(",".join(str(one.course_id) for one in found.places).encode())


def request(say: Say, found: Found, zone: ZoneInfo, *, left_out: int = 0, page: int = 0) -> View:
    """Who asks, and where the name appears.

    `left_out` has a bit for each course that is not to be touched.
    """
    head = say(
        "Somebody asks to be taken out of attendance under the name {name}.",
        name=say.bold(found.name),
    )
    head = lines(head, *_asker(say, found.asker))
    decline = _button(say.label("Decline"), DECLINE, found.request_id)
    if not found.places:
        said = say("No attendance and no list of students has this name.")
        nothing = _button(say.label("Nothing found"), NOTHING, found.request_id)
        return View(paragraphs(head, said), InlineKeyboardMarkup([[nothing, decline]]))
    numbered = list(enumerate(found.places[:MOST_PLACES]))
    shown = numbered[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    state = (found.request_id, left_out, digest_of(found))
    erase = InlineKeyboardButton(
        say.label("Delete where marked"),
        callback_data=callback_data.encode(ERASE, *state),
        style="danger",
    )
    rows = [
        *([_button(_label(say, one, left_out >> at & 1), TOGGLE, *state, at)] for at, one in shown),
        list(_turns(say, len(numbered), page, state)),
        [erase],
        [decline],
    ]
    text = paragraphs(
        head,
        lines(*(_place(say, one, zone, left_out >> at & 1) for at, one in shown)),
        _further(say, len(found.places) - len(numbered)),
        say(
            "Deleted is what is marked ✓. Press a class to leave it out: another person may have "
            "the same name. Times and minutes stay, without the name."
        ),
    )
    return View(text, InlineKeyboardMarkup([row for row in rows if row]))


def _asker(say: Say, asker: Asker | None) -> Iterator[Markup]:
    """A name in Zoom can be anybody's: whose it is, the admins judge by who asks."""
    if asker is None:
        yield say("Who asked has deleted their data since.")
        return
    yield say("Asked by: {person}", person=named(say, asker.person))
    for one in asker.confirmed[:_MOST_LISTS]:
        yield say(
            "On a list of students, as their teacher confirmed: {student} in {topic} with "
            "{teacher}",
            student=one.student,
            topic=short(one.topic or say.label("A class")),
            teacher=one.teacher,
        )
    if asker.taught_by:
        teachers = say.listed(asker.taught_by[:_MOST_LISTS])
        yield say("Taught in private by {teachers}.", teachers=teachers)
    elif not asker.confirmed:
        yield say("No teacher here knows them on Telegram.")


def _label(say: Say, place: NamePlace, is_left_out: int) -> str:
    topic = _topic(say, place)
    short = topic if len(topic) <= _LONGEST_LABEL else f"{topic[:_LONGEST_LABEL]}…"
    return short if is_left_out else f"✓ {short}"


def _topic(say: Say, place: NamePlace) -> str:
    return place.topic or say.label("A class")


def _place(say: Say, place: NamePlace, zone: ZoneInfo, is_left_out: int) -> Markup:
    mark = "–" if is_left_out else "✓"
    what = say.bold(_topic(say, place))
    teacher = place.teacher or say.label("a former teacher")
    if place.first_at is None or place.last_at is None:
        return say(
            "{mark} {topic} with {teacher}: on the list of students",
            mark=mark,
            topic=what,
            teacher=teacher,
        )
    first, last = (at.astimezone(zone).date() for at in (place.first_at, place.last_at))
    return say.many(
        "{mark} {topic} with {teacher}: {count} class, {days}",
        "{mark} {topic} with {teacher}: {count} classes, {days}",
        place.lessons,
        mark=mark,
        topic=what,
        teacher=teacher,
        days=say.full_day(first) if first == last else say.days(first, last),
    )


def _further(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} more class has this name; it is shown once these are deleted.",
        "{count} more classes have this name; they are shown once these are deleted.",
        count,
    )


def _turns(
    say: Say, count: int, page: int, state: tuple[int, int, int]
) -> Iterator[InlineKeyboardButton]:
    if page:
        yield _button(say.label("‹ Back"), PAGE, *state, page - 1)
    if (page + 1) * ON_A_PAGE < count:
        yield _button(say.label("More ›"), PAGE, *state, page + 1)


def erased(say: Say, request_id: int, done: Erased) -> View:
    """The name stands here no more either."""
    said = say.many(
        "Done. The name was taken out of {count} class. Receipt: {number}.",
        "Done. The name was taken out of {count} classes. Receipt: {number}.",
        done.lessons,
        number=say.bold(done.receipt),
    )
    if done.is_open:
        rest = say("More classes have this name: the request stays open until you have looked.")
        look = _button(say.label("Look"), LOOK, request_id)
        return View(lines(said, rest), InlineKeyboardMarkup([[look]]))
    return View(lines(said, told_words(say)))


def nothing_found(say: Say) -> View:
    return View(lines(say("Nothing was found under that name."), told_words(say)))


def reason_asked(say: Say) -> View:
    return View(say("Type why. Whoever asked reads it."))


def declined(say: Say) -> View:
    return View(lines(say("Declined. Nothing was deleted."), told_words(say)))


def told_words(say: Say) -> Markup:
    return say("Whoever asked is told.")


def _button(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
