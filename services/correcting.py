"""An admin corrects a lesson unasked: somebody called, or a test was counted as a class."""

from dataclasses import dataclass
from datetime import timedelta

from school.corrections import WhyNothing
from school.errors import NotUnderstood, Outdated
from school.model import LessonState, PostKind
from school.names import clean_name
from school.when import length_and_words
from services import nothing_taught
from services.office import Office
from services.people import Caller, require_admin
from services.questions import asked_in_vain
from services.retention import FORMS_KEPT
from storage import chats, corrections, courses, forms, people, posts, questions
from storage.audit import note
from storage.corrections import Corrected
from storage.courses import Lesson
from storage.database import Transaction

_WORDS, _WHY = "correction.words", "correction.why"
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class WhyAsked:
    """The admin said that nothing was taught in a lesson, and is to press why."""

    lesson_id: int


async def begin(office: Office, caller: Caller, lesson_id: int, request_key: str) -> timedelta:
    """The admin is to type how long was taught, and why; how long was planned."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        lesson = await _over(tx, lesson_id)
        await questions.ask(tx, admin_id, request_key, _WORDS, lesson=str(lesson_id))
    return lesson.planned.length


async def typed(office: Office, caller: Caller, text: str, request_key: str) -> bool | WhyAsked:
    """What the admin typed, if a correction was asked for."""
    admin_id = require_admin(office, caller)
    async with asked_in_vain(office, admin_id):
        return await _typed(office, admin_id, text, request_key)


async def _typed(office: Office, admin_id: int, text: str, request_key: str) -> bool | WhyAsked:
    async with office.database.writing() as tx:
        asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, _WORDS)
        if asked is None:
            return False
        lesson = await _over(tx, int(asked.said.data["lesson"]))
        length, reason = length_and_words(clean_name(text))
        if not reason:
            raise NotUnderstood("A reason belongs to it: the teacher reads it. Type it once more.")
        reason = reason[:_LONGEST_REASON]
        if await nothing_taught.needs_why(tx, lesson, length):
            await nothing_taught.ask(tx, admin_id, request_key, _WHY, lesson, reason)
            return WhyAsked(lesson.id)
        said = Corrected(taught=length, teacher_present=length, actual=length)
        await forms.forget(tx, asked.id)
        await _correct(tx, lesson, said, admin_id, reason, request_key)
    office.bell.posts.ring()
    return True


async def say_why(
    office: Office, caller: Caller, lesson_id: int, why: WhyNothing, request_key: str
) -> bool:
    """Why nothing was taught, if that was asked of a correction."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        reason = await nothing_taught.asked_of(tx, admin_id, _WHY, lesson_id)
        if reason is None:
            return False
        lesson = await _over(tx, lesson_id)
        said = await nothing_taught.said(tx, lesson, why)
        await _correct(tx, lesson, said, admin_id, reason, request_key)
    office.bell.posts.ring()
    return True


async def _correct(
    tx: Transaction, lesson: Lesson, said: Corrected, admin_id: int, reason: str, key: str
) -> None:
    await corrections.add_correction(
        tx, lesson.id, said, by=admin_id, reason=reason, request_key=key
    )
    await _tell(tx, lesson)
    admin = await people.get_person(tx, admin_id)
    await note(tx, admin.pseudonym, "corrected a class", str(lesson.id))


async def _over(tx: Transaction, lesson_id: int) -> Lesson:
    """Raises Outdated for what is still to come, or gone."""
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None:
        raise Outdated("This class is not there any more.")
    is_to_come = lesson.is_open and lesson.planned.ends_at > tx.now
    if lesson.state is LessonState.LIVE or is_to_come:
        raise Outdated("This class is not over yet.")
    return lesson


async def _tell(tx: Transaction, lesson: Lesson) -> None:
    teacher = await people.get_person(tx, lesson.given_by)
    chat_id = teacher.telegram_user_id
    if chat_id is not None:
        if await chats.find_chat(tx, chat_id) is None:
            await chats.remember_chat(tx, chat_id, "private")
        await posts.send_anew(tx, PostKind.CORRECTED, lesson.id, chat_id)
    await posts.bump(tx, lesson.id, (PostKind.SUMMARY, PostKind.CARD, PostKind.ANSWER))
