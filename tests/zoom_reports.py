"""What Zoom reports about a meeting, as bodies of webhooks; times are minutes after its start."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from services.office import Office
from storage.inbox import Inbox, IncomingEvent, Stored
from storage.zoom_accounts import zoom_user_index
from zoom.webhooks import peek


@dataclass(frozen=True, slots=True)
class Held:
    """One time that a meeting is held."""

    meeting_id: int
    starts_at: datetime
    uuid: str = "4uLGnbvGTEqR+s8tQ=="
    host_id: str = "host-of-the-meeting"

    def started(self) -> bytes:
        return self._body("meeting.started", 0)

    def ended(self, minutes: float) -> bytes:
        return self._body("meeting.ended", minutes, end_time=self._at(minutes))

    def joined(self, name: str, minutes: float, **who: str) -> bytes:
        return self._moved("joined", name, minutes, who, join_time=self._at(minutes))

    def left(self, name: str, minutes: float, **who: str) -> bytes:
        return self._moved("left", name, minutes, who, leave_time=self._at(minutes))

    def stay(self, name: str, since: float, until: float, **who: str) -> list[bytes]:
        return [self.joined(name, since, **who), self.left(name, until, **who)]

    def host(self, since: float, until: float) -> list[bytes]:
        return self.stay("Aisha Q", since, until, id=self.host_id)

    def knocked(self, name: str, minutes: float) -> bytes:
        """Came before the host; of such a guest Zoom tells the name."""
        return self._at_the_door("participant_jbh_waiting", name, minutes)

    def gave_up(self, name: str, minutes: float) -> bytes:
        return self._at_the_door("participant_jbh_waiting_left", name, minutes)

    def _at_the_door(self, kind: str, name: str, minutes: float) -> bytes:
        participant = {"id": "", "user_name": name, "customer_key": f"key of {name}"}
        return self._body(f"meeting.{kind}", minutes, participant=participant)

    def _moved(
        self, how: str, name: str, minutes: float, who: dict[str, str], **times: str
    ) -> bytes:
        participant = {
            "user_id": f"of {name}",
            "user_name": name,
            "id": "",
            "email": "",
            "participant_uuid": f"uuid of {name}",
            **who,
            **times,
        }
        return self._body(f"meeting.participant_{how}", minutes, participant=participant)

    def _body(self, name: str, minutes: float, **of_meeting: object) -> bytes:
        meeting = {
            "id": str(self.meeting_id),
            "uuid": self.uuid,
            "host_id": self.host_id,
            "start_time": self._at(0),
            **of_meeting,
        }
        reported_at = self.starts_at + timedelta(minutes=minutes)
        said = {
            "event": name,
            "event_ts": int(reported_at.timestamp() * 1000),
            "payload": {"account_id": "an-account", "object": meeting},
        }
        return json.dumps(said).encode()

    def _at(self, minutes: float) -> str:
        at = self.starts_at.astimezone(UTC) + timedelta(minutes=minutes)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")


async def reported(office: Office, *bodies: bytes) -> list[Stored]:
    """Have these in the inbox, as the webhook's handler would."""
    async with Inbox.open(office.database) as inbox:
        return [await inbox.store(_incoming(office, body)) for body in bodies]


def _incoming(office: Office, body: bytes) -> IncomingEvent:
    about = peek(body)
    return IncomingEvent(
        digest=sha256(body).digest(),
        meeting_id=about.meeting_id,
        host_index=zoom_user_index(office.database.vault, about.host_id) if about.host_id else None,
        body=body,
        received_at=office.clock(),
    )
