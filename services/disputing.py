"""Something is wrong with a lesson's figures: its teacher says so, an admin decides.

What was found is never changed: a decision adds a correction, and every figure is worked out anew
from what was found and what was corrected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.corrections import DisputeKind, DisputeState, WhyNothing
from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import LessonState, Planned, PostKind
from school.names import clean_name
from school.pay import CalledOffBy
from school.when import length_and_words
from services import nothing_taught
from services.correcting import WhyAsked
from services.office import Office
from services.people import Caller, Teacher, require_admin
from services.questions import asked_in_vain
from services.retention import FORMS_KEPT
from storage import (
    chats,
    corrections,
    courses,
    disputes,
    forms,
    people,
    post_states,
    posts,
    questions,
)
from storage.attendance import Outcome, outcome_of
from storage.audit import note
from storage.corrections import Corrected
from storage.courses import Lesson
from storage.database import Transaction
from storage.disputes import Dispute

OPEN_FOR = timedelta(hours=48)
"""How long after its summary a lesson can be disputed."""

_LONGEST_WORDS = 500
_OWN_WORDS, _ADMINS_WORDS, _WHY = "dispute.words", "dispute.answer", "dispute.why"


@dataclass(frozen=True, slots=True)
class Disputable:
    """A lesson that its teacher may say something about, and what they can say."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    kinds: tuple[DisputeKind, ...]


@dataclass(frozen=True, slots=True)
class WordsAsked:
    """The teacher, or the admin, is to type something; `kind` says about what."""

    kind: DisputeKind
    planned: Planned


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    """An admin is to type minutes and a reason, or only a reason."""

    state: DisputeState
    claimed: timedelta


@dataclass(frozen=True, slots=True)
class Raised:
    """The admins have it now."""

    dispute: Dispute


async def ask(office: Office, teacher: Teacher, lesson_id: int) -> Disputable:
    """What the teacher can say about a lesson. Raises NotAllowed, or Outdated after 48 hours."""
    async with office.database.reading() as tx:
        lesson = await _disputable(tx, teacher, lesson_id)
        course = await courses.get_course(tx, lesson.course_id)
        return Disputable(lesson_id, course.topic, lesson.planned, course.zone, _kinds(lesson))


async def choose(
    office: Office, teacher: Teacher, lesson_id: int, kind: DisputeKind, request_key: str
) -> Raised | WordsAsked:
    """Say what is wrong; where that needs words of the teacher's own, they are asked for."""
    async with office.database.writing() as tx:
        lesson = await _disputable(tx, teacher, lesson_id)
        if kind not in _kinds(lesson):
            raise Outdated("This is not a question for this class any more.")
        if kind in {DisputeKind.LENGTH, DisputeKind.OTHER}:
            await questions.ask(
                tx,
                teacher.person_id,
                request_key,
                _OWN_WORDS,
                lesson=str(lesson_id),
                kind=kind,
            )
            return WordsAsked(kind, lesson.planned)
        claimed = lesson.planned.length if kind is DisputeKind.CONNECTION else None
        raised = await _raise(
            tx, office, teacher, lesson, kind, claimed=claimed, words=None, key=request_key
        )
    office.bell.posts.ring()
    return raised


async def typed(office: Office, teacher: Teacher, text: str, request_key: str) -> Raised | None:
    """What the teacher typed, if words about a lesson were asked for; None if not."""
    async with asked_in_vain(office, teacher.person_id):
        return await _typed(office, teacher, text, request_key)


async def _typed(office: Office, teacher: Teacher, text: str, request_key: str) -> Raised | None:
    async with office.database.writing() as tx:
        asked = await questions.asked_last(tx, teacher.person_id, tx.now - FORMS_KEPT, _OWN_WORDS)
        if asked is None:
            return None
        lesson = await _disputable(tx, teacher, int(asked.said.data["lesson"]))
        kind, words = DisputeKind(asked.said.data["kind"]), clean_name(text)[:_LONGEST_WORDS]
        claimed = None
        if kind is DisputeKind.LENGTH:
            claimed, words = length_and_words(text)
            words = words[:_LONGEST_WORDS]
        raised = await _raise(
            tx, office, teacher, lesson, kind, claimed=claimed, words=words, key=request_key
        )
        await forms.forget(tx, asked.id)
    office.bell.posts.ring()
    return raised


