"""One call of the Zoom stand-in's control, which moves people and trouble."""

from dataclasses import dataclass
from typing import Any, cast

from aiohttp import ClientSession

Json = dict[str, Any]  # an answer whose shape the caller knows

_NOTHING_TO_SAY = 204


class ZoomRefused(Exception):
    """Zoom, or the stand-in's control, did not do what was asked; the text says why."""


@dataclass(frozen=True, slots=True)
class ZoomControl:
    """The control of the stand-in with that origin."""

    url: str

    async def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """One call of the stand-in's control."""
        async with (
            ClientSession() as http,
            http.request(method, f"{self.url}/control{path}", json=body) as response,
        ):
            if not response.ok:
                raise ZoomRefused(await response.text())
            if response.status == _NOTHING_TO_SAY:
                return {}
            return cast("Json", await response.json())  # control answers objects only
