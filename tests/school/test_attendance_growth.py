"""Folding a large lesson: four times the events are four times the work, whatever their shape.

Work is counted in calls, which does not depend on how busy the machine is.
"""

from collections.abc import Callable
from cProfile import Profile
from datetime import timedelta
from pstats import Stats
from random import Random

import pytest

from school.attendance import Ended, Fact, Joined, Left, Participant, Started, fold
from school.model import Planned
from tests.school.meetings import HOST_ID, SIX

PLANNED = Planned(SIX, timedelta(hours=3))


def class_of_300(count: int) -> list[Fact]:
    """Half of them with an account, and all of them coming and going."""
    return [
        fact
        for number in range(count // 2)
        for fact in _stay(_person(number % 300, number), 2 * number % 7000)
    ]


def restless_teacher(count: int) -> list[Fact]:
    """A teacher who drops out all the time, and as many students who stay throughout."""
    host = Participant(display_name="Aisha", zoom_user_id=HOST_ID)
    pairs = range(count // 4)
    comings = [_stay(host_as(host, number), 2 * number) for number in pairs]
    stays = [_stay(_person(number, count + number), 0, lasting=3 * 3600) for number in pairs]
    return [fact for some in (*comings, *stays) for fact in some]


def one_name(count: int) -> list[Fact]:
    """Guests whom nothing but one and the same name tells apart."""
    return [
        fact
        for number in range(count // 2)
        for fact in _stay(Participant(display_name="iPad", user_id=str(number)), number)
    ]


def many_instances(count: int) -> list[Fact]:
    """A meeting that is opened and closed again all the time."""
    facts: list[Fact] = []
    for number in range(count // 4):
        uuid, since = f"instance {number}", SIX + timedelta(seconds=2 * number)
        until = since + timedelta(seconds=1)
        facts += [Started(uuid, since), Ended(uuid, until)]
        facts += [Joined(uuid, since, _person(1, number)), Left(uuid, until, _person(1, number))]
    return facts


def host_as(host: Participant, connection: int) -> Participant:
    return Participant(host.display_name, f"host {connection}", zoom_user_id=host.zoom_user_id)


def _person(number: int, connection: int) -> Participant:
    return Participant(
        display_name=f"Student {number}",
        user_id=str(connection),
        email=f"s{number}@example.org" if number % 2 else "",
    )


def _stay(who: Participant, since: int, *, lasting: int = 1) -> list[Fact]:
    came = SIX + timedelta(seconds=since)
    return [Joined("A", came, who), Left("A", came + timedelta(seconds=lasting), who)]


def calls_to_fold(facts: list[Fact]) -> int:
    Random(1).shuffle(facts)
    profile = Profile()
    profile.enable()
    fold(facts, host_ids={HOST_ID}, planned=PLANNED, as_of=None, host_is_reported=True)
    profile.disable()
    return Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("lesson", [class_of_300, restless_teacher, one_name, many_instances])
def test_the_work_of_a_fold_grows_with_its_events_alone(
    lesson: Callable[[int], list[Fact]],
) -> None:
    few, many = calls_to_fold(lesson(2000)), calls_to_fold(lesson(8000))
    assert many < 4.5 * few
