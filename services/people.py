"""Who is who: callers and their roles, invitations for teachers, personal settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.errors import NotAllowed, Outdated
from school.model import ClockFace, InvitationKind, PostKind, Role
from school.names import clean_name
from services.codes import derived_code, hashed
from services.office import Office
from services.zones import zone_named
from storage import chats, posts
from storage.audit import note
from storage.database import Transaction
from storage.invitations import (
    StoredInvitation,
    add_invitation,
    count_open,
    invitation_by_code,
    invitation_by_request,
    use_invitation,
)
from storage.people import (
    Person,
    add_person,
    find_person,
    get_person,
    make_teacher,
    rename_person,
    set_person_clock,
    set_person_language,
    set_person_zone,
)

INVITATION_LIFETIME = timedelta(days=7)
MOST_OPEN_INVITATIONS = 200
"""Of one person: more than a school hands out in a week, and an end to what can be stored."""


@dataclass(frozen=True, slots=True)
class TelegramUser:
    """A person as Telegram names them in an update."""

    id: int
    name: str
    username: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks for something; `person_id` is None for somebody who is not stored.

    An admin can be a teacher too, so teaching is a flag of its own. A student is known as one
    where they are taught in private. `language` is the one the person chose, or their Telegram's;
    whoever renders takes the nearest that there is.
    """

    person_id: int | None
    telegram_user_id: int
    name: str
    role: Role
    is_teacher: bool
    language: str
    zone: ZoneInfo
    clock: ClockFace = ClockFace.DAY


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes one person a teacher, or a teacher's student, once."""

    link: str
    expires_at: datetime


async def who_is(office: Office, user: TelegramUser) -> Caller:
    """The person behind a Telegram user. Strangers are not stored; changed names are kept up."""
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
        caller = await _caller(tx, office, user, person)
    if not _should_be_stored(office, user, person):
        return caller
    async with office.database.writing() as tx:
        return await _caller(tx, office, user, await remember(tx, user))


async def remember(tx: Transaction, user: TelegramUser) -> Person:
    """Store somebody who begins something, or keep their name up to date."""
    person = await find_person(tx, user.id)
    name = shown_name(user, person)
    if person is None:
        return await add_person(tx, user.id, name, user.username)
    if (person.name, person.username) != (name, user.username):
        await rename_person(tx, person.id, name, user.username)
        await chats.rename_private(tx, user.id, name)
    return await get_person(tx, person.id)


def require_teacher(office: Office, caller: Caller) -> int:
    """The person's id; raises NotAllowed for everybody who does not teach."""
    if not caller.is_teacher or caller.person_id is None:
        raise NotAllowed(
            "This is for {school}'s teachers. If you teach here, ask your admin for an invitation.",
            school=office.profile.name,
        )
    return caller.person_id


@dataclass(frozen=True, slots=True)
class Teacher:
    """A caller who is known to teach: only `as_teacher` makes one."""

    person_id: int
    telegram_user_id: int
    name: str
    zone: ZoneInfo


def as_teacher(office: Office, caller: Caller) -> Teacher:
    """Raises NotAllowed for everybody who does not teach."""
    person_id = require_teacher(office, caller)
    return Teacher(person_id, caller.telegram_user_id, caller.name, caller.zone)


async def check_still_teaches(tx: Transaction, teacher: Teacher) -> None:
    """Within a transaction: since it was asked who they are, they may have ceased to teach.

    Raises Outdated then.
    """
    person = await find_person(tx, teacher.telegram_user_id)
    if person is None or person.id != teacher.person_id or not person.is_teacher:
        raise Outdated("You do not teach here any more, so nothing was changed.")


def require_admin(office: Office, caller: Caller) -> int:
    """The person's id; raises NotAllowed for everybody who is no admin now."""
    if caller.role is not Role.ADMIN or caller.person_id is None:
        raise NotAllowed("This is for {school}'s admins.", school=office.profile.name)
    return caller.person_id


async def invite_teacher(office: Office, caller: Caller, request_key: str) -> Invitation:
    """A new invitation; the same `request_key` gives the same one again."""
    admin_id = require_admin(office, caller)
    return await make_invitation(office, InvitationKind.TEACHER, admin_id, request_key)


async def make_invitation(
    office: Office, kind: InvitationKind, person_id: int, request_key: str
) -> Invitation:
    """What makes one person a teacher, or a student of the teacher `person_id`."""
    async with office.database.writing() as tx:
        # Made from the request by a keyed hash, so that only the code's own hash is stored and
        # a repeated request still reads the same link.
        code = derived_code(tx.vault, f"{kind} invitation", request_key)
        stored = await invitation_by_request(tx, request_key)
        expires_at = stored.expires_at if stored else tx.now + INVITATION_LIFETIME
        if stored is None:
            await _check_open_invitations(tx, person_id)
            await add_invitation(tx, kind, hashed(code), person_id, request_key, expires_at)
            await note(tx, (await get_person(tx, person_id)).pseudonym, f"invited a {kind}")
    link = f"https://t.me/{office.profile.bot_username}?start={kind[0]}-{code}"
    return Invitation(link, expires_at)


