"""A teacher who has left, and whom other teachers' classes knew as a guest, stays away."""

from datetime import timedelta

from sandbox.zoom_people import ZoomPerson
from services import folding
from services.events import apply_waiting
from services.office import Office
from storage.attendance import presences_of
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.test_nothing_is_left import HOUR, Who, aisha_zoom, leaves, places, plain
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
