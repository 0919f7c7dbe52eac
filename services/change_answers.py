"""One function for each answer that a person can give to the form that changes a class."""

from dataclasses import replace
from datetime import date, time, timedelta

from school import when
from school.day_phrases import days_of
from school.errors import NotAllowed, NotUnderstood, Outdated
from services import changing
from services.change_forms import (
    check,
    check_day,
    give_up,
    go_on,
    local_now,
    make,
    present_change,
)
from services.change_pages import (
    ChangeAnswer,
    ChangePlace,
    OldChange,
    first_step,
    may_change_all,
    offered,
    step_after_scope,
    step_before,
)
from services.changing import ClassDetails
from services.office import Office
from services.people import Teacher
from services.retention import FORMS_KEPT
from storage import chats, forms
from storage.change_forms import CHANGE, Change, ChangeDraft, ChangeForm, ChangeStep

_FARTHEST_MONTH = timedelta(days=2 * 365)
_DAY_STEPS = (ChangeStep.DAY, ChangeStep.FIRST_DAY, ChangeStep.LAST_DAY)


async def choose_what(office: Office, place: ChangePlace, what: Change) -> ChangeAnswer:
    """From the menu: what is to be changed."""
    draft, now = await _present(office, place, ChangeStep.MENU)
    if what not in offered(now):
        raise OldChange
    form = ChangeForm(draft.said.lesson_id, draft.said.seen, what)
    if what is Change.GROUPS:
        form = replace(form, chat_ids=tuple(group.id for group in now.groups))
    return await _save(office, place, first_step(what, now), form)


async def list_dates(office: Office, place: ChangePlace) -> ChangeAnswer:
    """From the menu: the other classes of the series."""
    draft, now = await _present(office, place, ChangeStep.MENU)
    if not may_change_all(now):
        raise OldChange
    return await _save(office, place, ChangeStep.DATES, draft.said)


async def choose_scope(office: Office, place: ChangePlace, *, for_all: bool) -> ChangeAnswer:
    """Only this class, or all that are ahead in its series."""
    draft, now = await _present(office, place, ChangeStep.SCOPE)
    what = draft.said.what
    if what is None or (for_all and not may_change_all(now)):
        raise OldChange
    return await _save(office, place, step_after_scope(what), replace(draft.said, for_all=for_all))


async def turn_calendar(office: Office, place: ChangePlace, month: date) -> ChangeAnswer:
    """Show the calendar, at a month of this or the next year."""
    draft, now = await _present(office, place, *_DAY_STEPS)
    today = local_now(office, now).date()
    if not today.replace(day=1) <= month <= today + _FARTHEST_MONTH:
        raise OldChange
    form = replace(draft.said, month=month.replace(day=1))
    return await _save(office, place, draft.step, form)


async def choose_day(office: Office, place: ChangePlace, day: date) -> ChangeAnswer:
    """The day that a class moves to, or that is skipped first or last."""
    draft, now = await _present(office, place, *_DAY_STEPS)
    today = local_now(office, now).date()
    if day < today:
        raise NotUnderstood("That day has passed. Choose another one.")
    check_day(day, today)
    if draft.said.what is not Change.SKIP:
        return await _moment(office, place, draft, day, None)
    if draft.step is ChangeStep.LAST_DAY and draft.said.day is not None:
        return await _days(office, place, draft, draft.said.day, day)
    return await _days(office, place, draft, day, None)


async def choose_time(office: Office, place: ChangePlace, at: time) -> ChangeAnswer:
    draft, _ = await _present(office, place, ChangeStep.TIME)
    return await _moment(office, place, draft, None, at)


async def choose_length(office: Office, place: ChangePlace, length: timedelta) -> ChangeAnswer:
    """The last answer that another length needs."""
    draft, _ = await _present(office, place, ChangeStep.LENGTH)
    form = replace(draft.said, length=when.check_length(length))
    return await _save_and_make(office, place, draft.step, form)


async def toggle_group(office: Office, place: ChangePlace, chat_id: int) -> ChangeAnswer:
    """Announce the class there too, or no longer."""
    draft, now = await _present(office, place, ChangeStep.GROUPS)
    chosen = draft.said.chat_ids or ()
    if chat_id in chosen:
        chosen = tuple(one for one in chosen if one != chat_id)
    else:
        await _check_may_post(office, place.teacher, now, chat_id)
        chosen = (*chosen, chat_id)
    if not chosen:
        raise NotUnderstood("A class needs at least one group. Choose another one first.")
    return await _save(office, place, draft.step, replace(draft.said, chat_ids=chosen))


async def _check_may_post(
    office: Office, teacher: Teacher, now: ClassDetails, chat_id: int
) -> None:
    if chat_id in {group.id for group in now.groups}:
        return
    async with office.database.reading() as tx:
        if not await chats.may_post(tx, chat_id, teacher.person_id):
            raise OldChange


async def choose_teacher(office: Office, place: ChangePlace, person_id: int) -> ChangeAnswer:
    draft, _ = await _present(office, place, ChangeStep.TEACHER)
    form = replace(draft.said, person_id=person_id)
    return await _save(office, place, ChangeStep.CONFIRM, form)


async def choose_again(office: Office, place: ChangePlace) -> ChangeAnswer:
    """Choose day and time once more."""
    draft, _ = await _present(office, place)
    if draft.said.what is not Change.TIME:
        raise OldChange
    form = replace(draft.said, day=None, time=None, month=None)
    return await _save(office, place, ChangeStep.DAY, form)


