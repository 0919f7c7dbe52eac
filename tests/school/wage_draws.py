"""Lessons, rates and rules at random, close enough together that coincidences are common."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from school.model import Planned
from school.money import Money
from school.pay import CalledOffBy, LessonFacts, PayLine, pay_line
from school.pay_rules import Basis, LatenessTier, PayRules, Per, Rate, Rounding, RulesVersion
from tests.school.wages import LONG_AGO, SIX

MINUTE = timedelta(minutes=1)
days = st.integers(1, 30).map(lambda day: date(2026, 11, day))
moments = st.integers(0, 3).map(lambda hours: LONG_AGO + timedelta(hours=hours))
percents = st.sampled_from(["0", "10", "33.5", "50", "100"]).map(Decimal)
lengths = st.one_of(
    st.integers(0, 90).map(lambda count: count * MINUTE),
    st.integers(0, 90 * 60).map(lambda count: timedelta(seconds=count)),
    st.integers(0, 5_400_000_000).map(lambda count: timedelta(microseconds=count)),
)
some_time = lengths.filter(bool)
currencies = st.sampled_from(["ETB", "ETB", "USD", "JPY", "KWD"])
amounts = st.decimals(0, 5000, places=2)
sums = st.builds(Money, currencies, amounts)
signed_sums = st.builds(Money, currencies, st.decimals(-5000, 5000, places=3))

tiers = st.lists(st.builds(LatenessTier, lengths, percents), max_size=3).map(tuple)
rules = st.builds(
    PayRules,
    basis=st.sampled_from(Basis),
    step=st.sampled_from([MINUTE, 5 * MINUTE, 15 * MINUTE]),
    rounding=st.sampled_from(Rounding),
    cap_over=st.sampled_from([None, timedelta(), 5 * MINUTE]),
    minimum=st.sampled_from([timedelta(), timedelta(), 30 * MINUTE]),
    tiers=tiers,
    no_show_wait=st.sampled_from([timedelta(), 15 * MINUTE]),
    no_show_percent=percents,
    late_cancel_percent=percents,
)
versions = st.builds(RulesVersion, st.integers(1, 9), days, rules, moments)
rates = st.builds(
    Rate,
    rate_id=st.integers(1, 10**9),
    course_id=st.sampled_from([None, 1, 2]),
    valid_from=days,
    per=st.sampled_from(Per),
    money=sums,
    added_at=moments,
)


@st.composite
def lessons(draw: st.DrawFn, *, is_taught: bool = False) -> LessonFacts:
    """With lengths that lie within each other, as they always do."""
    taught, teacher, actual = sorted([draw(lengths), draw(lengths), draw(lengths)])
    if not is_taught:
        taught = draw(st.sampled_from([taught, timedelta()]))
    elif not taught:
        taught, teacher, actual = MINUTE, max(teacher, MINUTE), max(actual, MINUTE)
    starts_at = SIX + draw(st.integers(0, 20)) * timedelta(hours=1)
    hours = st.none() | st.integers(-2, 4).map(lambda count: timedelta(hours=count))
    off_before, began_after = draw(hours), draw(hours)
    length = draw(st.sampled_from([20, 45, 50, 60])) * MINUTE
    return LessonFacts(
        lesson_id=draw(st.integers(1, 10**9)),
        course_id=draw(st.sampled_from([1, 2])),
        planned=Planned(starts_at, length),
        began_at=_after(starts_at, began_after),
        actual=actual,
        teacher_present=teacher,
        taught=taught,
        late_by=draw(lengths),
        waited=min(teacher, length),
        students=draw(st.integers(0, 3)),
        called_off_at=_after(starts_at, None if off_before is None else -off_before),
        called_off_by=draw(st.sampled_from(CalledOffBy)),
        is_waived=draw(st.booleans()),
        is_inferred=draw(st.booleans()),
        is_corrected=draw(st.booleans()),
    )


def _after(at: datetime, length: timedelta | None) -> datetime | None:
    return None if length is None else at + length


def lines() -> st.SearchStrategy[PayLine]:
    return st.builds(pay_line, lessons(), st.none() | rates, versions)
