"""How long a class was, for its teacher, when it is over."""

from datetime import timedelta
from html import unescape

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say, Shown
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
from bot.views.roster_names import who_button
from bot.views.unsure import confirm_buttons, held_or_not, notes_on_gaps
from school.names import normalised_name
from school.standing import Standing, standing_of
from services.contents_for_teachers import HeldOrNot, Summary
from storage.attendance import PresenceRow

_MOST_ABSENT = 20
_MOST_UNKNOWN = 5


def when_over(say: Say, one: Summary | HeldOrNot) -> View:
    """How a class was, or the question whether it was."""
    return held_or_not(say, one) if isinstance(one, HeldOrNot) else summary(say, one)


def summary(say: Say, one: Summary) -> View:
    """Every student on a line of their own; the shortest stays go to a file if they are many."""
    students = [_student(say, one, student) for student in one.students]
    whole, keyboard = _text(say, one, students, in_file=0), _buttons(say, one)
    if shown_length(whole) <= LONGEST_TEXT:
        return View(whole, keyboard)
    fitting = _how_many_fit(say, one, students)
    text = _text(say, one, students[:fitting], in_file=len(students) - fitting)
    return View(text, keyboard, _file(say, one, students[fitting:]))


def _buttons(say: Say, one: Summary) -> InlineKeyboardMarkup:
    labels = {TIMELINE: say.label("Timeline"), ASK: say.label("Something is wrong")}
    about = [
        InlineKeyboardButton(label, callback_data=callback_data.encode(action, one.lesson_id))
        for action, label in labels.items()
    ]
    who = [[who_button(say, one.lesson_id)]] if one.unknown else []
    return InlineKeyboardMarkup([*who, *confirm_buttons(say, one), about])


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
        lines(_count(say, one), *students, more, _absent(say, one), _unknown(say, one)),
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
    if one.is_forgotten:
        return lines(
            say("Students: {count}", count=one.outcome.student_count),
            say("Who was there is no longer kept."),
        )
    if not one.students:
        return say("No students joined.")
    return say("Students: {count}", count=sum(not student.is_namesake for student in one.students))


def _absent(say: Say, one: Summary) -> Markup | None:
    """For the teacher's eyes alone; groups are shown no more than a count of who came."""
    if not one.absent:
        return None
    shown: list[Shown] = list(one.absent[:_MOST_ABSENT])
    if more := len(one.absent) - len(shown):
        shown.append(say.many("{count} more", "{count} more", more))
    return say("Absent: {names}", names=say.listed(shown))


def _unknown(say: Say, one: Summary) -> Markup | None:
    if not one.unknown:
        return None
    shown: list[Shown] = [say("“{name}”", name=name) for name in one.unknown[:_MOST_UNKNOWN]]
    if more := len(one.unknown) - len(shown):
        shown.append(say.many("{count} more", "{count} more", more))
    return say.many(
        "{count} name I don't know: {names}",
        "{count} names I don't know: {names}",
        len(one.unknown),
        names=say.listed(shown),
    )


def _student(say: Say, one: Summary, student: PresenceRow) -> Markup:
    known_as = one.known_as.get(student.student_id or 0)
    name = known_as or student.name or say("A student")
    remarks = (
        [say("your own name, so not counted")]
        if student.is_namesake
        else _remarks(say, one, student)
    )
    if known_as and student.name and normalised_name(student.name) != normalised_name(known_as):
        remarks.insert(0, say("in Zoom “{name}”", name=student.name))
    if not remarks:
        return say("{name} {length}", name=name, length=student.total)
    return say(
        "{name} {length} ({remarks})", name=name, length=student.total, remarks=say.series(remarks)
    )


def _remarks(say: Say, one: Summary, student: PresenceRow) -> list[Markup]:
    remarks = []
    stood = standing_of(
        student.together,
        one.outcome.taught or timedelta(),
        student.late_by,
        student.left_early_by,
        student.returns,
        student.student_id,
        one.rules,
    )
    if stood.is_late:
        remarks.append(say("late {length}", length=student.late_by))
    if student.returns:
        remarks.append(
            say.many("left once and came back", "left {count} times and came back", student.returns)
        )
    if stood.left_early:
        remarks.append(say("left {length} early", length=student.left_early_by))
    if stood.standing is Standing.PARTLY:
        remarks.append(say("partly there"))
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
    if one.is_teacher_inferred and not one.unsure.is_confirmed:
        notes.append(
            say(
                "⚠︎ Zoom did not report your own coming and going: "
                "you are counted as there from start to end."
            )
        )
    return [*notes, *notes_on_gaps(say, one)]


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
