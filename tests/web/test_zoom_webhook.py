"""What Zoom reports, over real HTTP into a real inbox."""

import asyncio
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from services.office import Office
from storage import inbox as inbox_module
from storage.inbox import Inbox
from storage.schema import zoom_event
from storage.zoom_events import take_waiting
from tests.clocks import SettableClock
from tests.oracles import oracle
from tests.storage.rows import add_course, add_meeting, add_zoom_account
from tests.web.site import WEBHOOK_SECRET, Answer, Site, running_site
from web import security
from zoom.webhooks import HANDLED, sign

PATH = "/zoom/webhook"
OURS, NOT_OURS = 86_000_000_001, 86_000_000_002
OUR_HOST = "host-of-ours"


def event(name: str = "meeting.started", meeting_id: int = OURS, **of_meeting: object) -> bytes:
    """A report about a meeting, as Zoom writes it."""
    meeting = {
        "id": str(meeting_id),
        "uuid": "4uLGnbvGTEqR+s8tQ==",
        "host_id": "somebody",
        "start_time": "2026-11-23T14:00:00Z",
        **of_meeting,
    }
    said = {"event": name, "event_ts": 1_795_442_400_000, "payload": {"object": meeting}}
    return json.dumps(said).encode()


@pytest.fixture(autouse=True)
async def _our_meeting(office: Office) -> None:
    async with office.database.writing() as tx:
        await add_meeting(tx, await add_course(tx), OURS)
        await add_zoom_account(tx, OUR_HOST)


def signed(site: Site, body: bytes, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    return sign(body, secret, site.office.clock())


async def reported(site: Site, body: bytes) -> Answer:
    """The answer to a body that is really from Zoom."""
    return await site.ask("POST", PATH, body=body, headers=signed(site, body))


async def stored(office: Office) -> list[tuple[int | None, str]]:
    """Meeting and state of everything in the inbox."""
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(zoom_event.c.meeting_id, zoom_event.c.state))
        return [(meeting_id, state) for meeting_id, state in rows]


async def test_an_event_of_our_meeting_is_stored_as_it_came_and_then_confirmed(
    site: Site, office: Office
) -> None:
    body = event()
    answer = await reported(site, body)
    assert (answer.status, answer.body) == (204, b"")
    async with office.database.writing() as tx:
        [waiting] = await take_waiting(tx, 10)
    assert (waiting.body, waiting.meeting_id) == (body, OURS)
    reported_at = json.loads(body)["event_ts"].to_bytes(6, "big")
    assert waiting.digest == reported_at + sha256(body).digest()
    assert waiting.received_at == office.clock()


async def test_the_worker_is_woken_for_an_event_and_not_for_nothing(
    site: Site, office: Office
) -> None:
    await reported(site, event(meeting_id=NOT_OURS))
    assert not await office.bell.inbox.wait(0.01)
    await reported(site, event())
    assert await office.bell.inbox.wait(0.01)


async def test_a_repeated_delivery_is_confirmed_and_stored_once(
    site: Site, office: Office, clock: SettableClock
) -> None:
    body = event()
    assert (await reported(site, body)).status == 204
    clock.forward(timedelta(minutes=20))
    assert (await reported(site, body)).status == 204
    assert await stored(office) == [(OURS, "waiting")]


async def test_a_meeting_that_nobody_knows_is_confirmed_and_not_stored(
    site: Site, office: Office
) -> None:
    assert (await reported(site, event(meeting_id=NOT_OURS))).status == 204
    assert await stored(office) == []


async def test_a_meeting_that_a_connected_teacher_may_be_creating_is_held(
    site: Site, office: Office
) -> None:
    assert (await reported(site, event(meeting_id=NOT_OURS, host_id=OUR_HOST))).status == 204
    assert await stored(office) == [(NOT_OURS, "held")]


async def test_the_end_of_a_grant_is_stored_though_it_has_no_meeting(
    site: Site, office: Office
) -> None:
    body = b'{"event": "app_deauthorized", "payload": {"user_id": "x"}}'
    assert (await reported(site, body)).status == 204
    assert await stored(office) == [(None, "waiting")]


@pytest.mark.parametrize("name", ["meeting.participant_admitted", "meeting.created", "user.new"])
async def test_an_event_of_no_use_is_confirmed_and_not_stored(
    site: Site, office: Office, name: str
) -> None:
    assert (await reported(site, event(name))).status == 204
    assert await stored(office) == []


