"""A user's grant: asked for in the browser, exchanged for tokens, refreshed, revoked.

https://developers.zoom.us/docs/integrations/oauth/ . Parameters go in the form body, never in an
address, where servers on the way would log them.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import urlencode

import httpx

from zoom import reading
from zoom.errors import ZoomUnreachable
from zoom.problems import oauth_problem
from zoom.reading import JsonObject
from zoom.wire import answer_of, telling_failures

REQUIRED_SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user:read:user": "see whose account is connected",
        "meeting:write:meeting": "create your classes",
        "meeting:read:meeting": "open your classes as the host",
        "meeting:read:list_meetings": "find a class again when an answer was lost",
        "meeting:update:meeting": "move and rename your classes",
        "meeting:delete:meeting": "cancel your classes",
        "meeting:read:participant": "count who came and for how long",
        "meeting:read:list_past_instances": "find a class of which reports were lost",
        "meeting:read:past_meeting": "see when such a class began and ended",
        "meeting:read:list_past_participants": "see who came to it and for how long",
    }
)
"""Each permission that is asked for, and what for, to be said to the user (English msgids)."""

ASKING_SCOPES: Final = frozenset(scope for scope in REQUIRED_SCOPES if "past" in scope)
"""Those without which nothing can be asked about what was held."""

_TRIES: Final = 2
_LONGEST_S: Final = 20.0  # one try


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a grant is used with: calls take the access token, for `lifetime` from now.

    Every refresh ends the refresh token that it used: keep the new pair before using it.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    lifetime: timedelta
    scopes: frozenset[str]

    @classmethod
    def from_json(cls, said: JsonObject) -> Self:
        return cls(
            access_token=reading.text(said, "access_token"),
            refresh_token=reading.text(said, "refresh_token"),
            lifetime=reading.seconds(said, "expires_in"),
            scopes=frozenset(reading.optional_text(said, "scope").split()),
        )


class ZoomOAuth:
    """The app's own conversation with Zoom's OAuth server."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        client_id: str,
        client_secret: str,
        base_url: str,
        redirect_uri: str,
    ) -> None:
        self._http = http
        self._client_id = client_id
        self._basic = httpx.BasicAuth(client_id, client_secret)
        self._base_url = base_url.rstrip("/")
        self._redirect_uri = redirect_uri

    def authorize_url(self, *, state: str, challenge: str) -> str:
        """Where the user's browser goes to consent; it comes back with `state` and a code."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._base_url}/authorize?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> TokenPair:
        """The tokens for a code, once and within five minutes; raises InvalidGrant after that."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        return TokenPair.from_json(await self._post("exchange of a code", "/token", form))

    async def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair for an old one's refresh token, one call at a time per account.

        Raises InvalidGrant if the grant is over. After ZoomUncertain, Zoom may have made a new
        pair that never arrived, and the old token may be dead: the call is not repeated here,
        where a second one could turn a blip into InvalidGrant. It has failed for now; the next
        refresh shows whether the old token still lives.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return TokenPair.from_json(await self._post("refresh", "/token", form))

    async def revoke(self, access_token: str) -> None:
        """End the grant with all its tokens."""
        await self._post("revocation", "/revoke", {"token": access_token})

    async def _post(self, call: str, path: str, form: Mapping[str, str]) -> JsonObject:
        """Repeated only while Zoom cannot be reached: what may have arrived is not sent twice."""
        for _ in range(_TRIES - 1):
            try:
                return await self._post_once(call, path, form)
            except ZoomUnreachable:
                continue
        return await self._post_once(call, path, form)

    async def _post_once(self, call: str, path: str, form: Mapping[str, str]) -> JsonObject:
        with telling_failures(call):
            async with asyncio.timeout(_LONGEST_S):
                response = await self._http.post(
                    f"{self._base_url}{path}", data=form, auth=self._basic
                )
        if not response.is_success:
            raise oauth_problem(call, response)
        return answer_of(call, response)


def new_verifier() -> str:
    """A secret for one consent (PKCE): only whoever has it can use the code that comes back."""
    return secrets.token_urlsafe(64)


def challenge_of(verifier: str) -> str:
    """What may be shown of a verifier: RFC 7636's S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
