"""What happens to meetings at Zoom itself, as JSON over HTTP: to their plans and in their rooms.

A request of the wrong shape is 400; what cannot happen at Zoom either is 409 with a `message`.
"""

from datetime import timedelta
from typing import Literal

from aiohttp import web

from . import meetings
from .control_request import taking
from .errors import ControlProblem
from .live import HOST_ENDED, TIME_LIMIT, Rooms
from .model import Connection, Meeting, ZoomUser, stamp
from .planner import Planner
from .requests import MeetingBody, Strict
from .world import World


class Start(Strict):
    uuid: str = ""


class Join(Strict):
    name: str
    user_id: str = ""
    registrant_id: str = ""
    email: str = ""


class Knock(Strict):
    """Somebody comes before the host, and waits."""

    name: str
    user_id: str = ""


class Leave(Strict):
    """`noticed_after_s`: the connection broke, and Zoom tells of it only so much later."""

    noticed_after_s: float | None = None


class Breakout(Strict):
    reported_as_left: bool = False


class End(Strict):
    reason: Literal["host", "time_limit"] = "host"


class MeetingControl:
    """People at Zoom, with their meetings."""

    def __init__(self, world: World, rooms: Rooms, planner: Planner) -> None:
        self._world = world
        self._rooms = rooms
        self._planner = planner

    def routes(self) -> list[web.RouteDef]:
        return [*self._routes_of_plans(), *self._routes_of_rooms()]

    def _routes_of_plans(self) -> list[web.RouteDef]:
        """What people do to plans in Zoom's own program."""
        meeting = "/control/meetings/{meeting_id}"
        return [
            web.post("/control/users/{user_id}/meetings", taking(MeetingBody, self._plan)),
            web.get("/control/meetings", self._list),
            web.get(meeting, self._show),
            web.patch(meeting, taking(MeetingBody, self._change)),
            web.delete(meeting, self._delete),
        ]

    def _routes_of_rooms(self) -> list[web.RouteDef]:
        meeting = "/control/meetings/{meeting_id}"
        knock = "/control/knocks/{knock_id}"
        connection = "/control/connections/{user_id}"
        return [
            web.post(f"{meeting}/start", taking(Start, self._start)),
            web.post(f"{meeting}/join", taking(Join, self._join)),
            web.post(f"{meeting}/knock", taking(Knock, self._knock)),
            web.post(f"{meeting}/end", taking(End, self._end)),
            web.get(knock, self._came_in),
            web.post(f"{knock}/give_up", self._give_up),
            web.post(f"{connection}/leave", taking(Leave, self._leave)),
            web.post(f"{connection}/admit", self._admit),
            web.post(f"{connection}/breakout", taking(Breakout, self._breakout)),
            web.post(f"{connection}/main_room", self._main_room),
        ]

    async def _plan(self, request: web.Request, body: MeetingBody) -> web.Response:
        """The person plans a meeting in Zoom's own program; the app may hear of it."""
        user = self._world.user(request.match_info["user_id"])
        meeting = self._planner.create(user, body)
        return web.json_response({"id": meeting.id})

    async def _change(self, request: web.Request, body: MeetingBody) -> web.Response:
        """The person changes a meeting, or one date of it, in Zoom's own program."""
        self._planner.change(self._meeting(request), body, request.query.get("occurrence_id"))
        return web.Response(status=204)

    async def _delete(self, request: web.Request) -> web.Response:
        self._planner.delete(self._meeting(request), request.query.get("occurrence_id"))
        return web.Response(status=204)

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"meetings": list(self._world.meetings)})

    async def _show(self, request: web.Request) -> web.Response:
        meeting = self._meeting(request)
        shown = meetings.shown(self._world, meeting, all_dates=True)
        shown["instances"] = [one.uuid for one in meeting.instances]
        return web.json_response(shown)

    async def _start(self, request: web.Request, start: Start) -> web.Response:
        meeting = self._meeting(request)
        return _shown_connection(self._rooms.start(meeting, start.uuid))

    async def _join(self, request: web.Request, join: Join) -> web.Response:
        meeting = self._meeting(request)
        user = self._guest(join.user_id)
        connection = self._rooms.join(meeting, join.name, user, join.registrant_id, join.email)
        return _shown_connection(connection)

    async def _knock(self, request: web.Request, knock: Knock) -> web.Response:
        waits = self._rooms.knock(self._meeting(request), knock.name, self._guest(knock.user_id))
        return web.json_response({"knock_id": waits.id})

    async def _give_up(self, request: web.Request) -> web.Response:
        self._rooms.give_up(self._world.knock(request.match_info["knock_id"]))
        return web.Response(status=204)

    async def _came_in(self, request: web.Request) -> web.Response:
        knock = self._world.knock(request.match_info["knock_id"])
        if knock.connection is None:
            raise ControlProblem(f"{knock.name} has not been let in.")
        return _shown_connection(knock.connection)

    async def _end(self, request: web.Request, end: End) -> web.Response:
        meeting = self._meeting(request)
        reason = TIME_LIMIT if end.reason == "time_limit" else HOST_ENDED
        instance = self._rooms.end(meeting, reason)
        return web.json_response({"uuid": instance.uuid, "start_time": stamp(instance.started_at)})

    async def _leave(self, request: web.Request, leave: Leave) -> web.Response:
        connection = self._connection(request)
        if leave.noticed_after_s is None:
            self._rooms.leave(connection)
        else:
            noticed_after = timedelta(seconds=leave.noticed_after_s)
            self._rooms.vanish(connection, noticed_after=noticed_after)
        return web.Response(status=204)

    async def _admit(self, request: web.Request) -> web.Response:
        self._rooms.admit(self._connection(request))
        return web.Response(status=204)

    async def _breakout(self, request: web.Request, breakout: Breakout) -> web.Response:
        connection = self._connection(request)
        self._rooms.enter_breakout(connection, reported_as_left=breakout.reported_as_left)
        return web.Response(status=204)

    async def _main_room(self, request: web.Request) -> web.Response:
        return _shown_connection(self._rooms.leave_breakout(self._connection(request)))

    def _meeting(self, request: web.Request) -> Meeting:
        return self._world.meeting(request.match_info["meeting_id"])

    def _guest(self, user_id: str) -> ZoomUser | None:
        """Somebody who is signed in to Zoom, or not."""
        return self._world.user(user_id) if user_id else None

    def _connection(self, request: web.Request) -> Connection:
        return self._world.connection(request.match_info["user_id"])


def _shown_connection(connection: Connection) -> web.Response:
    return web.json_response(
        {
            "user_id": connection.user_id,
            "participant_uuid": connection.participant_uuid,
            "meeting_uuid": connection.instance.uuid,
            "waiting": connection.waiting,
            "joined_as": {
                "name": connection.name,
                "user_id": connection.user.id if connection.user else "",
                "registrant_id": connection.registrant_id,
                "email": connection.email,
            },
        },
    )