# --- is it really Zoom?


async def test_another_secret_is_refused(site: Site, office: Office) -> None:
    body = event()
    headers = signed(site, body, "another-secret")
    assert (await site.ask("POST", PATH, body=body, headers=headers)).status == 401
    assert await stored(office) == []


async def test_a_changed_body_is_refused(site: Site, office: Office) -> None:
    headers = signed(site, event(meeting_id=NOT_OURS))
    assert (await site.ask("POST", PATH, body=event(), headers=headers)).status == 401
    assert await stored(office) == []


@pytest.mark.parametrize(
    ("off", "status"),
    [(-301, 401), (-300, 204), (0, 204), (300, 204), (301, 401), (-86_400, 401)],
)
async def test_a_signature_is_good_for_five_minutes_either_way(
    site: Site, off: int, status: int
) -> None:
    body = event()
    headers = sign(body, WEBHOOK_SECRET, site.office.clock() + timedelta(seconds=off))
    assert (await site.ask("POST", PATH, body=body, headers=headers)).status == status


@pytest.mark.parametrize("missing", ["x-zm-signature", "x-zm-request-timestamp"])
@pytest.mark.parametrize("times", [0, 2])
async def test_a_signature_or_its_time_missing_or_given_twice_is_refused(
    site: Site, office: Office, missing: str, times: int
) -> None:
    body = event()
    good = signed(site, body)
    headers = [*good.items(), (missing, good[missing])]
    if times == 0:
        headers = [(name, value) for name, value in good.items() if name != missing]
    assert (await site.ask("POST", PATH, body=body, headers=headers)).status == 401
    assert await stored(office) == []


@pytest.mark.parametrize("name", ["x-zm-signature", "x-zm-request-timestamp"])
@pytest.mark.parametrize("value", [b"v0=\xc3\xa9", b"\xff\xfe", b"\xd9\xa3\xd9\xa3", b"", b"v0="])
async def test_headers_that_are_no_signature_are_refused(
    site: Site, name: str, value: bytes
) -> None:
    body = event()
    lines = [
        b"POST /zoom/webhook HTTP/1.1",
        b"Host: bot.example.org",
        b"Connection: close",
        b"Content-Length: %d" % len(body),
        *(
            key.encode() + b": " + (value if key == name else good.encode())
            for key, good in signed(site, body).items()
        ),
        b"",
        body,
    ]
    assert await status_of_raw(site, b"\r\n".join(lines)) == 401


# --- the challenge


def challenge(plain_token: str) -> bytes:
    said = {"event": "endpoint.url_validation", "payload": {"plainToken": plain_token}}
    return json.dumps(said).encode()


async def test_a_signed_challenge_is_answered(site: Site) -> None:
    answer = await reported(site, challenge("qgg8vlvZRS6UYooatFL8Aw"))
    digest = hmac.digest(WEBHOOK_SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", "sha256").hex()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.body) == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": digest,
    }


async def test_an_unsigned_challenge_is_not_answered(site: Site) -> None:
    body = challenge("qgg8vlvZRS6UYooatFL8Aw")
    assert (await site.post(PATH, body)).status == 401
    forged = await site.ask("POST", PATH, body=body, headers=signed(site, body, "guess"))
    assert (forged.status, forged.body) == (401, b"")


async def test_a_challenge_that_would_sign_an_event_is_not_answered(site: Site) -> None:
    answer = await reported(site, challenge("v0:1795442400:{}"))
    assert answer.body == b""


# --- bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"event": 7}',
        b'{"event": "meeting.started"}',
        b'{"event": "meeting.started", "payload": {"object": {"id": "PMI"}}}',
        b"[" * 100_000,
    ],
)
async def test_what_zoom_signed_and_nobody_can_read_is_not_asked_for_again(
    site: Site, office: Office, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert (await reported(site, body)).status == 204
    assert await stored(office) == []
    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert sha256(body).hexdigest() in record.getMessage()


STRANGERS = b"POST /zoom/webhook HTTP/1.1\r\nHost: x\r\n"


def as_if_signed(site: Site, off: timedelta = timedelta()) -> bytes:
    """The head of a request with a time and a signature, which is of another body."""
    headers = sign(b"", WEBHOOK_SECRET, site.office.clock() + off)
    return STRANGERS + "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


async def test_a_body_may_be_256_kib_and_no_more(site: Site) -> None:
    largest = event("meeting.created").ljust(256 * 1024)
    assert (await reported(site, largest)).status == 204
    assert (await reported(site, largest + b" ")).status == 413


async def test_a_body_of_unknown_length_is_cut_off_at_256_kib(site: Site) -> None:
    head = as_if_signed(site) + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    assert await status_of_raw(site, head + chunk * 5 + b"0\r\n\r\n") == 413


async def test_a_body_that_does_not_come_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "BODY_TIMEOUT_S", 0.05)
    head = as_if_signed(site) + b"Content-Length: 500\r\n\r\n{"
    assert await status_of_raw(site, head) == 408