async def accept(office: Office, caller: Caller, dispute_id: int, request_key: str) -> None:
    """As the teacher says."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        dispute = await _undecided(tx, dispute_id)
        said = _as_claimed(dispute)
        if said is None:
            raise NotUnderstood("This one says no figure: press Other minutes, or Decline.")
        await _decided(tx, dispute, DisputeState.ACCEPTED, said, by=admin_id, key=request_key)
    office.bell.posts.ring()


async def begin_answer(
    office: Office, caller: Caller, dispute_id: int, state: DisputeState, request_key: str
) -> AnswerAsked:
    """The admin is to type other minutes and why (`CHANGED`), or why not (`DECLINED`)."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        dispute = await _undecided(tx, dispute_id)
        await questions.ask(
            tx, admin_id, request_key, _ADMINS_WORDS, dispute=str(dispute_id), state=state
        )
        lesson = await _lesson(tx, dispute.lesson_id)
    return AnswerAsked(state, dispute.claimed or lesson.planned.length)


async def answer(office: Office, caller: Caller, text: str, request_key: str) -> bool | WhyAsked:
    """What the admin typed, if an answer to a dispute was asked for."""
    admin_id = require_admin(office, caller)
    async with asked_in_vain(office, admin_id):
        return await _answered(office, admin_id, text, request_key)


async def _answered(office: Office, admin_id: int, text: str, request_key: str) -> bool | WhyAsked:
    async with office.database.writing() as tx:
        asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, _ADMINS_WORDS)
        if asked is None:
            return False
        dispute = await _undecided(tx, int(asked.said.data["dispute"]))
        state, said = DisputeState(asked.said.data["state"]), None
        words = clean_name(text)[:_LONGEST_WORDS]
        if state is DisputeState.CHANGED:
            length, words = length_and_words(text)
            words = words[:_LONGEST_WORDS]
            lesson = await _lesson(tx, dispute.lesson_id)
            if words and await nothing_taught.needs_why(tx, lesson, length):
                await nothing_taught.ask(tx, admin_id, request_key, _WHY, lesson, words)
                return WhyAsked(lesson.id)
            # All of them: whichever the pay goes by, it is to be what the admin says.
            said = Corrected(taught=length, teacher_present=length, actual=length)
        if not words:
            raise NotUnderstood("A reason belongs to it: the teacher reads it. Type it once more.")
        await _decided(tx, dispute, state, said, by=admin_id, key=request_key, answer=words)
        await forms.forget(tx, asked.id)
    office.bell.posts.ring()
    return True


