"""Every message about letting go of a Zoom account, as long as can be."""

from collections.abc import Iterator
from itertools import product

from bot.speech import Say
from bot.views.disconnecting import disconnected, really_disconnect, still_connected
from bot.views.message import View
from services.classes import UpcomingClass
from services.disconnecting import Connection, Disconnected
from tests.bot.test_cards_view import PLANNED
from tests.bot.test_welcome_view import PROFILE
from tests.bot.views_of_pay import LARGEST, TOPIC

EMAIL = "a" * 240 + "@b.example"
COUNTS = (0, 1, 2, 5, 11, 100)  # each of the Arabic plural forms


def connection(*, upcoming: int, given_for_others: int = 0, live: int = 0) -> Connection:
    one = UpcomingClass(LARGEST, TOPIC, PLANNED, PROFILE.zone)
    shown = (one,) * min(upcoming, 3)
    return Connection(LARGEST, EMAIL, upcoming, given_for_others, shown, live)


def views_of_disconnecting(say: Say) -> Iterator[View]:
    for told, count in product((True, False), COUNTS):
        yield disconnected(say, Disconnected(EMAIL, told, count, live=count))
        yield disconnected(say, Disconnected(EMAIL, told, 0, called_off=count, left_at_zoom=count))
    for count, live in product(COUNTS[1:], COUNTS):
        yield really_disconnect(say, connection(upcoming=count, given_for_others=count, live=live))
    yield still_connected(say, connection(upcoming=0))
