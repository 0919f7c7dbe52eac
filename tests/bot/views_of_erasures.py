"""Every message about attendance under a name in Zoom, as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import erasures, leaving
from bot.views.message import View
from school.model import Planned
from services.erasure_answers import Erased, Found
from services.erasure_askers import Asker, ConfirmedAs
from services.erasure_requests import Pending
from services.leaving import Coming
from storage.name_places import NamePlace
from tests.bot.test_leaving_views import DONE, FULL
from tests.bot.test_welcome_view import PROFILE
from tests.bot.views_of_rosters import CHOSEN, PERSON

LARGEST = 2**62 - 1
NAME, TOPIC = "Ahmed أ" * 9 + "!", "Tajweed " * 25
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("Africa/Addis_Ababa")
PLANNED = Planned(NOW, timedelta(minutes=45))
PENDING = Pending(LARGEST, NAME)
LISTED = ConfirmedAs(NAME, TOPIC, NAME)
ASKERS = (
    Asker(CHOSEN, (LISTED,) * 9, (NAME,) * 9),
    Asker(PERSON, (ConfirmedAs(NAME, None, NAME),)),
    Asker(PERSON),
    None,
)


def places(count: int) -> tuple[NamePlace, ...]:
    """So many courses."""
    first = NOW - timedelta(days=400)
    return tuple(NamePlace(LARGEST - at, TOPIC, NAME, at + 1, first, NOW) for at in range(count))


def views_of_erasures(say: Say) -> Iterator[View]:
    yield erasures.asked(say)
    yield erasures.pending(say, PENDING)
    yield erasures.withdrawn(say)
    yield leaving.preview(say, replace(FULL, pending=PENDING))
    for count in (0, 1, 2, 5, 11, 100):
        held = replace(FULL.holdings, rosters=count, attended=count, pay=count)
        coming = (Coming(TOPIC, PLANNED, ZONE), Coming(None, PLANNED, ZONE))[:count]
        before = replace(
            FULL,
            holdings=held,
            upcoming=count,
            given_back=count,
            live=count,
            next_upcoming=coming,
            next_given_back=coming,
        )
        yield leaving.preview(say, before)
        yield leaving.receipt(say, replace(DONE, before=before), PROFILE)
    for count in (0, 1, 8, 9, erasures.MOST_PLACES, erasures.MOST_PLACES + 1, 80):
        found = Found(LARGEST, NAME, places(count), ASKERS[count % len(ASKERS)])
        most = (1 << erasures.MOST_PLACES) - 1
        last = max(0, min(count, erasures.MOST_PLACES) - 1) // erasures.ON_A_PAGE
        for left_out, page in ((0, 0), (most, last)):
            yield erasures.request(say, found, ZONE, left_out=left_out, page=page)
    erased = NamePlace(LARGEST, None, None, 0, None, None)
    once = NamePlace(LARGEST, None, None, 1, NOW, NOW)
    yield erasures.request(say, Found(LARGEST, NAME, (erased, once)), ZONE)
    for count in (0, 1, 2, 5, 11, 100):
        for is_open in (True, False):
            done = Erased("E-5F2A3B", count, NOW, is_open)
            yield erasures.erased(say, LARGEST, done)
    yield erasures.nothing_found(say)
    yield erasures.reason_asked(say)
    yield erasures.declined(say)
