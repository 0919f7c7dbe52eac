"""Courses and their Zoom meetings: every way in which the two can fall apart, and be mended."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.model import LessonState, PostKind
from services import classes
from services import settling as by_hand
from services.cancelling import cancel
from services.disconnecting import disconnect
from services.office import Office
from services.people import Teacher, who_is
from services.problems import Outcome, Problem
from services.settling import settle, settle_due
from storage import meetings, planning, settling
from storage.database import new_id
from storage.erasing import erase_person
from storage.planning import NewCourse
from storage.schema import course, meeting, occurrence, post
from tests.clocks import SettableClock
from tests.lessons import set_state
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA
from tests.services.teaching import (
    BEGINNERS,
    PLANNED,
    made,
    order,
    standing,
    teacher_with,
)
from zoom.client import ZoomClient
from zoom.models import Meeting, NewMeeting

A_MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=3)


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)


async def written_down(
    office: Office, teacher: Teacher, reference: str = "REFERENCE7"
) -> tuple[int, int]:
    """A course's meeting and lesson, as a crash right after the intent leaves them."""
    async with office.database.writing() as tx:
        course_id = await planning.add_course(
            tx,
            NewCourse(
                teacher_id=teacher.person_id,
                request_key=f"update of {reference}",
                topic="Tajweed",
                zone=teacher.zone,
                chat_ids=(BEGINNERS.id,),
            ),
        )
        meeting_row = await meetings.add_meeting(
            tx, course_id, teacher.person_id, reference, is_series=False
        )
        (lesson_id,) = await planning.add_lessons(
            tx, course_id, meeting_row, teacher.person_id, [PLANNED], is_series=False
        )
    return meeting_row, lesson_id


