"""The form by which a teacher changes a class that is ahead, from its card and back to it.

It stands in the card's own message and lives in the database. Its version stands in each of its
buttons; the version of the course that its teacher looks at stands in the form, so that what
somebody else changes meanwhile is seen before the change is made.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never

from school import schedule
from school.errors import NotUnderstood
from school.periods import school_day
from services import announcing, cancelling, changing, substituting
from services.change_pages import (
    ChangeAnswer,
    ChangeClosed,
    ChangePage,
    ChangePlace,
    Done,
    OldChange,
    TimePassed,
    first_step,
    step_after_scope,
)
from services.changing import ChangedMeanwhile, ClassDetails, Wish
from services.classes import OldCard, UpcomingClass, close_form
from services.office import Office
from services.overlapping import Overlaps
from services.people import Teacher
from services.substituting import Substitute
from storage import chats, courses, forms
from storage.change_forms import CHANGE, Change, ChangeDraft, ChangeForm, ChangeStep
from storage.chats import Chat
from storage.database import Transaction

_FARTHEST = timedelta(days=2 * 365)


async def begin(
    office: Office,
    teacher: Teacher,
    lesson_id: int,
    version: int,
    what: Change | None,
    *,
    request_key: str,
    message_id: int | None,
) -> ChangePage:
    """Open the form in the card's message; `version` is the course's that the card shows.

    Raises OldCard where that is no longer so, Outdated once the class has begun or is off.
    """
    now = await changing.details(office, teacher, lesson_id)
    if now.version != version:
        raise OldCard
    form = ChangeForm(lesson_id, version, what)
    async with office.database.writing() as tx:
        for other in await forms.standing_in(tx, CHANGE, teacher.person_id, message_id):
            if other.id != forms.form_id_of(tx, request_key):
                await forms.forget(tx, other.id)
        draft = await forms.begin(
            tx, CHANGE, teacher.person_id, request_key, form, first_step(what, now), message_id
        )
    return await page(office, teacher, draft)


async def current(office: Office, teacher: Teacher, draft_id: int) -> ChangeAnswer:
    """The form as it stands now, for a button of an earlier version."""
    async with office.database.reading() as tx:
        draft = await own_change(tx, teacher, draft_id)
    return await go_on(office, teacher, draft)


async def shown_at(office: Office, draft_id: int, message_id: int) -> None:
    """Remember which message shows the form; it becomes the class's card again."""
    async with office.database.writing() as tx:
        await forms.place(tx, draft_id, message_id)


async def give_up(office: Office, teacher: Teacher, draft_id: int) -> Done:
    """Nothing is changed; the card comes back."""
    async with office.database.writing() as tx:
        await close_form(tx, teacher, draft_id)
    office.bell.posts.ring()
    return Done()


async def own_change(tx: Transaction, teacher: Teacher, draft_id: int) -> ChangeDraft:
    """Raises ChangeClosed where there is no such form of this teacher's."""
    draft = await forms.find(tx, CHANGE, draft_id)
    if draft is None or draft.person_id != teacher.person_id:
        raise ChangeClosed
    return draft


async def present_change(tx: Transaction, place: ChangePlace) -> ChangeDraft:
    """The form, if the button is of its present version."""
    draft = await own_change(tx, place.teacher, place.draft_id)
    if draft.version != place.version:
        raise OldChange
    return draft


def local_now(office: Office, now: ClassDetails) -> datetime:
    return office.clock().astimezone(now.zone)


# Pages


async def page(office: Office, teacher: Teacher, draft: ChangeDraft) -> ChangePage:
    """The form as it stands; what speaks against a move is not in it."""
    now = await changing.details(office, teacher, draft.said.lesson_id)
    plain = ChangePage(draft, now, local_now(office, now).date())
    match draft.step:
        case ChangeStep.GROUPS:
            return replace(plain, groups=await _groups(office, teacher, now, draft.said))
        case ChangeStep.TEACHER:
            others = await substituting.substitutes(office, teacher, now.lesson_id)
            return replace(plain, teachers=others)
        case ChangeStep.DATES:
            return replace(plain, lessons=await _other_dates(office, now))
        case ChangeStep.CONFIRM:
            return await _last_page(office, teacher, plain)
        case _:
            return plain


async def _last_page(office: Office, teacher: Teacher, plain: ChangePage) -> ChangePage:
    form, lesson_id = plain.draft.said, plain.now.lesson_id
    match form.what:
        case Change.GROUPS:
            return replace(plain, groups=await _groups(office, teacher, plain.now, form))
        case Change.TEACHER:
            other = await _substitute(office, teacher, form)
            overlaps = await substituting.overlaps_of(office, teacher, lesson_id, other.person_id)
            return replace(plain, teachers=(other,), overlaps=overlaps)
        case Change.SKIP:
            first, last = _days(form)
            lessons = await cancelling.to_skip(office, teacher, lesson_id, first, last)
            return replace(plain, lessons=lessons)
        case _:
            return plain


async def _substitute(office: Office, teacher: Teacher, form: ChangeForm) -> Substitute:
    for one in await substituting.substitutes(office, teacher, form.lesson_id):
        if one.person_id == form.person_id:
            return one
    raise NotUnderstood(
        "This teacher's Zoom account is not connected now. Choose somebody else, "
        "or ask them to type /connect."
    )


async def _groups(
    office: Office, teacher: Teacher, now: ClassDetails, form: ChangeForm
) -> tuple[Chat, ...]:
    """The teacher's, and where the course is announced already; unreachable new ones are not."""
    async with office.database.reading() as tx:
        own = await chats.chats_of_teacher(tx, teacher.person_id)
    known = {group.id for group in now.groups} | set(form.chat_ids or ())
    usable = {group.id: group for group in own if group.is_reachable or group.id in known}
    return tuple(({group.id: group for group in now.groups} | usable).values())


