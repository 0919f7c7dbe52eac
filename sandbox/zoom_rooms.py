"""Meetings in a story, and the people in them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from .zoom_control import Json, ZoomControl
from .zoom_person import ZoomPerson


@dataclass(frozen=True, slots=True)
class ZoomMeeting:
    """A meeting that people can go to."""

    zoom: ZoomControl
    id: int
    topic: str
    join_url: str

    async def start(self, *, uuid: str = "") -> "InMeeting":
        """The host opens it, again and again if need be; each time has a new uuid."""
        return await self._enter("start", {"uuid": uuid})

    async def join(
        self,
        name: str,
        *,
        as_user: ZoomPerson | None = None,
        registrant_id: str = "",
        email: str = "",
    ) -> "InMeeting":
        """Joins with one device: as a guest, signed in to Zoom, or as registered."""
        body: Json = {
            "name": name,
            "user_id": as_user.user_id if as_user else "",
            "registrant_id": registrant_id,
            "email": email,
        }
        return await self._enter("join", body)

    async def knock(self, name: str, *, as_user: ZoomPerson | None = None) -> "AtTheDoor":
        """Comes before the host and waits, where nobody may join before; refused where one may.

        When the host starts the meeting, they join by themselves: into the waiting room, where
        there is one. The app hears of those who wait on paid plans, where there is none.
        """
        body: Json = {"name": name, "user_id": as_user.user_id if as_user else ""}
        made = await self.zoom.ask("POST", f"/meetings/{self.id}/knock", body)
        return AtTheDoor(self, name, made["knock_id"])

    async def changed_in_zoom(
        self,
        *,
        topic: str | None = None,
        start_at: datetime | None = None,
        duration_min: int | None = None,
        passcode: str | None = None,
        occurrence_id: str | None = None,
    ) -> Self:
        """The host changes it, or one date of it, in Zoom's own program; how it is then.

        One date can differ in start and length alone. Another passcode is another join link. The
        app hears of it on paid plans.
        """
        start_time = None if start_at is None else f"{start_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        wanted = {
            "topic": topic,
            "start_time": start_time,
            "duration": duration_min,
            "password": passcode,
        }
        body: Json = {name: value for name, value in wanted.items() if value is not None}
        await self.zoom.ask("PATCH", self._path(occurrence_id), body)
        shown = await self.shown()
        return replace(self, topic=shown["topic"], join_url=shown["join_url"])

    async def deleted_in_zoom(self, occurrence_id: str | None = None) -> None:
        """The host deletes it, or one date of it; the app hears of it on paid plans."""
        await self.zoom.ask("DELETE", self._path(occurrence_id))

    async def end(self, *, reason: Literal["host", "time_limit"] = "host") -> None:
        await self.zoom.ask("POST", f"/meetings/{self.id}/end", {"reason": reason})

    async def shown(self) -> Json:
        """As `GET /meetings/{id}` shows it, with the uuids of all its instances."""
        return await self.zoom.ask("GET", f"/meetings/{self.id}")

    def _path(self, occurrence_id: str | None) -> str:
        query = "" if occurrence_id is None else f"?occurrence_id={occurrence_id}"
        return f"/meetings/{self.id}{query}"

    async def _enter(self, how: str, body: Json) -> "InMeeting":
        made = await self.zoom.ask("POST", f"/meetings/{self.id}/{how}", body)
        return InMeeting.of(self, made)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """Somebody who came before the host."""

    meeting: ZoomMeeting
    name: str
    knock_id: str

    async def gives_up(self) -> None:
        """Waits no more; refused once the host has come."""
        await self.meeting.zoom.ask("POST", f"/knocks/{self.knock_id}/give_up")

    async def joined(self) -> "InMeeting":
        """Where they are since the host came; refused before."""
        made = await self.meeting.zoom.ask("GET", f"/knocks/{self.knock_id}")
        return InMeeting.of(self.meeting, made)


@dataclass(frozen=True, slots=True)
class InMeeting:
    """One device of one participant, connected once."""

    meeting: ZoomMeeting
    user_id: str
    participant_uuid: str
    meeting_uuid: str
    waiting: bool
    _joined_as: Json = field(repr=False)

    @classmethod
    def of(cls, meeting: ZoomMeeting, made: Json) -> Self:
        return cls(
            meeting,
            made["user_id"],
            made["participant_uuid"],
            made["meeting_uuid"],
            made["waiting"],
            made["joined_as"],
        )

    async def leave(self) -> None:
        await self._control("leave", {})

    async def vanish(self, *, noticed_after: timedelta = timedelta(seconds=75)) -> None:
        """The network fails: gone now, and Zoom tells of it only so much later."""
        await self._control("leave", {"noticed_after_s": noticed_after.total_seconds()})

    async def rejoin(self) -> "InMeeting":
        """The same person again: a new connection with ids of its own."""
        path = f"/meetings/{self.meeting.id}/join"
        made = await self.meeting.zoom.ask("POST", path, self._joined_as)
        return InMeeting.of(self.meeting, made)

    async def second_device(self) -> "InMeeting":
        """The same person with one more device at the same time."""
        return await self.rejoin()

    async def admit(self) -> None:
        """The host lets them in from the waiting room."""
        await self._control("admit", {})

    async def breakout(self, *, reported_as_left: bool = False) -> None:
        """Into a breakout room; Zoom may also say that they left the main room."""
        await self._control("breakout", {"reported_as_left": reported_as_left})

    async def main_room(self) -> "InMeeting":
        """Back from the breakout room; the connection may be another one."""
        made = await self._control("main_room", {})
        return InMeeting.of(self.meeting, made)

    async def _control(self, what: str, body: Json) -> Json:
        return await self.meeting.zoom.ask("POST", f"/connections/{self.user_id}/{what}", body)
