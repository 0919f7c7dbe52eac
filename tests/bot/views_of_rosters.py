"""Every message about the students of a course; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import own_attendance, roster, roster_names
from bot.views.message import View
from school.model import Planned
from school.periods import month_of
from school.roster import Mark
from school.standing import ABSENT, Standing, Standings
from services.own_attendance import (
    Offered,
    OwnAttendance,
    OwnCourse,
    OwnLesson,
    Unconfirmed,
    WhoAreThey,
)
from services.roster import Linked, Linking, ListedStudent, RosterPage, StudentPage
from services.roster_names import Choice, Settled, WhoIsThis
from storage.courses import Course
from storage.students import Alias, Student
from tests.bot.views_of_people import LARGEST, NAME, TEACHER, TOPIC, ZONE

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONGEST = "ن" * 64
COUNTS = (0, 1, 2, 5, 11, 100)
COURSE = Course(
    id=LARGEST,
    teacher_id=LARGEST,
    topic=TOPIC,
    zone=ZONE,
    repeat=None,
    anchor_at=None,
    ended_at=None,
    version=1,
)
ALIASES = tuple(
    Alias(LARGEST - at, mark, value, NOW)
    for at, (mark, value) in enumerate(
        [
            *[(Mark.NAME, LONGEST)] * 10,
            (Mark.ZOOM, "z"),
            (Mark.EMAIL, "a" * 240 + "@b.example"),
            (Mark.REGISTRANT, "r"),
        ]
        * 3
    )
)
STUDENT = Student(
    id=LARGEST,
    course_id=LARGEST,
    name=LONGEST,
    person_id=LARGEST,
    since_at=NOW,
    added_at=NOW,
    removed_at=None,
    aliases=ALIASES,
)
PERSON = replace(TEACHER, username="u" * 32, is_teacher=False)
CHOSEN = replace(PERSON, has_own_name=True)
PEOPLE = (PERSON, CHOSEN, replace(CHOSEN, username=None))
WHO = WhoIsThis(
    lesson_id=LARGEST,
    course_id=LARGEST,
    topic=TOPIC,
    planned=Planned(NOW, HOUR),
    zone=ZONE,
    token=2**40 - 1,
    name=LONGEST,
    total=HOUR,
    choices=(),
    waiting=0,
    says_nothing=True,
)


def views_of_rosters(say: Say) -> Iterator[View]:
    yield from _lists(say)
    yield from _names(say)
    yield from _own(say)


def _lists(say: Say) -> Iterator[View]:
    yield roster.courses(say, [])
    yield roster.courses(say, [COURSE] * 30)
    off = replace(STUDENT, removed_at=NOW + HOUR)
    visitor = replace(STUDENT, removed_at=NOW)
    for count in COUNTS:
        listed = ListedStudent(STUDENT, expected=count, there=count)
        found = RosterPage(COURSE, (listed,) * count, (off, visitor) * count)
        for number in range(3):
            yield roster.page(say, found, number)
        yield roster.others(say, found)
        yield roster.whom_to_join(say, replace(found, others=(STUDENT,)))
        for one, person in product((STUDENT, off, replace(STUDENT, aliases=())), (PERSON, None)):
            yield roster.student(say, StudentPage(COURSE, replace(listed, student=one), person))
        for person in PEOPLE:
            yield roster.whom_to_link(say, Linking(STUDENT, (person,) * count))
    back = roster.to_list(say, LARGEST)
    yield roster.ask_name(say, back)
    yield roster.ask_name(say, roster.to_student(say, STUDENT), LONGEST)
    yield roster.added(say, STUDENT)
    yield roster.taken_off(say, STUDENT)
    for topic in (TOPIC, None):
        yield roster.you_are_linked(say, Linked(STUDENT, topic, PERSON))


def _names(say: Say) -> Iterator[View]:
    for count, is_likely in product(COUNTS, (True, False)):
        choices = tuple(Choice(LARGEST, LONGEST, is_likely) for _ in range(count))
        found = replace(WHO, choices=choices, waiting=count)
        for page in range(3):
            yield roster_names.who_is_this(say, found, page)
    for name, more in product((None, LONGEST, "Khadija"), (True, False)):
        moment = int(NOW.timestamp() * 1_000_000)
        done = Settled(LARGEST, LARGEST, LONGEST, LARGEST, name, moment, more)
        yield roster_names.settled(say, done)
    yield roster_names.later(say, WHO)
    yield roster_names.ask_name_of_met(say, WHO)
    for count, is_theirs in product(COUNTS, (True, False)):
        offered = tuple(Offered(STUDENT, TOPIC, is_theirs) for _ in range(count))
        for page in range(3):
            yield roster_names.who_are_they(say, WhoAreThey(PERSON, offered), page)
    for person in PEOPLE:
        yield roster_names.nobody(say, person)
    yield roster_names.you_are_nobody(say, NAME)


def _own(say: Say) -> Iterator[View]:
    month = month_of(date(2026, 11, 1), ZoneInfo("Africa/Addis_Ababa"))
    came = OwnLesson(NOW, HOUR, Standings(Standing.PARTLY, is_late=True), HOUR)
    on_time = OwnLesson(NOW, HOUR, Standings(Standing.PRESENT), timedelta())
    missed = OwnLesson(NOW, None, ABSENT, timedelta())
    for count in COUNTS:
        course = OwnCourse(LONGEST, TOPIC, NAME, ZONE, (came, on_time, missed) * count)
        found = OwnAttendance(month, (course,) * max(count, 1), None, None)
        yield own_attendance.attendance(say, found)
        beside = replace(found, earlier=date(2026, 10, 1), later=date(2026, 12, 1))
        yield own_attendance.attendance(say, beside)
    yield own_attendance.attendance(say, OwnAttendance(month, (), None, None))
    for to_ask, is_asked in (((), False), ((), True), ((TEACHER,) * 5, True)):
        yield own_attendance.unconfirmed(say, Unconfirmed(PERSON, to_ask, is_asked))
    yield own_attendance.unknown_person(say)
