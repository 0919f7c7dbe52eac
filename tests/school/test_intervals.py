"""Unions and intersections of spans, against the same done point by point."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from school.intervals import Cover, Span, clipped, common, length, union

BEGINNING = datetime(2026, 11, 24, tzinfo=UTC)


def span(begin: int, end: int) -> Span:
    return BEGINNING + timedelta(hours=begin), BEGINNING + timedelta(hours=end)


spans = st.builds(
    lambda begin, more: span(begin, begin + more), st.integers(0, 20), st.integers(0, 6)
)
many = st.lists(spans, max_size=8)


def hours(covered: list[Span]) -> set[int]:
    return {
        hour
        for begin, end in covered
        for hour in range(30)
        if begin <= BEGINNING + timedelta(hours=hour) < end
    }


@given(many)
def test_a_union_covers_the_same_in_order_without_overlap_or_touch(some: list[Span]) -> None:
    whole = union(some)
    assert hours(whole) == hours(some)
    assert length(whole) == timedelta(hours=len(hours(some)))
    assert all(begin < end for begin, end in whole)
    assert all(one[1] < other[0] for one, other in pairwise(whole))


@given(many, many)
def test_what_is_common_is_covered_by_both(some: list[Span], others: list[Span]) -> None:
    assert hours(common(union(some), union(others))) == hours(some) & hours(others)


@given(spans, spans)
def test_clipping_leaves_what_lies_within(one: Span, bounds: Span) -> None:
    begin, end = clipped(one, bounds)
    assert bounds[0] <= begin <= end <= bounds[1]
    assert hours([(begin, end)]) == hours([one]) & hours([bounds])


@given(many, many)
def test_a_cover_knows_how_much_of_it_lies_within_spans(
    some: list[Span], others: list[Span]
) -> None:
    within = Cover(union(some)).within(union(others))
    assert within == timedelta(hours=len(hours(some) & hours(others)))
