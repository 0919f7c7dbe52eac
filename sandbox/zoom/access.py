"""The door of the API: whose token it is, what it may do, how often, and page by page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import hdrs, web

from .errors import ApiProblem, invalid, no_such_meeting, no_such_user
from .grants import Grants
from .limits import LIGHT, Limits
from .model import JsonObject, Meeting, ZoomUser
from .requests import page_size
from .world import World

UserHandler = Callable[[web.Request, ZoomUser], Awaitable[web.Response]]
PAGE_TOKEN_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a call needs and costs; `name` is what faults and statistics know it by."""

    name: str
    scope: str
    weight: str = LIGHT
    is_change: bool = False
    paid_only: bool = False


@dataclass(frozen=True, slots=True)
class _NextPage:
    of: tuple[str, ...]
    offset: int
    expires_at: datetime


class Door:
    """Lets a call in, or refuses it as Zoom would."""

    def __init__(self, world: World, grants: Grants, limits: Limits) -> None:
        self._world = world
        self._grants = grants
        self._limits = limits
        self._pages: dict[str, _NextPage] = {}

    def route(
        self, method: str, path: str, endpoint: Endpoint, handler: UserHandler
    ) -> web.RouteDef:
        async def guarded(request: web.Request) -> web.Response:
            return await handler(request, self._let_in(request, endpoint))

        return web.route(method, f"/v2{path}", guarded, name=endpoint.name)

    def _let_in(self, request: web.Request, endpoint: Endpoint) -> ZoomUser:
        self._world.counts[f"calls.{endpoint.name}"] += 1
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme != "Bearer":
            raise ApiProblem(401, 124, "Invalid access token.")
        grant = self._grants.bearer(token)
        user = grant.user
        if user.removed:
            raise no_such_user(user.id)
        if endpoint.scope not in grant.scopes:
            raise ApiProblem(
                400,
                4711,
                f"Invalid access token, does not contain scopes:[{endpoint.scope}].",
            )
        self._limits.admit(user, endpoint.weight, is_change=endpoint.is_change)
        if endpoint.paid_only and not user.paid:
            raise ApiProblem(400, 200, f"Only available for paid account: {user.account_id}.")
        return user

    def own_meeting(self, request: web.Request, user: ZoomUser) -> Meeting:
        """The meeting in the path; another host's does not exist for the caller."""
        meeting = self._world.meeting(request.match_info["meeting_id"])
        if meeting.host is not user:
            raise no_such_meeting(meeting.id)
        return meeting

    def page(
        self,
        of: tuple[str, ...],
        query: dict[str, str],
        lines: Sequence[JsonObject],
        key: str,
    ) -> web.Response:
        """One page of a list; its token is good for the same list within 15 minutes."""
        size = page_size(query.get("page_size", "30"))
        offset = self._offset((*of, str(size)), query.get("next_page_token", ""))
        end = offset + size
        more = self._new_token((*of, str(size)), end) if end < len(lines) else ""
        return web.json_response(
            {
                "page_count": -(-len(lines) // size),
                "page_size": size,
                "total_records": len(lines),
                "next_page_token": more,
                key: lines[offset:end],
            },
        )

    def _offset(self, of: tuple[str, ...], token: str) -> int:
        if not token:
            return 0
        following = self._pages.get(token)
        if following is None or following.of != of or following.expires_at <= self._world.clock():
            raise invalid("next_page_token", "Invalid or expired.")
        return following.offset

    def _new_token(self, of: tuple[str, ...], offset: int) -> str:
        token = self._world.new_word(32)
        self._pages[token] = _NextPage(of, offset, self._world.clock() + PAGE_TOKEN_LIFE)
        return token
