"""Consent turned into tokens: codes, access tokens, refresh tokens that rotate.

Source of the rules: https://developers.zoom.us/docs/integrations/oauth/
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .errors import ApiProblem, OAuthProblem
from .model import JsonObject, ZoomUser
from .world import World

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(days=90)


@dataclass(slots=True)
class Code:
    """What the browser carries back; good once, for whoever holds the verifier."""

    user: ZoomUser
    redirect_uri: str
    challenge: str
    expires_at: datetime


@dataclass(slots=True)
class Grant:
    """One person's consent, from the exchange of its code until it is revoked."""

    user: ZoomUser
    scopes: frozenset[str]
    refresh_token: str
    refresh_expires_at: datetime
    access_expires_at: dict[str, datetime] = field(default_factory=dict)


class Grants:
    """All codes and tokens in existence."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._codes: dict[str, Code] = {}
        self._grants: list[Grant] = []

    def issue_code(self, user: ZoomUser, redirect_uri: str, challenge: str) -> str:
        code = self._world.new_word(32)
        expires_at = self._world.clock() + CODE_LIFE
        self._codes[code] = Code(user, redirect_uri, challenge, expires_at)
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> JsonObject:
        """Tokens for a code; the code is used up even where this fails."""
        issued = self._codes.pop(code, None)
        if issued is None or issued.expires_at <= self._world.clock() or issued.user.removed:
            raise OAuthProblem("invalid_grant", f"Invalid authorization code {code}")
        if issued.redirect_uri != redirect_uri:
            raise OAuthProblem("invalid_request", "Redirect URI mismatch.")
        if not hmac.compare_digest(_challenge_of(verifier), issued.challenge.encode()):
            raise OAuthProblem("invalid_request", "Invalid code verifier.")
        grant = Grant(issued.user, issued.user.scopes, "", self._world.clock())
        self._grants.append(grant)
        issued.user.granted = grant.scopes
        self._world.counts["exchanges"] += 1
        return self._new_pair(grant)

    def refresh(self, refresh_token: str) -> JsonObject:
        """A new pair; the refresh token that was shown is dead from now on."""
        grant = self._of_refresh_token(refresh_token)
        if grant is None or grant.refresh_expires_at <= self._world.clock():
            self._world.counts["refused_refreshes"] += 1
            raise OAuthProblem("invalid_grant", "Invalid Token!")
        self._world.counts["refreshes"] += 1
        return self._new_pair(grant)

    def revoke(self, access_token: str) -> None:
        """Ends all that the person granted; only for a token that could still be used."""
        grant = self._of_access_token(access_token)
        if grant is None or grant.access_expires_at[access_token] <= self._world.clock():
            self._world.counts["refused_revokes"] += 1
            raise OAuthProblem("invalid_grant", "Invalid Token!")
        self.revoke_all(grant.user)
        self._world.counts["revokes"] += 1

    def revoke_all(self, user: ZoomUser) -> None:
        """What the person's own removal of the app does."""
        self._grants = [grant for grant in self._grants if grant.user is not user]

    def held_by(self, user: ZoomUser) -> int:
        return sum(grant.user is user for grant in self._grants)

    def bearer(self, access_token: str) -> Grant:
        """Who calls; `ApiProblem` 401/124 for a token that is unknown, expired or revoked."""
        grant = self._of_access_token(access_token)
        if grant is None:
            raise ApiProblem(401, 124, "Invalid access token.")
        if grant.access_expires_at[access_token] <= self._world.clock():
            raise ApiProblem(401, 124, "Access token has expired.")
        return grant

    def _new_pair(self, grant: Grant) -> JsonObject:
        now = self._world.clock()
        access_token = f"access.{self._world.new_word(120)}"
        grant.access_expires_at[access_token] = now + ACCESS_LIFE
        grant.refresh_token = f"refresh.{self._world.new_word(120)}"
        grant.refresh_expires_at = now + REFRESH_LIFE
        return {
            "access_token": access_token,
            "token_type": "bearer",
            "refresh_token": grant.refresh_token,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
        }

    def _of_refresh_token(self, token: str) -> Grant | None:
        for grant in self._grants:
            if grant.refresh_token == token:
                return grant
        return None

    def _of_access_token(self, token: str) -> Grant | None:
        for grant in self._grants:
            if token in grant.access_expires_at:
                return grant
        return None


def _challenge_of(verifier: str) -> bytes:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=")
