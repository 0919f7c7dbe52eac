"""A teacher's own month, and one lesson with all that its figures are made of."""

from datetime import date, timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.news import topic_of
from school.model import LessonState
from school.periods import school_day
from services.hours import Hours, ListedLesson, OpenedLesson

MONTH, TIMELINE = "hours.month", "hours.timeline"
"""The actions of the buttons."""

CONFIRM, DISPUTE, CORRECT = "hours.confirm", "dispute.ask", "correct"
STATEMENT, PAY = "statement.show", "pay.line"
"""The actions of buttons that lead on to other tasks."""

_MOST_GAPS = 3  # a caption holds 1,024 characters
_LONGEST_TOPIC = 24  # characters on a button


def month(say: Say, one: Hours, person_id: int) -> View:
    """The month at a glance, with a button for each of its lessons."""
    text = paragraphs(
        lines(_title(say, one), *_figures(say, one)),
        _pay(say, one),
        say("Press a class to see what it is made of.") if one.lessons else None,
    )
    rows = [[_opens(say, one, lesson)] for lesson in one.lessons]
    return View(
        text, InlineKeyboardMarkup([*rows, *_pages(say, one), *_months(say, one, person_id)])
    )


def opened(say: Say, one: OpenedLesson) -> View:
    """The words under the timeline; they fit a picture's caption."""
    buttons = _about(say, one)
    return View(
        lines(_heading(say, one), *_times(say, one), *_counted(say, one), *_notes(say, one)),
        InlineKeyboardMarkup(buttons) if buttons else None,
    )


def _title(say: Say, one: Hours) -> Markup:
    name = say.bold(say.month(one.period.first_day))
    if one.is_over:
        return name
    today = school_day(one.as_of, one.period.zone)
    if today == one.period.first_day:
        return say("{period}, so far", period=name)
    days = say.days(one.period.first_day, today)
    return say("{period}, so far ({days})", period=name, days=days)


def _figures(say: Say, one: Hours) -> list[Markup]:
    figures = one.figures
    if not figures.held and not figures.missed:
        return [say("No classes yet.")]
    held = say.many("{count} class held", "{count} classes held", figures.held)
    mark = say("≈ {length}", length=figures.taught) if figures.has_inferred else None
    found = [
        held,
        say(
            "Planned {planned} · held {held}",
            planned=figures.scheduled,
            held=figures.actual,
        ),
        say("Taught {taught}", taught=say.bold(mark or figures.taught)),
    ]
    if figures.late_starts:
        found.append(
            say.many(
                "{count} class started more than 10 min late",
                "{count} classes started more than 10 min late",
                figures.late_starts,
            )
        )
    if figures.missed:
        found.append(
            say.many(
                "{count} class did not take place",
                "{count} classes did not take place",
                figures.missed,
            )
        )
    return found


def _pay(say: Say, one: Hours) -> Markup | None:
    if one.pay is None:
        return None
    sums = say.listed([say.bold(money) for money in one.pay])
    if one.is_over:
        return say("Pay: {sums}", sums=sums)
    return say("Expected pay so far: {sums}", sums=sums)


def _opens(say: Say, hours: Hours, one: ListedLesson) -> InlineKeyboardButton:
    row = one.row
    day = school_day(row.planned.starts_at, hours.period.zone)
    topic = one.topic or say.label("A class")
    short = topic if len(topic) <= _LONGEST_TOPIC else f"{topic[: _LONGEST_TOPIC - 1]}…"
    what = say.plain(row.taught) if row.was_held else say.label("not held")
    label = say.label("{day} · {topic} · {length}", day=day, topic=short, length=what)
    return _button(label, TIMELINE, row.lesson_id)


def _pages(say: Say, one: Hours) -> list[list[InlineKeyboardButton]]:
    number = _number(one)
    turns = []
    if one.page > 0:
        turns.append(_button(say.label("‹ Later"), MONTH, number, one.page - 1))
    if one.page + 1 < one.pages:
        turns.append(_button(say.label("Earlier ›"), MONTH, number, one.page + 1))
    return [turns] if turns else []


