"""Zoom's API, acting as one user.

https://developers.zoom.us/docs/api/meetings/ . The methods only say what is asked; how a call is
made and repeated is in zoom.calling. All of them raise ZoomError.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import quote

import httpx

from zoom import reading
from zoom.calling import Call, Caller, TokenSource
from zoom.errors import Malformed
from zoom.models import (
    ListedMeeting,
    Meeting,
    MeetingChanges,
    NewMeeting,
    PastInstance,
    PastMeeting,
    PastParticipant,
    User,
)
from zoom.reading import JsonObject
from zoom.wire import answer_of

__all__ = ["TokenSource", "ZoomApi", "ZoomClient"]

_PAGE_SIZE: Final = "300"  # the most that Zoom gives

Model = TypeVar("Model")


class ZoomApi:
    """Zoom's API before it is known whom it is called for."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._caller = Caller(http, base_url=base_url, clock=clock, sleep=sleep, chance=chance)

    def acting_as(self, tokens: TokenSource) -> "ZoomClient":
        """The API as the user whose tokens these are."""
        return ZoomClient(self._caller, tokens)


class ZoomClient:
    """What one user may do and see; made by `ZoomApi.acting_as`."""

    def __init__(self, caller: Caller, tokens: TokenSource) -> None:
        self._caller = caller
        self._tokens = tokens

    async def me(self) -> User:
        """Whose account this is."""
        return await self._get("reading the user", "/users/me", User.from_json)

    async def create_meeting(self, wanted: NewMeeting) -> Meeting:
        """Plan a meeting.

        After ZoomUncertain or Malformed it may exist, and is not asked for again here: whoever
        calls finds it among `upcoming_meetings`, by something in its agenda.
        """
        call = Call(
            name="creating a meeting",
            method="POST",
            path="/users/me/meetings",
            body=wanted.to_json(),
            is_repeatable=False,
        )
        return _read(call.name, await self._caller.make(call, self._tokens), Meeting.from_json)

    async def meeting(self, meeting_id: int) -> Meeting:
        """A planned meeting as it is now, with fresh links; raises NotFound."""
        return await self._get("reading a meeting", f"/meetings/{meeting_id}", Meeting.from_json)

    async def start_url(self, meeting_id: int) -> str:
        """A fresh link that makes whoever opens it the host, for two hours; raises NotFound."""
        return (await self.meeting(meeting_id)).start_url

    async def update_meeting(
        self, meeting_id: int, changes: MeetingChanges, occurrence_id: str | None = None
    ) -> None:
        """Change a planned meeting, or one date of it; raises NotFound.

        Repeated after a lost answer, as the values are absolute. Raises Invalid for a date that is
        not planned or was deleted, and ValueError where one date alone cannot differ in this.
        """
        if occurrence_id is not None and not changes.fits_one_date:
            raise ValueError("one date has the topic and the recurrence of its meeting")
        await self._do(
            "changing a meeting",
            "PATCH",
            f"/meetings/{meeting_id}",
            query=_occurrence(occurrence_id),
            body=changes.to_json(),
        )

    async def delete_meeting(self, meeting_id: int, occurrence_id: str | None = None) -> None:
        """Delete a planned meeting with all its dates, or one of them.

        Raises NotFound if the meeting is not there, and Invalid if the date is not; be it that an
        earlier try whose answer was lost has deleted it. A deleted date cannot come back.
        """
        path = f"/meetings/{meeting_id}"
        await self._do("deleting a meeting", "DELETE", path, query=_occurrence(occurrence_id))

    async def end_meeting(self, meeting_id: int) -> None:
        """End a meeting that is being held, for everybody in it; raises NotFound."""
        path = f"/meetings/{meeting_id}/status"
        await self._do("ending a meeting", "PUT", path, body={"action": "end"})

    async def upcoming_meetings(self) -> AsyncIterator[ListedMeeting]:
        """All planned meetings that are not over, page by page."""
        name = "listing meetings"
        async for said in self._pages(name, "/users/me/meetings", "meetings", type="upcoming"):
            yield _parsed(name, said, ListedMeeting.from_json)

    async def past_meeting(self, meeting_uuid: str) -> PastMeeting:
        """A meeting that was held and is over; raises NotFound, and PaidOnly on a Basic plan."""
        path = f"/past_meetings/{_in_path(meeting_uuid)}"
        return await self._get("reading a past meeting", path, PastMeeting.from_json)

    async def past_participants(self, meeting_uuid: str) -> AsyncIterator[PastParticipant]:
        """Each connection of a meeting that is over; raises as `past_meeting` does."""
        name = "listing past participants"
        path = f"/past_meetings/{_in_path(meeting_uuid)}/participants"
        async for said in self._pages(name, path, "participants"):
            yield _parsed(name, said, PastParticipant.from_json)

    async def past_instances(self, meeting_id: int) -> tuple[PastInstance, ...]:
        """Each time that a meeting was held and is over; raises as `past_meeting` does."""
        name = "listing past instances"
        said = await self._get(name, f"/past_meetings/{meeting_id}/instances", _as_it_is)
        held = reading.nested_list(said, "meetings")
        return tuple(_parsed(name, one, PastInstance.from_json) for one in held)

    async def _get(
        self,
        name: str,
        path: str,
        parse: Callable[[JsonObject], Model],
        query: Mapping[str, str] | None = None,
    ) -> Model:
        call = Call(name=name, method="GET", path=path, query=query)
        return _read(name, await self._caller.make(call, self._tokens), parse)

    async def _do(
        self,
        name: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        call = Call(name=name, method=method, path=path, query=query, body=body)
        await self._caller.make(call, self._tokens)

    async def _pages(
        self, name: str, path: str, key: str, **query: str
    ) -> AsyncIterator[JsonObject]:
        """The items under `key` of all pages; Zoom's tokens for the next live 15 minutes."""
        query["page_size"] = _PAGE_SIZE
        while True:
            page = await self._get(name, path, _as_it_is, query)
            for item in reading.nested_list(page, key):
                yield item
            following = reading.optional_text(page, "next_page_token")
            if not following:
                return
            if following == query.get("next_page_token"):
                raise Malformed(f"{name}: a page that follows itself")
            query["next_page_token"] = following


def _read(name: str, response: httpx.Response, parse: Callable[[JsonObject], Model]) -> Model:
    return _parsed(name, answer_of(name, response), parse)


def _parsed(name: str, said: JsonObject, parse: Callable[[JsonObject], Model]) -> Model:
    try:
        return parse(said)
    except Malformed as error:
        raise Malformed(f"{name}: {error}") from None


def _as_it_is(said: JsonObject) -> JsonObject:
    return said


def _occurrence(occurrence_id: str | None) -> Mapping[str, str] | None:
    return None if occurrence_id is None else {"occurrence_id": occurrence_id}


def _in_path(meeting_uuid: str) -> str:
    """A uuid as part of a path.

    It is base64, so it may have slashes; where one could be taken for an empty part of the path,
    Zoom wants it encoded twice.
    """
    once = quote(meeting_uuid, safe="")
    return quote(once, safe="") if meeting_uuid.startswith("/") or "//" in meeting_uuid else once
