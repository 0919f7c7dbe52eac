"""The form for a new class, from one typed line or step by step, to the class itself.

A form lives in the database. Its version stands in each of its buttons, so that an old button
changes nothing; the class is keyed by the form, so that it is made once however often it is
asked for.
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta

from school import schedule
from school.errors import NotUnderstood, SchoolError
from school.model import Planned
from school.periods import school_day
from services.classes import ClassOrder, check_connected, clashing, create_class
from services.forms import (
    Doubt,
    FormAnswer,
    FormGone,
    FormPage,
    FormUsed,
    Made,
    OldForm,
    Passed,
    Place,
)
from services.office import Office
from services.people import Teacher
from services.typed_class import form_of_line
from storage import chats, courses, drafts
from storage.chats import Chat
from storage.database import Transaction
from storage.drafts import ClassForm, Draft, Step

_FARTHEST = timedelta(days=2 * 365)


async def begin(office: Office, teacher: Teacher, line: str, request_key: str) -> FormAnswer:
    """What `/newclass` and the rest of its line ask for.

    A whole line makes the class at once; what is missing is asked. The same request again gives
    the same form or class. Raises SchoolError where the line makes no sense, nothing is
    connected, or there is no group yet: nothing is left behind.
    """
    async with office.database.reading() as tx:
        draft_id = drafts.draft_id_of(tx, request_key)
        made = await _made_before(tx, teacher, draft_id)
        known = await drafts.find_draft(tx, draft_id)
        groups = await chats.chats_of_teacher(tx, teacher.person_id)
    if made is not None:
        return made
    if known is not None:
        return await go_on(office, teacher, known, None)
    await check_connected(office, teacher)
    _check_groups(groups)
    form, passed = checked(
        office, teacher, form_of_line(line, groups, now=local_now(office, teacher))
    )
    step = Step.DAY if passed else form.next_step
    async with office.database.writing() as tx:
        draft = await drafts.add_draft(tx, teacher.person_id, request_key, step, form)
    return await go_on(office, teacher, draft, passed)


async def page(office: Office, teacher: Teacher, draft: Draft) -> FormPage:
    """The form as it stands; groups that the bot cannot write in are not offered."""
    async with office.database.reading() as tx:
        groups = await chats.chats_of_teacher(tx, teacher.person_id)
        return FormPage(
            draft=draft,
            groups=tuple(
                group for group in groups if group.is_reachable or group.id in draft.form.chat_ids
            ),
            recent_topics=await courses.recent_topics(tx, teacher.person_id),
            today=local_now(office, teacher).date(),
        )


async def current(office: Office, teacher: Teacher, draft_id: int) -> FormPage:
    """The form as it stands now, for a button of an earlier version."""
    async with office.database.reading() as tx:
        draft = await own_form(tx, teacher, draft_id)
    return await page(office, teacher, draft)


async def once(answering: Awaitable[FormAnswer]) -> FormAnswer:
    """What a press comes to; pressed again, a button that made the class gives that class."""
    try:
        return await answering
    except FormUsed as used:
        return used.made


async def shown_at(office: Office, draft_id: int, message_id: int) -> None:
    """Remember which message shows the form; it becomes the class's card."""
    async with office.database.writing() as tx:
        await drafts.place_draft(tx, draft_id, message_id)


def _check_groups(groups: tuple[Chat, ...]) -> None:
    if not groups:
        raise SchoolError(
            "You have no group yet. Add me to your students' group and type /link there, "
            "or type /groups here."
        )
    if not any(group.is_reachable for group in groups):
        raise SchoolError(
            "I cannot write in any of your groups now. Add me again and type /link there, "
            "or type /groups here."
        )


def checked(
    office: Office, teacher: Teacher, form: ClassForm
) -> tuple[ClassForm, schedule.HasPassed | None]:
    """The form, without its day where that time is over.

    Raises NotUnderstood for a time that the clocks skip that day, or a day too far ahead.
    """
    now = office.clock()
    if form.day is not None and form.day > (now + _FARTHEST).date():
        raise NotUnderstood("That is too far ahead. Choose a day within two years.")
    if form.day is None or form.time is None:
        return form, None
    starts = schedule.resolve(form.day, form.time, teacher.zone)
    try:
        schedule.check_future(starts.at, now=now, zone=teacher.zone)
    except schedule.HasPassed as passed:
        return replace(form, day=None), passed
    return form, None


async def go_on(
    office: Office, teacher: Teacher, draft: Draft, passed: schedule.HasPassed | None
) -> FormAnswer:
    if passed is not None:
        suggested_day = school_day(passed.suggestion.at, teacher.zone)
        return Passed(draft, passed.text, suggested_day, local_now(office, teacher).date())
    if draft.step is Step.CONFIRM and not draft.form.is_guided:
        return await make(office, teacher, draft)
    return await page(office, teacher, draft)


async def make(office: Office, teacher: Teacher, draft: Draft) -> FormAnswer:
    form, passed = checked(office, teacher, draft.form)
    if passed is not None:
        async with office.database.writing() as tx:
            draft = await drafts.save_draft(tx, draft, Step.DAY, form)
        return await go_on(office, teacher, draft, passed)
    if not (form.topic and form.day and form.time is not None and form.length and form.chat_ids):
        return await page(office, teacher, draft)
    starts = schedule.resolve(form.day, form.time, teacher.zone)
    planned = Planned(starts.at, form.length)
    if not form.doubts_accepted:
        others = await clashing(office, teacher, planned)
        if others or starts.repeated:
            return Doubt(draft, others, starts.repeated, teacher.zone)
    lesson_id = await create_class(
        office,
        teacher,
        ClassOrder(
            topic=form.topic,
            planned=planned,
            chat_ids=form.chat_ids,
            request_key=_request_key(draft.id),
            draft_id=draft.id,
            answer_message_id=draft.message_id,
        ),
    )
    if lesson_id is None:
        raise FormGone
    return Made(lesson_id)


async def _made_before(tx: Transaction, teacher: Teacher, draft_id: int) -> Made | None:
    course = await courses.course_of_request(tx, _request_key(draft_id))
    if course is None or course.teacher_id != teacher.person_id:
        return None
    return Made((await courses.lessons_of_course(tx, course.id))[0].id)


def _request_key(draft_id: int) -> str:
    """What the class of a form is keyed by: a form makes one class, however often it is asked."""
    return f"draft:{draft_id}"


async def own_form(tx: Transaction, teacher: Teacher, draft_id: int) -> Draft:
    """Raises FormUsed where it has made its class, FormGone where it is not there otherwise."""
    draft = await drafts.find_draft(tx, draft_id)
    made = None if draft else await _made_before(tx, teacher, draft_id)
    if made is not None:
        raise FormUsed(made)
    if draft is None or draft.person_id != teacher.person_id:
        raise FormGone
    return draft


async def present_form(tx: Transaction, place: Place) -> Draft:
    """The form, if the button is of its present version."""
    draft = await own_form(tx, place.teacher, place.draft_id)
    if draft.version != place.version:
        raise OldForm
    return draft


def local_now(office: Office, teacher: Teacher) -> datetime:
    return office.clock().astimezone(teacher.zone)
