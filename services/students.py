"""Students who are taught in private: invited by a teacher, given their classes, and leaving."""

from dataclasses import dataclass

from school.errors import NotAllowed, Outdated
from school.model import InvitationKind, PostKind
from services.codes import hashed
from services.news import TOLD
from services.office import Office
from services.people import Invitation, Teacher, TelegramUser, make_invitation, remember
from storage import chats, courses, planning, posts
from storage.audit import note
from storage.database import Transaction
from storage.invitations import StoredInvitation, invitation_by_code, use_invitation
from storage.people import Person, find_person, get_person, set_person_language


@dataclass(frozen=True, slots=True)
class Connection:
    """A student and a teacher who are told of each other; `is_news` if something has changed."""

    student_name: str
    teacher: Person
    is_news: bool


async def invite(office: Office, teacher: Teacher, request_key: str) -> Invitation:
    """A link for one student; the same `request_key` gives the same one again."""
    return await make_invitation(office, InvitationKind.STUDENT, teacher.person_id, request_key)


async def accept(office: Office, user: TelegramUser, code: str) -> Connection:
    """The teacher's classes can be announced in the student's private chat from now on.

    Who has followed the link before is simply welcome again.
    """
    async with office.database.writing() as tx:
        invitation = await invitation_by_code(tx, InvitationKind.STUDENT, hashed(code))
        if invitation is None:
            raise Outdated("I do not know this invitation. Ask your teacher for a new one.")
        teacher = await get_person(tx, invitation.invited_by)
        if teacher.telegram_user_id == user.id:
            raise NotAllowed("This invitation is for your student. Forward the link to them.")
        if not teacher.is_teacher:
            raise Outdated("Whoever made this invitation does not teach here any more.")
        is_known = await chats.may_post(tx, user.id, teacher.id)
        if not is_known:
            await _connect(tx, user, invitation, teacher)
        student = await remember(tx, user)
    office.bell.posts.ring()
    return Connection(student.name, teacher, is_news=not is_known)


async def _connect(
    tx: Transaction, user: TelegramUser, invitation: StoredInvitation, teacher: Person
) -> None:
    if invitation.used_by is None and invitation.expires_at <= tx.now:
        raise Outdated("This invitation has expired. Ask your teacher for a new one.")
    student = await remember(tx, user)
    if not await use_invitation(tx, invitation.id, student.id):
        raise Outdated("This invitation has already been used. Ask your teacher for a new one.")
    if student.language is None and user.language_code is not None:
        # What is posted is not an answer to anybody, so it cannot ask Telegram again.
        await set_person_language(tx, student.id, user.language_code)
    await chats.remember_chat(tx, user.id, "private", student.name)
    await chats.link_chat(tx, user.id, teacher.id)
    await posts.wake_chat(tx, user.id)
    await note(tx, student.pseudonym, "became a student", teacher.pseudonym)


async def teachers_of(office: Office, user: TelegramUser) -> tuple[Person, ...]:
    """Whose classes are announced to the student in private."""
    async with office.database.reading() as tx:
        ids = await chats.teachers_of_chat(tx, user.id)
        return tuple([await get_person(tx, person_id) for person_id in ids])


async def stop(office: Office, user: TelegramUser, teacher_id: int) -> Connection:
    """The student wants no more of a teacher's classes; the classes themselves stay."""
    async with office.database.writing() as tx:
        student = await find_person(tx, user.id)
        if student is None or not await chats.may_post(tx, user.id, teacher_id):
            raise Outdated("You get no classes of this teacher here any more.")
        await part(tx, user.id, teacher_id)
        teacher = await get_person(tx, teacher_id)
        await note(tx, student.pseudonym, "left a teacher", teacher.pseudonym)
    office.bell.posts.ring()
    return Connection(student.name, teacher, is_news=True)


async def part(tx: Transaction, chat_id: int, teacher_id: int) -> None:
    """None of the teacher's classes are announced in this private chat any more.

    Cards that it has say so; the student's name goes with their last teacher.
    """
    await chats.unlink_chat(tx, chat_id, teacher_id)
    ahead = await posts.lessons_ahead_in(tx, chat_id)
    for course_id in await courses.courses_of_teacher_in(tx, teacher_id, chat_id):
        await planning.remove_chats(tx, course_id, {chat_id})
        await planning.count_change(tx, course_id)
    for lesson_id in ahead:
        await posts.forget_unsent(tx, PostKind.CARD, lesson_id, chat_id)
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
    await posts.bump_in(tx, chat_id, (PostKind.CARD, *TOLD))
    if not await chats.teachers_of_chat(tx, chat_id):
        await chats.forget_title(tx, chat_id)
