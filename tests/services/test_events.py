"""From events in the inbox to what happened in a lesson."""

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete as delete_
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPerson
from school.attendance import Sureness
from school.model import LessonState, PostKind
from services.events import apply_waiting
from services.folding import close, refold
from services.leaving import delete
from services.office import Office
from services.people import who_is
from services.retention import clear_old
from storage.inbox import Stored
from storage.schema import chat, lesson, zoom_event
from storage.zoom_events import EventState, release_held
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, made_class, set_state
from tests.services.connections import account_of, connected
from tests.services.heard_classes import (
    MINUTE,
    NOTHING_YET,
    held,
    made,
    outcome,
    posts_wanted,
    present,
    states_of_events,
    whole_class,
)
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

__all__ = ["held", "made"]


async def test_a_class_that_was_reported_in_full(
    office: Office, made: MadeClass, held: Held
) -> None:
    await reported(office, *whole_class(held))
    assert await apply_waiting(office) == len(whole_class(held))
    state, figures = await outcome(office, made.lesson_id)
    assert state is LessonState.ENDED
    assert (figures.actual, figures.teacher_present) == (40 * MINUTE, 40 * MINUTE)
    assert (figures.taught, figures.student_count) == (30 * MINUTE, 2)
    assert figures.sureness is Sureness.COMPLETE
    people = [(one.name, one.total, one.returns) for one in await present(office, made.lesson_id)]
    assert people == [
        ("Aisha Q", 40 * MINUTE, 0),
        ("Ahmed", 30 * MINUTE, 0),
        ("Bilal", 20 * MINUTE, 1),
    ]
    assert await apply_waiting(office) == 0


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_in_any_batches_gives_the_same_figures(
    office: Office, made: MadeClass, held: Held, seed: int
) -> None:
    bodies = whole_class(held)
    chance = random.Random(seed)
    bodies = [*bodies, *chance.sample(bodies, 3)]
    chance.shuffle(bodies)
    while bodies:
        some, bodies = bodies[: (size := chance.randint(1, 4))], bodies[size:]
        await reported(office, *some)
        await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (LessonState.ENDED, 40 * MINUTE, 30 * MINUTE)
    assert (figures.student_count, figures.sureness) == (2, Sureness.COMPLETE)


async def test_while_it_is_on_the_class_is_live_and_counts_who_is_here(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    clock.forward(10 * MINUTE)
    await reported(office, held.started(), held.joined("Ahmed", 2), *held.stay("Bilal", 3, 5))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.here_now, figures.ended_at) == (LessonState.LIVE, 1, None)
    assert await posts_wanted(office, made.lesson_id, PostKind.SUMMARY) == []


async def test_the_teacher_is_to_read_a_summary_which_a_late_event_brings_up_to_date(
    office: Office, made: MadeClass, held: Held
) -> None:
    *bodies, last = whole_class(held)[:-1]
    await reported(office, *bodies, held.ended(40))
    await apply_waiting(office)
    [(chat_id, version)] = await posts_wanted(office, made.lesson_id, PostKind.SUMMARY)
    assert chat_id == AISHA.id
    assert [one.inferred for one in await present(office, made.lesson_id)] == [False, False, True]
    await reported(office, last)
    await apply_waiting(office)
    assert [one.inferred for one in await present(office, made.lesson_id)] == [False] * 3
    assert await posts_wanted(office, made.lesson_id, PostKind.SUMMARY) == [(AISHA.id, version + 1)]


async def test_a_summary_goes_also_where_the_private_chat_was_not_known(
    office: Office, made: MadeClass, held: Held
) -> None:
    async with office.database.writing() as tx:
        await tx.connection.execute(delete_(chat).where(chat.c.id == AISHA.id))
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    assert len(await posts_wanted(office, made.lesson_id, PostKind.SUMMARY)) == 1


async def test_a_meeting_that_was_started_anew_is_the_same_class(
    office: Office, made: MadeClass, held: Held
) -> None:
    again = replace(held, uuid="another", starts_at=held.starts_at + 42 * MINUTE)
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    await reported(office, again.started(), *again.host(0, 5), *again.stay("Ahmed", 0, 5))
    await apply_waiting(office)
    assert (await outcome(office, made.lesson_id))[0] is LessonState.LIVE
    await reported(office, again.ended(5))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (LessonState.ENDED, 45 * MINUTE, 35 * MINUTE)


