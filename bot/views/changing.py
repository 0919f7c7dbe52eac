"""The form that changes a class, in the place of its card: drawn anew at each step."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.calendar import month_buttons
from bot.views.lessons import SHOW
from bot.views.message import View, lines, paragraphs
from school.recurrence import says_whole
from school.text import Text
from services.change_pages import ChangePage, TimePassed
from services.classes import UpcomingClass
from storage.change_drafts import Change, ChangeStep
from storage.chats import Chat

TIME, MENU = "change.time", "change.menu"
"""The card's buttons that open the form, each with the lesson and the course's version."""

_TIMES = tuple(time(hour) for hour in (8, 9, 10, 14, 16, 17, 18, 19, 20))
_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (30, 40, 45, 60, 90))
_DAYS_AHEAD = 4
_MOST_OVERLAPS = 5
_MOST_GROUPS = 40  # Telegram shows at most 100 buttons
_MOST_TEACHERS = 60
_MOST_DATES = 60
_MOST_SKIPPED = 20

_Rows = list[list[InlineKeyboardButton]]


def change(say: Say, page: ChangePage) -> View:
    """The form at its present step."""
    text = paragraphs(
        say("Somebody changed this class meanwhile. Here it is as it is now.")
        if page.has_changed
        else None,
        _class(say, page),
        say.text(page.problem) if page.problem else None,
        _question(say, page),
    )
    back = _button(say.label("‹ Back"), "change.back", page)
    return View(text, InlineKeyboardMarkup([*_choices(say, page), [back]]))


def time_passed(say: Say, found: TimePassed) -> View:
    """The new time has passed; perhaps the same time on another day is meant."""
    row = [
        _button(_yes(say, found), "change.day", found.page, _compact(found.suggested_day)),
        _button(say.label("Change"), "change.again", found.page),
        _button(say.label("‹ Back"), "change.back", found.page),
    ]
    return View(
        paragraphs(_class(say, found.page), say.text(found.problem)), InlineKeyboardMarkup([row])
    )


def _yes(say: Say, found: TimePassed) -> str:
    match (found.suggested_day - found.page.today).days:
        case 0:
            return say.label("Yes, today")
        case 1:
            return say.label("Yes, tomorrow")
        case _:
            return say.label("Yes, {day}", day=found.suggested_day)


def _class(say: Say, page: ChangePage) -> Markup:
    """The class as it is now."""
    now = page.now
    when = say.zoned_range(now.planned, now.zone)
    head = say("{topic} · {when}", topic=say.bold(now.topic), when=when)
    return lines(head, say.text(says_whole(now.repeat)) if now.repeat else None)


# The question


_QUESTIONS = {
    ChangeStep.MENU: Text("What do you want to change?"),
    ChangeStep.DATES: Text("Which other class of the series? Its card comes in a new message."),
    ChangeStep.LENGTH: Text("How long? Choose, or type a length such as 50m."),
    ChangeStep.TOPIC: Text("What is the class called from now on? Type it."),
    ChangeStep.GROUPS: Text("In which groups is it announced? Choose, then save."),
    ChangeStep.FIRST_DAY: Text(
        "Which is the first day without classes? Choose, or type both days, such as {example}.",
        {"example": "2026-12-20 2027-01-05"},
    ),
}


def _question(say: Say, page: ChangePage) -> Markup:
    form = page.draft.form
    match page.draft.step:
        case ChangeStep.SCOPE:
            return _which(say, page)
        case ChangeStep.DAY:
            return _which_day(say, page)
        case ChangeStep.TIME:
            asked = say("At what time? Choose, or type one such as 18:30.")
            return lines(say("To: {day}", day=form.day) if form.day else None, asked)
        case ChangeStep.LAST_DAY:
            asked = say("Which is the last day without classes?")
            return lines(say("From: {day}", day=form.day) if form.day else None, asked)
        case ChangeStep.TEACHER:
            return _which_teacher(say, page)
        case ChangeStep.CONFIRM:
            return _confirmation(say, page)
        case step:
            return say.text(_QUESTIONS[step])


def _which(say: Say, page: ChangePage) -> Markup:
    if page.draft.form.what is Change.TIME:
        return say("Move this class only, or all classes of the series that are ahead?")
    return say("Another length for this class only, or for all classes that are ahead?")


def _which_day(say: Say, page: ChangePage) -> Markup:
    form = page.draft.form
    return lines(
        say("At: {time}", time=form.time) if form.time is not None else None,
        say("To which day? Choose, or type a day and a time, such as {example}.", example=_EXAMPLE),
        say("The other classes move by as many days, and to the same time.")
        if form.for_all
        else None,
    )


_EXAMPLE = "2026-12-01 20:00"


def _which_teacher(say: Say, page: ChangePage) -> Markup:
    if page.teachers:
        return say("Who gives this class?")
    return say("No other teacher has connected Zoom. Ask one to type /connect.")


def _confirmation(say: Say, page: ChangePage) -> Markup:
    form = page.draft.form
    match form.what:
        case Change.LENGTH:
            return say("Change its length to {length}?", length=form.length or timedelta())
        case Change.TOPIC:
            return say("Call it {topic} from now on?", topic=say.bold(form.topic or ""))
        case Change.GROUPS:
            chosen = [one.title or "" for one in page.groups if one.id in (form.chat_ids or ())]
            return say("Announce it in {groups}?", groups=say.listed(chosen))
        case Change.SKIP:
            return _really_skip(say, page)
        case Change.TEACHER:
            name = page.teachers[0].name if page.teachers else ""
            return say(
                "Give this class to {teacher}? Its meeting is made anew on their Zoom account, "
                "and the groups get the new link.",
                teacher=say.bold(name),
            )
        case _:
            return _really_move(say, page)


def _really_move(say: Say, page: ChangePage) -> Markup:
    to = page.to or page.now.planned.starts_at
    moment = {"was": _moment(say, page, page.now.planned.starts_at), "to": _moment(say, page, to)}
    local = to.astimezone(page.zone)
    return lines(
        say("Move all classes that are ahead, this one from {was} to {to}?", **moment)
        if page.draft.form.for_all
        else say("Move it from {was} to {to}?", **moment),
        *(_overlap(say, page, other) for other in page.overlaps[:_MOST_OVERLAPS]),
        say(
            "Clocks go back on {day}, so {time} comes twice. I take the first one.",
            day=local.date(),
            time=local.time(),
        )
        if page.is_repeated
        else None,
    )


def _moment(say: Say, page: ChangePage, at: datetime) -> Markup:
    return say.bold(_day_and_time(page, at))


def _overlap(say: Say, page: ChangePage, other: UpcomingClass) -> Markup:
    return say(
        "You have “{topic}” from {start} to {end} that day.",
        topic=other.topic,
        start=say.clock_time(other.planned.starts_at, page.zone),
        end=say.clock_time(other.planned.ends_at, page.zone),
    )


def _really_skip(say: Say, page: ChangePage) -> Markup:
    days = [_local_day(page, one) for one in page.lessons]
    more = len(days) - _MOST_SKIPPED
    return lines(
        say.many(
            "Cancel this {count} class? The groups are told at once.",
            "Cancel these {count} classes? The groups are told at once.",
            len(days),
        ),
        say.series(days[:_MOST_SKIPPED]),
        say.many("and {count} more", "and {count} more", more) if more > 0 else None,
    )


def _local_day(page: ChangePage, one: UpcomingClass) -> date:
    return one.planned.starts_at.astimezone(page.zone).date()


# The buttons above [Back]


def _choices(say: Say, page: ChangePage) -> _Rows:
    asked = _CHOICES.get(page.draft.step)
    return asked(say, page) if asked else []


def _scopes(say: Say, page: ChangePage) -> _Rows:
    this = _button(say.label("This class"), "change.scope", page, 0)
    return [[this, _button(say.label("All classes"), "change.scope", page, 1)]]


def _lengths(say: Say, page: ChangePage) -> _Rows:
    lengths = [
        _button(say.plain(one), "change.length", page, one // timedelta(minutes=1))
        for one in _LENGTHS
    ]
    return _in_rows(lengths, 3)


def _teachers(say: Say, page: ChangePage) -> _Rows:
    del say
    return [
        [_button(one.name, "change.teacher", page, one.person_id)]
        for one in page.teachers[:_MOST_TEACHERS]
    ]


def _menu(say: Say, page: ChangePage) -> _Rows:
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
    return _in_rows(buttons, 2)


def _dates(say: Say, page: ChangePage) -> _Rows:
    buttons = [
        InlineKeyboardButton(
            say.plain(_day_and_time(page, one.planned.starts_at)),
            callback_data=callback_data.encode(SHOW, one.lesson_id),
        )
        for one in page.lessons[:_MOST_DATES]
    ]
    return _in_rows(buttons, 2)


def _day_and_time(page: ChangePage, at: datetime) -> Text:
    local = at.astimezone(page.zone)
    return Text("{day}, {time}", {"day": local.date(), "time": local.time()})


def _days(say: Say, page: ChangePage) -> _Rows:
    if page.draft.form.month is not None:
        return _calendar(say, page)
    today = page.today
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    labels = [say.label("Today"), say.label("Tomorrow"), *(say.short_day(day) for day in days[2:])]
    near = [
        _button(label, "change.day", page, _compact(day))
        for label, day in zip(labels, days, strict=True)
    ]
    own = page.now.planned.starts_at.astimezone(page.zone).date()
    same = _button(say.label("Same day, {day}", day=own), "change.day", page, _compact(own))
    first_of_month = _compact(today.replace(day=1))
    pick = _button(say.label("Pick a day"), "change.month", page, first_of_month)
    return [*([[same]] if own >= today else []), *_in_rows(near, 2), [pick]]


def _calendar(say: Say, page: ChangePage) -> _Rows:
    form = page.draft.form
    is_last = page.draft.step is ChangeStep.LAST_DAY and form.day is not None
    since = max(page.today, form.day) if is_last and form.day else page.today
    return month_buttons(
        say,
        max(form.month or since, since.replace(day=1)),
        since,
        on_day=lambda day: _data("change.day", page, _compact(day)),
        on_month=lambda month: _data("change.month", page, _compact(month)),
        idle=_data("change.idle", page),
    )


def _times(say: Say, page: ChangePage) -> _Rows:
    own = page.now.planned.starts_at.astimezone(page.zone).time()
    same = _button(say.label("Same time, {time}", time=own), "change.hour", page, f"{own:%H%M}")
    times = [_button(say.plain(at), "change.hour", page, f"{at:%H%M}") for at in _TIMES]
    return [[same], *_in_rows(times, 3)]


def _groups(say: Say, page: ChangePage) -> _Rows:
    chosen = page.draft.form.chat_ids or ()
    first = sorted(page.groups, key=lambda group: group.id not in chosen)[:_MOST_GROUPS]
    save = _do(say.label("Save"), page)
    return [*([_group(page, group)] for group in page.groups if group in first), [save]]


def _group(page: ChangePage, group: Chat) -> InlineKeyboardButton:
    title = group.title or ""
    is_chosen = group.id in (page.draft.form.chat_ids or ())
    return _button(f"✓ {title}" if is_chosen else title, "change.group", page, group.id)


def _last_buttons(say: Say, page: ChangePage) -> _Rows:
    match page.draft.form.what:
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


_CHOICES: dict[ChangeStep, Callable[[Say, ChangePage], _Rows]] = {
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
    return callback_data.encode(action, draft.id, draft.version, draft.form.lesson_id, *args)


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"


def _in_rows(buttons: list[InlineKeyboardButton], width: int) -> _Rows:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]
