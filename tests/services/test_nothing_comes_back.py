"""A teacher who has left, and whom other teachers' classes knew as a guest, stays away."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.answers import Answer, AnsweredStay
from school.facts import Participant
from services import folding
from services.disconnecting import deauthorized, disconnect
from services.erasure_list import bring_in_step
from services.erasures_listed import write_down
from services.events import apply_waiting
from services.office import Office
from services.people import who_is
from storage.answers import keep_answer
from storage.attendance import presences_of
from storage.database import Database
from storage.erasure_file import ErasureFile
from storage.people import find_person, set_own_name
from storage.schema import former_account
from storage.sealing import DataKeys
from storage.zoom_accounts import find_account, keep_profile
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.test_erasure_list import backed_up, replaced
from tests.services.test_leaving import HOUR
from tests.services.test_nothing_is_left import Who, aisha_zoom, leaves, places, plain
from tests.zoom_reports import Held, reported

__all__ = ["aisha_zoom"]

OMAR = plain("Omar", "2")


async def musas(office: Office, clock: SettableClock) -> tuple[int, Held]:
    """A class of Musa's that began 41 minutes ago."""
    made = await made_class(office, {}, teacher=MUSA, topic="Fiqh", starts_at=clock() + HOUR)
    clock.forward(HOUR + timedelta(minutes=41))
    return made.lesson_id, Held(made.meeting_id, made.planned.starts_at, host_id="musas-zoom")


def stays(held: Held, who: Who, since: float = 5, until: float = 35) -> list[bytes]:
    name, marks = who
    return held.stay(name, since, until, **marks)


def aisha_as_guest(account: ZoomPerson, number: str = "1") -> Who:
    return plain("Aisha", number, id=account.user_id, email=account.email)


async def left_of(office: Office, account: ZoomPerson) -> set[str]:
    """Where the name, the e-mail or Zoom's id still stand."""
    found = [await places(office, one) for one in ("aisha", account.email, account.user_id)]
    return set[str]().union(*found)


