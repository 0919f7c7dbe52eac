"""Classes from their order to their end, against the Zoom stand-in."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, NotConnected, Outdated, Reconnect, SchoolError
from school.model import LessonState, Planned, PostKind
from school.text import Moment
from services import cancelling, classes, daily_limit, groups
from services.daily_limit import TooManyToday
from services.listing import list_classes
from services.office import Office
from services.people import Teacher
from services.problems import Problem
from services.settling import settle_due
from storage.schema import course, lesson, post
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import (
    BEGINNERS,
    PLANNED,
    SISTERS,
    made,
    order,
    standing,
    teacher_with,
)


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)


async def cancel(office: Office, teacher: Teacher, lesson_id: int) -> None:
    """The one class, whatever else is of its series."""
    await cancelling.cancel(office, teacher, lesson_id, for_all=False)


async def shown_in(office: Office, lesson_id: int, chat_id: int) -> None:
    """As the publisher leaves a card that it sent."""
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(post)
            .where(post.c.lesson_id == lesson_id, post.c.chat_id == chat_id)
            .values(message_id=5, shown_version=1)
        )


async def test_a_class_is_made_at_zoom_and_wanted_in_its_groups(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher, order("update:1", PLANNED, BEGINNERS.id, SISTERS.id))
    now = await standing(office, lesson_id)
    (meeting,) = await zoom.meetings()
    planned = await meeting.shown()
    assert (planned["topic"], planned["duration"]) == ("Tajweed", 45)
    assert planned["start_time"] == "2026-11-24T15:00:00Z"
    assert planned["timezone"] == "Africa/Addis_Ababa"
    assert now.lesson.state is LessonState.SCHEDULED
    assert (now.meeting.meeting_id, now.meeting.join_url) == (meeting.id, meeting.join_url)
    assert set(now.posts) == {
        (PostKind.CARD, BEGINNERS.id),
        (PostKind.CARD, SISTERS.id),
        (PostKind.ANSWER, AISHA.id),
    }


async def test_the_same_request_again_makes_no_second_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    assert await made(office, teacher) == await made(office, teacher)
    assert len(await zoom.meetings()) == 1


async def test_the_same_request_twice_at_once_makes_no_second_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    first, second = await asyncio.gather(made(office, teacher), made(office, teacher))
    assert first == second
    assert len(await zoom.meetings()) == 1


async def test_the_class_keeps_the_zone_that_it_was_planned_in(
    office: Office, teacher: Teacher
) -> None:
    await made(office, teacher)
    (ahead,) = (await list_classes(office, teacher, 0)).classes
    assert ahead.zone.key == "Africa/Addis_Ababa"
    assert ahead.planned == PLANNED


async def test_a_group_of_another_teacher_cannot_be_written_to(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    musas = await teacher_with(office, MUSA, await zoom.user("musa@example.org", name="Musa"))
    with pytest.raises(NotAllowed, match="no longer yours"):
        await made(office, musas)
    async with office.database.reading() as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(course)) == 0
    assert await zoom.meetings() == []
    del teacher


# Not connected


async def test_without_zoom_the_teacher_is_asked_to_connect(office: Office) -> None:
    unconnected = await teacher_with(office, AISHA, None, BEGINNERS)
    with pytest.raises(NotConnected, match="Connect your Zoom account first"):
        await classes.check_connected(office, unconnected)


async def test_a_grant_known_to_be_broken_is_said_before_anything_is_made(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await aisha_at_zoom.grant_ends()
    await made(office, teacher)  # finds it out
    with pytest.raises(Reconnect, match="type the class again"):
        await classes.check_connected(office, teacher)


# Zoom does not answer


async def test_while_zoom_is_down_the_class_is_kept_and_can_be_tried_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await zoom.goes_down()
    lesson_id = await made(office, teacher)
    kept = await standing(office, lesson_id)
    assert kept.lesson.state is LessonState.CREATING
    assert kept.meeting.last_problem == Problem.UNAVAILABLE
    assert (PostKind.CARD, BEGINNERS.id) not in kept.posts
    await zoom.no_faults()
    await classes.try_again(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.SCHEDULED
    assert now.meeting.last_problem is None
    assert len(await zoom.meetings()) == 1


async def test_trying_again_shows_that_it_is_being_tried(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await zoom.goes_down()
    lesson_id = await made(office, teacher)
    before = (await standing(office, lesson_id)).posts[PostKind.ANSWER, AISHA.id]
    await classes.try_again(office, teacher, lesson_id)
    after = (await standing(office, lesson_id)).posts[PostKind.ANSWER, AISHA.id]
    assert after == before + 2  # once when it begins, once when it fails again


async def test_trying_again_what_is_made_or_cancelled_changes_nothing(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    await classes.try_again(office, teacher, lesson_id)
    await cancel(office, teacher, lesson_id)
    await classes.try_again(office, teacher, lesson_id)
    assert await zoom.meetings() == []
    assert (await standing(office, lesson_id)).lesson.state is LessonState.CANCELLED


async def test_discarding_a_class_whose_answer_was_lost_leaves_no_meeting_at_zoom(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await zoom.fault("drop", "create_meeting", when="after")
    lesson_id = await made(office, teacher)
    assert len(await zoom.meetings()) == 1  # though nobody was told
    assert (await standing(office, lesson_id)).meeting.meeting_id is None
    await cancel(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert await zoom.meetings() == []
    assert (now.meeting.is_deleted, now.meeting.last_problem) == (True, None)
    assert not any(kind is PostKind.CANCELLED for kind, _ in now.posts)  # no group saw it


async def test_discarding_what_never_reached_zoom_asks_nothing_of_it(
    office: Office, zoom: ZoomPeople, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await aisha_at_zoom.grant_ends()
    lesson_id = await made(office, teacher)
    await cancel(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert (now.meeting.is_deleted, now.meeting.last_problem) == (True, None)
    assert now.lesson.state is LessonState.CANCELLED
    asked = await zoom.statistics()
    assert not {"calls.list_meetings", "calls.delete_meeting"} & set(asked)


# Cancelling


async def test_cancelling_tells_the_groups_and_deletes_the_meeting(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher, order("update:1", PLANNED, BEGINNERS.id, SISTERS.id))
    await shown_in(office, lesson_id, BEGINNERS.id)
    before = await standing(office, lesson_id)
    await cancel(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.CANCELLED
    assert now.meeting.is_deleted
    assert await zoom.meetings() == []
    card = (PostKind.CARD, BEGINNERS.id)
    assert now.posts[card] > before.posts[card]
    # A fresh message only where the class had been announced.
    assert (PostKind.CANCELLED, BEGINNERS.id) in now.posts
    assert (PostKind.CANCELLED, SISTERS.id) not in now.posts


async def test_cancelling_twice_is_like_once(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    await cancel(office, teacher, lesson_id)
    await cancel(office, teacher, lesson_id)
    assert (await zoom.statistics())["calls.delete_meeting"] == 1


async def test_a_meeting_that_is_already_gone_at_zoom_is_no_hindrance(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    await zoom.fault("drop", "delete_meeting", when="after")  # deleted; then it is not found
    await cancel(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert (now.meeting.is_deleted, now.meeting.last_problem) == (True, None)


async def test_with_zoom_down_the_groups_are_told_and_the_meeting_goes_later(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    lesson_id = await made(office, teacher)
    await shown_in(office, lesson_id, BEGINNERS.id)
    await zoom.goes_down()
    await cancel(office, teacher, lesson_id)
    now = await standing(office, lesson_id)
    assert now.lesson.state is LessonState.CANCELLED
    assert (PostKind.CANCELLED, BEGINNERS.id) in now.posts
    assert now.meeting.last_problem == Problem.UNAVAILABLE
    await zoom.no_faults()
    clock.forward(timedelta(minutes=5))
    await settle_due(office)
    assert await zoom.meetings() == []
    assert (await standing(office, lesson_id)).meeting.last_problem is None


@pytest.mark.parametrize("state", [LessonState.LIVE, LessonState.ENDED])
async def test_what_has_begun_cannot_be_cancelled(
    office: Office, zoom: ZoomPeople, teacher: Teacher, state: LessonState
) -> None:
    lesson_id = await made(office, teacher)
    async with office.database.writing() as tx:
        await tx.connection.execute(update(lesson).values(state=state))
    for press in (cancelling.may_cancel, cancel):
        with pytest.raises(Outdated, match="already begun or is over"):
            await press(office, teacher, lesson_id)
    assert len(await zoom.meetings()) == 1


async def test_a_cancelled_class_is_not_asked_about_again(office: Office, teacher: Teacher) -> None:
    lesson_id = await made(office, teacher)
    await cancel(office, teacher, lesson_id)
    with pytest.raises(Outdated, match="already cancelled"):
        await cancelling.may_cancel(office, teacher, lesson_id)
    with pytest.raises(Outdated, match="cancelled"):
        await classes.host_link(office, teacher, lesson_id)


# The host link, the list, other people


async def test_the_host_link_is_fresh_each_time_and_not_in_any_print(
    office: Office, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    first = await classes.host_link(office, teacher, lesson_id)
    second = await classes.host_link(office, teacher, lesson_id)
    assert first.topic == "Tajweed"
    assert first.url != second.url
    assert first.url not in repr(first)


async def test_there_is_no_host_link_before_zoom_made_the_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await zoom.goes_down()
    lesson_id = await made(office, teacher)
    with pytest.raises(SchoolError, match="still making this class"):
        await classes.host_link(office, teacher, lesson_id)


async def test_a_host_link_of_a_meeting_deleted_in_zoom_says_what_to_do(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    lesson_id = await made(office, teacher)
    await aisha_at_zoom.is_deleted()
    with pytest.raises(SchoolError, match="deleted in Zoom"):
        await classes.host_link(office, teacher, lesson_id)


async def test_the_list_has_what_is_not_over_soonest_first(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    day = timedelta(days=1)
    later = await made(
        office, teacher, order("b", Planned(PLANNED.starts_at + day, PLANNED.length))
    )
    sooner = await made(office, teacher, order("a"))
    off = await made(office, teacher, order("c", Planned(PLANNED.starts_at + 2 * day, day / 24)))
    await cancel(office, teacher, off)
    ahead = (await list_classes(office, teacher, 0)).classes
    assert [one.lesson_id for one in ahead] == [sooner, later]
    clock.now = PLANNED.starts_at + timedelta(minutes=30)
    during = (await list_classes(office, teacher, 0)).classes
    assert [one.lesson_id for one in during] == [sooner, later]
    clock.now = PLANNED.ends_at
    ahead = (await list_classes(office, teacher, 0)).classes
    assert [one.lesson_id for one in ahead] == [later]


async def test_classes_that_overlap_are_found_and_back_to_back_is_none(
    office: Office, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    half_an_hour = timedelta(minutes=30)
    overlapping = Planned(PLANNED.starts_at + half_an_hour, half_an_hour)
    (found,) = await classes.clashing(office, teacher, overlapping)
    assert found.lesson_id == lesson_id
    assert not await classes.clashing(office, teacher, Planned(PLANNED.ends_at, half_an_hour))


async def test_a_long_class_that_began_the_day_before_clashes_too(
    office: Office, teacher: Teacher
) -> None:
    long = Planned(PLANNED.starts_at, timedelta(hours=24))
    await made(office, teacher, order("update:1", long))
    near_its_end = Planned(long.ends_at - timedelta(minutes=1), timedelta(minutes=10))
    assert len(await classes.clashing(office, teacher, near_its_end)) == 1


async def test_nobody_else_presses_a_teachers_buttons(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    other = await teacher_with(office, MUSA, await zoom.user("musa@example.org", name="Musa"))
    for press in (
        cancelling.may_cancel,
        cancel,
        classes.try_again,
        classes.host_link,
        classes.show_again,
        classes.redraw,
    ):
        with pytest.raises(NotAllowed, match="Only the teacher of this class"):
            await press(office, other, lesson_id)
    assert (await standing(office, lesson_id)).lesson.state is LessonState.SCHEDULED


async def test_a_made_up_class_is_said_not_to_be_there(office: Office, teacher: Teacher) -> None:
    with pytest.raises(Outdated, match="no longer there"):
        await cancel(office, teacher, 2**62)


async def test_the_card_can_be_sent_again_and_drawn_again(office: Office, teacher: Teacher) -> None:
    lesson_id = await made(office, teacher)
    await shown_in(office, lesson_id, AISHA.id)
    await classes.redraw(office, teacher, lesson_id)
    async with office.database.reading() as tx:
        drawn = (await tx.connection.execute(select(post).where(post.c.chat_id == AISHA.id))).one()
    assert drawn.message_id == 5
    await classes.show_again(office, teacher, lesson_id)
    async with office.database.reading() as tx:
        anew = (await tx.connection.execute(select(post).where(post.c.chat_id == AISHA.id))).one()
    assert anew.message_id is None
    assert anew.wanted_version > drawn.wanted_version


async def test_a_class_stays_in_a_group_that_was_unlinked_later(
    office: Office, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    await groups.unlink(office, teacher, BEGINNERS.id)
    await cancel(office, teacher, lesson_id)
    assert (PostKind.CARD, BEGINNERS.id) in (await standing(office, lesson_id)).posts


async def test_a_day_has_room_for_so_many_classes_and_the_next_for_more(
    office: Office, teacher: Teacher, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_limit, "MOST_MADE_A_DAY", 2)
    await made(office, teacher, order("update:1"))
    await made(office, teacher, order("update:2"))
    with pytest.raises(TooManyToday) as refused:
        await made(office, teacher, order("update:3"))
    when = refused.value.text.values["when"]
    assert isinstance(when, Moment)
    assert when.at == datetime(2026, 11, 24, tzinfo=UTC)  # Zoom's midnight
    assert await made(office, teacher, order("update:2"))  # asked again, it is the same class
    clock.forward(timedelta(hours=10))
    assert await made(office, teacher, order("update:3"))
