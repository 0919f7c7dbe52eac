"""What a story is played on: its people, their Zoom, and the time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.people import Group, NotSeen, People, Person
from sandbox.zoom_people import ZoomPeople, ZoomPerson

ADMIN_ID = 77
"""Who has to be in ADMIN_IDS."""

SCHOOL_ZONE = ZoneInfo("Africa/Addis_Ababa")


class Clockwork:
    """The one clock of the play: real time, moved on between the scenes."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._real() + self._ahead

    def move_to(self, at: datetime) -> None:
        """Never back: what has happened stays in the past."""
        self._ahead += max(at - self(), timedelta())


async def _unheard(_who: str, _text: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the people need: their Telegram, their Zoom, the time, and somebody to tell of it.

    `announce` takes a scene's title; `tell` who does something outside Telegram, and what.
    """

    people: People
    zoom: ZoomPeople
    clock: Clockwork
    announce: Callable[[str], Awaitable[None]]
    tell: Callable[[str, str], Awaitable[None]] = _unheard


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    admin: Person
    aisha: Person
    khadija: Person
    aisha_zoom: ZoomPerson
    beginners: Group
    sisters: Group
    begins: datetime  # when the class of the story is: tomorrow, 18:00


async def gather(stage: Stage) -> Cast:
    people = stage.people
    tomorrow = stage.clock().astimezone(SCHOOL_ZONE).date() + timedelta(days=1)
    admin = await people.person("Musa", id=ADMIN_ID, username="musa_admin")
    aisha = await people.person("Aisha", username="aisha_q")
    khadija = await people.person("Khadija")
    bilal = await people.person("Bilal")
    return Cast(
        admin=admin,
        aisha=aisha,
        khadija=khadija,
        aisha_zoom=await stage.zoom.user("aisha@example.org", name="Aisha Q", plan=1),
        beginners=await people.group("Beginners A", owner=aisha, members=[khadija, bilal]),
        sisters=await people.group("Sisters", owner=aisha, members=[khadija]),
        begins=datetime.combine(tomorrow, time(18), SCHOOL_ZONE),
    )


def expect(it_is: bool, what: str, instead: str = "") -> None:
    """Raises NotSeen unless it is so."""
    if not it_is:
        raise NotSeen(f"not so: {what}. {instead}")


Scene = Callable[[Stage, Cast], Awaitable[None]]
