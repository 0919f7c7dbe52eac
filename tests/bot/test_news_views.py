"""What rings in a group, each text written out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.publisher import view_of
from bot.speech import Say, Speech
from school.model import Planned
from school.recurrence import Frequency, Repeat
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    SkippedNotice,
)
from services.contents_for_teachers import NoLongerYours
from tests.bot.keyboards import buttons

ADDIS_ABABA, CAIRO = ZoneInfo("Africa/Addis_Ababa"), ZoneInfo("Africa/Cairo")
PLANNED = Planned(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), timedelta(minutes=45))
LINK = "https://zoom.us/j/1"
RANGE = (
    '<tg-time unix="1795532400" format="wDt">Tue 24 Nov, 18:00</tg-time> – '
    '<tg-time unix="1795535100" format="t">18:45 (Addis Ababa)</tg-time>'
)
AT = '<tg-time unix="1795532400" format="wDt">Tue 24 Nov, 18:00 (Addis Ababa)</tg-time>'
DAY_BEFORE = '<tg-time unix="1795446000" format="wDt">Mon 23 Nov, 18:00 (Addis Ababa)</tg-time>'
MOVED = MovedNotice(
    topic="Tajweed",
    planned=PLANNED,
    was_at=PLANNED.starts_at - timedelta(days=1),
    zone=ADDIS_ABABA,
    join_url=LINK,
    rule=None,
    class_zone=CAIRO,
)
HANDED = HandedNotice("Tajweed", "Musa", PLANNED, ADDIS_ABABA, LINK)
GAP = SkippedNotice(
    topic="Tajweed",
    first_at=datetime(2026, 12, 20, 15, 0, tzinfo=UTC),
    last_at=datetime(2027, 1, 5, 15, 0, tzinfo=UTC),
    count=6,
    zone=ADDIS_ABABA,
    next_at=None,
    is_back=False,
)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_a_class_that_has_moved_says_only_what_is_certain(say: Say) -> None:
    view = view_of(say, MOVED)
    assert view.text == (f"📗 <b>Tajweed</b> has moved:\n<b>{RANGE}</b>\nIt was {DAY_BEFORE}.")
    assert buttons(view)["Join class"].url == LINK
    assert view_of(say, replace(MOVED, join_url=None)).keyboard is None


def test_a_series_that_has_moved_says_so_in_the_time_of_its_own_zone(say: Say) -> None:
    weekly = replace(MOVED, rule=Repeat(Frequency.WEEKLY, weekdays=(1,)))
    assert view_of(say, weekly).text.endswith("\nFrom now on every Tue, 17:00 (Cairo).")


def test_a_whole_series_that_is_cancelled_is_not_told_of_as_one_class(say: Say) -> None:
    notice = CancelledNotice("Tajweed", PLANNED, ADDIS_ABABA, None, all_cancelled=True)
    assert view_of(say, notice).text == "📕 All coming classes of <b>Tajweed</b> are cancelled."


def test_a_gap_in_a_series(say: Say) -> None:
    text = "📕 No <b>Tajweed</b> from Sun 20 Dec to Tue 5 Jan: 6 classes are cancelled."
    assert view_of(say, GAP).text == text
    assert view_of(say, replace(GAP, next_at=PLANNED.starts_at)).text == f"{text}\nAfter that: {AT}"
    assert view_of(say, replace(GAP, is_back=True)).text == (
        "📗 <b>Tajweed</b> takes place after all: 6 classes from Sun 20 Dec to Tue 5 Jan."
    )


def test_a_class_that_another_teacher_gives(say: Say) -> None:
    view = view_of(say, HANDED)
    assert view.text == f"📗 <b>Tajweed</b> on {AT} is given by Musa; it has a new link."
    assert buttons(view)["Join class"].url == LINK
    unmade = view_of(say, replace(HANDED, join_url=None))
    assert unmade.text == f"📗 <b>Tajweed</b> on {AT} is given by Musa."
    erased = view_of(say, replace(HANDED, teacher_name=None))
    assert erased.text == f"📗 <b>Tajweed</b> on {AT} has a new link."


def test_a_class_that_is_on_again(say: Say) -> None:
    view = view_of(say, BackNotice("Tajweed", PLANNED, ADDIS_ABABA, LINK))
    assert view.text == f"📗 <b>Tajweed</b> takes place after all:\n{RANGE}"
    assert buttons(view)["Join class"].url == LINK


def test_messages_that_are_not_true_any_more_lead_nowhere(say: Say) -> None:
    gone = view_of(say, NoLongerHere("Tajweed"))
    assert gone.text == "📗 <b>Tajweed</b>\nThis class is no longer announced here."
    older = view_of(say, Overtaken(None))
    assert older.text == "📗 <b>A class</b>: see the newer message about this class below."
    given_back = view_of(say, NoLongerYours("Tajweed", PLANNED, ADDIS_ABABA))
    assert given_back.text == (
        "<b>Tajweed</b> · Tue 24 Nov, 18:00–18:45 (Addis Ababa)\nYou no longer give this class."
    )
    assert [one.keyboard for one in (gone, older, given_back)] == [None, None, None]