def _months(say: Say, one: Hours, person_id: int) -> list[list[InlineKeyboardButton]]:
    before = one.period.first_day - timedelta(days=1)
    after = one.period.last_day + timedelta(days=1)
    turns = [_button(say.label("‹ {month}", month=say.month(before)), MONTH, _key(before), 0)]
    if one.is_over:
        turns.append(_button(say.label("{month} ›", month=say.month(after)), MONTH, _key(after), 0))
    statement = _button(
        say.label("Statement"), STATEMENT, person_id, f"{one.period.first_day:%Y-%m}"
    )
    return [turns, [statement]]


def _number(one: Hours) -> int:
    return _key(one.period.first_day)


def _key(day: date) -> int:
    return day.year * 100 + day.month


def _heading(say: Say, one: OpenedLesson) -> Markup:
    return say(
        "{topic}, {day}",
        topic=say.bold(topic_of(say, one.topic)),
        day=one.planned.starts_at.astimezone(one.zone).date(),
    )


def _times(say: Say, one: OpenedLesson) -> list[Markup]:
    zone, outcome = one.zone, one.outcome
    start = say.clock_time(one.planned.starts_at, zone)
    end = say.clock_time(one.planned.ends_at, zone)
    if one.state is LessonState.CANCELLED and outcome.began_at is None:
        return [say("Planned {start}–{end}", start=start, end=end), say("It was cancelled.")]
    if outcome.began_at is None:
        return [say("Planned {start}–{end}", start=start, end=end), say("It was not held.")]
    if outcome.ended_at is None:
        return [say("Planned {start}–{end}", start=start, end=end), say("It is on now.")]
    return [
        say(
            "Planned {start}–{end} · held {began}–{ended}",
            start=start,
            end=end,
            began=say.clock_time(outcome.began_at, zone),
            ended=say.clock_time(outcome.ended_at, zone),
        )
    ]


def _counted(say: Say, one: OpenedLesson) -> list[Markup]:
    now, found = one.counted, one.outcome
    said = [_lengths(say, one)] if now.is_corrected or found.began_at is not None else []
    if now.is_corrected and found.taught is not None:
        said.append(say("Corrected by your admin; Zoom reported {length}.", length=found.taught))
    if one.paid is not None and one.paid.line.amount is not None:
        said.append(say("Pay: {amount}", amount=say.bold(one.paid.line.amount)))
    return said


def _lengths(say: Say, one: OpenedLesson) -> Markup:
    now = one.counted
    if one.is_own:
        return say(
            "Held {actual} · you were there {present} · taught {taught}",
            actual=now.actual,
            present=now.teacher_present,
            taught=say.bold(now.taught),
        )
    return say(
        "Teacher there {present} · taught {taught} · students: {count}",
        present=now.teacher_present,
        taught=say.bold(now.taught),
        count=one.outcome.student_count,
    )


def _notes(say: Say, one: OpenedLesson) -> list[Markup]:
    notes = [
        say(
            "⚠︎ No reports {from_}–{until}: I was not running then.",
            from_=say.clock_time(begin, one.zone),
            until=say.clock_time(end, one.zone),
        )
        for begin, end in one.gaps[:_MOST_GAPS]
    ]
    if one.counted.is_inferred:
        notes.append(say("≈ Zoom did not report everything; what I filled in is hatched."))
    if one.is_forgotten and one.outcome.began_at is not None:
        notes.append(say("Who was there is no longer kept."))
    return notes


def _about(say: Say, one: OpenedLesson) -> list[list[InlineKeyboardButton]]:
    rows = []
    if one.can_confirm:
        rows.append([_button(say.label("These times are right"), CONFIRM, one.lesson_id)])
    if one.can_dispute:
        rows.append([_button(say.label("Something is wrong"), DISPUTE, one.lesson_id)])
    if one.can_correct:
        rows.append([_button(say.label("Correct"), CORRECT, one.lesson_id)])
    if one.paid is not None and one.paid.line.amount is not None:
        rows.append([_button(say.label("How is the pay worked out?"), PAY, one.lesson_id)])
    return rows


def _button(label: str, action: str, *args: int | str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
