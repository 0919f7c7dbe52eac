"""A teacher sees what is stored of them in classes of others, and of accounts they let go of."""

import json
from typing import Any

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from services.disconnecting import disconnect
from services.events import apply_waiting
from services.leaving import preview
from services.office import Office
from services.own_data_file import DataOrder, everything
from services.people import who_is
from storage.own_reading import NOT_SHOWN
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA
from tests.services.test_nothing_comes_back import OMAR, aisha_as_guest, musas, stays
from tests.services.test_nothing_is_left import aisha_zoom, plain
from tests.zoom_reports import reported

__all__ = ["aisha_zoom"]


async def _given(office: Office) -> dict[str, list[dict[str, Any]]]:
    """The rows of each part of Aisha's file, where there are any."""
    order = DataOrder(office.database.access, AISHA.id, "", office.profile.zone, office.clock())
    async with office.database.reading() as tx:
        said = json.loads(json.dumps(await everything(tx, order)))
    return {key: part["rows"] for key, part in said["stored"].items() if part["rows"]}


@pytest.mark.parametrize("is_connected", [True, False])
async def test_a_guest_is_given_what_would_be_deleted_of_them_and_nothing_of_others(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock, is_connected: bool
) -> None:
    """Another Aisha came, and a child with its mother's account to the next class."""
    lesson_id, held = await musas(office, clock)
    others = [*stays(held, OMAR), *stays(held, plain("Aisha", "5", id="another-aisha"))]
    guest = stays(held, aisha_as_guest(aisha_zoom))
    await reported(office, held.started(), *guest, *others, held.ended(40))
    await apply_waiting(office)
    _, next_one = await musas(office, clock)
    child = stays(next_one, plain("Bilal", "6", id=aisha_zoom.user_id))
    await reported(office, next_one.started(), *child, next_one.ended(40))
    await apply_waiting(office)
    if not is_connected:
        await disconnect(office, await who_is(office, AISHA))
    given = await _given(office)
    [presence] = given["attendance"]
    assert presence["lesson_id"] == str(lesson_id)
    assert (presence["name"], presence["seconds"]) == ("Aisha", 30 * 60)
    assert aisha_zoom.email in json.dumps(presence["keys"])
    assert len(given["stays"]) == len(given["students"]) == 1
    assert {one["value"] for one in given["student_aliases"]} == {
        aisha_zoom.email,
        aisha_zoom.user_id,
    }
    assert [one["topic"] for one in given["courses_of_others"]] == ["Fiqh"]
    assert str(lesson_id) in {one["id"] for one in given["lessons_attended"]}
    reports = json.dumps(given["zoom_reports_about_you"])
    assert reports.count("Aisha") == 2
    for name in ("Omar", "another-aisha", "Bilal"):
        assert name not in json.dumps(given)
    read = await preview(office, AISHA)
    assert read is not None
    assert (read.holdings.attended, read.holdings.rosters) == (1, 1)


async def test_access_keys_that_zoom_is_still_to_be_told_of_are_in_what_they_are_given(
    office: Office, aisha_zoom: ZoomPerson, zoom: ZoomPeople
) -> None:
    await zoom.goes_down()
    assert not (await disconnect(office, await who_is(office, AISHA))).zoom_was_told
    given = await _given(office)
    [told] = given["zoom_connections_being_ended"]
    assert told["refresh_token"] == NOT_SHOWN
    assert aisha_zoom.email not in json.dumps(given)
