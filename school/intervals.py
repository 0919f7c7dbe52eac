"""Spans of time: half-open, so that two that touch do not overlap."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

Span = tuple[datetime, datetime]
"""(from, to), with from ≤ to."""

_NOTHING = timedelta()


def union(spans: Iterable[Span]) -> list[Span]:
    """The time covered by any of `spans`, as spans in order that neither overlap nor touch."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if begin == end:
            continue
        if merged and begin <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((begin, end))
    return merged


def common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The time covered by both; each of the two must be a union."""
    shared: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        begin = max(first[i][0], second[j][0])
        end = min(first[i][1], second[j][1])
        if begin < end:
            shared.append((begin, end))
        if first[i][1] <= second[j][1]:
            i += 1
        else:
            j += 1
    return shared


def length(spans: Iterable[Span]) -> timedelta:
    """How long a union is."""
    return sum((end - begin for begin, end in spans), _NOTHING)


def first_from(union: Iterable[Span], at: datetime) -> datetime | None:
    """The first moment from `at` on that a union covers; None where none is left."""
    return next((max(begin, at) for begin, end in union if end > at), None)


def clipped(span: Span, bounds: Span) -> Span:
    """What of `span` lies within `bounds`; empty, at the nearer bound, if nothing does."""
    since, until = span
    begin, end = bounds
    if begin <= since <= until <= end:  # as nearly all do
        return span
    return min(max(since, begin), end), min(max(until, begin), end)


class Cover:
    """The time that a union covers, to ask how much of it lies within spans.

    An answer takes no longer for a union of many spans, as that of a large class is.
    """

    def __init__(self, union: Sequence[Span]) -> None:
        self._begins = [begin for begin, _ in union]
        self._ends = [end for _, end in union]
        self._before = list(accumulate((end - begin for begin, end in union), initial=_NOTHING))

    def within(self, spans: Iterable[Span]) -> timedelta:
        """How much of the covered time lies within `spans`, which must be a union too."""
        found = _NOTHING
        for begin, end in spans:
            found += self._until(end) - self._until(begin)
        return found

    def _until(self, at: datetime) -> timedelta:
        """How much is covered before a moment."""
        begun = bisect_right(self._begins, at)
        if not begun:
            return _NOTHING
        after = self._ends[begun - 1] - at
        return self._before[begun] - after if after > _NOTHING else self._before[begun]
