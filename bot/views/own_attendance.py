"""A student's own attendance, for their eyes alone."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import LONGEST_TEXT, View, lines, paragraphs, shown_length
from school.standing import Standing
from services.own_attendance import OwnAttendance, OwnCourse, OwnLesson, Unconfirmed

MONTH = "attendance.month"
"""With the year and the month, as 202611."""

_LAST_LESSONS = 5
_ROOM_FOR_THE_REST = 200


def attendance(say: Say, found: OwnAttendance) -> View:
    """Course by course, the last classes of each; and the way to other months."""
    heading = say("Your attendance · {month}", month=say.bold(say.month(found.month.first_day)))
    courses = [_course(say, one) for one in found.courses]
    if not any(one.lessons for one in found.courses):
        courses.append(say("No classes were held in this month."))
    months = [
        InlineKeyboardButton(label.format(say.month(day)), callback_data=_data(day.year, day.month))
        for day, label in ((found.earlier, "‹ {}"), (found.later, "{} ›"))
        if day is not None
    ]
    keyboard = InlineKeyboardMarkup([months]) if months else None
    wrong = say("Something is wrong? /profile tells your teacher.")
    return View(paragraphs(heading, *_fitting(say, courses), wrong), keyboard)


def _data(year: int, month: int) -> str:
    return callback_data.encode(MONTH, f"{year:04}{month:02}")


def _fitting(say: Say, courses: list[Markup]) -> list[Markup]:
    """As many of them as one message holds."""
    free = LONGEST_TEXT - _ROOM_FOR_THE_REST
    for fitting, course in enumerate(courses):
        free -= shown_length(course) + 2  # line breaks
        if free < 0:
            more = len(courses) - fitting
            return [*courses[:fitting], say.many("and {count} more", "and {count} more", more)]
    return courses


def _course(say: Say, one: OwnCourse) -> Markup:
    head = say(
        "{topic} with {teacher} · {student}",
        topic=say.bold(one.topic),
        teacher=one.teacher_name,
        student=one.student_name,
    )
    if not one.lessons:
        return head
    counts = [
        say.many("{count} class", "{count} classes", len(one.lessons)),
        say("there {count}", count=one.there),
        say("late {count}", count=one.late) if one.late else None,
        say.html(one.total),
    ]
    last = [_lesson(say, one, lesson) for lesson in one.lessons[:_LAST_LESSONS]]
    return lines(head, Markup(" · ").join(count for count in counts if count), *last)


def _lesson(say: Say, course: OwnCourse, one: OwnLesson) -> Markup:
    day = one.starts_at.astimezone(course.zone).date()
    if one.total is None:
        return say("{day}: not there", day=day)
    remarks = []
    if one.standings.is_late:
        remarks.append(say("late {length}", length=one.late_by))
    if one.standings.standing is Standing.PARTLY:
        remarks.append(say("partly there"))
    if not remarks:
        return say("{day}: {length}", day=day, length=one.total)
    return say(
        "{day}: {length} ({remarks})", day=day, length=one.total, remarks=say.series(remarks)
    )


def unconfirmed(say: Say, found: Unconfirmed) -> View:
    """Until a teacher has said who it is."""
    if not found.is_asked:
        return View(
            say("There is nothing to see yet: I know who attends once a class was held here.")
        )
    if not found.to_ask:
        return View(
            say("I have asked who you are on the list of students, and tell you when I know.")
        )
    names = say.listed([teacher.name for teacher in found.to_ask])
    return View(
        say(
            "To show you yours and nobody else's, I have just asked {teachers} who you are on the "
            "list of students. I tell you when I know.",
            teachers=names,
        )
    )


def unknown_person(say: Say) -> View:
    """Somebody whom no teacher teaches in private."""
    return View(
        say(
            "I do not know you as a student yet. Ask your teacher for an invitation, open it, and "
            "type /myattendance again."
        )
    )
