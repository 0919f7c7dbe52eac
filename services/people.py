"""Who is who: callers and their roles, invitations for teachers, personal settings."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import Role
from school.names import clean_name
from services.codes import derived_code, hashed
from services.office import Office
from storage.audit import note
from storage.database import Transaction
from storage.invitations import (
    StoredInvitation,
    add_invitation,
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
    set_person_zone,
)

INVITATION_LIFETIME = timedelta(days=7)


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

    An admin can be a teacher too, so teaching is a flag of its own. `language` is the one the
    person chose, or their Telegram's; whoever renders takes the nearest that there is.
    """

    person_id: int | None
    telegram_user_id: int
    name: str
    role: Role
    is_teacher: bool
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes one person a teacher, once."""

    link: str
    expires_at: datetime


async def who_is(office: Office, user: TelegramUser) -> Caller:
    """The person behind a Telegram user. Strangers are not stored; changed names are kept up."""
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
    if _should_be_stored(office, user, person):
        async with office.database.writing() as tx:
            person = await remember(tx, user)
    return _caller(office, user, person)


async def remember(tx: Transaction, user: TelegramUser) -> Person:
    """Store somebody who begins something, or keep their name up to date."""
    name = _shown_name(user)
    person = await find_person(tx, user.id)
    if person is None:
        return await add_person(tx, user.id, name, user.username)
    if (person.name, person.username) != (name, user.username):
        await rename_person(tx, person.id, name, user.username)
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


def require_admin(office: Office, caller: Caller) -> int:
    """The person's id; raises NotAllowed for everybody who is no admin now."""
    if caller.role is not Role.ADMIN or caller.person_id is None:
        raise NotAllowed("This is for {school}'s admins.", school=office.profile.name)
    return caller.person_id


async def invite_teacher(office: Office, caller: Caller, request_key: str) -> Invitation:
    """A new invitation; the same `request_key` gives the same one again."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        # Made from the request by a keyed hash, so that only the code's own hash is stored and
        # a repeated request still reads the same link.
        code = derived_code(tx.vault, "teacher invitation", request_key)
        stored = await invitation_by_request(tx, request_key)
        expires_at = stored.expires_at if stored else tx.now + INVITATION_LIFETIME
        if stored is None:
            await add_invitation(tx, hashed(code), admin_id, request_key, expires_at)
            await note(tx, (await get_person(tx, admin_id)).pseudonym, "invited a teacher")
    link = f"https://t.me/{office.profile.bot_username}?start=t-{code}"
    return Invitation(link, expires_at)


async def accept_invitation(office: Office, user: TelegramUser, code: str) -> Caller:
    """Make the person a teacher; whoever is one already is simply welcome again."""
    async with office.database.writing() as tx:
        invitation = await invitation_by_code(tx, hashed(code))
        person = await find_person(tx, user.id)
        if person is None or not person.is_teacher:
            person = await _made_teacher(tx, user, invitation)
    return _caller(office, user, person)


async def set_zone(office: Office, user: TelegramUser, typed: str) -> Caller:
    """Keep the zone that the person's times are meant in: `Asia/Riyadh`, or just `riyadh`."""
    zone = await asyncio.to_thread(_zone_named, typed)  # it reads hundreds of files
    async with office.database.writing() as tx:
        person = await remember(tx, user)
        await set_person_zone(tx, person.id, zone)
        person = await get_person(tx, person.id)
    return _caller(office, user, person)


async def _made_teacher(
    tx: Transaction, user: TelegramUser, invitation: StoredInvitation | None
) -> Person:
    if invitation is None:
        raise Outdated(
            "I do not know this invitation. Open the newest link from your admin, "
            "or ask for a new one."
        )
    if invitation.used_by is None and invitation.expires_at <= tx.now:
        raise Outdated("This invitation has expired. Ask your admin for a new one.")
    person = await remember(tx, user)
    if not await use_invitation(tx, invitation.id, person.id):
        raise Outdated("This invitation has already been used. Ask your admin for a new one.")
    await make_teacher(tx, person.id)
    await note(tx, person.pseudonym, "became a teacher")
    return await get_person(tx, person.id)


def _should_be_stored(office: Office, user: TelegramUser, person: Person | None) -> bool:
    if person is None:
        return user.id in office.profile.admin_ids
    return (person.name, person.username) != (_shown_name(user), user.username)


def _caller(office: Office, user: TelegramUser, person: Person | None) -> Caller:
    is_teacher = person is not None and person.is_teacher
    if person is not None and user.id in office.profile.admin_ids:
        role = Role.ADMIN
    else:
        role = Role.TEACHER if is_teacher else Role.STRANGER
    return Caller(
        person_id=person.id if person else None,
        telegram_user_id=user.id,
        name=_shown_name(user),
        role=role,
        is_teacher=is_teacher,
        language=(person and person.language) or user.language_code or office.profile.language,
        zone=ZoneInfo(person.zone) if person and person.zone else office.profile.zone,
    )


def _shown_name(user: TelegramUser) -> str:
    return clean_name(user.name) or str(user.id)


def _zone_named(typed: str) -> str:
    """Raises NotUnderstood unless exactly one zone is meant."""
    wanted = "_".join(typed.split()).casefold()
    zones = sorted(available_timezones())
    exact = [zone for zone in zones if zone.casefold() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.casefold().endswith(f"/{wanted}")]
    if found := exact or cities:
        # The same city can be listed under an older name too, such as US/… for America/….
        return found[0]
    raise NotUnderstood(
        "I do not know the time zone {typed}. Write a region and city, "
        "such as Africa/Addis_Ababa or Asia/Riyadh.",
        typed=clean_name(typed),
    )
