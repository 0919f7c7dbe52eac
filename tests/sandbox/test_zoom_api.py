"""Zoom's API as the stand-in plays it: what it accepts, refuses, and shows."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jsonschema
import pytest

from sandbox.zoom_people import ZoomPeople
from tests.oracles import oracle

from .zoom_stage import Api, Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


@pytest.fixture
async def api(stage: Stage) -> Api:
    """Of Aisha, on a paid plan."""
    return await stage.api(await stage.zoom.user("aisha@example.org", name="Aisha Q", plan=2))


def _schema(path: str, method: str, status: str) -> dict[str, Any]:
    published = json.loads(oracle("zoom/zoom-mini.patched.openapi.json").read_text())
    answer = published["paths"][path][method]["responses"][status]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema | {"components": published["components"]}


def _known(schema: dict[str, Any]) -> set[str]:
    parts = schema.get("allOf", [schema])
    return {name for part in parts for name in part["properties"]}


SERIES = {
    "type": 8,
    "start_time": "2026-12-01T18:00:00",
    "timezone": "Africa/Addis_Ababa",
    "duration": 45,
    "recurrence": {"type": 2, "weekly_days": "3,5", "end_times": 4},
}


async def test_me_is_the_user_who_allowed(api: Api) -> None:
    shown = (await api.call("GET", "/users/me")).json()
    assert (shown["email"], shown["type"], shown["display_name"]) == (
        "aisha@example.org",
        2,
        "Aisha Q",
    )
    schema = _schema("/users/{userId}", "get", "200")
    jsonschema.validate(shown, schema)
    assert set(shown) <= _known(schema)


async def test_another_user_does_not_exist_for_the_app(api: Api) -> None:
    answer = await api.call("GET", "/users/musa@example.org")
    assert (answer.status_code, answer.json()["code"]) == (404, 1001)


@pytest.mark.parametrize("plan", [{"start_time": "2026-12-01T15:00:00Z"}, SERIES])
async def test_a_meeting_is_shown_as_published(api: Api, plan: dict[str, Any]) -> None:
    made = await api.create(**plan)
    got = (await api.call("GET", f"/meetings/{made['id']}")).json()
    listed = (await api.call("GET", "/users/me/meetings?type=upcoming")).json()
    for shown, path, method, status in (
        (made, "/users/{userId}/meetings", "post", "201"),
        (got, "/meetings/{meetingId}", "get", "200"),
        (listed, "/users/{userId}/meetings", "get", "200"),
    ):
        # Zoom's own schema forgets that several weekdays are one text: "3,5".
        checked = {name: value for name, value in shown.items() if name != "recurrence"}
        schema = _schema(path, method, status)
        jsonschema.validate(checked, schema)
        assert set(shown) <= _known(schema)


async def test_the_host_link_is_fresh_each_time(api: Api) -> None:
    made = await api.create()
    path = f"/meetings/{made['id']}"
    links = {(await api.call("GET", path)).json()["start_url"] for _ in range(2)}
    assert len(links | {made["start_url"]}) == 3


async def test_patch_changes_what_was_sent_and_nothing_else(api: Api) -> None:
    made = await api.create(agenda="ref", start_time="2026-12-01T15:00:00Z", duration=45)
    path = f"/meetings/{made['id']}"
    changed = await api.call("PATCH", path, {"start_time": "2026-12-02T15:00:00Z"})
    assert (changed.status_code, changed.content) == (204, b"")
    shown = (await api.call("GET", path)).json()
    kept = {"topic", "agenda", "duration", "password", "join_url", "settings"}
    assert shown["start_time"] == "2026-12-02T15:00:00Z"
    assert {name: shown[name] for name in kept} == {name: made[name] for name in kept}


async def test_a_deleted_meeting_is_gone(api: Api) -> None:
    path = f"/meetings/{(await api.create())['id']}"
    assert (await api.call("DELETE", path)).status_code == 204
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"topic": "x"})):
        answer = await api.call(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, 3001)


async def test_another_hosts_meeting_does_not_exist(stage: Stage, api: Api) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=2))
    made = await musa.create()
    answer = await api.call("GET", f"/meetings/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


async def test_upcoming_is_paged_with_a_line_for_each_date(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    await api.create(**SERIES)
    await api.create(start_time="2026-11-30T10:00:00Z", agenda="x" * 300)
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        path = f"/users/me/meetings?type=upcoming&page_size=2&next_page_token={token}"
        page = (await api.call("GET", path)).json()
        found += page["meetings"]
        token = page["next_page_token"]
        if not token:
            break
    assert [one["start_time"][:10] for one in found] == [
        "2026-11-30",
        "2026-12-01",
        "2026-12-03",
        "2026-12-08",
        "2026-12-10",
    ]
    assert len(found[0]["agenda"]) == 250
    stage.clock.move(days=8, hours=4)  # to Tuesday 1 December, 16:00: that class has ended
    again = await stage.api(aisha)
    left = (await again.call("GET", "/users/me/meetings?type=upcoming")).json()
    assert left["total_records"] == 3


async def test_a_page_token_lives_fifteen_minutes(stage: Stage, api: Api) -> None:
    for _ in range(2):
        await api.create()
    path = "/users/me/meetings?page_size=1&next_page_token="
    token = (await api.call("GET", path)).json()["next_page_token"]
    stage.clock.move(minutes=15)
    answer = await api.call("GET", path + token)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)


@pytest.mark.parametrize(
    "path", ["?page_size=301", "?page_size=0", "?type=all", "?typ=live", "?type=live&type=live"]
)
async def test_a_wrong_list_query_is_refused(api: Api, path: str) -> None:
    assert (await api.call("GET", f"/users/me/meetings{path}")).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/users/me", "user:read:user"),
        ("POST", "/users/me/meetings", "meeting:write:meeting"),
        ("GET", "/users/me/meetings", "meeting:read:list_meetings"),
        ("GET", "/meetings/1", "meeting:read:meeting"),
        ("PATCH", "/meetings/1", "meeting:update:meeting"),
        ("DELETE", "/meetings/1", "meeting:delete:meeting"),
        ("PUT", "/meetings/1/status", "meeting:update:status"),
        ("GET", "/past_meetings/1", "meeting:read:past_meeting"),
        ("GET", "/past_meetings/1/participants", "meeting:read:list_past_participants"),
        ("GET", "/past_meetings/1/instances", "meeting:read:list_past_instances"),
    ],
)
async def test_a_missing_scope_is_named(stage: Stage, method: str, path: str, scope: str) -> None:
    musa = await stage.zoom.user("musa@example.org", name="Musa", scopes=[])
    answer = await (await stage.api(musa)).call(method, path)
    assert answer.status_code == 400
    assert answer.json() == {
        "code": 4711,
        "message": f"Invalid access token, does not contain scopes:[{scope}].",
    }


async def test_without_a_token_nobody_is_let_in(stage: Stage) -> None:
    answer = await Api(stage, "made-up").call("GET", "/users/me")
    assert (answer.status_code, answer.json()["code"]) == (401, 124)


async def test_a_basic_plan_gets_four_calls_a_second(stage: Stage) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    await stage.zoom.ask("POST", "/limits", {"per_second": True})
    statuses = [(await musa.call("GET", "/users/me")).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]


async def test_a_hundred_changes_a_day_until_midnight_gmt(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    path = f"/meetings/{(await api.create())['id']}"
    for _ in range(99):
        assert (await api.call("PATCH", path, {"topic": "x"})).status_code == 204
    refused = await api.call("POST", "/users/me/meetings", {})
    assert refused.status_code == 429
    assert "daily rate limit (100) of Meeting Create/Update" in refused.json()["message"]
    assert refused.headers["Retry-After"] == "2026-11-24T00:00:00Z"
    assert (await api.call("GET", path)).status_code == 200
    stage.clock.move(hours=12)
    tomorrow = await stage.api(aisha)
    assert (await tomorrow.call("POST", "/users/me/meetings", {})).status_code == 201


async def test_who_may_not_host_cannot_create(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    await aisha.changes(may_host=False)
    answer = await api.call("POST", "/users/me/meetings", {})
    assert (answer.status_code, answer.json()["code"]) == (400, 3161)


async def test_a_deleted_user_is_not_found(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    await aisha.is_deleted()
    answer = await api.call("GET", "/users/me")
    assert (answer.status_code, answer.json()["code"]) == (404, 1001)


async def test_ending_through_the_api_puts_everybody_out(stage: Stage, api: Api) -> None:
    made = await api.create()
    await (await stage.zoom.meeting(made["id"])).start()
    path = f"/meetings/{made['id']}"
    assert (await api.call("GET", path)).json()["status"] == "started"
    deleted = await api.call("DELETE", path)
    assert (deleted.status_code, deleted.json()["code"]) == (400, 3002)
    assert (await api.call("PUT", f"{path}/status", {"action": "end"})).status_code == 204
    assert (await api.call("GET", path)).json()["status"] == "waiting"
    assert (await api.call("PUT", f"{path}/status", {"action": "stop"})).status_code == 400


async def test_aiohttp_reads_the_same_answers(stage: Stage, api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        url = f"{stage.sandbox.api_url}/users/me/meetings"
        async with http.post(url, json={"topic": "Fiqh"}) as answer:
            assert answer.status == 201
            made = await answer.json()
    people = ZoomPeople(stage.sandbox.url)
    assert (await people.meeting_at(made["join_url"])).topic == "Fiqh"
