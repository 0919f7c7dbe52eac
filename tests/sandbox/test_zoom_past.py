"""What has been held, as paid plans can ask for it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

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


async def test_the_past_is_told_only_some_minutes_later_where_that_is_switched_on(
    stage: Stage, api: Api
) -> None:
    await stage.zoom.past_is_told(after=timedelta(minutes=5))
    made = await api.create()
    meeting = await stage.zoom.meeting(made["id"])
    held = await meeting.start()
    await meeting.end()
    instances = f"/past_meetings/{made['id']}/instances"
    people = f"/past_meetings/{quote(quote(held.meeting_uuid, safe=''), safe='')}/participants"
    assert (await api.call("GET", instances)).json() == {"meetings": []}
    assert (await api.call("GET", people)).status_code == 404
    stage.clock.move(seconds=300)
    assert len((await api.call("GET", instances)).json()["meetings"]) == 1
    assert (await api.call("GET", people)).status_code == 200


async def test_pages_of_people_follow_each_other_until_all_were_listed(
    stage: Stage, api: Api
) -> None:
    made = await api.create()
    meeting = await stage.zoom.meeting(made["id"])
    await meeting.start()
    for number in range(4):
        await meeting.join(f"Student {number}")
    await meeting.end()
    path, token, names = f"/past_meetings/{made['id']}/participants", "", list[str]()
    while True:
        page = (await api.call("GET", f"{path}?page_size=2&next_page_token={token}")).json()
        names += [one["name"] for one in page["participants"]]
        token = page["next_page_token"]
        if not token:
            break
    assert names == ["Aisha Q", *(f"Student {number}" for number in range(4))]


@pytest.mark.parametrize("what", ["", "/participants", "/instances"])
async def test_the_past_is_for_paid_plans(stage: Stage, what: str) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    answer = await musa.call("GET", f"/past_meetings/1{what}")
    assert (answer.status_code, answer.json()["code"]) == (400, 200)