async def _check_open_invitations(tx: Transaction, person_id: int) -> None:
    if await count_open(tx, person_id) >= MOST_OPEN_INVITATIONS:
        raise NotAllowed(
            "{count} of your invitations have not been used yet. Hand those out first; "
            "each works for a week.",
            count=MOST_OPEN_INVITATIONS,
        )


async def accept_invitation(office: Office, user: TelegramUser, code: str) -> Caller:
    """Make the person a teacher; whoever is one already is simply welcome again."""
    async with office.database.writing() as tx:
        invitation = await invitation_by_code(tx, InvitationKind.TEACHER, hashed(code))
        person = await find_person(tx, user.id)
        if person is None or not person.is_teacher:
            person = await _made_teacher(tx, office, user, invitation)
        return await _caller(tx, office, user, person)


async def set_zone(office: Office, user: TelegramUser, typed: str) -> Caller:
    """Keep the zone that the person's times are meant in: `Asia/Riyadh`, or just `riyadh`."""
    zone = await zone_named(typed)
    return await _keep(office, user, lambda tx, person_id: set_person_zone(tx, person_id, zone))


async def set_language(office: Office, user: TelegramUser, language: str) -> Caller:
    """Speak to the person in this language, which there is."""
    return await _keep(
        office, user, lambda tx, person_id: set_person_language(tx, person_id, language)
    )


async def set_clock(office: Office, user: TelegramUser, clock: ClockFace) -> Caller:
    """Tell the person the time of day so."""
    return await _keep(office, user, lambda tx, person_id: set_person_clock(tx, person_id, clock))


async def _keep(
    office: Office, user: TelegramUser, keep: Callable[[Transaction, int], Awaitable[None]]
) -> Caller:
    """Store somebody's own setting; what their private chat shows of classes ahead follows it."""
    async with office.database.writing() as tx:
        person = await remember(tx, user)
        await keep(tx, person.id)
        await posts.bump_in(tx, user.id, (PostKind.CARD,))
        caller = await _caller(tx, office, user, await get_person(tx, person.id))
    office.bell.posts.ring()
    return caller


async def _made_teacher(
    tx: Transaction, office: Office, user: TelegramUser, invitation: StoredInvitation | None
) -> Person:
    if invitation is None:
        raise Outdated(
            "I do not know this invitation. Open the newest link from your admin, "
            "or ask for a new one."
        )
    if invitation.used_by is None and invitation.expires_at <= tx.now:
        raise Outdated("This invitation has expired. Ask your admin for a new one.")
    inviter = await get_person(tx, invitation.invited_by)
    if inviter.telegram_user_id not in office.profile.admin_ids:
        raise Outdated("Whoever made this invitation is no admin any more. Ask your admin for one.")
    person = await remember(tx, user)
    if not await use_invitation(tx, invitation.id, person.id):
        raise Outdated("This invitation has already been used. Ask your admin for a new one.")
    await make_teacher(tx, person.id)
    await note(tx, person.pseudonym, "became a teacher")
    return await get_person(tx, person.id)


def _should_be_stored(office: Office, user: TelegramUser, person: Person | None) -> bool:
    if person is None:
        return user.id in office.profile.admin_ids
    return (person.name, person.username) != (shown_name(user, person), user.username)


async def _caller(
    tx: Transaction, office: Office, user: TelegramUser, person: Person | None
) -> Caller:
    return Caller(
        person_id=person.id if person else None,
        telegram_user_id=user.id,
        name=shown_name(user, person),
        role=Role.STRANGER if person is None else await _role(tx, office, user, person),
        is_teacher=person is not None and person.is_teacher,
        language=(person and person.language) or user.language_code or office.profile.language,
        zone=ZoneInfo(person.zone) if person and person.zone else office.profile.zone,
        clock=ClockFace(person.clock) if person and person.clock else ClockFace.DAY,
    )


async def _role(tx: Transaction, office: Office, user: TelegramUser, person: Person) -> Role:
    if user.id in office.profile.admin_ids:
        return Role.ADMIN
    if person.is_teacher:
        return Role.TEACHER
    own_chat = await chats.find_chat(tx, user.id)
    is_taught_there = own_chat is not None and own_chat.is_linked
    return Role.STUDENT if is_taught_there else Role.STRANGER


def shown_name(user: TelegramUser, person: Person | None = None) -> str:
    """The name that the person chose, else the one that they have in Telegram."""
    if person is not None and person.has_own_name:
        return person.name
    return clean_name(user.name) or str(user.id)
