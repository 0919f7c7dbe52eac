"""Every message about what is stored of a person; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import own_data, profile
from bot.views.message import View
from school.model import ClockFace, Role
from school.roster import Mark
from services.own_data import _SUMMED_UP, Deleted, OnList, OwnSummary, OwnZoom
from services.people import Caller
from services.profile import OtherName, OwnListing, Profile
from tests.bot.test_welcome_view import PROFILE

NAME, TOPIC, TITLE = "Ahmed أ" * 9 + "!", "Tajweed " * 25, "أخوات A " * 16
EMAIL = "a" * 240 + "@b.example"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NOTHING = dict.fromkeys(_SUMMED_UP, 0)
ZOOM = OwnZoom(EMAIL, NAME, 1, is_broken=False, connected_at=NOW)
SUMMARY = OwnSummary(
    name=NAME,
    username=None,
    pseudonym="K7Q2M9XA",
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

PROFILE_PAGE = Profile(
    name=NAME,
    telegram_name=NAME,
    has_own_name=False,
    is_teacher=False,
    zone=ZoneInfo("America/Argentina/ComodRivadavia"),
    clock=ClockFace.DAY,
    zoom=None,
    listings=(),
)
LISTING = OwnListing(
    2**62, NAME, TOPIC, NAME, tuple(OtherName(2**62, mark, NAME) for mark in (Mark.NAME,) * 5)
)


def views_of_own_data(say: Say) -> Iterator[View]:
    yield from _profiles(say)
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


def _profiles(say: Say) -> Iterator[View]:
    yield profile.name_asked(say)
    yield profile.words_asked(say, NAME)
    yield profile.doubted(say, NAME)
    yield profile.nobody_known(say)
    yield profile.page(say, PROFILE_PAGE)
    yield profile.page(say, replace(PROFILE_PAGE, is_teacher=True, clock=ClockFace.ETHIOPIAN))
    for plan, is_broken in product((1, 2), (True, False)):
        zoom = replace(ZOOM, plan=plan, is_broken=is_broken)
        full = replace(
            PROFILE_PAGE,
            telegram_name=f"{NAME}2",
            has_own_name=True,
            is_teacher=True,
            zoom=zoom,
            listings=(replace(LISTING, others=()), *(LISTING,) * 20),
        )
        yield profile.page(say, full)
