"""People who use Zoom, as stories and tests direct them; all they do goes over HTTP.

zoom = ZoomPeople(url)
aisha = await zoom.user("aisha@example.org", name="Aisha Q")
callback_url = await aisha.allows(authorize_url)
meeting = await zoom.meeting_at(join_url)
await meeting.start()
ahmed = await meeting.join("Ahmed")
await ahmed.leave()
await meeting.end()
await zoom.delivered()
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from .zoom_control import Json, ZoomControl, ZoomRefused
from .zoom_person import ZoomPerson
from .zoom_rooms import AtTheDoor, InMeeting, ZoomMeeting

__all__ = [
    "AtTheDoor",
    "Delivered",
    "InMeeting",
    "ZoomMeeting",
    "ZoomPeople",
    "ZoomPerson",
    "ZoomRefused",
]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of all webhooks so far; `waiting` are late or between two tries."""

    answered: int
    lost: int
    waiting: int
    held: int
    dropped: int


@dataclass(frozen=True, slots=True)
class ZoomPeople(ZoomControl):
    """The people at the stand-in with that origin."""

    async def user(
        self,
        email: str,
        *,
        name: str,
        plan: Literal[1, 2] = 1,
        timezone: str = "UTC",
        scopes: Iterable[str] | None = None,
        host_events: bool | None = None,
        has_app: bool = False,
        account_id: str = "",
    ) -> ZoomPerson:
        """A new Zoom user; plan 1 is Basic, 2 Licensed.

        Zoom reports a host's own coming and going (`host_events`) on paid plans, unless said
        otherwise.
        """
        body: Json = {
            "email": email,
            "name": name,
            "plan": plan,
            "timezone": timezone,
            "has_app": has_app,
            "account_id": account_id,
            "host_events": host_events,
        }
        if scopes is not None:
            body["scopes"] = list(scopes)
        made = await self.ask("POST", "/users", body)
        return ZoomPerson(self, made["user_id"], made["account_id"], email, name)

    async def meeting(self, meeting_id: int) -> ZoomMeeting:
        shown = await self.ask("GET", f"/meetings/{meeting_id}")
        return ZoomMeeting(self, shown["id"], shown["topic"], shown["join_url"])

    async def meeting_planned_by(self, person: ZoomPerson, topic: str) -> ZoomMeeting:
        """A meeting made in Zoom's own program, not by the app."""
        made = await self.ask("POST", f"/users/{person.user_id}/meetings", {"topic": topic})
        return await self.meeting(made["id"])

    async def meeting_at(self, url: str) -> ZoomMeeting:
        """The meeting that a join or host link leads to."""
        found = re.search(r"/[js]/(\d+)", url)
        if found is None:
            raise ZoomRefused(f"No link to a meeting: {url}")
        return await self.meeting(int(found[1]))

    async def meetings(self) -> list[ZoomMeeting]:
        ids = (await self.ask("GET", "/meetings"))["meetings"]
        return [await self.meeting(meeting_id) for meeting_id in ids]

    async def webhooks_go_to(self, url: str) -> None:
        await self.ask("POST", "/webhooks", {"url": url})

    async def webhooks(
        self,
        *,
        retry_at_once: bool | None = None,
        loose_spacing: bool | None = None,
        secret: str | None = None,
    ) -> None:
        """How webhooks are sent: retried without waiting, with unusual spaces, signed how."""
        wanted = {
            "retry_at_once": retry_at_once,
            "loose_spacing": loose_spacing,
            "secret": secret,
        }
        body = {name: value for name, value in wanted.items() if value is not None}
        await self.ask("POST", "/webhooks", body)

    async def rule(
        self,
        action: Literal["hold", "drop", "duplicate", "delay"],
        event: str = "*",
        *,
        times: int | None = None,
        by: timedelta = timedelta(),
        copies: int = 2,
    ) -> None:
        """What happens to coming events of that name (`meeting.participant_*`)."""
        body: Json = {
            "event": event,
            "action": action,
            "times": times,
            "by_s": by.total_seconds(),
            "copies": copies,
        }
        await self.ask("POST", "/webhooks/rules", body)

    async def no_rules(self) -> None:
        await self.ask("DELETE", "/webhooks/rules")

    async def release(self, order: Literal["kept", "reversed", "shuffled"] = "kept") -> int:
        """Sends the events that were held back; how many."""
        released = (await self.ask("POST", "/webhooks/release", {"order": order}))["released"]
        return int(released)

    async def advance(self) -> int:
        """Sends what has come due by the clock since; how many."""
        return int((await self.ask("POST", "/webhooks/advance"))["due"])

    async def delivered(self) -> Delivered:
        """Waits until every webhook that is due has been answered or lost."""
        counts = await self.ask("GET", "/webhooks/settled")
        return Delivered(
            counts["answered"],
            counts["lost"],
            counts["waiting"],
            counts["held"],
            counts["dropped"],
        )

    async def sent(self) -> list[Json]:
        """Every webhook so far: event, state, attempts (status or error, oldest first)."""
        return list((await self.ask("GET", "/webhooks"))["webhooks"])

    async def challenge(self) -> str:
        """Asks the receiver to prove itself; what is wrong with its answer, empty if nothing."""
        return str((await self.ask("POST", "/webhooks/challenge"))["problem"])

    async def fault(
        self,
        kind: Literal["status", "rate", "drop", "slow", "echo"],
        endpoint: str = "*",
        *,
        when: Literal["before", "after"] = "before",
        times: int | None = 1,
        status: int = 503,
        seconds: float = 0.0,
    ) -> None:
        """Trouble for the next calls of an endpoint; `sandbox.zoom.faults.Fault` says more.

        Endpoints: authorize, decide, login, token, revoke, me, create_meeting, list_meetings,
        get_meeting, update_meeting, delete_meeting, end_meeting, past_meeting,
        past_participants, past_instances.
        """
        body: Json = {
            "kind": kind,
            "endpoint": endpoint,
            "when": when,
            "times": times,
            "status": status,
            "seconds": seconds,
        }
        await self.ask("POST", "/faults", body)

    async def goes_down(self) -> None:
        """No call is answered until `no_faults`."""
        await self.fault("drop", times=None)

    async def no_faults(self) -> None:
        await self.ask("DELETE", "/faults")

    async def no_per_second_limits(self) -> None:
        await self.ask("POST", "/limits", {"per_second": False})

    async def daily_limit(self, *, left: int) -> None:
        """So many creates and updates each user still has until 00:00 GMT, one date's included."""
        await self.ask("POST", "/limits", {"left_today": left})

    async def past_is_told(self, *, after: timedelta) -> None:
        """So long after its end a meeting is in the past API; at once, if not said."""
        await self.ask("POST", "/past", {"after_s": after.total_seconds()})

    async def statistics(self) -> Json:
        """Counts, from zero; absent where nothing of the kind has happened yet.

        exchanges, refreshes, refused_refreshes, revokes, refused_revokes, meetings_created,
        calls.<endpoint>, events_not_subscribed; grants by e-mail; webhooks by state; faults met
        by endpoint.
        """
        return await self.ask("GET", "/statistics")
