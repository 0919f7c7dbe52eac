"""The form that changes a class, in the place of its card: drawn anew at each step."""

from collections.abc import Callable
from datetime import time, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.calendar import month_buttons
from bot.views.change_questions import class_now, day_and_time, question
from bot.views.form_buttons import Rows, compact, in_rows
from bot.views.lessons import SHOW
from bot.views.message import View, paragraphs
from bot.views.roster import SHOW as ROSTER
from school.text import Text
from services.change_pages import ChangePage, TimePassed
from storage.change_forms import Change, ChangeStep
from storage.chats import Chat

TIME, MENU = "change.time", "change.menu"
"""The card's buttons that open the form, each with the lesson and the course's version."""

_TIMES = tuple(time(hour) for hour in (8, 9, 10, 14, 16, 17, 18, 19, 20))
_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (30, 40, 45, 60, 90))
_DAYS_AHEAD = 4
_MOST_GROUPS = 40  # Telegram shows at most 100 buttons
_MOST_TEACHERS = 60
_MOST_DATES = 60


def change(say: Say, page: ChangePage) -> View:
    """The form at its present step."""
    text = paragraphs(
        say("Somebody changed this class meanwhile. Here it is as it is now.")
        if page.has_changed
        else None,
        class_now(say, page),
        say.text(page.problem) if page.problem else None,
        question(say, page),
    )
    back = _button(say.label("‹ Back"), "change.back", page)
    return View(text, InlineKeyboardMarkup([*_choices(say, page), [back]]))


def time_passed(say: Say, found: TimePassed) -> View:
    """The new time has passed; perhaps the same time on another day is meant."""
    row = [
        _button(_yes(say, found), "change.day", found.page, compact(found.suggested_day)),
        _button(say.label("Change"), "change.again", found.page),
        _button(say.label("‹ Back"), "change.back", found.page),
    ]
    return View(
        paragraphs(class_now(say, found.page), say.text(found.problem)), InlineKeyboardMarkup([row])
    )


def _yes(say: Say, found: TimePassed) -> str:
    match (found.suggested_day - found.page.today).days:
        case 0:
            return say.label("Yes, today")
        case 1:
            return say.label("Yes, tomorrow")
        case _:
            return say.label("Yes, {day}", day=found.suggested_day)


# The buttons above [Back]


def _choices(say: Say, page: ChangePage) -> Rows:
    asked = _CHOICES.get(page.draft.step)
    return asked(say, page) if asked else []


def _scopes(say: Say, page: ChangePage) -> Rows:
    this = _button(say.label("This class"), "change.scope", page, 0)
    return [[this, _button(say.label("All classes"), "change.scope", page, 1)]]


