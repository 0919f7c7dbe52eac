"""Zoom's API as the stand-in plays it: what it accepts, refuses, and shows."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

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


async def test_me_is_the_user_who_allowed(stage: Stage, api: Api) -> None:
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


async def test_local_time_needs_the_zone_and_z_means_utc(api: Api) -> None:
    zone = "Africa/Addis_Ababa"
    local = await api.create(start_time="2026-12-01T18:00:00", timezone=zone)
    utc = await api.create(start_time="2026-12-01T18:00:00Z", timezone=zone)
    assert (local["start_time"], local["timezone"]) == ("2026-12-01T15:00:00Z", zone)
    assert (utc["start_time"], utc["timezone"]) == ("2026-12-01T18:00:00Z", zone)


@pytest.mark.parametrize("start", [{}, {"start_time": "2020-01-01T00:00:00Z"}])
async def test_a_past_or_missing_start_becomes_now(api: Api, start: dict[str, str]) -> None:
    assert (await api.create(**start))["start_time"] == "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"topic": "x" * 201}, "topic"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"duration": 0}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"duration": "45"}, "duration"),
        ({"duration": 44.5}, "duration"),
        ({"password": "with space"}, "password"),
        ({"password": "12345678901"}, "password"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"start_time": "tomorrow"}, "start_time"),
        ({"start_time": "2026-13-01T00:00:00Z"}, "start_time"),
        ({"start_time": "2026-12-01T18:00:00+03:00"}, "start_time"),
        ({"type": 5}, "type"),
        ({"type": 8}, "recurrence"),
        ({"recurrence": {"type": 1}}, "recurrence"),
        ({"topic_name": "x"}, "topic_name"),
        ({"agenda": None}, "agenda"),
        ({"settings": {"jbh_time": 7}}, "settings.jbh_time"),
        ({"settings": {"waiting": True}}, "settings.waiting"),
    ],
)
async def test_what_zoom_does_not_take_is_named(
    api: Api, wrong: dict[str, Any], field: str
) -> None:
    answer = await api.call("POST", "/users/me/meetings", wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert (await api.call("GET", "/users/me/meetings")).json()["meetings"] == []


async def test_limits_themselves_are_accepted(api: Api) -> None:
    made = await api.create(
        topic="ت" * 200, agenda="x" * 2000, duration=1440, password="Az09@_*-12"
    )
    assert (made["topic"], made["password"]) == ("ت" * 200, "Az09@_*-12")


async def test_a_waiting_room_rules_out_joining_before_the_host(api: Api) -> None:
    made = await api.create(settings={"waiting_room": True, "join_before_host": True})
    assert made["settings"]["waiting_room"] is True
    assert made["settings"]["join_before_host"] is False


async def test_weekly_dates_begin_at_the_first_fitting_day(api: Api) -> None:
    made = await api.create(**SERIES)  # Tuesdays and Thursdays
    assert [one["start_time"] for one in made["occurrences"]] == [
        "2026-12-01T15:00:00Z",
        "2026-12-03T15:00:00Z",
        "2026-12-08T15:00:00Z",
        "2026-12-10T15:00:00Z",
    ]


async def test_a_series_keeps_its_local_hour_when_the_clocks_change(api: Api) -> None:
    made = await api.create(
        type=8,
        start_time="2027-03-27T18:00:00",
        timezone="Europe/Berlin",
        recurrence={"type": 1, "end_times": 2},
    )
    starts = [one["start_time"] for one in made["occurrences"]]
    assert starts == ["2027-03-27T17:00:00Z", "2027-03-28T16:00:00Z"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"type": 1, "repeat_interval": 2, "end_times": 3}, ["12-01", "12-03", "12-05"]),
        (
            {"type": 2, "weekly_days": "1", "repeat_interval": 2, "end_times": 2},
            ["12-13", "12-27"],
        ),
        ({"type": 1, "end_date_time": "2026-12-03T17:59:59Z"}, ["12-01", "12-02"]),
        ({"type": 3, "monthly_day": 31, "end_times": 2}, ["12-31", "01-31"]),
        (
            {"type": 3, "monthly_week": -1, "monthly_week_day": 6, "end_times": 2},
            ["12-25", "01-29"],
        ),
        (
            {"type": 3, "monthly_week": 2, "monthly_week_day": 1, "end_times": 2},
            ["12-13", "01-10"],
        ),
    ],
)
async def test_each_kind_of_recurrence_has_its_dates(
    api: Api, rule: dict[str, Any], days: list[str]
) -> None:
    made = await api.create(type=8, start_time="2026-12-01T18:00:00Z", recurrence=rule)
    assert [one["start_time"][5:10] for one in made["occurrences"]] == days


@pytest.mark.parametrize(
    "rule",
    [
        {"type": 1, "end_times": 61},
        {"type": 1, "end_date_time": "2027-03-01T00:00:00Z"},
        {"type": 1, "end_date_time": "2026-11-01T00:00:00Z"},
        {"type": 1, "end_times": 2, "end_date_time": "2026-12-03T00:00:00Z"},
        {"type": 2},
        {"type": 2, "weekly_days": "8"},
        {"type": 2, "weekly_days": "1, 2"},
        {"type": 3, "monthly_week": 1},
        {"type": 3, "repeat_interval": 11},
    ],
)
async def test_a_recurrence_that_zoom_cannot_hold_is_refused(
    api: Api, rule: dict[str, Any]
) -> None:
    body = {"type": 8, "start_time": "2026-12-01T18:00:00Z", "recurrence": rule}
    answer = await api.call("POST", "/users/me/meetings", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)


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


async def test_one_occurrence_moves_and_another_is_deleted(api: Api) -> None:
    made = await api.create(**SERIES)
    first, second = (one["occurrence_id"] for one in made["occurrences"][:2])
    path = f"/meetings/{made['id']}"
    move = {"start_time": "2026-12-02T18:00:00", "timezone": "Africa/Addis_Ababa"}
    assert (await api.call("PATCH", f"{path}?occurrence_id={first}", move)).status_code == 204
    assert (await api.call("DELETE", f"{path}?occurrence_id={second}")).status_code == 204
    dates = (await api.call("GET", path)).json()["occurrences"]
    assert [(one["start_time"], one["status"]) for one in dates[:3]] == [
        ("2026-12-02T15:00:00Z", "available"),
        ("2026-12-03T15:00:00Z", "deleted"),
        ("2026-12-08T15:00:00Z", "available"),
    ]
    again = await api.call("DELETE", f"{path}?occurrence_id={second}")
    assert (again.status_code, again.json()["code"]) == (400, 300)
    topic = await api.call("PATCH", f"{path}?occurrence_id={first}", {"topic": "Fiqh"})
    assert topic.status_code == 400


async def test_changing_the_rule_plans_all_dates_anew(api: Api) -> None:
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    rule = {"recurrence": {"type": 1, "end_times": 2}}
    await api.call("PATCH", path, rule | {"duration": 30})
    dates = (await api.call("GET", path)).json()["occurrences"]
    assert [(one["start_time"], one["duration"]) for one in dates] == [
        ("2026-12-01T15:00:00Z", 30),
        ("2026-12-02T15:00:00Z", 30),
    ]


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


async def test_what_was_held_is_told_with_seconds_and_pages(stage: Stage, api: Api) -> None:
    made = await api.create()
    meeting = await stage.zoom.meeting(made["id"])
    await meeting.start()
    ahmed = await meeting.join("Ahmed")
    stage.clock.move(seconds=90)
    await ahmed.leave()
    stage.clock.move(seconds=30)
    live = await api.call("GET", f"/past_meetings/{made['id']}")
    assert (live.status_code, live.json()["code"]) == (404, 3001)
    await meeting.end()
    details = (await api.call("GET", f"/past_meetings/{made['id']}")).json()
    jsonschema.validate(details, _schema("/past_meetings/{meetingId}", "get", "200"))
    assert (details["duration"], details["participants_count"]) == (2, 2)
    people = (await api.call("GET", f"/past_meetings/{made['id']}/participants")).json()
    jsonschema.validate(people, _schema("/past_meetings/{meetingId}/participants", "get", "200"))
    assert [(one["name"], one["duration"]) for one in people["participants"]] == [
        ("Aisha Q", 120),
        ("Ahmed", 90),
    ]
    one = (await api.call("GET", f"/past_meetings/{made['id']}/participants?page_size=1")).json()
    assert one["next_page_token"]


async def test_a_torn_uuid_is_not_found_and_a_double_encoded_one_is(stage: Stage, api: Api) -> None:
    made = await api.create()
    meeting = await stage.zoom.meeting(made["id"])
    await meeting.start(uuid="/ab//cd+ef==")
    await meeting.end()
    once = quote("/ab//cd+ef==", safe="")
    twice = quote(once, safe="")
    for path, status in ((once, 404), (twice, 200)):
        answer = await api.call("GET", f"/past_meetings/{path}/participants")
        assert answer.status_code == status
    instances = await api.call("GET", f"/past_meetings/{made['id']}/instances")
    assert [one["uuid"] for one in instances.json()["meetings"]] == ["/ab//cd+ef=="]


@pytest.mark.parametrize("what", ["", "/participants", "/instances"])
async def test_the_past_is_for_paid_plans(stage: Stage, what: str) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    answer = await musa.call("GET", f"/past_meetings/1{what}")
    assert (answer.status_code, answer.json()["code"]) == (400, 200)


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