@pytest.mark.parametrize("off", [None, timedelta(minutes=-6), timedelta(minutes=6)])
async def test_the_body_of_what_is_not_signed_or_not_now_is_not_waited_for(
    site: Site, off: timedelta | None
) -> None:
    head = STRANGERS if off is None else as_if_signed(site, off)
    async with asyncio.timeout(security.BODY_TIMEOUT_S / 2):
        assert await status_of_raw(site, head + b"Content-Length: 500\r\n\r\n{") == 401


async def test_however_many_are_refused_the_log_has_a_few_lines_a_minute(
    site: Site, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        assert (await site.post(PATH, event())).status == 401
    said = [one.getMessage() for one in caplog.records if "refused" in one.getMessage()]
    assert said == ["a webhook was refused: the signature and its time must be there once each"] * 5
    clock.forward(timedelta(minutes=1))
    assert (await site.post(PATH, event())).status == 401
    said = [one.getMessage() for one in caplog.records if "refused" in one.getMessage()]
    assert said[5:] == ["45 more webhooks were refused", said[0]]


async def test_a_packed_body_is_not_unpacked(site: Site) -> None:
    body = event("meeting.created")
    headers = {**signed(site, body), "Content-Encoding": "gzip"}
    assert (await site.ask("POST", PATH, body=body, headers=headers)).status == 204


# --- when it cannot be stored


async def test_a_full_inbox_asks_zoom_to_come_again(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(inbox_module, "_LONGEST_QUEUE", 0)
        answer = await reported(site, event())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert await stored(office) == []
    assert (await reported(site, event())).status == 204
    assert await stored(office) == [(OURS, "waiting")]


async def test_an_inbox_that_is_closing_asks_zoom_to_come_again(
    office: Office, inbox: Inbox
) -> None:
    async with running_site(office, inbox) as site:
        inbox.close()
        assert (await reported(site, event())).status == 503
    assert await stored(office) == []


async def test_many_at_once_are_all_stored(site: Site, office: Office) -> None:
    bodies = [event(uuid=f"instance {number}") for number in range(200)]
    answers = await asyncio.gather(*(reported(site, body) for body in bodies))
    assert {answer.status for answer in answers} == {204}
    assert len(await stored(office)) == len(bodies)


# --- what Zoom publishes, and what it really sent


async def test_every_published_example_is_taken(site: Site) -> None:
    for path in sorted(oracle("zoom/payloads").glob("*.json")):
        body = path.read_bytes()
        name = json.loads(body)["event"]
        expected = 200 if name == "endpoint.url_validation" else 204
        assert (await reported(site, body)).status == expected, path.name


@pytest.mark.parametrize("name", ["started", "ended", "participant_joined", "participant_left"])
async def test_a_real_delivery_is_accepted_with_its_own_signature(
    office: Office, inbox: Inbox, clock: SettableClock, name: str
) -> None:
    capture = json.loads(oracle(f"zoom/payloads/real/meeting-{name}.capture.json").read_text())
    assert capture["event"] in HANDLED
    body = capture["rawBody"].encode()
    meeting_id = int(json.loads(body)["payload"]["object"]["id"])
    async with office.database.writing() as tx:
        await add_meeting(tx, await add_course(tx), meeting_id)
    clock.now = datetime.fromtimestamp(int(capture["headers"]["x-zm-request-timestamp"]), UTC)
    async with running_site(office, inbox, secret=capture["_fixtureSecret"]) as site:
        answer = await site.ask("POST", PATH, body=body, headers=capture["headers"])
    assert answer.status == 204
    assert await stored(office) == [(meeting_id, "waiting")]


async def status_of_raw(site: Site, request: bytes) -> int:
    """The status of an answer to bytes that no client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])
