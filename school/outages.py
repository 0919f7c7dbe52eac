"""What of a class nobody heard while the program was not running: a pure rule of times.

Zoom repeats what it could not deliver, so not all of such a time is lost. What shows that it did
is what a lesson has from within that time, however late that came.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from school.intervals import Span, common, union

REPEATED_FOR = timedelta(hours=1)
"""Zoom tries again for at least so long, so what happened later than that before the program was
back has come, if it repeats at all."""

STILL_HEARD = timedelta(minutes=1)
"""So long after its last beat the program may still have been there."""

TOLD_LATE = timedelta(minutes=2)
"""So long after it happened Zoom tells of some things at the first try."""

WORTH_SAYING = timedelta(minutes=1)
"""What is shorter is not shown."""


def unheard(
    outages: Iterable[Span], told: Collection[datetime], held: Iterable[Span]
) -> tuple[Span, ...]:
    """The times of a lesson for which nothing was heard, neither then nor later.

    `outages` are when the program was not running, none within another; `held` when the lesson
    was to be or was, and `told` the moments of it that Zoom told of: none lies within a gap.
    """
    silent = union(_silent(outage, told) for outage in outages)
    return tuple(
        (begin, end) for begin, end in common(silent, union(held)) if end - begin >= WORTH_SAYING
    )


def _silent(outage: Span, told: Collection[datetime]) -> Span:
    """What of one outage nothing was ever heard of; empty where all of it was.

    Something from its midst can only have come by being repeated; so whatever happened after it,
    or within the time for which Zoom repeats, came too.
    """
    begin, end = outage
    known_until = max((at for at in told if begin < at <= begin + STILL_HEARD), default=begin)
    midst = [at for at in told if begin + STILL_HEARD < at < end - TOLD_LATE]
    late = [at for at in told if end - TOLD_LATE <= at < end and at > known_until]
    if midst:
        end = min(*midst, end - REPEATED_FOR)
    elif late:
        end = min(late)
    return known_until, max(known_until, end)
