"""Spans of time: half-open, so that two that touch do not overlap."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
"""(from, to), with from ≤ to."""


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
    return sum((end - begin for begin, end in spans), timedelta())


def clipped(span: Span, bounds: Span) -> Span:
    """What of `span` lies within `bounds`; empty, at the nearer bound, if nothing does."""
    begin, end = bounds
    return min(max(span[0], begin), end), min(max(span[1], begin), end)
