"""Webhooks that Zoom did not send: none is believed, none is stored, and Zoom's own still count."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from sandbox.story import Cast
from sandbox.zoom_people import ZoomMeeting
from storage.schema import zoom_event
from tests.attacks.outside import WEBHOOK, Outside, event, status_of
from zoom.webhooks import SIGNATURE_HEADER, TIMESTAMP_HEADER

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def meeting(school: Cast, outside: Outside) -> ZoomMeeting:
    """Of a class that is to be held tomorrow."""
    await school.aisha.types('/newclass Tajweed tomorrow 18:00 45m #"Beginners A"')
    await school.aisha.sees("Sent to 1 of 1 group")
    (meeting,) = await outside.stage.zoom.meetings()
    return meeting


@pytest.fixture
def started(meeting: ZoomMeeting, school: Cast, outside: Outside) -> bytes:
    """The report that this class has begun."""
    now_ms = int(outside.stage.clock().timestamp() * 1000)
    return event("meeting.started", meeting.id, school.aisha_zoom.user_id, now_ms)


async def nothing_was_believed(outside: Outside, school: Cast) -> None:
    assert await outside.stage.count(zoom_event) == 0
    card = await school.khadija.finds_button("Join class", in_=school.beginners)
    assert "live" not in card.text
    assert await outside.stage.zoom.challenge() == ""  # Zoom itself is answered as ever


async def test_a_challenge_is_no_oracle_that_signs_a_forged_report(
    outside: Outside, school: Cast, started: bytes
) -> None:
    timestamp = str(int(outside.stage.clock().timestamp()))
    to_be_signed = f"v0:{timestamp}:{started.decode()}"
    asking = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": to_be_signed}}
    ).encode()
    for answer in (
        await outside.ask("POST", WEBHOOK, body=asking),
        await outside.reports(asking, secret="guessed"),
        await outside.reports(asking),  # even if Zoom could be made to pass it on
    ):
        assert "encryptedToken" not in answer.text
        assert answer.status in {204, 401}
    await nothing_was_believed(outside, school)


async def test_a_signed_challenge_cannot_be_made_to_carry_a_report_after_its_token(
    outside: Outside, school: Cast
) -> None:
    for token in ("v0:1:{}", "v0:", "a" * 5_000, "tok:en", "", {"a": 1}, 7):
        body = {"event": "endpoint.url_validation", "payload": {"plainToken": token}}
        answer = await outside.reports(json.dumps(body).encode())
        assert (answer.status, answer.body) == (204, b""), token
    await nothing_was_believed(outside, school)


@pytest.mark.parametrize("secret", ["guessed", "made-up-webhook-secre", "None", "new,old"])
async def test_a_report_that_is_signed_with_another_secret_is_refused(
    outside: Outside, school: Cast, started: bytes, secret: str
) -> None:
    answer = await outside.reports(started, secret=secret)
    assert (answer.status, answer.body) == (401, b"")
    await nothing_was_believed(outside, school)


@pytest.mark.parametrize("minutes", [-60 * 24, -6, 6, 60 * 24 * 365])
async def test_a_report_of_another_time_is_refused_though_its_signature_is_right(
    outside: Outside, school: Cast, started: bytes, minutes: int
) -> None:
    answer = await outside.reports(started, off=timedelta(minutes=minutes))
    assert answer.status == 401
    await nothing_was_believed(outside, school)


async def test_an_old_signature_with_a_new_time_is_refused(
    outside: Outside, school: Cast, started: bytes
) -> None:
    old = outside.signed(started, off=-timedelta(hours=1))
    now = outside.signed(started)[TIMESTAMP_HEADER]
    answer = await outside.ask(
        "POST", WEBHOOK, body=started, headers={**old, TIMESTAMP_HEADER: now}
    )
    assert answer.status == 401
    await nothing_was_believed(outside, school)


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda body: json.dumps(json.loads(body)).encode(),
        lambda body: json.dumps(json.loads(body), indent=1).encode(),
        lambda body: json.dumps(dict(reversed(json.loads(body).items()))).encode(),
        lambda body: body + b" ",
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.replace(b"Tajweed", b"Taj\\u0077eed"),
        lambda body: body[:-1] + b',"event":"meeting.ended"}',
    ],
)
async def test_the_same_report_in_other_bytes_is_refused(
    outside: Outside, school: Cast, started: bytes, rewritten: Callable[[bytes], bytes]
) -> None:
    other = rewritten(started)
    assert other != started
    answer = await outside.ask("POST", WEBHOOK, body=other, headers=outside.signed(started))
    assert answer.status == 401
    await nothing_was_believed(outside, school)


@pytest.mark.parametrize("name", [SIGNATURE_HEADER, TIMESTAMP_HEADER])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("other", ["v0=00", "1", "the same"])
async def test_a_header_that_is_given_twice_is_refused_whichever_of_them_is_right(
    outside: Outside, school: Cast, started: bytes, name: str, is_first: bool, other: str
) -> None:
    good = {key: value.encode() for key, value in outside.signed(started).items()}
    second = (name.upper(), good[name] if other == "the same" else other.encode())
    headers = [second, *good.items()] if is_first else [*good.items(), second]
    assert await outside.posts_exactly(WEBHOOK, headers, started) == 401
    await nothing_was_believed(outside, school)


@pytest.mark.parametrize(
    "value", [b"v0=\xc3\xa9", b"\xff\xfe", b"v0=" + "０".encode() * 64, b"", b"v0=", b"null"]
)
@pytest.mark.parametrize("name", [SIGNATURE_HEADER, TIMESTAMP_HEADER])
async def test_headers_of_odd_bytes_are_refused(
    outside: Outside, school: Cast, started: bytes, name: str, value: bytes
) -> None:
    good = {key: value.encode() for key, value in outside.signed(started).items()}
    headers = {**good, name: value}.items()
    assert await outside.posts_exactly(WEBHOOK, headers, started) in {400, 401}
    await nothing_was_believed(outside, school)


async def test_a_report_smuggled_behind_another_request_is_refused(
    outside: Outside, school: Cast, started: bytes
) -> None:
    head = b"POST /zoom/webhook HTTP/1.1\r\nHost: x\r\n"
    hidden = head + b"Content-Length: %d\r\n\r\n" % len(started) + started
    for lengths in (
        b"Content-Length: 4\r\nContent-Length: 0\r\n",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 0x4\r\n",
    ):
        answer = await outside.raw(head + lengths + b"Connection: close\r\n\r\n0\r\n\r\n" + hidden)
        assert status_of(answer) in {400, 401}, lengths
    await nothing_was_believed(outside, school)


async def test_a_true_report_that_is_replayed_counts_once(
    outside: Outside, school: Cast, meeting: ZoomMeeting
) -> None:
    """The last of these attacks: from here on, something is stored."""
    stage = outside.stage
    await stage.zoom.delivered()
    stage.clock.move_to(school.begins)
    now_ms = int(stage.clock().timestamp() * 1000)
    body = event("meeting.started", meeting.id, school.aisha_zoom.user_id, now_ms, "AAAA")
    headers = outside.signed(body)
    answers = await asyncio.gather(
        *(outside.ask("POST", WEBHOOK, body=body, headers=headers) for _ in range(20))
    )
    assert {one.status for one in answers} == {204}
    assert await stage.count(zoom_event) == 1
    stage.clock.move_to(stage.clock() + timedelta(minutes=20))
    again = await outside.ask("POST", WEBHOOK, body=body, headers=headers)
    assert again.status == 401  # caught on its way, and sent again later
    assert (await outside.reports(body)).status == 204  # as Zoom itself repeats it
    assert await stage.count(zoom_event) == 1
    await school.khadija.sees("live now", in_=school.beginners)
