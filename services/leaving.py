"""Leaving the school: what would be deleted, and deleting it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from school.errors import Outdated
from school.model import Planned, PostKind
from school.periods import school_day
from services.elsewhere_erasing import take_out_elsewhere
from services.erasure_requests import Pending, pending_of
from services.erasures_listed import write_down
from services.folding import close
from services.last_classes import ahead_of, take_off, tell_zoom
from services.name_erasing import erase_name
from services.office import Office
from services.people import TelegramUser
from services.retention import forget, kept_until
from services.revoking import end_at_zoom, told
from services.student_erasing import take_out_of_reports
from storage import erasing, guests, post_states, posts, settling, zoom_accounts
from storage.audit import note
from storage.courses import Course, Lesson
from storage.database import Transaction
from storage.erasing import Holdings
from storage.erasing_elsewhere import without_namesakes
from storage.erasing_names import add_name_erasure
from storage.own_parts import subject_of
from storage.people import Person, find_person

_NAMING = (
    *(PostKind.CARD, PostKind.DAY_REMINDER, PostKind.REMINDER, PostKind.HANDED),
    *(PostKind.ANSWER, PostKind.ALARM, PostKind.DISPUTE),
)
"""What names a teacher: in groups, to admins, and to teachers who give a class for another."""

_MOST_NAMED = 3  # of the classes to come
_LOOK_AGAIN_S = 0.25  # while a meeting is just being made, or deleted by somebody else


@dataclass(frozen=True, slots=True)
class Coming:
    """A class to come; `topic` is None once erased."""

    topic: str | None
    planned: Planned
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deletion takes and what it leaves.

    `kept_until` is the last day of the accounts, `attended_until` of who was in classes.
    """

    person_id: int
    holdings: Holdings
    upcoming: int
    live: int
    kept_until: date
    attended_until: date
    is_admin: bool
    announced: int = 0  # classes to come that they are told of in private
    given_back: int = 0  # classes to come that they give for another teacher
    pending: Pending | None = None  # their request about a name in Zoom
    next_upcoming: tuple[Coming, ...] = ()
    next_given_back: tuple[Coming, ...] = ()


