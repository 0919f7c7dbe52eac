"""Changes of a class and of its series, as they reach Zoom: at once, later, and after a crash."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, NotUnderstood
from school.model import LessonState, Planned, PostKind
from school.schedule import HasPassed
from services import announcing, changing
from services.cancelling import cancel, skip, undo
from services.changing import ChangedMeanwhile
from services.office import Office
from services.people import Teacher
from services.problems import Problem
from services.settling import settle, settle_due
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.series import (
    BEFORE_SUMMER_TIME,
    CAIRO,
    LENGTH,
    MONTH_OF_FRIDAYS,
    answer,
    calls,
    day,
    lessons_with,
    made_series,
    meetings_with,
    occurrences,
    planned_at_zoom,
    planned_here,
    show_cards,
    wish,
)
from tests.services.teaching import BEGINNERS, SISTERS, made, order, standing, teacher_with

HOUR = timedelta(hours=1)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def teacher(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> Teacher:
    clock.now = BEFORE_SUMMER_TIME
    await zoom.no_per_second_limits()
    found = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)
    return replace(found, zone=CAIRO)


@pytest.fixture
async def series(office: Office, teacher: Teacher) -> list[int]:
    """Five Fridays, over the change to summer time."""
    first = await made_series(office, teacher)
    return [one.id for one in await lessons_with(office, first)]


async def test_a_series_is_one_meeting_that_keeps_its_local_time_when_the_clocks_change(
    office: Office, zoom: ZoomPeople, series: list[int]
) -> None:
    (meeting,) = await zoom.meetings()
    shown = await meeting.shown()
    assert (shown["type"], shown["timezone"]) == (8, "Africa/Cairo")
    friday = Planned(MONTH_OF_FRIDAYS[0], LENGTH)
    planned = [replace(friday, starts_at=at) for at in MONTH_OF_FRIDAYS]
    assert await planned_here(office, series[0]) == planned
    assert await planned_at_zoom(zoom) == planned
    found = [await standing(office, one) for one in series]
    assert {one.lesson.state for one in found} == {LessonState.SCHEDULED}
    assert {one.meeting.meeting_id for one in found} == {meeting.id}
    # Only the next one is announced yet.
    cards = [(PostKind.CARD, BEGINNERS.id) in one.posts for one in found]
    assert cards == [True, False, False, False, False]


# Moving


async def test_one_lesson_is_moved_by_one_change_of_its_date(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await show_cards(office, series[0])
    to = MONTH_OF_FRIDAYS[0] + HOUR
    await changing.move(office, await wish(office, teacher, series[0]), to)
    assert await calls(zoom, "update_meeting") == 1
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    now = await standing(office, series[0])
    assert (now.lesson.planned.starts_at, now.lesson.moved_from_at) == (to, MONTH_OF_FRIDAYS[0])
    assert now.lesson.slot_at == MONTH_OF_FRIDAYS[0]
    assert now.lesson.sequence == 1
    assert (PostKind.MOVED, BEGINNERS.id) in now.posts
    assert not (await answer(office, series[0])).is_changing


async def test_a_moved_series_is_planned_anew_and_what_was_cancelled_is_dropped_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await cancel(office, teacher, series[2], for_all=False)
    wanted = await wish(office, teacher, series[0], for_all=True)
    saturday = datetime(2027, 4, 17, 19, 30, tzinfo=CAIRO)
    await changing.move(office, wanted, saturday)
    assert await calls(zoom, "update_meeting") == 1
    assert await calls(zoom, "delete_meeting") == 2
    here = await planned_here(office, series[0])
    local = [one.starts_at.astimezone(CAIRO) for one in here]
    assert [f"{at:%a %d %b %H:%M}" for at in local] == [
        "Sat 17 Apr 19:30",
        "Sat 24 Apr 19:30",
        "Sat 08 May 19:30",
        "Sat 15 May 19:30",
    ]
    assert await planned_at_zoom(zoom) == here
    assert len(await zoom.meetings()) == 1


async def test_a_lesson_given_to_its_own_time_stays_there_when_all_get_another_length(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    """It has that length already, so that nothing of it is changed here."""
    by_itself = MONTH_OF_FRIDAYS[3] + 3 * HOUR
    await changing.move(office, await wish(office, teacher, series[3]), by_itself)
    await changing.set_length(office, await wish(office, teacher, series[3]), HOUR)
    wanted = await wish(office, teacher, series[0], for_all=True)
    await changing.set_length(office, wanted, HOUR)
    here = await planned_here(office, series[0])
    assert [one.length for one in here] == [HOUR] * 5
    assert here[3].starts_at == by_itself
    assert await planned_at_zoom(zoom) == here


async def test_a_lesson_put_off_from_a_day_that_passed_does_not_keep_the_series_from_being_moved(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    put_off_to = MONTH_OF_FRIDAYS[0] + timedelta(days=4)
    await changing.move(office, await wish(office, teacher, series[0]), put_off_to)
    clock.now = MONTH_OF_FRIDAYS[0] + timedelta(days=1)
    wanted = await wish(office, teacher, series[1], for_all=True)
    await changing.move(office, wanted, MONTH_OF_FRIDAYS[1] + HOUR)
    here = await planned_here(office, series[0])
    assert [one.starts_at for one in here] == [
        put_off_to,
        *(at + HOUR for at in MONTH_OF_FRIDAYS[1:]),
    ]
    assert await planned_at_zoom(zoom) == here


async def test_a_series_is_not_moved_into_the_past(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    wanted = await wish(office, teacher, series[1], for_all=True)
    a_week_before_the_first = MONTH_OF_FRIDAYS[1] - timedelta(days=14)
    with pytest.raises(HasPassed):
        await changing.check_move(office, wanted, a_week_before_the_first)
    with pytest.raises(HasPassed):
        await changing.move(office, wanted, a_week_before_the_first)
    assert await calls(zoom, "update_meeting") == 0


async def test_a_lesson_is_not_moved_onto_another_one_of_its_series(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    half_an_hour = timedelta(minutes=30)
    wanted = await wish(office, teacher, series[0])
    for at in (MONTH_OF_FRIDAYS[1] - half_an_hour, MONTH_OF_FRIDAYS[1] + half_an_hour):
        for attempt in (changing.check_move, changing.move):
            with pytest.raises(NotUnderstood, match="another class of this series"):
                await attempt(office, wanted, at)
    assert await calls(zoom, "update_meeting") == 0
    await cancel(office, teacher, series[1], for_all=False)  # then there is room
    await changing.move(office, await wish(office, teacher, series[0]), MONTH_OF_FRIDAYS[1])
    with pytest.raises(NotUnderstood, match="another class of this series"):
        await changing.move(
            office, await wish(office, teacher, series[2]), MONTH_OF_FRIDAYS[1] + half_an_hour
        )
    # Right after it is no overlap, as long as it stays so.
    after = MONTH_OF_FRIDAYS[1] + LENGTH
    await changing.move(office, await wish(office, teacher, series[2]), after)
    with pytest.raises(NotUnderstood, match="Choose a shorter one"):
        await changing.set_length(office, await wish(office, teacher, series[0]), HOUR)
    wanted = await wish(office, teacher, series[0], for_all=True)
    with pytest.raises(NotUnderstood, match="Choose a shorter one"):
        await changing.set_length(office, wanted, HOUR)


async def test_of_a_moved_series_every_lesson_that_would_clash_is_said(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    busy = [MONTH_OF_FRIDAYS[number] + HOUR for number in (1, 3)]
    for number, at in enumerate(busy):
        await made(office, teacher, order(f"busy {number}", Planned(at, HOUR)))
    wanted = await wish(office, teacher, series[0], for_all=True)
    found = await changing.check_move(office, wanted, MONTH_OF_FRIDAYS[0] + HOUR)
    assert [one.planned.starts_at for one in found.classes] == busy
    assert found.teacher_name is None
    alone = await wish(office, teacher, series[0])
    clear = await changing.check_move(office, alone, MONTH_OF_FRIDAYS[0] + HOUR)
    assert clear.classes == ()


# Cancelling


async def test_a_cancelled_lesson_is_dropped_from_its_meeting_and_no_other_is(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await cancel(office, teacher, series[1], for_all=False)
    (meeting,) = await zoom.meetings()
    assert len(await occurrences(meeting)) == 4
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    now = await standing(office, series[1])
    assert now.lesson.state is LessonState.CANCELLED
    assert not now.meeting.is_discarded


async def test_a_skipped_holiday_is_dropped(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    wanted = await wish(office, teacher, series[0])
    await skip(office, wanted, day(MONTH_OF_FRIDAYS[2]), day(MONTH_OF_FRIDAYS[3]))
    states = [(await standing(office, one)).lesson.is_open for one in series]
    assert states == [True, True, False, False, True]
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 3


async def test_what_zoom_deleted_comes_back_in_a_new_meeting_with_the_same_lessons(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    (old,) = await zoom.meetings()
    before = await planned_here(office, series[0])
    await cancel(office, teacher, series[0], for_all=True)
    assert await zoom.meetings() == []
    assert [one.is_deleted for one in await meetings_with(office, series[0])] == [True]
    assert (await answer(office, series[0])).can_undo
    await undo(office, teacher, series[0])
    (new,) = await zoom.meetings()
    assert new.id != old.id
    assert [one.id for one in await lessons_with(office, series[0])] == series
    assert await planned_here(office, series[0]) == await planned_at_zoom(zoom) == before
    now = await standing(office, series[0])
    assert now.meeting.meeting_id == new.id
    assert not now.course.has_ended


async def test_one_date_that_zoom_deleted_comes_back_as_a_meeting_of_its_own(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await cancel(office, teacher, series[1], for_all=False)
    await undo(office, teacher, series[1])
    assert len(await zoom.meetings()) == 2
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 5


async def test_a_cancellation_taken_back_before_zoom_heard_of_it_costs_nothing(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await show_cards(office, series[0])
    await zoom.goes_down()
    await cancel(office, teacher, series[0], for_all=False)
    await zoom.no_faults()
    await undo(office, teacher, series[0])
    assert len(await zoom.meetings()) == 1
    assert len(await planned_at_zoom(zoom)) == 5
    assert (await standing(office, series[0])).lesson.state is LessonState.SCHEDULED


# Zoom is down, or has had enough for today


async def test_with_zoom_down_in_the_middle_of_a_change_it_is_finished_later(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    await cancel(office, teacher, series[2], for_all=False)
    wanted = await wish(office, teacher, series[0], for_all=True)
    await zoom.fault("drop", "delete_meeting", times=None)  # planned anew, but not dropped again
    await changing.move(office, wanted, MONTH_OF_FRIDAYS[0] + HOUR)
    shown = await answer(office, series[0])
    assert (shown.is_changing, shown.problem) == (True, Problem.UNAVAILABLE)
    assert len(await planned_at_zoom(zoom)) == 5
    await zoom.no_faults()
    clock.forward(5 * A_MINUTE)
    assert await settle_due(office) == 1
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    shown = await answer(office, series[0])
    assert (shown.is_changing, shown.problem) == (False, None)
    assert await settle_due(office) == 0


async def test_a_change_whose_answer_was_lost_is_repeated_without_harm(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    wanted = await wish(office, teacher, series[0], for_all=True)
    await zoom.fault("drop", "update_meeting", when="after", times=None)
    await changing.move(office, wanted, MONTH_OF_FRIDAYS[0] + HOUR)
    assert (await answer(office, series[0])).is_changing
    await zoom.no_faults()
    clock.forward(5 * A_MINUTE)
    await settle_due(office)
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert not (await answer(office, series[0])).is_changing


async def test_what_was_changed_before_zoom_could_make_the_series_follows_when_it_is_made(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    await zoom.goes_down()
    first = await made_series(office, teacher)
    ids = [one.id for one in await lessons_with(office, first)]
    await cancel(office, teacher, ids[2], for_all=False)
    await changing.move(office, await wish(office, teacher, ids[3]), MONTH_OF_FRIDAYS[3] + HOUR)
    await zoom.no_faults()
    clock.forward(5 * A_MINUTE)
    await office.bell.courses.wait(0)
    await settle_due(office)
    await settle_due(office)
    assert await planned_at_zoom(zoom) == await planned_here(office, first)
    assert await settle_due(office) == 0


async def test_over_the_daily_limit_a_change_is_kept_and_applied_when_it_resets(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    await zoom.daily_limit(left=0)
    to = MONTH_OF_FRIDAYS[0] + HOUR
    await changing.move(office, await wish(office, teacher, series[0]), to)
    shown = await answer(office, series[0])
    resets_at = datetime(2027, 4, 13, tzinfo=UTC)
    assert (shown.problem, shown.next_try_at) == (Problem.DAILY_LIMIT, resets_at)
    assert (shown.is_changing, shown.planned.starts_at) == (True, to)
    clock.forward(HOUR)
    assert await settle_due(office) == 0
    clock.now = resets_at
    assert await settle_due(office) == 1
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert not (await answer(office, series[0])).is_changing


async def test_a_change_that_zoom_was_not_told_of_can_be_discarded(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    before = await planned_here(office, series[0])
    await zoom.daily_limit(left=0)
    await changing.move(office, await wish(office, teacher, series[0]), MONTH_OF_FRIDAYS[0] + HOUR)
    await changing.rename(office, await wish(office, teacher, series[0]), "Tafsir")
    await changing.discard_change(office, teacher, series[0])
    assert await planned_here(office, series[0]) == await planned_at_zoom(zoom) == before
    now = await standing(office, series[0])
    assert (now.course.topic, now.meeting.last_problem) == ("Tajweed", None)
    assert not (await answer(office, series[0])).is_changing


async def test_a_moved_series_that_zoom_was_not_told_of_can_be_discarded_with_its_rule(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    before, lessons = await standing(office, series[0]), await lessons_with(office, series[0])
    await zoom.daily_limit(left=0)
    wanted = await wish(office, teacher, series[0], for_all=True)
    await changing.move(office, wanted, MONTH_OF_FRIDAYS[0] + timedelta(days=1, hours=2))
    await changing.discard_change(office, teacher, series[0])
    now = await standing(office, series[0])
    assert (now.course.repeat, now.course.anchor_at) == (
        before.course.repeat,
        before.course.anchor_at,
    )
    assert [(one.planned, one.slot_at) for one in await lessons_with(office, series[0])] == [
        (one.planned, one.slot_at) for one in lessons
    ]


# A crash


@pytest.mark.parametrize("endpoint", ["update_meeting", "get_meeting", "delete_meeting"])
async def test_a_crash_in_the_middle_of_a_change_leaves_nothing_undone(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], endpoint: str
) -> None:
    """Planning the series anew, looking at it, dropping a date again: the stop comes in each."""
    await cancel(office, teacher, series[2], for_all=False)
    wanted = await wish(office, teacher, series[0], for_all=True)
    asked_before = await calls(zoom, endpoint)
    await zoom.fault("slow", endpoint, when="after", seconds=5)
    async with asyncio.TaskGroup() as tasks:
        moving = tasks.create_task(changing.move(office, wanted, MONTH_OF_FRIDAYS[0] + HOUR))
        async with asyncio.timeout(30):
            while await calls(zoom, endpoint) == asked_before:  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.01)
        moving.cancel()
    await zoom.no_faults()
    assert await settle_due(office) == 1
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 4
    assert await settle_due(office) == 0


# Two people, and other changes


async def test_whoever_changes_an_earlier_version_is_shown_the_present_one(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    seen_before = await wish(office, teacher, series[0])
    to = MONTH_OF_FRIDAYS[0] + HOUR
    await changing.move(office, seen_before, to)
    for change in (
        changing.move(office, seen_before, to + HOUR),
        changing.set_length(office, seen_before, HOUR),
        changing.rename(office, seen_before, "Fiqh"),
        announcing.set_groups(office, seen_before, [SISTERS.id]),
    ):
        with pytest.raises(ChangedMeanwhile) as refused:
            await change
        assert refused.value.present.planned.starts_at == to
        assert refused.value.present.version == seen_before.version + 1
    assert await calls(zoom, "update_meeting") == 1
    assert await changing.details(office, teacher, series[0]) == refused.value.present


async def test_a_course_is_renamed_everywhere(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    before = await standing(office, series[0])
    await changing.rename(office, await wish(office, teacher, series[1]), "Tafsir")
    (meeting,) = await zoom.meetings()
    assert meeting.topic == "Tafsir"
    now = await standing(office, series[0])
    assert (now.course.topic, now.meeting.topic) == ("Tafsir", "Tafsir")
    card = (PostKind.CARD, BEGINNERS.id)
    assert now.posts[card] > before.posts[card]
    assert await calls(zoom, "update_meeting") == 1


async def test_one_lesson_gets_another_length_by_one_change(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await changing.set_length(office, await wish(office, teacher, series[1]), 2 * HOUR)
    here = await planned_here(office, series[0])
    assert [one.length for one in here] == [LENGTH, 2 * HOUR, LENGTH, LENGTH, LENGTH]
    assert await planned_at_zoom(zoom) == here
    assert await calls(zoom, "update_meeting") == 1


async def test_groups_are_added_and_left_out_without_asking_zoom(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    await show_cards(office, series[0])
    before = await standing(office, series[0])
    await announcing.set_groups(office, await wish(office, teacher, series[0]), [SISTERS.id])
    now = await standing(office, series[0])
    left_out, added = (PostKind.CARD, BEGINNERS.id), (PostKind.CARD, SISTERS.id)
    assert added in now.posts
    assert now.posts[left_out] > before.posts[left_out]  # it says that it is over there
    assert [one.id for one in (await changing.details(office, teacher, series[0])).groups] == [
        SISTERS.id
    ]
    assert (PostKind.CARD, SISTERS.id) not in (await standing(office, series[1])).posts
    assert await calls(zoom, "update_meeting") == 0


async def test_a_group_of_others_is_not_announced_to(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    with pytest.raises(NotAllowed, match="no longer yours"):
        await announcing.set_groups(office, await wish(office, teacher, series[0]), [-1009])


async def test_another_teacher_changes_nothing(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    musa = await teacher_with(office, MUSA, await zoom.user("musa@example.org", name="Musa"))
    theirs = replace(await wish(office, teacher, series[0]), teacher=musa)
    with pytest.raises(NotAllowed, match="Only the teacher of this class"):
        await changing.move(office, theirs, MONTH_OF_FRIDAYS[0] + HOUR)
    with pytest.raises(NotAllowed, match="Only the teacher of this class"):
        await cancel(office, musa, series[0], for_all=True)
    assert len(await planned_at_zoom(zoom)) == 5


async def test_settling_a_meeting_that_is_as_it_should_be_asks_zoom_nothing(
    office: Office, zoom: ZoomPeople, series: list[int]
) -> None:
    before = await zoom.statistics()
    await settle(office, (await standing(office, series[0])).meeting.id)
    assert await zoom.statistics() == before
