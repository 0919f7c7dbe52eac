"""The guided form for a new class: one message, drawn anew at each step."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.calendar import month_buttons
from bot.views.message import View, lines
from school.text import Text
from services.classes import UpcomingClass
from services.forms import Doubt, FormPage, Passed
from storage.chats import Chat
from storage.drafts import ClassForm, Draft, Step

_STEPS = (Step.TOPIC, Step.GROUPS, Step.DAY, Step.TIME, Step.LENGTH)
_TIMES = tuple(time(hour) for hour in (8, 9, 10, 14, 16, 17, 18, 19, 20))
_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (30, 40, 45, 60, 90))
_DAYS_AHEAD = 4
_MOST_OVERLAPS = 5
_MOST_GROUPS = 40  # Telegram shows at most 100 buttons; the others can be typed

_Rows = list[list[InlineKeyboardButton]]


def form(say: Say, page: FormPage) -> View:
    """The form at its present step."""
    said = [_heading(say, page), *_known(say, page), _question(say, page)]
    rows = [*_choices(say, page), _footer(say, page)]
    return View(lines(*said), InlineKeyboardMarkup(rows))


def doubt(say: Say, found: Doubt) -> View:
    """The class overlaps with another one, or its time comes twice that day."""
    draft = found.draft
    row = [
        _button(say.label("Create anyway"), "form.anyway", draft),
        _button(say.label("Change time"), "form.goto", draft, Step.TIME.value),
        _button(say.label("Discard"), "form.discard", draft),
    ]
    said = [*(_overlap(say, other, found.zone) for other in found.others[:_MOST_OVERLAPS])]
    if found.is_repeated and draft.form.day is not None and draft.form.time is not None:
        said.append(
            say(
                "Clocks go back on {day}, so {time} comes twice. I take the first one.",
                day=draft.form.day,
                time=draft.form.time,
            )
        )
    return View(lines(*said), InlineKeyboardMarkup([row]))


def _overlap(say: Say, other: UpcomingClass, zone: ZoneInfo) -> Markup:
    return say(
        "You have “{topic}” from {start} to {end} that day.",
        topic=other.topic,
        start=say.clock_time(other.planned.starts_at, zone),
        end=say.clock_time(other.planned.ends_at, zone),
    )


def passed(say: Say, found: Passed) -> View:
    """The time has passed; perhaps the same time on another day is meant."""
    draft = found.draft
    row = [
        _button(_yes(say, found), "form.day", draft, _compact(found.suggested_day)),
        _button(say.label("Change"), "form.goto", draft, Step.DAY.value),
    ]
    return View(say.text(found.problem), InlineKeyboardMarkup([row]))


def _yes(say: Say, found: Passed) -> str:
    match (found.suggested_day - found.today).days:
        case 0:
            return say.label("Yes, today")
        case 1:
            return say.label("Yes, tomorrow")
        case _:
            return say.label("Yes, {day}", day=found.suggested_day)


def discarded(say: Say) -> View:
    return View(say("Discarded. Nothing was made. Type /newclass to begin again."))


def _heading(say: Say, page: FormPage) -> Markup | None:
    draft = page.draft
    if not draft.form.is_guided:
        return None
    title = Markup("<b>{}</b>").format(say("New class"))
    if draft.step is Step.CONFIRM:
        return title
    steps = _steps(page)
    number = steps.index(draft.step) + 1 if draft.step in steps else 1
    step = say("step {number} of {total}", number=number, total=len(steps))
    return Markup("{} · {}").format(title, step)


def _steps(page: FormPage) -> tuple[Step, ...]:
    """Where there is one group only, it is not asked for."""
    return tuple(step for step in _STEPS if step is not Step.GROUPS or len(page.groups) > 1)


def _known(say: Say, page: FormPage) -> list[Markup]:
    """What has been answered so far, a line each."""
    known = page.draft.form
    titles = {group.id: group.title or "" for group in page.groups}
    answers = []
    if known.topic is not None:
        answers.append(say("Topic: {topic}", topic=known.topic))
    if known.groups_chosen and page.draft.step is not Step.GROUPS:
        names = say.listed([titles.get(chat_id, "") for chat_id in known.chat_ids])
        answers.append(say("Groups: {groups}", groups=names))
    if (when := _when(say, known)) is not None:
        answers.append(when)
    if known.length is not None:
        answers.append(say("Length: {length}", length=known.length))
    return answers


def _when(say: Say, known: ClassForm) -> Markup | None:
    if known.day is None:
        return None
    if known.time is None:
        return say("When: {day}", day=known.day)
    return say("When: {day}, {time}", day=known.day, time=known.time)


def _question(say: Say, page: FormPage) -> Markup:
    draft = page.draft
    match draft.step:
        case Step.TOPIC:
            return say("What is the class about? Type it, or choose.")
        case Step.GROUPS:
            return _which_groups(say, page)
        case Step.DAY:
            return say("Which day?")
        case Step.TIME:
            return say("At what time? Choose, or type one such as 18:30.")
        case Step.LENGTH:
            return say("How long? Choose, or type a length such as 50m.")
        case Step.CONFIRM:
            return say("Is this right?")


def _which_groups(say: Say, page: FormPage) -> Markup:
    unclear = page.draft.form.unclear_groups
    return lines(
        say("I do not know which group is meant by {names}.", names=say.listed(unclear))
        if unclear
        else None,
        say("Which groups?"),
        say("Not in the list? Type the beginning of its name.")
        if len(page.groups) > _MOST_GROUPS
        else None,
    )


def _choices(say: Say, page: FormPage) -> _Rows:
    draft = page.draft
    match draft.step:
        case Step.TOPIC:
            return [
                [_button(topic, "form.topic", draft, course_id)]
                for course_id, topic in page.recent_topics.items()
            ]
        case Step.GROUPS:
            return _groups(say, page)
        case Step.DAY:
            return _days(say, page)
        case Step.TIME:
            times = [_button(say.plain(at), "form.time", draft, f"{at:%H%M}") for at in _TIMES]
            return _in_rows(times, 3)
        case Step.LENGTH:
            lengths = [
                _button(say.plain(length), "form.length", draft, length // timedelta(minutes=1))
                for length in _LENGTHS
            ]
            return _in_rows(lengths, 3)
        case Step.CONFIRM:
            return [[_create(say.label("Create"), draft)]]


def _groups(say: Say, page: FormPage) -> _Rows:
    draft = page.draft
    chosen = draft.form.chat_ids
    first = sorted(page.groups, key=lambda group: group.id not in chosen)[:_MOST_GROUPS]
    offered = [group for group in page.groups if group in first]
    rows = [[_group(group, draft)] for group in offered]
    if len(page.groups) > 1 and len(chosen) < len(page.groups):
        rows.append([_button(say.label("All groups"), "form.all", draft)])
    if not chosen:
        return rows
    if draft.form.lacks_only_groups and not draft.form.is_guided:
        label = say.plain(
            Text("Create for {count} group", plural="Create for {count} groups", count=len(chosen))
        )
        return [*rows, [_create(label, draft)]]
    return [*rows, [_button(say.label("Next ›"), "form.groups", draft)]]


def _group(group: Chat, draft: Draft) -> InlineKeyboardButton:
    title = group.title or ""
    is_chosen = group.id in draft.form.chat_ids
    return _button(f"✓ {title}" if is_chosen else title, "form.group", draft, group.id)


def _days(say: Say, page: FormPage) -> _Rows:
    draft, today = page.draft, page.today
    if draft.form.month is not None:
        return month_buttons(
            say,
            draft.form.month,
            today,
            on_day=lambda day: _data("form.day", draft, _compact(day)),
            on_month=lambda month: _data("form.month", draft, _compact(month)),
            idle=_data("form.idle", draft),
        )
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    labels = [say.label("Today"), say.label("Tomorrow"), *(say.short_day(day) for day in days[2:])]
    near = [
        _button(label, "form.day", draft, _compact(day))
        for label, day in zip(labels, days, strict=True)
    ]
    pick = _button(say.label("Pick a day"), "form.month", draft, _compact(today.replace(day=1)))
    return [*_in_rows(near, 2), [pick]]


def _footer(say: Say, page: FormPage) -> list[InlineKeyboardButton]:
    row, draft = [], page.draft
    before = _before(page)
    if before is not None:
        row.append(_button(say.label("‹ Back"), "form.goto", draft, before.value))
    return [*row, _button(say.label("Discard"), "form.discard", draft)]


def _before(page: FormPage) -> Step | None:
    draft, steps = page.draft, _steps(page)
    if not draft.form.is_guided:
        return None
    if draft.step is Step.CONFIRM:
        return steps[-1]
    at = steps.index(draft.step) if draft.step in steps else 0
    return steps[at - 1] if at else None


def _create(label: str, draft: Draft) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=_data("form.create", draft), style="success")


def _button(label: str, action: str, draft: Draft, *args: int | str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=_data(action, draft, *args))


def _data(action: str, draft: Draft, *args: int | str) -> str:
    return callback_data.encode(action, draft.id, draft.version, *args)


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"


def _in_rows(buttons: list[InlineKeyboardButton], width: int) -> _Rows:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]
