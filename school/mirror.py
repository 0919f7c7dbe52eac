"""What Zoom has of a meeting's dates, beside what is planned here: what to tell, what to take over.

Three states meet. `Date`s are what Zoom had when it was last asked; lessons are what is planned
here; what is seen is what Zoom has now. Where a lesson differs from its date, Zoom is still to be
told. Where what is seen differs from the date, somebody changed it inside Zoom.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from school.model import Planned

MOST_SINGLE_MOVES = 2
"""More lessons than that are moved by planning the whole series anew: each move is one of the
hundred changes that Zoom allows a teacher in a day."""


@dataclass(frozen=True, slots=True)
class Date:
    """A date of a meeting at Zoom; `occurrence_id` is empty where the meeting has only one."""

    occurrence_id: str
    planned: Planned
    lesson_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A lesson as it is planned; not `is_on`, it is called off or held in another meeting."""

    lesson_id: int
    planned: Planned
    slot_at: datetime | None
    is_on: bool


@dataclass(frozen=True, slots=True)
class MoveDate:
    """Tell Zoom that a date is at another time, or of another length."""

    occurrence_id: str
    planned: Planned


@dataclass(frozen=True, slots=True)
class DropDate:
    """Tell Zoom that a date is off."""

    occurrence_id: str


@dataclass(frozen=True, slots=True)
class PlanAnew:
    """Have Zoom plan the series again, from its rule: the dates up to `last_slot_at`."""

    first_slot_at: datetime
    last_slot_at: datetime
    length: timedelta


Step = MoveDate | DropDate | PlanAnew


@dataclass(frozen=True, slots=True)
class Merged:
    """What is known after Zoom was asked: its dates, what lessons take over, which are gone."""

    dates: tuple[Date, ...]
    taken: Mapping[int, Planned] = field(default_factory=dict)
    gone: tuple[int, ...] = ()


def next_step(
    dates: Sequence[Date], sittings: Sequence[Sitting], now: datetime, *, may_plan_anew: bool
) -> Step | None:
    """What to tell Zoom next, None where it has everything as planned.

    `dates` and `sittings` are those of one meeting that are not over.
    """
    by_id = {one.lesson_id: one for one in sittings}
    known = [(date, by_id.get(date.lesson_id or 0)) for date in dates]
    if may_plan_anew and (plan := _planned_anew(known, now)):
        return plan
    for date, sitting in known:
        if sitting is not None and sitting.is_on and sitting.planned != date.planned:
            return MoveDate(date.occurrence_id, sitting.planned)
    for date, sitting in known:
        if sitting is not None and not sitting.is_on:
            return DropDate(date.occurrence_id)
    return None


def _planned_anew(known: Sequence[tuple[Date, Sitting | None]], now: datetime) -> PlanAnew | None:
    """Where planning the series by its rule brings more lessons to their place than single moves.

    A lesson that was moved by itself is away from its slot, and is moved again afterwards. One
    that was put off from a slot that has passed would not come back: then nothing is planned anew.
    """
    of_lessons = [
        (date, one)
        for date, one in known
        if one is not None and one.slot_at and date.planned.starts_at > now
    ]
    on = [one for _, one in of_lessons if one.is_on]
    if not on or any(one.slot_at <= now for one in on if one.slot_at):
        return None
    lengths = Counter(one.planned.length for one in on)
    length = lengths.most_common(1)[0][0]
    would_fit = [
        one
        for date, one in of_lessons
        if one.is_on
        and one.slot_at
        and one.planned == Planned(one.slot_at, length)
        and date.planned != one.planned
    ]
    if len(would_fit) <= MOST_SINGLE_MOVES:
        return None
    slots = [one.slot_at for one in on if one.slot_at]
    return PlanAnew(min(slots), max(slots), length)


def merged(
    dates: Sequence[Date],
    seen: Sequence[Date],
    sittings: Sequence[Sitting],
    now: datetime,
) -> Merged:
    """Bring what Zoom has now together with what is planned here.

    A lesson that was changed here since keeps that change. A date that Zoom has and nobody here
    knows is left alone. Dates whose time has begun are not listed by Zoom, so nothing follows
    from their absence. Where nothing was known before (`dates` is empty), nobody changed
    anything there.
    """
    was = {date.occurrence_id: date for date in dates}
    by_lesson = {date.lesson_id: date for date in dates}
    found = [
        replace(one, lesson_id=was[one.occurrence_id].lesson_id)
        for one in seen
        if one.occurrence_id in was
    ]
    new = [one for one in seen if one.occurrence_id not in was]
    matched = {one.lesson_id for one in found}
    open_ = [one for one in sittings if one.lesson_id not in matched]
    pairs = _pairs(new, open_)
    result = [*found, *(replace(date, lesson_id=one.lesson_id) for date, one in pairs)]
    unpaired = {date.occurrence_id for date, _ in pairs}
    result += [date for date in new if date.occurrence_id not in unpaired]
    return Merged(
        dates=tuple(sorted(result, key=lambda date: date.planned.starts_at)),
        taken=_taken(result, by_lesson, sittings),
        gone=_gone(result, sittings, now),
    )


def _pairs(new: Sequence[Date], sittings: Sequence[Sitting]) -> list[tuple[Date, Sitting]]:
    """Dates that Zoom has under new names, with the lessons that they must be of.

    First by time; what then remains, in order: a series that was planned anew inside Zoom.
    """
    pairs: list[tuple[Date, Sitting]] = []
    dates, lessons = list(new), list(sittings)
    for place in (_slot, _start):
        at = {place(one): one for one in sorted(lessons, key=_is_on)}  # at one place, what is on
        for date in list(dates):
            if (one := at.get(date.planned.starts_at)) is not None and one in lessons:
                pairs.append((date, one))
                dates.remove(date)
                lessons.remove(one)
    in_order = sorted(lessons, key=lambda one: one.planned.starts_at)
    rest = zip(
        sorted(dates, key=lambda date: date.planned.starts_at),
        [one for one in in_order if one.is_on],
        strict=False,
    )
    return [*pairs, *rest]


def _is_on(one: Sitting) -> bool:
    return one.is_on


def _slot(one: Sitting) -> datetime | None:
    return one.slot_at


def _start(one: Sitting) -> datetime | None:
    return one.planned.starts_at


def _taken(
    result: Sequence[Date], was: Mapping[int | None, Date], sittings: Sequence[Sitting]
) -> dict[int, Planned]:
    on = {one.lesson_id: one for one in sittings if one.is_on}
    taken: dict[int, Planned] = {}
    for date in result:
        sitting, before = on.get(date.lesson_id or 0), was.get(date.lesson_id)
        if sitting is None or before is None or sitting.planned == date.planned:
            continue
        is_changed_here = sitting.planned != before.planned
        if date.planned != before.planned and not is_changed_here:
            taken[sitting.lesson_id] = date.planned
    return taken


def _gone(result: Sequence[Date], sittings: Sequence[Sitting], now: datetime) -> tuple[int, ...]:
    there = {date.lesson_id for date in result}
    return tuple(
        one.lesson_id
        for one in sittings
        if one.is_on and one.lesson_id not in there and one.planned.starts_at > now
    )