async def say_why(
    office: Office, caller: Caller, lesson_id: int, why: WhyNothing, request_key: str
) -> bool:
    """Why nothing was taught, if that was asked of an answer to a dispute."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        reason = await nothing_taught.asked_of(tx, admin_id, _WHY, lesson_id)
        if reason is None:
            return False
        dispute = await disputes.latest_dispute(tx, lesson_id)
        if dispute is None or not dispute.is_open:
            raise Outdated("This was decided already.")
        said = await nothing_taught.said(tx, await _lesson(tx, lesson_id), why)
        state = DisputeState.CHANGED
        await _decided(tx, dispute, state, said, by=admin_id, key=request_key, answer=reason)
    office.bell.posts.ring()
    return True


def _kinds(lesson: Lesson) -> tuple[DisputeKind, ...]:
    if lesson.state is LessonState.CANCELLED:
        return (DisputeKind.CALLED_OFF, DisputeKind.OTHER)
    return (DisputeKind.CONNECTION, DisputeKind.LENGTH, DisputeKind.OTHER)


async def _disputable(tx: Transaction, teacher: Teacher, lesson_id: int) -> Lesson:
    lesson = await courses.find_lesson(tx, lesson_id)
    if lesson is None or lesson.given_by != teacher.person_id:
        raise NotAllowed("Only the teacher of this class can do this.")
    found = await outcome_of(tx, lesson_id)
    over_at = await _over_at(tx, teacher, lesson, found)
    if over_at is None or over_at > tx.now:
        raise Outdated("This class is not over yet.")
    if over_at + OPEN_FOR < tx.now:
        raise Outdated(
            "This was possible for {length} after the class. Ask your admin: they can still "
            "correct it.",
            length=OPEN_FOR,
        )
    return lesson


async def _over_at(
    tx: Transaction, teacher: Teacher, lesson: Lesson, found: Outcome
) -> datetime | None:
    """Since when its teacher knows what it came to; None while it is on."""
    if lesson.state is LessonState.CANCELLED and lesson.cancelled_at is not None:
        return lesson.cancelled_at
    if lesson.state is LessonState.LIVE:
        return None
    told_at = await post_states.wanted_since(
        tx, PostKind.SUMMARY, lesson.id, teacher.telegram_user_id
    )
    over_at = found.ended_at or lesson.planned.ends_at
    return max(over_at, told_at) if told_at else over_at


async def _raise(
    tx: Transaction,
    office: Office,
    teacher: Teacher,
    lesson: Lesson,
    kind: DisputeKind,
    *,
    claimed: timedelta | None,
    words: str | None,
    key: str,
) -> Raised:
    before = await disputes.latest_dispute(tx, lesson.id)
    if before is not None and before.is_open:
        raise Outdated("Your admins have this class on their desk already.")
    made = await disputes.add_dispute(
        tx, lesson.id, teacher.person_id, kind, words=words, claimed=claimed, request_key=key
    )
    for admin in sorted(office.profile.admin_ids):
        if await chats.find_chat(tx, admin) is None:
            await chats.remember_chat(tx, admin, "private")
        await posts.send_anew(tx, PostKind.DISPUTE, lesson.id, admin)
    person = await people.get_person(tx, teacher.person_id)
    await note(tx, person.pseudonym, "disputed a class", str(lesson.id))
    return Raised(made)


async def _undecided(tx: Transaction, dispute_id: int) -> Dispute:
    dispute = await disputes.find_dispute(tx, dispute_id)
    if dispute is None or not dispute.is_open:
        raise Outdated("This was decided already.")
    return dispute


def _as_claimed(dispute: Dispute) -> Corrected | None:
    if dispute.kind is DisputeKind.CALLED_OFF:
        return Corrected(called_off_by=CalledOffBy.STUDENTS)
    return Corrected(taught=dispute.claimed) if dispute.claimed is not None else None


async def _decided(
    tx: Transaction,
    dispute: Dispute,
    state: DisputeState,
    said: Corrected | None,
    *,
    by: int,
    key: str,
    answer: str | None = None,
) -> None:
    """The correction, and everybody concerned told; the admins see it where they saw the rest."""
    await disputes.decide(tx, dispute.id, state, by=by, answer=answer)
    if said is not None:
        await corrections.add_correction(
            tx,
            dispute.lesson_id,
            said,
            by=by,
            reason=answer,
            request_key=key,
            dispute_id=dispute.id,
        )
    teacher = await people.get_person(tx, dispute.person_id)
    if teacher.telegram_user_id is not None:
        await posts.send_anew(tx, PostKind.VERDICT, dispute.lesson_id, teacher.telegram_user_id)
    shown = (PostKind.DISPUTE, PostKind.SUMMARY, PostKind.CARD, PostKind.ANSWER)
    await posts.bump(tx, dispute.lesson_id, shown)
    admin = await people.get_person(tx, by)
    await note(tx, admin.pseudonym, f"{state} a dispute", str(dispute.lesson_id))


async def _lesson(tx: Transaction, lesson_id: int) -> Lesson:
    lesson = await courses.find_lesson(tx, lesson_id)
    assert lesson is not None, "a dispute's lesson stays"
    return lesson
