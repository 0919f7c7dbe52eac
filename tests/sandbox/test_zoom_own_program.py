"""What hosts change and delete in Zoom's own program, past the app."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.zoom_people import ZoomMeeting, ZoomPerson, ZoomRefused

from .zoom_stage import Api, Received, Stage, set_stage

AT_SIX = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


@pytest.fixture
async def aisha(stage: Stage) -> ZoomPerson:
    return await stage.zoom.user("aisha@example.org", name="Aisha Q", plan=2)


@pytest.fixture
async def api(stage: Stage, aisha: ZoomPerson) -> Api:
    return await stage.api(aisha)


async def _planned(stage: Stage, api: Api, **body: Any) -> ZoomMeeting:
    """A meeting, and what was said of its planning forgotten."""
    made = await api.create(start_time="2026-11-30T18:00:00Z", duration=45, **body)
    await stage.zoom.delivered()
    stage.receiver.received.clear()
    return await stage.zoom.meeting(made["id"])


async def _series(stage: Stage, api: Api) -> ZoomMeeting:
    return await _planned(stage, api, type=8, recurrence={"type": 1, "end_times": 3})


async def _told(stage: Stage) -> list[Received]:
    await stage.zoom.delivered()
    return stage.receiver.received


async def test_a_change_is_seen_by_the_app_and_told_as_its_own_would_be(
    stage: Stage, api: Api
) -> None:
    meeting = await _planned(stage, api)
    after = await meeting.changed_in_zoom(
        topic="Fiqh", start_at=AT_SIX, duration_min=30, passcode="s3cret"
    )
    seen = (await api.call("GET", f"/meetings/{meeting.id}")).json()
    assert (seen["topic"], seen["start_time"], seen["duration"], seen["password"]) == (
        "Fiqh",
        "2026-12-01T18:00:00Z",
        30,
        "s3cret",
    )
    assert (after.topic, after.join_url) == ("Fiqh", seen["join_url"])
    assert after.join_url != meeting.join_url
    told = (await _told(stage))[0]
    assert told.event == "meeting.updated"
    changed = {"topic", "start_time", "duration", "password", "join_url"}
    assert told.body["payload"]["object"].keys() == changed | {"id", "uuid", "host_id"}
    assert told.body["payload"]["old_object"].keys() == changed | {"id"}
    assert told.body["payload"]["object"]["id"] == meeting.id


async def test_one_date_is_changed_in_its_time_alone(stage: Stage, api: Api) -> None:
    meeting = await _series(stage, api)
    first = (await meeting.shown())["occurrences"][0]["occurrence_id"]
    await meeting.changed_in_zoom(start_at=AT_SIX, duration_min=60, occurrence_id=first)
    shown = (await meeting.shown())["occurrences"][0]
    assert (shown["start_time"], shown["duration"]) == ("2026-12-01T18:00:00Z", 60)
    for of_all in (
        meeting.changed_in_zoom(topic="Fiqh", occurrence_id=first),
        meeting.changed_in_zoom(passcode="s3cret", occurrence_id=first),
    ):
        with pytest.raises(ZoomRefused, match="Cannot be changed for one occurrence"):
            await of_all
    assert [one.event for one in await _told(stage)] == ["meeting.updated"]


async def test_one_date_is_deleted_and_then_all(stage: Stage, api: Api) -> None:
    meeting = await _series(stage, api)
    first = (await meeting.shown())["occurrences"][0]["occurrence_id"]
    await meeting.deleted_in_zoom(first)
    with pytest.raises(ZoomRefused, match="occurrence_id"):
        await meeting.deleted_in_zoom(first)
    with pytest.raises(ZoomRefused, match="occurrence_id"):
        await meeting.changed_in_zoom(duration_min=30, occurrence_id=first)
    assert (await meeting.shown())["occurrences"][0]["status"] == "deleted"
    await meeting.deleted_in_zoom()
    assert (await api.call("GET", f"/meetings/{meeting.id}")).status_code == 404
    one, every = [one.body["payload"] for one in await _told(stage)]
    assert one["operation"] == "single"
    assert [date["occurrence_id"] for date in one["object"]["occurrences"]] == [first]
    assert (every["operation"], every["object"]["id"]) == ("all", meeting.id)


async def test_a_basic_plan_does_not_tell_and_the_app_finds_out_by_looking(stage: Stage) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    meeting = await _planned(stage, musa)
    await meeting.changed_in_zoom(topic="Fiqh")
    assert (await musa.call("GET", f"/meetings/{meeting.id}")).json()["topic"] == "Fiqh"
    await meeting.deleted_in_zoom()
    assert (await musa.call("GET", f"/meetings/{meeting.id}")).status_code == 404
    assert await _told(stage) == []


async def test_what_people_change_themselves_does_not_count_for_the_day(
    stage: Stage, api: Api
) -> None:
    meeting = await _planned(stage, api)
    await stage.zoom.daily_limit(left=0)
    await meeting.changed_in_zoom(topic="Fiqh")
    refused = await api.call("PATCH", f"/meetings/{meeting.id}", {"topic": "Tajweed"})
    assert refused.status_code == 429
