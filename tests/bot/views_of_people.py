"""Every message about chats' settings, students, languages and what is on; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import agenda, chat_settings, groups, language, leaving, students
from bot.views.message import View
from school.model import ClockFace, DayReminder, LessonState, Planned
from services.agenda import AgendaClass
from services.chat_settings import REMINDER_MINUTES, ChatSettings
from services.groups import Unlinked
from services.people import Invitation
from services.students import Connection
from storage.chats import Chat
from storage.people import Person
from tests.bot.test_leaving_views import DONE, FULL
from tests.bot.test_welcome_view import PROFILE

NAME, TOPIC, TITLE = "Ahmed أ" * 9 + "!", "Tajweed " * 25, "أخوات A " * 16
LARGEST = 2**63 - 1
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Argentina/ComodRivadavia")
GROUP = Chat(
    id=-LARGEST,
    kind="supergroup",
    title=TITLE,
    thread_id=None,
    is_forum=False,
    is_linked=True,
    lost_reason=None,
    language=None,
    zone=None,
    day_reminder=DayReminder.SINGLE,
    reminder_minutes=15,
)
TEACHER = Person(
    id=LARGEST,
    telegram_user_id=LARGEST,
    name=NAME,
    username=None,
    is_teacher=True,
    language="ar",
    zone=None,
    clock=None,
    pseudonym="P",
    created_at=NOW,
)


def views_of_people(say: Say) -> Iterator[View]:
    yield from _settings(say)
    yield from _students(say)
    for clock in ClockFace:
        yield language.page(say, ("am", "ar", "en"), clock)
    for state, teacher in product(LessonState, (NAME, None)):
        one = AgendaClass(TOPIC, teacher, Planned(NOW, timedelta(hours=1)), ZONE, state)
        yield agenda.agenda(say, [one] * 100)
    yield agenda.agenda(say, [])
    yield agenda.unknown_reader(say)
    for count in (0, 1, 2, 5, 11, 100):
        yield leaving.preview(say, replace(FULL, announced=count))
    yield leaving.receipt(say, replace(DONE, taught=False), PROFILE)


def _settings(say: Say) -> Iterator[View]:
    students_chat = replace(GROUP, id=LARGEST, kind="private")
    lost = replace(GROUP, lost_reason="removed")
    for chat in (GROUP, students_chat, lost, replace(students_chat, lost_reason="blocked")):
        for day, minutes, zone, spoken in product(
            DayReminder, REMINDER_MINUTES, (None, ZONE.key), (None, "am")
        ):
            found = ChatSettings(
                replace(
                    chat, day_reminder=day, reminder_minutes=minutes, zone=zone, language=spoken
                ),
                "https://b.example/calendar/g1.ics",
            )
            yield chat_settings.page(say, found)
            yield chat_settings.languages(say, found, ("am", "ar", "en"))
            yield chat_settings.zones(say, found)
            yield chat_settings.day_reminders(say, found)
            yield chat_settings.minutes(say, found)
            yield chat_settings.really_let_go(say, found)
    for announced in (1, 2, 10_000):
        left = Unlinked(-LARGEST, LARGEST, announced)
        yield chat_settings.unlinked(say, groups.shown_name(GROUP), left)
    for page in range(6):
        yield groups.group_list(say, [students_chat, lost] * 50, PROFILE, page)


def _students(say: Say) -> Iterator[View]:
    connection = Connection(NAME, TEACHER, is_news=True)
    yield students.invitation(say, Invitation("https://t.me/b?start=s-1", NOW), ZONE)
    yield students.welcome(say, connection, PROFILE)
    yield students.greeting(say, NAME, [TEACHER])
    yield students.greeting(say, NAME, [TEACHER] * 10)
    yield students.stopped(say, connection)
    yield students.came(say, connection)
    yield students.went(say, connection)
