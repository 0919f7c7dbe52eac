"""Whether a webhook is from Zoom: signature, time, challenge."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import SettableClock
from tests.oracles import oracle
from tests.zoom.test_events import body_of
from zoom.webhooks import (
    Challenge,
    Envelope,
    Malformed,
    SignatureRejected,
    WebhookReceiver,
    challenge_answer,
    peek,
    sign,
    verify,
)

SECRET = "kVd0-secret-of-the-school"
OLDER = "b7Xq-secret-before-that"
NOW = datetime(2026, 11, 24, 15, 3, 46, tzinfo=UTC)
BODY = body_of("joined_as_guest")

Pairs = list[tuple[str, str]]


def signed(body: bytes = BODY, *, secret: str = SECRET, at: datetime = NOW) -> Pairs:
    return [("Host", "bot.example"), *sign(body, secret, at).items(), ("Accept", "*/*")]


def test_what_zoom_signed_is_accepted_and_its_secret_told() -> None:
    assert verify(signed(), BODY, secrets=[SECRET], now=NOW) == SECRET


def test_header_names_may_have_any_case() -> None:
    headers = [(name.upper(), value) for name, value in signed()]
    assert verify(headers, BODY, secrets=[SECRET], now=NOW) == SECRET


@pytest.mark.parametrize("secrets", [[SECRET, OLDER], [OLDER, SECRET]])
def test_while_secrets_are_replaced_either_will_do(secrets: list[str]) -> None:
    assert verify(signed(secret=OLDER), BODY, secrets=secrets, now=NOW) == OLDER


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_either_way_are_tolerated(seconds: int) -> None:
    headers = signed(at=NOW + timedelta(seconds=seconds))
    assert verify(headers, BODY, secrets=[SECRET], now=NOW) == SECRET


@pytest.mark.parametrize(("seconds", "reason"), [(-301, "too long ago"), (301, "in the future")])
def test_more_than_five_minutes_are_not(seconds: int, reason: str) -> None:
    headers = signed(at=NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureRejected, match=reason):
        verify(headers, BODY, secrets=[SECRET], now=NOW)


def replaced(name: str, *values: str) -> Pairs:
    """The signed headers, with that one having these values."""
    others = [(one, value) for one, value in signed() if one != name]
    return [*others, *((name, value) for value in values)]


GOOD = dict(signed())
SIGNATURE = "x-zm-signature"
TIMESTAMP = "x-zm-request-timestamp"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        replaced(SIGNATURE),
        replaced(TIMESTAMP),
        replaced(SIGNATURE, ""),
        replaced(SIGNATURE, GOOD[SIGNATURE], GOOD[SIGNATURE]),
        replaced(TIMESTAMP, GOOD[TIMESTAMP], GOOD[TIMESTAMP]),
        replaced(SIGNATURE, GOOD[SIGNATURE].upper()),
        replaced(SIGNATURE, GOOD[SIGNATURE].removeprefix("v0=")),
        replaced(SIGNATURE, GOOD[SIGNATURE].replace("v0=", "v1=")),
        replaced(SIGNATURE, GOOD[SIGNATURE][:-1]),
        replaced(SIGNATURE, GOOD[SIGNATURE] + " "),
        replaced(SIGNATURE, "v0=żółw"),
        replaced(SIGNATURE, "v0=\udcff"),
        replaced(TIMESTAMP, ""),
        replaced(TIMESTAMP, "now"),
        replaced(TIMESTAMP, f"{GOOD[TIMESTAMP]}.5"),
        replaced(TIMESTAMP, f" {GOOD[TIMESTAMP]}"),
        replaced(TIMESTAMP, f"+{GOOD[TIMESTAMP]}"),
        replaced(TIMESTAMP, f"{GOOD[TIMESTAMP]}000"),
        replaced(TIMESTAMP, "٢٠"),
        replaced(TIMESTAMP, "²"),
        replaced(TIMESTAMP, "9" * 5_000),
        replaced(TIMESTAMP, str(int(GOOD[TIMESTAMP]) + 1)),
    ],
)
def test_any_other_signature_or_time_is_rejected(headers: Pairs) -> None:
    with pytest.raises(SignatureRejected):
        verify(headers, BODY, secrets=[SECRET], now=NOW)


def test_a_changed_body_is_rejected() -> None:
    with pytest.raises(SignatureRejected):
        verify(signed(), BODY.replace(b"Ahmed", b"Bilal"), secrets=[SECRET], now=NOW)


def test_the_same_json_written_anew_is_rejected() -> None:
    again = json.dumps(json.loads(BODY)).encode()
    assert again != BODY
    with pytest.raises(SignatureRejected):
        verify(signed(), again, secrets=[SECRET], now=NOW)


def test_another_secret_is_rejected() -> None:
    with pytest.raises(SignatureRejected):
        verify(signed(secret="guessed"), BODY, secrets=[SECRET, OLDER], now=NOW)


@pytest.mark.parametrize("secrets", [[], [""], [SECRET, ""]])
def test_without_a_secret_nothing_can_be_received(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret is needed"):
        WebhookReceiver(secrets, SettableClock(NOW))
    with pytest.raises(ValueError, match="secret is needed"):
        verify(signed(secret=""), BODY, secrets=secrets, now=NOW)


@given(
    st.lists(st.tuples(st.sampled_from([SIGNATURE, TIMESTAMP, "X-Other"]), st.text())),
    st.binary(),
)
def test_no_headers_and_bytes_make_verifying_fail_otherwise(headers: Pairs, body: bytes) -> None:
    with pytest.raises(SignatureRejected):
        verify(headers, body, secrets=[SECRET], now=NOW)


# The receiver


def receiver(*secrets: str) -> WebhookReceiver:
    return WebhookReceiver(secrets or (SECRET,), SettableClock(NOW))


def test_an_event_is_received_as_its_envelope() -> None:
    envelope = Envelope(
        "meeting.participant_joined", 82031645907, "hN3kXq_TQ9aisha0Zx1aaA", 1795532625120
    )
    assert receiver().receive(signed(), BODY) == envelope


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_a_challenge_is_answered_with_the_secret_that_signed_it(secret: str) -> None:
    body = body_of("url_validation")
    said = receiver(SECRET, OLDER).receive(signed(body, secret=secret), body)
    assert isinstance(said, Challenge)
    assert json.loads(said.answer) == challenge_answer("Zp0vT2mKQx6sAisha0_w", secret)


def test_an_unsigned_challenge_is_not_answered() -> None:
    with pytest.raises(SignatureRejected):
        receiver().receive([], body_of("url_validation"))


def test_a_challenge_that_would_sign_an_event_is_not_answered() -> None:
    body = b'{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1795532626:{}"}}'
    with pytest.raises(Malformed):
        receiver().receive(signed(body), body)


def test_the_receiver_goes_by_its_clock() -> None:
    clock = SettableClock(NOW)
    by_clock = WebhookReceiver([SECRET], clock)
    clock.forward(timedelta(minutes=6))
    with pytest.raises(SignatureRejected):
        by_clock.receive(signed(), BODY)


# Against published vectors and real captures, where they are present


def vectors(kind: str) -> list[dict[str, Any]]:
    found = json.loads(oracle("zoom/vectors.json").read_bytes())[kind]
    assert found
    return list(found)


def test_published_signatures_verify() -> None:
    for vector in vectors("signature"):
        headers = [(SIGNATURE, vector["signature"]), (TIMESTAMP, vector["timestamp"])]
        now = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
        body = vector["body"].encode()
        assert verify(headers, body, secrets=[vector["secret"]], now=now) == vector["secret"]
        assert sign(body, vector["secret"], now) == dict(headers)


def test_published_challenges_are_answered_as_published() -> None:
    for vector in vectors("crc"):
        answer = challenge_answer(vector["plainToken"], vector["secret"])
        assert answer["encryptedToken"] == vector["encryptedToken"]


def test_real_requests_are_received() -> None:
    names = []
    for path in sorted(oracle("zoom/payloads/real").glob("*.capture.json")):
        capture = json.loads(path.read_bytes())
        then = datetime.fromtimestamp(int(capture["headers"][TIMESTAMP]), UTC)
        by_then = WebhookReceiver([capture["_fixtureSecret"]], SettableClock(then))
        said = by_then.receive(capture["headers"].items(), capture["rawBody"].encode())
        assert isinstance(said, Envelope)
        assert said.meeting_id == 86084701483
        names.append(said.name)
    assert len(names) == 4


# To the letter, as whoever else signs and reads them has it


def test_a_signature_is_what_zoom_documents() -> None:
    """Worked out once with `openssl dgst -sha256 -hmac secret`."""
    assert sign(b'{"event":"x"}', "secret", NOW) == {
        "x-zm-signature": "v0=4b252bed20fe466dc61157a296bfe13cb21d2512cee8ca6b121b147fafbfa026",
        "x-zm-request-timestamp": "1795532626",
    }


def test_a_challenge_is_answered_as_zoom_documents() -> None:
    assert challenge_answer("abc", "secret") == {
        "plainToken": "abc",
        "encryptedToken": "9946dad4e00e913fc8be8e5d3f7e110a4a9e832f83fb09c345285d78638d8a0e",
    }


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        ("9" * 13, "the time is not in seconds"),
        ("9" * 12, "it was signed in the future"),
        ("1", "it was signed too long ago"),
        ("", "the time is not in seconds"),
    ],
)
def test_why_a_time_is_rejected_is_said(timestamp: str, reason: str) -> None:
    with pytest.raises(SignatureRejected, match=f"^{reason}$"):
        verify(replaced(TIMESTAMP, timestamp), BODY, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize("name", ["recording_completed", "app_deauthorized", "url_validation"])
def test_an_event_about_no_meeting_of_ours_has_only_its_name_and_time(name: str) -> None:
    body = body_of(name)
    said = json.loads(body)
    assert peek(body) == Envelope(said["event"], None, "", said["event_ts"])


@pytest.mark.parametrize(
    ("event_ts", "reported_ms"),
    [
        ("1", 1),
        ("0", 0),
        ("-1", 0),
        (str(2**47 - 1), 2**47 - 1),
        (str(2**47), 0),
        ('"1795532626000"', 0),
        ("null", 0),
        ("1.5", 0),
    ],
)
def test_a_time_that_makes_no_sense_is_nought(event_ts: str, reported_ms: int) -> None:
    body = b'{"event":"recording.completed","event_ts":%b}' % event_ts.encode()
    assert peek(body).reported_ms == reported_ms
    assert peek(b'{"event":"recording.completed"}').reported_ms == 0


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "the signature and its time must be there once each"),
        (replaced(SIGNATURE), "the signature and its time must be there once each"),
        (replaced(TIMESTAMP), "the signature and its time must be there once each"),
        (replaced(SIGNATURE, "v0=ż"), "the signature or its time is not ASCII"),
        (replaced(TIMESTAMP, "٢٠"), "the signature or its time is not ASCII"),
        (replaced(SIGNATURE, "v0=" + "0" * 64), "the signature is not by a known secret"),
    ],
)
def test_why_a_signature_is_rejected_is_said(headers: Pairs, reason: str) -> None:
    with pytest.raises(SignatureRejected) as rejected:
        verify(headers, BODY, secrets=[SECRET], now=NOW)
    assert str(rejected.value) == reason


def test_why_nothing_can_be_received_is_said() -> None:
    with pytest.raises(
        ValueError, match=r"^a secret is needed to tell Zoom's webhooks from forged ones$"
    ):
        WebhookReceiver([], SettableClock(NOW))
