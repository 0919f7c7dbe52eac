"""A lesson's timeline as plain data: the teacher, each student, what was inferred, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.speech import Say
from bot.views.timeline_picture import (
    MOST_STUDENTS,
    NoEvents,
    Stretch,
    Tick,
    Timeline,
    TimelineRow,
    TimelineWords,
    tick_times,
)
from school.intervals import Span, common, length, union
from school.text import Text
from services.hours import OpenedLesson
from storage.stays import PersonRow


def timeline(say: Say, one: OpenedLesson) -> Timeline:
    """What bot.views.timeline_picture draws, in the reader's language and the course's zone."""
    teachers = [person for person in one.people if person.presence.is_teacher]
    students = [person for person in one.people if not person.presence.is_teacher]
    taught = common(_runs(teachers), _runs(students))
    more = len(students) - MOST_STUDENTS
    return Timeline(
        title=say.label(
            "{topic}, {day}",
            topic=one.topic or say.label("A class"),
            day=one.planned.starts_at.astimezone(one.zone).date(),
        ),
        planned=Stretch(one.planned.starts_at, one.planned.ends_at),
        taught=_taught(say, taught),
        teacher=_row(say, one.teacher_name, teachers, 0),
        students=tuple(
            _row(say, person.presence.name, [person], number)
            for number, person in enumerate(students[:MOST_STUDENTS], start=1)
        ),
        no_events=tuple(_gap(say, one, span) for span in one.gaps),
        ticks=tuple(
            Tick(at, say.clock_time(at, one.zone)) for at in tick_times(*_whole(one), one.zone)
        ),
        words=_words(say, one),
        more=_more(say, more) if more > 0 else "",
        is_rtl=say.is_rtl,
    )


def _more(say: Say, count: int) -> str:
    return say.plain(Text("and {count} more", plural="and {count} more", count=count))


def _runs(people: Iterable[PersonRow]) -> list[Span]:
    return union((stay.joined_at, stay.left_at) for person in people for stay in person.stays)


def _taught(say: Say, spans: Sequence[Span]) -> TimelineRow:
    name = say.label("Taught")
    stretches = tuple(Stretch(begin, end) for begin, end in spans)
    return TimelineRow(name, name, stretches, say.plain(length(spans)))


def _row(say: Say, name: str | None, people: Sequence[PersonRow], number: int) -> TimelineRow:
    stretches = tuple(
        Stretch(stay.joined_at, stay.left_at, stay.inferred_join or stay.inferred_leave)
        for person in people
        for stay in person.stays
    )
    otherwise = say.label("Student {number}", number=number) if number else say.label("Teacher")
    return TimelineRow(name or otherwise, otherwise, stretches, say.plain(length(_runs(people))))


def _gap(say: Say, one: OpenedLesson, span: Span) -> NoEvents:
    words = say.label(
        "no reports {from_}–{until}",
        from_=say.clock_time(span[0], one.zone),
        until=say.clock_time(span[1], one.zone),
    )
    return NoEvents(span[0], span[1], words)


def _whole(one: OpenedLesson) -> tuple[datetime, datetime]:
    """From the first to the last moment that is drawn."""
    spans = [(one.planned.starts_at, one.planned.ends_at), *_runs(one.people), *one.gaps]
    return min(begin for begin, _ in spans), max(end for _, end in spans)


def _words(say: Say, one: OpenedLesson) -> TimelineWords:
    return TimelineWords(
        planned=say.label("planned"),
        taught=say.label("taught"),
        present=say.label("present"),
        inferred=say.label("not reported by Zoom, filled in"),
        no_events=say.label("no reports"),
        axis=say.label("Times of {place}", place=say.city(one.zone)),
    )
