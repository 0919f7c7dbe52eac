"""The guided form for a new class, from one typed line or step by step, to the class itself."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from school import schedule, when
from school.errors import NotUnderstood, Outdated, SchoolError
from school.model import Planned
from school.text import Text
from services.classes import ClassOrder, UpcomingClass, check_connected, clashing, create_class
from services.office import Office
from services.people import Teacher
from storage import chats, courses, drafts
from storage.chats import Chat
from storage.database import Transaction
from storage.drafts import ClassForm, Draft, Step

_KEPT = timedelta(hours=24)  # a form left alone for longer is forgotten
_FORM_GONE = "This form is no longer current. Type /newclass for a new one."


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form as it stands, with what its present step offers."""

    draft: Draft
    groups: tuple[Chat, ...]
    recent_topics: dict[int, str]
    today: date


@dataclass(frozen=True, slots=True)
class Clash:
    """The class would overlap with others; the form asks whether it is meant."""

    draft: Draft
    others: tuple[UpcomingClass, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Passed:
    """The time is over; the form offers the next day at the same hour."""

    draft: Draft
    problem: Text
    suggested_day: date


@dataclass(frozen=True, slots=True)
class Made:
    """The class is made; its card is on its way to the teacher and the groups."""

    lesson_id: int


@dataclass(frozen=True, slots=True)
class Place:
    """The state of a form that a button was drawn for, and who pressed it."""

    teacher: Teacher
    draft_id: int
    version: int


FormAnswer = FormPage | Clash | Passed | Made


async def begin(office: Office, teacher: Teacher, line: str, request_key: str) -> FormAnswer:
    """What `/newclass` and the rest of its line ask for.

    A whole line makes the class at once; what is missing is asked. Raises SchoolError where the
    line makes no sense, nothing is connected, or there is no group yet: nothing is left behind.
    """
    await check_connected(office, teacher)
    async with office.database.reading() as tx:
        groups = await chats.chats_of_teacher(tx, teacher.person_id)
    if not groups:
        raise SchoolError(
            "You have no group yet. Add me to your students' group and type /link there, "
            "or type /groups here."
        )
    form = _form_of(office, teacher, line, groups)
    passed = _passed(office, teacher, form)
    if passed is not None:
        form = replace(form, day=None)
    async with office.database.writing() as tx:
        made = await _made_before(tx, teacher, drafts.draft_id_of(tx, request_key))
        if made is not None:
            return made
        step = form.missing or Step.CONFIRM
        draft = await drafts.add_draft(tx, teacher.person_id, request_key, step, form)
    if passed is not None:
        return Passed(draft, passed.text, _day_of(passed))
    if form.missing is None:
        return await _make(office, teacher, draft)
    return await page(office, teacher, draft)


def _form_of(office: Office, teacher: Teacher, line: str, groups: tuple[Chat, ...]) -> ClassForm:
    if not line.strip():
        return ClassForm(is_guided=True)
    asked = when.parse_class(line, now=office.clock().astimezone(teacher.zone))
    if asked.repeat:
        raise NotUnderstood(
            "I cannot repeat classes yet. Leave out “{repeat}” and make them one by one.",
            repeat=asked.repeat,
        )
    chosen, is_certain = _named(asked.groups, groups)
    return ClassForm(
        topic=asked.topic,
        chat_ids=chosen,
        day=asked.day,
        time=asked.time,
        length=asked.length,
        groups_chosen=is_certain,
    )


def _named(names: tuple[str, ...], groups: tuple[Chat, ...]) -> tuple[tuple[int, ...], bool]:
    """The chats that typed names mean, and whether nothing about them needs to be asked."""
    if not names:
        only = tuple(group.id for group in groups)
        return (only, True) if len(groups) == 1 else ((), False)
    found = [_begins_with(name, groups) for name in names]
    chosen = tuple(dict.fromkeys(match[0].id for match in found if len(match) == 1))
    return chosen, all(len(match) == 1 for match in found)


def _begins_with(name: str, groups: tuple[Chat, ...]) -> list[Chat]:
    wanted = name.casefold()
    exact = [group for group in groups if (group.title or "").casefold() == wanted]
    return exact or [group for group in groups if (group.title or "").casefold().startswith(wanted)]


async def page(office: Office, teacher: Teacher, draft: Draft) -> FormPage:
    async with office.database.reading() as tx:
        return FormPage(
            draft=draft,
            groups=await chats.chats_of_teacher(tx, teacher.person_id),
            recent_topics=await courses.recent_topics(tx, teacher.person_id),
            today=_today(office, teacher),
        )


async def current(office: Office, teacher: Teacher, draft_id: int) -> FormPage:
    """The form as it stands now, for a button of an earlier version."""
    async with office.database.reading() as tx:
        draft = await drafts.find_draft(tx, draft_id)
    if draft is None or draft.person_id != teacher.person_id:
        raise Outdated(_FORM_GONE)
    return await page(office, teacher, draft)


async def shown_at(office: Office, draft_id: int, message_id: int) -> None:
    """Remember which message shows the form; it becomes the class's card."""
    async with office.database.writing() as tx:
        await drafts.place_draft(tx, draft_id, message_id)


# One function per answer a person can give.


async def choose_topic(office: Office, place: Place, course_id: int) -> FormAnswer:
    async with office.database.reading() as tx:
        course = await courses.find_course(tx, course_id)
    if course is None or course.teacher_id != place.teacher.person_id or course.topic is None:
        raise Outdated(_FORM_GONE)
    return await _answer(office, place, topic=course.topic)


async def toggle_group(office: Office, place: Place, chat_id: int) -> FormAnswer:
    async with office.database.writing() as tx:
        draft = await _present(tx, place)
        if not await chats.may_post(tx, chat_id, place.teacher.person_id):
            raise Outdated(_FORM_GONE)
        chosen = draft.form.chat_ids
        new = tuple(one for one in chosen if one != chat_id)
        if new == chosen:
            new = (*chosen, chat_id)
        draft = await drafts.save_draft(tx, draft, Step.GROUPS, replace(draft.form, chat_ids=new))
    return await page(office, place.teacher, draft)


async def confirm_groups(office: Office, place: Place) -> FormAnswer:
    return await _answer(office, place, groups_chosen=True)


async def turn_calendar(office: Office, place: Place, month: date) -> FormAnswer:
    async with office.database.writing() as tx:
        draft = await _present(tx, place)
        draft = await drafts.save_draft(tx, draft, Step.DAY, replace(draft.form, month=month))
    return await page(office, place.teacher, draft)


async def choose_day(office: Office, place: Place, day: date) -> FormAnswer:
    if day < _today(office, place.teacher):
        raise NotUnderstood("That day has passed. Choose another one.")
    return await _answer(office, place, day=day)


async def choose_time(office: Office, place: Place, at: time) -> FormAnswer:
    return await _answer(office, place, time=at)


async def choose_length(office: Office, place: Place, length: timedelta) -> FormAnswer:
    return await _answer(office, place, length=length)


async def go_to(office: Office, place: Place, step: Step) -> FormAnswer:
    """Back to an earlier step, its answer kept until another is given."""
    async with office.database.writing() as tx:
        draft = await _present(tx, place)
        draft = await drafts.save_draft(
            tx, draft, step, replace(draft.form, month=None, clash_accepted=False)
        )
    return await page(office, place.teacher, draft)


async def accept_clash(office: Office, place: Place) -> FormAnswer:
    async with office.database.writing() as tx:
        draft = await _present(tx, place)
        draft = await drafts.save_draft(
            tx, draft, draft.step, replace(draft.form, clash_accepted=True)
        )
    return await _make(office, place.teacher, draft)


async def create(office: Office, place: Place) -> FormAnswer:
    """The last press; pressed twice, the class is made once."""
    async with office.database.writing() as tx:
        made = await _made_before(tx, place.teacher, place.draft_id)
        if made is not None:
            return made
        draft = await _present(tx, place)
        if draft.step is Step.GROUPS and draft.form.chat_ids:
            draft = await drafts.save_draft(
                tx, draft, Step.CONFIRM, replace(draft.form, groups_chosen=True)
            )
    return await _make(office, place.teacher, draft)


async def discard(office: Office, place: Place) -> None:
    async with office.database.writing() as tx:
        draft = await drafts.find_draft(tx, place.draft_id)
        if draft is not None and draft.person_id == place.teacher.person_id:
            await drafts.remove_draft(tx, place.draft_id)


async def typed(office: Office, teacher: Teacher, text: str) -> FormAnswer | None:
    """An answer that was typed instead of pressed; None if no form waits for one."""
    async with office.database.reading() as tx:
        draft = await drafts.latest_draft(tx, teacher.person_id, tx.now - _KEPT)
    if draft is None:
        return None
    said = (office, Place(teacher, draft.id, draft.version))
    match draft.step:
        case Step.TOPIC:
            return await _answer(*said, topic=when.check_topic(text))
        case Step.DAY:
            return await choose_day(*said, when.parse_day(text, today=_today(office, teacher)))
        case Step.TIME:
            return await choose_time(*said, when.parse_time(text))
        case Step.LENGTH:
            return await choose_length(*said, when.parse_length(text))
        case Step.GROUPS | Step.CONFIRM:
            return None


async def _answer(
    office: Office,
    place: Place,
    *,
    topic: str | None = None,
    groups_chosen: bool | None = None,
    day: date | None = None,
    time: time | None = None,
    length: timedelta | None = None,
) -> FormAnswer:
    """Take one answer into the form and go on to what is still open."""
    async with office.database.writing() as tx:
        draft = await _present(tx, place)
        form = draft.form
        form = replace(
            form,
            topic=topic or form.topic,
            groups_chosen=form.groups_chosen if groups_chosen is None else groups_chosen,
            day=day or form.day,
            time=form.time if time is None else time,
            length=length or form.length,
            month=None,
        )
        passed = _passed(office, place.teacher, form)
        if passed is not None:
            form = replace(form, day=None)
        draft = await drafts.save_draft(tx, draft, form.missing or Step.CONFIRM, form)
    if passed is not None:
        return Passed(draft, passed.text, _day_of(passed))
    return await page(office, place.teacher, draft)


def _passed(office: Office, teacher: Teacher, form: ClassForm) -> schedule.HasPassed | None:
    """Whether the form's time is over. Raises NotUnderstood for a time that day does not have."""
    if form.day is None or form.time is None:
        return None
    starts = schedule.resolve(form.day, form.time, teacher.zone)
    try:
        schedule.check_future(starts.at, now=office.clock(), zone=teacher.zone)
    except schedule.HasPassed as passed:
        return passed
    return None


def _day_of(passed: schedule.HasPassed) -> date:
    return passed.suggestion.at.astimezone(passed.suggestion.zone).date()


async def _make(office: Office, teacher: Teacher, draft: Draft) -> FormAnswer:
    form = draft.form
    if not (form.topic and form.day and form.time is not None and form.length and form.chat_ids):
        return await page(office, teacher, draft)
    passed = _passed(office, teacher, form)
    if passed is not None:
        return Passed(draft, passed.text, _day_of(passed))
    planned = Planned(schedule.resolve(form.day, form.time, teacher.zone).at, form.length)
    if not form.clash_accepted:
        others = await clashing(office, teacher, planned)
        if others:
            return Clash(draft, others, teacher.zone)
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
        raise Outdated(_FORM_GONE)
    return Made(lesson_id)


async def _made_before(tx: Transaction, teacher: Teacher, draft_id: int) -> Made | None:
    course = await courses.course_of_request(tx, _request_key(draft_id))
    if course is None or course.teacher_id != teacher.person_id:
        return None
    return Made((await courses.lessons_of_course(tx, course.id))[0].id)


def _request_key(draft_id: int) -> str:
    """What the class of a form is keyed by: a form makes one class, however often it is asked."""
    return f"draft:{draft_id}"


async def _present(tx: Transaction, place: Place) -> Draft:
    draft = await drafts.find_draft(tx, place.draft_id)
    if draft is None or draft.person_id != place.teacher.person_id:
        raise Outdated(_FORM_GONE)
    if draft.version != place.version:
        raise OldForm("The form has moved on. Here it is as it stands.")
    return draft


class OldForm(Outdated):
    """A button of an earlier state of the form."""


def _today(office: Office, teacher: Teacher) -> date:
    return office.clock().astimezone(teacher.zone).date()
