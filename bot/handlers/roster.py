"""Who a course's students are: the list, unknown names, and people on Telegram."""

from collections.abc import Awaitable, Callable

from telegram import Update

from bot.callback_data import Press, not_current
from bot.context import Context, edit
from bot.handlers import attendance
from bot.speech import Say
from bot.views import roster as views
from bot.views import roster_names as name_views
from bot.views.message import View
from services import own_attendance, roster, roster_forms, roster_names
from services.people import Teacher, as_teacher
from services.roster_forms import Added, Answer, Renamed
from services.roster_names import Settled
from storage.roster_forms import NameFor, RosterForm

_OPENS_A_MESSAGE = {views.SHOW, views.COURSES}


async def pressed(update: Update, context: Context) -> None:
    """Any button about students, wherever it stands."""
    del update
    teacher, press = as_teacher(context.office, context.caller), context.press
    answering = _ANSWERS.get(press.action)
    if answering is None:
        raise not_current()
    await roster_forms.give_up(context.office, teacher)
    view = await answering(context, teacher, press)
    # What is under a class's own message must not take its place.
    if press.action in _OPENS_A_MESSAGE or (
        press.action == name_views.WHO and len(press.args) == 1
    ):
        await context.reply(view)
    else:
        await context.show(view)


async def typed(context: Context) -> bool:
    """Take a typed text as a student's name; False if none is waited for."""
    teacher = as_teacher(context.office, context.caller)
    answer = await roster_forms.typed(context.office, teacher, context.typed)
    if answer is None:
        return False
    view = await _after(context, teacher, answer)
    chat_id, message_id = context.chat.id, answer.message_id
    if message_id is None or not await edit(context.bot, chat_id, message_id, view):
        await context.reply(view)
    return True


async def _after(context: Context, teacher: Teacher, answer: Answer) -> View:
    match answer.result:
        case Added(student=student):
            return views.added(context.say, student)
        case Renamed(student=student):
            found = await roster.show_student(context.office, teacher, student.id)
            return views.student(context.say, found)
        case Settled():
            return name_views.settled(context.say, answer.result)


# The list: one function per button, what is shown after it.


async def _courses(context: Context, teacher: Teacher, press: Press) -> View:
    del press
    return views.courses(context.say, await roster.courses_of(context.office, teacher))


async def _page(context: Context, teacher: Teacher, press: Press) -> View:
    found = await roster.show(context.office, teacher, press.number(0))
    return views.page(context.say, found, _optional(press, 1) or 0)


async def _others(context: Context, teacher: Teacher, press: Press) -> View:
    return views.others(context.say, await roster.show(context.office, teacher, press.number(0)))


async def _student(context: Context, teacher: Teacher, press: Press) -> View:
    return await _about(context, teacher, press.number(0))


async def _about(context: Context, teacher: Teacher, student_id: int) -> View:
    return views.student(
        context.say, await roster.show_student(context.office, teacher, student_id)
    )


async def _add(context: Context, teacher: Teacher, press: Press) -> View:
    found = await roster.show(context.office, teacher, press.number(0))
    await _ask(context, teacher, RosterForm(NameFor.ADDED, found.course.id))
    return views.ask_name(context.say, views.to_list(context.say, found.course.id))


async def _rename(context: Context, teacher: Teacher, press: Press) -> View:
    student = (await roster.show_student(context.office, teacher, press.number(0))).student
    await _ask(context, teacher, RosterForm(NameFor.RENAMED, student.course_id, student.id))
    return views.ask_name(context.say, views.to_student(context.say, student), student.name)


async def _ask(context: Context, teacher: Teacher, form: RosterForm) -> None:
    await roster_forms.ask(
        context.office, teacher, form, context.request_key, context.pressed_message_id
    )


async def _off(context: Context, teacher: Teacher, press: Press) -> View:
    return views.taken_off(
        context.say, await roster.take_off(context.office, teacher, press.number(0))
    )


async def _back(context: Context, teacher: Teacher, press: Press) -> View:
    student = await roster.put_back(context.office, teacher, press.number(0))
    return await _about(context, teacher, student.id)


async def _unalias(context: Context, teacher: Teacher, press: Press) -> View:
    await roster.forget_alias(context.office, teacher, press.number(0), press.number(1))
    return await _about(context, teacher, press.number(0))


async def _link(context: Context, teacher: Teacher, press: Press) -> View:
    student_id, person_id = press.number(0), _optional(press, 1)
    if person_id is None:
        found = await roster.whom_to_link(context.office, teacher, student_id)
        return views.whom_to_link(context.say, found)
    linked = await own_attendance.confirm(context.office, teacher, person_id, student_id)
    await attendance.tell(context, linked.person, lambda say: views.you_are_linked(say, linked))
    return await _about(context, teacher, student_id)


