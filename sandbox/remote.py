"""The Telegram stand-in's control API, from afar."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp

from sandbox.seen import Attachment, Impossible
from sandbox.wire import Json, JsonObject, as_integer, as_list, as_object, as_text

_LONGEST_WAIT = 30.0  # seconds, in one request


class Remote:
    """Asks and tells; raises Impossible with the stand-in's reason. Enter it with `async with`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=2 * _LONGEST_WAIT)
        self._session = aiohttp.ClientSession(self._url, timeout=timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, name: str, **query: str | float) -> Json:
        async with self._open.get(f"/control/{name}", params=query) as answer:
            return await _read(answer)

    async def tell(self, name: str, **body: Json) -> Json:
        async with self._open.post(f"/control/{name}", json=body) as answer:
            return await _read(answer)

    async def download(self, file: Attachment) -> bytes:
        async with self._open.get(f"/control/files/{file.id}") as answer:
            answer.raise_for_status()
            return await answer.read()

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use `async with` before the people do anything")
        return self._session

    async def last(self) -> int:
        """The number of the journal's newest entry."""
        return as_integer(await self.ask("last")) or 0

    async def journal(self, after: int = 0, wait: float = 0.0) -> list[JsonObject]:
        """What happened after entry `after`, waiting up to `wait` seconds for something."""
        answer = as_object(await self.ask("journal", after=after, wait=wait))
        return [as_object(entry) for entry in as_list(answer["entries"])]

    async def follow_journal(self, after: int = 0) -> AsyncIterator[JsonObject]:
        """Every entry, as it comes; ends only when it is cancelled."""
        while True:
            for entry in await self.journal(after, _LONGEST_WAIT):
                after = as_integer(entry["n"]) or after
                yield entry


async def _read(answer: aiohttp.ClientResponse) -> Json:
    body: Json = await answer.json()
    if answer.status == HTTPStatus.OK:
        return body
    raise Impossible(as_text(as_object(body).get("error")))
