"""Makes a month of a made-up school from a seed: the same seed, the same month."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from random import Random

from sandbox import month_people
from sandbox.month import (
    LICENSED,
    Course,
    Fate,
    Lesson,
    Month,
    Spell,
    Student,
    Teacher,
    Trouble,
)
from sandbox.month_script import Script

FIRST_DAY, LAST_DAY = date(2026, 10, 1), date(2026, 10, 31)
_FOUNDED_AT = datetime(2026, 9, 29, 6, 0, tzinfo=UTC)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = timedelta(days=1)
_RHYTHMS = ("Sun,Tue,Thu", "Mon,Wed", "Mon,Wed,Fri,Sat", "Fri,Sat", "Sat,Sun,Tue,Wed", "Mon,Thu")
_HOURS = (time(18, 0), time(8, 30), time(14, 0))  # far enough apart for a class out of its time
_LENGTHS = (30, 45, 60, 40)  # minutes
_TOPICS = (
    "Tajweed",
    "ተጅዊድ ለጀማሪዎች",
    "تجويد القرآن",
    "=2+5 Arithmetic",
    "<b>Fiqh</b> & Adab",
    "Hifz group",
    "Sira",
    "النحو الواضح",
    "የአረብኛ ቋንቋ",
    "@Arabic",
    "+Tafsir",
    "-Usul",
)
_USUAL_OF_TEN = 6
_QUIET = timedelta(hours=1)
_LONG = timedelta(minutes=150)
_RETRIES = timedelta(minutes=90)  # how long after something happened Zoom may still tell of it
_TROUBLES = (
    Trouble.DUPLICATED,
    Trouble.SHUFFLED,
    Trouble.LATE,
    Trouble.OUTAGE,
    Trouble.SHUFFLED,
    Trouble.LATE,
    Trouble.DUPLICATED,
    Trouble.LATE,
    Trouble.SHUFFLED,
    Trouble.DUPLICATED,
    Trouble.SHUFFLED,
    Trouble.LATE,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; a teacher gives at most three series."""

    teachers: int
    series: int
    students: int
    weeks: int  # how many weeks the series last, up to five


WHOLE = Size(teachers=20, series=26, students=120, weeks=5)
SMALL = Size(teachers=4, series=4, students=20, weeks=2)


def a_month(seed: int, size: Size = WHOLE) -> Month:
    """October 2026 by the school's days."""
    chance = Random(seed)
    teachers = month_people.teachers(chance, size.teachers)
    students = month_people.students(chance, size.students)
    planner = _Planner(chance, students)
    courses = [*planner.series(teachers, size), *planner.singles(teachers)]
    lessons = sorted(
        _Fates(chance, teachers).lessons(courses),
        key=lambda one: (one.starts_at, one.course.number),
    )
    return Month(
        seed=seed,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        founded_at=_FOUNDED_AT,
        teachers=teachers,
        students=students,
        courses=courses,
        lessons=lessons,
        spells=_spells(lessons),
    )


