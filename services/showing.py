"""Finds what posts have to say at this moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.model import LessonState, PostKind
from school.recurrence import Repeat, after
from school.reminders import FREE_LIMIT, SOON
from services import notices
from services.calendar_links import lesson_calendar_url
from services.confirming import as_confirmed, held_or_not, unsure_of
from services.contents_for_students import ClassCard, NoLongerHere, Overtaken
from services.contents_for_teachers import AnswerCard, Delivery, NoLongerYours, SeriesInfo, Summary
from services.dispute_contents import counted
from services.news import NEWS, TOLD, news
from services.office import Office
from services.post_contents import Contents, Showing
from services.posts import Trouble
from services.problems import Problem
from services.scenes import Scene, scene_of, shown_name
from storage import (
    attendance,
    chats,
    courses,
    forms,
    meetings,
    people,
    post_states,
    students,
    zoom_accounts,
)
from storage.change_forms import CHANGE
from storage.chats import Chat
from storage.claims import Claim
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.people import Person
from storage.post_states import PostState
from zoom.models import BASIC_PLAN


async def showings(office: Office, claims: Sequence[Claim]) -> tuple[Showing, ...]:
    """The present state of each, all of one moment. What many groups share is read once."""
    async with office.database.reading() as tx:
        reading = _Reading(tx, office)
        return tuple([await reading.showing(claim) for claim in claims])


_FOR_ADMINS = frozenset({PostKind.ALARM, PostKind.DISPUTE})
_NAMING_STUDENTS = frozenset({PostKind.SUMMARY, PostKind.WAITING})


class _Reading:
    """One look at the database for many posts."""

    def __init__(self, tx: Transaction, office: Office) -> None:
        self._tx = tx
        self._office = office
        self._scenes: dict[int, Scene] = {}
        self._contents: dict[tuple[object, ...], Contents | None] = {}

    async def showing(self, claim: Claim) -> Showing:
        tx = self._tx
        chat = await chats.find_chat(tx, claim.chat_id)
        assert chat is not None, "a post's chat stays"
        reader = await people.find_person(tx, chat.id) if chat.kind == "private" else None
        scene = await self._scene(claim.lesson_id)
        contents = await self._found(claim, scene, chat, reader)
        overtaken = None
        if claim.kind in TOLD and claim.former_message_id is not None:
            if contents is None:  # nothing to send: its former message goes on being the post
                claim = replace(claim, message_id=claim.former_message_id, former_message_id=None)
                contents = await self._found(claim, scene, chat, reader)
            else:
                overtaken = Overtaken(scene.course.topic)
        return Showing(
            claim=claim,
            contents=contents,
            overtaken=overtaken,
            language=chat.language or (reader.language if reader else None),
            clock=reader.clock if reader else None,
        )

    async def _found(
        self, claim: Claim, scene: Scene, chat: Chat, reader: Person | None
    ) -> Contents | None:
        if claim.kind in _FOR_ADMINS and chat.id not in self._office.profile.admin_ids:
            return None  # what it said while they were one is all they learn
        if claim.kind in _NAMING_STUDENTS and reader is not None and not reader.is_teacher:
            return None  # nor does who taught once
        is_announced = chat.id in scene.announced_in
        if claim.kind in TOLD and not is_announced and not _is_called_off(claim, scene):
            return NoLongerHere(scene.course.topic) if claim.message_id is not None else None
        zone = _zone_for(chat, reader, scene)
        # What a teacher reads depends on who they are; what is shown in groups does not.
        key = (
            claim.lesson_id,
            claim.kind,
            claim.message_id is None,
            claim.former_message_id is None,
            claim.about_at,
            zone.key,
            chat.id if reader else 0,
        )
        if key not in self._contents:
            self._contents[key] = await _contents(self._tx, self._office, claim, scene, chat, zone)
        contents = self._contents[key]
        if isinstance(contents, ClassCard):
            return replace(contents, is_announced=is_announced)
        return contents

    async def _scene(self, lesson_id: int) -> Scene:
        if lesson_id not in self._scenes:
            self._scenes[lesson_id] = await scene_of(self._tx, lesson_id)
        return self._scenes[lesson_id]


def _is_called_off(claim: Claim, scene: Scene) -> bool:
    """Whoever was told of the class is told that, also where nothing more is announced."""
    return claim.kind is PostKind.CANCELLED and scene.lesson.state is LessonState.CANCELLED


def _zone_for(chat: Chat, reader: Person | None, scene: Scene) -> ZoneInfo:
    """The zone that times are read in there, where nobody's program shows its own."""
    chosen = chat.zone or (reader.zone if reader else None)
    return ZoneInfo(chosen) if chosen else scene.course.zone