async def test_of_several_lessons_the_one_planned_nearest_to_the_start_is_meant(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    next_week = await add_lesson(office, made, made.planned.starts_at + timedelta(days=7))
    clock.forward(timedelta(days=7))
    then = replace(held, starts_at=clock() - 20 * MINUTE, uuid="next week")
    # The leave comes first and says when its meeting began, not only when somebody left.
    await reported(office, then.left("Ahmed", 30), then.started(), then.ended(40))
    await apply_waiting(office)
    assert (await outcome(office, made.lesson_id))[0] is LessonState.SCHEDULED
    assert (await outcome(office, next_week))[0] is LessonState.ENDED


@pytest.mark.parametrize("alone", [True, False])
async def test_a_link_opened_days_early_ends_no_class_and_the_class_counts_whole(
    office: Office,
    made: MadeClass,
    held: Held,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
    alone: bool,
) -> None:
    if not alone:
        await add_lesson(office, made, made.planned.starts_at + timedelta(days=7))
    clock.forward(timedelta(days=-3))
    caplog.set_level("INFO")
    test = replace(held, starts_at=clock(), uuid="a test")
    await reported(office, test.started(), *test.host(0, 5), *test.stay("Ahmed", 1, 4))
    await apply_waiting(office)
    await reported(office, test.ended(5))
    await apply_waiting(office)
    assert await outcome(office, made.lesson_id) == (LessonState.SCHEDULED, NOTHING_YET)
    assert set(await states_of_events(office)) == {EventState.APPLIED}
    assert f"a link of course {made.course_id} was used when no lesson was near" in caplog.text
    assert "Ahmed" not in caplog.text
    clock.forward(timedelta(days=3))
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (
        LessonState.ENDED,
        40 * MINUTE,
        30 * MINUTE,
    )
    assert (figures.student_count, figures.sureness) == (2, Sureness.COMPLETE)


async def test_a_link_opened_days_later_changes_no_hours_of_a_class_that_is_over(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    before = await outcome(office, made.lesson_id)
    clock.forward(timedelta(days=2))
    later = replace(held, starts_at=clock(), uuid="later")
    await reported(office, *whole_class(later))
    await apply_waiting(office)
    assert await outcome(office, made.lesson_id) == before


@pytest.mark.parametrize("hours", [-11, -1, 6])
async def test_a_class_held_at_another_hour_of_its_day_counts(
    office: Office, made: MadeClass, held: Held, clock: SettableClock, hours: int
) -> None:
    clock.forward(timedelta(hours=hours))
    await reported(office, *whole_class(replace(held, starts_at=clock())))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual) == (LessonState.ENDED, 40 * MINUTE)


async def test_an_instance_stays_its_lessons_wherever_that_is_moved(
    office: Office, made: MadeClass, held: Held
) -> None:
    *bodies, ended = whole_class(held)
    await reported(office, *bodies)
    await apply_waiting(office)
    elsewhere = made.planned.starts_at + timedelta(days=3)
    await add_lesson(office, made, made.planned.starts_at)
    async with office.database.writing() as tx:
        moved = update(lesson).where(lesson.c.id == made.lesson_id).values(starts_at=elsewhere)
        await tx.connection.execute(moved)
    await reported(office, ended)
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual) == (LessonState.ENDED, 40 * MINUTE)


async def test_events_held_back_count_once_their_meeting_is_known(
    office: Office, made: MadeClass, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    held = Held(777, made.planned.starts_at, host_id=aisha_at_zoom.user_id)
    assert set(await reported(office, *whole_class(held))) == {Stored.HELD}
    assert await apply_waiting(office) == 0
    known = await made_class(office, {}, starts_at=made.planned.starts_at, meeting_id=777)
    async with office.database.writing() as tx:
        await release_held(tx, 777)
    assert await apply_waiting(office) == len(whole_class(held))
    assert (await outcome(office, known.lesson_id))[1].actual == 40 * MINUTE


async def test_a_class_that_was_called_off_stays_so_though_its_meeting_was_held(
    office: Office, made: MadeClass, held: Held
) -> None:
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.CANCELLED)
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual) == (LessonState.CANCELLED, 40 * MINUTE)
    assert await posts_wanted(office, made.lesson_id, PostKind.SUMMARY) == []


async def test_a_teacher_who_removed_the_app_is_disconnected(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    said = {"event": "app_deauthorized", "payload": {"user_id": aisha_at_zoom.user_id}}
    await reported(office, json.dumps(said).encode(), held.started())
    await apply_waiting(office)
    assert await account_of(office, AISHA) is None
    assert (await outcome(office, made.lesson_id))[0] is LessonState.LIVE


# Figures that stand


async def test_a_very_late_event_changes_nothing_once_the_first_ones_may_be_forgotten(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    before = await outcome(office, made.lesson_id)
    clock.forward(office.profile.retention.figures_stand_after)
    again = replace(held, uuid="later that day", starts_at=held.starts_at + 300 * MINUTE)
    await reported(office, held.left("Zayd", 39), again.started())
    await apply_waiting(office)
    assert await outcome(office, made.lesson_id) == before
    assert set(await states_of_events(office)) == {EventState.APPLIED}


async def test_up_to_then_a_late_event_counts(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    clock.forward(office.profile.retention.figures_stand_after - MINUTE)
    await clear_old(office)
    await reported(office, held.left("Zayd", 39))
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.student_count) == (LessonState.ENDED, 40 * MINUTE, 3)


async def test_what_could_never_be_applied_is_not_folded_from_its_remains(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await reported(office, held.started())
    clock.forward(timedelta(days=29, hours=23))
    await reported(office, held.ended(40))
    clock.forward(timedelta(hours=2))
    await clear_old(office)
    assert len(await states_of_events(office)) == 1
    await apply_waiting(office)
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual) == (LessonState.SCHEDULED, None)


async def test_an_erased_teachers_class_does_not_come_back_to_life(
    office: Office, made: MadeClass, held: Held
) -> None:
    started, *waiting, ended = whole_class(held)
    await reported(office, started)
    await apply_waiting(office)
    await reported(office, *waiting)
    person_id = (await who_is(office, AISHA)).person_id
    assert person_id is not None
    await delete(office, AISHA, person_id)
    assert await reported(office, ended) == [Stored.UNKNOWN]
    assert await apply_waiting(office) == 0
    assert await states_of_events(office) == []
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.student_count) == (LessonState.ENDED, 0)


async def test_events_erased_before_they_are_folded_take_no_figures_along(
    office: Office, made: MadeClass, held: Held
) -> None:
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    before = await outcome(office, made.lesson_id)
    async with office.database.writing() as tx:
        digests = list((await tx.connection.execute(select(zoom_event.c.digest))).scalars())
    person_id = (await who_is(office, AISHA)).person_id
    assert person_id is not None
    await delete(office, AISHA, person_id)
    assert not await refold(office, made.lesson_id, digests[:1])
    await close(office, made.lesson_id)  # as a second press would
    assert await outcome(office, made.lesson_id) == before
