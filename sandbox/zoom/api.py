"""Zoom's API for the present and the future: the user, and meetings that are planned."""

from aiohttp import web

from . import meetings
from .access import Door, Endpoint
from .errors import ApiProblem, invalid, no_such_user
from .limits import MEDIUM
from .live import Rooms
from .model import JsonObject, ZoomUser, stamp
from .planner import Planner
from .requests import MeetingBody, StatusBody, query, read
from .world import World

_LISTS = ("scheduled", "live", "upcoming", "upcoming_meetings")

_ME = Endpoint("me", "user:read:user")
_CREATE = Endpoint("create_meeting", "meeting:write:meeting", is_change=True)
_LIST = Endpoint("list_meetings", "meeting:read:list_meetings", MEDIUM)
_GET = Endpoint("get_meeting", "meeting:read:meeting")
_UPDATE = Endpoint("update_meeting", "meeting:update:meeting", is_change=True)
_DELETE = Endpoint("delete_meeting", "meeting:delete:meeting")
_STATUS = Endpoint("end_meeting", "meeting:update:status")


class Api:
    def __init__(self, world: World, door: Door, rooms: Rooms, planner: Planner) -> None:
        self._world = world
        self._door = door
        self._rooms = rooms
        self._planner = planner

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [
            route("GET", "/users/{user_id}", _ME, self._me),
            route("POST", "/users/{user_id}/meetings", _CREATE, self._create),
            route("GET", "/users/{user_id}/meetings", _LIST, self._list),
            route("GET", "/meetings/{meeting_id}", _GET, self._get),
            route("PATCH", "/meetings/{meeting_id}", _UPDATE, self._update),
            route("DELETE", "/meetings/{meeting_id}", _DELETE, self._delete),
            route("PUT", "/meetings/{meeting_id}/status", _STATUS, self._status),
        ]

    async def _me(self, request: web.Request, user: ZoomUser) -> web.Response:
        _expect_self(request, user)
        query(request)
        first, _, last = user.name.partition(" ")
        shown: JsonObject = {
            "id": user.id,
            "first_name": first,
            "last_name": last,
            "display_name": user.name,
            "email": user.email,
            "type": user.plan,
            "role_name": "Owner",
            "use_pmi": False,
            "timezone": user.timezone,
            "verified": 1,
            "created_at": stamp(user.created_at),
            "account_id": user.account_id,
            "language": "en-US",
            "status": "active",
        }
        return web.json_response(shown)

    async def _create(self, request: web.Request, user: ZoomUser) -> web.Response:
        _expect_self(request, user)
        query(request)
        body = await read(request, MeetingBody)
        if not user.may_host:
            raise ApiProblem(
                400,
                3161,
                "Your user account is not allowed meeting hosting and scheduling capabilities.",
            )
        meeting = self._planner.create(user, body)
        return web.json_response(meetings.shown(self._world, meeting), status=201)

    async def _list(self, request: web.Request, user: ZoomUser) -> web.Response:
        _expect_self(request, user)
        asked = query(request, "type", "page_size", "next_page_token")
        kind = asked.get("type", "scheduled")
        if kind not in _LISTS:
            raise invalid("type", f"One of {', '.join(_LISTS)}.")
        own = [meeting for meeting in self._world.meetings.values() if meeting.host is user]
        lines = meetings.listed(own, kind, self._world.clock())
        return self._door.page((user.id, "meetings", kind), asked, lines, "meetings")

    async def _get(self, request: web.Request, user: ZoomUser) -> web.Response:
        meeting = self._door.own_meeting(request, user)
        asked = query(request, "occurrence_id", "show_previous_occurrences")
        all_dates = asked.get("show_previous_occurrences") == "true"
        shown = meetings.shown(self._world, meeting, all_dates=all_dates)
        if "occurrence_id" in asked:
            one = meetings.occurrence_of(meeting, asked["occurrence_id"])
            shown |= {"start_time": stamp(one.start_at), "duration": one.duration_min}
        return web.json_response(shown)

    async def _update(self, request: web.Request, user: ZoomUser) -> web.Response:
        meeting = self._door.own_meeting(request, user)
        asked = query(request, "occurrence_id")
        body = await read(request, MeetingBody)
        self._planner.change(meeting, body, asked.get("occurrence_id"))
        return web.Response(status=204)

    async def _delete(self, request: web.Request, user: ZoomUser) -> web.Response:
        meeting = self._door.own_meeting(request, user)
        asked = query(request, "occurrence_id", "schedule_for_reminder", "cancel_meeting_reminder")
        self._planner.delete(meeting, asked.get("occurrence_id"))
        return web.Response(status=204)

    async def _status(self, request: web.Request, user: ZoomUser) -> web.Response:
        """Ends the meeting; where nobody is in it, there is nothing to end and no complaint."""
        meeting = self._door.own_meeting(request, user)
        query(request)
        await read(request, StatusBody)
        if meeting.live is not None:
            self._rooms.end(meeting)
        return web.Response(status=204)


def _expect_self(request: web.Request, user: ZoomUser) -> None:
    """An app that users add for themselves sees nobody else."""
    asked = request.match_info["user_id"]
    if asked not in {"me", user.id, user.email}:
        raise no_such_user(asked)