async def _contents(
    tx: Transaction, office: Office, claim: Claim, scene: Scene, chat: Chat, zone: ZoneInfo
) -> Contents | None:
    match claim.kind:
        case PostKind.CARD:
            if claim.message_id is None and _is_over(scene.lesson, tx.now):
                return None  # it would announce what is past
            return await _card(tx, office, scene, zone)
        case PostKind.ANSWER:
            return await _answer_or_none(tx, claim, scene, chat)
        case PostKind.SUMMARY:
            is_over = scene.lesson.state is LessonState.ENDED
            return await (_summary(tx, office, scene) if is_over else held_or_not(tx, scene))
        case kind if kind in NEWS:
            return await news(tx, claim, scene, zone)
        case _:
            return await notices.notice(tx, claim, scene, zone)


def _is_over(lesson: Lesson, now: datetime) -> bool:
    """Also where nobody came, so that it is not known to have ended."""
    is_past = lesson.is_open and lesson.planned.ends_at <= now
    return is_past or lesson.state in {LessonState.ENDED, LessonState.CANCELLED}


async def _card(tx: Transaction, office: Office, scene: Scene, zone: ZoneInfo) -> ClassCard:
    lesson, course = scene.lesson, scene.course
    until_start = lesson.planned.starts_at - tx.now
    return ClassCard(
        topic=course.topic,
        teacher_name=scene.teacher_name,
        planned=lesson.planned,
        zone=zone,
        state=lesson.state,
        starts_soon=timedelta() < until_start <= SOON,
        here_now=scene.outcome.here_now,
        lasted=await _lasted(tx, scene),
        student_count=scene.outcome.student_count,
        join_url=scene.join_url,
        calendar_url=lesson_calendar_url(tx.vault, office.profile, lesson.id),
        repeat=Repeat.from_text(course.repeat) if course.repeat else None,
        is_announced=True,
    )


async def _lasted(tx: Transaction, scene: Scene) -> timedelta | None:
    """How long it counts as, once it is over; None where it was not held."""
    if scene.lesson.state is not LessonState.ENDED:
        return scene.outcome.actual
    return (await counted(tx, scene.lesson.id, scene.outcome)).actual or None


async def _answer_or_none(
    tx: Transaction, claim: Claim, scene: Scene, chat: Chat
) -> AnswerCard | NoLongerYours | None:
    if await _is_under_a_form(tx, claim):  # it comes back when that is done with
        return None
    lesson, course = scene.lesson, scene.course
    owner = await people.get_person(tx, course.teacher_id)
    if chat.id in {scene.teacher.telegram_user_id, owner.telegram_user_id}:
        return await _answer(tx, scene, chat, owner)
    if claim.message_id is None:
        return None
    return NoLongerYours(course.topic, lesson.planned, course.zone)


