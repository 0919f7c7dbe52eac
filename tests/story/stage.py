"""The whole program between its stand-ins, with everything that people and bad days do to it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, func, or_, select

from bot.budget import Limits
from bot.flooding import Pace
from main import Program, program
from sandbox import story
from sandbox.people import People
from sandbox.stand_ins import StandIns, stand_ins
from sandbox.story import Cast, Clockwork
from sandbox.wire import Json, as_object
from sandbox.zoom_people import ZoomPeople
from settings import Settings, given
from storage import asking
from storage.outages import last_beat
from storage.schema import course, draft, post
from storage.zoom_events import count_waiting

BEGINS = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""A Monday; 17:00 in Addis Ababa."""

_WIDE = 1_000  # as many messages as a test likes
_ANY_PACE = Pace(
    _WIDE, _WIDE, _WIDE, _WIDE, _WIDE, _WIDE
)  # people in stories type faster than people do
_LONGER_THAN_A_SHORT_POLL_S = 0.4
_PATIENCE_S = 30.0
_LONG_PATIENCE_S = 60.0
_LOOK_AGAIN_S = 0.02
_LOOK_SELDOM_S = 0.1


@dataclass(slots=True)
class Stage:
    """Who plays against the program, and the program, which can be stopped and started again."""

    servers: StandIns
    people: People
    zoom: ZoomPeople
    clock: Clockwork
    settings: Settings
    _tasks: asyncio.TaskGroup
    pace: Pace | None = None  # the program's usual one
    _running: "_Running | None" = field(default=None)

    @property
    def program(self) -> Program:
        assert self._running is not None, "the program runs"
        return self._running.program

    @property
    def is_running(self) -> bool:
        return self._running is not None

    async def start(self) -> None:
        """On the same database as before."""
        begun: asyncio.Future[Program] = asyncio.get_running_loop().create_future()
        told = asyncio.Event()
        task = self._tasks.create_task(self._run(begun, told))
        self._running = _Running(await begun, told, task)

    async def stop(self) -> None:
        """As SIGTERM does it."""
        if self._running is not None:
            self._running.told.set()
            await self._running.task
            self._running = None

    async def crash(self) -> None:
        """Nothing that is under way is finished."""
        assert self._running is not None
        self._running.task.cancel()
        await asyncio.wait([self._running.task])
        self._running = None

    async def _run(self, begun: asyncio.Future[Program], told: asyncio.Event) -> None:
        limits = Limits(overall=_WIDE, group=_WIDE, private=_WIDE)
        async with program(self.settings, self.clock, limits, self.pace) as running:
            begun.set_result(running)
            await told.wait()

    def forward(self, by: timedelta) -> None:
        """Time passes; the clock's workers look at what is due."""
        self.clock.move_to(self.clock() + by)
        bell = self.program.office.bell
        due = (
            *(bell.courses, bell.reminders, bell.posts, bell.letters, bell.inbox),
            *(bell.asking, bell.grants),
        )
        for wakeup in due:
            wakeup.ring()

    async def has_beaten(self) -> None:
        """The program has written down that it is there now, as it does twice a minute."""
        now = self.clock()
        self.program.office.bell.heart.ring()
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                async with self.program.office.database.reading() as tx:
                    last = await last_beat(tx)
                if last is not None and last >= now:
                    return
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def polls_quietly(self) -> None:
        """A long poll is under way, and will bring what happens next."""
        before = None
        while before != (now := await self._polls()):
            before = now
            await asyncio.sleep(_LONGER_THAN_A_SHORT_POLL_S)

    async def _polls(self) -> Json:
        return as_object((await self.people.statistics())["calls"]).get("getUpdates")

    async def count(self, table: Table) -> int:
        """Rows of a table."""
        async with self.program.office.database.reading() as tx:
            return await tx.connection.scalar(select(func.count()).select_from(table)) or 0

    async def all_is_shown(self) -> None:
        """Every chat shows what it should, and nothing more is on its way."""
        on_its_way = or_(post.c.due_at.is_not(None), post.c.lease_until.is_not(None))
        query = select(func.count()).select_from(post).where(on_its_way)
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                async with self.program.office.database.reading() as tx:
                    if not await tx.connection.scalar(query):
                        return
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def all_is_applied(self) -> None:
        """Every event that Zoom sent has become attendance, and what it missed was asked."""
        bell = self.program.office.bell
        async with asyncio.timeout(_LONG_PATIENCE_S):
            while not await self._is_all_applied():
                for wakeup in (bell.inbox, bell.asking):
                    wakeup.ring()
                await asyncio.sleep(_LOOK_SELDOM_S)

    async def _is_all_applied(self) -> bool:
        async with self.program.office.database.reading() as tx:
            return not (await count_waiting(tx)).waiting and not await asking.due(tx)

    async def assert_nothing_was_made(self) -> None:
        """No class, no form, no meeting: as if nobody had asked."""
        assert (await self.count(course), await self.count(draft)) == (0, 0)
        assert await self.zoom.meetings() == []

    async def school(self, *scenes: story.Scene) -> Cast:
        """The people of the story; without `scenes`, Aisha teaches, has Zoom and two groups."""
        cast = await story.gather(self._as_in_the_story)
        for scene in scenes or (story.invite, story.connect, story.link):
            await self.plays(scene, cast)
        return cast

    async def plays(self, scene: story.Scene, cast: Cast) -> None:
        """A scene of the story, once more."""
        await scene(self._as_in_the_story, cast)

    @property
    def _as_in_the_story(self) -> story.Stage:
        return story.Stage(self.people, self.zoom, self.clock, _nobody_listens)


async def _nobody_listens(title: str) -> None:
    del title


@dataclass(frozen=True, slots=True)
class _Running:
    program: Program
    told: asyncio.Event
    task: asyncio.Task[None]


@asynccontextmanager
async def set_stage(
    database_path: Path,
    data_key: str,
    clock: Clockwork | None = None,
    pace: Pace | None = _ANY_PACE,
) -> AsyncIterator[Stage]:
    """The stand-ins and the running program; by the time of day, unless there is a `clock`.

    People may be as fast as they like, unless a `pace` is given; None is the program's usual one.
    """
    began = time.monotonic()
    clock = clock or Clockwork(lambda: BEGINS + timedelta(seconds=time.monotonic() - began))
    own = {"DATABASE_URL": f"sqlite:///{database_path}", "DATA_KEY": data_key}
    async with (
        stand_ins(clock) as servers,
        People(servers.telegram.url) as people,
        asyncio.TaskGroup() as tasks,
    ):
        zoom = ZoomPeople(servers.zoom.url)
        await people.limits(overall=_WIDE, group=_WIDE, private=_WIDE)
        await zoom.no_per_second_limits()
        settings = given({**servers.variables, **own})
        stage = Stage(servers, people, zoom, clock, settings, tasks, pace)
        await stage.start()
        yield stage
        await stage.stop()
