"""Trouble on demand: what a call of Zoom meets when Zoom or the network has a bad day."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from .errors import ApiProblem, ControlProblem, OAuthProblem
from .limits import too_many_per_second

Kind = Literal["status", "rate", "drop", "slow", "echo"]
When = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """Meets the next `times` calls of an endpoint (`*`: of any); None: until cleared.

    `status` answers with that HTTP status, `rate` with 429 per second, `drop` closes the
    connection unanswered, `slow` answers after `seconds`, `echo` answers with that status and all
    that was asked, its headers too, wherever the answer has a place for words. With `when="after"`
    the call has been processed: the meeting exists, though nobody is told.
    """

    endpoint: str
    kind: Kind
    when: When = "before"
    times: int | None = 1
    status: int = 503
    seconds: float = 0.0


class Faults:
    """The trouble that is switched on, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.met: Counter[str] = Counter()
        """How often a call of each endpoint has met one."""

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, endpoint: str) -> Fault | None:
        for fault in self._faults:
            if fault.endpoint in ("*", endpoint):
                self._use(fault)
                self.met[endpoint] += 1
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)

    def middleware(self) -> Middleware:
        @web.middleware
        async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
            endpoint = request.match_info.route.name
            at_zoom = not request.path.startswith("/control/")
            fault = self.take(endpoint) if endpoint and at_zoom else None
            return await handler(request) if fault is None else await _meet(fault, request, handler)

        return meet


async def _meet(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    if fault.kind == "slow" and fault.when == "after":
        answer = await handler(request)
        await asyncio.sleep(fault.seconds)
        return answer
    await asyncio.sleep(fault.seconds)
    if fault.kind == "slow":
        return await handler(request)
    if fault.when == "after":
        await handler(request)
    if fault.kind == "rate":
        return api_answer(too_many_per_second())
    if fault.kind == "echo":
        return await _echo(fault, request)
    if fault.kind == "status":
        # A gateway speaks here, not the API: there is no JSON to read.
        page = f"<html><h1>{fault.status}</h1></html>"
        return web.Response(status=fault.status, text=page, content_type="text/html")
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _echo(fault: Fault, request: web.Request) -> web.Response:
    headers = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    said = f"{request.method} {request.path_qs} {headers} {await request.text()}"
    body: dict[str, object] = dict.fromkeys(
        ("message", "reason", "error", "error_description", "id", "email", "scope", "topic"), said
    )
    body |= {"code": 300, "errors": [{"field": said, "message": said}]}
    return web.json_response(body, status=fault.status)


@web.middleware
async def speak_of_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns what a handler refuses into the answer that its part of Zoom would give."""
    try:
        return await handler(request)
    except ApiProblem as problem:
        if request.path.startswith("/control/"):
            return web.json_response(_api_body(problem), status=409)
        return api_answer(problem)
    except OAuthProblem as problem:
        body = {"reason": problem.reason, "error": problem.error}
        return web.json_response(body, status=400)
    except ControlProblem as problem:
        return web.json_response({"message": str(problem)}, status=409)


def api_answer(problem: ApiProblem) -> web.Response:
    return web.json_response(_api_body(problem), status=problem.status, headers=problem.headers)


def _api_body(problem: ApiProblem) -> dict[str, object]:
    body: dict[str, object] = {"code": problem.code, "message": problem.message}
    if problem.errors:
        body["errors"] = problem.errors
    return body