def _lengths(say: Say, page: ChangePage) -> Rows:
    lengths = [
        _button(say.plain(one), "change.length", page, one // timedelta(minutes=1))
        for one in _LENGTHS
    ]
    return in_rows(lengths, 3)


def _teachers(say: Say, page: ChangePage) -> Rows:
    del say
    return [
        [_button(one.name, "change.teacher", page, one.person_id)]
        for one in page.teachers[:_MOST_TEACHERS]
    ]


def _menu(say: Say, page: ChangePage) -> Rows:
    labels = {
        Change.LENGTH: say.label("Length"),
        Change.TOPIC: say.label("Topic"),
        Change.GROUPS: say.label("Groups"),
        Change.SKIP: say.label("Skip dates"),
        Change.TEACHER: say.label("Another teacher"),
    }
    buttons = [_button(labels[one], "change.what", page, one.value) for one in page.offers]
    if Change.SKIP in page.offers:
        buttons.append(_button(say.label("Other dates"), "change.dates", page))
    if page.now.is_own_course:
        students = callback_data.encode(ROSTER, page.now.course_id)
        buttons.append(InlineKeyboardButton(say.label("Students"), callback_data=students))
    return in_rows(buttons, 2)


def _dates(say: Say, page: ChangePage) -> Rows:
    buttons = [
        InlineKeyboardButton(
            say.plain(day_and_time(page, one.planned.starts_at)),
            callback_data=callback_data.encode(SHOW, one.lesson_id),
        )
        for one in page.lessons[:_MOST_DATES]
    ]
    return in_rows(buttons, 2)


def _days(say: Say, page: ChangePage) -> Rows:
    if page.draft.said.month is not None:
        return _calendar(say, page)
    today = page.today
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    labels = [say.label("Today"), say.label("Tomorrow"), *(say.short_day(day) for day in days[2:])]
    near = [
        _button(label, "change.day", page, compact(day))
        for label, day in zip(labels, days, strict=True)
    ]
    own = page.now.planned.starts_at.astimezone(page.zone).date()
    same = _button(say.label("Same day, {day}", day=own), "change.day", page, compact(own))
    first_of_month = compact(today.replace(day=1))
    pick = _button(say.label("Pick a day"), "change.month", page, first_of_month)
    return [*([[same]] if own >= today else []), *in_rows(near, 2), [pick]]


def _calendar(say: Say, page: ChangePage) -> Rows:
    form = page.draft.said
    is_last = page.draft.step is ChangeStep.LAST_DAY and form.day is not None
    since = max(page.today, form.day) if is_last and form.day else page.today
    return month_buttons(
        say,
        max(form.month or since, since.replace(day=1)),
        since,
        on_day=lambda day: _data("change.day", page, compact(day)),
        on_month=lambda month: _data("change.month", page, compact(month)),
        idle=_data("change.idle", page),
    )


def _times(say: Say, page: ChangePage) -> Rows:
    own = page.now.planned.starts_at.astimezone(page.zone).time()
    same = _button(say.label("Same time, {time}", time=own), "change.hour", page, f"{own:%H%M}")
    times = [_button(say.plain(at), "change.hour", page, f"{at:%H%M}") for at in _TIMES]
    return [[same], *in_rows(times, 3)]


def _groups(say: Say, page: ChangePage) -> Rows:
    chosen = page.draft.said.chat_ids or ()
    first = sorted(page.groups, key=lambda group: group.id not in chosen)[:_MOST_GROUPS]
    save = _do(say.label("Save"), page)
    return [*([_group(page, group)] for group in page.groups if group in first), [save]]


def _group(page: ChangePage, group: Chat) -> InlineKeyboardButton:
    title = group.title or ""
    is_chosen = group.id in (page.draft.said.chat_ids or ())
    return _button(f"✓ {title}" if is_chosen else title, "change.group", page, group.id)


def _last_buttons(say: Say, page: ChangePage) -> Rows:
    match page.draft.said.what:
        case Change.TIME:
            again = _button(say.label("Change"), "change.again", page)
            return [[_do(say.label("Move"), page), again]]
        case Change.SKIP:
            count = len(page.lessons)
            label = Text("Cancel {count} class", plural="Cancel {count} classes", count=count)
            return [[_do(say.plain(label), page, "danger")]]
        case Change.TEACHER:
            return [[_do(say.label("Give the class away"), page)]]
        case _:
            return [[_do(say.label("Save"), page)]]


_CHOICES: dict[ChangeStep, Callable[[Say, ChangePage], Rows]] = {
    ChangeStep.MENU: _menu,
    ChangeStep.DATES: _dates,
    ChangeStep.SCOPE: _scopes,
    ChangeStep.DAY: _days,
    ChangeStep.TIME: _times,
    ChangeStep.LENGTH: _lengths,
    ChangeStep.GROUPS: _groups,
    ChangeStep.FIRST_DAY: _calendar,
    ChangeStep.LAST_DAY: _calendar,
    ChangeStep.TEACHER: _teachers,
    ChangeStep.CONFIRM: _last_buttons,
}


def _do(label: str, page: ChangePage, style: str = "success") -> InlineKeyboardButton:
    return _button(label, "change.do", page, style=style)


def _button(
    label: str, action: str, page: ChangePage, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=_data(action, page, *args), style=style)


def _data(action: str, page: ChangePage, *args: int | str) -> str:
    draft = page.draft
    return callback_data.encode(action, draft.id, draft.version, draft.said.lesson_id, *args)
