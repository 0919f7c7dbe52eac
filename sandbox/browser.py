"""As much of a browser as a consent page needs: it opens pages and submits their forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

from aiohttp import ClientSession


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows, or where it is sent."""

    url: str
    ok: bool
    goes_to: str | None
    text: str
    heading: str
    action: str
    hidden: dict[str, str]

    @classmethod
    async def open(
        cls, http: ClientSession, method: str, url: str, form: Mapping[str, str] | None = None
    ) -> Self:
        async with http.request(method, url, data=form, allow_redirects=False) as response:
            location = response.headers.get("Location")
            text = await response.text()
            read = _Form()
            read.feed(text)
            goes_to = None if location is None else urljoin(url, location)
            return cls(url, response.ok, goes_to, text, read.heading, read.action, read.hidden)

    async def submit(self, http: ClientSession, **filled_in: str) -> Self:
        return await self.open(
            http, "POST", urljoin(self.url, self.action), {**self.hidden, **filled_in}
        )


class _Form(HTMLParser):
    """Finds the page's heading and its form: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = ""
        self._is_heading = False
        self.action = ""
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_heading = tag == "h1"
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found.get("name", "")] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._is_heading = self._is_heading and tag != "h1"

    def handle_data(self, data: str) -> None:
        if self._is_heading:
            self.heading += data
