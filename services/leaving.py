"""Leaving the school: what would be deleted, and deleting it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.errors import Outdated
from school.model import LessonState, PostKind
from school.periods import school_day
from services.elsewhere_erasing import take_out_elsewhere
from services.folding import close
from services.office import Office
from services.people import TelegramUser
from services.problems import Problem
from services.retention import forget, kept_until
from services.settling import call_off, settle
from services.student_erasing import take_out_of_reports
from services.substituting import hand_within
from services.zoom_access import revoke
from storage import courses, erasing, meetings, posts, settling, zoom_accounts
from storage.audit import note
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.erasing import Holdings
from storage.people import Person, find_person, get_person
from storage.zoom_accounts import ZoomAccount

_LOOK_AGAIN_S = 0.25  # while a meeting is just being made, or deleted by somebody else


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deletion takes and what it leaves; `kept_until` is the last day of the accounts."""

    person_id: int
    holdings: Holdings
    upcoming: int
    live: int
    kept_until: date
    is_admin: bool
    announced: int = 0  # classes to come that they are told of in private
    given_back: int = 0  # classes to come that they give for another teacher


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Classes to come: of a person's own courses, whoever gives them, and of other teachers'."""

    own: Sequence[Lesson]
    of_others: Sequence[tuple[Lesson, Course]]


@dataclass(frozen=True, slots=True)
class _Erased:
    """What the erasing transaction did, and what of it Zoom is to be told."""

    number: str
    erased_at: datetime
    account: ZoomAccount | None
    left_at_zoom: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done. `left_at_zoom`: meetings that Zoom could not be told to delete.

    `told_zoom` is None where there was nothing to tell.
    """

    number: str
    erased_at: datetime
    told_zoom: bool | None
    left_at_zoom: int
    is_admin: bool
    taught: bool = True  # whether they were a teacher here


async def preview(office: Office, user: TelegramUser) -> Preview | None:
    """What is held about a person; None if nothing is."""
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
        if person is None:
            return None
        ahead = await _ahead(tx, person)
        return Preview(
            person_id=person.id,
            holdings=await erasing.count_holdings(tx, person.id),
            upcoming=len(ahead.own),
            live=len(await erasing.live_lessons(tx, person.id)),
            kept_until=kept_until(
                school_day(tx.now, office.profile.zone),
                office.profile.retention.summaries_months,
            ),
            is_admin=_is_admin(office, user),
            announced=len(await posts.lessons_ahead_in(tx, user.id)),
            given_back=len(ahead.of_others),
        )


async def delete(office: Office, user: TelegramUser, person_id: int) -> Receipt:
    """Delete a person's data; their groups are told of classes that are off.

    The meetings go first, while Zoom still lets us in; then everything in one transaction; then
    Zoom is told that the connection ended. `person_id` is who the preview was about: raises
    Outdated if that is no longer who asks.
    """
    async with office.database.reading() as tx:
        person = _still_the_same(await find_person(tx, user.id), person_id)
    await _call_everything_off(office, person)
    while (erased := await _erase(office, user, person)) is None:
        await asyncio.sleep(_LOOK_AGAIN_S)
        await _call_everything_off(office, person)
    office.bell.posts.ring()
    office.bell.erasures.ring()
    await forget(office.database)
    return Receipt(
        number=erased.number,
        erased_at=erased.erased_at,
        told_zoom=await revoke(office, erased.account.tokens) if erased.account else None,
        left_at_zoom=erased.left_at_zoom,
        is_admin=_is_admin(office, user),
        taught=person.is_teacher,
    )


async def _erase(office: Office, user: TelegramUser, person: Person) -> _Erased | None:
    """None while a meeting of theirs is being made: it is to be deleted with their tokens.

    So it is with a class that was made, or given to them, in the last moment.
    """
    # Whoever is refreshing the tokens finishes first, so that none come after this.
    async with office.turns.of(person.id), office.database.writing() as tx:
        _still_the_same(await find_person(tx, user.id), person.id)
        ahead = await _ahead(tx, person)
        if ahead.own or ahead.of_others:
            return None
        if await settling.meetings_being_settled(tx, person.id):
            return None
        account = await zoom_accounts.find_account(tx, person.id)
        remaining = await erasing.left_at_zoom(tx, person.id)
        await _take_out(tx, person.id, user.id)
        number = await erasing.erase_person(tx, person.id, user.id)
        await note(tx, person.pseudonym, "deleted their data", number)
        return _Erased(number, tx.now, account, len(remaining))


