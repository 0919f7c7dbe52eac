"""Asking Zoom about a lesson that its events may not have told all about.

What is stored when it answers stands in place of the events, and the lesson is folded anew. As
often as needed, at growing pauses, for a day; every step is safe to repeat.
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from school.answers import Answer, AnsweredStay
from school.errors import NotConnected, Reconnect, SchoolError
from school.facts import Participant
from school.holding import lesson_of_start
from school.model import LessonState, PostKind
from services.askable import ask_without_end, may_be_asked, told_by
from services.folding import refold
from services.office import Office
from services.zoom_access import client_for
from storage import answers, asking, courses, instances, meetings, outages, posts
from storage.attendance import outcome_of
from storage.courses import Lesson
from storage.database import Transaction
from storage.instances import LessonPlace, instance_index
from zoom.client import ZoomClient
from zoom.errors import (
    InvalidGrant,
    NotAllowed,
    NotFound,
    PaidOnly,
    ScopeMissing,
    TokenRejected,
    ZoomError,
)
from zoom.models import PastInstance, PastParticipant

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=15)
_TRIES = 100  # for a day
_NOT_HELD_AFTER = timedelta(hours=1)
_ALL_LISTED_AFTER = timedelta(minutes=30)
_IN_VAIN = (
    *(NotConnected, Reconnect),
    *(InvalidGrant, NotAllowed, PaidOnly, ScopeMissing, TokenRejected),
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be asked about one lesson: each meeting with whose account it is on."""

    lesson: Lesson
    meetings: tuple[tuple[int, int], ...]  # host, Zoom's number
    places: tuple[LessonPlace, ...]  # the lessons that an instance can be of


async def ask_due(office: Office) -> int:
    """Ask about every lesson whose time for it has come; how many there were."""
    async with office.database.reading() as tx:
        without_end = await ask_without_end(tx)
        due = await asking.due(tx)
    if without_end:
        async with office.database.writing() as tx:
            for lesson_id in without_end:
                await asking.ask_at(tx, lesson_id, tx.now)
    for lesson_id in {*due, *without_end}:
        await _ask_or_log(office, lesson_id)
    return len(due) + len(without_end)


async def _ask_or_log(office: Office, lesson_id: int) -> None:
    """One that fails is asked about later; the others are not kept waiting."""
    try:
        await _ask(office, lesson_id)
    except (SchoolError, ZoomError) as error:
        _log.info("Zoom was not asked about lesson %d: %s", lesson_id, type(error).__name__)
    except Exception:  # noqa: BLE001  whatever it was, the others must be asked about
        _log.exception("Zoom could not be asked about lesson %d", lesson_id)


async def _ask(office: Office, lesson_id: int) -> None:
    errand = await _taken(office, lesson_id)
    if errand is None:
        return
    if not errand.meetings:
        await _give_up(office, lesson_id)
        return
    try:
        told = [one for way in errand.meetings for one in await _told(office, errand, *way)]
    except _IN_VAIN as error:
        _log.warning("Zoom will not tell of lesson %d: %s", lesson_id, type(error).__name__)
        await _give_up(office, lesson_id)
        return
    if await _keep(office, errand.lesson, told):
        while not await refold(office, lesson_id, ()):
            continue
    await _conclude(office, errand.lesson)


async def _taken(office: Office, lesson_id: int) -> _Errand | None:
    """None if it is no longer to be asked about, or somebody else does."""
    async with office.database.writing() as tx:
        attempts = await asking.attempts_of(tx, lesson_id)
        lesson = await courses.find_lesson(tx, lesson_id)
        if attempts is None or lesson is None:
            return None
        pause = min(_FIRST_PAUSE * 2 ** min(attempts, 10), _LONGEST_PAUSE)
        if not await asking.begin(tx, lesson_id, tx.now + pause):
            return None
        stand_since = tx.now - office.profile.retention.figures_stand_after
        # Figures that stand are not worked out anew: soon the events are forgotten.
        is_hopeless = attempts >= _TRIES or lesson.planned.starts_at <= stand_since
        ways = () if is_hopeless else await _ways_to_ask(tx, lesson)
        places = {
            place.lesson_id: place
            for _, number in ways
            for place in await instances.lessons_of_meeting(tx, number)
        }
        return _Errand(lesson, ways, tuple(places.values()))


async def _ways_to_ask(tx: Transaction, lesson: Lesson) -> tuple[tuple[int, int], ...]:
    """The lesson's own meeting, and others of its course that it was heard of from."""
    heard_of = await asking.meetings_heard_of(tx, lesson.id)
    return tuple(
        [
            (one.host_id, one.meeting_id)
            for one in await meetings.meetings_of_course(tx, lesson.course_id)
            if one.meeting_id is not None
            if one.id == lesson.meeting_row or one.meeting_id in heard_of
            if await may_be_asked(tx, one.host_id)
        ]
    )