class _Planner:
    """Plans courses, each with a topic and a group of its own."""

    def __init__(self, chance: Random, students: Sequence[Student]) -> None:
        self._chance = chance
        self._students = students
        self._numbers = 0

    def series(self, teachers: Sequence[Teacher], size: Size) -> Iterator[Course]:
        for at in range(size.series):
            teacher = teachers[at % len(teachers)]
            days = _RHYTHMS[at % len(_RHYTHMS)]
            hour = _HOURS[at // len(teachers)]
            minutes = _LENGTHS[at % len(_LENGTHS)]
            starts = _dates(days, hour, teacher, size.weeks)
            first = starts[0].astimezone(teacher.zone)
            typed = f"every {days} x{len(starts)} from {first:%Y-%m-%d} {hour:%H:%M} {minutes}m"
            yield self._course(teacher, typed, starts, minutes)

    def singles(self, teachers: Sequence[Teacher]) -> Iterator[Course]:
        """Where the month begins and ends, by the clock of each teacher in turn."""
        last = LAST_DAY
        moments = (
            (last, time(0, 0)),
            (last, time(23, 30)),
            (last + _DAY, time(0, 0)),
            (FIRST_DAY - _DAY, time(23, 30)),
            (FIRST_DAY - _DAY, time(23, 30)),
            (FIRST_DAY, time(0, 0)),
        )
        for at, (day, hour) in enumerate(moments):
            teacher = teachers[at % len(teachers)]
            starts_at = datetime.combine(day, hour, teacher.zone).astimezone(UTC)
            typed = f"{day:%Y-%m-%d} {hour:%H:%M} 35m"
            yield self._course(teacher, typed, [starts_at], 35)

    def _course(
        self, teacher: Teacher, typed: str, starts: Sequence[datetime], minutes: int
    ) -> Course:
        number, self._numbers = self._numbers, self._numbers + 1
        topic = f"{_TOPICS[number % len(_TOPICS)]} {chr(ord('A') + number % 26)}{number // 26}"
        group = f"Group-{number:02}"
        return Course(
            number=number,
            teacher=teacher,
            topic=topic,
            group=group,
            line=f'/newclass "{topic}" {typed} #{group}',
            students=self._members(number),
            starts=tuple(starts),
            length=timedelta(minutes=minutes),
        )

    def _members(self, number: int) -> tuple[Student, ...]:
        """The first courses have two people called Ali: guests, then with accounts."""
        alis = {0: self._students[:2], 1: self._students[2:4]}.get(number, [])
        others = self._chance.sample(self._students[4:], self._chance.randint(2, 6))
        return (*alis, *others)


def _dates(days: str, hour: time, teacher: Teacher, weeks: int) -> list[datetime]:
    """From the last two days of September on; local time stays, whatever the clocks do."""
    wanted = {_DAYS.index(day) for day in days.split(",")}
    first = FIRST_DAY - 2 * _DAY
    last = min(first + timedelta(weeks=weeks), LAST_DAY + _DAY)
    found = []
    day = first
    while day <= last:
        at = datetime.combine(day, hour, teacher.zone).astimezone(UTC)
        if day.weekday() in wanted and at > _FOUNDED_AT + timedelta(hours=30):
            found.append(at)
        day += _DAY
    return found


class _Fates:
    """Deals fates to lessons: each that there is first, then most are as usual."""

    def __init__(self, chance: Random, teachers: Sequence[Teacher]) -> None:
        self._chance = chance
        self._teachers = teachers
        self._script = Script(chance)
        self._first: deque[Fate] = deque(fate for fate in Fate if fate is not Fate.USUAL)

    def lessons(self, courses: Sequence[Course]) -> Iterator[Lesson]:
        planned = [(course, at) for course in courses for at in course.starts]
        self._chance.shuffle(planned)
        busy: list[Lesson] = []
        for course, starts_at in planned:
            lesson = self._lesson(course, starts_at)
            if any(_collide(lesson, other) for other in busy):
                self._first.append(lesson.fate)  # for another one
                lesson = self._script.lesson(course, starts_at, Fate.USUAL, course.teacher)
            busy.append(lesson)
            yield lesson

    def _lesson(self, course: Course, starts_at: datetime) -> Lesson:
        fate = self._fate(course)
        giver = self._substitute(course) if fate is Fate.SUBSTITUTED else course.teacher
        lesson = self._script.lesson(course, starts_at, fate, giver)
        return self._script.with_devices(lesson) if fate is Fate.DEVICES else lesson

    def _fate(self, course: Course) -> Fate:
        """Whatever has not come up yet; then as chance will have it."""
        for fate in list(self._first):
            if _can_be(fate, course):
                self._first.remove(fate)
                return fate
        if self._chance.randrange(10) < _USUAL_OF_TEN:
            return Fate.USUAL
        fate = self._chance.choice(list(Fate))
        return fate if _can_be(fate, course) else Fate.USUAL

    def _substitute(self, course: Course) -> Teacher:
        """One whose name is plain enough to be found among the buttons."""
        plain = [one for one in self._teachers if one.name.replace(" ", "").isalpha()]
        others = [one for one in plain if one is not course.teacher]
        return self._chance.choice([one for one in others if one.plan == LICENSED] or others)


def _can_be(fate: Fate, course: Course) -> bool:
    is_series = len(course.starts) > 1
    match fate:
        case Fate.CUT:
            return course.teacher.plan != LICENSED and course.length >= timedelta(minutes=45)
        case Fate.AWAY | Fate.APART:
            return course.teacher.plan == LICENSED
        case Fate.SHIFTED | Fate.SUBSTITUTED | Fate.CANCELLED_EARLY | Fate.CANCELLED_LATE:
            return is_series and "Sat,Sun" not in course.line
        case _:
            return True


def _collide(one: Lesson, other: Lesson) -> bool:
    """Whether somebody would have to be host in two meetings at once, or nearly."""
    if one.giver is not other.giver:
        return False
    since, until = _span(one)
    other_since, other_until = _span(other)
    return since < other_until and other_since < until


def _span(lesson: Lesson) -> tuple[datetime, datetime]:
    moments = [lesson.starts_at, lesson.ends_at]
    moments += [at for one in lesson.sittings for at in (one.opened_at, one.ended_at)]
    margin = timedelta(minutes=10)
    return min(moments) - margin, max(moments) + margin


def _spells(lessons: Sequence[Lesson]) -> list[Spell]:
    """Trouble in the middle of lessons, now of one kind and now of another, never two at once."""
    found = list(_long_outages(lessons))
    held = [one for one in lessons if one.sittings]
    kinds = cycle(_TROUBLES)
    for lesson in held[3::5]:
        since = lesson.sittings[0].opened_at + timedelta(minutes=7)
        spell = Spell(Trouble.OUTAGE, since, since + timedelta(minutes=25))
        if _is_quiet(spell, lessons, found):
            found.append(replace(spell, trouble=next(kinds)))
    return sorted(found, key=lambda one: one.since)


def _long_outages(lessons: Sequence[Lesson]) -> Iterator[Spell]:
    """What is missed then, only those can know afterwards who can ask Zoom."""
    unknowable = [_span(one) for one in lessons if not one.giver.is_reported]
    candidates = [
        Spell(Trouble.LONG_OUTAGE, since, since + _LONG)
        for one in lessons
        if one.giver.is_reported and one.sittings
        for since in [one.sittings[0].opened_at + timedelta(minutes=5)]
    ]
    fitting = [
        spell
        for spell in candidates
        if _is_quiet(spell, lessons, ())
        and not any(
            since - _RETRIES < spell.until and spell.since < until + _RETRIES
            for since, until in unknowable
        )
    ]
    yield from fitting[:1]


def _is_quiet(spell: Spell, lessons: Sequence[Lesson], others: Sequence[Spell]) -> bool:
    """Whether nobody wants anything of the bot, and all is well otherwise, before and after."""
    since, until = spell.since - _QUIET, spell.until + _QUIET
    is_wanted = any(since < one.told_at < until for one in lessons if one.told_at)
    return not is_wanted and not any(one.since < until and since < one.until for one in others)


def without_trouble(month: Month) -> Month:
    """The same month on a good line."""
    return replace(month, spells=[])
