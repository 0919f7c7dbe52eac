"""What is taken back, by whom, and what Zoom has then; against the Zoom stand-in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotUnderstood, ZoomUnavailable
from school.model import LessonState, PostKind
from services import changing
from services.cancelling import cancel, discard, make_again, skip, undo
from services.continuing import continue_series
from services.office import Office
from services.people import Teacher
from services.seeing import look_due
from services.settling import settle, settle_due
from services.substituting import hand_over
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.series import (
    BEFORE_SUMMER_TIME,
    CAIRO,
    FIRST_FRIDAY,
    lessons_with,
    made_series,
    meetings_with,
    planned_at_zoom,
    planned_here,
    wish,
)
from tests.services.teaching import BEGINNERS, standing, teacher_with

TWO_HOURS_LATER = FIRST_FRIDAY.astimezone(UTC) + timedelta(hours=2)


@pytest.fixture
async def teacher(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> Teacher:
    clock.now = BEFORE_SUMMER_TIME
    await zoom.no_per_second_limits()
    return replace(await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS), zone=CAIRO)


@pytest.fixture
async def musa(office: Office, zoom: ZoomPeople, teacher: Teacher) -> Teacher:
    del teacher  # who is there first
    at_zoom = await zoom.user("musa@example.org", name="Musa", plan=2)
    return await teacher_with(office, MUSA, at_zoom)


async def ids_of(office: Office, first: int) -> list[int]:
    return [one.id for one in await lessons_with(office, first)]


async def states(office: Office, lessons: Sequence[int]) -> list[LessonState]:
    return [(await standing(office, one)).lesson.state for one in lessons]


async def test_more_than_sixty_that_were_called_off_together_come_back_in_several_meetings(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "daily x200")
    clock.now = (await lessons_with(office, first))[-1].planned.starts_at - timedelta(days=13)
    assert await continue_series(office) == 1
    ahead = [one for one in await lessons_with(office, first) if one.planned.starts_at > clock.now]
    assert len(ahead) > 60
    await cancel(office, teacher, ahead[0].id, for_all=True)
    clock.forward(timedelta(minutes=1))
    await undo(office, teacher, ahead[0].id)
    assert set(await states(office, [one.id for one in ahead])) == {LessonState.SCHEDULED}
    assert await planned_at_zoom(zoom) == await planned_here(office, first)


async def test_a_substitute_takes_back_their_own_lesson_and_no_more(
    office: Office, teacher: Teacher, musa: Teacher
) -> None:
    ids = await ids_of(office, await made_series(office, teacher))
    await hand_over(office, await wish(office, teacher, ids[1]), musa.person_id)
    await cancel(office, teacher, ids[0], for_all=True)
    await undo(office, musa, ids[1])
    off = LessonState.CANCELLED
    assert await states(office, ids) == [off, LessonState.SCHEDULED, off, off, off]
    assert (await standing(office, ids[0])).course.has_ended


async def test_a_substitute_discards_no_change_of_the_series(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher
) -> None:
    first = await made_series(office, teacher)
    ids = await ids_of(office, first)
    await hand_over(office, await wish(office, teacher, ids[1]), musa.person_id)
    await zoom.daily_limit(left=0)
    wanted = await wish(office, teacher, ids[0], for_all=True)
    await changing.move(office, wanted, TWO_HOURS_LATER)
    await changing.rename(office, await wish(office, teacher, ids[0], for_all=True), "Fiqh")
    moved = await planned_here(office, first)
    await changing.discard_change(office, musa, ids[1])
    now = await planned_here(office, first)
    assert [one for one in now if one in moved] == [moved[0], *moved[2:]]
    assert (await standing(office, first)).course.topic == "Fiqh"


async def test_a_renaming_that_zoom_was_not_told_of_is_taken_back_on_every_card(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    first = await made_series(office, teacher)
    await zoom.daily_limit(left=0)
    await changing.rename(office, await wish(office, teacher, first, for_all=True), "Fiqh")
    before = (await standing(office, first)).posts[PostKind.CARD, BEGINNERS.id]
    await changing.discard_change(office, teacher, first)
    now = await standing(office, first)
    assert now.course.topic == "Tajweed"
    assert now.posts[PostKind.CARD, BEGINNERS.id] > before


@pytest.mark.parametrize("for_all", [False, True])
async def test_a_change_whose_answer_was_lost_can_be_discarded_once_it_is_known_what_zoom_has(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock, for_all: bool
) -> None:
    first = await made_series(office, teacher)
    await zoom.fault("drop", "update_meeting", when="after", times=None)
    wanted = await wish(office, teacher, first, for_all=for_all)
    await changing.move(office, wanted, TWO_HOURS_LATER)
    with pytest.raises(ZoomUnavailable, match="do not know yet"):
        await changing.discard_change(office, teacher, first)
    moved = await planned_here(office, first)
    await zoom.no_faults()
    clock.forward(timedelta(minutes=5))
    await settle_due(office)
    clock.forward(timedelta(hours=7))
    await look_due(office)
    assert await planned_here(office, first) == moved == await planned_at_zoom(zoom)


async def test_one_lesson_that_comes_back_does_not_revive_a_series_that_ended_later(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "weekly x200")
    lessons = await lessons_with(office, first)
    clock.now = lessons[-1].planned.starts_at - timedelta(days=15)
    one, other, *_ = [
        one for one in await lessons_with(office, first) if one.planned.starts_at > clock.now
    ]
    await cancel(office, teacher, one.id, for_all=False)
    clock.forward(timedelta(minutes=1))
    await cancel(office, teacher, other.id, for_all=True)
    await undo(office, teacher, one.id)
    clock.forward(timedelta(days=1, hours=1))
    assert await continue_series(office) == 0


async def test_days_that_are_not_planned_yet_cannot_be_skipped(
    office: Office, teacher: Teacher
) -> None:
    first = await made_series(office, teacher, "daily x200")
    last = (await lessons_with(office, first))[-1].planned.starts_at.date()
    wanted = await wish(office, teacher, first)
    with pytest.raises(NotUnderstood, match="planned until"):
        await skip(office, wanted, last - timedelta(days=3), last + timedelta(days=3))
    assert set(await states(office, await ids_of(office, first))) == {LessonState.SCHEDULED}


async def test_a_class_that_could_not_be_made_anew_goes_back_to_where_it_was(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher
) -> None:
    first = await made_series(office, teacher)
    ids = await ids_of(office, first)
    await zoom.daily_limit(left=0)
    await hand_over(office, await wish(office, teacher, ids[1]), musa.person_id)
    await discard(office, musa, ids[1])
    assert set(await states(office, ids)) == {LessonState.SCHEDULED}
    assert (await standing(office, ids[1])).lesson.teacher_id == teacher.person_id
    await settle_due(office)
    assert await planned_at_zoom(zoom) == await planned_here(office, first)
    assert len(await zoom.meetings()) == 1


async def test_the_former_meeting_is_told_also_after_a_crash_behind_the_new_one(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher)
    ids = await ids_of(office, first)
    await zoom.fault("drop", "create_meeting", times=None)
    await hand_over(office, await wish(office, teacher, ids[1]), musa.person_id)
    await zoom.no_faults()
    await zoom.fault("drop", "update_meeting", times=None)
    clock.forward(timedelta(minutes=5))
    await settle_due(office)
    await zoom.no_faults()
    for meeting in await meetings_with(office, ids[1]):
        await settle(office, meeting.id)
    await settle_due(office)
    assert await planned_at_zoom(zoom) == await planned_here(office, first)


async def test_a_series_is_continued_at_its_usual_length(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "daily x70")
    lessons = await lessons_with(office, first)
    wanted = await wish(office, teacher, lessons[-1].id)
    await changing.set_length(office, wanted, timedelta(minutes=90))
    clock.now = lessons[-1].planned.starts_at - timedelta(days=13)
    assert await continue_series(office) == 1
    added = (await lessons_with(office, first))[60:]
    assert {one.planned.length for one in added} == {timedelta(minutes=45)}


async def test_what_a_long_pause_missed_is_not_planned_afterwards(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher, "daily x200")
    lessons = await lessons_with(office, first)
    clock.now = lessons[-1].planned.starts_at - timedelta(hours=1)
    assert await continue_series(office) == 1
    added = (await lessons_with(office, first))[60:]
    assert min(one.planned.starts_at for one in added) > clock.now


async def test_who_only_gives_a_lesson_makes_only_that_one_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, clock: SettableClock
) -> None:
    first = await made_series(office, teacher)
    ids = await ids_of(office, first)
    await hand_over(office, await wish(office, teacher, ids[1]), musa.person_id)
    for meeting in await zoom.meetings():
        await meeting.deleted_in_zoom()
    clock.forward(timedelta(hours=7))
    await look_due(office)
    await make_again(office, musa, ids[1])
    gone = [(await standing(office, one)).lesson.gone_at is not None for one in ids]
    assert gone == [True, False, True, True, True]
