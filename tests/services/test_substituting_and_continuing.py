"""Lessons that another teacher gives, and series that go on in another meeting."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed
from school.model import LessonState, Planned, PostKind
from services import changing, groups
from services.cancelling import cancel, undo
from services.continuing import CONTINUED_BEFORE, continue_series
from services.events import apply_waiting
from services.office import Office
from services.people import Teacher
from services.settling import settle_due
from services.substituting import hand_over, overlaps_of, substitutes
from storage import attendance, meetings
from storage.schema import lesson, zoom_account
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.series import (
    BEFORE_SUMMER_TIME,
    CAIRO,
    FIRST_FRIDAY,
    MONTH_OF_FRIDAYS,
    answer,
    calls,
    lessons_with,
    made_series,
    meetings_with,
    occurrences,
    planned_at_zoom,
    planned_here,
    wish,
)
from tests.services.teaching import BEGINNERS, PLANNED, made, order, standing, teacher_with
from tests.zoom_reports import Held, reported

HOUR = timedelta(hours=1)


@pytest.fixture
async def teacher(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> Teacher:
    clock.now = BEFORE_SUMMER_TIME
    await zoom.no_per_second_limits()
    return replace(await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS), zone=CAIRO)


@pytest.fixture
async def musa_at_zoom(zoom: ZoomPeople) -> ZoomPerson:
    return await zoom.user("musa@example.org", name="Musa", plan=2)


@pytest.fixture
async def musa(office: Office, musa_at_zoom: ZoomPerson, teacher: Teacher) -> Teacher:
    del teacher  # first
    return await teacher_with(office, MUSA, musa_at_zoom)


@pytest.fixture
async def series(office: Office, teacher: Teacher) -> list[int]:
    """Five Fridays, over the change to summer time."""
    first = await made_series(office, teacher)
    return [one.id for one in await lessons_with(office, first)]


# Another teacher


async def test_a_lesson_given_to_another_teacher_has_a_meeting_on_that_account_alone(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    (old,) = await zoom.meetings()
    assert [one.name for one in await substitutes(office, teacher, series[1])] == ["Musa"]
    assert await hand_over(office, await wish(office, teacher, series[1]), musa.person_id) == "Musa"
    assert len(await occurrences(old)) == 4
    now = await standing(office, series[1])
    assert now.lesson.teacher_id == now.meeting.host_id == musa.person_id
    assert now.lesson.state is LessonState.SCHEDULED
    assert now.meeting.meeting_id != old.id
    assert (PostKind.ANSWER, MUSA.id) in now.posts
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert (await answer(office, series[0])).given_to is None
    assert await settle_due(office) == 0


async def test_a_substitutes_own_classes_at_that_time_are_said(
    office: Office, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await groups.link(office, musa, BEGINNERS, administers=True)
    at = MONTH_OF_FRIDAYS[1] - HOUR / 2
    await made(office, musa, replace(order("fiqh", Planned(at, HOUR)), topic="Fiqh"))
    found = await overlaps_of(office, teacher, series[1], musa.person_id)
    assert ([one.topic for one in found.classes], found.teacher_name) == (["Fiqh"], "Musa")
    assert (await overlaps_of(office, teacher, series[2], musa.person_id)).classes == ()
    # It is allowed all the same; and what speaks against a move then is what Musa has.
    await hand_over(office, await wish(office, teacher, series[1]), musa.person_id)
    wanted = await wish(office, teacher, series[1])
    found = await changing.check_move(office, wanted, MONTH_OF_FRIDAYS[1] - HOUR / 4)
    assert ([one.topic for one in found.classes], found.teacher_name) == (["Fiqh"], "Musa")


async def test_the_old_date_goes_only_when_the_new_meeting_is_there(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    musa: Teacher,
    series: list[int],
    clock: SettableClock,
) -> None:
    (old,) = await zoom.meetings()
    await zoom.fault("drop", "create_meeting", times=None)
    await hand_over(office, await wish(office, teacher, series[1]), musa.person_id)
    assert len(await occurrences(old)) == 5
    assert (await standing(office, series[1])).lesson.state is LessonState.CREATING
    await zoom.no_faults()
    clock.forward(timedelta(minutes=5))
    await settle_due(office)
    await settle_due(office)
    assert len(await occurrences(old)) == 4
    assert len(await zoom.meetings()) == 2
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])


async def test_a_lesson_can_be_taken_back(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await hand_over(office, await wish(office, teacher, series[1]), musa.person_id)
    assert (
        await hand_over(office, await wish(office, teacher, series[1]), teacher.person_id)
        == "Aisha"
    )
    await settle_due(office)
    now = await standing(office, series[1])
    assert now.lesson.teacher_id == now.meeting.host_id == teacher.person_id
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 5


async def test_a_series_that_is_moved_takes_the_given_lesson_along_and_leaves_no_second_date(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await hand_over(office, await wish(office, teacher, series[1]), musa.person_id)
    wanted = await wish(office, teacher, series[0], for_all=True)
    await changing.move(office, wanted, MONTH_OF_FRIDAYS[0] + HOUR)
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 5


async def test_called_off_and_back_again_each_teacher_has_their_own_meeting(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    await cancel(office, teacher, series[1], for_all=True)
    assert await zoom.meetings() == []
    await undo(office, teacher, series[1])
    await settle_due(office)
    found = [await standing(office, one) for one in series]
    assert all(one.lesson.teacher_id == one.meeting.host_id for one in found)
    assert found[0].lesson.teacher_id == musa.person_id
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 5


async def test_a_single_class_that_is_given_leaves_no_meeting_behind(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, clock: SettableClock
) -> None:
    clock.now = PLANNED.starts_at - timedelta(days=1)
    lesson_id = await made(office, teacher)
    await hand_over(office, await wish(office, teacher, lesson_id), musa.person_id)
    (meeting,) = await zoom.meetings()
    now = await standing(office, lesson_id)
    assert now.meeting.meeting_id == meeting.id
    assert now.meeting.host_id == musa.person_id
    assert [one.is_deleted for one in await meetings_with(office, lesson_id)] == [True, False]


async def test_only_a_connected_teacher_can_take_a_lesson(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    unconnected = await teacher_with(office, MUSA, None)
    assert await substitutes(office, teacher, series[1]) == ()
    with pytest.raises(NotAllowed, match="not connected"):
        await hand_over(office, await wish(office, teacher, series[1]), unconnected.person_id)
    assert len(await zoom.meetings()) == 1


@pytest.mark.parametrize("host", ["musa", "aisha"])
async def test_hours_go_to_who_really_hosted(
    office: Office,
    teacher: Teacher,
    musa: Teacher,
    aisha_at_zoom: ZoomPerson,
    musa_at_zoom: ZoomPerson,
    series: list[int],
    clock: SettableClock,
    host: str,
) -> None:
    """Of a lesson that was given to Musa."""
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    now = await standing(office, series[0])
    assert now.meeting.meeting_id is not None
    at_zoom = musa_at_zoom if host == "musa" else aisha_at_zoom
    clock.now = MONTH_OF_FRIDAYS[0] + 2 * HOUR
    held = Held(now.meeting.meeting_id, MONTH_OF_FRIDAYS[0], host_id=at_zoom.user_id)
    student = held.stay("Khadija", 0, 40, email="khadija@example.org")
    await reported(office, held.started(), *held.host(0, 40), *student, held.ended(40))
    await apply_waiting(office)
    async with office.database.reading() as tx:
        row = (await tx.connection.execute(lesson.select().where(lesson.c.id == series[0]))).one()
        outcome = await attendance.outcome_of(tx, series[0])
    assert outcome.ended_at is not None
    assert row.hosted_by == (None if host == "musa" else teacher.person_id)
    assert row.teacher_id == musa.person_id

    async with office.database.writing() as tx:  # whoever hosted has disconnected since
        await tx.connection.execute(zoom_account.delete())
    await reported(office, *held.stay("Omar", 5, 40, email="omar@example.org"))
    await apply_waiting(office)
    async with office.database.reading() as tx:
        later = (await tx.connection.execute(lesson.select().where(lesson.c.id == series[0]))).one()
    assert (later.hosted_by, later.student_count) == (row.hosted_by, 2)


# A series that goes on


async def test_an_endless_series_goes_on_in_a_follow_on_meeting_in_time(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "daily")
    lessons = await lessons_with(office, first)
    assert len(lessons) == 60
    assert (await answer(office, first)).series is not None
    clock.now = lessons[-1].planned.starts_at - CONTINUED_BEFORE - timedelta(seconds=1)
    assert await continue_series(office) == 0
    clock.forward(timedelta(seconds=1))
    assert await continue_series(office) == 1
    assert await continue_series(office) == 0
    lessons = await lessons_with(office, first)
    local = [one.planned.starts_at.astimezone(CAIRO) for one in lessons]
    assert [(at.date(), at.time()) for at in local] == [
        (FIRST_FRIDAY.date() + timedelta(days=number), FIRST_FRIDAY.time()) for number in range(120)
    ]
    assert len({one.meeting_row for one in lessons}) == 2
    async with office.database.reading() as tx:
        follow_on = await meetings.get_meeting(tx, lessons[-1].meeting_row)
    assert follow_on.is_series
    assert follow_on.meeting_id in {one.id for one in await zoom.meetings()}
    assert {one.state for one in lessons[60:]} == {LessonState.SCHEDULED}
    # What is announced of the first meeting stands; the new one is announced in its time.
    now = await standing(office, lessons[60].id)
    assert (PostKind.CARD, BEGINNERS.id) not in now.posts


async def test_a_series_that_is_over_or_ended_is_not_continued(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    counted = await made_series(office, teacher)
    endless = await made_series(office, teacher, "daily", datetime(2027, 4, 16, 9, 0, tzinfo=CAIRO))
    await cancel(office, teacher, endless, for_all=True)
    clock.now = MONTH_OF_FRIDAYS[-2]
    assert await continue_series(office) == 0
    assert len(await lessons_with(office, counted)) == 5
    assert len(await lessons_with(office, endless)) == 60


async def test_a_series_that_goes_on_is_moved_in_both_of_its_meetings(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "daily")
    lessons = await lessons_with(office, first)
    clock.now = lessons[-1].planned.starts_at - CONTINUED_BEFORE
    await continue_series(office)
    ahead = [one for one in await lessons_with(office, first) if one.planned.starts_at > clock.now]
    before = await calls(zoom, "update_meeting")
    wanted = await wish(office, teacher, ahead[0].id, for_all=True)
    await changing.move(office, wanted, ahead[0].planned.starts_at + HOUR)
    assert await calls(zoom, "update_meeting") == before + 2
    here = [one for one in await planned_here(office, first) if one.starts_at > clock.now]
    at_zoom = [one for one in await planned_at_zoom(zoom) if one.starts_at > clock.now]
    assert at_zoom == here
    assert len(await meetings_with(office, first)) == 2
    assert len(here) == len(ahead) == 14 + 60