async def _other_dates(office: Office, now: ClassDetails) -> tuple[UpcomingClass, ...]:
    async with office.database.reading() as tx:
        lessons = await courses.lessons_of_course(tx, now.course_id)
        return tuple(
            UpcomingClass(one.id, now.topic, one.planned, now.zone)
            for one in lessons
            if one.is_open and one.planned.starts_at > tx.now and one.id != now.lesson_id
        )


async def check(office: Office, teacher: Teacher, draft: ChangeDraft) -> None:
    """Raises NotUnderstood where a form, not saved yet, asks for what cannot be."""
    if draft.step is ChangeStep.CONFIRM:
        with suppress(schedule.HasPassed):
            await _last_question(office, teacher, draft)


async def go_on(
    office: Office, teacher: Teacher, draft: ChangeDraft, *, has_changed: bool = False
) -> ChangeAnswer:
    """The form after an answer; what is no longer possible is asked for anew."""
    if draft.step is not ChangeStep.CONFIRM:
        return await page(office, teacher, draft)
    try:
        asked = await _last_question(office, teacher, draft)
    except NotUnderstood as problem:
        return await _step_back(office, teacher, draft, problem)
    return replace(asked, has_changed=has_changed)


async def _step_back(
    office: Office, teacher: Teacher, draft: ChangeDraft, problem: NotUnderstood
) -> ChangeAnswer:
    assert draft.said.what is not None
    form = replace(draft.said, day=None, last_day=None, month=None)
    async with office.database.writing() as tx:
        step = step_after_scope(draft.said.what)
        draft = await forms.save(tx, draft, form, step)
    found = await page(office, teacher, draft)
    if not isinstance(problem, schedule.HasPassed):
        return replace(found, problem=problem.text)
    suggested_day = school_day(problem.suggestion.at, found.zone)
    return TimePassed(found, problem.text, suggested_day)


async def _last_question(office: Office, teacher: Teacher, draft: ChangeDraft) -> ChangePage:
    """Raises NotUnderstood, such as HasPassed, where the change cannot be."""
    found = await page(office, teacher, draft)
    if draft.said.what is not Change.TIME:
        return found
    to = target(office, found.now, draft.said)
    schedule.check_future(to.at, now=office.clock(), zone=found.zone)
    overlaps = await _check_move(office, wish_of(teacher, draft), to.at)
    return replace(found, to=to.at, overlaps=overlaps, is_repeated=to.repeated)


async def _check_move(office: Office, wish: Wish, to: datetime) -> Overlaps:
    try:
        return await changing.check_move(office, wish, to)
    except schedule.HasPassed:  # another class of the series, as `to` itself is ahead
        raise NotUnderstood(
            "Then another class of the series would be at a time that has passed. "
            "Choose a later day, or move only this class."
        ) from None


def target(office: Office, now: ClassDetails, form: ChangeForm) -> schedule.Resolved:
    """Where a move goes; raises NotUnderstood for a time that no class can have.

    That is one which the clocks skip, one too far ahead, and the one that it has.
    """
    assert form.day is not None
    assert form.time is not None
    check_day(form.day, local_now(office, now).date())
    to = schedule.resolve(form.day, form.time, now.zone)
    if to.at == now.planned.starts_at:
        raise NotUnderstood("That is the time it has now. Choose another one.")
    return to


def check_day(day: date, today: date) -> None:
    if day > today + _FARTHEST:
        raise NotUnderstood("That is too far ahead. Choose a day within two years.")


def wish_of(teacher: Teacher, draft: ChangeDraft) -> Wish:
    form = draft.said
    return Wish(teacher, form.lesson_id, form.seen, bool(form.for_all), draft.id)


# Making the change


async def make(office: Office, teacher: Teacher, draft: ChangeDraft) -> ChangeAnswer:
    """Make the change that the form describes.

    Where somebody else changed the class since, nothing is done: the form shows how it is now and
    asks for the same change once more.
    """
    try:
        await _change(office, wish_of(teacher, draft), draft.said)
    except ChangedMeanwhile as changed:
        form = replace(draft.said, seen=changed.present.version)
        async with office.database.writing() as tx:
            draft = await forms.save(tx, draft, form, ChangeStep.CONFIRM)
        return await go_on(office, teacher, draft, has_changed=True)
    except NotUnderstood as problem:  # it was possible when it was asked about
        return await _step_back(office, teacher, draft, problem)
    return Done()


async def _change(office: Office, wish: Wish, form: ChangeForm) -> None:
    match form.what:
        case Change.TIME:
            now = await changing.details(office, wish.teacher, wish.lesson_id)
            await changing.move(office, wish, target(office, now, form).at)
        case Change.LENGTH:
            assert form.length is not None
            await changing.set_length(office, wish, form.length)
        case Change.TOPIC:
            assert form.topic is not None
            await changing.rename(office, wish, form.topic)
        case Change.GROUPS:
            assert form.chat_ids
            await announcing.set_groups(office, wish, form.chat_ids)
        case Change.SKIP:
            await cancelling.skip(office, wish, *_days(form))
        case Change.TEACHER:
            assert form.person_id is not None
            await substituting.hand_over(office, wish, form.person_id)
        case None:
            raise ChangeClosed
        case _:
            assert_never(form.what)


def _days(form: ChangeForm) -> tuple[date, date]:
    assert form.day is not None
    assert form.last_day is not None
    return form.day, form.last_day