@dataclass(frozen=True, slots=True)
class _Erased:
    """What the erasing transaction did, and what of it Zoom is to be told."""

    number: str
    erased_at: datetime
    revocation_id: int | None
    left_at_zoom: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done. `left_at_zoom`: meetings that Zoom could not be told to delete.

    `told_zoom` is None where there was nothing to tell, and False while Zoom does not answer: it
    is told again until it has taken it in. `before` is what was held.
    """

    number: str
    erased_at: datetime
    told_zoom: bool | None
    left_at_zoom: int
    is_admin: bool
    before: Preview
    taught: bool = True  # whether they were a teacher here


async def preview(office: Office, user: TelegramUser) -> Preview | None:
    """What is held about a person; None if nothing is."""
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
        if person is None:
            return None
        return await _preview(tx, office, user, person)


async def _preview(tx: Transaction, office: Office, user: TelegramUser, person: Person) -> Preview:
    ahead, kept = await ahead_of(tx, person.id), office.profile.retention
    today = school_day(tx.now, office.profile.zone)
    return Preview(
        person_id=person.id,
        holdings=await erasing.count_holdings(tx, await subject_of(tx, person)),
        upcoming=len(ahead.own),
        live=len(await erasing.live_lessons(tx, person.id)),
        kept_until=kept_until(today, kept.summaries_months),
        is_admin=_is_admin(office, user),
        announced=len(await post_states.lessons_ahead_in(tx, user.id)),
        given_back=len(ahead.of_others),
        pending=await pending_of(tx, person.id),
        attended_until=kept_until(today, kept.attendance_months),
        next_upcoming=_next(ahead.own),
        next_given_back=_next(ahead.of_others),
    )


def _next(lessons: Sequence[tuple[Lesson, Course]]) -> tuple[Coming, ...]:
    return tuple(
        Coming(course.topic, lesson.planned, course.zone)
        for lesson, course in lessons[:_MOST_NAMED]
    )


async def delete(office: Office, user: TelegramUser, person_id: int) -> Receipt:
    """Delete a person's data; their groups are told of classes that are off.

    The meetings go first, while Zoom still lets us in; then everything in one transaction; then
    Zoom is told that the connection ended. `person_id` is who the preview was about: raises
    Outdated if that is no longer who asks.
    """
    async with office.database.reading() as tx:
        person = _still_the_same(await find_person(tx, user.id), person_id)
        before = await _preview(tx, office, user, person)
    await _call_everything_off(office, person)
    while (erased := await _erase(office, user, person)) is None:
        await asyncio.sleep(_LOOK_AGAIN_S)
        await _call_everything_off(office, person)
    office.bell.posts.ring()
    await write_down(office)
    told_zoom = await told(office, erased.revocation_id) if erased.revocation_id else None
    await forget(office.database)
    return Receipt(
        number=erased.number,
        erased_at=erased.erased_at,
        told_zoom=told_zoom,
        left_at_zoom=erased.left_at_zoom,
        is_admin=_is_admin(office, user),
        before=before,
        taught=person.is_teacher,
    )


async def _erase(office: Office, user: TelegramUser, person: Person) -> _Erased | None:
    """None while a meeting of theirs is being made: it is to be deleted with their tokens.

    So it is with a class that was made, or given to them, in the last moment.
    """
    # Whoever is refreshing the tokens finishes first, so that none come after this.
    async with office.turns.of(person.id), office.database.writing() as tx:
        now = _still_the_same(await find_person(tx, user.id), person.id)
        if (await ahead_of(tx, person.id)).count:
            return None
        if await settling.meetings_being_settled(tx, person.id):
            return None
        account = await zoom_accounts.find_account(tx, person.id)
        remaining = await erasing.left_at_zoom(tx, person.id)
        known = await guests.known_by(tx, now)
        await _take_out(tx, person.id, user.id, tx.now)
        names = await without_namesakes(tx, person.id, (await subject_of(tx, person)).names)
        revocation_id = await end_at_zoom(tx, account) if account else None
        number = await erasing.erase_person(tx, person.id, user.id)
        await _erase_names(tx, names)
        await guests.add_erasures(tx, known)
        await note(tx, person.pseudonym, "deleted their data", number)
        return _Erased(number, tx.now, revocation_id, len(remaining))


async def erase_restored(
    tx: Transaction, person: Person, telegram_user_id: int, erased_at: datetime
) -> None:
    """Somebody whom a backup brought back goes again; they have their receipt, of `erased_at`.

    Nobody is let into Zoom with what a backup holds: a meeting that was deleted there stays so.
    """
    await take_off(tx, await ahead_of(tx, person.id))
    await _take_out(tx, person.id, telegram_user_id, erased_at)
    await erasing.erase_restored(tx, person.id, telegram_user_id)


async def _take_out(
    tx: Transaction, person_id: int, telegram_user_id: int, erased_at: datetime
) -> None:
    """Of what others are shown, and of what Zoom said."""
    await posts.bump_of_teacher(tx, person_id, _NAMING)
    for lesson_id in await post_states.lessons_ahead_in(tx, telegram_user_id):
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))  # it reaches one chat less
    await take_out_of_reports(tx, person_id)
    await take_out_elsewhere(tx, person_id, erased_at)


async def _erase_names(tx: Transaction, names: Mapping[int, frozenset[bytes]]) -> None:
    """What only they are called in a course, now that they are nobody known there.

    A name that another there may bear is left to a request, which an admin looks into.
    Zoom may have told of them once without what they are known by, or tell of them later; and a
    backup may be from before their teacher said who they are.
    """
    for course_id, hashes in names.items():
        for name in sorted(hashes):
            await erase_name(tx, name, (course_id,), tx.now)
            await add_name_erasure(tx, name, (course_id,))


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
        await take_off(tx, await ahead_of(tx, person.id))
        unsettled = await erasing.left_at_zoom(tx, person.id)
    office.bell.posts.ring()
    office.bell.courses.ring()  # what is on other accounts
    await tell_zoom(office, unsettled)
    async with office.database.reading() as tx:
        live = await erasing.live_lessons(tx, person.id)
    for lesson_id in live:
        await close(office, lesson_id)
