"""What one lesson costs: folding it, saving it, telling its teacher; and whether that stays so.

`python -m benchmarks.lessons 10000` does it with so many stays in the database.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from benchmarks.events import Comings
from benchmarks.known import know_classes
from benchmarks.term import term
from bot.publisher import view_of
from bot.speech import Speech
from main import utc_now
from school.attendance import Ended, Fact, Joined, Left, Participant, Started, fold
from school.model import Planned, PostKind, SchoolProfile
from services.events import apply_waiting
from services.office import Office
from services.posts import take_turn
from services.showing import showings
from storage.database import Database
from storage.inbox import Inbox, IncomingEvent
from storage.people import teachers_and_former
from storage.sealing import DataKeys
from zoom.client import ZoomApi
from zoom.oauth import ZoomOAuth
from zoom.wire import new_http_client

PARTICIPANTS = 300
FOLDED = (500, 1_000, 2_000, 4_000, 8_000)
"""So many events of those participants."""

GROWN = (10_000, 100_000, 1_000_000)
"""So many stays in the database."""

_FOLDS = 7
_LESSONS = 15
_EVENTS_EACH = 60  # thirty students who come and go
_FIRST_ID = 72_000_000_001
_AT_ONCE = 50
_BEGAN_AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LessonCost:
    """Medians in milliseconds with so many stays in the database."""

    stays: int
    applied_ms: float  # read, folded and saved
    summary_ms: float  # read and written out


@dataclass(frozen=True, slots=True)
class Lessons:
    """`fold_ms` by the number of events."""

    fold_ms: Mapping[int, float]
    costs: tuple[LessonCost, ...]


async def measure(tell: Callable[[str], None], grown: Sequence[int] = GROWN) -> Lessons:
    tell(f"folding {PARTICIPANTS} participants")
    folds = {count: _fold_ms(count) for count in FOLDED}
    costs = []
    for stays in grown:
        kept = await term(stays, tell)
        tell(f"lessons among {kept.stays:,} stays")
        with tempfile.TemporaryDirectory() as folder:
            own = await asyncio.to_thread(kept.copied_to, Path(folder))
            async with _office(own) as office:
                costs.append(await _cost(office, kept.stays))
    return Lessons(folds, tuple(costs))


# The fold alone


def _fold_ms(events: int) -> float:
    facts = list(_facts(events))
    planned = Planned(_BEGAN_AT, timedelta(hours=2))
    return _median_ms(
        [
            _seconds_of(lambda: fold(facts, host_ids={"host"}, planned=planned, as_of=None))
            for _ in range(_FOLDS)
        ]
    )


def _facts(events: int) -> Iterator[Fact]:
    """Everybody comes and goes by turns, until there are so many events; the host stays."""
    yield Started("instance", _BEGAN_AT)
    yield Joined("instance", _BEGAN_AT, Participant("Aisha", "1", zoom_user_id="host"))
    for number in range((events - 3) // 2):
        round_, person = divmod(number, PARTICIPANTS)
        who = Participant(f"Student {person}", f"{100 + number}")
        since = _BEGAN_AT + timedelta(seconds=480 * round_ + person)
        yield Joined("instance", since, who)
        yield Left("instance", since + timedelta(seconds=400), who)
    yield Ended("instance", _BEGAN_AT + timedelta(hours=2))


# All that a lesson costs


async def _cost(office: Office, stays: int) -> LessonCost:
    applied, told = [], []
    speech = Speech("en")
    ids = [_FIRST_ID + number for number in range(_LESSONS)]
    began_at = utc_now() - timedelta(minutes=30)
    async with office.database.writing() as tx:
        teachers = await teachers_and_former(tx)
        await know_classes(tx, teachers[0].id, ids)
    async with Inbox.open(office.database) as inbox:
        for meeting_id in ids:
            for body in _bodies(meeting_id, began_at):
                await inbox.store(_incoming(office, meeting_id, body))
            began_s = time.perf_counter()
            while await apply_waiting(office):
                pass
            applied.append(time.perf_counter() - began_s)
            claims = (await take_turn(office, (), (), _AT_ONCE)).claims
            (summary,) = [one for one in claims if one.kind is PostKind.SUMMARY]
            began_s = time.perf_counter()
            (shown,) = await showings(office, [summary])
            assert shown.contents is not None, "the lesson is over"
            view_of(speech.to("en"), shown.contents)
            told.append(time.perf_counter() - began_s)
    return LessonCost(stays, _median_ms(applied), _median_ms(told))


def _bodies(meeting_id: int, began_at: datetime) -> Iterator[bytes]:
    comings = Comings([meeting_id], "a-host", "a-secret", began_at)
    yield from comings.bodies(_EVENTS_EACH)
    yield comings.ended(meeting_id, began_at + timedelta(minutes=29))


def _incoming(office: Office, meeting_id: int, body: bytes) -> IncomingEvent:
    return IncomingEvent(
        digest=sha256(body).digest(),
        meeting_id=meeting_id,
        host_index=None,
        body=body,
        received_at=office.clock(),
    )


@asynccontextmanager
async def _office(variables: Mapping[str, str]) -> AsyncIterator[Office]:
    """As main.py has it, with nobody at work in it, and a Zoom that nobody asks."""
    keys = DataKeys.parse(variables["DATA_KEY"])
    nowhere = "https://zoom.invalid"
    async with (
        Database.open(variables["DATABASE_URL"], keys, utc_now) as database,
        new_http_client() as http,
    ):
        yield Office(
            database=database,
            profile=_PROFILE,
            clock=utc_now,
            zoom=ZoomApi(http, base_url=nowhere, clock=utc_now),
            oauth=ZoomOAuth(
                http,
                client_id="an-app",
                client_secret="a-secret",
                base_url=nowhere,
                redirect_uri=nowhere,
            ),
        )


_PROFILE = SchoolProfile(
    name="Darulkubra",
    zone=ZoneInfo("Africa/Addis_Ababa"),
    language="en",
    public_url="https://bot.example.org",
    bot_username="darulkubra_bot",
    admin_ids=frozenset(),
    support_email="support@example.org",
    support_url="https://example.org",
    privacy_contact="privacy@example.org",
)


def _seconds_of(what: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    what()
    return time.perf_counter() - began_s


def _median_ms(seconds: Sequence[float]) -> float:
    return median(seconds) * 1000


if __name__ == "__main__":
    print(asyncio.run(measure(print, [int(one) for one in sys.argv[1:]] or GROWN)))
