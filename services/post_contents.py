"""What a post has to say at this moment, as plain data for the views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.model import LessonState, Planned, PostKind
from services.office import Office
from services.posts import Trouble
from services.settling import Problem
from storage import attendance, courses, people, posts, zoom_accounts
from storage.attendance import Outcome, PresenceRow
from storage.claims import Claim
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.posts import PostState
from zoom.models import BASIC_PLAN

_BASIC_PLAN_LENGTH = timedelta(minutes=40)


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A class in its group. Topic and teacher are None once erased."""

    topic: str | None
    teacher_name: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState
    here_now: int
    lasted: timedelta | None
    student_count: int
    join_url: str | None


@dataclass(frozen=True, slots=True)
class CancelledNotice:
    """A class is off: a fresh message to the group."""

    topic: str | None
    planned: Planned
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Delivery:
    """A group that the class is announced in."""

    group: str
    is_shown: bool
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """A class for its teacher; `problem` is what keeps it from being settled with Zoom."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    state: LessonState
    deliveries: tuple[Delivery, ...]
    here_now: int
    lasted: timedelta | None
    problem: Problem | None
    next_try_at: datetime | None
    zoom_email: str | None
    plan_limit: timedelta | None  # where the class is planned to be longer than that


@dataclass(frozen=True, slots=True)
class Summary:
    """How a class was, for its teacher. Students come longest first."""

    lesson_id: int
    topic: str | None
    planned: Planned
    zone: ZoneInfo
    outcome: Outcome
    students: tuple[PresenceRow, ...]
    is_teacher_inferred: bool


Contents = ClassCard | CancelledNotice | AnswerCard | Summary


@dataclass(frozen=True, slots=True)
class Showing:
    """What a claimed post is to show: `contents` None if nothing is left to say."""

    contents: Contents | None
    language: str | None  # the reader's own; None where the school's is spoken


async def showings(office: Office, claims: Sequence[Claim]) -> tuple[Showing, ...]:
    """The present state of each, all of one moment. What many groups share is read once."""
    known: dict[tuple[int, PostKind, bool], Showing] = {}
    async with office.database.reading() as tx:
        for claim in claims:
            key = _what(claim)
            if key not in known:
                known[key] = await _showing(tx, claim)
    return tuple(known[_what(claim)] for claim in claims)


def _what(claim: Claim) -> tuple[int, PostKind, bool]:
    """What the contents depend on."""
    return claim.lesson_id, claim.kind, claim.message_id is None


async def _showing(tx: Transaction, claim: Claim) -> Showing:
    lesson = await courses.find_lesson(tx, claim.lesson_id)
    assert lesson is not None, "a post's lesson stays"
    course = await courses.find_course(tx, lesson.course_id)
    assert course is not None, "a lesson's course stays"
    contents = await _contents(tx, claim, lesson, course)
    if claim.kind in {PostKind.CARD, PostKind.CANCELLED}:
        return Showing(contents, language=None)
    teacher = await people.get_person(tx, lesson.teacher_id)
    return Showing(contents, teacher.language)


async def _contents(
    tx: Transaction, claim: Claim, lesson: Lesson, course: Course
) -> Contents | None:
    outcome = await attendance.outcome_of(tx, lesson.id)
    match claim.kind:
        case PostKind.CARD:
            is_over = lesson.state in {LessonState.ENDED, LessonState.CANCELLED}
            if is_over and claim.message_id is None:
                return None  # it would announce what is past
            return await _card(tx, lesson, course, outcome)
        case PostKind.CANCELLED:
            return CancelledNotice(course.topic, lesson.planned, course.zone)
        case PostKind.ANSWER:
            return await _answer(tx, lesson, course, outcome)
        case PostKind.SUMMARY:
            if lesson.state is not LessonState.ENDED:
                return None
            return await _summary(tx, lesson, course, outcome)


async def _card(tx: Transaction, lesson: Lesson, course: Course, outcome: Outcome) -> ClassCard:
    teacher = await people.get_person(tx, lesson.teacher_id)
    is_erased = teacher.telegram_user_id is None
    return ClassCard(
        topic=course.topic,
        teacher_name=None if is_erased else teacher.name,
        planned=lesson.planned,
        zone=course.zone,
        state=lesson.state,
        here_now=outcome.here_now,
        lasted=outcome.actual,
        student_count=outcome.student_count,
        join_url=course.join_url,
    )


async def _answer(tx: Transaction, lesson: Lesson, course: Course, outcome: Outcome) -> AnswerCard:
    account = await zoom_accounts.find_account(tx, lesson.teacher_id)
    is_basic = account is not None and account.profile.plan == BASIC_PLAN
    is_long = lesson.planned.length > _BASIC_PLAN_LENGTH
    states = await posts.states(tx, lesson.id, PostKind.CARD)
    return AnswerCard(
        lesson_id=lesson.id,
        topic=course.topic,
        planned=lesson.planned,
        zone=course.zone,
        state=lesson.state,
        deliveries=tuple(_delivery(state) for state in states),
        here_now=outcome.here_now,
        lasted=outcome.actual,
        problem=Problem(course.last_problem) if course.last_problem else None,
        next_try_at=course.next_try_at,
        zoom_email=account.email if account else None,
        plan_limit=_BASIC_PLAN_LENGTH if is_basic and is_long else None,
    )


async def _summary(tx: Transaction, lesson: Lesson, course: Course, outcome: Outcome) -> Summary:
    everybody = await attendance.presences_of(tx, lesson.id)
    return Summary(
        lesson_id=lesson.id,
        topic=course.topic,
        planned=lesson.planned,
        zone=course.zone,
        outcome=outcome,
        students=tuple(one for one in everybody if not one.is_teacher),
        is_teacher_inferred=any(one.is_teacher and one.inferred for one in everybody),
    )


def _delivery(state: PostState) -> Delivery:
    trouble = state.lost_reason or state.problem
    return Delivery(
        group=state.chat_title or "",
        is_shown=state.is_shown,
        trouble=Trouble(trouble) if trouble else None,
    )
