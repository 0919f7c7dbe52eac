"""One function for each answer that a person can give to the form for a new class."""

from dataclasses import replace
from datetime import date, time, timedelta

from school import when
from school.errors import NotUnderstood
from services.drafting import (
    local_now,
    make,
    own_form,
    page,
    present_form,
    take_answer,
)
from services.forms import FormAnswer, FormGone, Place
from services.office import Office
from services.people import Teacher
from services.repeat_answers import type_about_repeat, weekly
from services.retention import FORMS_KEPT
from services.typed_class import named_groups
from storage import chats, courses, forms
from storage.class_forms import CLASS, ClassForm, Draft, Step
from storage.database import Transaction

_FARTHEST_MONTH = timedelta(days=366)
_STEPS_TO_GO_TO = frozenset(Step) - {Step.WEEKDAYS, Step.UNTIL, Step.CONFIRM}
_QUOTES = '"“”„«» '


async def choose_topic(office: Office, place: Place, course_id: int) -> FormAnswer:
    """The topic of an earlier course."""
    async with office.database.reading() as tx:
        course = await courses.find_course(tx, course_id)
    if course is None or course.teacher_id != place.teacher.person_id or course.topic is None:
        raise FormGone
    return await _with_topic(office, place, course.topic)


async def toggle_group(office: Office, place: Place, chat_id: int) -> FormAnswer:
    """Choose a group, or no longer."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        if not await chats.may_post(tx, chat_id, place.teacher.person_id):
            raise FormGone
        chosen = draft.said.chat_ids
        others = tuple(one for one in chosen if one != chat_id)
        draft = await _with_groups(tx, draft, (*chosen, chat_id) if others == chosen else others)
    return await page(office, place.teacher, draft)


async def choose_all_groups(office: Office, place: Place) -> FormAnswer:
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        groups = await chats.chats_of_teacher(tx, place.teacher.person_id)
        everywhere = tuple(group.id for group in groups if group.is_reachable)
        draft = await _with_groups(tx, draft, everywhere)
    return await page(office, place.teacher, draft)


async def name_group(office: Office, place: Place, name: str) -> FormAnswer:
    """Choose a group by its name or the beginning of it."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        groups = await chats.chats_of_teacher(tx, place.teacher.person_id)
        chosen, unclear = named_groups((name.lstrip("#").strip(_QUOTES),), groups)
        together = tuple(dict.fromkeys((*draft.said.chat_ids, *chosen)))
        draft = await _with_groups(tx, draft, together, unclear)
    return await page(office, place.teacher, draft)


async def confirm_groups(office: Office, place: Place) -> FormAnswer:
    return await take_answer(office, place, lambda old: replace(old, groups_chosen=True))


async def turn_calendar(office: Office, place: Place, month: date) -> FormAnswer:
    """Show the calendar, at a month of this or the next year."""
    today = local_now(office, place.teacher).date()
    if not today.replace(day=1) <= month <= today + _FARTHEST_MONTH:
        raise FormGone
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        form = replace(draft.said, month=month.replace(day=1))
        draft = await forms.save(tx, draft, form, Step.DAY)
    return await page(office, place.teacher, draft)


async def choose_day(office: Office, place: Place, day: date) -> FormAnswer:
    if day < local_now(office, place.teacher).date():
        raise NotUnderstood("That day has passed. Choose another one.")
    return await take_answer(office, place, lambda old: _on_day(old, day))


async def choose_time(office: Office, place: Place, at: time) -> FormAnswer:
    return await take_answer(office, place, lambda old: replace(old, time=at))


async def choose_length(office: Office, place: Place, length: timedelta) -> FormAnswer:
    checked_length = when.check_length(length)
    return await take_answer(office, place, lambda old: replace(old, length=checked_length))


async def go_to(office: Office, place: Place, step: Step) -> FormAnswer:
    """Back to an earlier step, its answer kept until another is given."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        form = replace(draft.said, month=None, doubts_accepted=False)
        if not form.repeat_chosen:
            form = replace(form, repeat=None)
        step = step if step in _STEPS_TO_GO_TO else form.next_step
        draft = await forms.save(tx, draft, form, step)
    return await page(office, place.teacher, draft)


async def accept_doubt(office: Office, place: Place) -> FormAnswer:
    """The class is meant as it is."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        form = replace(draft.said, doubts_accepted=True)
        draft = await forms.save(tx, draft, form, form.next_step)
    return await make(office, place.teacher, draft)


async def create(office: Office, place: Place) -> FormAnswer:
    """The last press."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        if draft.step is Step.GROUPS:  # its button stands there too, where nothing else is open
            form = replace(draft.said, groups_chosen=True)
            draft = await forms.save(tx, draft, form, form.next_step)
    return await make(office, place.teacher, draft)


async def discard(office: Office, place: Place) -> None:
    """Forget the form. Raises FormGone where it is used or gone: then there is nothing to say."""
    async with office.database.writing() as tx:
        await own_form(tx, place.teacher, place.draft_id)
        await forms.forget(tx, place.draft_id)


async def typed(office: Office, teacher: Teacher, text: str) -> FormAnswer | None:
    """An answer that was typed instead of pressed; None if no form waits for one."""
    async with office.database.reading() as tx:
        draft = await forms.latest(tx, CLASS, teacher.person_id, tx.now - FORMS_KEPT)
    if draft is None:
        return None
    return await _typed_at(office, Place(teacher, draft.id, draft.version), draft.step, text)


async def _typed_at(  # noqa: PLR0911  a table
    office: Office, place: Place, step: Step, text: str
) -> FormAnswer | None:
    match step:
        case Step.TOPIC:
            return await _with_topic(office, place, when.check_topic(text))
        case Step.GROUPS:
            return await name_group(office, place, text)
        case Step.DAY:
            day = when.parse_day(text, today=local_now(office, place.teacher).date())
            return await choose_day(office, place, day)
        case Step.TIME:
            return await choose_time(office, place, when.parse_time(text))
        case Step.LENGTH:
            return await choose_length(office, place, when.parse_length(text))
        case Step.REPEAT | Step.WEEKDAYS | Step.UNTIL:
            return await type_about_repeat(office, place, step, text)
        case Step.CONFIRM:
            return None


async def _with_topic(office: Office, place: Place, topic: str) -> FormAnswer:
    return await take_answer(office, place, lambda old: replace(old, topic=topic))


def _on_day(old: ClassForm, day: date) -> ClassForm:
    """A class that is repeated weekly, on the weekday of its first day, moves with that."""
    repeat = weekly(old)
    is_that_weekday = (
        old.is_guided
        and old.day is not None
        and repeat is not None
        and repeat.weekdays == (old.day.weekday(),)
    )
    if repeat is not None and is_that_weekday:
        return replace(old, day=day, repeat=replace(repeat, weekdays=(day.weekday(),)))
    return replace(old, day=day)


async def _with_groups(
    tx: Transaction, draft: Draft, chat_ids: tuple[int, ...], unclear: tuple[str, ...] = ()
) -> Draft:
    form = replace(draft.said, chat_ids=chat_ids, unclear_groups=unclear)
    return await forms.save(tx, draft, form, Step.GROUPS)