async def _told(office: Office, errand: _Errand, host_id: int, meeting_id: int) -> list[Answer]:
    """What Zoom tells of the instances that are the lesson's and not yet known from it."""
    client = await client_for(office, host_id)
    try:
        listed = await client.past_instances(meeting_id)
    except NotFound:  # never held, or not known yet
        return []
    told = []
    for instance in await _own(office, errand, listed):
        with suppress(NotFound):  # not known yet
            if answer := await _answer(client, instance):
                told.append(answer)
    return told


async def _own(
    office: Office, errand: _Errand, listed: Iterable[PastInstance]
) -> list[PastInstance]:
    async with office.database.reading() as tx:
        answered = await asking.answered_of(tx, errand.lesson.id)
        return [
            one
            for one in listed
            if instance_index(tx, one.uuid) not in answered
            if await _lesson_of(tx, errand, one) == errand.lesson.id
        ]


async def _lesson_of(tx: Transaction, errand: _Errand, instance: PastInstance) -> int | None:
    """As with events: what is known stays so, else the lesson planned nearest."""
    nearest = lesson_of_start(instance.started_at, errand.places)
    if nearest is None:
        return None
    return await instances.lesson_of_instance(tx, instance.uuid) or nearest.lesson_id


async def _answer(client: ZoomClient, instance: PastInstance) -> Answer | None:
    """None while Zoom lists nobody: without somebody in it, there was no meeting."""
    meeting = await client.past_meeting(instance.uuid)
    stays = [
        _stay(one)
        async for one in client.past_participants(instance.uuid)
        if not one.in_waiting_room
    ]
    if not stays:
        return None
    return Answer(
        instance.uuid, meeting.host_id, meeting.started_at, meeting.ended_at, tuple(stays)
    )


def _stay(line: PastParticipant) -> AnsweredStay:
    who = Participant(
        display_name=line.name,
        user_id=line.connection_id,
        zoom_user_id=line.zoom_user_id,
        registrant_id=line.registrant_id,
        email=line.email,
    )
    return AnsweredStay(who, line.joined_at, max(line.joined_at, line.left_at))


async def _keep(office: Office, lesson: Lesson, told: Sequence[Answer]) -> bool:
    """Whether there is anything new; nothing is, once the lesson's teacher was erased meanwhile."""
    if not told:
        return False
    async with office.database.writing() as tx:
        if await asking.attempts_of(tx, lesson.id) is None:
            return False
        for answer in told:
            known = await instances.lesson_of_instance(tx, answer.meeting_uuid)
            if known is None:
                await instances.remember_instance(tx, answer.meeting_uuid, lesson.id)
            if known in {None, lesson.id}:
                await answers.keep_answer(tx, lesson.id, answer)
    return True


async def _conclude(office: Office, asked: Lesson) -> None:
    """Zoom has told all that there was, or is asked again at the time set when it was asked."""
    async with office.database.writing() as tx:
        lesson = await courses.find_lesson(tx, asked.id)
        assert lesson is not None, "whoever is asked about it keeps it"
        known = await asking.instances_of(tx, lesson.id)
        if known - await asking.answered_of(tx, lesson.id):
            return
        outcome = await outcome_of(tx, lesson.id)
        over_at = max(lesson.planned.ends_at, outcome.ended_at or lesson.planned.ends_at)
        if not known:
            all_told_at = over_at + _NOT_HELD_AFTER
        elif await outages.gaps_in(tx, (lesson.planned.starts_at, over_at)):
            all_told_at = over_at + _ALL_LISTED_AFTER  # another instance may be listed later
        else:
            all_told_at = tx.now
        if tx.now < all_told_at:
            await asking.put_off(tx, lesson.id, min(all_told_at, tx.now + _LONGEST_PAUSE))
            return
        await asking.settle(tx, lesson.id)
        await posts.bump(tx, lesson.id, (PostKind.SUMMARY,))
    office.bell.posts.ring()


async def _give_up(office: Office, lesson_id: int) -> None:
    """Zoom cannot be asked, or never told: what was not heard stays unknown, and its teacher reads.

    Of a lesson that nothing is known of, that is said once Zoom can have repeated nothing more.
    """
    async with office.database.writing() as tx:
        lesson = await courses.find_lesson(tx, lesson_id)
        if lesson is None:
            return
        if lesson.is_open and tx.now < told_by(lesson):
            await asking.put_off(tx, lesson_id, told_by(lesson))
            return
        await asking.ask_no_more(tx, lesson_id)
        if lesson.state is LessonState.SCHEDULED:
            await _want_question(tx, lesson)
        else:
            await outages.mark_unheard(tx, lesson_id)
            await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))
    office.bell.posts.ring()


async def _want_question(tx: Transaction, lesson: Lesson) -> None:
    """Whether it was held, only its teacher knows; the summary has its place in the same post."""
    if not await outages.gaps_of(tx, lesson.id):
        return
    chat_id = await posts.chat_of_teacher(tx, lesson)
    if chat_id is not None:
        await posts.want(tx, PostKind.SUMMARY, lesson.id, chat_id)
        await posts.bump(tx, lesson.id, (PostKind.SUMMARY,))
