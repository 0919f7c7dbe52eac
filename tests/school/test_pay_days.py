"""School days: a lesson belongs to the day of its planned start, in the school's zone.

At 240.00 an hour, which is 4.00 a minute, and 300.00 from November on.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from school.attendance import Ended, Fact, Joined, Left, Started, fold
from school.model import Planned
from school.pay import PayLine, pay_line
from school.pay_rules import FIRST_RULES, rate_for
from school.periods import month_of, school_day
from school.statements import month_key
from tests.school.meetings import HOST_ID, TEACHER, guest
from tests.school.wages import facts_of, money, rate

AHMED = guest("Ahmed")
RIYADH, LONDON = ZoneInfo("Asia/Riyadh"), ZoneInfo("Europe/London")
OCTOBER = rate("240.00", since=date(2026, 10, 1))
NOVEMBER = rate("300.00", since=date(2026, 11, 1), rate_id=2)


def held_as_planned(planned: Planned) -> PayLine:
    """Taught from its planned start to its planned end."""
    span = planned.starts_at, planned.ends_at
    facts: list[Fact] = [Started("A", span[0]), Ended("A", span[1])]
    for who in (TEACHER, AHMED):
        facts += [Joined("A", span[0], who), Left("A", span[1], who)]
    found = fold(facts, host_ids={HOST_ID}, planned=planned, as_of=None, host_is_reported=True)
    return pay_line(facts_of(found, planned), None, FIRST_RULES)


@pytest.mark.parametrize(
    ("starts_at", "zone", "month", "amount"),
    [
        # 00:00–01:00 on 1 November in Riyadh (UTC+3) is 21:00–22:00 UTC on 31 October
        ("2026-10-31T21:00+00:00", RIYADH, "2026-11", "300.00"),
        # 23:30 on the 31st is of October, though it goes on into November
        ("2026-10-31T20:30+00:00", RIYADH, "2026-10", "240.00"),
        ("2026-10-31T20:59:59+00:00", RIYADH, "2026-10", "240.00"),
        # 00:00 on the 31st is 21:00 UTC on the 30th: a day of October like any other
        ("2026-10-30T21:00+00:00", RIYADH, "2026-10", "240.00"),
        # London is on winter time by then: 23:30 on the 31st there too
        ("2026-10-31T23:30+00:00", LONDON, "2026-10", "240.00"),
        # In summer it is an hour ahead: 23:30 UTC on 30 September is 00:30 on 1 October
        ("2026-09-30T23:30+00:00", LONDON, "2026-10", "240.00"),
    ],
)
def test_a_lesson_around_midnight_belongs_to_the_schools_own_day(
    starts_at: str, zone: ZoneInfo, month: str, amount: str
) -> None:
    planned = Planned(datetime.fromisoformat(starts_at), timedelta(hours=1))
    day = school_day(planned.starts_at, zone)
    line = pay_line(
        held_as_planned(planned).lesson, rate_for(1, day, [NOVEMBER, OCTOBER]), FIRST_RULES
    )
    assert month_key(day) == month
    assert planned.starts_at in month_of(day, zone)
    assert line.amount == money(amount)


@pytest.mark.parametrize(
    ("begins", "ends", "worked"),
    [
        # Clocks go back at 02:00: 01:30 comes twice, an hour apart. 60 min × 4.00
        ((2026, 10, 25, 1, 30, 0), (2026, 10, 25, 1, 30, 1), "240.00"),
        # 00:30 to 02:30 on the clock, with the hour from 01:00 twice: 180 min × 4.00
        ((2026, 10, 25, 0, 30, 0), (2026, 10, 25, 2, 30, 0), "720.00"),
        # Clocks go forward at 01:00: from 00:30 to 02:30 is 60 min × 4.00
        ((2027, 3, 28, 0, 30, 0), (2027, 3, 28, 2, 30, 0), "240.00"),
    ],
)
def test_on_the_night_that_clocks_change_what_passes_is_paid_not_what_clocks_show(
    begins: tuple[int, ...], ends: tuple[int, ...], worked: str
) -> None:
    since, until = _in_london(*begins), _in_london(*ends)
    line = held_as_planned(Planned(since, until - since))
    assert pay_line(line.lesson, rate("240.00"), FIRST_RULES).amount == money(worked)
    assert line.lesson.late_by == timedelta()


def _in_london(year: int, month: int, day: int, hour: int, minute: int, fold: int) -> datetime:
    local = datetime(year, month, day, hour, minute, fold=fold, tzinfo=LONDON)
    return local.astimezone(UTC)
