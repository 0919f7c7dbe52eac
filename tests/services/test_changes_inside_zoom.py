"""What people change inside Zoom itself comes into the course, and its chats get to know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Outdated
from school.model import LessonState, Planned, PostKind
from services import changing, classes
from services.cancelling import cancel, make_again
from services.classes import OldCard
from services.contents_for_teachers import GoneNotice
from services.office import Office
from services.people import Teacher
from services.seeing import look_due
from services.settling import settle_due
from storage import post_states, posts, schema
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA
from tests.services.publishing import publish
from tests.services.series import (
    BEFORE_SUMMER_TIME,
    CAIRO,
    LENGTH,
    MONTH_OF_FRIDAYS,
    answer,
    lessons_with,
    made_series,
    meetings_with,
    occurrences,
    planned_at_zoom,
    planned_here,
    show_cards,
    wish,
)
from tests.services.teaching import BEGINNERS, PLANNED, made, order, standing, teacher_with

HOUR = timedelta(hours=1)
UNTIL_THE_NEXT_LOOK = timedelta(hours=6)


@pytest.fixture
async def teacher(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> Teacher:
    clock.now = BEFORE_SUMMER_TIME
    await zoom.no_per_second_limits()
    return replace(await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS), zone=CAIRO)


@pytest.fixture
async def series(office: Office, teacher: Teacher) -> list[int]:
    """Five Fridays, over the change to summer time."""
    first = await made_series(office, teacher)
    return [one.id for one in await lessons_with(office, first)]


async def looked(office: Office, clock: SettableClock) -> None:
    """Once the time to look has come."""
    clock.forward(UNTIL_THE_NEXT_LOOK)
    assert await look_due(office) == 1
    assert await look_due(office) == 0


async def asked_about_gone(office: Office, lesson_ids: list[int]) -> list[int]:
    """The lessons that the teacher was asked about."""
    return [
        one
        for one in lesson_ids
        if (PostKind.GONE, AISHA.id) in (await standing(office, one)).posts
    ]


async def test_nothing_changed_is_nothing_changed(
    office: Office, series: list[int], clock: SettableClock
) -> None:
    before = [await standing(office, one) for one in series]
    await looked(office, clock)
    after = [await standing(office, one) for one in series]
    assert [(one.lesson, one.course, one.posts) for one in after] == [
        (one.lesson, one.course, one.posts) for one in before
    ]


async def test_another_time_of_one_date_is_taken_over_and_told(
    office: Office, zoom: ZoomPeople, series: list[int], clock: SettableClock
) -> None:
    await show_cards(office, series[0])
    before = await standing(office, series[0])
    (meeting,) = await zoom.meetings()
    (first, *_) = await occurrences(meeting)
    there = Planned(MONTH_OF_FRIDAYS[0] + HOUR, 2 * LENGTH)
    await meeting.changed_in_zoom(
        start_at=there.starts_at, duration_min=90, occurrence_id=first["occurrence_id"]
    )
    await looked(office, clock)
    now = await standing(office, series[0])
    assert now.lesson.planned == there
    assert now.lesson.moved_from_at == MONTH_OF_FRIDAYS[0]
    assert now.course.version == before.course.version + 1
    assert (PostKind.MOVED, BEGINNERS.id) in now.posts
    card = (PostKind.CARD, BEGINNERS.id)
    assert now.posts[card] > before.posts[card]
    assert await planned_here(office, series[0]) == await planned_at_zoom(zoom)
    assert await settle_due(office) == 0


async def test_a_single_class_is_taken_over_too(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    clock.now = PLANNED.starts_at - timedelta(days=3)
    lesson_id = await made(office, teacher, order())
    (meeting,) = await zoom.meetings()
    await meeting.changed_in_zoom(start_at=PLANNED.starts_at + HOUR, topic="Tafsir")
    await looked(office, clock)
    now = await standing(office, lesson_id)
    assert now.lesson.planned == Planned(PLANNED.starts_at + HOUR, PLANNED.length)
    assert now.course.topic == "Tafsir"


async def test_a_topic_and_a_passcode_are_taken_over_and_every_card_has_the_new_link(
    office: Office, zoom: ZoomPeople, series: list[int], clock: SettableClock
) -> None:
    before = await standing(office, series[0])
    (meeting,) = await zoom.meetings()
    changed = await meeting.changed_in_zoom(topic="Tafsir", passcode="secret77")
    await looked(office, clock)
    now = await standing(office, series[0])
    assert (now.course.topic, now.meeting.topic) == ("Tafsir", "Tafsir")
    assert (now.meeting.join_url, now.meeting.passcode) == (changed.join_url, "secret77")
    assert now.meeting.join_url != before.meeting.join_url
    card = (PostKind.CARD, BEGINNERS.id)
    assert now.posts[card] > before.posts[card]


async def test_what_was_changed_here_meanwhile_stands_and_zoom_is_told(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    (meeting,) = await zoom.meetings()
    (first, *_) = await occurrences(meeting)
    await zoom.daily_limit(left=0)
    here = MONTH_OF_FRIDAYS[0] + 2 * HOUR
    await changing.move(office, await wish(office, teacher, series[0]), here)
    await changing.rename(office, await wish(office, teacher, series[0]), "Fiqh")
    await meeting.changed_in_zoom(topic="Tafsir")
    await meeting.changed_in_zoom(
        start_at=MONTH_OF_FRIDAYS[0] + HOUR, occurrence_id=first["occurrence_id"]
    )
    await looked(office, clock)
    now = await standing(office, series[0])
    assert (now.lesson.planned.starts_at, now.course.topic) == (here, "Fiqh")
    clock.forward(timedelta(days=1))
    await settle_due(office)
    (meeting,) = await zoom.meetings()
    assert meeting.topic == "Fiqh"
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])


async def test_a_whole_series_moved_inside_zoom_is_taken_over_in_order(
    office: Office, zoom: ZoomPeople, series: list[int], clock: SettableClock
) -> None:
    (meeting,) = await zoom.meetings()
    await meeting.changed_in_zoom(start_at=MONTH_OF_FRIDAYS[0] + 2 * HOUR)
    await looked(office, clock)
    now = [one.planned.starts_at for one in await lessons_with(office, series[0])]
    assert now == [at + 2 * HOUR for at in MONTH_OF_FRIDAYS]
    assert [one.id for one in await lessons_with(office, series[0])] == series
    assert await planned_here(office, series[0]) == await planned_at_zoom(zoom)


async def test_one_date_deleted_inside_zoom_is_asked_about_once_and_can_be_made_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    (meeting,) = await zoom.meetings()
    dates = await occurrences(meeting)
    await meeting.deleted_in_zoom(dates[1]["occurrence_id"])
    await looked(office, clock)
    assert await asked_about_gone(office, series) == [series[1]]
    gone = await standing(office, series[1])
    assert gone.lesson.gone_at is not None
    assert gone.lesson.state is LessonState.SCHEDULED
    assert (await changing.details(office, teacher, series[1])).is_gone
    await looked(office, clock)  # it is not asked about again
    assert (await standing(office, series[1])).posts == gone.posts
    await make_again(office, teacher, series[1])
    assert (await standing(office, series[1])).lesson.gone_at is None
    assert len(await zoom.meetings()) == 2
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert len(await planned_at_zoom(zoom)) == 5
    await make_again(office, teacher, series[1])  # a second press makes nothing more
    assert len(await zoom.meetings()) == 2


async def test_a_series_deleted_inside_zoom_is_asked_about_once_and_made_again_as_one(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    (old,) = await zoom.meetings()
    await old.deleted_in_zoom()
    clock.forward(UNTIL_THE_NEXT_LOOK)
    assert await look_due(office) == 1
    assert await asked_about_gone(office, series) == [series[0]]
    assert [one.is_deleted for one in await meetings_with(office, series[0])] == [True]
    assert (await answer(office, series[0])).is_gone
    clock.forward(UNTIL_THE_NEXT_LOOK)
    assert await look_due(office) == 0
    await make_again(office, teacher, series[0])
    (new,) = await zoom.meetings()
    assert new.id != old.id
    assert [one.gone_at for one in await lessons_with(office, series[0])] == [None] * 5
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])
    assert (await standing(office, series[4])).meeting.meeting_id == new.id


async def test_what_was_deleted_inside_zoom_can_be_called_off_here(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    await show_cards(office, series[0])
    (meeting,) = await zoom.meetings()
    await meeting.deleted_in_zoom()
    clock.forward(UNTIL_THE_NEXT_LOOK)
    await look_due(office)
    await cancel(office, teacher, series[0], for_all=True)
    now = await standing(office, series[0])
    assert now.lesson.state is LessonState.CANCELLED
    assert (PostKind.CANCELLED, BEGINNERS.id) in now.posts
    assert now.meeting.last_problem is None
    with pytest.raises(Outdated):
        await make_again(office, teacher, series[0])


async def test_the_question_about_what_is_gone_has_buttons_that_know_of_every_change(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int], clock: SettableClock
) -> None:
    (meeting,) = await zoom.meetings()
    await meeting.deleted_in_zoom((await occurrences(meeting))[1]["occurrence_id"])
    clock.forward(UNTIL_THE_NEXT_LOOK)
    await look_due(office)
    (asked,) = [one.contents for one in await publish(office) if one.kind is PostKind.GONE]
    assert isinstance(asked, GoneNotice)
    await changing.rename(office, await wish(office, teacher, series[0]), "Fiqh")
    with pytest.raises(OldCard):
        await cancel(office, teacher, series[1], for_all=False, seen=asked.version)
    (asked,) = [one.contents for one in await publish(office) if one.kind is PostKind.GONE]
    assert isinstance(asked, GoneNotice)
    await cancel(office, teacher, series[1], for_all=False, seen=asked.version)
    assert (await standing(office, series[1])).lesson.state is LessonState.CANCELLED


async def test_the_topic_of_an_erased_course_is_not_written_down_again(
    office: Office, series: list[int], clock: SettableClock
) -> None:
    async with office.database.writing() as tx:
        await tx.connection.execute(update(schema.course).values(sealed_topic=None))
        await tx.connection.execute(update(schema.meeting).values(sealed_topic=None))
    await looked(office, clock)
    assert (await standing(office, series[0])).meeting.topic is None


async def test_a_card_is_not_drawn_over_a_question_that_stands(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    async with office.database.writing() as tx:
        await posts.want(tx, PostKind.GONE, series[1], AISHA.id, message_id=77)
    await classes.redraw(office, teacher, series[1], 77)
    async with office.database.reading() as tx:
        assert await post_states.kinds_in(tx, AISHA.id, 77) == {PostKind.GONE}
    assert (PostKind.ANSWER, AISHA.id) in (await standing(office, series[1])).posts


async def test_a_change_that_zoom_refuses_because_the_date_is_gone_there_asks_the_teacher(
    office: Office, zoom: ZoomPeople, teacher: Teacher, series: list[int]
) -> None:
    """Somebody deleted it inside Zoom, and nobody has looked there since."""
    (meeting,) = await zoom.meetings()
    await meeting.deleted_in_zoom((await occurrences(meeting))[1]["occurrence_id"])
    to = MONTH_OF_FRIDAYS[1] + HOUR
    await changing.move(office, await wish(office, teacher, series[1]), to)
    now = await standing(office, series[1])
    assert now.lesson.gone_at is not None
    assert now.meeting.last_problem is None
    assert await asked_about_gone(office, series) == [series[1]]
    await make_again(office, teacher, series[1])
    assert await planned_at_zoom(zoom) == await planned_here(office, series[0])


async def test_near_a_lesson_zoom_is_looked_at_often_and_not_at_all_when_all_is_over(
    office: Office, series: list[int], clock: SettableClock
) -> None:
    clock.now = MONTH_OF_FRIDAYS[0] - HOUR
    assert await look_due(office) == 1
    clock.forward(timedelta(minutes=14))
    assert await look_due(office) == 0
    clock.forward(timedelta(minutes=1))
    assert await look_due(office) == 1
    clock.now = MONTH_OF_FRIDAYS[-1] + LENGTH
    await look_due(office)
    clock.forward(timedelta(days=30))
    assert await look_due(office) == 0
    assert series


async def test_while_zoom_is_down_looking_waits_for_its_next_time(
    office: Office, zoom: ZoomPeople, series: list[int], clock: SettableClock
) -> None:
    await zoom.goes_down()
    clock.forward(UNTIL_THE_NEXT_LOOK)
    assert await look_due(office) == 1
    assert await look_due(office) == 0
    await zoom.no_faults()
    (meeting,) = await zoom.meetings()
    await meeting.changed_in_zoom(topic="Tafsir")
    await looked(office, clock)
    assert (await standing(office, series[0])).course.topic == "Tafsir"