async def _unlink(context: Context, teacher: Teacher, press: Press) -> View:
    await roster.unlink(context.office, teacher, press.number(0))
    return await _about(context, teacher, press.number(0))


async def _join(context: Context, teacher: Teacher, press: Press) -> View:
    student_id, into_id = press.number(0), _optional(press, 1)
    if into_id is None:
        found = await roster.whom_to_join(context.office, teacher, student_id)
        return views.whom_to_join(context.say, found)
    into = await roster.join(context.office, teacher, student_id, into_id)
    return await _about(context, teacher, into.id)


# A name that came to a class


async def _who(context: Context, teacher: Teacher, press: Press) -> View:
    found = await roster_names.who_is_this(
        context.office, teacher, press.number(0), _optional(press, 1)
    )
    return name_views.who_is_this(context.say, found, _optional(press, 2) or 0)


async def _is(context: Context, teacher: Teacher, press: Press) -> View:
    done = await roster_names.is_student(
        context.office, teacher, press.number(0), press.number(1), press.number(2)
    )
    return name_views.settled(context.say, done)


async def _new(context: Context, teacher: Teacher, press: Press) -> View:
    lesson_id, token = press.number(0), press.number(1)
    found = await roster_names.who_is_this(context.office, teacher, lesson_id, token)
    if found.token != token:  # that one is settled; here is another
        return name_views.who_is_this(context.say, found)
    if found.says_nothing:
        await _ask(context, teacher, RosterForm(NameFor.MET, found.course_id, lesson_id, token))
        return name_views.ask_name_of_met(context.say, found)
    done = await roster_names.is_new(context.office, teacher, lesson_id, token)
    return name_views.settled(context.say, done)


async def _not(context: Context, teacher: Teacher, press: Press) -> View:
    done = await roster_names.is_no_student(
        context.office, teacher, press.number(0), press.number(1)
    )
    return name_views.settled(context.say, done)


async def _later(context: Context, teacher: Teacher, press: Press) -> View:
    found = await roster_names.who_is_this(
        context.office, teacher, press.number(0), press.number(1)
    )
    return name_views.later(context.say, found)


async def _undo(context: Context, teacher: Teacher, press: Press) -> View:
    await roster_names.take_back(context.office, teacher, press.number(0), press.number(1))
    found = await roster_names.who_is_this(context.office, teacher, press.number(2))
    return name_views.who_is_this(context.say, found)


# A person on Telegram who wants to see their attendance


async def _ask_who(context: Context, teacher: Teacher, press: Press) -> View:
    found = await own_attendance.who_are_they(context.office, teacher, press.number(0))
    return name_views.who_are_they(context.say, found, _optional(press, 1) or 0)


async def _confirm(context: Context, teacher: Teacher, press: Press) -> View:
    person_id, student_id = press.number(0), press.number(1)
    linked = await own_attendance.confirm(context.office, teacher, person_id, student_id)
    await attendance.tell(context, linked.person, lambda say: views.you_are_linked(say, linked))
    return await _still_asked(context, teacher, person_id)


async def _unconfirm(context: Context, teacher: Teacher, press: Press) -> View:
    person_id, student_id = press.number(0), press.number(1)
    await own_attendance.take_back(context.office, teacher, person_id, student_id)
    return await _still_asked(context, teacher, person_id)


async def _still_asked(context: Context, teacher: Teacher, person_id: int) -> View:
    found = await own_attendance.who_are_they(context.office, teacher, person_id)
    return name_views.who_are_they(context.say, found)


async def _nobody(context: Context, teacher: Teacher, press: Press) -> View:
    person = await own_attendance.is_nobody(context.office, teacher, press.number(0))

    def news(say: Say) -> View:
        return name_views.you_are_nobody(say, teacher.name)

    await attendance.tell(context, person, news)
    return name_views.nobody(context.say, person)


def _optional(press: Press, position: int) -> int | None:
    return press.number(position) if len(press.args) > position else None


_ANSWERS: dict[str, Callable[[Context, Teacher, Press], Awaitable[View]]] = {
    views.SHOW: _page,
    views.COURSES: _courses,
    views.PAGE: _page,
    views.OTHERS: _others,
    views.STUDENT: _student,
    views.ADD: _add,
    views.RENAME: _rename,
    views.OFF: _off,
    views.BACK: _back,
    views.UNALIAS: _unalias,
    views.LINK: _link,
    views.UNLINK: _unlink,
    views.JOIN: _join,
    name_views.WHO: _who,
    name_views.IS: _is,
    name_views.NEW: _new,
    name_views.NOT: _not,
    name_views.LATER: _later,
    name_views.UNDO: _undo,
    name_views.ASK: _ask_who,
    name_views.CONFIRM: _confirm,
    name_views.UNCONFIRM: _unconfirm,
    name_views.NOBODY: _nobody,
}
