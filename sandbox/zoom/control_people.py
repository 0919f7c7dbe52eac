"""What Zoom's users do, as JSON over HTTP: the door behind the stage for people.

A request of the wrong shape is 400; what cannot happen at Zoom either is 409 with a `message`.
"""

from datetime import timedelta
from typing import Literal

from aiohttp import web

from . import events, meetings
from .control_request import taking
from .errors import ControlProblem
from .grants import Grants
from .herald import Herald
from .limits import Limits
from .live import HOST_ENDED, TIME_LIMIT, Rooms
from .model import ALL_SCOPES, LICENSED, Connection, ZoomUser, stamp
from .requests import MeetingBody, Strict
from .world import World


class NewUser(Strict):
    """Somebody signs up at Zoom.

    `host_events`: whether Zoom reports the host's own coming and going (on paid plans, unless
    said otherwise). `scopes`: what Allow grants. `has_app`: as if it had been added long ago.
    """

    email: str
    name: str
    plan: Literal[1, 2] = 1
    timezone: str = "UTC"
    account_id: str = ""
    scopes: list[str] = sorted(ALL_SCOPES)
    host_events: bool | None = None
    has_app: bool = False


class UserChange(Strict):
    plan: Literal[1, 2] | None = None
    scopes: list[str] | None = None
    may_host: bool | None = None


class Start(Strict):
    uuid: str = ""


class Join(Strict):
    name: str
    user_id: str = ""
    registrant_id: str = ""
    email: str = ""


class Leave(Strict):
    """`noticed_after_s`: the connection broke, and Zoom tells of it only so much later."""

    noticed_after_s: float | None = None


class Breakout(Strict):
    reported_as_left: bool = False


class End(Strict):
    reason: Literal["host", "time_limit"] = "host"


class People:
    """Zoom's users, and what happens in their meetings."""

    def __init__(
        self, world: World, *, grants: Grants, limits: Limits, herald: Herald, rooms: Rooms
    ) -> None:
        self._world = world
        self._grants = grants
        self._limits = limits
        self._herald = herald
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        return [*self._routes_of_users(), *self._routes_of_meetings()]

    def _routes_of_users(self) -> list[web.RouteDef]:
        user = "/control/users/{user_id}"
        return [
            web.post("/control/users", taking(NewUser, self._new_user)),
            web.post(user, taking(UserChange, self._change_user)),
            web.post(f"{user}/deauthorize", self._deauthorize),
            web.post(f"{user}/revoke", self._revoke),
            web.post(f"{user}/meetings", taking(MeetingBody, self._plan)),
            web.post(f"{user}/use_up_today", self._use_up_today),
            web.delete(user, self._remove_user),
        ]

    def _routes_of_meetings(self) -> list[web.RouteDef]:
        meeting = "/control/meetings/{meeting_id}"
        connection = "/control/connections/{user_id}"
        return [
            web.get("/control/meetings", self._meetings),
            web.get(meeting, self._meeting),
            web.post(f"{meeting}/start", taking(Start, self._start)),
            web.post(f"{meeting}/join", taking(Join, self._join)),
            web.post(f"{meeting}/end", taking(End, self._end)),
            web.post(f"{connection}/leave", taking(Leave, self._leave)),
            web.post(f"{connection}/admit", self._admit),
            web.post(f"{connection}/breakout", taking(Breakout, self._breakout)),
            web.post(f"{connection}/main_room", self._main_room),
        ]

    # Users

    async def _new_user(self, _: web.Request, new: NewUser) -> web.Response:
        if self._world.user_of(new.email) is not None:
            raise ControlProblem(f"{new.email} is a Zoom user already.")
        user = ZoomUser(
            id=self._world.new_word(22),
            account_id=new.account_id or self._world.new_word(22),
            email=new.email.lower(),
            name=new.name,
            plan=new.plan,
            timezone=new.timezone,
            scopes=frozenset(new.scopes),
            host_events=new.plan == LICENSED if new.host_events is None else new.host_events,
            created_at=self._world.clock(),
            granted=frozenset(new.scopes) if new.has_app else None,
        )
        self._world.users[user.id] = user
        return web.json_response({"user_id": user.id, "account_id": user.account_id})

    async def _change_user(self, request: web.Request, change: UserChange) -> web.Response:
        user = self._user(request)
        if change.plan is not None:
            user.plan = change.plan
        if change.scopes is not None:
            user.scopes = frozenset(change.scopes)
        if change.may_host is not None:
            user.may_host = change.may_host
        return web.Response(status=204)

    async def _deauthorize(self, request: web.Request) -> web.Response:
        """The person removes the app at Zoom's marketplace."""
        user = self._user(request)
        self._grants.revoke_all(user)
        user.granted = None
        self._herald.tell_deauthorized(user)
        return web.Response(status=204)

    async def _revoke(self, request: web.Request) -> web.Response:
        """The grant ends without a word to the app."""
        self._grants.revoke_all(self._user(request))
        return web.Response(status=204)

    async def _use_up_today(self, request: web.Request) -> web.Response:
        self._limits.use_up_today(self._user(request))
        return web.Response(status=204)

    async def _remove_user(self, request: web.Request) -> web.Response:
        """The Zoom user is deleted; tokens that still live meet 404/1001."""
        self._user(request).removed = True
        return web.Response(status=204)

    def _user(self, request: web.Request) -> ZoomUser:
        return self._user_by(request.match_info["user_id"])

    def _user_by(self, user_id: str) -> ZoomUser:
        user = self._world.users.get(user_id)
        if user is None:
            raise ControlProblem(f"There is no Zoom user {user_id}.")
        return user

    # Meetings

    async def _plan(self, request: web.Request, body: MeetingBody) -> web.Response:
        """The person plans a meeting in Zoom's own program; the app may hear of it."""
        user = self._user(request)
        meeting = meetings.create(self._world, user, body)
        self._herald.tell(user, events.created(meeting))
        return web.json_response({"id": meeting.id})

    async def _meetings(self, _: web.Request) -> web.Response:
        return web.json_response({"meetings": list(self._world.meetings)})

    async def _meeting(self, request: web.Request) -> web.Response:
        meeting = self._world.meeting(request.match_info["meeting_id"])
        shown = meetings.shown(self._world, meeting, all_dates=True)
        shown["instances"] = [one.uuid for one in meeting.instances]
        return web.json_response(shown)

    async def _start(self, request: web.Request, start: Start) -> web.Response:
        meeting = self._world.meeting(request.match_info["meeting_id"])
        return _shown_connection(self._rooms.start(meeting, start.uuid))

    async def _join(self, request: web.Request, join: Join) -> web.Response:
        meeting = self._world.meeting(request.match_info["meeting_id"])
        user = self._user_by(join.user_id) if join.user_id else None
        connection = self._rooms.join(meeting, join.name, user, join.registrant_id, join.email)
        return _shown_connection(connection)

    async def _end(self, request: web.Request, end: End) -> web.Response:
        meeting = self._world.meeting(request.match_info["meeting_id"])
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
