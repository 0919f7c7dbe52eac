"""What happens in a meeting: who comes, waits, goes, comes back, and what Zoom tells of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sandbox.zoom_people import ZoomMeeting, ZoomPerson, ZoomRefused

from .zoom_stage import Api, Received, Stage, set_stage


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


@pytest.fixture
async def meeting(stage: Stage, api: Api) -> ZoomMeeting:
    """Planned, and what was said of the planning forgotten."""
    made = await api.create(start_time="2026-11-23T12:00:00Z", duration=45)
    await stage.zoom.delivered()
    stage.receiver.received.clear()
    return await stage.zoom.meeting(made["id"])


async def _received(stage: Stage) -> list[Received]:
    await stage.zoom.delivered()
    return stage.receiver.received


async def test_length_is_as_planned_and_times_as_held(stage: Stage, meeting: ZoomMeeting) -> None:
    stage.clock.move(minutes=2)
    await meeting.start()
    stage.clock.move(minutes=47)
    await meeting.end()
    ended = (await _received(stage))[-1].body["payload"]["object"]
    assert (ended["duration"], ended["start_time"], ended["end_time"]) == (
        45,
        "2026-11-23T12:02:00Z",
        "2026-11-23T12:49:00Z",
    )


async def test_the_host_is_the_participant_with_the_hosts_id(
    stage: Stage, meeting: ZoomMeeting, aisha: ZoomPerson
) -> None:
    await meeting.start()
    joined = (await _received(stage))[-1]
    assert joined.participant["id"] == aisha.user_id
    assert joined.body["payload"]["object"]["host_id"] == aisha.user_id
    assert joined.participant["email"] == "aisha@example.org"


async def test_a_basic_plan_is_silent_about_its_host(stage: Stage) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    meeting = await stage.zoom.meeting((await musa.create())["id"])
    await meeting.start()
    await meeting.join("Ahmed")
    await meeting.end()
    assert [one.event for one in await _received(stage)] == [
        "meeting.started",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.ended",
    ]


async def test_a_rejoin_has_new_ids_and_a_second_device_too(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    first = await meeting.join("Ahmed")
    await first.leave()
    second = await first.rejoin()
    third = await second.second_device()
    connections = [first, second, third]
    assert len({one.user_id for one in connections}) == 3
    assert len({one.participant_uuid for one in connections}) == 3
    joined = (await _received(stage))[-1].participant
    assert (joined["user_id"], joined["user_name"]) == (third.user_id, "Ahmed")


async def test_who_vanished_is_said_to_have_left_after_the_rejoin(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    ahmed = await meeting.join("Ahmed")
    await ahmed.vanish(noticed_after=timedelta(seconds=75))
    stage.clock.move(seconds=20)
    await ahmed.rejoin()
    before = [one.event for one in await _received(stage)]
    assert before[-1] == "meeting.participant_joined"
    stage.clock.move(seconds=55)
    await stage.zoom.advance()
    late = (await _received(stage))[-1]
    assert late.event == "meeting.participant_left"
    assert late.participant["participant_uuid"] == ahmed.participant_uuid
    assert late.participant["leave_time"] == "2026-11-23T12:00:00Z"
    assert late.body["event_ts"] > 1_000 * (stage.clock().timestamp() - 1)


async def test_a_restart_has_a_uuid_of_its_own(stage: Stage, meeting: ZoomMeeting) -> None:
    first = await meeting.start()
    await meeting.end()
    second = await meeting.start()
    assert first.meeting_uuid != second.meeting_uuid
    assert (await meeting.shown())["instances"] == [first.meeting_uuid, second.meeting_uuid]
    events = [one.event for one in await _received(stage)]
    assert events.count("meeting.started") == 2


async def test_the_end_puts_everybody_out_with_its_reason(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    await meeting.join("Ahmed")
    await meeting.end(reason="time_limit")
    left = [one for one in await _received(stage) if one.event.endswith("_left")]
    assert len(left) == 2
    assert "Exceeded free meeting minutes limit" in left[0].participant["leave_reason"]


async def test_nobody_comes_before_the_host_unless_allowed(stage: Stage, api: Api) -> None:
    closed = await stage.zoom.meeting((await api.create())["id"])
    with pytest.raises(ZoomRefused, match="has not started"):
        await closed.join("Ahmed")
    made = await api.create(settings={"join_before_host": True})
    opened = await stage.zoom.meeting(made["id"])
    ahmed = await opened.join("Ahmed")
    assert ahmed.meeting_uuid


def _of_guests(received: list[Received]) -> list[tuple[str, str]]:
    return [
        (one.participant["user_name"], one.event.removeprefix("meeting.participant_"))
        for one in received
        if "participant" in one.event and one.participant["id"] == ""
    ]


async def test_who_comes_before_the_host_waits_and_then_joins_by_themselves(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    ahmed = await meeting.knock("Ahmed")
    bilal = await meeting.knock("Bilal")
    with pytest.raises(ZoomRefused, match="has not been let in"):
        await ahmed.joined()
    await bilal.gives_up()
    host = await meeting.start()
    inside = await ahmed.joined()
    assert (inside.meeting_uuid, inside.waiting) == (host.meeting_uuid, False)
    await inside.leave()
    received = await _received(stage)
    assert _of_guests(received) == [
        ("Ahmed", "jbh_waiting"),
        ("Bilal", "jbh_waiting"),
        ("Bilal", "jbh_waiting_left"),
        ("Ahmed", "jbh_waiting_left"),
        ("Ahmed", "joined"),
        ("Ahmed", "left"),
    ]
    keys = {one.participant["customer_key"] for one in received if "Ahmed" in str(one.body)}
    assert len(keys) == 1
    for gone in (ahmed, bilal):
        with pytest.raises(ZoomRefused, match="does not wait"):
            await gone.gives_up()


async def test_nobody_has_to_wait_where_one_may_join(
    stage: Stage, api: Api, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    opened = await stage.zoom.meeting((await api.create(settings={"join_before_host": True}))["id"])
    for joinable in (meeting, opened):
        with pytest.raises(ZoomRefused, match="can be joined"):
            await joinable.knock("Ahmed")


async def test_with_a_waiting_room_nothing_is_said_before_the_host_comes(
    stage: Stage, api: Api, aisha: ZoomPerson
) -> None:
    made = await api.create(settings={"waiting_room": True})
    meeting = await stage.zoom.meeting(made["id"])
    ahmed = await meeting.knock("Ahmed")
    await meeting.join("Aisha Q", as_user=aisha)
    assert (await ahmed.joined()).waiting
    await (await ahmed.joined()).admit()
    assert [event for _, event in _of_guests(await _received(stage))] == [
        "joined_waiting_room",
        "admitted",
        "left_waiting_room",
        "joined",
    ]


async def test_a_basic_plan_does_not_tell_who_waits_for_the_host(stage: Stage) -> None:
    musa = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    meeting = await stage.zoom.meeting((await musa.create())["id"])
    await meeting.knock("Ahmed")
    await meeting.start()
    assert [event for _, event in _of_guests(await _received(stage))] == ["joined"]


async def test_waiting_is_not_joining(stage: Stage, api: Api) -> None:
    made = await api.create(settings={"waiting_room": True})
    meeting = await stage.zoom.meeting(made["id"])
    await meeting.start()
    ahmed = await meeting.join("Ahmed")
    bilal = await meeting.join("Bilal")
    assert ahmed.waiting
    await ahmed.admit()
    await bilal.leave()
    assert _of_guests(await _received(stage)) == [
        ("Ahmed", "joined_waiting_room"),
        ("Bilal", "joined_waiting_room"),
        ("Ahmed", "admitted"),
        ("Ahmed", "left_waiting_room"),
        ("Ahmed", "joined"),
        ("Bilal", "left_waiting_room"),
    ]


@pytest.mark.parametrize(
    ("reported_as_left", "events"),
    [
        (False, ["joined_breakout_room", "left_breakout_room"]),
        (True, ["left", "joined_breakout_room", "left_breakout_room", "joined"]),
    ],
)
async def test_a_breakout_room_may_or_may_not_count_as_leaving(
    stage: Stage, meeting: ZoomMeeting, reported_as_left: bool, events: list[str]
) -> None:
    await meeting.start()
    ahmed = await meeting.join("Ahmed")
    await _received(stage)
    stage.receiver.received.clear()
    await ahmed.breakout(reported_as_left=reported_as_left)
    back = await ahmed.main_room()
    received = await _received(stage)
    assert [one.event.removeprefix("meeting.participant_") for one in received] == events
    inside = next(one for one in received if "breakout" in one.event).participant
    assert inside["parent_user_id"] == ahmed.user_id != inside["user_id"]
    assert (back.user_id == ahmed.user_id) is not reported_as_left
    await back.leave()


async def test_the_app_hears_only_of_those_who_added_it(stage: Stage, api: Api) -> None:
    aisha_meeting = await stage.zoom.meeting((await api.create())["id"])
    await stage.zoom.delivered()
    stage.receiver.received.clear()
    musa = await stage.zoom.user(
        "musa@example.org", name="Musa", plan=1, scopes=["meeting:write:meeting"]
    )
    musa_api = await stage.api(musa)
    unheard = await stage.zoom.meeting((await musa_api.create())["id"])
    await unheard.start()
    await aisha_meeting.start()
    accounts = {one.body["payload"]["object"]["host_id"] for one in await _received(stage)}
    assert musa.user_id not in accounts
    assert len(accounts) == 1


async def test_who_removes_the_app_is_told_of_and_heard_no_more(
    stage: Stage, api: Api, aisha: ZoomPerson, meeting: ZoomMeeting
) -> None:
    await aisha.removes_app()
    await meeting.start()
    received = await _received(stage)
    assert [one.event for one in received] == ["app_deauthorized"]
    assert received[0].body["payload"]["user_id"] == aisha.user_id
    assert (await api.call("GET", "/users/me")).status_code == 401


async def test_a_meeting_that_the_app_did_not_make_is_told_of_too(
    stage: Stage, api: Api, aisha: ZoomPerson
) -> None:
    private = await stage.zoom.meeting_planned_by(aisha, "Dentist")
    host = await private.start()
    await host.leave()
    host_again = await host.rejoin()
    assert host_again.user_id != host.user_id
    assert [one.event for one in await _received(stage)] == [
        "meeting.created",
        "meeting.started",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.participant_joined",
    ]
    assert {one.topic for one in await stage.zoom.meetings()} == {"Dentist"}
    assert (await api.call("GET", f"/meetings/{private.id}")).status_code == 200


async def test_a_host_who_joins_by_link_starts_the_meeting(
    stage: Stage, meeting: ZoomMeeting, aisha: ZoomPerson
) -> None:
    await meeting.join("Aisha Q", as_user=aisha)
    assert [one.event for one in await _received(stage)] == [
        "meeting.started",
        "meeting.participant_joined",
    ]


async def test_who_leaves_from_a_breakout_room_leaves_both(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    ahmed = await meeting.join("Ahmed")
    await ahmed.breakout()
    await ahmed.leave()
    assert [one.event.removeprefix("meeting.participant_") for one in await _received(stage)][
        -2:
    ] == ["left_breakout_room", "left"]


async def test_control_names_what_is_of_the_wrong_shape(stage: Stage) -> None:
    with pytest.raises(ZoomRefused, match="no_such_field"):
        await stage.zoom.ask("POST", "/faults", {"kind": "drop", "no_such_field": 1})
    with pytest.raises(ZoomRefused, match="There is no Zoom user"):
        await stage.zoom.ask("POST", "/users/nobody/revoke")
    with pytest.raises(ZoomRefused, match="Meeting does not exist"):
        await stage.zoom.meeting(1)
    await stage.zoom.user("musa@example.org", name="Musa")
    with pytest.raises(ZoomRefused, match="already"):
        await stage.zoom.user("musa@example.org", name="Musa")


async def test_an_error_inside_the_sandbox_block_comes_out_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with set_stage():
            raise ZeroDivisionError


async def test_what_cannot_happen_is_refused(meeting: ZoomMeeting) -> None:
    with pytest.raises(ZoomRefused):
        await meeting.end()
    await meeting.start()
    with pytest.raises(ZoomRefused):
        await meeting.start()
    ahmed = await meeting.join("Ahmed")
    with pytest.raises(ZoomRefused):
        await ahmed.admit()
    with pytest.raises(ZoomRefused):
        await ahmed.main_room()
    await ahmed.leave()
    with pytest.raises(ZoomRefused):
        await ahmed.leave()
