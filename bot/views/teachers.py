"""Who teaches at the school: the admins' list, each teacher's page, and removing one."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.disconnecting import zoom_is_told_later
from bot.views.message import View, lines, paragraphs
from services.removing import Removed
from services.teachers import TeacherPage, ZoomStanding
from storage.people import Person

LIST, SHOW, ASK, REMOVE = "teachers.list", "teachers.show", "teachers.ask", "teachers.remove"
"""The actions of the buttons."""

_ON_A_PAGE = 20
_LONGEST_ON_A_BUTTON = 40


def teacher_list(say: Say, everybody: Sequence[Person], page: int = 0) -> View:
    """A button for each; a page that is not there any more is the last one."""
    if not everybody:
        return View(say("Nobody teaches here yet. /invite makes an invitation."))
    page = min(page, (len(everybody) - 1) // _ON_A_PAGE)
    shown = everybody[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    rows = [[_button(one.name, SHOW, one.id)] for one in shown]
    turns = []
    if page > 0:
        turns.append(_button("‹", LIST, page - 1))
    if (page + 1) * _ON_A_PAGE < len(everybody):
        turns.append(_button("›", LIST, page + 1))
    head = say.many("{count} teacher", "{count} teachers", len(everybody))
    text = lines(say.bold(head), say("Press a name to see more."))
    return View(text, InlineKeyboardMarkup([*rows, turns] if turns else rows))


def teacher_page(say: Say, found: TeacherPage, zone: ZoneInfo) -> View:
    """How they stand, with the day in the reader's zone, and the way to remove them."""
    text = lines(say.bold(found.teacher.name), *_standing(say, found, zone))
    rows = [
        [_button(say.label("Remove"), ASK, found.teacher.id)],
        [_button(say.label("‹ All teachers"), LIST, 0)],
    ]
    return View(text, InlineKeyboardMarkup(rows))


def really_remove(say: Say, found: TeacherPage) -> View:
    """What becomes of everything."""
    name = found.teacher.name
    text = paragraphs(
        say("Remove {name} as a teacher?", name=say.bold(name)),
        lines(*_what_goes(say, found)),
        say(
            "What {name} taught and earned stays in the accounts. {name} is told, and can still "
            "read their statements and what is stored about them.",
            name=name,
        ),
        say("{name} stays an admin.", name=name) if found.is_admin else None,
    )
    label = say.label("Remove {name}", name=_short(name))
    data = callback_data.encode(REMOVE, found.teacher.id, found.seen)
    rows = [
        [InlineKeyboardButton(label, callback_data=data, style="danger")],
        [_button(say.label("Keep"), SHOW, found.teacher.id)],
    ]
    return View(text, InlineKeyboardMarkup(rows))


def removed(say: Say, done: Removed) -> View:
    """To the admin: what was done, and what is left to do."""
    before = done.before
    off = say.many(
        "{count} class is cancelled, and its students are told.",
        "{count} classes are cancelled, and their students are told.",
        before.upcoming,
    )
    text = paragraphs(
        say("{name} no longer teaches here.", name=say.bold(before.teacher.name)),
        lines(
            off if before.upcoming else None,
            _given_back(say, before.given_for_others),
            _zoom_ended(say, done),
            _left_at_zoom(say, done.left_at_zoom),
        ),
        say("To have them teach again, invite them with /invite."),
    )
    back = _button(say.label("‹ All teachers"), LIST, 0)
    return View(text, InlineKeyboardMarkup([[back]]))


def _standing(say: Say, found: TeacherPage, zone: ZoneInfo) -> Iterator[Markup]:
    day = (found.since or found.teacher.created_at).astimezone(zone).date()
    if found.since is None:
        yield say("Known here since {day}", day=say.full_day(day))
    else:
        yield say("Teaches here since {day}", day=say.full_day(day))
    match found.zoom:
        case ZoomStanding.CONNECTED:
            yield say("Zoom: connected")
        case ZoomStanding.BROKEN:
            yield say("Zoom: to be connected again, as it no longer lets me in")
        case ZoomStanding.NONE:
            yield say("Zoom: not connected")
    yield say.many("{count} group", "{count} groups", found.groups)
    if found.students:
        yield say.many("{count} student in private", "{count} students in private", found.students)
    yield say.many("{count} class to come", "{count} classes to come", found.seen)
    if found.live:
        yield say.many("{count} class is on", "{count} classes are on", found.live)


def _what_goes(say: Say, found: TeacherPage) -> Iterator[Markup]:
    if found.upcoming:
        yield say.many(
            "· {count} class still to come is cancelled, and its students are told at once.",
            "· {count} classes still to come are cancelled, and their students are told at once.",
            found.upcoming,
        )
    if given_back := _given_back(say, found.given_for_others):
        yield say("· {what}", what=given_back)
    if found.live:
        yield say.many(
            "· {count} class that is on counts up to now.",
            "· {count} classes that are on count up to now.",
            found.live,
        )
    yield say("· Their groups and students are no longer told of classes.")
    if found.zoom is not ZoomStanding.NONE:
        yield say("· Their Zoom account is disconnected.")


def _given_back(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} class given for another teacher goes back to that teacher.",
        "{count} classes given for other teachers go back to those teachers.",
        count,
    )


def _zoom_ended(say: Say, done: Removed) -> Markup | None:
    if done.before.zoom is ZoomStanding.NONE:
        return None
    ended = say("Their Zoom account is disconnected.")
    if done.zoom_was_told is False:
        return say("{ended} {told_later}", ended=ended, told_later=zoom_is_told_later(say))
    return ended


def _left_at_zoom(say: Say, count: int) -> Markup | None:
    if not count:
        return None
    return say.many(
        "{count} meeting could not be deleted in Zoom: it stays in the teacher's own account.",
        "{count} meetings could not be deleted in Zoom: they stay in the teacher's own account.",
        count,
    )


def _short(name: str) -> str:
    is_long = len(name) > _LONGEST_ON_A_BUTTON
    return f"{name[: _LONGEST_ON_A_BUTTON - 1]}…" if is_long else name


def _button(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
