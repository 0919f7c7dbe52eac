"""How often a class is repeated: in words, and as the buttons that ask for it."""

from datetime import date, timedelta

from babel.dates import get_day_names
from markupsafe import Markup

from bot.speech import Say
from bot.views.form_buttons import Rows, button, in_rows
from school.recurrence import Frequency, Repeat, count_within, first_day, says, says_whole
from school.text import Text
from services.forms import FormPage
from storage.class_forms import Draft, Step

_WEEKS = (4, 8, 12)
_MONTHS = (3, 6, 12)
_FEWEST = 2  # one class is no series


def question(say: Say, step: Step) -> Markup:
    match step:
        case Step.WEEKDAYS:
            return say("On which days of the week?")
        case Step.UNTIL:
            return say(
                "Until when? Choose, or type it, such as {count} or {last_day}.",
                count="x10",
                last_day="until 31 Jan",
            )
        case _:
            return say("How often? Choose, or type it, such as {rule}.", rule="every Mon,Wed x10")


def choices(say: Say, page: FormPage) -> Rows:
    draft = page.draft
    repeat = draft.said.repeat
    if draft.step is Step.WEEKDAYS:
        return _weekdays(say, draft)
    if draft.step is Step.UNTIL and repeat is not None:
        return _until(say, draft, repeat, draft.said.day or page.today)
    return _rhythms(say, draft)


def rule_line(say: Say, repeat: Repeat, day: date, *, is_whole: bool) -> Markup:
    """`Repeats: every Mon and Wed, 10 classes, first Mon 30 Nov`.

    `day` is the one from which on it holds; not `is_whole`, its end is still to be asked.
    """
    first = first_day(repeat, day)
    rule = _whole(repeat, first) if is_whole else says(repeat, first)
    return say("Repeats: {rule}, first {day}", rule=rule, day=first)


def _whole(repeat: Repeat, first: date) -> Text:
    rule = says_whole(repeat, first)
    if repeat.until is not None:
        count = count_within(repeat, first, repeat.until - first + timedelta(days=1))
        classes = Text("{count} class", plural="{count} classes", count=count)
        return Text("{rule}, {classes}", {"rule": rule, "classes": classes})
    if repeat.count is None:
        return Text("{rule}, until you stop it", {"rule": rule})
    return rule


def _rhythms(say: Say, draft: Draft) -> Rows:
    """Once or again and again."""
    return [
        [button(say.label("Once"), "form.repeat", draft, "once")],
        [
            button(say.label("Every week"), "form.repeat", draft, "week"),
            button(say.label("Every day"), "form.repeat", draft, "day"),
        ],
        [button(say.label("Several days a week…"), "form.repeat", draft, "days")],
    ]


def _weekdays(say: Say, draft: Draft) -> Rows:
    """The days of the week, ticked as they are chosen."""
    names = get_day_names("abbreviated", context="stand-alone", locale=say.locale)
    chosen = draft.said.repeat.weekdays if draft.said.repeat else ()
    days = [
        button(f"✓ {names[day]}" if day in chosen else names[day], "form.weekday", draft, day)
        for day in range(7)
    ]
    return [*in_rows(days, 4), [button(say.label("Next ›"), "form.weekdays", draft)]]


def _until(say: Say, draft: Draft, repeat: Repeat, day: date) -> Rows:
    """When the series ends: after some weeks or months, or not by itself."""
    offered = [
        button(say.plain(label), "form.until", draft, count)
        for label, count in _ends(repeat, day)
        if count >= _FEWEST
    ]
    never = [button(say.label("Until I stop it"), "form.until", draft, 0)]
    return [row for row in (offered, never) if row]


def _ends(repeat: Repeat, day: date) -> list[tuple[Text, int]]:
    """What is offered, and how many classes each comes to."""
    if repeat.frequency is Frequency.MONTHLY:
        return [
            (
                Text("{count} month", plural="{count} months", count=months),
                -(-months // repeat.interval),
            )
            for months in _MONTHS
        ]
    endless = Repeat(repeat.frequency, repeat.interval, repeat.weekdays)
    return [
        (
            Text("{count} week", plural="{count} weeks", count=weeks),
            count_within(endless, day, timedelta(weeks=weeks)),
        )
        for weeks in _WEEKS
    ]
