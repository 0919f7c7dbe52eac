"""Events of meetings as Zoom sends them, signed, and ready to be written to a connection."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count, islice
from uuid import UUID

from zoom.webhooks import sign

_EVENTS_EACH = 120  # in a class of thirty, of whom each drops out once
_ISO = "%Y-%m-%dT%H:%M:%SZ"


class Comings:
    """Endless joins and leaves in classes, no two alike: each participant comes, then goes.

    The classes take turns, as those of a school do that begin at the same hour.
    """

    def __init__(
        self, meeting_ids: Sequence[int], host_id: str, secret: str, started_at: datetime
    ) -> None:
        self._meeting_ids = meeting_ids
        self._host_id = host_id
        self._secret = secret
        self._started_at = started_at
        self._numbers = count()

    def next(self, how_many: int, *, port: int, signed_at: datetime) -> list[bytes]:
        """So many requests, signed for sending within the next minutes."""
        return [_request(body, self._secret, port, signed_at) for body in self.bodies(how_many)]

    def bodies(self, how_many: int) -> Iterator[bytes]:
        """So many events, as bytes that are yet to be signed."""
        for number in islice(self._numbers, how_many):
            meeting_id = self._meeting_ids[number % len(self._meeting_ids)]
            yield self._body(meeting_id, number // len(self._meeting_ids), number)

    def ended(self, meeting_id: int, at: datetime) -> bytes:
        """The end of a class."""
        return self._event("meeting.ended", meeting_id, 0, end_time=at.strftime(_ISO))

    def _body(self, meeting_id: int, number: int, overall: int) -> bytes:
        """The event of that number in its class, and of that one in all classes."""
        person, is_leave = divmod(number, 2)
        at = self._started_at + timedelta(seconds=20 * (number % _EVENTS_EACH))
        kind, when = ("left", "leave_time") if is_leave else ("joined", "join_time")
        participant = {
            "user_id": str(16_777_216 + 1024 * person),
            "user_name": f"Student {person}",
            "participant_user_id": "",
            "id": "",
            "email": "",
            "registrant_id": "",
            "participant_uuid": str(UUID(int=meeting_id << 64 | person)).upper(),
            "public_ip": "203.0.113.7",
            when: at.strftime(_ISO),
        }
        return self._event(
            f"meeting.participant_{kind}", meeting_id, overall, participant=participant
        )

    def _event(self, name: str, meeting_id: int, overall: int, **of_meeting: object) -> bytes:
        event = {
            "event": name,
            "payload": {
                "account_id": "acc7Tn0QSVbenchmarkAB",
                "object": {
                    "uuid": f"b{meeting_id}QyC3mVn2Lw==",
                    "id": str(meeting_id),
                    "type": 2,
                    "topic": "Tajweed",
                    "host_id": self._host_id,
                    "duration": 45,
                    "start_time": self._started_at.strftime(_ISO),
                    "timezone": "Africa/Addis_Ababa",
                    **of_meeting,
                },
            },
            "event_ts": int(self._started_at.timestamp() * 1000) + overall,
        }
        return json.dumps(event, separators=(",", ":")).encode()


def _request(body: bytes, secret: str, port: int, signed_at: datetime) -> bytes:
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Zoom Marketplace/1.0a",
        "x-zm-trackingid": "v=2.0;clid=us02;rid=WEB_0123456789abcdef0123456789abcdef",
        "x-zm-request-id": sha256(body).hexdigest()[:32],
    } | sign(body, secret, signed_at)
    lines = ["POST /zoom/webhook HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
