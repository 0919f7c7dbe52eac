"""From events in the inbox to what happened in a lesson."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event, get_ident
from typing import Any, ParamSpec, TypeVar

import pytest
from sqlalchemy import delete as delete_
from sqlalchemy import insert, select, text, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.attendance import LessonAttendance, Sureness, fold
from school.model import LessonState, PostKind
from services import events, folding
from services.disconnecting import disconnect
from services.events import apply_waiting, try_set_aside_again
from services.folding import close, refold
from services.leaving import delete
from services.office import Office
from services.people import who_is
from services.retention import clear_old
from storage.attendance import Outcome, PresenceRow, outcome_of, presences_of
from storage.courses import find_lesson
from storage.inbox import Stored
from storage.schema import chat, lesson, post, zoom_event
from storage.zoom_events import (
    TRIES,
    EventState,
    assign,
    count_waiting,
    release_held,
    take_waiting,
)
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, made_class, set_state
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

P = ParamSpec("P")
R = TypeVar("R")

MINUTE = timedelta(minutes=1)
GROUP = -1001
NOTHING_YET = Outcome(None, None, None, None, None, None, 0, 0, None)


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    """A class planned for one hour from now, which is then."""
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + 60 * MINUTE)
    clock.forward(60 * MINUTE)
    return made


@pytest.fixture
def held(made: MadeClass) -> Held:
    return Held(made.meeting_id, made.planned.starts_at)


async def outcome(office: Office, lesson_id: int) -> tuple[LessonState, Outcome]:
    async with office.database.reading() as tx:
        found = await find_lesson(tx, lesson_id)
        assert found is not None
        return found.state, await outcome_of(tx, lesson_id)


async def present(office: Office, lesson_id: int) -> list[PresenceRow]:
    async with office.database.reading() as tx:
        return list(await presences_of(tx, lesson_id))


async def states_of_events(office: Office) -> list[str]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(zoom_event.c.state))).scalars())


async def posts_wanted(office: Office, lesson_id: int, kind: PostKind) -> list[tuple[int, int]]:
    """The chats that are to show it, each with the wanted version."""
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(
            select(post.c.chat_id, post.c.wanted_version).where(
                post.c.lesson_id == lesson_id, post.c.kind == kind
            )
        )
        return [(chat_id, version) for chat_id, version in rows]


def whole_class(held: Held) -> list[bytes]:
    """Forty minutes; Ahmed is there for thirty of them, Bilal for twenty in two stays."""
    return [
        held.started(),
        *held.host(0, 40),
        *held.stay("Ahmed", 5, 35),
        *held.stay("Bilal", 10, 20, user_id="1"),
        *held.stay("Bilal", 25, 35, user_id="2"),
        held.ended(40),
    ]


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


async def test_who_hosted_is_still_known_after_the_teacher_disconnected(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await disconnect(office, await who_is(office, AISHA))
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    teacher, *students = await present(office, made.lesson_id)
    assert (teacher.is_teacher, teacher.name, len(students)) == (True, "Aisha Q", 2)


async def test_a_teacher_who_comes_with_another_account_than_the_meetings_is_its_teacher_too(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    by_phone = held.stay("Aisha (phone)", 0, 10, id=aisha_at_zoom.user_id)
    await reported(office, held.started(), *by_phone, *held.host(5, 30), held.ended(40))
    await apply_waiting(office)
    [teacher] = await present(office, made.lesson_id)
    assert (teacher.is_teacher, teacher.total) == (True, 30 * MINUTE)


async def paid_for_without_the_teacher(
    office: Office, made: MadeClass, meeting: Held
) -> tuple[timedelta | None, Sureness | None]:
    """What a teacher is paid for, and how sure that is, when only Ahmed was reported."""
    await reported(office, meeting.started(), *meeting.stay("Ahmed", 0, 40), meeting.ended(40))
    await apply_waiting(office)
    figures = (await outcome(office, made.lesson_id))[1]
    return figures.taught, figures.sureness


async def test_a_teacher_with_a_paid_account_who_never_came_is_paid_for_nothing(
    office: Office, made: MadeClass, held: Held, zoom: ZoomPeople
) -> None:
    licensed = await zoom.user("paid@example.org", name="Aisha", plan=2)
    await connected(office, AISHA, licensed)
    meeting = replace(held, host_id=licensed.user_id)
    paid_for = await paid_for_without_the_teacher(office, made, meeting)
    assert paid_for == (timedelta(), Sureness.COMPLETE)


async def test_on_the_basic_plan_the_host_is_not_reported_and_taken_to_have_been_there(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    meeting = replace(held, host_id=aisha_at_zoom.user_id)
    paid_for = await paid_for_without_the_teacher(office, made, meeting)
    assert paid_for == (40 * MINUTE, Sureness.INFERRED)


async def test_a_paid_account_connected_since_says_nothing_of_the_meetings_own_account(
    office: Office, made: MadeClass, held: Held, zoom: ZoomPeople
) -> None:
    await connected(office, AISHA, await zoom.user("paid@example.org", name="Aisha", plan=2))
    paid_for = await paid_for_without_the_teacher(office, made, held)
    assert paid_for == (40 * MINUTE, Sureness.INFERRED)


async def test_a_host_elsewhere_is_a_student_here(
    office: Office, made: MadeClass, held: Held
) -> None:
    other = await made_class(office, {}, starts_at=made.planned.starts_at)
    elsewhere = Held(other.meeting_id, held.starts_at, uuid="elsewhere", host_id="musas")
    visits = held.stay("Musa", 0, 10, id="musas")
    await reported(office, elsewhere.started(), elsewhere.ended(40))
    await reported(office, held.started(), *held.host(0, 40), *visits, held.ended(40))
    await apply_waiting(office)
    assert [one.is_teacher for one in await present(office, made.lesson_id)] == [True, False]


async def test_a_signed_event_that_makes_no_sense_counts_for_nothing_and_hinders_nobody(
    office: Office, made: MadeClass, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    senseless = json.loads(held.joined("Ahmed", 3))
    senseless["payload"]["object"]["participant"] = "nobody"
    no_user = b'{"event": "app_deauthorized", "payload": {}}'
    await reported(office, json.dumps(senseless).encode(), no_user, *whole_class(held))
    await apply_waiting(office)
    assert (await outcome(office, made.lesson_id))[1].student_count == 2
    assert set(await states_of_events(office)) == {EventState.APPLIED}
    assert "Ahmed" not in caplog.text
    assert caplog.text.count("counts for nothing") == 2


async def test_an_event_that_needs_no_folding_is_done_with(
    office: Office, made: MadeClass, held: Held
) -> None:
    deleted = held.started().replace(b"meeting.started", b"meeting.deleted")
    await reported(office, deleted)
    await apply_waiting(office)
    assert await states_of_events(office) == [EventState.APPLIED]
    assert (await outcome(office, made.lesson_id))[0] is LessonState.SCHEDULED


async def test_a_lesson_that_fails_is_tried_again_and_does_not_stop_the_others(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    other = await made_class(office, {}, starts_at=made.planned.starts_at)
    others = Held(other.meeting_id, held.starts_at, uuid="other")
    async with office.database.writing() as tx:  # its row cannot be read
        await tx.connection.execute(
            text("UPDATE lesson SET length_seconds = 'broken' WHERE id = :id"),
            {"id": made.lesson_id},
        )
    await reported(office, *whole_class(held), *whole_class(others))
    await apply_waiting(office)
    assert (await outcome(office, other.lesson_id))[0] is LessonState.ENDED
    async with office.database.reading() as tx:
        assert (await count_waiting(tx)).waiting == len(whole_class(held))
    assert await apply_waiting(office) == 0
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == made.lesson_id).values(length_seconds=2700)
        )
    clock.forward(MINUTE)
    assert await apply_waiting(office) == len(whole_class(held))
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


async def test_events_that_cannot_be_applied_for_a_day_are_set_aside_until_the_next_start(
    office: Office,
    made: MadeClass,
    held: Held,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: Any, **__: Any) -> LessonAttendance:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as mistaken:
        mistaken.setattr(folding, "fold", broken)
        await reported(office, held.started(), held.ended(40))
        began_at = clock()
        for _ in range(TRIES):
            assert "set aside" not in caplog.text
            assert await apply_waiting(office) == 2
            clock.forward(120 * MINUTE)
    assert clock() - began_at > timedelta(days=1)
    assert caplog.text.count("2 events are set aside") == 1
    assert await apply_waiting(office) == 0
    assert await try_set_aside_again(office) == 2
    assert await try_set_aside_again(office) == 0
    assert await apply_waiting(office) == 2
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


async def test_what_was_folded_without_an_event_that_came_meanwhile_is_not_kept(
    office: Office, made: MadeClass, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end = Event(), Event()

    def slow_fold(*args: Any, **kwargs: Any) -> LessonAttendance:
        began.set()
        assert may_end.wait(5)
        return fold(*args, **kwargs)

    monkeypatch.setattr(folding, "fold", slow_fold)
    await reported(office, held.started())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(apply_waiting(office))
        assert await asyncio.to_thread(began.wait, 5)
        # As another process might, which has just found out whose event it is.
        await reported(office, held.ended(40))
        async with office.database.writing() as tx:
            digests = [one.digest for one in await take_waiting(tx, 10)]
            await assign(tx, digests, made.lesson_id)
        may_end.set()
    assert (await outcome(office, made.lesson_id))[0] is LessonState.SCHEDULED
    assert await apply_waiting(office) == 2
    assert (await outcome(office, made.lesson_id))[0] is LessonState.ENDED


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


async def test_a_class_is_closed_with_what_was_reported_while_it_was_being_closed(
    office: Office,
    made: MadeClass,
    held: Held,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.forward(30 * MINUTE)
    await reported(office, held.started())
    await apply_waiting(office)
    began, may_end = Event(), Event()

    def slow_fold(*args: Any, **kwargs: Any) -> LessonAttendance:
        began.set()
        assert may_end.wait(5)
        return fold(*args, **kwargs)

    monkeypatch.setattr(folding, "fold", slow_fold)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(close(office, made.lesson_id))
        assert await asyncio.to_thread(began.wait, 5)
        await reported(office, held.joined("Ahmed", 10))
        async with office.database.writing() as tx:
            await assign(tx, [one.digest for one in await take_waiting(tx, 10)], made.lesson_id)
        may_end.set()
    state, figures = await outcome(office, made.lesson_id)
    assert (state, figures.actual, figures.taught) == (LessonState.ENDED, 30 * MINUTE, 20 * MINUTE)


# Many events


def noting_threads(work: Callable[P, R], seen: set[int]) -> Callable[P, R]:
    """The same work, which notes on which threads it is done."""

    def noted(*args: P.args, **kwargs: P.kwargs) -> R:
        seen.add(get_ident())
        return work(*args, **kwargs)

    return noted


async def stored(office: Office, made: MadeClass, bodies: list[bytes]) -> None:
    """In one statement, as the inbox is not what is measured."""
    async with office.database.writing() as tx:
        rows = [
            {
                "digest": (digest := index.to_bytes(32, "big")),
                "meeting_id": made.meeting_id,
                "state": EventState.WAITING,
                "attempts": 0,
                "received_at": tx.now,
                "sealed_body": tx.vault.seal_bytes("zoom_event", "sealed_body", digest, body),
            }
            for index, body in enumerate(bodies)
        ]
        await tx.connection.execute(insert(zoom_event), rows)


async def test_thousands_of_events_of_hundreds_of_people_do_not_hold_the_loop_up(
    office: Office, made: MadeClass, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long with so many goes on in other threads; how long is the benchmarks' matter."""
    threads: dict[str, set[int]] = {}
    for module, name in ((events, "read"), (folding, "read"), (folding, "fold")):
        seen = threads[f"{module.__name__}.{name}"] = set()
        monkeypatch.setattr(module, name, noting_threads(getattr(module, name), seen))
    moves = itertools.chain.from_iterable(
        held.stay(f"Student {student}", turn * 6, turn * 6 + 5, user_id=f"{student}-{turn}")
        for student in range(333)
        for turn in range(6)
    )
    await stored(office, made, [held.started(), *moves, held.ended(40)])
    while await apply_waiting(office):
        pass
    assert (await outcome(office, made.lesson_id))[1].student_count == 333
    assert all(threads.values())
    assert [work for work, seen in threads.items() if get_ident() in seen] == []