async def test_what_was_being_worked_out_meanwhile_is_not_saved(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    lesson_id, held = await musas(office, clock)
    guests = [*stays(held, aisha_as_guest(aisha_zoom)), *stays(held, OMAR)]
    await reported(office, held.started(), *guests)
    await apply_waiting(office)
    material = await folding._gathered(office, lesson_id)  # a fold is under way
    found = folding._folded(material, office.database.vault, is_over=True)
    await leaves(office, AISHA)
    assert not await folding._kept(office, material, found, ())
    await folding.close(office, lesson_id)
    assert await left_of(office, aisha_zoom) == set()
    async with office.database.reading() as tx:
        rows = await presences_of(tx, lesson_id)
    assert {one.name or "" for one in rows if not one.is_teacher} == {"", "Omar"}


async def _come_late(office: Office, lesson_id: int, account: ZoomPerson) -> None:
    """Nothing of them is left, and what they did there counts once."""
    await apply_waiting(office)
    assert await left_of(office, account) == set()
    async with office.database.reading() as tx:
        rows = [one for one in await presences_of(tx, lesson_id) if not one.is_teacher]
    assert sorted(one.name or "" for one in rows) == ["", "Omar"]
    assert timedelta(minutes=32) in {one.total for one in rows}


@pytest.mark.parametrize("signs", [{"id"}, {"email"}, {"id", "email"}])
async def test_what_zoom_reports_late_of_a_guest_brings_them_back_nowhere(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock, signs: set[str]
) -> None:
    """Nor onto the list of students, which the class begins."""
    lesson_id, held = await musas(office, clock)
    known = {"id": aisha_zoom.user_id, "email": aisha_zoom.email}
    coming, going = stays(held, aisha_as_guest(aisha_zoom))
    await reported(office, held.started(), coming, *stays(held, OMAR), held.ended(40))
    await apply_waiting(office)
    await leaves(office, AISHA)
    assert await left_of(office, aisha_zoom) == set()
    late = plain("Aisha", "3", **{key: known[key] for key in signs})
    await reported(office, going, *stays(held, late, 36, 38))
    await _come_late(office, lesson_id, aisha_zoom)


async def test_what_was_not_applied_yet_brings_them_back_nowhere(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    lesson_id, held = await musas(office, clock)
    late = plain("Aisha", "3", id=aisha_zoom.user_id)
    guest = [*stays(held, aisha_as_guest(aisha_zoom)), *stays(held, late, 36, 38)]
    await reported(office, held.started(), *guest, *stays(held, OMAR), held.ended(40))
    await leaves(office, AISHA)
    await _come_late(office, lesson_id, aisha_zoom)


async def test_what_zoom_says_when_it_is_asked_brings_them_back_nowhere(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    lesson_id, held = await musas(office, clock)
    await reported(office, held.started(), *stays(held, aisha_as_guest(aisha_zoom)), held.ended(40))
    await apply_waiting(office)
    await leaves(office, AISHA)
    at = held.starts_at
    came = [
        AnsweredStay(who, at + timedelta(minutes=since), at + timedelta(minutes=until))
        for who, since, until in (
            (Participant("Aisha", "1", zoom_user_id=aisha_zoom.user_id), 5, 35),
            (Participant("Aisha", "3", email=aisha_zoom.email), 36, 38),
            (Participant("Omar", "2"), 5, 35),
        )
    ]
    answer = Answer(held.uuid, held.host_id, at, at + timedelta(minutes=40), tuple(came))
    async with office.database.writing() as tx:
        await keep_answer(tx, lesson_id, answer)
    assert await folding.refold(office, lesson_id, ())
    await _come_late(office, lesson_id, aisha_zoom)


async def test_others_who_come_late_under_their_name_or_with_their_account_are_told_of(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    """Another Aisha, and a child who comes with its mother's account."""
    _, held = await musas(office, clock)
    await reported(office, held.started(), *stays(held, OMAR), held.ended(40))
    await apply_waiting(office)
    await leaves(office, AISHA)
    another, child = plain("Aisha", "5", id="other"), plain("Bilal", "6", id=aisha_zoom.user_id)
    await reported(office, *stays(held, another), *stays(held, child))
    await apply_waiting(office)
    for name in ("aisha", "bilal"):
        assert await places(office, name) > {"presence.sealed_name", "zoom_event.sealed_body"}


async def test_who_comes_again_after_it_is_a_guest_as_any_other(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await leaves(office, AISHA)
    lesson_id, held = await musas(office, clock)
    await reported(office, held.started(), *stays(held, aisha_as_guest(aisha_zoom)))
    await apply_waiting(office)
    async with office.database.reading() as tx:
        assert "Aisha" in {one.name for one in await presences_of(tx, lesson_id)}


async def test_a_backup_that_did_not_know_their_account_brings_them_back_nowhere(
    office: Office,
    aisha_at_zoom: ZoomPerson,
    tmp_path: Path,
    clock: SettableClock,
    data_keys: DataKeys,
) -> None:
    """They were known to nobody then, and had connected nothing."""
    lesson_id, held = await musas(office, clock)
    guests = [*stays(held, aisha_as_guest(aisha_at_zoom)), *stays(held, OMAR)]
    await reported(office, held.started(), *guests, held.ended(40))
    await apply_waiting(office)
    backup = backed_up(office, tmp_path)
    clock.forward(HOUR)
    await connected(office, AISHA, aisha_at_zoom)
    await leaves(office, AISHA)
    assert await left_of(office, aisha_at_zoom) == set()
    file = ErasureFile(tmp_path / "erasures")
    await write_down(replace(office, erasure_file=file))
    async with Database.open(f"sqlite:///{backup}", data_keys, clock) as database:
        restored = replaced(office, database)
        assert {"student.sealed_name", "presence.sealed_keys"} < await left_of(
            restored, aisha_at_zoom
        )
        await bring_in_step(replace(restored, erasure_file=file))
        assert await left_of(restored, aisha_at_zoom) == set()
        assert "student.sealed_name" in await places(restored, "omar")
        late = plain("Aisha", "3", id=aisha_at_zoom.user_id)
        await reported(restored, *stays(held, late, 36, 38))
        await _come_late(restored, lesson_id, aisha_at_zoom)


# Whose account was let go of before


async def _disconnects(office: Office, account: ZoomPerson, how: str, zoom: ZoomPeople) -> None:
    if how == "by the teacher":
        await disconnect(office, await who_is(office, AISHA))
    elif how == "inside Zoom":
        await deauthorized(office, account.user_id)
    else:
        another = await zoom.user("a.second@example.org", name="Umm Bilal")
        await connected(office, AISHA, another)


@pytest.mark.parametrize("how", ["by the teacher", "inside Zoom", "for another"])
@pytest.mark.parametrize("mark", ["id", "email"])
async def test_a_guest_who_disconnected_first_is_in_no_class_any_more(
    office: Office,
    aisha_zoom: ZoomPerson,
    zoom: ZoomPeople,
    clock: SettableClock,
    how: str,
    mark: str,
) -> None:
    """The name in Zoom was another than here."""
    async with office.database.writing() as tx:
        person = await find_person(tx, AISHA.id)
        assert person is not None
        await set_own_name(tx, person.id, "Ustadha", "Ustadha")
    known = {"id": aisha_zoom.user_id, "email": aisha_zoom.email.upper()}
    lesson_id, held = await musas(office, clock)
    guest = stays(held, plain(aisha_zoom.name, "1", **{mark: known[mark]}))
    await reported(office, held.started(), *guest, *stays(held, OMAR), held.ended(40))
    await apply_waiting(office)
    assert "student.sealed_name" in await left_of(office, aisha_zoom)
    await _disconnects(office, aisha_zoom, how, zoom)
    await leaves(office, AISHA)
    late = plain(aisha_zoom.name, "3", **{mark: known[mark]})
    await reported(office, *stays(held, late, 36, 38))
    await _come_late(office, lesson_id, aisha_zoom)
    async with office.database.reading() as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(former_account)) == 0


async def test_what_is_kept_of_an_account_that_was_let_go_of_cannot_be_read(
    office: Office, aisha_zoom: ZoomPerson
) -> None:
    for _ in range(2):
        await disconnect(office, await who_is(office, AISHA))
        assert await places(office, aisha_zoom.email) == set()
        await connected(office, AISHA, aisha_zoom)
    async with office.database.reading() as tx:
        [row] = (await tx.connection.execute(select(former_account))).all()
    assert all(len(one) == 32 for one in row if isinstance(one, bytes))


async def test_a_meeting_on_an_account_that_was_let_go_of_is_held_no_more(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    held = Held(777_777, clock(), host_id=aisha_zoom.user_id)
    await reported(office, held.started(), *stays(held, OMAR))
    await disconnect(office, await who_is(office, AISHA))
    await leaves(office, AISHA)
    assert await places(office, "omar") == set()


async def test_a_guest_under_what_their_account_was_called_before_is_in_no_class_any_more(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    _, held = await musas(office, clock)
    guest = stays(held, plain("Umm Bilal", "1", email=aisha_zoom.email))
    await reported(office, held.started(), *guest, *stays(held, OMAR), held.ended(40))
    await apply_waiting(office)
    async with office.database.writing() as tx:
        person = await find_person(tx, AISHA.id)
        assert person is not None
        account = await find_account(tx, person.id)
        assert account is not None
        for name, email in (("Umm Bilal", aisha_zoom.email), ("Aisha", "new@example.org")):
            told = replace(account.profile, display_name=name, email=email)
            assert await keep_profile(tx, person.id, told)
    await leaves(office, AISHA)
    assert await places(office, "bilal") == set()
    assert await left_of(office, aisha_zoom) == set()
