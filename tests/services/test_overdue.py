"""Classes whose end is never reported."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from school.attendance import Sureness
from school.model import LessonState, PostKind
from services.events import apply_waiting
from services.office import Office
from services.overdue import close_overdue
from services.retention import clear_old
from storage.attendance import Outcome, outcome_of, quiet_live_lessons
from storage.courses import find_lesson
from storage.schema import post
from tests.clocks import SettableClock
from tests.lessons import MadeClass, announce, made_class
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)
LENGTH = 45 * MINUTE
LONG_AFTER = timedelta(minutes=45, hours=2, seconds=1)
GROUP = -1001


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    """A class that is to begin now, announced to a group."""
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock())
    await announce(office, made, GROUP)
    return made


@pytest.fixture
async def held(office: Office, made: MadeClass) -> Held:
    """It began, with the teacher and Ahmed; its end goes missing."""
    held = Held(made.meeting_id, made.planned.starts_at)
    await reported(office, held.started(), *held.host(0, 45), held.joined("Ahmed", 5))
    await apply_waiting(office)
    return held


async def outcome(office: Office, lesson_id: int) -> tuple[LessonState, Outcome]:
    async with office.database.reading() as tx:
        found = await find_lesson(tx, lesson_id)
        assert found is not None
        return found.state, await outcome_of(tx, lesson_id)


async def posts_wanted(office: Office, lesson_id: int) -> dict[tuple[PostKind, int], int]:
    """The wanted version of each post."""
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(select(post).where(post.c.lesson_id == lesson_id))
        return {(PostKind(row.kind), row.chat_id): row.wanted_version for row in rows}


async def test_two_hours_after_the_plan_it_ends_as_planned_and_everybody_is_told(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    assert held.meeting_id == made.meeting_id
    before = await posts_wanted(office, made.lesson_id)
    clock.forward(LONG_AFTER)
    assert await close_overdue(office) == 1
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.ended_at) == (LessonState.ENDED, made.planned.ends_at)
    assert (figures.actual, figures.taught, figures.here_now) == (LENGTH, 40 * MINUTE, 0)
    assert figures.sureness is Sureness.INFERRED
    after = await posts_wanted(office, made.lesson_id)
    assert after[PostKind.CARD, GROUP] == before[PostKind.CARD, GROUP] + 1
    assert (PostKind.SUMMARY, AISHA.id) in after
    assert await close_overdue(office) == 0
    assert await posts_wanted(office, made.lesson_id) == after


async def test_a_class_that_may_still_be_on_is_left_alone(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    before = await posts_wanted(office, made.lesson_id)
    clock.forward(LONG_AFTER - 2 * MINUTE)
    assert await close_overdue(office) == 0
    await reported(office, held.left("Ahmed", 160))
    await apply_waiting(office)
    clock.forward(60 * MINUTE)
    assert await close_overdue(office) == 0
    assert (await outcome(office, made.lesson_id))[0] is LessonState.LIVE
    async with office.database.reading() as tx:  # nor is it worked out anew each time
        earlier = {"quiet_since": tx.now - 61 * MINUTE, "began_after": held.starts_at - MINUTE}
        assert await quiet_live_lessons(tx, **earlier) == []
    after = await posts_wanted(office, made.lesson_id)
    assert after[PostKind.CARD, GROUP] == before[PostKind.CARD, GROUP] + 1  # by the event alone
    clock.forward(61 * MINUTE)
    assert await close_overdue(office) == 1
    assert (await outcome(office, made.lesson_id))[1].actual == 160 * MINUTE


async def test_a_long_class_in_which_nothing_happens_for_hours_is_left_alone(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, {}, starts_at=clock() + 180 * MINUTE)
    early = Held(made.meeting_id, clock() + 61 * MINUTE)  # within two hours of the plan
    await reported(office, early.started())
    await apply_waiting(office)
    clock.forward(180 * MINUTE)
    assert await close_overdue(office) == 0
    assert (await outcome(office, made.lesson_id))[0] is LessonState.LIVE


async def test_an_end_that_comes_after_all_counts_instead(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    clock.forward(LONG_AFTER)
    await close_overdue(office)
    await reported(office, held.left("Ahmed", 50), held.ended(50))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (LessonState.ENDED, 50 * MINUTE, 40 * MINUTE)
    assert figures.sureness is Sureness.COMPLETE


async def test_a_class_whose_events_may_be_forgotten_keeps_its_figures(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    clock.forward(40 * MINUTE)
    await reported(office, held.left("Ahmed", 40))
    await apply_waiting(office)
    before = (await outcome(office, made.lesson_id))[1]
    clock.forward(office.profile.retention.figures_stand_after + timedelta(hours=23, minutes=30))
    await clear_old(office)  # all but the last one
    assert await close_overdue(office) == 0
    assert (await outcome(office, made.lesson_id))[1] == before


async def test_one_that_cannot_be_ended_does_not_keep_the_others_on(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    other = await made_class(office, {}, starts_at=made.planned.starts_at)
    others = replace(held, meeting_id=other.meeting_id, uuid="other")
    await reported(office, others.started())
    await apply_waiting(office)
    async with office.database.writing() as tx:  # its row cannot be read
        await tx.connection.execute(
            text("UPDATE lesson SET length_seconds = 'broken' WHERE id = :id"),
            {"id": made.lesson_id},
        )
    clock.forward(LONG_AFTER)
    assert await close_overdue(office) == 1
    assert (await outcome(office, other.lesson_id))[0] is LessonState.ENDED
