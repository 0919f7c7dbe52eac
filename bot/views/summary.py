"""How long a class was, for its teacher, when it is over."""

from datetime import timedelta
from html import unescape

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.disputes import ASK
from bot.views.hours import TIMELINE
from bot.views.message import (
    LONGEST_TEXT,
    Attachment,
    View,
    lines,
    paragraphs,
    shown_length,
)
from services.post_contents import Summary
from storage.attendance import PresenceRow

_WORTH_SAYING = timedelta(minutes=5)  # below that, nobody was late


def summary(say: Say, one: Summary) -> View:
    """Every student on a line of their own; the shortest stays go to a file if they are many."""
    students = [_student(say, student) for student in one.students]
    whole = _text(say, one, students, in_file=0)
    if shown_length(whole) <= LONGEST_TEXT:
        return View(whole, _buttons(say, one))
    fitting = _how_many_fit(say, one, students)
    text = _text(say, one, students[:fitting], in_file=len(students) - fitting)
    return View(text, _buttons(say, one), _file(say, one, students[fitting:]))


def _buttons(say: Say, one: Summary) -> InlineKeyboardMarkup:
    labels = {TIMELINE: say.label("Timeline"), ASK: say.label("Something is wrong")}
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    label, callback_data=callback_data.encode(action, one.lesson_id)
                )
                for action, label in labels.items()
            ]
        ]
    )


def _text(say: Say, one: Summary, students: list[Markup], *, in_file: int) -> Markup:
    more = (
        say.many(
            "{count} shorter stay is in the file.",
            "{count} shorter stays are in the file.",
            in_file,
        )
        if in_file
        else None
    )
    return paragraphs(
        lines(_heading(say, one), _times(say, one), _taught(say, one), _corrected(say, one)),
        lines(_count(say, one), *students, more),
        lines(*_notes(say, one)),
    )


def _heading(say: Say, one: Summary) -> Markup:
    return say(
        "{topic}, {day}: {length}",
        topic=say.bold(say("A class") if one.topic is None else one.topic),
        day=one.planned.starts_at.astimezone(one.zone).date(),
        length=one.outcome.actual or timedelta(),
    )


def _times(say: Say, one: Summary) -> Markup:
    start, end = one.planned.starts_at, one.planned.ends_at
    planned_start, planned_end = say.clock_time(start, one.zone), say.clock_time(end, one.zone)
    if one.outcome.began_at is None or one.outcome.ended_at is None:
        return say("Planned {start}–{end}", start=planned_start, end=planned_end)
    return say(
        "Planned {start}–{end} · held {began}–{ended}",
        start=planned_start,
        end=planned_end,
        began=say.clock_time(one.outcome.began_at, one.zone),
        ended=say.clock_time(one.outcome.ended_at, one.zone),
    )


def _taught(say: Say, one: Summary) -> Markup:
    return say(
        "Taught (you and at least one student together): {length}",
        length=one.outcome.taught or timedelta(),
    )


def _corrected(say: Say, one: Summary) -> Markup | None:
    if one.corrected is None:
        return None
    length = one.corrected.taught
    return say("Counts as {length} taught, as your admin corrected it.", length=length)


def _count(say: Say, one: Summary) -> Markup:
    if not one.students:
        return say("No students joined.")
    return say("Students: {count}", count=len(one.students))


def _student(say: Say, student: PresenceRow) -> Markup:
    name = student.name or say("A student")
    remarks = _remarks(say, student)
    if not remarks:
        return say("{name} {length}", name=name, length=student.total)
    return say(
        "{name} {length} ({remarks})", name=name, length=student.total, remarks=say.series(remarks)
    )


def _remarks(say: Say, student: PresenceRow) -> list[Markup]:
    remarks = []
    if student.late_by >= _WORTH_SAYING:
        remarks.append(say("late {length}", length=student.late_by))
    if student.returns:
        remarks.append(
            say.many("left once and came back", "left {count} times and came back", student.returns)
        )
    if student.left_early_by >= _WORTH_SAYING:
        remarks.append(say("left {length} early", length=student.left_early_by))
    if student.inferred:
        remarks.append(say("partly estimated"))
    if student.overlapping:
        remarks.append(say("on several devices"))
    if student.ambiguous:
        remarks.append(say("one of several with this name"))
    return remarks


def _notes(say: Say, one: Summary) -> list[Markup]:
    notes = []
    if any(student.inferred for student in one.students):
        notes.append(
            say("⚠︎ Zoom did not report every coming and going. What is estimated is marked.")
        )
    if one.is_teacher_inferred:
        notes.append(
            say(
                "⚠︎ Zoom did not report your own coming and going: "
                "you are counted as there from start to end."
            )
        )
    return notes


def _how_many_fit(say: Say, one: Summary, students: list[Markup]) -> int:
    """Lines are added while the text with them, and the line about the file, is not too long."""
    free = LONGEST_TEXT - shown_length(_text(say, one, [], in_file=len(students)))
    for fitting, student in enumerate(students):
        free -= shown_length(student) + 1  # its line break
        if free < 0:
            return fitting
    return len(students)


def _file(say: Say, one: Summary, students: list[Markup]) -> Attachment:
    day = one.planned.starts_at.astimezone(one.zone).date()
    return Attachment(
        name=f"{say.label('students')}-{day.isoformat()}.txt",
        content="\n".join(unescape(student) for student in students).encode(),
    )
