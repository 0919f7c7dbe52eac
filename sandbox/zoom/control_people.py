"""What Zoom's users do, as JSON over HTTP: the door behind the stage for people.

A request of the wrong shape is 400; what cannot happen at Zoom either is 409 with a `message`.
"""

from typing import Literal

from aiohttp import web

from .control_request import taking
from .errors import ControlProblem
from .grants import Grants
from .herald import Herald
from .limits import Limits
from .model import ALL_SCOPES, LICENSED, ZoomUser
from .requests import Strict
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


class People:
    """Zoom's users and their accounts."""

    def __init__(self, world: World, *, grants: Grants, limits: Limits, herald: Herald) -> None:
        self._world = world
        self._grants = grants
        self._limits = limits
        self._herald = herald

    def routes(self) -> list[web.RouteDef]:
        user = "/control/users/{user_id}"
        return [
            web.post("/control/users", taking(NewUser, self._new_user)),
            web.post(user, taking(UserChange, self._change_user)),
            web.post(f"{user}/deauthorize", self._deauthorize),
            web.post(f"{user}/revoke", self._revoke),
            web.post(f"{user}/use_up_today", self._use_up_today),
            web.delete(user, self._remove_user),
        ]

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
            user.host_events = user.paid
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
        self._limits.leave_today(self._user(request), 0)
        return web.Response(status=204)

    async def _remove_user(self, request: web.Request) -> web.Response:
        """The Zoom user is deleted; tokens that still live meet 404/1001."""
        self._user(request).removed = True
        return web.Response(status=204)

    def _user(self, request: web.Request) -> ZoomUser:
        return self._world.user(request.match_info["user_id"])
