"""How the stand-in delivers webhooks: signed, tried again, and disturbed when told to."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sandbox.zoom.postman import sign
from sandbox.zoom_people import ZoomMeeting
from tests.oracles import oracle

from .zoom_stage import SECRET, Received, Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


@pytest.fixture
async def meeting(stage: Stage) -> ZoomMeeting:
    api = await stage.api(await stage.zoom.user("musa@example.org", name="Musa", plan=1))
    return await stage.zoom.meeting((await api.create())["id"])


def _signature(received: Received) -> str:
    """Computed here on its own, from the raw bytes."""
    signed = b"v0:%s:%s" % (received.headers["x-zm-request-timestamp"].encode(), received.raw)
    return "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


async def test_every_webhook_is_signed_over_its_raw_bytes(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await meeting.start()
    await meeting.join("أحمد")
    await stage.zoom.delivered()
    for one in stage.receiver.received:
        assert one.headers["x-zm-signature"] == _signature(one)
        assert one.headers["x-zm-request-timestamp"] == str(int(stage.clock().timestamp()))
        assert one.headers["content-type"] == "application/json; charset=utf-8"
        assert one.headers["x-zm-request-id"]
        assert one.headers["x-zm-trackingid"]
    assert len(stage.receiver.received) == 2


def test_the_signature_is_the_published_one() -> None:
    for vector in json.loads(oracle("zoom/vectors.json").read_text())["signature"]:
        body = vector["body"].encode()
        assert sign(vector["secret"], vector["timestamp"], body) == vector["signature"]


async def test_loose_spacing_means_other_bytes_and_the_same_content(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await stage.zoom.webhooks(loose_spacing=True)
    await meeting.start()
    await stage.zoom.delivered()
    (one,) = stage.receiver.received
    assert one.headers["x-zm-signature"] == _signature(one)
    assert json.dumps(one.body).encode() != one.raw
    assert json.dumps(one.body, separators=(",", ":")).encode() != one.raw


async def test_a_503_is_tried_again_after_5_20_and_60_minutes(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    stage.receiver.statuses = [503, 500, 502]
    await meeting.start()
    for tries, minutes in ((1, 5), (2, 20), (3, 60)):
        assert (await stage.zoom.delivered()).waiting == 1
        assert len(stage.receiver.received) == tries
        stage.clock.move(minutes=minutes - 1)
        assert await stage.zoom.advance() == 0
        stage.clock.move(minutes=1)
    assert (await stage.zoom.delivered()).answered == 1
    assert [one["attempts"] for one in await stage.zoom.sent()] == [["503", "500", "502", "204"]]


async def test_a_retry_has_the_same_body_and_id_and_a_new_signature(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    stage.receiver.statuses = [503]
    await meeting.start()
    await stage.zoom.delivered()
    stage.clock.move(minutes=5)
    await stage.zoom.delivered()
    first, second = stage.receiver.received
    assert first.raw == second.raw
    assert first.headers["x-zm-request-id"] == second.headers["x-zm-request-id"]
    assert first.headers["x-zm-signature"] != second.headers["x-zm-signature"]
    assert second.headers["x-zm-signature"] == _signature(second)


async def test_after_the_third_retry_an_event_is_lost(stage: Stage, meeting: ZoomMeeting) -> None:
    await stage.zoom.webhooks(retry_at_once=True)
    stage.receiver.statuses = [503] * 4
    await meeting.start()
    assert (await stage.zoom.delivered()).lost == 1
    assert len(stage.receiver.received) == 4


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 429])
async def test_a_refusal_or_redirect_loses_the_event_for_good(
    stage: Stage, meeting: ZoomMeeting, status: int
) -> None:
    stage.receiver.statuses = [status]
    await meeting.start()
    assert (await stage.zoom.delivered()).lost == 1
    stage.clock.move(hours=2)
    await stage.zoom.delivered()
    assert len(stage.receiver.received) == 1


async def test_nobody_listening_is_a_reason_to_try_again(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await stage.zoom.webhooks_go_to("http://127.0.0.1:1/")
    await meeting.start()
    assert (await stage.zoom.delivered()).waiting == 1


async def test_held_events_come_in_the_order_of_their_release(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await stage.zoom.rule("hold")
    await meeting.start()
    await meeting.end()
    assert (await stage.zoom.delivered()).held == 2
    assert stage.receiver.events == []
    assert await stage.zoom.release("reversed") == 2
    await stage.zoom.delivered()
    assert stage.receiver.events == ["meeting.ended", "meeting.started"]
    await stage.zoom.no_rules()
    await meeting.start()
    assert (await stage.zoom.delivered()).held == 0


async def test_a_duplicate_has_the_same_body_and_id(stage: Stage, meeting: ZoomMeeting) -> None:
    await stage.zoom.rule("duplicate", "meeting.started", copies=3)
    await meeting.start()
    await stage.zoom.delivered()
    assert len(stage.receiver.received) == 3
    assert len({one.raw for one in stage.receiver.received}) == 1
    assert len({one.headers["x-zm-request-id"] for one in stage.receiver.received}) == 1


async def test_a_rule_drops_the_next_event_of_its_name_only(
    stage: Stage, meeting: ZoomMeeting
) -> None:
    await stage.zoom.rule("drop", "meeting.participant_*", times=1)
    await meeting.start()
    await meeting.join("Ahmed")
    await meeting.join("Bilal")
    assert (await stage.zoom.delivered()).dropped == 1
    names = [one.participant["user_name"] for one in stage.receiver.received[1:]]
    assert names == ["Bilal"]


async def test_a_delayed_event_waits_for_the_clock(stage: Stage, meeting: ZoomMeeting) -> None:
    await stage.zoom.rule("delay", "meeting.started", by=timedelta(minutes=3))
    await meeting.start()
    await meeting.end()
    await stage.zoom.delivered()
    assert stage.receiver.events == ["meeting.ended"]
    stage.clock.move(minutes=3)
    await stage.zoom.delivered()
    assert stage.receiver.events == ["meeting.ended", "meeting.started"]


async def test_the_clock_alone_sends_what_is_due(stage: Stage, meeting: ZoomMeeting) -> None:
    stage.receiver.statuses = [503]
    await meeting.start()
    await stage.zoom.delivered()
    stage.clock.move(minutes=5)
    while len(stage.receiver.received) < 2:
        await stage.zoom.sent()
    assert stage.receiver.events == ["meeting.started"] * 2


async def test_the_challenge_is_signed_and_its_answer_checked(stage: Stage) -> None:
    stage.receiver.proof_secret = SECRET
    assert await stage.zoom.challenge() == ""
    (asked,) = stage.receiver.received
    assert asked.headers["x-zm-signature"] == _signature(asked)
    assert asked.event == "endpoint.url_validation"
    assert set(asked.body["payload"]) == {"plainToken"}
    stage.receiver.proof_secret = "another"
    assert await stage.zoom.challenge() == "the wrong tokens"
    stage.receiver.proof_secret = None
    assert await stage.zoom.challenge() == "not JSON"
    stage.receiver.statuses = [401]
    assert await stage.zoom.challenge() == "answered 401"


async def test_another_secret_signs_otherwise(stage: Stage, meeting: ZoomMeeting) -> None:
    await stage.zoom.webhooks(secret="another")
    await meeting.start()
    await stage.zoom.delivered()
    (one,) = stage.receiver.received
    assert one.headers["x-zm-signature"] != _signature(one)