async def erase_restored(tx: Transaction, person: Person, telegram_user_id: int) -> None:
    """Somebody whom a backup brought back goes again; they have their receipt.

    Nobody is let into Zoom with what a backup holds: a meeting that was deleted there stays so.
    """
    ahead = await _ahead(tx, person)
    await call_off(tx, ahead.own)
    await _give_back(tx, ahead.of_others)
    await _take_out(tx, person.id, telegram_user_id)
    await erasing.erase_restored(tx, person.id, telegram_user_id)


async def _take_out(tx: Transaction, person_id: int, telegram_user_id: int) -> None:
    """Of what others are shown, and of what Zoom said."""
    await posts.bump_of_teacher(tx, person_id, (PostKind.CARD,))
    for lesson_id in await posts.lessons_ahead_in(tx, telegram_user_id):
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))  # it reaches one chat less
    await take_out_of_reports(tx, person_id)
    await take_out_elsewhere(tx, person_id)


def _still_the_same(person: Person | None, person_id: int) -> Person:
    if person is None or person.id != person_id:
        raise Outdated("This was deleted already. To see what is stored now, type /deletemydata.")
    return person


def _is_admin(office: Office, user: TelegramUser) -> bool:
    return user.id in office.profile.admin_ids


async def _call_everything_off(office: Office, person: Person) -> None:
    """Upcoming classes are cancelled, here and at Zoom; one that is on is counted up to now.

    What they give for other teachers goes back to those.
    """
    async with office.database.writing() as tx:
        ahead = await _ahead(tx, person)
        await call_off(tx, ahead.own)
        await _give_back(tx, ahead.of_others)
        unsettled = await erasing.left_at_zoom(tx, person.id)
    office.bell.posts.ring()
    office.bell.courses.ring()  # what is on other accounts
    for meeting_row in unsettled:
        if await _settled(office, person.id, meeting_row) is Problem.UNAVAILABLE:
            break  # nor is Zoom there for the others
    async with office.database.reading() as tx:
        live = await erasing.live_lessons(tx, person.id)
    for lesson_id in live:
        await close(office, lesson_id)


async def _ahead(tx: Transaction, person: Person) -> _Ahead:
    own, of_others = [], []
    for lesson, course in await courses.lessons_concerning(tx, person.id, since=tx.now):
        if lesson.state is LessonState.LIVE:
            continue
        owner = await get_person(tx, course.teacher_id)
        if owner.id != person.id and owner.is_teacher:
            of_others.append((lesson, course))
        else:
            own.append(lesson)
    return _Ahead(own, of_others)


async def _give_back(tx: Transaction, lessons: Sequence[tuple[Lesson, Course]]) -> None:
    """Each is held on its own teacher's account again; the meetings on this one go."""
    for lesson, course in lessons:
        await hand_within(tx, course, lesson, course.teacher_id)
    for meeting_row in {lesson.meeting_row for lesson, _ in lessons}:
        await meetings.discard_if_idle(tx, meeting_row)


async def _settled(office: Office, person_id: int, meeting_row: int) -> Problem | None:
    """Have a meeting deleted at Zoom; waits for whoever settles it just now.

    That lasts until their lease ends, at most.
    """
    while True:
        await settle(office, meeting_row)
        async with office.database.reading() as tx:
            meeting = await meetings.get_meeting(tx, meeting_row)
            is_held = meeting_row in await settling.meetings_being_settled(tx, person_id)
        if not is_held and (meeting.is_deleted or meeting.last_problem):
            return Problem(meeting.last_problem) if meeting.last_problem else None
        await asyncio.sleep(_LOOK_AGAIN_S)
