"""Chats come to show what they should, over HTTP, whatever Telegram does meanwhile."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.application import TelegramBot
from sandbox.people import Group, People, Person
from school.model import LessonState, PostKind
from services.office import Office
from storage import post_states, posts
from storage.chats import find_chat
from storage.schema import chat, post
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_bare_post, add_students, announce, made_class, set_state
from tests.services.people_of_the_school import AISHA


@pytest.fixture
async def student(people: People) -> Person:
    return await people.person("Bilal")


@pytest.fixture
async def group(people: People, aisha: Person, student: Person) -> Group:
    """Has the bot and a student in it."""
    group = await people.group("Beginners A", owner=aisha, members=[student])
    await aisha.adds_bot(to=group)
    await student.catches_up()
    return group


@pytest.fixture
async def made(office: Office, group: Group) -> MadeClass:
    return await made_class(office, {group.id: group.title})


async def post_row(office: Office, kind: PostKind, chat_id: int) -> dict[str, object]:
    async with office.database.reading() as tx:
        found = await tx.connection.execute(
            select(post).where(post.c.kind == kind, post.c.chat_id == chat_id)
        )
        return dict(found.mappings().one())


async def bump(office: Office, made: MadeClass, state: LessonState, **values: object) -> None:
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, state, **values)
        await posts.bump_for_progress(tx, made.lesson_id, at_once=True)
    office.bell.posts.ring()


async def answered(office: Office, made: MadeClass) -> None:
    async with office.database.writing() as tx:
        await posts.want(tx, PostKind.ANSWER, made.lesson_id, AISHA.id)
    office.bell.posts.ring()


async def settled(office: Office, clock: SettableClock | None = None) -> None:
    """Until nothing is due or in hand; with the clock, time goes on meanwhile."""
    async with asyncio.timeout(30):
        while True:
            if clock is not None:
                clock.forward(timedelta(seconds=1))
                office.bell.posts.ring()
            async with office.database.reading() as tx:
                busy = post.c.due_at.is_not(None) | post.c.lease_token.is_not(None)
                if (await tx.connection.execute(select(post.c.id).where(busy))).first() is None:
                    return
            await asyncio.sleep(0.02)


async def test_a_card_lives_through_its_class(
    office: Office, publishing: TelegramBot, made: MadeClass, group: Group, student: Person
) -> None:
    del publishing
    await announce(office, made, group.id)
    card = await student.sees("Tajweed with Aisha", in_=group)
    assert card.times == [
        int(made.planned.starts_at.timestamp()),
        int(made.planned.ends_at.timestamp()),
    ]
    assert card.button("Join class").url.startswith("https://zoom.us/j/")
    await bump(office, made, LessonState.LIVE, here_now=7)
    live = await student.sees("live now, 7 here", in_=group)
    await bump(office, made, LessonState.ENDED, actual_seconds=47 * 60, student_count=9)
    ended = await student.sees("47 min · 9 students", in_=group)
    assert card.id == live.id == ended.id
    assert ended.buttons == ()


async def test_a_count_is_brought_up_to_date_only_now_and_then(
    office: Office,
    publishing: TelegramBot,
    made: MadeClass,
    group: Group,
    student: Person,
    clock: SettableClock,
) -> None:
    del publishing
    await announce(office, made, group.id)
    await bump(office, made, LessonState.LIVE, here_now=1)
    await student.sees("1 here", in_=group)
    await settled(office)
    for count in range(2, 9):
        async with office.database.writing() as tx:
            await set_state(tx, made.lesson_id, LessonState.LIVE, here_now=count)
            await posts.bump_for_progress(tx, made.lesson_id, at_once=False)
        office.bell.posts.ring()
    await student.sees_nothing_new(0.3, in_=group)
    clock.forward(timedelta(seconds=31))
    office.bell.posts.ring()
    seen = await student.sees("8 here", in_=group)
    assert len(seen.edits) <= 2


async def test_a_cancellation_sends_a_fresh_message(
    office: Office, publishing: TelegramBot, made: MadeClass, group: Group, student: Person
) -> None:
    del publishing
    await announce(office, made, group.id)
    card = await student.sees("Tajweed with Aisha", in_=group)
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.CANCELLED)
        await posts.bump(tx, made.lesson_id, (PostKind.CARD,))
        for chat_id in await post_states.chats_showing(tx, made.lesson_id, PostKind.CARD):
            await posts.want(tx, PostKind.CANCELLED, made.lesson_id, chat_id)
    office.bell.posts.ring()
    notice = await student.sees("Tajweed on Tue 24 Nov is cancelled.", in_=group)
    edited = await student.sees("Tajweed with Aisha · cancelled", in_=group)
    assert notice.id > card.id == edited.id
    assert edited.buttons == ()


async def test_a_message_that_a_newer_one_overtakes_loses_its_button_and_says_so(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
    student: Person,
    clock: SettableClock,
) -> None:
    """Off, on again, and off again, with Telegram down just then."""
    del publishing

    async def now(state: LessonState, *, rings: bool) -> None:
        async with office.database.writing() as tx:
            await set_state(tx, made.lesson_id, state)
            await posts.bump(tx, made.lesson_id, (PostKind.CANCELLED,))
            if rings:
                await posts.send_anew(tx, PostKind.CANCELLED, made.lesson_id, group.id)
        office.bell.posts.ring()

    await now(LessonState.CANCELLED, rings=True)
    first = await student.sees("is cancelled", in_=group)
    await settled(office)
    await now(LessonState.SCHEDULED, rings=False)
    back = await student.sees("takes place after all", in_=group)
    assert back.has_button("Join class")
    await settled(office)
    await people.fault("server_error", "editMessageText")
    await now(LessonState.CANCELLED, rings=True)
    await settled(office, clock)
    again = await student.sees("is cancelled", in_=group)
    former = await student.sees("see the newer message", in_=group)
    assert again.id > former.id == back.id == first.id
    assert former.buttons == ()
    assert (await post_row(office, PostKind.CANCELLED, group.id))["former_message_id"] is None


async def test_a_former_message_that_is_gone_does_not_keep_the_new_one_back(
    office: Office,
    publishing: TelegramBot,
    made: MadeClass,
    group: Group,
    aisha: Person,
    student: Person,
) -> None:
    del publishing
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.CANCELLED)
        await posts.send_anew(tx, PostKind.CANCELLED, made.lesson_id, group.id)
    office.bell.posts.ring()
    first = await aisha.sees("is cancelled", in_=group)
    await settled(office)
    await aisha.deletes(first)
    async with office.database.writing() as tx:
        await posts.send_anew(tx, PostKind.CANCELLED, made.lesson_id, group.id)
    office.bell.posts.ring()
    again = await student.sees("is cancelled", in_=group)
    assert again.id != first.id
    await settled(office)


async def test_a_class_that_was_called_off_before_its_card_was_sent_is_not_announced(
    office: Office, publishing: TelegramBot, made: MadeClass, group: Group, student: Person
) -> None:
    del publishing
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.CANCELLED)
    await announce(office, made, group.id)
    await settled(office)
    await student.sees_nothing_new(0.1, in_=group)
    assert (await post_row(office, PostKind.CARD, group.id))["shown_version"] == 1


async def test_the_teacher_reads_where_the_class_has_arrived(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
    aisha: Person,
) -> None:
    del publishing
    await answered(office, made)
    sisters = await people.group("Sisters", owner=aisha)
    await aisha.adds_bot(to=sisters)
    await aisha.removes_bot(from_=sisters)
    other = await made_class(office, {group.id: group.title, sisters.id: sisters.title})
    await answered(office, other)
    await announce(office, other, group.id, sisters.id)
    card = await aisha.sees("Sisters: I was removed. Add me again, and I post it.")
    assert "Sent to 1 of 2 groups." in card.text
    assert card.labels == ["Try again", "Start class", "Reschedule", "Cancel class", "⋯"]
    async with office.database.reading() as tx:
        lost = await tx.connection.execute(
            select(chat.c.lost_reason).where(chat.c.id == sisters.id)
        )
        assert lost.scalar_one() == "removed"


async def test_a_chat_that_is_found_again_gets_what_it_missed(
    office: Office,
    publishing: TelegramBot,
    people: People,
    aisha: Person,
    student: Person,
) -> None:
    del publishing
    sisters = await people.group("Sisters", owner=aisha, members=[student])
    await aisha.adds_bot(to=sisters)
    await aisha.removes_bot(from_=sisters)
    made = await made_class(office, {sisters.id: sisters.title})
    await answered(office, made)
    await announce(office, made, sisters.id)
    await aisha.sees("I was removed")
    await aisha.adds_bot(to=sisters)
    async with office.database.writing() as tx:
        await tx.connection.execute(
            chat.update().where(chat.c.id == sisters.id).values(lost_at=None, lost_reason=None)
        )
        await posts.wake_chat(tx, sisters.id)
    office.bell.posts.ring()
    await student.sees("Tajweed with Aisha", in_=sisters)
    await aisha.sees("Sent to 1 of 1 group.")


async def test_a_group_that_became_a_supergroup_is_followed(
    office: Office, publishing: TelegramBot, people: People, aisha: Person
) -> None:
    del publishing
    basic = await people.group("Beginners B", owner=aisha, basic=True)
    await aisha.adds_bot(to=basic)
    made = await made_class(office, {basic.id: basic.title})
    upgraded = await aisha.upgrades(basic)
    await announce(office, made, basic.id)
    await aisha.sees("Tajweed with Aisha", in_=upgraded)
    await settled(office)
    async with office.database.reading() as tx:
        (known,) = await post_states.states(tx, made.lesson_id, PostKind.CARD)
    assert (known.chat_id, known.chat_title, known.is_shown) == (upgraded.id, basic.title, True)


async def test_a_card_that_somebody_deleted_is_sent_anew(
    office: Office,
    publishing: TelegramBot,
    made: MadeClass,
    group: Group,
    aisha: Person,
    student: Person,
) -> None:
    del publishing
    await announce(office, made, group.id)
    card = await aisha.sees("Tajweed with Aisha", in_=group)
    await aisha.deletes(card)
    await bump(office, made, LessonState.LIVE, here_now=2)
    anew = await student.sees("live now, 2 here", in_=group)
    assert anew.id != card.id


async def test_a_card_that_already_says_it_counts_as_shown(
    office: Office, publishing: TelegramBot, made: MadeClass, group: Group, student: Person
) -> None:
    del publishing
    await announce(office, made, group.id)
    await student.sees("Tajweed with Aisha", in_=group)
    await settled(office)
    await bump(office, made, LessonState.SCHEDULED)
    await settled(office)
    row = await post_row(office, PostKind.CARD, group.id)
    assert row["shown_version"] == row["wanted_version"] == 2


@pytest.mark.parametrize(
    ("fault", "copies"),
    [("drop_before", 1), ("drop_after", 2), ("server_error", 1)],
)
async def test_an_uncertain_send_is_repeated_once(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
    student: Person,
    clock: SettableClock,
    fault: str,
    copies: int,
) -> None:
    del publishing
    await people.fault(fault, "sendMessage")
    await announce(office, made, group.id)
    await wait_for_attempt(office, group)
    await settled(office, clock)
    view = await student.looks(at=group)
    cards = [message for message in view.messages if "Tajweed" in message.text]
    assert len(cards) == copies


async def test_what_stays_uncertain_is_not_sent_a_third_time(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
    aisha: Person,
    clock: SettableClock,
) -> None:
    del publishing
    await people.fault("drop_after", "sendMessage", times=3, chat_id=group.id)
    await announce(office, made, group.id)
    await answered(office, made)
    await wait_for_attempt(office, group)
    await settled(office, clock)
    await aisha.sees("Beginners A: Telegram did not confirm it. Please look there.")
    view = await aisha.looks(at=group)
    assert len([message for message in view.messages if "Tajweed" in message.text]) == 2
    await bump(office, made, LessonState.LIVE, here_now=1)
    await settled(office)
    assert (await post_row(office, PostKind.CARD, group.id))["problem"] == "uncertain"


async def test_a_crash_between_sending_and_recording_counts_as_uncertain(
    office: Office,
    telegram_bot: TelegramBot,
    made: MadeClass,
    group: Group,
    student: Person,
    clock: SettableClock,
) -> None:
    async with office.database.writing() as tx:
        await add_bare_post(
            tx,
            PostKind.CARD,
            made.lesson_id,
            group.id,
            sending_since=clock(),
            lease_token=1,
            lease_until=clock() + timedelta(seconds=20),
        )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(telegram_bot.publisher.run(stop))
        await student.sees_nothing_new(0.2, in_=group)  # another publisher may be at it
        clock.forward(timedelta(seconds=21))
        office.bell.posts.ring()
        await student.sees("Tajweed with Aisha", in_=group)
        stop.set()
        office.bell.posts.ring()
    row = await post_row(office, PostKind.CARD, group.id)
    assert row["shown_version"] == 1
    assert row["sending_since"] is None


async def test_too_many_requests_make_a_post_wait(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
    student: Person,
    clock: SettableClock,
) -> None:
    del publishing
    await people.fault("too_many_requests", "sendMessage", retry_after=1)
    await announce(office, made, group.id)
    await wait_for_attempt(office, group)
    await student.sees_nothing_new(0.2, in_=group)
    clock.forward(timedelta(seconds=1))
    office.bell.posts.ring()
    await student.sees("Tajweed with Aisha", in_=group)


async def test_a_teacher_who_blocked_the_bot_is_left_alone(
    office: Office, publishing: TelegramBot, made: MadeClass, aisha: Person
) -> None:
    del publishing
    await aisha.blocks_bot()
    await answered(office, made)
    await until_lost(office, AISHA.id)
    assert await lost_reason(office, AISHA.id) == "blocked"
    assert (await post_row(office, PostKind.ANSWER, AISHA.id))["shown_version"] == 0


async def test_a_summary_comes_to_the_teacher_and_is_kept_true(
    office: Office, publishing: TelegramBot, made: MadeClass, aisha: Person
) -> None:
    del publishing
    async with office.database.writing() as tx:
        await set_state(
            tx,
            made.lesson_id,
            LessonState.ENDED,
            began_at=made.planned.starts_at,
            ended_at=made.planned.ends_at,
            actual_seconds=45 * 60,
            taught_seconds=40 * 60,
        )
        await posts.want(tx, PostKind.SUMMARY, made.lesson_id, AISHA.id)
    office.bell.posts.ring()
    first = await aisha.sees("student together): 40 min")
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED, taught_seconds=41 * 60)
        await posts.bump(tx, made.lesson_id, (PostKind.SUMMARY,))
    office.bell.posts.ring()
    second = await aisha.sees("student together): 41 min")
    assert first.id == second.id


async def crowded(office: Office, made: MadeClass, taught: timedelta) -> None:
    """The class is over, with more students than a message has room for."""
    async with office.database.writing() as tx:
        await set_state(
            tx,
            made.lesson_id,
            LessonState.ENDED,
            began_at=made.planned.starts_at,
            ended_at=made.planned.ends_at,
            actual_seconds=45 * 60,
            taught_seconds=taught.total_seconds(),
        )
        await add_students(tx, made, count=300)
        await posts.want(tx, PostKind.SUMMARY, made.lesson_id, AISHA.id)
    office.bell.posts.ring()


async def test_a_file_that_cannot_be_sent_does_not_have_its_summary_sent_again(
    office: Office,
    publishing: TelegramBot,
    people: People,
    made: MadeClass,
    aisha: Person,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    del publishing
    await people.fault("server_error", "sendDocument", times=9)
    await crowded(office, made, timedelta(minutes=40))
    await aisha.sees("student together): 40 min")
    await settled(office, clock)
    messages = (await aisha.looks()).messages
    assert len([one for one in messages if "Tajweed" in one.text]) == 1
    assert (await post_row(office, PostKind.SUMMARY, AISHA.id))["shown_version"] == 1
    assert "a file was not sent" in caplog.text


async def test_a_summary_that_changes_brings_its_file_again(
    office: Office, publishing: TelegramBot, made: MadeClass, aisha: Person
) -> None:
    del publishing
    await crowded(office, made, timedelta(minutes=40))
    first = await aisha.sees_file(".txt")
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED, taught_seconds=41 * 60)
        await posts.bump(tx, made.lesson_id, (PostKind.SUMMARY,))
    office.bell.posts.ring()
    changed = await aisha.sees("student together): 41 min")
    await settled(office)
    files = [one for one in (await aisha.looks()).messages if one.file]
    assert [one.reply_to for one in files] == [changed.id, changed.id]
    assert files[0].id == first.id


async def test_a_stopped_publisher_finishes_what_it_sends(
    office: Office,
    telegram_bot: TelegramBot,
    people: People,
    made: MadeClass,
    group: Group,
) -> None:
    await people.fault("slow", "sendMessage", seconds=0.5)
    await announce(office, made, group.id)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(telegram_bot.publisher.run(stop))
        await asyncio.sleep(0.2)
        stop.set()
        office.bell.posts.ring()
    row = await post_row(office, PostKind.CARD, group.id)
    assert row["message_id"] is not None
    assert row["lease_token"] is None


async def lost_reason(office: Office, chat_id: int) -> str | None:
    async with office.database.reading() as tx:
        found = await find_chat(tx, chat_id)
        return found.lost_reason if found else None


async def until_lost(office: Office, chat_id: int) -> None:
    async with asyncio.timeout(30):
        while True:
            if await lost_reason(office, chat_id) is not None:
                return
            await asyncio.sleep(0.02)


async def wait_for_attempt(office: Office, group: Group) -> None:
    """Until the group's card was tried, and is in nobody's hand."""
    async with asyncio.timeout(30):
        while True:
            row = await post_row(office, PostKind.CARD, group.id)
            tried = row["attempts"] or row["shown_version"] or row["problem"]
            if tried and row["lease_token"] is None:
                return
            await asyncio.sleep(0.02)