async def _answer(tx: Transaction, scene: Scene, chat: Chat, owner: Person) -> AnswerCard:
    lesson, course, meeting = scene.lesson, scene.course, scene.meeting
    account = await zoom_accounts.find_account(tx, meeting.host_id)
    is_basic = account is not None and account.profile.plan == BASIC_PLAN
    is_long = lesson.planned.length > FREE_LIMIT
    states = [
        one
        for one in await post_states.states(tx, lesson.id, PostKind.CARD)
        if one.chat_id in scene.announced_in
    ]
    is_given = scene.teacher.telegram_user_id not in {None, chat.id}
    is_for_other = course.teacher_id != lesson.teacher_id and not is_given
    is_pending = meeting.next_try_at is not None or meeting.last_problem is not None
    return AnswerCard(
        lesson_id=lesson.id,
        version=course.version,
        topic=course.topic,
        planned=lesson.planned,
        zone=course.zone,
        state=lesson.state,
        deliveries=tuple(_delivery(state) for state in states),
        here_now=scene.outcome.here_now,
        lasted=await _lasted(tx, scene),
        problem=await _problem(tx, scene),
        next_try_at=meeting.next_try_at,
        zoom_email=account.email if account else None,
        plan_limit=FREE_LIMIT if is_basic and is_long else None,
        is_changing=lesson.is_open and meeting.is_confirmed and is_pending,
        is_gone=lesson.gone_at is not None,
        can_undo=lesson.state is LessonState.CANCELLED and lesson.planned.starts_at > tx.now,
        series=await _series(tx, course),
        given_to=scene.teacher.name if is_given else None,
        given_by=shown_name(owner) if is_for_other else None,
    )


async def _problem(tx: Transaction, scene: Scene) -> Problem | None:
    """What keeps the lesson's meeting from being as planned.

    Of a lesson that is off, only what keeps it from being deleted at Zoom: its meeting may have
    trouble with other lessons.
    """
    lesson, meeting = scene.lesson, scene.meeting
    if meeting.last_problem is None:
        return None
    problem = Problem(meeting.last_problem)
    if lesson.state is not LessonState.CANCELLED or problem is Problem.TOO_LATE:
        return problem
    has_date = meeting.is_discarded or await meetings.has_date(tx, lesson.id, meeting.id)
    return problem if has_date and not meeting.is_deleted else None


async def _is_under_a_form(tx: Transaction, claim: Claim) -> bool:
    """Whether its teacher is just changing the class, in the card's own message."""
    reader = await people.find_person(tx, claim.chat_id)
    if reader is None or claim.message_id is None:
        return False
    return bool(await forms.standing_in(tx, CHANGE, reader.id, claim.message_id))


async def _series(tx: Transaction, course: Course) -> SeriesInfo | None:
    if course.repeat is None or course.anchor_at is None:
        return None
    lessons = [one for one in await courses.lessons_of_course(tx, course.id) if one.slot_at]
    ahead = [one for one in lessons if one.is_open and one.planned.starts_at > tx.now]
    if not lessons:
        return None
    repeat = Repeat.from_text(course.repeat)
    last_slot = max(one.slot_at for one in lessons if one.slot_at)
    more = after(repeat, course.anchor_at, course.zone, last_slot, 1)
    return SeriesInfo(
        repeat=repeat,
        ahead=len(ahead),
        planned_until=max(one.planned.starts_at for one in lessons),
        goes_on=bool(more) and not course.has_ended,
    )


async def _summary(tx: Transaction, office: Office, scene: Scene) -> Summary:
    everybody = await attendance.presences_of(tx, scene.lesson.id)
    now = await counted(tx, scene.lesson.id, scene.outcome)
    there = {one.student_id for one in everybody}
    expected = await students.expected_in(tx, scene.lesson.id)
    came = tuple(one for one in everybody if not one.is_teacher)
    unsure = await unsure_of(tx, scene, came)
    return Summary(
        lesson_id=scene.lesson.id,
        topic=scene.course.topic,
        planned=scene.lesson.planned,
        zone=scene.course.zone,
        outcome=scene.outcome,
        students=as_confirmed(came) if unsure.is_confirmed else came,
        is_teacher_inferred=any(one.is_teacher and one.inferred for one in everybody),
        corrected=now if now.is_corrected else None,
        known_as=await students.names_of(tx, scene.lesson.id),
        absent=tuple(one.name for one in expected if one.id not in there),
        unknown=tuple(one.name or "" for one in everybody if one.is_unknown),
        rules=office.profile.attendance,
        unsure=unsure,
        is_forgotten=await attendance.is_forgotten(tx, scene.lesson.id),
    )


def _delivery(state: PostState) -> Delivery:
    trouble = state.lost_reason or state.problem
    return Delivery(
        group=state.chat_title or "",
        is_shown=state.is_shown,
        trouble=Trouble(trouble) if trouble else None,
    )
