"""The guided form for a new class: one message, drawn anew at each step."""

from datetime import time, timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Say
from bot.views import repeating
from bot.views.calendar import month_buttons
from bot.views.form_buttons import Rows, button, compact, data, in_rows
from bot.views.message import View, lines
from school.text import Text
from services.forms import FormPage
from storage.chats import Chat
from storage.class_forms import ClassForm, Draft, Step

_STEPS = (Step.TOPIC, Step.GROUPS, Step.DAY, Step.TIME, Step.LENGTH, Step.REPEAT)
_PARTS_OF_REPEAT = (Step.REPEAT, Step.WEEKDAYS, Step.UNTIL)
_TIMES = tuple(time(hour) for hour in (8, 9, 10, 14, 16, 17, 18, 19, 20))
_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (30, 40, 45, 60, 90))
_DAYS_AHEAD = 4
_MOST_GROUPS = 40  # Telegram shows at most 100 buttons; the others can be typed


def form(say: Say, page: FormPage) -> View:
    """The form at its present step."""
    said = [_heading(say, page), *_known(say, page), _question(say, page)]
    rows = [*_choices(say, page), _footer(say, page)]
    return View(lines(*said), InlineKeyboardMarkup(rows))


def discarded(say: Say) -> View:
    return View(say("Discarded. Nothing was made. Type /newclass to begin again."))


def _heading(say: Say, page: FormPage) -> Markup | None:
    draft = page.draft
    if not draft.said.is_guided:
        return None
    title = Markup("<b>{}</b>").format(say("New class"))
    if draft.step is Step.CONFIRM:
        return title
    steps = _steps(page)
    at = _place_of(draft.step)
    number = steps.index(at) + 1 if at in steps else 1
    step = say("step {number} of {total}", number=number, total=len(steps))
    return Markup("{} · {}").format(title, step)


def _steps(page: FormPage) -> tuple[Step, ...]:
    """Where there is one group only, it is not asked for."""
    return tuple(step for step in _STEPS if step is not Step.GROUPS or len(page.groups) > 1)


def _place_of(step: Step) -> Step:
    """How often and until when are one step."""
    return Step.REPEAT if step in _PARTS_OF_REPEAT else step


def _known(say: Say, page: FormPage) -> list[Markup]:
    """What has been answered so far, a line each."""
    known = page.draft.said
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
    if (rule := _rule(say, page.draft)) is not None:
        answers.append(rule)
    return answers


def _rule(say: Say, draft: Draft) -> Markup | None:
    known = draft.said
    is_asked = draft.step in {Step.REPEAT, Step.WEEKDAYS}
    if known.repeat is None or known.day is None or is_asked:
        return None
    is_whole = known.repeat_chosen and draft.step is not Step.UNTIL
    return repeating.rule_line(say, known.repeat, known.day, is_whole=is_whole)


def _when(say: Say, known: ClassForm) -> Markup | None:
    """The day is that of the first class."""
    if known.first_day is None:
        return None
    if known.time is None:
        return say("When: {day}", day=known.first_day)
    return say("When: {day}, {time}", day=known.first_day, time=known.time)


def _question(say: Say, page: FormPage) -> Markup:  # noqa: PLR0911  a table
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
        case Step.REPEAT | Step.WEEKDAYS | Step.UNTIL:
            return repeating.question(say, draft.step)
        case Step.CONFIRM:
            return say("Is this right?")


def _which_groups(say: Say, page: FormPage) -> Markup:
    unclear = page.draft.said.unclear_groups
    return lines(
        say("I do not know which group is meant by {names}.", names=say.listed(unclear))
        if unclear
        else None,
        say("Which groups?"),
        say("Not in the list? Type the beginning of its name.")
        if len(page.groups) > _MOST_GROUPS
        else None,
    )


def _choices(say: Say, page: FormPage) -> Rows:  # noqa: PLR0911  a table
    draft = page.draft
    match draft.step:
        case Step.TOPIC:
            return [
                [button(topic, "form.topic", draft, course_id)]
                for course_id, topic in page.recent_topics.items()
            ]
        case Step.GROUPS:
            return _groups(say, page)
        case Step.DAY:
            return _days(say, page)
        case Step.TIME:
            times = [button(say.plain(at), "form.time", draft, f"{at:%H%M}") for at in _TIMES]
            return in_rows(times, 3)
        case Step.LENGTH:
            lengths = [
                button(say.plain(length), "form.length", draft, length // timedelta(minutes=1))
                for length in _LENGTHS
            ]
            return in_rows(lengths, 3)
        case Step.REPEAT | Step.WEEKDAYS | Step.UNTIL:
            return repeating.choices(say, page)
        case Step.CONFIRM:
            return [[_create(say.label("Create"), draft)]]


def _groups(say: Say, page: FormPage) -> Rows:
    draft = page.draft
    chosen = draft.said.chat_ids
    first = sorted(page.groups, key=lambda group: group.id not in chosen)[:_MOST_GROUPS]
    offered = [group for group in page.groups if group in first]
    rows = [[_group(group, draft)] for group in offered]
    if len(page.groups) > 1 and len(chosen) < len(page.groups):
        rows.append([button(say.label("All groups"), "form.all", draft)])
    if not chosen:
        return rows
    if draft.said.lacks_only_groups and not draft.said.is_guided:
        label = say.plain(
            Text("Create for {count} group", plural="Create for {count} groups", count=len(chosen))
        )
        return [*rows, [_create(label, draft)]]
    return [*rows, [button(say.label("Next ›"), "form.groups", draft)]]


def _group(group: Chat, draft: Draft) -> InlineKeyboardButton:
    title = group.title or ""
    is_chosen = group.id in draft.said.chat_ids
    return button(f"✓ {title}" if is_chosen else title, "form.group", draft, group.id)


def _days(say: Say, page: FormPage) -> Rows:
    draft, today = page.draft, page.today
    if draft.said.month is not None:
        return month_buttons(
            say,
            draft.said.month,
            today,
            on_day=lambda day: data("form.day", draft, compact(day)),
            on_month=lambda month: data("form.month", draft, compact(month)),
            idle=data("form.idle", draft),
        )
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    labels = [say.label("Today"), say.label("Tomorrow"), *(say.short_day(day) for day in days[2:])]
    near = [
        button(label, "form.day", draft, compact(day))
        for label, day in zip(labels, days, strict=True)
    ]
    pick = button(say.label("Pick a day"), "form.month", draft, compact(today.replace(day=1)))
    return [*in_rows(near, 2), [pick]]


def _footer(say: Say, page: FormPage) -> list[InlineKeyboardButton]:
    row, draft = [], page.draft
    before = _before(page)
    if before is not None:
        row.append(button(say.label("‹ Back"), "form.goto", draft, before.value))
    return [*row, button(say.label("Discard"), "form.discard", draft)]


def _before(page: FormPage) -> Step | None:
    draft, steps = page.draft, _steps(page)
    if not draft.said.is_guided:
        return None
    if draft.step is Step.CONFIRM:
        return steps[-1]
    if draft.step in {Step.WEEKDAYS, Step.UNTIL}:
        return Step.REPEAT
    at = steps.index(draft.step) if draft.step in steps else 0
    return steps[at - 1] if at else None


def _create(label: str, draft: Draft) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data("form.create", draft), style="success")
