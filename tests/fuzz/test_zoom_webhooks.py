"""Any headers and any bytes: an answer, or one of the errors that are documented; never another."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import SettableClock
from tests.fuzz import examples
from tests.zoom.test_events import body_of
from zoom.webhooks import (
    HANDLED,
    Challenge,
    Envelope,
    Malformed,
    SignatureRejected,
    WebhookReceiver,
    challenge_answer,
    read,
    sign,
    verify,
)

SECRET, OLDER = "fuzz-secret-of-the-school", "fuzz-secret-before-that"
NOW = datetime(2026, 11, 24, 15, 3, 46, tzinfo=UTC)
RECEIVER = WebhookReceiver([SECRET, OLDER], SettableClock(NOW))
_NAMES = ("x-zm-signature", "x-zm-request-timestamp")
_REAL = (
    *("joined_as_guest", "joined_as_host", "joined_as_registrant", "left", "started", "ended"),
    *("updated", "deleted_altogether", "deleted_on_one_date", "joined_breakout"),
    *("waits_before_host", "app_deauthorized", "url_validation", "recording_completed"),
)

Pairs = list[tuple[str, str]]

text = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)  # surrogates too
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """An event of Zoom's with something in it that is not as it should be."""
    said: Any = json.loads(body_of(draw(st.sampled_from(_REAL))))
    for _ in range(draw(st.integers(1, 3))):
        inside = said
        while isinstance(inside, dict) and inside:
            key = draw(st.sampled_from(sorted(inside)))
            if not isinstance(inside[key], dict) or draw(st.integers(0, 4)) == 0:
                if draw(st.booleans()):
                    inside[key] = draw(json_values)
                else:
                    del inside[key]
                break
            inside = inside[key]
    return json.dumps(said).encode()


bodies = st.one_of(
    st.binary(max_size=200),
    json_values.map(lambda value: json.dumps(value).encode()),
    mutilated(),
    st.sampled_from(sorted(HANDLED)).map(lambda name: json.dumps({"event": name}).encode()),
    st.sampled_from([b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5_000, b"\xef\xbb\xbf{}"]),
)
headers = st.lists(
    st.tuples(
        st.sampled_from([*_NAMES, *(name.upper() for name in _NAMES), "Host"]) | text,
        text | st.sampled_from(["1795532626", "v0=" + "0" * 64, "", "9" * 5_000]),
    ),
    max_size=6,
)


@examples(150)
@given(headers, bodies)
def test_nothing_is_accepted_without_a_signature(headers: Pairs, body: bytes) -> None:
    with pytest.raises(SignatureRejected):
        RECEIVER.receive(headers, body)


@examples(150)
@given(bodies, st.sampled_from([SECRET, OLDER]))
def test_what_is_signed_is_understood_or_malformed(body: bytes, secret: str) -> None:
    try:
        said = RECEIVER.receive(sign(body, secret, NOW).items(), body)
        event = read(body)
    except Malformed:
        return
    assert isinstance(said, Challenge | Envelope)
    if isinstance(said, Envelope):
        assert 0 <= said.reported_ms < 2**47
        assert said.meeting_id is None or 0 <= said.meeting_id < 10**18
        json.dumps(said.name).encode()
        said.host_id.encode()
    repr(event)


@examples(100)
@given(bodies, st.data())
def test_one_changed_byte_is_enough_to_be_refused(body: bytes, data: st.DataObject) -> None:
    signed = sign(body, SECRET, NOW)
    where = data.draw(st.sampled_from(["body", *_NAMES]))
    if where == "body":
        at = data.draw(st.integers(0, len(body)))
        other = body[:at] + data.draw(st.binary(min_size=1, max_size=3)) + body[at:]
    else:
        value = signed[where]
        at = data.draw(st.integers(0, len(value) - 1))
        letter = data.draw(st.characters(codec="utf-8").filter(lambda one: one != value[at]))
        signed[where] = value[:at] + letter + value[at + 1 :]
        other = body
    with pytest.raises(SignatureRejected):
        verify(signed.items(), other, secrets=[SECRET, OLDER], now=NOW)


@examples(60)
@given(text.filter(bool))
def test_a_challenge_never_signs_an_event(plain_token: str) -> None:
    """Its answer is no signature of anything that could be sent in Zoom's name."""
    body = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": plain_token}}
    ).encode()
    try:
        said = RECEIVER.receive(sign(body, SECRET, NOW).items(), body)
    except Malformed:
        return
    assert isinstance(said, Challenge)
    answer = json.loads(said.answer)
    assert answer == challenge_answer(answer["plainToken"], SECRET)
    assert not answer["plainToken"].startswith("v0:")
