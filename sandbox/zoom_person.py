"""A Zoom user in a story, with a browser of their own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import ClientSession, CookieJar

from .browser import Page
from .zoom_control import Json, ZoomControl, ZoomRefused

_SIGN_IN = "/oauth/login"
_CONSENT = "/oauth/authorize"
_FAR_TOO_MANY = 10


@dataclass(frozen=True, slots=True)
class ZoomPerson:
    """A Zoom user with a browser of their own."""

    zoom: ZoomControl
    user_id: str
    account_id: str
    email: str
    name: str
    _cookies: CookieJar = field(default_factory=lambda: CookieJar(unsafe=True), repr=False)

    async def allows(self, authorize_url: str) -> str:
        """Opens the link, signs in where asked, presses Allow; where Zoom then sends them."""
        return await self._decides("allow", authorize_url)

    async def declines(self, authorize_url: str) -> str:
        return await self._decides("decline", authorize_url)

    async def _decides(self, decision: str, url: str) -> str:
        async with ClientSession(cookie_jar=self._cookies) as http:
            page = await Page.open(http, "GET", url)
            for _ in range(_FAR_TOO_MANY):
                if page.goes_to is not None and not page.goes_to.startswith(self.zoom.url):
                    return page.goes_to
                page = await self._goes_on(http, page, decision)
        raise ZoomRefused("Zoom keeps sending the browser around.")

    async def _goes_on(self, http: ClientSession, page: Page, decision: str) -> Page:
        if page.goes_to is not None:
            return await Page.open(http, "GET", page.goes_to)
        if page.ok and page.action == _SIGN_IN:
            return await page.submit(http, email=self.email)
        if page.ok and page.action == _CONSENT:
            return await page.submit(http, decision=decision)
        raise ZoomRefused(page.text)

    async def removes_app(self) -> None:
        """At Zoom's marketplace: the app is told (`app_deauthorized`), its tokens are dead."""
        await self._control("/deauthorize")

    async def grant_ends(self) -> None:
        """The tokens are dead, and nobody is told."""
        await self._control("/revoke")

    async def has_used_up_today(self) -> None:
        """The day's 100 creates and updates are spent."""
        await self._control("/use_up_today")

    async def changes(
        self,
        *,
        plan: Literal[1, 2] | None = None,
        scopes: Iterable[str] | None = None,
        may_host: bool | None = None,
    ) -> None:
        """`scopes` is what the next consent grants."""
        listed = None if scopes is None else list(scopes)
        await self._control("", {"plan": plan, "scopes": listed, "may_host": may_host})

    async def is_deleted(self) -> None:
        """The Zoom user is gone; calls in their name meet 404."""
        await self.zoom.ask("DELETE", f"/users/{self.user_id}")

    async def _control(self, path: str, body: Json | None = None) -> None:
        await self.zoom.ask("POST", f"/users/{self.user_id}{path}", body)
