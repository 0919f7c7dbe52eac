"""What a supervisor is told."""

import json

from services.office import Office
from storage.zoom_events import EventState
from tests.storage.rows import add_event
from tests.web.site import Site
from web.health import Check, readiness


async def test_it_lives_as_long_as_it_answers(site: Site) -> None:
    site.surroundings.failure = RuntimeError("the database is gone")
    answer = await site.get("/health/live")
    assert (answer.status, json.loads(answer.body)) == (200, {"live": True})


async def test_it_is_ready_when_every_check_is_well(site: Site) -> None:
    site.surroundings.checks = (
        Check("database", ok=True),
        Check("inbox_waiting", ok=True, value=3),
    )
    answer = await site.get("/health/ready")
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "ready": True,
        "checks": {
            "database": {"ok": True, "value": None},
            "inbox_waiting": {"ok": True, "value": 3},
        },
    }


async def test_it_is_not_ready_when_one_check_is_not(site: Site) -> None:
    site.surroundings.checks = (
        Check("database", ok=True),
        Check("telegram_poll_age_s", ok=False, value=312.5),
    )
    answer = await site.get("/health/ready")
    assert answer.status == 503
    assert json.loads(answer.body)["checks"]["telegram_poll_age_s"] == {"ok": False, "value": 312.5}


async def test_it_is_not_ready_when_the_checks_themselves_fail(site: Site) -> None:
    site.surroundings.failure = RuntimeError("password=hunter2")
    answer = await site.get("/health/ready")
    assert answer.status == 503
    assert json.loads(answer.body) == {"ready": False, "checks": {}}


async def test_events_that_were_set_aside_are_counted_but_no_reason_to_restart(
    office: Office,
) -> None:
    async with office.database.writing() as tx:
        await add_event(tx, "waits")
        for body in ("one", "another"):
            await add_event(tx, body, EventState.SET_ASIDE)
    assert await readiness(office, poll_age=None)() == [
        Check("database", ok=True),
        Check("events_waiting", ok=True, value=1),
        Check("events_set_aside", ok=True, value=2),
    ]
