"""When meetings are planned: start times, limits, recurrences, and changes of one date."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from .zoom_stage import Api, Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


@pytest.fixture
async def api(stage: Stage) -> Api:
    """Of Aisha, on a paid plan."""
    return await stage.api(await stage.zoom.user("aisha@example.org", name="Aisha Q", plan=2))


SERIES = {
    "type": 8,
    "start_time": "2026-12-01T18:00:00",
    "timezone": "Africa/Addis_Ababa",
    "duration": 45,
    "recurrence": {"type": 2, "weekly_days": "3,5", "end_times": 4},
}


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


async def test_one_occurrence_can_be_asked_for(api: Api) -> None:
    made = await api.create(**SERIES)
    second = made["occurrences"][1]["occurrence_id"]
    path = f"/meetings/{made['id']}?occurrence_id="
    shown = (await api.call("GET", path + second)).json()
    assert shown["start_time"] == "2026-12-03T15:00:00Z"
    assert (await api.call("GET", path + "1")).status_code == 400


async def test_dates_that_passed_are_shown_on_request(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    made = await (await stage.api(aisha)).create(**SERIES)
    stage.clock.move(days=9)
    api = await stage.api(aisha)
    path = f"/meetings/{made['id']}"
    assert len((await api.call("GET", path)).json()["occurrences"]) == 3
    every = await api.call("GET", f"{path}?show_previous_occurrences=true")
    assert len(every.json()["occurrences"]) == 4


@pytest.mark.parametrize(
    "wrong", [{"type": 8}, {"recurrence": {"type": 1, "end_times": 2}}, {"duration": 0}]
)
async def test_a_single_meeting_stays_single(api: Api, wrong: dict[str, Any]) -> None:
    made = await api.create()
    answer = await api.call("PATCH", f"/meetings/{made['id']}", wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)


async def test_moving_a_series_keeps_its_rule(api: Api) -> None:
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    await api.call("PATCH", path, {"start_time": "2026-12-01T19:00:00"})
    dates = (await api.call("GET", path)).json()["occurrences"]
    assert [one["start_time"] for one in dates] == [
        "2026-12-01T16:00:00Z",
        "2026-12-03T16:00:00Z",
        "2026-12-08T16:00:00Z",
        "2026-12-10T16:00:00Z",
    ]


async def test_a_refused_change_changes_nothing(api: Api) -> None:
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    before = (await api.call("GET", path)).json()
    far = {"type": 1, "end_date_time": "2027-12-01T00:00:00Z"}
    answer = await api.call("PATCH", path, {"topic": "Fiqh", "duration": 30, "recurrence": far})
    assert answer.status_code == 400
    after = (await api.call("GET", path)).json()
    assert after | {"start_url": ""} == before | {"start_url": ""}


async def test_a_start_that_has_passed_is_overlooked_in_a_change(api: Api) -> None:
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    past = {"start_time": "2026-11-20T18:00:00", "recurrence": {"type": 1, "end_times": 2}}
    first = made["occurrences"][0]["occurrence_id"]
    for where, change in ((path, past), (f"{path}?occurrence_id={first}", {})):
        answer = await api.call("PATCH", where, change | {"start_time": past["start_time"]})
        assert answer.status_code == 204
        assert (await api.call("GET", path)).json()["occurrences"] == made["occurrences"]


async def test_a_deleted_date_neither_changes_nor_comes_back(api: Api) -> None:
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    second = f"{path}?occurrence_id={made['occurrences'][1]['occurrence_id']}"
    await api.call("DELETE", second)
    for method, change in (
        ("PATCH", {"start_time": "2026-12-04T18:00:00"}),
        ("DELETE", None),
        ("GET", None),
    ):
        answer = await api.call(method, second, change)
        assert (answer.status_code, answer.json()["code"]) == (400, 300)
        assert answer.json()["message"] == "Invalid parameter: occurrence_id."
    await api.call("PATCH", path, {"topic": "Fiqh", "duration": 30})
    statuses = [one["status"] for one in (await api.call("GET", path)).json()["occurrences"]]
    assert statuses == ["available", "deleted", "available", "available"]


async def test_changes_of_one_date_count_for_the_day_and_deletions_do_not(
    stage: Stage,
) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    made = await api.create(**SERIES)
    path = f"/meetings/{made['id']}"
    first, second = (
        f"{path}?occurrence_id={one['occurrence_id']}" for one in made["occurrences"][:2]
    )
    await stage.zoom.daily_limit(left=1)
    assert (await api.call("PATCH", first, {"duration": 30})).status_code == 204
    refused = await api.call("PATCH", first, {"duration": 45})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "2026-11-24T00:00:00Z"
    assert (await api.call("DELETE", second)).status_code == 204
    stage.clock.move(hours=12)  # midnight
    tomorrow = await stage.api(aisha)
    assert (await tomorrow.call("PATCH", first, {"duration": 45})).status_code == 204


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
