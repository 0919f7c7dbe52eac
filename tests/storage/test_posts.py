"""Rows of what chats should be showing: who may claim which, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from school.model import LessonState, PostKind
from storage import chats, claims, planning, post_states, posts
from storage.claims import Claim
from storage.courses import find_lesson
from storage.database import Database, Transaction
from storage.moving import move_chat
from storage.schema import chat_teacher, course_chat, lesson, post
from tests.clocks import SettableClock
from tests.storage.rows import add_lesson, add_person

GROUP, OTHER, TEACHER = -100, -200, 7
LEASE = timedelta(seconds=20)


@pytest.fixture
async def lesson_id(database: Database) -> int:
    """With three chats to be shown in."""
    async with database.writing() as tx:
        for chat_id, title in ((GROUP, "Beginners A"), (OTHER, "Sisters"), (TEACHER, None)):
            await chats.remember_chat(tx, chat_id, "supergroup", title)
        return await add_lesson(tx)


async def want(database: Database, lesson_id: int, chat_id: int = GROUP) -> None:
    async with database.writing() as tx:
        await posts.want(tx, PostKind.CARD, lesson_id, chat_id)


async def claim(database: Database, *, limit: int = 10, busy: tuple[int, ...] = ()) -> list[Claim]:
    async with database.writing() as tx:
        return list(await claims.claim_due(tx, 1, LEASE, limit, busy))


async def shown(database: Database, one: Claim, message_id: int = 5) -> None:
    async with database.writing() as tx:
        await claims.record_shown(tx, one, message_id)


async def due_in(database: Database, clock: SettableClock) -> timedelta | None:
    async with database.reading() as tx:
        due_at = await claims.next_due_at(tx, ())
    return None if due_at is None else due_at - clock()


async def test_what_is_wanted_is_claimed_once(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    assert (claimed.kind, claimed.lesson_id, claimed.chat_id) == (PostKind.CARD, lesson_id, GROUP)
    assert claimed.message_id is None
    assert not claimed.is_repeat
    assert await claim(database) == []
    await shown(database, claimed)
    assert await claim(database) == []


async def test_a_change_while_it_is_shown_is_shown_next(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    async with database.writing() as tx:
        await posts.bump(tx, lesson_id, (PostKind.CARD,))
    await shown(database, claimed)
    (again,) = await claim(database)
    assert again.message_id == 5


async def test_a_chat_gets_one_at_a_time(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    async with database.writing() as tx:
        await posts.want(tx, PostKind.CANCELLED, lesson_id, GROUP)
        await posts.want(tx, PostKind.CARD, lesson_id, OTHER)
    claimed = await claim(database)
    assert sorted(one.chat_id for one in claimed) == [OTHER, GROUP]
    assert await claim(database, busy=(GROUP, OTHER)) == []
    assert [one.kind for one in await claim(database, busy=(OTHER,))] == [PostKind.CANCELLED]


async def test_no_more_are_claimed_than_wished(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    await want(database, lesson_id, OTHER)
    assert len(await claim(database, limit=1)) == 1


@pytest.mark.parametrize("state", [LessonState.ENDED, LessonState.CANCELLED])
async def test_classes_long_over_wait_for_those_that_are_not(
    database: Database, lesson_id: int, clock: SettableClock, state: LessonState
) -> None:
    """A teacher who leaves changes all her cards at once."""
    await want(database, lesson_id)
    async with database.writing() as tx:
        await tx.connection.execute(update(lesson).values(state=state))
    clock.forward(timedelta(days=2))
    async with database.writing() as tx:
        ahead = await add_lesson(tx)
        await posts.want(tx, PostKind.CARD, ahead, OTHER)
    assert [one.lesson_id for one in await claim(database, limit=1)] == [ahead]
    assert [one.lesson_id for one in await claim(database, limit=1)] == [lesson_id]


async def test_a_class_that_is_just_over_waits_for_none(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    async with database.writing() as tx:
        await tx.connection.execute(update(lesson).values(state=LessonState.ENDED))
    clock.forward(timedelta(hours=2))
    async with database.writing() as tx:
        ahead = await add_lesson(tx)
        await posts.want(tx, PostKind.CARD, ahead, OTHER)
    assert [one.lesson_id for one in await claim(database, limit=1)] == [lesson_id]


async def test_what_a_crash_left_is_claimed_as_a_repeat_and_then_given_up(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    await claim(database)
    clock.forward(LEASE)
    (repeat,) = await claim(database)
    assert repeat.is_repeat
    clock.forward(LEASE)
    async with database.writing() as tx:
        assert await claims.give_up_on_uncertain(tx) == {lesson_id}
        (state,) = await post_states.states(tx, lesson_id, PostKind.CARD)
    assert state.problem == claims.UNCERTAIN
    assert await claim(database) == []


async def test_whoever_is_still_at_it_keeps_the_claim(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    await claim(database)
    clock.forward(LEASE)
    async with database.writing() as tx:
        await claims.renew(tx, {1}, LEASE)
    assert await claim(database) == []


async def test_a_late_report_of_a_lost_claim_changes_nothing(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (lost,) = await claim(database)
    clock.forward(LEASE)
    async with database.writing() as tx:
        (present,) = await claims.claim_due(tx, 2, LEASE, 10, ())
    await shown(database, lost, message_id=6)
    await shown(database, present, message_id=7)
    async with database.reading() as tx:
        found = await tx.connection.execute(select(post.c.message_id))
        assert found.scalar_one() == 7


async def test_a_certain_failure_leaves_no_doubt(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    async with database.writing() as tx:
        await claims.record_not_sent(tx, claimed, clock() + timedelta(seconds=2))
    assert await due_in(database, clock) == timedelta(seconds=2)
    clock.forward(timedelta(seconds=2))
    (again,) = await claim(database)
    assert not again.is_repeat
    assert again.attempts == 1


async def test_a_repeat_that_certainly_was_not_sent_may_be_repeated(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    async with database.writing() as tx:
        await claims.record_uncertain(tx, claimed, clock())
    (repeat,) = await claim(database)
    async with database.writing() as tx:
        await claims.record_not_sent(tx, repeat, clock())
        assert not await claims.give_up_on_uncertain(tx)
    (again,) = await claim(database)
    assert again.is_repeat


async def test_a_lost_chat_gets_nothing_until_it_is_found(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    async with database.writing() as tx:
        await chats.mark_chat_lost(tx, GROUP, "removed")
    assert await claim(database) == []
    assert await due_in(database, clock) is None
    async with database.writing() as tx:
        await chats.remember_chat(tx, GROUP, "supergroup", "Beginners A")
        await posts.wake_chat(tx, GROUP)
    assert len(await claim(database)) == 1


async def test_counts_wait_and_states_do_not(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    await shown(database, claimed)
    async with database.writing() as tx:
        await posts.bump_for_progress(tx, lesson_id, at_once=False)
    assert await due_in(database, clock) == posts.PROGRESS_PAUSE
    clock.forward(timedelta(seconds=20))
    async with database.writing() as tx:
        await posts.bump_for_progress(tx, lesson_id, at_once=False)
    assert await due_in(database, clock) == timedelta(seconds=10)
    async with database.writing() as tx:
        await posts.bump_for_progress(tx, lesson_id, at_once=True)
    assert await due_in(database, clock) == timedelta(0)


async def test_a_count_while_the_post_is_in_hand_waits_too(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    async with database.writing() as tx:
        await posts.bump_for_progress(tx, lesson_id, at_once=False)
    await shown(database, claimed)
    assert await due_in(database, clock) == posts.PROGRESS_PAUSE


async def test_a_message_can_become_a_post(database: Database, lesson_id: int) -> None:
    async with database.writing() as tx:
        await posts.want(tx, PostKind.ANSWER, lesson_id, TEACHER, message_id=33)
    (claimed,) = await claim(database)
    assert claimed.message_id == 33


async def test_sending_anew_forgets_the_old_message(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    await shown(database, claimed)
    async with database.writing() as tx:
        await posts.send_anew(tx, PostKind.CARD, lesson_id, GROUP)
        assert await post_states.chats_showing(tx, lesson_id, PostKind.CARD) == ()
    (again,) = await claim(database)
    assert again.message_id is None


async def test_a_refused_post_waits_for_the_next_change(database: Database, lesson_id: int) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    async with database.writing() as tx:
        await claims.record_refused(tx, claimed, "refused")
        (state,) = await post_states.states(tx, lesson_id, PostKind.CARD)
        assert (state.is_shown, state.problem) == (False, "refused")
        assert await post_states.is_settled(tx, lesson_id, PostKind.CARD)
    assert await claim(database) == []
    async with database.writing() as tx:
        await posts.bump(tx, lesson_id, (PostKind.CARD,))
    assert len(await claim(database)) == 1


async def test_all_of_a_teachers_posts_are_bumped(
    database: Database, lesson_id: int, clock: SettableClock
) -> None:
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    await shown(database, claimed)
    async with database.writing() as tx:
        teacher = select(lesson.c.teacher_id).where(lesson.c.id == lesson_id)
        teacher_id = (await tx.connection.execute(teacher)).scalar_one()
        await posts.bump_of_teacher(tx, teacher_id + 1, (PostKind.CARD,))
        assert await claims.next_due_at(tx, ()) is None
        await posts.bump_of_teacher(tx, teacher_id, (PostKind.CARD,))
    assert await due_in(database, clock) == timedelta(0)


async def test_only_classes_that_are_not_over_count_as_ahead(
    database: Database, lesson_id: int
) -> None:
    await want(database, lesson_id)
    async with database.writing() as tx:
        found = await find_lesson(tx, lesson_id)
        assert found is not None
        assert await post_states.lessons_ahead_in(tx, GROUP) == ()  # announced there no more
        await planning.add_chats(tx, found.course_id, [GROUP])
        assert await post_states.lessons_ahead_in(tx, GROUP) == (lesson_id,)
        assert await post_states.lessons_ahead_in(tx, GROUP, found.teacher_id) == (lesson_id,)
        assert await post_states.lessons_ahead_in(tx, GROUP, found.teacher_id + 1) == ()
        await tx.connection.execute(update(lesson).values(state=LessonState.ENDED))
        assert await post_states.lessons_ahead_in(tx, GROUP) == ()


# Moving


async def rows_of(tx: Transaction, chat_id: int) -> tuple[int, int, int]:
    counts = []
    for table in (chat_teacher, course_chat, post):
        rows = await tx.connection.execute(select(table).where(table.c.chat_id == chat_id))
        counts.append(len(rows.all()))
    return counts[0], counts[1], counts[2]


@pytest.mark.parametrize("is_known_already", [False, True])
async def test_a_chat_moves_with_all_that_belongs_to_it(
    database: Database, lesson_id: int, *, is_known_already: bool
) -> None:
    moved = -1_000_000_000_100
    await want(database, lesson_id)
    (claimed,) = await claim(database)
    await shown(database, claimed)
    async with database.writing() as tx:
        teacher_id = await add_person(tx, "Aisha")
        await chats.link_chat(tx, GROUP, teacher_id)
        course = await tx.connection.execute(
            select(lesson.c.course_id).where(lesson.c.id == lesson_id)
        )
        values = {"course_id": course.scalar_one(), "chat_id": GROUP}
        await tx.connection.execute(course_chat.insert().values(values))
        if is_known_already:
            await chats.remember_chat(tx, moved, "supergroup", "Beginners A")
            await chats.link_chat(tx, moved, teacher_id)
    for _ in range(2):
        async with database.writing() as tx:
            await move_chat(tx, GROUP, moved)
    async with database.reading() as tx:
        assert await rows_of(tx, moved) == (1, 1, 1)
        assert await rows_of(tx, GROUP) == (0, 0, 0)
        found = await chats.find_chat(tx, moved)
        assert found is not None
        assert found.title == "Beginners A"
        assert await chats.find_chat(tx, GROUP) is None
        message = await tx.connection.execute(select(post.c.message_id))
        assert message.scalar_one() is None
