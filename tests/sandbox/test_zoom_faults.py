"""Trouble on demand: what a caller of Zoom meets, and what was processed all the same."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from .zoom_stage import Api, Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


@pytest.fixture
async def api(stage: Stage) -> Api:
    return await stage.api(await stage.zoom.user("aisha@example.org", name="Aisha Q"))


async def _create(api: Api) -> httpx.Response:
    return await api.call("POST", "/users/me/meetings", {"topic": "Tajweed"})


async def _existing(api: Api) -> int:
    total = (await api.call("GET", "/users/me/meetings")).json()["total_records"]
    return int(total)


@pytest.mark.parametrize(("when", "existing"), [("before", 0), ("after", 1)])
async def test_a_5xx_may_come_before_or_after_processing(
    stage: Stage, api: Api, when: str, existing: int
) -> None:
    await stage.zoom.fault(
        "status", "create_meeting", when="after" if when == "after" else "before", status=502
    )
    answer = await _create(api)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")
    assert await _existing(api) == existing
    assert (await _create(api)).status_code == 201


@pytest.mark.parametrize(("when", "existing"), [("before", 0), ("after", 1)])
async def test_a_dropped_connection_may_hide_a_meeting(
    stage: Stage, api: Api, when: str, existing: int
) -> None:
    await stage.zoom.fault("drop", "create_meeting", when="after" if when == "after" else "before")
    with pytest.raises(httpx.TransportError):
        await _create(api)
    assert await _existing(api) == existing


async def test_the_next_n_calls_of_one_endpoint_are_refused(stage: Stage, api: Api) -> None:
    await stage.zoom.fault("rate", "create_meeting", times=2)
    assert [(await _create(api)).status_code for _ in range(3)] == [429, 429, 201]
    answer = (await api.call("GET", "/users/me")).status_code
    assert answer == 200


async def test_a_slow_answer_takes_its_time(stage: Stage, api: Api) -> None:
    await stage.zoom.fault("slow", "me", seconds=0.2)
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert (await api.call("GET", "/users/me")).status_code == 200
    assert loop.time() - started >= 0.2


async def test_down_means_no_answer_until_it_is_up(stage: Stage, api: Api) -> None:
    await stage.zoom.goes_down()
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await api.call("GET", "/users/me")
    with pytest.raises(httpx.TransportError):
        await stage.token(grant_type="refresh_token", refresh_token="x")
    await stage.zoom.no_faults()
    assert (await api.call("GET", "/users/me")).status_code == 200


async def test_a_lost_answer_to_a_refresh_has_used_up_the_token(stage: Stage) -> None:
    musa = await stage.zoom.user("musa@example.org", name="Musa")
    refresh_token = (await stage.connect(musa))["refresh_token"]
    await stage.zoom.fault("drop", "token", when="after")
    with pytest.raises(httpx.TransportError):
        await stage.token(grant_type="refresh_token", refresh_token=refresh_token)
    again = await stage.token(grant_type="refresh_token", refresh_token=refresh_token)
    assert again.json()["error"] == "invalid_grant"


async def test_the_days_changes_can_be_spent_at_once(stage: Stage) -> None:
    musa = await stage.zoom.user("musa@example.org", name="Musa")
    api = await stage.api(musa)
    await musa.has_used_up_today()
    refused = await _create(api)
    assert refused.status_code == 429
    assert "GMT 00:00:00" in refused.json()["message"]
