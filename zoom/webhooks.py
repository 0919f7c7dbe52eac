"""Zoom's webhooks without I/O: is it really from Zoom, and what does it say.

https://developers.zoom.us/docs/api/webhooks/ : Zoom signs "v0:{timestamp}:{body}" with the
app's secret token. Always the bytes that arrived: JSON written anew has another signature.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from zoom import reading
from zoom.errors import Malformed, SignatureRejected
from zoom.event_table import HANDLED, IGNORED, event_of
from zoom.events import (
    AppDeauthorized,
    Event,
    Ignored,
    MeetingDeleted,
    MeetingEnded,
    MeetingStarted,
    MeetingUpdated,
    Participant,
    ParticipantJoined,
    ParticipantJoinedBreakout,
    ParticipantLeft,
    ParticipantLeftBreakout,
    ParticipantWaits,
    ParticipantWaitsNoMore,
    Unknown,
    UrlValidation,
)

__all__ = [
    "HANDLED",
    "IGNORED",
    "AppDeauthorized",
    "Challenge",
    "Envelope",
    "Event",
    "Ignored",
    "Malformed",
    "MeetingDeleted",
    "MeetingEnded",
    "MeetingStarted",
    "MeetingUpdated",
    "Participant",
    "ParticipantJoined",
    "ParticipantJoinedBreakout",
    "ParticipantLeft",
    "ParticipantLeftBreakout",
    "ParticipantWaits",
    "ParticipantWaitsNoMore",
    "SignatureRejected",
    "Unknown",
    "UrlValidation",
    "WebhookReceiver",
    "challenge_answer",
    "peek",
    "read",
    "sign",
    "verify",
]

Headers = Iterable[tuple[str, str]]
"""All headers of a request, in any case, repeated ones repeated."""

SIGNATURE_HEADER: Final = "x-zm-signature"
TIMESTAMP_HEADER: Final = "x-zm-request-timestamp"
TOLERANCE: Final = timedelta(minutes=5)

_URL_VALIDATION = "endpoint.url_validation"
_MOST_DIGITS = 12  # of a timestamp: enough for 30,000 years
_MOST_MS = 2**47  # enough for 4,000


@dataclass(frozen=True, slots=True)
class Challenge:
    """Zoom asks whether the address is ours: answer 200 with this JSON, within 3 seconds."""

    answer: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an event is about, without what it says.

    `meeting_id` is None for what is not handled or not about a meeting; `host_id` is empty where
    Zoom leaves it out. `reported_ms` is when Zoom wrote the event, in milliseconds since 1970; 0
    where that makes no sense.
    """

    name: str
    meeting_id: int | None
    host_id: str
    reported_ms: int = 0

    @property
    def is_handled(self) -> bool:
        """Whether `read` would make more of it than Ignored or Unknown."""
        return self.name in HANDLED


class WebhookReceiver:
    """Takes in what arrives at the address that Zoom was given.

    `secrets` are the app's secret tokens, of which any will do: while one is replaced by
    another, Zoom may sign with either.
    """

    def __init__(self, secrets: Sequence[str], clock: Callable[[], datetime]) -> None:
        """Raises ValueError without a secret: every request could be forged."""
        _require(secrets)
        self._secrets = tuple(secrets)
        self._clock = clock

    def check(self, headers: Headers) -> None:
        """What can be said before the body has come; raises SignatureRejected."""
        timestamp, _ = _signed_headers(headers)
        _check_time(timestamp, self._clock(), TOLERANCE)

    def receive(self, headers: Headers, body: bytes) -> Challenge | Envelope:
        """What to answer, or what to keep; raises SignatureRejected, or Malformed once verified."""
        # Verified first: answering an unsigned challenge would sign for anybody.
        secret = verify(headers, body, secrets=self._secrets, now=self._clock())
        envelope = peek(body)
        if envelope.name != _URL_VALIDATION:
            return envelope
        asked = read(body)
        assert isinstance(asked, UrlValidation)
        return Challenge(json.dumps(challenge_answer(asked.plain_token, secret)).encode())


def verify(
    headers: Headers,
    body: bytes,
    *,
    secrets: Sequence[str],
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """The secret that signed the request, within `tolerance` of `now`.

    Raises SignatureRejected for everything else that may arrive, and ValueError if there is no
    secret to check with.
    """
    _require(secrets)
    timestamp, signature = _signed_headers(headers)
    _check_time(timestamp, now, tolerance)
    signed_with: str | None = None
    for secret in secrets:
        # Bytes: compare_digest raises for texts that are not ASCII.
        if hmac.compare_digest(_signature(body, secret, timestamp).encode(), signature.encode()):
            signed_with = secret
    if signed_with is None:
        raise SignatureRejected("the signature is not by a known secret")
    return signed_with


def sign(body: bytes, secret: str, timestamp: datetime) -> dict[str, str]:
    """The headers with which Zoom would send `body`."""
    seconds = str(int(timestamp.timestamp()))
    return {
        SIGNATURE_HEADER: _signature(body, secret, seconds),
        TIMESTAMP_HEADER: seconds,
    }


def challenge_answer(plain_token: str, secret: str) -> Mapping[str, str]:
    """What Zoom wants to read back, to know that the address has the secret."""
    return {
        "plainToken": plain_token,
        "encryptedToken": hmac.digest(secret.encode(), plain_token.encode(), "sha256").hex(),
    }


def peek(body: bytes) -> Envelope:
    """What a verified body is about; raises Malformed."""
    said = reading.json_object(body)
    name = reading.text(said, "event")
    reported_ms = _reported_ms(said)
    if name not in HANDLED or not name.startswith("meeting."):
        return Envelope(name, None, "", reported_ms)
    meeting = reading.nested(reading.nested(said, "payload"), "object")
    meeting_id, host_id = reading.number(meeting, "id"), reading.optional_text(meeting, "host_id")
    return Envelope(name, meeting_id, host_id, reported_ms)


def read(body: bytes) -> Event:
    """What a verified body says; raises Malformed."""
    return event_of(reading.json_object(body))


def _reported_ms(said: reading.JsonObject) -> int:
    at = said.get("event_ts")
    return at if isinstance(at, int) and 0 <= at < _MOST_MS else 0


def _require(secrets: Sequence[str]) -> None:
    if not secrets or not all(secrets):
        raise ValueError("a secret is needed to tell Zoom's webhooks from forged ones")


def _signed_headers(headers: Headers) -> tuple[str, str]:
    timestamps = []
    signatures = []
    for name, value in headers:
        known = name.lower()
        if known == TIMESTAMP_HEADER:
            timestamps.append(value)
        elif known == SIGNATURE_HEADER:
            signatures.append(value)
    if len(timestamps) != 1 or len(signatures) != 1:
        raise SignatureRejected("the signature and its time must be there once each")
    timestamp, signature = timestamps[0], signatures[0]
    if not timestamp.isascii() or not signature.isascii():
        raise SignatureRejected("the signature or its time is not ASCII")
    return timestamp, signature


def _check_time(timestamp: str, now: datetime, tolerance: timedelta) -> None:
    """Seconds since 1970; an old one could be a recorded request, sent again by somebody else."""
    if not timestamp.isdigit() or len(timestamp) > _MOST_DIGITS:
        raise SignatureRejected("the time is not in seconds")
    age = now.timestamp() - int(timestamp)
    if age > tolerance.total_seconds():
        raise SignatureRejected("it was signed too long ago")
    if -age > tolerance.total_seconds():
        raise SignatureRejected("it was signed in the future")


def _signature(body: bytes, secret: str, timestamp: str) -> str:
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), signed, "sha256").hex()
