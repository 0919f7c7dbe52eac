"""What of a class was never heard of, after the program was not running."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from school.intervals import Span, common, length, union
from school.outages import REPEATED_FOR, WORTH_SAYING, unheard

MINUTE = timedelta(minutes=1)
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return TEN + minutes * MINUTE


def span(begin: float, end: float) -> Span:
    return at(begin), at(end)


CLASS = span(0, 45)


def test_a_class_that_no_outage_touches_has_no_gap() -> None:
    assert unheard([span(-60, 0), span(45, 60)], [], [CLASS]) == ()


def test_the_gap_is_what_the_outage_and_the_class_share() -> None:
    assert unheard([span(2, 19)], [at(0), at(44)], [CLASS]) == (span(2, 19),)
    assert unheard([span(-30, 10), span(40, 90)], [], [CLASS]) == (span(0, 10), span(40, 45))


def test_a_class_wholly_within_an_outage_is_one_gap() -> None:
    assert unheard([span(-600, 600)], [], [CLASS]) == (CLASS,)


def test_what_came_later_from_within_a_short_outage_says_that_all_of_it_came() -> None:
    assert unheard([span(2, 19)], [at(0), at(5), at(12)], [CLASS]) == ()


def test_of_a_long_outage_only_its_last_hour_is_repeated() -> None:
    long = [span(-10, 95)]  # what happened up to 10:35 may have been given up by Zoom
    assert unheard(long, [at(40)], [CLASS]) == (span(0, 35),)
    assert unheard(long, [at(20)], [CLASS]) == (span(0, 20),)


def test_what_was_heard_just_before_the_crash_or_just_after_it_shows_nothing_repeated() -> None:
    assert unheard([span(2, 19)], [at(2.5)], [CLASS]) == (span(2.5, 19),)
    assert unheard([span(2, 19)], [at(18)], [CLASS]) == (span(2, 18),)


def test_some_seconds_are_not_worth_saying() -> None:
    assert unheard([span(44.5, 60)], [], [CLASS]) == ()


moments = st.integers(-40, 400).map(lambda quarter: at(quarter / 4))
spans = st.tuples(moments, moments).map(lambda two: (min(two), max(two)))
many = st.lists(spans, max_size=4)


@given(many, st.lists(moments, max_size=6), many)
def test_a_gap_lies_within_the_outages_and_the_class_and_nothing_was_told_within_it(
    outages: list[Span], told: list[datetime], held: list[Span]
) -> None:
    gaps = unheard(outages, told, held)
    assert common(list(gaps), union(outages)) == list(gaps)
    assert common(list(gaps), union(held)) == list(gaps)
    assert all(end - begin >= WORTH_SAYING for begin, end in gaps)
    if len(outages) == 1:
        assert not any(begin < one < end for begin, end in gaps for one in told)


@given(many, st.lists(moments, max_size=6), many, st.data())
def test_neither_order_nor_repetition_matters(
    outages: list[Span], told: list[datetime], held: list[Span], data: st.DataObject
) -> None:
    again = unheard(
        data.draw(st.permutations([*outages, *outages])),
        data.draw(st.permutations([*told, *told])),
        data.draw(st.permutations([*held, *held])),
    )
    assert again == unheard(outages, told, held)


@given(spans, st.lists(moments, max_size=6), moments, many)
def test_knowing_more_never_makes_the_gap_longer(
    outage: Span, told: list[datetime], more: datetime, held: list[Span]
) -> None:
    known = length(unheard([outage], [*told, more], held))
    assert known <= length(unheard([outage], told, held))


@given(spans, st.lists(moments, min_size=1, max_size=6), many)
def test_once_something_was_repeated_the_last_hour_is_known(
    outage: Span, told: list[datetime], held: list[Span]
) -> None:
    begin, end = outage
    midst = [one for one in told if begin + MINUTE < one < end - 2 * MINUTE]
    if midst:
        assert all(gap[1] <= end - REPEATED_FOR for gap in unheard([outage], told, held))
