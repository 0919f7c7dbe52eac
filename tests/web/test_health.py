"""What a supervisor is told."""

import json

from tests.web.site import Site
from web.health import Check


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
