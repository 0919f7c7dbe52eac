"""What a person can see and correct about themselves: their name, their Zoom account, other names.

A name on a list of students decides whose attendance is whose. So nobody gives themselves one:
whoever is linked to a student can only take one of the student's other names away, and asks their
teacher for anything more.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from school.errors import NotConnected, NotUnderstood, Outdated
from school.model import ClockFace, PostKind
from school.names import clean_name
from school.roster import Mark
from services.office import Office
from services.own_data import OwnZoom, own_zoom
from services.people import Caller, TelegramUser, remember, shown_name
from services.retention import FORMS_KEPT
from services.roster_names import LONGEST_NAME
from services.roster_updates import bring_up_to_date
from services.zoom_access import client_for, translate
from storage import (
    chats,
    courses,
    forms,
    people,
    post_states,
    posts,
    questions,
    student_changes,
    students,
    zoom_accounts,
)
from storage.audit import note
from storage.database import Transaction
from storage.people import Person
from storage.students import Student
from storage.zoom_accounts import ZoomProfile
from zoom.errors import ZoomError

_NAME = "profile.name"


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name, or an e-mail, by which a student is recognised in Zoom."""

    id: int
    mark: Mark
    value: str


@dataclass(frozen=True, slots=True)
class OwnListing:
    """Who somebody is on the list of a class, as its teacher has confirmed."""

    student_id: int
    name: str
    topic: str
    teacher_name: str
    others: tuple[OtherName, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person is known by; `telegram_name` is what they are called in Telegram."""

    name: str
    telegram_name: str
    has_own_name: bool
    is_teacher: bool
    zone: ZoneInfo
    clock: ClockFace
    zoom: OwnZoom | None
    listings: tuple[OwnListing, ...]


async def profile(office: Office, user: TelegramUser, caller: Caller) -> Profile | None:
    """None for somebody of whom nothing is stored."""
    async with office.database.reading() as tx:
        person = await people.find_person(tx, user.id)
        if person is None:
            return None
        own = await students.students_of_person(tx, person.id)
        return Profile(
            name=person.name,
            telegram_name=shown_name(user),
            has_own_name=person.has_own_name,
            is_teacher=person.is_teacher,
            zone=caller.zone,
            clock=caller.clock,
            zoom=await own_zoom(tx, person),
            listings=tuple([await _listing(tx, one) for one in own]),
        )


async def _listing(tx: Transaction, student: Student) -> OwnListing:
    course = await courses.get_course(tx, student.course_id)
    return OwnListing(
        student_id=student.id,
        name=student.name,
        topic=course.topic or "",
        teacher_name=(await people.get_person(tx, course.teacher_id)).name,
        others=tuple(
            OtherName(one.id, one.mark, one.value)
            for one in student.aliases
            if one.mark in {Mark.NAME, Mark.EMAIL}
        ),
    )


# The name


async def ask_name(office: Office, user: TelegramUser, request_key: str) -> None:
    """Take the person's next text as their name."""
    async with office.database.writing() as tx:
        person = await _known(tx, user)
        await questions.ask(tx, person.id, request_key, _NAME)


async def typed(office: Office, user: TelegramUser, text: str) -> str | None:
    """The name that was typed, if one was asked for; None if not."""
    async with office.database.writing() as tx:
        person = await people.find_person(tx, user.id)
        if person is None:
            return None
        asked = await questions.asked_last(tx, person.id, tx.now - FORMS_KEPT, _NAME)
        if asked is None:
            return None
        name = _checked(text)
        await _rename(tx, user, person, name)
        await forms.forget(tx, asked.id)
    office.bell.posts.ring()
    return name


async def use_telegram_name(office: Office, user: TelegramUser) -> None:
    """The person is called as in Telegram again, and follows it."""
    async with office.database.writing() as tx:
        person = await _known(tx, user)
        if person.has_own_name:
            await _rename(tx, user, person, None)
    office.bell.posts.ring()


async def _rename(tx: Transaction, user: TelegramUser, person: Person, name: str | None) -> None:
    """What shows the name shows the new one: cards, and whoever is told of a student's chat."""
    telegrams = shown_name(user)
    await people.set_own_name(tx, person.id, name, telegrams)
    await chats.rename_private(tx, user.id, name or telegrams)
    await posts.bump_lately_of_teacher(tx, person.id, (PostKind.CARD,))
    for lesson_id in await post_states.lessons_ahead_in(tx, user.id):
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
    await note(tx, person.pseudonym, "changed their name")


def _checked(typed: str) -> str:
    name = clean_name(typed)
    if not any(letter.isalpha() for letter in name) or len(name) > LONGEST_NAME:
        raise NotUnderstood("A name has 1 to {most} letters. Type your name.", most=LONGEST_NAME)
    return name


async def _known(tx: Transaction, user: TelegramUser) -> Person:
    """Raises Outdated for somebody whose data was deleted since the button was shown."""
    if await people.find_person(tx, user.id) is None:
        raise Outdated("I hold nothing under your Telegram account any more.")
    return await remember(tx, user)


# Zoom


async def read_zoom_again(office: Office, user: TelegramUser) -> OwnZoom:
    """What Zoom says of the person's account now, stored. Raises NotConnected and Zoom's own."""
    async with office.database.reading() as tx:
        person = await people.find_person(tx, user.id)
    if person is None:
        raise NotConnected("Your Zoom account is not connected. Send /connect first.")
    client = await client_for(office, person.id)
    try:
        said = await client.me()
    except ZoomError as error:
        raise translate(error) from error
    async with office.database.writing() as tx:
        kept = ZoomProfile(said.id, said.email, said.display_name, said.plan)
        is_kept = await zoom_accounts.keep_profile(tx, person.id, kept)
        found = await own_zoom(tx, person)
        if not is_kept or found is None:
            raise NotConnected("Your Zoom account is not connected. Send /connect first.")
        # A card warns where a class is longer than the plan allows.
        await posts.bump_lately_of_teacher(tx, person.id, (PostKind.ANSWER,))
    office.bell.posts.ring()
    return found


# Names as a student


async def forget_other_name(
    office: Office, user: TelegramUser, student_id: int, alias_id: int
) -> str:
    """The student is recognised by it no longer; what it was. Raises Outdated."""
    async with office.database.writing() as tx:
        person = await people.find_person(tx, user.id)
        student = await students.find_student(tx, student_id)
        if person is None or student is None or student.person_id != person.id:
            raise Outdated("You are not on this list of students any more.")
        gone = next((one for one in student.aliases if one.id == alias_id), None)
        if gone is None or not await student_changes.remove_alias(tx, student_id, alias_id):
            raise Outdated("This was removed already.")
        await note(tx, person.pseudonym, "took a name of theirs off a list", str(student_id))
    await bring_up_to_date(office, student.course_id)
    return gone.value
