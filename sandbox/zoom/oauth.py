"""Zoom's OAuth server: consent in the browser, tokens and revocation for the app."""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web
from multidict import MultiMapping

from . import pages
from .errors import OAuthProblem
from .grants import Grants
from .model import ZoomUser
from .world import World

_COOKIE = "zoom_session"
_AUTHORIZE: Final = {
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
}
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class App:
    """The registration of our app at Zoom's marketplace."""

    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A consent page that is open in somebody's browser."""

    user: ZoomUser
    redirect_uri: str
    state: str
    challenge: str


class OAuthServer:
    def __init__(self, world: World, grants: Grants, app: App) -> None:
        self._world = world
        self._grants = grants
        self._app = app
        self._sessions: dict[str, ZoomUser] = {}
        self._tickets: dict[str, _Asked] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/oauth/authorize", self._authorize, name="authorize", allow_head=False),
            web.post("/oauth/authorize", self._decide, name="decide"),
            web.post("/oauth/login", self._sign_in, name="login"),
            web.post("/oauth/token", self._token, name="token"),
            web.post("/oauth/revoke", self._revoke, name="revoke"),
        ]

    # The browser

    async def _authorize(self, request: web.Request) -> web.Response:
        query = request.query
        reason = self._refused(query)
        if reason:
            return pages.refusal(reason)
        user = self._signed_in(request)
        if user is None:
            return pages.sign_in(request.raw_path)
        ticket = self._world.new_word(24)
        self._tickets[ticket] = _Asked(
            user,
            query["redirect_uri"],
            query["state"],
            query["code_challenge"],
        )
        return pages.consent(email=user.email, scopes=sorted(user.scopes), ticket=ticket)

    def _refused(self, query: MultiMapping[str]) -> str:
        """Why this authorize request gets no consent page; empty where it does."""
        names = [name for name, _ in query.items()]
        if len(names) != len(set(names)) or set(names) != _AUTHORIZE:
            return f"Expected exactly these parameters, once each: {sorted(_AUTHORIZE)}."
        checks = {
            "Invalid client_id.": query["client_id"] == self._app.client_id,
            "Invalid redirect.": query["redirect_uri"] == self._app.redirect_uri,
            "Invalid response_type.": query["response_type"] == "code",
            "Missing state.": query["state"] != "",
            "Only S256 challenges.": query["code_challenge_method"] == "S256",
            "Invalid code_challenge.": _CHALLENGE.fullmatch(query["code_challenge"]) is not None,
        }
        return next((reason for reason, passed in checks.items() if not passed), "")

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        next_url = str(form.get("next", ""))
        if not next_url.startswith("/oauth/authorize?"):
            return pages.refusal("There is nowhere to go on to.")
        user = self._world.user_of(str(form.get("email", "")))
        if user is None:
            return pages.sign_in(next_url, "No Zoom user has this email.")
        session = self._world.new_word(32)
        self._sessions[session] = user
        response = web.Response(status=302, headers={hdrs.LOCATION: next_url})
        response.set_cookie(_COOKIE, session, httponly=True, samesite="Lax")
        return response

    async def _decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self._tickets.pop(str(form.get("ticket", "")), None)
        if asked is None or asked.user is not self._signed_in(request):
            return pages.refusal("This page is no longer valid.")
        match form.get("decision"):
            case "allow":
                code = self._grants.issue_code(asked.user, asked.redirect_uri, asked.challenge)
                return _back(asked, {"code": code})
            case "decline":
                return _back(asked, {"error": "access_denied"})
            case _:
                return pages.refusal("Press Allow or Decline.")

    def _signed_in(self, request: web.Request) -> ZoomUser | None:
        user = self._sessions.get(request.cookies.get(_COOKIE, ""))
        return None if user is None or user.removed else user

    # The app

    async def _token(self, request: web.Request) -> web.Response:
        self._world.counts["calls.token"] += 1
        form = await self._form(request)
        match form.get("grant_type"):
            case "authorization_code":
                _only(form, {"code", "redirect_uri", "code_verifier"})
                if not _VERIFIER.fullmatch(form["code_verifier"]):
                    raise OAuthProblem("invalid_request", "Invalid code verifier.")
                pair = self._grants.exchange(
                    form["code"], form["redirect_uri"], form["code_verifier"]
                )
            case "refresh_token":
                _only(form, {"refresh_token"})
                pair = self._grants.refresh(form["refresh_token"])
            case _:
                raise OAuthProblem("unsupported_grant_type", "Grant type is not supported.")
        return web.json_response({**pair, "api_url": str(request.url.origin())})

    async def _revoke(self, request: web.Request) -> web.Response:
        self._world.counts["calls.revoke"] += 1
        form = await self._form(request)
        if set(form) != {"token"}:
            raise OAuthProblem("invalid_request", "Send token, and nothing else.")
        self._grants.revoke(form["token"])
        return web.json_response({"status": "success"})

    async def _form(self, request: web.Request) -> Mapping[str, str]:
        """The form of an authenticated app; each field once, all of them text."""
        if request.query_string:
            raise OAuthProblem("invalid_request", "Parameters belong in the body.")
        if request.content_type != _FORM:
            raise OAuthProblem("invalid_request", f"Send the parameters as {_FORM}.")
        if not self._is_our_app(request.headers.get(hdrs.AUTHORIZATION, "")):
            raise OAuthProblem("invalid_client", "Invalid client_id or client_secret")
        posted = await request.post()
        form = {name: value for name, value in posted.items() if isinstance(value, str)}
        if len(form) != len(posted):
            raise OAuthProblem("invalid_request", "Each parameter once.")
        return form

    def _is_our_app(self, authorization: str) -> bool:
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            sent = base64.b64decode(encoded, validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(
            sent, f"{self._app.client_id}:{self._app.client_secret}".encode()
        )


def _only(form: Mapping[str, str], fields: set[str]) -> None:
    if set(form) != fields | {"grant_type"}:
        raise OAuthProblem("invalid_request", f"Expected exactly {sorted(fields)}.")


def _back(asked: _Asked, answer: Mapping[str, str]) -> web.Response:
    """Sends the browser back to the app."""
    joiner = "&" if "?" in asked.redirect_uri else "?"
    target = f"{asked.redirect_uri}{joiner}{urlencode({**answer, 'state': asked.state})}"
    return web.Response(status=302, headers={hdrs.LOCATION: target})