async def test_nobody_gets_into_a_meeting_before_its_host(
    office: Office, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the teacher's own settings at Zoom say."""
    wanted: list[NewMeeting] = []
    create = ZoomClient.create_meeting

    async def noting(zoom: ZoomClient, meeting: NewMeeting) -> Meeting:
        wanted.append(meeting)
        return await create(zoom, meeting)

    monkeypatch.setattr(ZoomClient, "create_meeting", noting)
    await made(office, teacher)
    assert [one.join_before_host for one in wanted] == [False]


# Crashes


async def test_a_crash_before_zoom_was_asked_is_mended(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    _, lesson_id = await written_down(office, teacher)
    assert await settle_due(office) == 1
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.SCHEDULED
    assert (PostKind.CARD, BEGINNERS.id) in now.posts
    assert len(await zoom.meetings()) == 1
    assert await settle_due(office) == 0


async def test_a_crash_between_create_and_confirm_is_mended_without_a_second_meeting(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    lesson_id = await made(office, teacher)
    before = await standing(office, lesson_id)
    async with office.database.writing() as tx:  # what the confirmation had written
        await tx.connection.execute(
            update(meeting).values(
                meeting_id=None,
                sealed_topic=None,
                sealed_join_url=None,
                sealed_passcode=None,
                look_at=None,
                confirmed_at=None,
                next_try_at=tx.now,
                lease_token=new_id(),
                lease_until=tx.now + LEASE,
            )
        )
        await tx.connection.execute(delete(occurrence))
        await set_state(tx, lesson_id, LessonState.CREATING)
    assert await settle_due(office) == 0  # whoever crashed may still be at it
    clock.forward(LEASE)
    assert await settle_due(office) == 1
    after = await standing(office, lesson_id)
    assert after.meeting.meeting_id == before.meeting.meeting_id
    assert after.meeting.join_url == before.meeting.join_url
    assert len(await zoom.meetings()) == 1


async def test_while_one_settles_a_course_another_leaves_it_alone(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    meeting_row, _ = await written_down(office, teacher)
    await asyncio.gather(*(settle(office, meeting_row) for _ in range(5)))
    assert (await zoom.statistics())["meetings_created"] == 1


async def test_a_try_that_a_stop_broke_off_is_gone_on_with_at_once(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    meeting_row, lesson_id = await written_down(office, teacher)
    await zoom.fault("slow", "create_meeting", when="after", seconds=5)
    async with asyncio.TaskGroup() as tasks:
        trying = tasks.create_task(settle(office, meeting_row))
        async with asyncio.timeout(30):
            while not await zoom.meetings():  # noqa: ASYNC110  a test may look
                await asyncio.sleep(0.01)
        trying.cancel()
    await zoom.no_faults()
    assert await settle_due(office) == 1
    now = await standing(office, lesson_id)
    (meeting,) = await zoom.meetings()
    assert now.meeting.meeting_id == meeting.id
    assert now.lesson.state is LessonState.SCHEDULED


async def test_nothing_is_written_back_for_a_teacher_whose_data_was_deleted(
    office: Office, teacher: Teacher
) -> None:
    """The answer to a create came so late that nobody waited for it any more."""
    meeting_row, lesson_id = await written_down(office, teacher)
    async with office.database.writing() as tx:
        await erase_person(tx, teacher.person_id, AISHA.id)
    async with office.database.writing() as tx:
        assert not await settling.confirm_meeting(tx, meeting_row, 81_234_567_890)
    now = await standing(office, lesson_id)
    assert (now.meeting.meeting_id, now.meeting.join_url) == (None, None)


async def test_a_try_that_outlived_its_lease_takes_its_own_meeting_back(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    """A slow create, while another process has long settled the course."""
    meeting_row, lesson_id = await written_down(office, teacher)
    await zoom.fault("slow", "create_meeting", seconds=0.5)

    async def overtake() -> None:
        await asyncio.sleep(0.1)
        clock.forward(LEASE)
        await settle_due(office)

    await asyncio.gather(settle(office, meeting_row), overtake())
    now = await standing(office, lesson_id)
    (meeting,) = await zoom.meetings()
    assert now.meeting.meeting_id == meeting.id
    assert (await zoom.statistics())["meetings_created"] == 2
    assert now.lesson.state is LessonState.SCHEDULED


# Lost answers and a Zoom that is down


@pytest.mark.parametrize("kind", ["drop", "status"])
async def test_a_meeting_whose_answer_was_lost_is_adopted(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock, kind: str
) -> None:
    if kind == "drop":
        await zoom.fault("drop", "create_meeting", when="after")
    else:
        await zoom.fault("status", "create_meeting", when="after", status=502)
    lesson_id = await made(office, teacher)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.UNAVAILABLE
    clock.forward(A_MINUTE)
    assert await settle_due(office) == 1
    now = await standing(office, lesson_id)
    (meeting,) = await zoom.meetings()
    assert now.meeting.meeting_id == meeting.id
    assert (await zoom.statistics())["meetings_created"] == 1


async def test_a_create_that_zoom_never_saw_is_made_anew(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    await zoom.fault("drop", "create_meeting", when="before")
    lesson_id = await made(office, teacher)
    clock.forward(A_MINUTE)
    await settle_due(office)
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED
    assert len(await zoom.meetings()) == 1


async def test_another_class_of_the_same_topic_and_time_is_not_taken_for_it(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made(office, teacher, order("a"))
    await zoom.fault("drop", "create_meeting", when="before")
    second = await made(office, teacher, order("b"))
    clock.forward(A_MINUTE)
    await settle_due(office)
    ids = {(await standing(office, one)).meeting.meeting_id for one in (first, second)}
    assert ids == {meeting.id for meeting in await zoom.meetings()}
    assert len(ids) == 2


async def test_while_zoom_stays_down_the_pauses_grow_to_minutes(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    await zoom.goes_down()
    lesson_id = await made(office, teacher)
    pauses = []
    for _ in range(4):
        due_at = (await standing(office, lesson_id)).meeting.next_try_at
        assert due_at is not None
        pauses.append(due_at - clock.now)
        clock.now = due_at
        await settle_due(office)
    assert pauses == [A_MINUTE, 2 * A_MINUTE, 4 * A_MINUTE, 5 * A_MINUTE]


async def test_a_class_whose_time_passed_meanwhile_is_called_off_and_never_made(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    """Zoom would move a meeting of the past to the present."""
    await zoom.goes_down()
    lesson_id = await made(office, teacher)
    await zoom.no_faults()
    clock.now = PLANNED.ends_at
    await settle_due(office)
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.CANCELLED
    assert now.meeting.last_problem == Problem.TOO_LATE
    assert await zoom.meetings() == []
    assert await settle_due(office) == 0


async def test_events_that_came_before_the_answer_are_let_in_with_it(
    office: Office, teacher: Teacher
) -> None:
    assert not await office.bell.inbox.wait(0)
    await made(office, teacher)
    assert await office.bell.inbox.wait(0)


# Refusals


async def test_the_daily_limit_is_kept_until_it_resets(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
) -> None:
    await aisha_at_zoom.has_used_up_today()
    lesson_id = await made(office, teacher)
    kept = await standing(office, lesson_id)
    assert kept.meeting.last_problem == Problem.DAILY_LIMIT
    assert kept.meeting.next_try_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert await settle_due(office) == 0
    clock.now = datetime(2026, 11, 24, tzinfo=UTC)
    assert await settle_due(office) == 1
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED
    assert len(await zoom.meetings()) == 1


async def test_an_account_that_may_not_host_is_said_and_works_once_it_may(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await aisha_at_zoom.changes(may_host=False)
    lesson_id = await made(office, teacher)
    kept = await standing(office, lesson_id)
    assert kept.meeting.last_problem == Problem.NO_HOSTING
    assert await zoom.meetings() == []
    await aisha_at_zoom.changes(may_host=True)
    await classes.try_again(office, teacher, lesson_id)
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED


async def test_what_zoom_refuses_is_kept_for_its_teacher_to_decide_and_not_repeated(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    await zoom.fault("status", "create_meeting", status=400)
    lesson_id = await made(office, teacher)
    kept = await standing(office, lesson_id)
    assert kept.meeting.last_problem == Problem.REFUSED
    clock.forward(timedelta(hours=1))
    assert await settle_due(office) == 0
    await cancel(office, teacher, lesson_id, for_all=False)
    now = await standing(office, lesson_id)
    assert (now.meeting.is_deleted, now.meeting.last_problem) == (True, None)


async def test_a_permission_that_was_not_given_is_asked_for_by_connecting_again(
    office: Office, zoom: ZoomPeople
) -> None:
    person = await zoom.user("a@example.org", name="A", scopes=["user:read:user"])
    teacher = await teacher_with(office, AISHA, person, BEGINNERS)
    lesson_id = await made(office, teacher)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.PERMISSION
    await person.changes(scopes=["user:read:user", "meeting:write:meeting"])
    await connected(office, AISHA, person)
    await settle_due(office)
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED


# The grant


async def test_a_grant_that_broke_goes_on_after_connecting_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await aisha_at_zoom.grant_ends()
    lesson_id = await made(office, teacher)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.RECONNECT
    assert await settle_due(office) == 0  # only connecting helps
    await office.bell.courses.wait(0)
    await connected(office, AISHA, aisha_at_zoom)
    assert await office.bell.courses.wait(0)
    assert await settle_due(office) == 1
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED
    assert len(await zoom.meetings()) == 1


async def test_a_class_made_while_disconnected_goes_on_after_connecting(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await disconnect(office, await who_is(office, AISHA))
    lesson_id = await made(office, teacher)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.NOT_CONNECTED
    await connected(office, AISHA, aisha_at_zoom)
    await settle_due(office)
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED


async def test_connecting_while_a_try_fails_is_not_missed(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    """The account is connected anew after Zoom refused the old one, before that is recorded."""
    meeting_row, lesson_id = await written_down(office, teacher)
    async with office.database.writing() as tx:
        task = await by_hand._begin(tx, meeting_row, new_id())
    assert task is not None
    clock.forward(timedelta(seconds=5))
    await connected(office, AISHA, aisha_at_zoom)
    refused = Outcome(Problem.RECONNECT, left_nothing=True)
    await by_hand._record(office, task, refused)
    assert await settle_due(office) == 1
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED


# Called off meanwhile, and clearing away


async def test_a_class_called_off_while_it_is_being_made_leaves_nothing(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    meeting_row, lesson_id = await written_down(office, teacher)
    await zoom.fault("slow", "create_meeting", seconds=0.4)

    async def call_off() -> None:
        await asyncio.sleep(0.1)
        await cancel(office, teacher, lesson_id, for_all=False)

    await office.bell.courses.wait(0)
    await asyncio.gather(settle(office, meeting_row), call_off())
    assert await office.bell.courses.wait(0)  # the meeting that came about is to go
    await settle_due(office)
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.CANCELLED
    assert now.meeting.is_deleted
    assert (PostKind.CARD, BEGINNERS.id) not in now.posts
    assert await zoom.meetings() == []


async def test_a_meeting_that_is_being_held_is_deleted_later(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    lesson_id = await made(office, teacher)
    (meeting,) = await zoom.meetings()
    await meeting.start()  # and its webhook has not come yet
    await cancel(office, teacher, lesson_id, for_all=False)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.REFUSED
    await meeting.end()
    clock.forward(timedelta(minutes=30))
    await settle_due(office)
    assert await zoom.meetings() == []
    assert (await standing(office, lesson_id)).meeting.is_deleted


async def test_a_meeting_that_can_never_be_deleted_is_let_go_when_it_is_long_past(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    lesson_id = await made(office, teacher)
    await aisha_at_zoom.grant_ends()
    await cancel(office, teacher, lesson_id, for_all=False)
    assert (await standing(office, lesson_id)).meeting.last_problem == Problem.RECONNECT
    clock.now = PLANNED.ends_at + timedelta(days=1)
    assert await settle_due(office) == 1
    now = await standing(office, lesson_id)
    assert (now.meeting.is_deleted, now.meeting.next_try_at) == (True, None)


async def test_one_course_that_fails_in_an_unforeseen_way_does_not_stop_the_others(
    office: Office, teacher: Teacher
) -> None:
    broken, _ = await written_down(office, teacher)
    async with office.database.writing() as tx:
        await tx.connection.execute(update(course).values(zone="Nowhere/Never"))
    _, lesson_id = await written_down(office, teacher, "REFERENCE8")
    assert await settle_due(office) == 1
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED
    assert await settle_due(office) == 0  # the worker pauses before it tries again
    async with office.database.reading() as tx:
        unsettled = await tx.connection.scalar(
            select(meeting.c.confirmed_at).where(meeting.c.id == broken)
        )
    assert unsettled is None


async def test_a_stale_lease_changes_nothing(office: Office, teacher: Teacher) -> None:
    meeting_row, lesson_id = await written_down(office, teacher)
    async with office.database.writing() as tx:
        assert await settling.claim_meeting(tx, meeting_row, 1, LEASE) is not None
        assert await settling.claim_meeting(tx, meeting_row, 2, LEASE) is None
        await settling.release_meeting(tx, meeting_row, 2, next_try_at=None, problem="refused")
        await settling.give_back(tx, meeting_row, 2)
        assert await settling.holds_lease(tx, meeting_row, 1)
    assert (await standing(office, lesson_id)).meeting.last_problem is None


async def test_the_answer_card_is_drawn_anew_after_each_try(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    await zoom.goes_down()
    lesson_id = await made(office, teacher, replace(order(), answer_message_id=9))
    async with office.database.reading() as tx:
        known = (await tx.connection.execute(select(post))).one()
        assert (known.message_id, known.wanted_version) == (9, 2)
    clock.forward(A_MINUTE)
    await settle_due(office)
    async with office.database.reading() as tx:
        assert await tx.connection.scalar(select(func.max(post.c.wanted_version))) == 3
    assert lesson_id
