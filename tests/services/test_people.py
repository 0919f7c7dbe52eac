"""Who is who, over a real database."""

import asyncio
import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

import services.people
from school.errors import NotAllowed, NotUnderstood, Outdated
from school.model import Role
from services.office import Office
from services.people import (
    Caller,
    TelegramUser,
    accept_invitation,
    invite_teacher,
    require_admin,
    require_teacher,
    set_zone,
    who_is,
)
from storage.people import set_own_name
from storage.schema import audit_entry, invitation, person
from tests.clocks import SettableClock
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher

STRANGER = TelegramUser(99, "Someone")


async def invited(office: Office, request_key: str = "update:1") -> str:
    """The code of an invitation that the admin just made."""
    link = (await invite_teacher(office, await who_is(office, ADMIN), request_key)).link
    return link.rpartition("?start=t-")[2]


async def people_stored(office: Office) -> int:
    async with office.database.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(person)) or 0


async def test_a_stranger_is_told_apart_and_not_stored(office: Office) -> None:
    caller = await who_is(office, STRANGER)
    assert caller.role is Role.STRANGER
    assert caller.person_id is None
    assert await people_stored(office) == 0


async def test_an_admin_of_the_settings_is_stored_at_first_sight(office: Office) -> None:
    first, second = await who_is(office, ADMIN), await who_is(office, ADMIN)
    assert first.role is Role.ADMIN
    assert first.person_id == second.person_id is not None
    assert not first.is_teacher


async def test_whoever_left_the_admins_of_the_settings_is_one_no_more(office: Office) -> None:
    await who_is(office, ADMIN)
    assert (await who_is(office, TelegramUser(ADMIN.id + 1, "Former"))).role is Role.STRANGER


async def test_an_admin_who_teaches_is_both(office: Office) -> None:
    caller = await accept_invitation(office, ADMIN, await invited(office))
    assert caller.role is Role.ADMIN
    assert caller.is_teacher


async def test_a_new_name_replaces_the_stored_one(office: Office) -> None:
    await made_teacher(office, AISHA)
    renamed = TelegramUser(AISHA.id, "Aisha Q", "aisha_new")
    assert (await who_is(office, renamed)).name == "Aisha Q"
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(person))).mappings().all()
        names = [
            tx.vault.open("person", "sealed_name", one["id"], one["sealed_name"]) for one in row
        ]
    assert "Aisha Q" in names
    assert AISHA.name not in names


async def test_whoever_chose_a_name_keeps_it_and_nothing_is_written_for_it(
    office: Office,
) -> None:
    teacher = await made_teacher(office, AISHA)
    assert teacher.person_id is not None
    async with office.database.writing() as tx:
        await set_own_name(tx, teacher.person_id, "Ustadha Aisha", AISHA.name)
    async with office.database.turn, asyncio.timeout(30):  # whoever writes now would wait for ever
        assert (await who_is(office, AISHA)).name == "Ustadha Aisha"


async def test_names_and_usernames_lie_sealed_in_the_row(office: Office) -> None:
    await made_teacher(office, AISHA)
    async with office.database.reading() as tx:
        rows = (await tx.connection.execute(select(person))).all()
    assert b"Aisha" not in b"".join(row.sealed_name for row in rows)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ai\u202esha", "Aisha"),
        ("\u2066Aisha\u2069", "Aisha"),
        ("Aisha\ud83d", "Aisha\ufffd"),
        ("  Aisha \n Q ", "Aisha Q"),
        ("\u200f", str(AISHA.id)),
        ("عائشة", "عائشة"),
    ],
)
async def test_a_name_cannot_turn_or_break_the_text_around_it(
    office: Office, typed: str, shown: str
) -> None:
    caller = await made_teacher(office, TelegramUser(AISHA.id, typed))
    assert caller.name == shown


async def test_an_invitation_makes_one_teacher_and_is_for_seven_days(
    office: Office, clock: SettableClock
) -> None:
    invitation_made = await invite_teacher(office, await who_is(office, ADMIN), "update:1")
    assert invitation_made.link.startswith("https://t.me/darulkubra_bot?start=t-")
    assert invitation_made.expires_at == clock.now + timedelta(days=7)
    code = invitation_made.link.rpartition("=t-")[2]
    assert len(code) == 22
    caller = await accept_invitation(office, AISHA, code)
    assert caller.role is Role.TEACHER
    assert caller.is_teacher


async def test_a_repeated_invite_update_gives_the_same_link(office: Office) -> None:
    assert await invited(office, "update:1") == await invited(office, "update:1")
    assert await invited(office, "update:2") != await invited(office, "update:1")


async def test_the_code_of_an_invitation_is_not_stored(office: Office) -> None:
    code = await invited(office)
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(select(invitation))).one()
    assert code not in str(tuple(row))


