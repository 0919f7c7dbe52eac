"""What goes wrong between Zoom and the app, as JSON over HTTP: webhooks, faults, limits."""

from datetime import timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from .control_request import taking
from .faults import Fault, Faults
from .grants import Grants
from .limits import CHANGES_A_DAY, Limits
from .postman import Action, Postman, Rule
from .requests import Strict
from .world import World


class Trouble(Strict):
    endpoint: str = "*"
    kind: Literal["status", "rate", "drop", "slow", "echo"]
    when: Literal["before", "after"] = "before"
    times: int | None = Field(default=1, ge=1)
    status: int = Field(default=503, ge=200, le=599)
    seconds: float = Field(default=0.0, ge=0)


class WebhookChange(Strict):
    url: str | None = None
    secret: str | None = None
    retry_at_once: bool | None = None
    loose_spacing: bool | None = None


class NewRule(Strict):
    event: str = "*"
    action: Action
    times: int | None = Field(default=None, ge=1)
    by_s: float = 0.0
    copies: int = Field(default=2, ge=2)


class Release(Strict):
    order: Literal["kept", "reversed", "shuffled"] = "kept"


class LimitChange(Strict):
    """`left_today`: so many creates and updates each user still has until 00:00 GMT."""

    per_second: bool | None = None
    left_today: int | None = Field(default=None, ge=0, le=CHANGES_A_DAY)


class PastChange(Strict):
    """So long after its end a meeting is in the past API."""

    after_s: float = Field(ge=0)


class Network:
    """How webhooks travel, and what calls meet on their way."""

    def __init__(
        self, world: World, *, grants: Grants, limits: Limits, faults: Faults, postman: Postman
    ) -> None:
        self._world = world
        self._grants = grants
        self._limits = limits
        self._faults = faults
        self._postman = postman

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/control/webhooks", taking(WebhookChange, self._set_webhooks)),
            web.post("/control/webhooks/rules", taking(NewRule, self._add_rule)),
            web.delete("/control/webhooks/rules", self._clear_rules),
            web.post("/control/webhooks/release", taking(Release, self._release)),
            web.post("/control/webhooks/advance", self._advance),
            web.post("/control/webhooks/challenge", self._challenge),
            web.get("/control/webhooks/settled", self._settled),
            web.get("/control/webhooks", self._webhooks),
            web.post("/control/faults", taking(Trouble, self._add_fault)),
            web.delete("/control/faults", self._clear_faults),
            web.post("/control/limits", taking(LimitChange, self._set_limits)),
            web.post("/control/past", taking(PastChange, self._set_past)),
            web.get("/control/statistics", self._statistics),
        ]

    # Webhooks

    async def _set_webhooks(self, _: web.Request, change: WebhookChange) -> web.Response:
        for name in change.model_fields_set:
            setattr(self._postman, name, getattr(change, name))
        return web.Response(status=204)

    async def _add_rule(self, _: web.Request, new: NewRule) -> web.Response:
        self._postman.rules.append(Rule(**new.model_dump()))
        return web.Response(status=204)

    async def _clear_rules(self, _: web.Request) -> web.Response:
        self._postman.rules.clear()
        return web.Response(status=204)

    async def _release(self, _: web.Request, release: Release) -> web.Response:
        return web.json_response({"released": self._postman.release(release.order)})

    async def _advance(self, _: web.Request) -> web.Response:
        return web.json_response({"due": self._postman.send_due()})

    async def _challenge(self, _: web.Request) -> web.Response:
        return web.json_response({"problem": await self._postman.challenge()})

    async def _settled(self, _: web.Request) -> web.Response:
        return web.json_response(await self._postman.settled())

    async def _webhooks(self, _: web.Request) -> web.Response:
        shown = [
            {"event": one.event, "state": one.state, "attempts": one.attempts}
            for one in self._postman.deliveries
        ]
        return web.json_response({"webhooks": shown})

    # Trouble and figures

    async def _add_fault(self, _: web.Request, trouble: Trouble) -> web.Response:
        self._faults.add(Fault(**trouble.model_dump()))
        return web.Response(status=204)

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return web.Response(status=204)

    async def _set_limits(self, _: web.Request, change: LimitChange) -> web.Response:
        if change.per_second is not None:
            self._limits.per_second = change.per_second
        if change.left_today is not None:
            for user in self._world.users.values():
                self._limits.leave_today(user, change.left_today)
        return web.Response(status=204)

    async def _set_past(self, _: web.Request, change: PastChange) -> web.Response:
        self._world.past_after = timedelta(seconds=change.after_s)
        return web.Response(status=204)

    async def _statistics(self, _: web.Request) -> web.Response:
        grants = {user.email: self._grants.held_by(user) for user in self._world.users.values()}
        return web.json_response(
            {
                **dict(self._world.counts),
                "grants": grants,
                "webhooks": self._postman.counts(),
                "faults": dict(self._faults.met),
            },
        )
