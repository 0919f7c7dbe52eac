"""Every message about what is stored of a person; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import own_data
from bot.views.message import View
from school.model import ClockFace, Role
from services.own_data import _SUMMED_UP, Deleted, OnList, OwnSummary, OwnZoom
from services.people import Caller
from tests.bot.test_welcome_view import PROFILE

NAME, TOPIC, TITLE = "Ahmed أ" * 9 + "!", "Tajweed " * 25, "أخوات A " * 16
EMAIL = "a" * 240 + "@b.example"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NOTHING = dict.fromkeys(_SUMMED_UP, 0)
ZOOM = OwnZoom(EMAIL, NAME, 1, is_broken=False, connected_at=NOW)
SUMMARY = OwnSummary(
    name=NAME,
    username=None,
    known_since=NOW,
    is_teacher=False,
    is_admin=False,
    zoom=None,
    groups=(),
    on_lists=(),
    attended_for=timedelta(),
    counts=NOTHING,
)
CALLER = Caller(
    person_id=1,
    telegram_user_id=1,
    name=NAME,
    role=Role.TEACHER,
    is_teacher=True,
    language="en",
    zone=ZoneInfo("America/Argentina/ComodRivadavia"),
)


def views_of_own_data(say: Say) -> Iterator[View]:
    yield own_data.nothing_stored(say)
    yield own_data.nothing_but_a_receipt(say, Deleted("E-5F2A7K", NOW), PROFILE)
    yield own_data.being_written(say)
    yield own_data.summary(say, SUMMARY, replace(CALLER, clock=ClockFace.ETHIOPIAN))
    for count, plan in product((1, 2, 5, 11, 100), (1, 2)):
        full = replace(
            SUMMARY,
            username="a" * 32,
            is_teacher=plan == 1,
            is_admin=plan == count,
            zoom=replace(ZOOM, plan=plan, is_broken=count == 1),
            groups=(TITLE,) * count,
            on_lists=(OnList(NAME, TOPIC),) * count,
            attended_for=timedelta(hours=count),
            counts=dict.fromkeys(_SUMMED_UP, count),
        )
        yield own_data.summary(say, full, CALLER)
        yield own_data.summary(say, replace(full, is_admin=True), CALLER)
