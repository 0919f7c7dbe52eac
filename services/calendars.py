"""What calendar files have in them: one class, a chat's classes, a teacher's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from school.model import LessonState, Planned
from services.calendar_links import CalendarKind, calendar_of_token
from services.office import Office
from services.scenes import join_url_of, shown_name
from storage import calendars, chats, people
from storage.calendars import ListedLesson
from storage.database import Transaction

_PAST = timedelta(days=30)  # how far back the calendar of a chat goes


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A class in a calendar; `uid` and `sequence` as RFC 5545 means them.

    Topic and teacher are None once erased, `join_url` where there is nothing to join.
    """

    uid: str
    sequence: int
    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    join_url: str | None = field(repr=False)
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What one address leads to; `name` and `language` are None where the school's are to do."""

    kind: CalendarKind
    name: str | None
    language: str | None
    entries: tuple[CalendarEntry, ...]

    @property
    def is_feed(self) -> bool:
        """It is asked for again and again; a single class is opened once."""
        return self.kind is not CalendarKind.LESSON


async def calendar_file(office: Office, token: str) -> CalendarFile | None:
    """What an address leads to now; None if it is not one of ours, or leads nowhere any more."""
    of = calendar_of_token(office.database.vault, token)
    if of is None:
        return None
    async with office.database.reading() as tx:
        match of.kind:
            case CalendarKind.LESSON:
                return await _of_lesson(tx, office, of.id)
            case CalendarKind.CHAT:
                return await _of_chat(tx, office, of.id)
            case CalendarKind.TEACHER:
                return await _of_teacher(tx, office, of.id)


async def _of_lesson(tx: Transaction, office: Office, lesson_id: int) -> CalendarFile | None:
    """Moved or cancelled, it is there too: so the file, opened again, corrects the calendar."""
    entries = await _entries(tx, office, await calendars.listed(tx, lesson_id))
    if not entries:
        return None
    return CalendarFile(CalendarKind.LESSON, entries[0].topic, None, entries)


async def _of_chat(tx: Transaction, office: Office, chat_id: int) -> CalendarFile | None:
    chat = await chats.find_chat(tx, chat_id)
    if chat is None or not chat.is_linked:
        return None
    student = await people.find_person(tx, chat.id) if chat.kind == "private" else None
    language = chat.language or (student.language if student else None)
    listed = await calendars.listed_in_chat(tx, chat.id, tx.now - _PAST)
    entries = await _entries(tx, office, listed)
    return CalendarFile(CalendarKind.CHAT, chat.title, language, entries)


async def _of_teacher(tx: Transaction, office: Office, person_id: int) -> CalendarFile | None:
    teacher = await people.get_person(tx, person_id)
    if not teacher.is_teacher:
        return None
    listed = await calendars.listed_of_teacher(tx, teacher.id)
    entries = await _entries(tx, office, listed)
    return CalendarFile(CalendarKind.TEACHER, shown_name(teacher), teacher.language, entries)


async def _entries(
    tx: Transaction, office: Office, listed: Sequence[ListedLesson]
) -> tuple[CalendarEntry, ...]:
    host = urlsplit(office.profile.public_url).hostname or "localhost"
    teacher_ids = {one.lesson.teacher_id for one in listed}
    names = {each: shown_name(await people.get_person(tx, each)) for each in teacher_ids}
    return tuple(_entry(one, names[one.lesson.teacher_id], host) for one in listed)


def _entry(listed: ListedLesson, teacher_name: str | None, host: str) -> CalendarEntry:
    lesson = listed.lesson
    is_cancelled = lesson.state is LessonState.CANCELLED
    return CalendarEntry(
        uid=f"lesson-{lesson.id:x}@{host}",
        sequence=lesson.sequence,
        topic=listed.course.topic,
        teacher_name=teacher_name,
        planned=lesson.planned,
        zone=listed.course.zone,
        join_url=None if is_cancelled else join_url_of(lesson, listed.meeting),
        is_cancelled=is_cancelled,
    )
