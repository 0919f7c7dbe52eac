"""The story told in a terminal while it is played."""

import asyncio
from collections.abc import Callable

from aiohttp import ClientError

from sandbox.people import Impossible, NotSeen, People
from sandbox.story import SCHOOL_ZONE, Clockwork, Stage, play
from sandbox.transcript import Transcript
from sandbox.wire import as_integer
from sandbox.zoom_people import ZoomPeople, ZoomRefused

_RULE = "─" * 78


async def perform(
    telegram_url: str,
    zoom_url: str,
    clock: Clockwork,
    write: Callable[[str], None],
    *,
    coloured: bool,
) -> bool:
    """Play the story and write it down as it happens; whether everybody saw what they should."""
    async with People(telegram_url) as people:
        story = _Telling(people, Transcript(coloured=coloured, zone=SCHOOL_ZONE), write)
        zoom = ZoomPeople(zoom_url)
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(story.tell())
            try:
                await play(Stage(people, zoom, clock, story.heading, story.aside))
            except (NotSeen, Impossible, ZoomRefused, ClientError) as problem:
                await story.catch_up()
                write(f"\n✗ {story.scene}: {problem}")
                return False
            finally:
                await story.catch_up()
                telling.cancel()
    write(f"\n✓ {story.scenes} scenes, and everybody saw what they should.")
    return True


class _Telling:
    """Writes each entry of the journal once, and the scenes' titles between them."""

    def __init__(
        self, people: People, transcript: Transcript, write: Callable[[str], None]
    ) -> None:
        self.scene = "Before the first scene"
        self.scenes = 0
        self._people = people
        self._transcript = transcript
        self._write = write
        self._told = 0
        self._pen = asyncio.Lock()

    async def heading(self, title: str) -> None:
        await self.catch_up()
        self.scene = title
        self.scenes += 1
        self._write(f"\n{_RULE}\n{self.scenes}. {title}\n{_RULE}")

    async def aside(self, who: str, text: str) -> None:
        await self.catch_up()
        self._write(self._transcript.aside(who, text))

    async def tell(self) -> None:
        """Until cancelled."""
        while True:
            await self.catch_up(wait_s=1.0)

    async def catch_up(self, wait_s: float = 0.0) -> None:
        async with self._pen:
            for entry in await self._people.journal(self._told, wait_s):
                self._told = max(self._told, as_integer(entry["n"]) or 0)
                for line in self._transcript.lines(entry):
                    self._write(line)
