"""What rings in the chats of the students, and what the messages that stand there say later."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.mirror import Date
from school.model import LessonState, PostKind
from services import changing, classes
from services.cancelling import cancel, skip, undo
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    ClassCard,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Reminder,
    SkippedNotice,
)
from services.contents_for_teachers import AnswerCard, GoneNotice, NoLongerYours
from services.office import Office
from services.people import Teacher
from services.problems import Problem
from services.reminding import remind_due
from services.seeing import see
from services.settling import call_off, settle_due
from services.students import part
from services.substituting import hand_over
from services.zoom_access import client_for
from storage import meetings, planning, posts
from storage.courses import Lesson, find_lesson
from storage.database import Transaction
from storage.schema import meeting as meeting_table
from storage.schema import person, post
from tests.clocks import SettableClock
from tests.lessons import MadeClass, announce, made_class, set_state
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.publishing import Said, publish
from tests.services.series import (
    BEFORE_SUMMER_TIME,
    CAIRO,
    MONTH_OF_FRIDAYS,
    day,
    lessons_with,
    made_series,
    wish,
)
from tests.services.teaching import BEGINNERS, PLANNED, SISTERS, made, standing, teacher_with

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GROUP = BEGINNERS.id


async def lesson_of(tx: Transaction, lesson_id: int) -> Lesson:
    found = await find_lesson(tx, lesson_id)
    assert found is not None
    return found


async def rung(office: Office) -> list[Said]:
    """New messages to the group."""
    return [one for one in await publish(office) if one.is_new and one.chat_id == GROUP]


async def row_of(office: Office, kind: PostKind, lesson_id: int) -> dict[str, object]:
    async with office.database.reading() as tx:
        found = await tx.connection.execute(
            select(post).where(post.c.kind == kind, post.c.lesson_id == lesson_id)
        )
        return dict(found.mappings().one())


# One class, without Zoom


@pytest.fixture
async def shown(office: Office) -> MadeClass:
    """A class tomorrow whose card stands in the group."""
    found = await made_class(office, {GROUP: "Beginners A"})
    await announce(office, found, GROUP)
    await publish(office)
    return found


async def moved_to(office: Office, found: MadeClass, starts_at: datetime) -> None:
    async with office.database.writing() as tx:
        lesson = await lesson_of(tx, found.lesson_id)
        planned = replace(lesson.planned, starts_at=starts_at)
        await planning.plan_lesson(tx, lesson, planned)
        await posts.send_anew(tx, PostKind.MOVED, lesson.id, GROUP)


async def called_off(office: Office, found: MadeClass) -> None:
    async with office.database.writing() as tx:
        await call_off(tx, [await lesson_of(tx, found.lesson_id)])


async def brought_back(office: Office, found: MadeClass) -> None:
    """As undoing does while Zoom has not heard of it."""
    async with office.database.writing() as tx:
        await set_state(tx, found.lesson_id, LessonState.SCHEDULED)
        await posts.bump(tx, found.lesson_id, (PostKind.CARD, PostKind.CANCELLED, PostKind.BACK))


async def test_a_chat_that_was_left_out_gets_no_link_any_more(
    office: Office, shown: MadeClass
) -> None:
    await moved_to(office, shown, shown.planned.starts_at + HOUR)
    (moved,) = await rung(office)
    assert isinstance(moved.contents, MovedNotice)
    async with office.database.writing() as tx:
        teacher_id = (await lesson_of(tx, shown.lesson_id)).teacher_id
        await part(tx, GROUP, teacher_id)
    said = await publish(office)
    assert {(one.kind, one.is_new) for one in said} == {
        (PostKind.CARD, False),
        (PostKind.MOVED, False),
    }
    (left,) = [one.contents for one in said if one.kind is PostKind.MOVED]
    assert left == NoLongerHere("Tajweed")
    await moved_to(office, shown, shown.planned.starts_at + 2 * HOUR)
    async with office.database.writing() as tx:
        await posts.send_anew(tx, PostKind.REMINDER, shown.lesson_id, GROUP)
    assert await rung(office) == []


async def test_a_link_that_changes_inside_zoom_reaches_every_message(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    clock.now = PLANNED.starts_at - 3 * HOUR
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    lesson_id = await made(office, teacher)
    await publish(office)
    clock.forward(2 * HOUR)
    async with office.database.writing() as tx:
        await posts.want_about(tx, PostKind.DAY_REMINDER, lesson_id, GROUP, PLANNED.starts_at)
        await posts.want_about(tx, PostKind.REMINDER, lesson_id, GROUP, PLANNED.starts_at)
        # As if it had been sent in its time.
        await tx.connection.execute(
            update(post).where(post.c.kind == PostKind.DAY_REMINDER).values(message_id=77)
        )
    await publish(office)
    meeting = (await standing(office, lesson_id)).meeting
    async with office.database.writing() as tx:
        await meetings.keep_details(
            tx, meeting.id, topic="Tajweed", join_url="https://zoom.us/j/old", passcode="1"
        )
    await see(office, await client_for(office, meeting.host_id), meeting.id)
    links = {
        one.kind: one.contents.join_url
        for one in await publish(office)
        if isinstance(one.contents, Reminder | ClassCard)
    }
    assert set(links) == {PostKind.CARD, PostKind.DAY_REMINDER, PostKind.REMINDER}
    assert set(links.values()) == {(await zoom.meetings())[0].join_url}


@pytest.mark.parametrize("kind", [PostKind.CARD, PostKind.MOVED, PostKind.CANCELLED, PostKind.BACK])
async def test_what_could_not_be_told_before_the_class_was_over_is_not_told(
    office: Office, clock: SettableClock, kind: PostKind
) -> None:
    found = await made_class(office, {GROUP: "Beginners A"})
    state = LessonState.CANCELLED if kind is PostKind.CANCELLED else LessonState.SCHEDULED
    async with office.database.writing() as tx:
        moved_from = {"moved_from_at": found.planned.starts_at - HOUR}
        await set_state(tx, found.lesson_id, state, **moved_from)
        await posts.want(tx, kind, found.lesson_id, GROUP)
    clock.now = found.planned.ends_at
    assert await publish(office) == []


async def test_a_message_that_a_newer_one_has_overtaken_says_so(
    office: Office, shown: MadeClass
) -> None:
    await called_off(office, shown)
    (first,) = await rung(office)
    assert first.kind is PostKind.CANCELLED
    former = (await row_of(office, PostKind.CANCELLED, shown.lesson_id))["message_id"]
    await brought_back(office, shown)
    await publish(office)
    await called_off(office, shown)
    (again,) = await rung(office)
    assert isinstance(again.contents, CancelledNotice)
    assert again.overtakes == former
    row = await row_of(office, PostKind.CANCELLED, shown.lesson_id)
    assert row["message_id"] not in {None, former}
    assert row["former_message_id"] is None


async def test_what_is_taken_back_before_it_rang_again_is_said_in_the_message_that_stands(
    office: Office, shown: MadeClass
) -> None:
    await called_off(office, shown)
    await publish(office)
    before = await row_of(office, PostKind.CANCELLED, shown.lesson_id)
    await brought_back(office, shown)
    await called_off(office, shown)
    await brought_back(office, shown)
    (said,) = [one for one in await publish(office) if one.kind is PostKind.CANCELLED]
    assert isinstance(said.contents, BackNotice)
    assert not said.is_new
    now = await row_of(office, PostKind.CANCELLED, shown.lesson_id)
    assert (now["message_id"], now["former_message_id"]) == (before["message_id"], None)


# The teacher's messages


async def test_a_card_is_not_drawn_into_the_message_of_another_question(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    lesson_id = await made(office, teacher)
    await publish(office)
    async with office.database.writing() as tx:
        await planning.mark_gone(tx, [lesson_id])
        await posts.want_for_teacher(tx, PostKind.GONE, await lesson_of(tx, lesson_id))
    await publish(office)
    asked = await row_of(office, PostKind.GONE, lesson_id)
    card = await row_of(office, PostKind.ANSWER, lesson_id)
    message_id = asked["message_id"]
    assert isinstance(message_id, int)
    await cancel(office, teacher, lesson_id, for_all=False)
    await classes.redraw(office, teacher, lesson_id, message_id)
    said = {one.kind: one for one in await publish(office) if one.chat_id == AISHA.id}
    question, answer = said[PostKind.GONE].contents, said[PostKind.ANSWER].contents
    assert isinstance(question, GoneNotice)
    assert question.is_settled
    assert isinstance(answer, AnswerCard)
    assert answer.can_undo
    now = await row_of(office, PostKind.ANSWER, lesson_id)
    assert now["message_id"] == card["message_id"] != message_id


async def test_a_meeting_in_trouble_with_another_lesson_is_not_blamed_on_one_that_is_off(
    office: Office, shown: MadeClass
) -> None:
    async def problem() -> Problem | None:
        async with office.database.writing() as tx:
            await posts.want(tx, PostKind.ANSWER, shown.lesson_id, AISHA.id)
            await posts.bump(tx, shown.lesson_id, (PostKind.ANSWER,))
        (card,) = [one.contents for one in await publish(office) if one.kind is PostKind.ANSWER]
        assert isinstance(card, AnswerCard)
        return card.problem

    async with office.database.writing() as tx:
        await set_state(tx, shown.lesson_id, LessonState.CANCELLED)
        await tx.connection.execute(update(meeting_table).values(last_problem=Problem.DAILY_LIMIT))
    assert await problem() is Problem.DAILY_LIMIT
    async with office.database.writing() as tx:
        other = Date("", shown.planned, None)
        await meetings.keep_dates(tx, shown.meeting_row, [other])
    assert await problem() is None


# Series


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
    """Five Fridays; the card of the first stands in the group."""
    first = await made_series(office, teacher)
    await publish(office)
    return [one.id for one in await lessons_with(office, first)]


@pytest.fixture
async def musa(office: Office, zoom: ZoomPeople, series: list[int]) -> Teacher:
    del series  # first
    at_zoom = await zoom.user("musa@example.org", name="Musa", plan=2)
    return await teacher_with(office, MUSA, at_zoom)


async def test_when_all_are_cancelled_the_message_says_all(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    await cancel(office, teacher, series[0], for_all=False)
    (one,) = await rung(office)
    assert isinstance(one.contents, CancelledNotice)
    assert (one.contents.all_cancelled, one.contents.next_at) == (False, MONTH_OF_FRIDAYS[1])
    await undo(office, teacher, series[0])
    await publish(office)
    await cancel(office, teacher, series[0], for_all=True)
    (whole,) = await rung(office)
    assert isinstance(whole.contents, CancelledNotice)
    assert (whole.contents.all_cancelled, whole.contents.next_at) == (True, None)


async def test_when_a_series_moves_the_message_says_its_rule(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    to = MONTH_OF_FRIDAYS[0] + HOUR
    await changing.move(office, await wish(office, teacher, series[0]), to)
    (one,) = await rung(office)
    assert isinstance(one.contents, MovedNotice)
    assert one.contents.rule is None
    wanted = await wish(office, teacher, series[0], for_all=True)
    await changing.move(office, wanted, to + DAY)
    (whole,) = await rung(office)
    assert isinstance(whole.contents, MovedNotice)
    assert whole.contents.rule is not None
    assert whole.contents.rule.weekdays == (5,)
    assert whole.contents.class_zone == CAIRO


async def test_a_gap_is_told_once_although_none_of_its_cards_is_shown(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    wanted = await wish(office, teacher, series[0])
    await skip(office, wanted, day(MONTH_OF_FRIDAYS[1]), day(MONTH_OF_FRIDAYS[2]))
    (gap,) = await rung(office)
    assert gap.contents == SkippedNotice(
        topic="Tajweed",
        first_at=MONTH_OF_FRIDAYS[1],
        last_at=MONTH_OF_FRIDAYS[2],
        count=2,
        zone=CAIRO,
        next_at=MONTH_OF_FRIDAYS[3],
        is_back=False,
    )
    await undo(office, teacher, series[1])
    (back,) = await rung(office)
    assert back.contents == replace(gap.contents, next_at=None, is_back=True)


async def test_a_gap_that_begins_with_a_card_that_is_shown_is_told_once(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    wanted = await wish(office, teacher, series[0])
    await skip(office, wanted, day(MONTH_OF_FRIDAYS[0]), day(MONTH_OF_FRIDAYS[1]))
    (gap,) = await rung(office)
    assert isinstance(gap.contents, SkippedNotice)
    assert gap.contents.count == 2


async def test_one_class_that_is_skipped_is_told_like_one_that_is_cancelled(
    office: Office, teacher: Teacher, series: list[int]
) -> None:
    wanted = await wish(office, teacher, series[0])
    await skip(office, wanted, day(MONTH_OF_FRIDAYS[1]), day(MONTH_OF_FRIDAYS[1]))
    (off,) = await rung(office)
    assert isinstance(off.contents, CancelledNotice)
    assert off.contents.next_at == MONTH_OF_FRIDAYS[2]
    await undo(office, teacher, series[1])
    (back,) = await rung(office)
    assert isinstance(back.contents, BackNotice)
    assert back.contents.planned.starts_at == MONTH_OF_FRIDAYS[1]


async def test_where_no_card_was_shown_no_gap_is_told_of(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    clock.forward(-DAY)
    first = await made_series(office, teacher, "weekly x5", MONTH_OF_FRIDAYS[0], SISTERS.id)
    wanted = await wish(office, teacher, first)
    await skip(office, wanted, day(MONTH_OF_FRIDAYS[1]), day(MONTH_OF_FRIDAYS[2]))
    new = [one.kind for one in await publish(office) if one.is_new and one.chat_id == SISTERS.id]
    assert new == [PostKind.CARD]


# Another teacher


async def test_a_class_that_is_handed_over_rings_with_its_new_link_once_there_is_one(
    office: Office,
    zoom: ZoomPeople,
    teacher: Teacher,
    musa: Teacher,
    series: list[int],
    clock: SettableClock,
) -> None:
    await zoom.fault("drop", "create_meeting", times=None)
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    assert await rung(office) == []
    await zoom.no_faults()
    clock.forward(5 * MINUTE)
    await settle_due(office)
    (handed,) = await rung(office)
    meeting = (await standing(office, series[0])).meeting
    assert isinstance(handed.contents, HandedNotice)
    assert (handed.contents.teacher_name, handed.contents.join_url) == ("Musa", meeting.join_url)
    assert meeting.host_id == musa.person_id
    await hand_over(office, await wish(office, teacher, series[0]), teacher.person_id)
    await settle_due(office)
    (back,) = await rung(office)
    assert isinstance(back.contents, HandedNotice)
    assert back.contents.teacher_name == "Aisha"
    assert back.contents.join_url != meeting.join_url


async def test_a_class_that_is_taken_back_before_anybody_knew_does_not_ring(
    office: Office, zoom: ZoomPeople, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await zoom.fault("drop", "create_meeting", times=None)
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    assert await rung(office) == []
    await hand_over(office, await wish(office, teacher, series[0]), teacher.person_id)
    await zoom.no_faults()
    await settle_due(office)
    assert await rung(office) == []


async def test_who_gives_a_class_no_longer_is_told_so_without_buttons(
    office: Office, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    (mine,) = [one.contents for one in await publish(office) if one.chat_id == MUSA.id]
    assert isinstance(mine, AnswerCard)
    assert mine.given_by == "Aisha"
    await hand_over(office, await wish(office, teacher, series[0]), teacher.person_id)
    (now,) = [one.contents for one in await publish(office) if one.chat_id == MUSA.id]
    assert isinstance(now, NoLongerYours)
    assert now.planned.starts_at == MONTH_OF_FRIDAYS[0]


async def test_a_class_of_somebody_who_was_erased_is_given_for_nobody(
    office: Office, teacher: Teacher, musa: Teacher, series: list[int]
) -> None:
    await hand_over(office, await wish(office, teacher, series[0]), musa.person_id)
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(person).where(person.c.id == teacher.person_id).values(telegram_user_id=None)
        )
    (card,) = [one.contents for one in await publish(office) if one.chat_id == MUSA.id]
    assert isinstance(card, AnswerCard)
    assert card.given_by is None


async def test_a_day_reminder_that_stands_is_not_sent_again_near_the_class(
    office: Office, clock: SettableClock
) -> None:
    found = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + 3 * DAY)
    await announce(office, found, GROUP)
    await publish(office)
    clock.now = found.planned.starts_at - DAY
    await remind_due(office)
    assert PostKind.DAY_REMINDER in {one.kind for one in await rung(office)}
    clock.now = found.planned.starts_at - HOUR
    async with office.database.writing() as tx:
        await posts.bump(tx, found.lesson_id, (PostKind.DAY_REMINDER,))
    (again,) = [one for one in await publish(office) if one.kind is PostKind.DAY_REMINDER]
    assert not again.is_new
