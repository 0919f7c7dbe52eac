"""The form for a new class, from one typed line or step by step, to the class itself.

A form lives in the database. Its version stands in each of its buttons, so that an old button
changes nothing; the class is keyed by the form, so that it is made once however often it is
asked for.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from school import schedule
from school.errors import SchoolError
from school.model import Planned
from school.periods import school_day
from services.classes import ClassOrder, check_connected, clashing, create_class, first_batch
from services.daily_limit import check_own_room
from services.form_checks import checked, skipped_on
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
from storage import chats, courses, forms, timetables
from storage.chats import Chat
from storage.class_forms import CLASS, ClassForm, Draft, Step
from storage.database import Transaction


async def begin(office: Office, teacher: Teacher, line: str, request_key: str) -> FormAnswer:
    """What `/newclass` and the rest of its line ask for.

    A whole line makes the class at once; what is missing is asked. The same request again gives
    the same form or class. Raises SchoolError where the line makes no sense, nothing is
    connected, or there is no group yet: nothing is left behind.
    """
    now = local_now(office, teacher)
    return await _begin(
        office, teacher, request_key, lambda groups: form_of_line(line, groups, now=now)
    )


async def begin_like_last(office: Office, teacher: Teacher, request_key: str) -> FormAnswer:
    """A form with all of the teacher's last class but its day, which is asked.

    Groups that the bot cannot write in now are left out. Raises SchoolError as `begin` does, and
    where the teacher has held no class yet.
    """
    async with office.database.reading() as tx:
        last = await timetables.last_lesson_of_teacher(tx, teacher.person_id)
        if last is None:
            raise SchoolError(
                "You have not held a class yet, so there is none to repeat. "
                "Type /newclass for your first one."
            )
        lesson, course = last
        announced_in = {chat.id for chat in await courses.chats_of_course(tx, course.id)}

    def like_last(groups: tuple[Chat, ...]) -> ClassForm:
        chat_ids = tuple(
            group.id for group in groups if group.id in announced_in and group.is_reachable
        )
        return ClassForm(
            topic=course.topic,
            chat_ids=chat_ids,
            time=lesson.planned.starts_at.astimezone(teacher.zone).time(),
            length=lesson.planned.length,
            is_guided=True,
            groups_chosen=bool(chat_ids),
            repeat_chosen=True,
        )

    return await _begin(office, teacher, request_key, like_last)


async def _begin(
    office: Office,
    teacher: Teacher,
    request_key: str,
    filled_in: Callable[[tuple[Chat, ...]], ClassForm],
) -> FormAnswer:
    """The request's form or class; if it has none yet, a form that is filled in so far."""
    async with office.database.reading() as tx:
        draft_id = forms.form_id_of(tx, request_key)
        made = await _made_before(tx, teacher, draft_id)
        known = await forms.find(tx, CLASS, draft_id)
        groups = await chats.chats_of_teacher(tx, teacher.person_id)
    if made is not None:
        return made
    if known is not None:
        return await go_on(office, teacher, known, None)
    await check_connected(office, teacher)
    async with office.database.reading() as tx:
        await check_own_room(tx, teacher)
    _check_groups(groups)
    form, passed = checked(office, teacher, filled_in(groups))
    step = Step.DAY if passed else form.next_step
    async with office.database.writing() as tx:
        draft = await forms.begin(tx, CLASS, teacher.person_id, request_key, form, step)
    return await go_on(office, teacher, draft, passed)


async def page(office: Office, teacher: Teacher, draft: Draft) -> FormPage:
    """The form as it stands; groups that the bot cannot write in are not offered."""
    async with office.database.reading() as tx:
        groups = await chats.chats_of_teacher(tx, teacher.person_id)
        return FormPage(
            draft=draft,
            groups=tuple(
                group for group in groups if group.is_reachable or group.id in draft.said.chat_ids
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
        await forms.place(tx, draft_id, message_id)


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


async def go_on(
    office: Office, teacher: Teacher, draft: Draft, passed: schedule.HasPassed | None
) -> FormAnswer:
    if passed is not None:
        suggested_day = school_day(passed.suggestion.at, teacher.zone)
        return Passed(draft, passed.text, suggested_day, local_now(office, teacher).date())
    if draft.step is Step.CONFIRM and not draft.said.is_guided:
        return await make(office, teacher, draft)
    return await page(office, teacher, draft)


async def make(office: Office, teacher: Teacher, draft: Draft) -> FormAnswer:
    form, passed = checked(office, teacher, draft.said)
    if passed is not None:
        async with office.database.writing() as tx:
            draft = await forms.save(tx, draft, form, Step.DAY)
        return await go_on(office, teacher, draft, passed)
    day, is_whole = form.first_day, form.missing is None
    if not (is_whole and form.topic and day and form.time is not None and form.length):
        return await page(office, teacher, draft)
    starts = schedule.resolve(day, form.time, teacher.zone)
    planned = Planned(starts.at, form.length)
    if not form.doubts_accepted:
        others = await clashing(office, teacher, *first_batch(planned, form.repeat, teacher.zone))
        skipped = skipped_on(form.repeat, day, form.time, teacher.zone)
        if others or starts.repeated or skipped:
            return Doubt(draft, others, starts.repeated, teacher.zone, skipped)
    lesson_id = await create_class(
        office,
        teacher,
        ClassOrder(
            topic=form.topic,
            planned=planned,
            chat_ids=form.chat_ids,
            request_key=_request_key(draft.id),
            repeat=form.repeat,
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
    draft = await forms.find(tx, CLASS, draft_id)
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


async def take_answer(
    office: Office, place: Place, answered: Callable[[ClassForm], ClassForm]
) -> FormAnswer:
    """Take one answer into the form and go on to what is still open."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        form = replace(answered(draft.said), month=None, doubts_accepted=False)
        form, passed = checked(office, place.teacher, form)
        step = Step.DAY if passed else form.next_step
        draft = await forms.save(tx, draft, form, step)
    return await go_on(office, place.teacher, draft, passed)