async def test_a_used_invitation_is_refused_to_the_next_person_who_is_not_stored(
    office: Office,
) -> None:
    code = await invited(office)
    await accept_invitation(office, AISHA, code)
    before = await people_stored(office)
    with pytest.raises(Outdated, match="already been used"):
        await accept_invitation(office, MUSA, code)
    assert await people_stored(office) == before


async def test_the_same_person_is_greeted_again_by_the_same_link(office: Office) -> None:
    code = await invited(office)
    first = await accept_invitation(office, AISHA, code)
    assert await accept_invitation(office, AISHA, code) == first


async def test_invitations_that_nobody_uses_come_to_an_end(
    office: Office, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.people, "MOST_OPEN_INVITATIONS", 2)
    code = await invited(office, "update:1")
    await invited(office, "update:2")
    with pytest.raises(NotAllowed):
        await invited(office, "update:3")
    assert await invited(office, "update:1") == code  # asked again, it is the same one
    await accept_invitation(office, AISHA, code)
    await invited(office, "update:3")
    clock.forward(timedelta(days=7))
    assert await invited(office, "update:4") != await invited(office, "update:5")


async def test_a_teacher_does_not_use_up_a_second_invitation(office: Office) -> None:
    await made_teacher(office, AISHA)
    code = await invited(office, "update:2")
    await accept_invitation(office, AISHA, code)
    assert (await accept_invitation(office, MUSA, code)).is_teacher


async def test_an_expired_invitation_is_refused(office: Office, clock: SettableClock) -> None:
    code = await invited(office)
    clock.forward(timedelta(days=7))
    with pytest.raises(Outdated, match="expired"):
        await accept_invitation(office, AISHA, code)


async def test_an_unknown_invitation_is_refused(office: Office) -> None:
    with pytest.raises(Outdated, match="do not know"):
        await accept_invitation(office, AISHA, "A" * 22)


@pytest.mark.parametrize("user", [STRANGER, AISHA])
async def test_only_admins_invite(office: Office, user: TelegramUser) -> None:
    await made_teacher(office, AISHA)
    with pytest.raises(NotAllowed, match="admins"):
        await invite_teacher(office, await who_is(office, user), "update:7")


async def test_each_role_is_asked_for(office: Office) -> None:
    teacher, admin = await made_teacher(office, AISHA), await who_is(office, ADMIN)
    stranger = await who_is(office, STRANGER)
    assert require_teacher(office, teacher) == teacher.person_id
    assert require_admin(office, admin) == admin.person_id
    for caller in (stranger, admin):
        with pytest.raises(NotAllowed) as refused:
            require_teacher(office, caller)
        assert refused.value.text.values == {"school": "Darulkubra"}
    for caller in (stranger, teacher):
        with pytest.raises(NotAllowed):
            require_admin(office, caller)


async def test_the_schools_zone_holds_until_another_is_chosen(office: Office) -> None:
    caller = await made_teacher(office, AISHA)
    assert caller.zone == ZoneInfo("Africa/Addis_Ababa")
    assert (await set_zone(office, AISHA, "Asia/Riyadh")).zone == ZoneInfo("Asia/Riyadh")
    assert (await who_is(office, AISHA)).zone == ZoneInfo("Asia/Riyadh")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("asia/riyadh", "Asia/Riyadh"),
        ("riyadh", "Asia/Riyadh"),
        ("addis ababa", "Africa/Addis_Ababa"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
async def test_a_zone_is_understood_by_its_city(office: Office, typed: str, zone: str) -> None:
    assert (await set_zone(office, AISHA, typed)).zone == ZoneInfo(zone)


@pytest.mark.parametrize("typed", ["Atlantis", "", "../etc/passwd", "Asia/"])
async def test_an_unknown_zone_is_refused_and_nobody_stored(office: Office, typed: str) -> None:
    with pytest.raises(NotUnderstood, match="time zone"):
        await set_zone(office, AISHA, typed)
    assert await people_stored(office) == 0


async def test_the_record_names_nobody(office: Office) -> None:
    await made_teacher(office, AISHA)
    async with office.database.reading() as tx:
        entries = (await tx.connection.execute(select(audit_entry))).all()
    assert [entry.action for entry in entries] == ["invited a teacher", "became a teacher"]
    assert not any(AISHA.name in str(tuple(entry)) for entry in entries)


async def test_a_caller_speaks_the_language_of_their_telegram(office: Office) -> None:
    def caller_of(language_code: str | None) -> TelegramUser:
        return TelegramUser(99, "Someone", language_code=language_code)

    spoken: list[Caller] = [
        await who_is(office, caller_of("ar")),
        await who_is(office, caller_of(None)),
    ]
    assert [caller.language for caller in spoken] == ["ar", "en"]


async def test_looking_a_zone_up_keeps_nobody_else_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[int] = []

    def listed() -> set[str]:
        readers.append(threading.get_ident())
        return {"Asia/Riyadh"}

    monkeypatch.setattr("services.zones.available_timezones", listed)
    await set_zone(office, AISHA, "riyadh")
    assert len(readers) == 1
    assert threading.get_ident() not in readers
