"""What students who are taught in private read, and their teachers about them."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.welcome import pass_on
from school.model import SchoolProfile
from services.people import Invitation
from services.students import Connection
from storage.people import Person

INVITE, STOP = "student.invite", "student.stop"


def invite_button(say: Say) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        say.label("Invite a student"), callback_data=callback_data.encode(INVITE)
    )


def invitation(say: Say, made: Invitation, zone: ZoneInfo) -> View:
    """For the teacher, to be forwarded."""
    text = lines(
        say(
            "Here is an invitation for one student. It works once, until {day}. Who opens it is "
            "told of your classes in private, where you choose so.",
            day=made.expires_at.astimezone(zone).date(),
        ),
        say.code(made.link),
    )
    return View(text, pass_on(say, made, say.label("Your invitation to my classes")))


def welcome(say: Say, connection: Connection, profile: SchoolProfile) -> View:
    """Whose classes come, and how to stop them."""
    teacher = connection.teacher
    text = paragraphs(
        say(
            "Welcome, {name}. {teacher} of {school} teaches you: I announce your classes here, "
            "with the button to join them.",
            name=connection.student_name,
            teacher=teacher.name,
            school=profile.name,
        ),
        _commands(say),
        say("If you do not want this, press Stop."),
    )
    return View(text, _stops(say, [teacher]))


def greeting(say: Say, name: str, teachers: Sequence[Person]) -> View:
    """Who I am to a student, and whose classes come here."""
    text = paragraphs(
        say("Hello, {name}.", name=name),
        say(
            "I announce the classes of {teachers} here.",
            teachers=say.listed([teacher.name for teacher in teachers]),
        ),
        _commands(say),
    )
    return View(text, _stops(say, teachers))


def stopped(say: Say, connection: Connection) -> View:
    return View(
        say(
            "I announce no more classes of {teacher} here. To get them again, ask for a new "
            "invitation. /deletemydata deletes what is stored about you.",
            teacher=connection.teacher.name,
        )
    )


def came(say: Say, connection: Connection) -> View:
    """To the teacher."""
    return View(
        say(
            "👤 {student} has opened your invitation. Choose {student} like a group when you make "
            "a class.",
            student=say.bold(connection.student_name),
        )
    )


def went(say: Say, connection: Connection) -> View:
    """To the teacher."""
    return View(
        say(
            "👤 {student} wants no more classes announced. Your classes stay as they are.",
            student=say.bold(connection.student_name),
        )
    )


def _commands(say: Say) -> Markup:
    return lines(
        say("/next: the classes of the coming two weeks"),
        say("/myattendance: your own attendance"),
        say("/timezone: the zone that times are shown in"),
        say("/language: the language I speak with you"),
    )


def _stops(say: Say, teachers: Sequence[Person]) -> InlineKeyboardMarkup:
    """One for each teacher; named where there are several."""
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    say.label("Stop")
                    if len(teachers) == 1
                    else say.label("Stop: {teacher}", teacher=teacher.name),
                    callback_data=callback_data.encode(STOP, teacher.id),
                )
            ]
            for teacher in teachers
        ]
    )
