"""What Zoom is told, and what is taken over from it, against a small Zoom of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from school.mirror import Date, DropDate, MoveDate, PlanAnew, Sitting, Step, merged, next_step
from school.model import Planned

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
FIRST = NOW + timedelta(days=30)  # far enough for all moves: nothing is moved into the past
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
LENGTH = timedelta(minutes=45)
MOST_STEPS = 100


@dataclass(slots=True)
class Series:
    """A weekly meeting as Zoom has it: planned by its rule, its dates then moved and dropped."""

    dates: dict[str, Planned] = field(default_factory=dict)
    changes: int = 0
    _named: int = 0

    def plan(self, first_at: datetime, last_at: datetime, length: timedelta) -> None:
        """Every date is back, under a new name."""
        self.dates = {}
        at = first_at
        while at <= last_at:
            self._named += 1
            self.dates[str(self._named)] = Planned(at, length)
            at += WEEK

    def listed(self) -> list[Date]:
        return [Date(name, planned) for name, planned in self.dates.items()]

    def told(self, step: Step) -> None:
        self.changes += 1
        match step:
            case MoveDate(name, planned):
                assert name in self.dates
                self.dates[name] = planned
            case DropDate(name):
                del self.dates[name]
            case PlanAnew(first_at, last_at, length):
                self.plan(first_at, last_at, length)


def sitting(number: int, **changes: object) -> Sitting:
    """The lesson of that week, where the rule put it."""
    slot_at = FIRST + number * WEEK
    regular = Sitting(number + 1, Planned(slot_at, LENGTH), slot_at, is_on=True)
    return replace(regular, **changes)  # type: ignore[arg-type]


def moved(one: Sitting, by: timedelta) -> Sitting:
    """By itself: its slot stays."""
    return replace(one, planned=Planned(one.planned.starts_at + by, one.planned.length))


def all_moved(sittings: Sequence[Sitting], by: timedelta) -> list[Sitting]:
    """With the whole series, which brings those back that were moved by themselves."""
    return [
        replace(
            one, planned=Planned(one.slot_at + by, one.planned.length), slot_at=one.slot_at + by
        )
        for one in sittings
        if one.slot_at
    ]


def made(sittings: Sequence[Sitting]) -> tuple[Series, list[Date]]:
    """Their meeting, just made, and what is known of it."""
    zoom = Series()
    slots = [one.slot_at for one in sittings if one.slot_at]
    zoom.plan(min(slots), max(slots), LENGTH)
    found = merged((), zoom.listed(), sittings, NOW)
    assert (found.taken, found.gone) == ({}, ())
    return zoom, list(found.dates)


def settled(zoom: Series, known: Sequence[Date], sittings: Sequence[Sitting]) -> list[Date]:
    """Zoom is told step by step, as services.settling does it; what is known then."""
    may_plan_anew = True
    zoom.changes = 0
    for _ in range(MOST_STEPS):
        step = next_step(known, sittings, NOW, may_plan_anew=may_plan_anew)
        if step is None:
            return list(known)
        zoom.told(step)
        match step:
            case MoveDate(name, planned):
                known = [
                    replace(one, planned=planned) if one.occurrence_id == name else one
                    for one in known
                ]
            case DropDate(name):
                known = [one for one in known if one.occurrence_id != name]
            case PlanAnew():
                may_plan_anew = False
                found = merged((), zoom.listed(), sittings, NOW)
                assert (found.taken, found.gone) == ({}, ())
                known = found.dates
    raise AssertionError("it came to no end")


def at_zoom(zoom: Series) -> list[Planned]:
    return sorted(zoom.dates.values(), key=lambda one: one.starts_at)


def wanted(sittings: Sequence[Sitting]) -> list[Planned]:
    on = [one.planned for one in sittings if one.is_on]
    return sorted(on, key=lambda one: one.starts_at)


# What Zoom is told


def test_where_zoom_has_everything_as_planned_it_is_told_nothing() -> None:
    sittings = [sitting(number) for number in range(5)]
    _, known = made(sittings)
    assert next_step(known, sittings, NOW, may_plan_anew=True) is None


def test_a_lesson_that_was_moved_is_moved_by_itself() -> None:
    sittings = [sitting(number) for number in range(5)]
    zoom, known = made(sittings)
    sittings[2] = moved(sittings[2], HOUR)
    assert next_step(known, sittings, NOW, may_plan_anew=True) == MoveDate("3", sittings[2].planned)
    settled(zoom, known, sittings)
    assert (zoom.changes, at_zoom(zoom)) == (1, wanted(sittings))


def test_a_lesson_that_is_off_is_dropped() -> None:
    sittings = [sitting(number) for number in range(5)]
    zoom, known = made(sittings)
    sittings[2] = replace(sittings[2], is_on=False)
    assert next_step(known, sittings, NOW, may_plan_anew=True) == DropDate("3")
    settled(zoom, known, sittings)
    assert (zoom.changes, at_zoom(zoom)) == (1, wanted(sittings))


def test_a_series_that_was_moved_is_planned_anew_and_what_was_dropped_is_dropped_again() -> None:
    sittings = [sitting(number) for number in range(10)]
    sittings[4] = replace(sittings[4], is_on=False)
    zoom, known = made(sittings)
    known = settled(zoom, known, sittings)
    sittings = all_moved(sittings, HOUR)
    settled(zoom, known, sittings)
    assert (zoom.changes, at_zoom(zoom)) == (2, wanted(sittings))


def test_a_lesson_moved_by_itself_stays_there_when_its_series_is_planned_anew() -> None:
    """All but that one get another length, which it had already."""
    sittings = [sitting(number) for number in range(6)]
    zoom, known = made(sittings)
    longer = timedelta(hours=1)
    at = sittings[3].planned.starts_at + timedelta(hours=3)
    sittings[3] = replace(sittings[3], planned=Planned(at, longer))
    known = settled(zoom, known, sittings)
    sittings = [replace(one, planned=Planned(one.planned.starts_at, longer)) for one in sittings]
    settled(zoom, known, sittings)
    assert (zoom.changes, at_zoom(zoom)) == (2, wanted(sittings))


def test_planning_anew_is_not_tried_twice() -> None:
    """Zoom might not have put a date where its rule says; then that one is moved."""
    sittings = [sitting(number) for number in range(6)]
    _, known = made(sittings)
    sittings = all_moved(sittings, HOUR)
    assert isinstance(next_step(known, sittings, NOW, may_plan_anew=True), PlanAnew)
    assert isinstance(next_step(known, sittings, NOW, may_plan_anew=False), MoveDate)


def test_a_lesson_that_is_just_on_does_not_keep_the_others_from_being_planned_anew() -> None:
    sittings = [sitting(number) for number in range(6)]
    _, known = made(sittings)
    sittings = [sittings[0], *all_moved(sittings[1:], HOUR)]
    step = next_step(known, sittings, FIRST + HOUR / 2, may_plan_anew=True)
    assert step == PlanAnew(FIRST + WEEK + HOUR, FIRST + 5 * WEEK + HOUR, LENGTH)


def test_nothing_is_planned_anew_while_a_lesson_is_put_off_from_a_slot_that_has_passed() -> None:
    """Zoom would plan only what the rule still has, and that lesson would be lost."""
    sittings = [sitting(number) for number in range(6)]
    sittings[0] = moved(sittings[0], timedelta(days=2))
    zoom, known = made(sittings)
    known = settled(zoom, known, sittings)
    sittings = [sittings[0], *all_moved(sittings[1:], HOUR)]
    step = next_step(known, sittings, FIRST + timedelta(days=1), may_plan_anew=True)
    assert isinstance(step, MoveDate)


def test_a_date_goes_to_the_lesson_that_is_on_where_another_had_the_same_slot() -> None:
    off = replace(sitting(1, is_on=False), lesson_id=9)
    sittings = [sitting(0), sitting(1), off]
    found = merged(
        (), [Date("1", sitting(0).planned), Date("2", sitting(1).planned)], sittings, NOW
    )
    assert [one.lesson_id for one in found.dates] == [1, 2]
    assert found.gone == ()


def test_a_date_that_nobody_here_knows_is_left_alone() -> None:
    sittings = [sitting(0)]
    _, known = made(sittings)
    foreign = Date("9", Planned(FIRST + HOUR, LENGTH))
    assert next_step([*known, foreign], sittings, NOW, may_plan_anew=True) is None


# What is taken over


def test_what_was_changed_inside_zoom_is_taken_over() -> None:
    sittings = [sitting(number) for number in range(3)]
    zoom, known = made(sittings)
    there = Planned(FIRST + WEEK + HOUR, LENGTH)
    zoom.dates["2"] = there
    found = merged(known, zoom.listed(), sittings, NOW)
    assert (found.taken, found.gone) == ({2: there}, ())
    assert Date("2", there, 2) in found.dates


def test_what_was_changed_here_since_stands_against_zoom() -> None:
    sittings = [sitting(number) for number in range(3)]
    zoom, known = made(sittings)
    zoom.dates["2"] = Planned(FIRST + WEEK + HOUR, LENGTH)
    sittings[1] = moved(sittings[1], 2 * HOUR)
    found = merged(known, zoom.listed(), sittings, NOW)
    assert found.taken == {}
    settled(zoom, found.dates, sittings)
    assert at_zoom(zoom) == wanted(sittings)


def test_a_date_deleted_inside_zoom_is_gone_but_not_one_that_has_begun() -> None:
    sittings = [sitting(number) for number in range(3)]
    zoom, known = made(sittings)
    del zoom.dates["1"]
    assert merged(known, zoom.listed(), sittings, NOW).gone == (1,)
    assert merged(known, zoom.listed(), sittings, FIRST).gone == ()


def test_a_lesson_that_is_off_is_not_missed() -> None:
    sittings = [sitting(0), sitting(1, is_on=False)]
    zoom, known = made(sittings)
    del zoom.dates["2"]
    assert merged(known, zoom.listed(), sittings, NOW).gone == ()


def test_a_series_planned_anew_inside_zoom_pairs_its_dates_in_order() -> None:
    sittings = [sitting(number) for number in range(4)]
    zoom, known = made(sittings)
    shift = timedelta(days=1, hours=2)
    zoom.plan(FIRST + shift, FIRST + 3 * WEEK + shift, LENGTH)
    found = merged(known, zoom.listed(), sittings, NOW)
    assert found.taken == {
        one.lesson_id: Planned(one.planned.starts_at + shift, LENGTH) for one in sittings
    }
    assert [one.lesson_id for one in found.dates] == [1, 2, 3, 4]


def test_a_series_made_shorter_inside_zoom_lacks_its_last_lessons() -> None:
    sittings = [sitting(number) for number in range(4)]
    zoom, known = made(sittings)
    zoom.plan(FIRST, FIRST + WEEK, LENGTH)
    found = merged(known, zoom.listed(), sittings, NOW)
    assert (found.taken, found.gone) == ({}, (3, 4))


def test_dates_that_were_added_inside_zoom_are_of_no_lesson() -> None:
    sittings = [sitting(number) for number in range(2)]
    zoom, known = made(sittings)
    zoom.plan(FIRST, FIRST + 3 * WEEK, LENGTH)
    found = merged(known, zoom.listed(), sittings, NOW)
    assert [one.lesson_id for one in found.dates] == [1, 2, None, None]


# Whatever people do

_BY = st.sampled_from([timedelta(), HOUR, -HOUR, timedelta(days=1), WEEK, timedelta(days=-2)])
_LENGTHS = st.sampled_from([LENGTH, timedelta(hours=1)])


@st.composite
def versions(draw: st.DrawFn) -> list[list[Sitting]]:
    """One series as it is planned first, and after each of some changes."""
    present = [sitting(number) for number in range(draw(st.integers(1, 12)))]
    result = [present]
    for _ in range(draw(st.integers(1, 4))):
        present = draw(_changed(present))
        result.append(present)
    return result


@st.composite
def _changed(draw: st.DrawFn, sittings: list[Sitting]) -> list[Sitting]:
    one = draw(st.integers(0, len(sittings) - 1))
    match draw(st.sampled_from(["move", "move all", "cancel", "length", "length of all"])):
        case "move":
            changed = moved(sittings[one], draw(_BY))
        case "move all":
            return all_moved(sittings, draw(_BY))
        case "cancel":
            changed = replace(sittings[one], is_on=False)
        case "length":
            at = sittings[one].planned.starts_at
            changed = replace(sittings[one], planned=Planned(at, draw(_LENGTHS)))
        case _:
            length = draw(_LENGTHS)
            return [replace(it, planned=Planned(it.planned.starts_at, length)) for it in sittings]
    return [*sittings[:one], changed, *sittings[one + 1 :]]


@given(versions(), st.data())
def test_zoom_is_brought_to_what_is_planned_whatever_was_changed(
    planned: list[list[Sitting]], data: st.DataObject
) -> None:
    """Even if it could not be told of some changes in between."""
    zoom, known = made(planned[0])
    for sittings in planned[1:-1]:
        if data.draw(st.booleans(), "Zoom was told"):
            known = settled(zoom, known, sittings)
    known = settled(zoom, known, planned[-1])
    assert at_zoom(zoom) == wanted(planned[-1])
    assert zoom.changes <= 2 * len(planned[-1]) + 1
    assert next_step(known, planned[-1], NOW, may_plan_anew=True) is None


@given(st.integers(1, 60), st.sampled_from([HOUR, timedelta(days=2), timedelta(days=-1)]))
def test_moving_a_whole_series_costs_three_changes_at_most(count: int, by: timedelta) -> None:
    sittings = [sitting(number) for number in range(count)]
    zoom, known = made(sittings)
    settled(zoom, known, all_moved(sittings, by))
    assert zoom.changes <= 3
    assert at_zoom(zoom) == wanted(all_moved(sittings, by))


@given(versions())
def test_looking_at_zoom_when_nothing_was_changed_there_changes_nothing(
    planned: list[list[Sitting]],
) -> None:
    """Whether it was told of what was changed here, or not."""
    zoom, known = made(planned[0])
    for sittings in planned[1:]:
        found = merged(known, zoom.listed(), sittings, NOW)
        assert (set(found.dates), found.taken, found.gone) == (set(known), {}, ())
        known = settled(zoom, known, sittings)
        again = merged(known, zoom.listed(), sittings, NOW)
        assert (set(again.dates), again.taken, again.gone) == (set(known), {}, ())


@given(versions(), st.integers(0, 11), _BY, _LENGTHS)
def test_one_date_changed_inside_zoom_is_taken_over_unless_it_was_changed_here(
    planned: list[list[Sitting]], number: int, by: timedelta, length: timedelta
) -> None:
    before, after = planned[0], planned[-1]
    zoom, known = made(before)
    date = known[number % len(known)]
    there = Planned(date.planned.starts_at + by, length)
    zoom.dates[date.occurrence_id] = there
    found = merged(known, zoom.listed(), after, NOW)
    (mine,) = (one for one in after if one.lesson_id == date.lesson_id)
    is_taken = mine.is_on and mine.planned == date.planned != there
    assert found.taken == ({mine.lesson_id: there} if is_taken else {})
    assert found.gone == ()
