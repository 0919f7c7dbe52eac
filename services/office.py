"""What every use case works with, made once by main and passed to each of them."""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from school.model import Clock, SchoolProfile
from services.heart import Heart
from services.unbroken import Unbroken
from storage.database import Database
from storage.erasure_file import ErasureFile
from zoom.client import ZoomApi
from zoom.oauth import ZoomOAuth


class Wakeup:
    """Tells one waiting worker that there is something to do.

    A ring while the worker is busy is kept, and several of them count as one: a worker that
    waits, looks and then waits again misses nothing.
    """

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for a ring, at most `timeout_s` seconds if given; whether there was one."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


@dataclass(frozen=True, slots=True)
class Bell:
    """One wake-up for each worker; rung after the transaction that made work for it."""

    posts: Wakeup = field(default_factory=Wakeup)  # the publisher: a chat should show something
    inbox: Wakeup = field(default_factory=Wakeup)  # the event worker: Zoom reported something
    courses: Wakeup = field(default_factory=Wakeup)  # the reconciler: Zoom is to be told
    looks: Wakeup = field(default_factory=Wakeup)  # a meeting may have been changed inside Zoom
    reminders: Wakeup = field(default_factory=Wakeup)  # a reminder may be due
    series: Wakeup = field(default_factory=Wakeup)  # a series may be about to run out
    overdue: Wakeup = field(default_factory=Wakeup)  # the end of a class may have gone missing
    clearing: Wakeup = field(default_factory=Wakeup)  # something may be past its time
    heart: Wakeup = field(default_factory=Wakeup)  # to say that the program is there
    asking: Wakeup = field(default_factory=Wakeup)  # Zoom may know what its events did not tell
    letters: Wakeup = field(default_factory=Wakeup)  # somebody is to be written to
    lapses: Wakeup = field(default_factory=Wakeup)  # what was accepted may say something else
    erasures: Wakeup = field(default_factory=Wakeup)  # the list of erasures is to be written on
    grants: Wakeup = field(default_factory=Wakeup)  # tokens are to be renewed, or ended at Zoom

    def ring_all(self) -> None:
        """So that every worker looks up; at the program's end."""
        for wakeup in (
            self.posts,
            self.inbox,
            self.courses,
            self.looks,
            self.reminders,
            self.series,
            self.overdue,
            self.clearing,
            self.heart,
            self.asking,
            self.letters,
            self.lapses,
            self.grants,
            self.erasures,
        ):
            wakeup.ring()


class Turns:
    """One at a time per key within this process; between processes, leases do the same."""

    def __init__(self) -> None:
        # A lock lives as long as somebody holds or awaits it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: int) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Office:
    """The school at work: its database, its clock, its way to Zoom."""

    database: Database
    profile: SchoolProfile
    clock: Clock
    zoom: ZoomApi
    oauth: ZoomOAuth
    erasure_file: ErasureFile | None = None  # None: what is erased is in the database alone
    bell: Bell = field(default_factory=Bell)
    turns: Turns = field(default_factory=Turns)
    unbroken: Unbroken = field(default_factory=Unbroken)
    heart: Heart = field(default_factory=Heart)
