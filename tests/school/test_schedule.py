"""Local times as moments."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import NotUnderstood
from school.model import Planned
from school.schedule import HasPassed, check_future, clashes, resolve
from school.text import Moment

ADDIS = ZoneInfo("Africa/Addis_Ababa")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its summer time is half an hour
zones = st.sampled_from(
    [
        *("UTC", "Africa/Addis_Ababa", "Asia/Riyadh", "Asia/Kathmandu", "Asia/Kolkata"),
        *("Pacific/Chatham", "Australia/Lord_Howe", "Europe/Berlin", "America/New_York"),
        *("Africa/Cairo", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Africa/Casablanca"),
    ]
).map(ZoneInfo)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def said(error: NotUnderstood) -> str:
    return error.text.msgid.format(**error.text.values)


def test_a_local_time_is_a_moment() -> None:
    found = resolve(date(2026, 11, 24), time(18), ADDIS)
    assert found.at == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert found.at.tzinfo is UTC
    assert not found.repeated


@pytest.mark.parametrize(
    ("zone", "day", "skipped", "skipped_from", "skipped_to"),
    [
        (BERLIN, date(2027, 3, 28), time(2, 30), time(2), time(3)),
        (BERLIN, date(2027, 3, 28), time(2), time(2), time(3)),
        (LORD_HOWE, date(2026, 10, 4), time(2, 10), time(2), time(2, 30)),
        (ZoneInfo("Africa/Cairo"), date(2027, 4, 30), time(0, 15), time(0), time(1)),
    ],
)
def test_a_time_that_clocks_skip_is_refused_with_the_times_that_exist(
    zone: ZoneInfo, day: date, skipped: time, skipped_from: time, skipped_to: time
) -> None:
    with pytest.raises(NotUnderstood) as caught:
        resolve(day, skipped, zone)
    values = caught.value.text.values
    assert (values["skipped_from"], values["skipped_to"]) == (skipped_from, skipped_to)
    assert (values["time"], values["day"]) == (skipped, day)


def test_the_refusal_names_the_place_and_the_way_out() -> None:
    with pytest.raises(NotUnderstood) as caught:
        resolve(date(2027, 3, 14), time(2, 30), ZoneInfo("America/New_York"))
    assert said(caught.value) == (
        "02:30:00 does not exist on 2027-03-14: clocks in New York go from 02:00:00 straight to"
        " 03:00:00. Choose a time before 02:00:00, or from 03:00:00 on."
    )


def test_the_ends_of_a_gap_exist() -> None:
    before = resolve(date(2027, 3, 28), time(1, 59), BERLIN)
    after = resolve(date(2027, 3, 28), time(3), BERLIN)
    assert after.at - before.at == timedelta(minutes=1)


def test_a_time_that_clocks_show_twice_is_the_first_and_says_so() -> None:
    found = resolve(date(2026, 10, 25), time(2, 30), BERLIN)
    assert found.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found.repeated
    assert not resolve(date(2026, 10, 25), time(3), BERLIN).repeated


@given(days, times, zones)
def test_clocks_show_what_was_asked_for_or_never_do(day: date, at: time, zone: ZoneInfo) -> None:
    shown = datetime.combine(day, at)
    around = datetime.combine(day, at, tzinfo=UTC) - timedelta(hours=15)
    # Every quarter of an hour of the 30 hours in which that local time can fall anywhere.
    moments = [around + timedelta(minutes=15 * step) for step in range(30 * 4)]
    matching = [m for m in moments if m.astimezone(zone).replace(tzinfo=None) == shown]
    try:
        found = resolve(day, at, zone)
    except NotUnderstood as error:
        assert not matching
        skipped_to = error.text.values["skipped_to"]
        assert isinstance(skipped_to, time)
        resolve(day, skipped_to, zone)  # exists
    else:
        assert found.at == matching[0]
        assert found.repeated == (len(matching) == 2)


NOW = datetime(2026, 11, 23, 17, 30, 20, tzinfo=UTC)  # 20:30 in Addis Ababa


def passed(starts_at: datetime, zone: ZoneInfo = ADDIS, now: datetime = NOW) -> HasPassed:
    with pytest.raises(HasPassed) as caught:
        check_future(starts_at, now=now, zone=zone)
    return caught.value


def test_a_time_to_come_is_fine_and_so_is_the_running_minute() -> None:
    check_future(NOW + timedelta(hours=1), now=NOW, zone=ADDIS)
    check_future(NOW.replace(second=0), now=NOW, zone=ADDIS)
    passed(NOW - timedelta(minutes=1))


def test_an_hour_of_today_that_has_passed_is_offered_tomorrow() -> None:
    error = passed(datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert said(error) == "18:00:00 today has passed. Tomorrow at 18:00:00?"
    assert error.suggestion == Moment(datetime(2026, 11, 24, 15, tzinfo=UTC), ADDIS)


def test_a_past_day_is_offered_today_while_the_hour_is_still_to_come() -> None:
    error = passed(datetime(2026, 11, 1, 18, tzinfo=UTC))
    assert said(error) == "2026-11-01 at 21:00:00 has passed. Today at 21:00:00?"
    assert error.suggestion.at == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_a_past_day_is_offered_tomorrow_once_the_hour_has_passed_too() -> None:
    error = passed(datetime(2026, 11, 1, 15, tzinfo=UTC))
    assert said(error) == "2026-11-01 at 18:00:00 has passed. Tomorrow at 18:00:00?"


def test_today_is_the_day_in_the_class_zone() -> None:
    just_after_midnight = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # 00:30 on the 24th
    error = passed(datetime(2026, 11, 23, 15, tzinfo=UTC), now=just_after_midnight)
    assert said(error) == "2026-11-23 at 18:00:00 has passed. Today at 18:00:00?"


def test_the_offer_keeps_the_local_hour_over_a_change_of_clocks() -> None:
    now = datetime(2027, 3, 27, 18, tzinfo=UTC)
    error = passed(datetime(2027, 3, 27, 17, tzinfo=UTC), BERLIN, now)
    assert error.suggestion.at == datetime(2027, 3, 28, 16, tzinfo=UTC)


def test_a_time_that_tomorrow_lacks_is_offered_the_day_after() -> None:
    now = datetime(2027, 3, 27, 2, tzinfo=UTC)
    error = passed(datetime(2027, 3, 27, 1, 30, tzinfo=UTC), BERLIN, now)
    assert error.suggestion.at == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)
    assert "{suggested_day} at {time}?" in error.text.msgid


@dataclass(frozen=True)
class Lesson:
    topic: str
    planned: Planned


def lesson(topic: str, start: int, length: int) -> Lesson:
    return Lesson(topic, Planned(NOW + timedelta(minutes=start), timedelta(minutes=length)))


def test_lessons_clash_when_they_overlap_and_not_when_they_touch() -> None:
    mine = lesson("mine", 0, 60).planned
    others = [
        lesson("after", 60, 30),
        lesson("late", 59, 30),
        lesson("within", 10, 10),
        lesson("before", -30, 30),
        lesson("around", -10, 100),
    ]
    assert [one.topic for one in clashes(mine, others)] == ["around", "within", "late"]