async def go_back(office: Office, place: ChangePlace) -> ChangeAnswer:
    """To the step before; from the first one to the card."""
    draft, now = await _present(office, place)
    if draft.said.month is not None and draft.step is ChangeStep.DAY:
        return await _save(office, place, draft.step, replace(draft.said, month=None))
    before = step_before(draft, now)
    if before is None:
        return await give_up(office, place.teacher, place.draft_id)
    form = draft.said
    if before is ChangeStep.MENU:
        form = ChangeForm(form.lesson_id, form.seen)
    elif before is ChangeStep.DAY:
        form = replace(form, day=None)
    return await _save(office, place, before, form)


async def confirm(office: Office, place: ChangePlace) -> ChangeAnswer:
    """The last press: make the change."""
    draft, now = await _present(office, place, ChangeStep.CONFIRM, ChangeStep.GROUPS)
    are_the_same = set(draft.said.chat_ids or ()) == {group.id for group in now.groups}
    if draft.step is ChangeStep.GROUPS and are_the_same:
        return await give_up(office, place.teacher, place.draft_id)
    return await make(office, place.teacher, draft)


async def typed(office: Office, teacher: Teacher, text: str) -> ChangeAnswer | None:
    """An answer that was typed instead of pressed; None if no such form waits for one."""
    async with office.database.reading() as tx:
        draft = await forms.latest(tx, CHANGE, teacher.person_id, tx.now - FORMS_KEPT)
    if draft is None or not _waits_for_text(draft):
        return None
    try:
        return await _typed(office, ChangePlace(teacher, draft.id, draft.version), draft, text)
    except (Outdated, NotAllowed):  # the class has begun, is off, or is somebody else's now
        await give_up(office, teacher, draft.id)
        raise


def _waits_for_text(draft: ChangeDraft) -> bool:
    is_move = draft.said.what is Change.TIME and draft.step is ChangeStep.CONFIRM
    steps = {*_DAY_STEPS, ChangeStep.TIME, ChangeStep.LENGTH, ChangeStep.TOPIC}
    return is_move or draft.step in steps


async def _typed(office: Office, place: ChangePlace, draft: ChangeDraft, text: str) -> ChangeAnswer:
    match draft.said.what:
        case Change.LENGTH:
            return await choose_length(office, place, when.parse_length(text))
        case Change.TOPIC:
            form = replace(draft.said, topic=when.check_topic(text))
            return await _save_and_make(office, place, ChangeStep.TOPIC, form)
        case Change.SKIP:
            return await _typed_days(office, place, text)
        case _:
            return await _typed_moment(office, place, text)


async def _typed_moment(office: Office, place: ChangePlace, text: str) -> ChangeAnswer:
    draft, now = await _present(office, place)
    day, at = when.parse_moment(text, now=local_now(office, now))
    return await _moment(office, place, draft, day, at)


async def _typed_days(office: Office, place: ChangePlace, text: str) -> ChangeAnswer:
    draft, now = await _present(office, place)
    first, last = days_of(text, today=local_now(office, now).date())
    if last is None:
        return await choose_day(office, place, first)
    check_day(last, local_now(office, now).date())
    return await _days(office, place, draft, first, last)


async def _moment(
    office: Office, place: ChangePlace, draft: ChangeDraft, day: date | None, at: time | None
) -> ChangeAnswer:
    """Take a day, a time or both into the form of a move."""
    if draft.said.what is not Change.TIME:
        raise OldChange
    old = draft.said
    form = replace(old, day=day or old.day, time=old.time if at is None else at, month=None)
    step = ChangeStep.DAY if form.day is None else ChangeStep.TIME
    if form.day is not None and form.time is not None:
        step = ChangeStep.CONFIRM
    return await _save(office, place, step, form)


async def _days(
    office: Office, place: ChangePlace, draft: ChangeDraft, first: date, last: date | None
) -> ChangeAnswer:
    """Take the first and the last day to be skipped into the form."""
    if last is not None and last < first:
        raise NotUnderstood("The last day is before the first. Choose a later one.")
    form = replace(draft.said, day=first, last_day=last, month=None)
    step = ChangeStep.LAST_DAY if last is None else ChangeStep.CONFIRM
    return await _save(office, place, step, form)


# The form in the database


async def _present(
    office: Office, place: ChangePlace, *steps: ChangeStep
) -> tuple[ChangeDraft, ClassDetails]:
    """The form, if the button is of its present version and step, and the class as it is now."""
    async with office.database.reading() as tx:
        draft = await present_change(tx, place)
    if steps and draft.step not in steps:
        raise OldChange
    return draft, await changing.details(office, place.teacher, draft.said.lesson_id)


async def _save(
    office: Office, place: ChangePlace, step: ChangeStep, form: ChangeForm
) -> ChangeAnswer:
    """The form with one more answer; one that asks for what cannot be stays as it was."""
    async with office.database.reading() as tx:
        draft = await present_change(tx, place)
    await check(office, place.teacher, replace(draft, step=step, said=form))
    async with office.database.writing() as tx:
        draft = await present_change(tx, place)
        draft = await forms.save(tx, draft, form, step)
    return await go_on(office, place.teacher, draft)


async def _save_and_make(
    office: Office, place: ChangePlace, step: ChangeStep, form: ChangeForm
) -> ChangeAnswer:
    async with office.database.writing() as tx:
        draft = await present_change(tx, place)
        if draft.step is not step or draft.said.what is not form.what:
            raise OldChange
        draft = await forms.save(tx, draft, form, step)
    return await make(office, place.teacher, draft)
