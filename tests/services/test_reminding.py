"""What is said about lessons as their time comes, and what is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.model import DayReminder, LessonState, Planned, PostKind
from services.contents_for_students import ClassCard, Reminder
from services.contents_for_teachers import LimitWarning, Nudge
from services.events import apply_waiting
from services.office import Office
from services.post_contents import Alarm
from services.reminding import remind_due
from services.settling import call_off
from storage import chats, planning, post_states, posts, reminding, reminding_teachers
from storage.courses import find_lesson
from storage.schema import course, person
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, announce, made_class, set_state
from tests.services.connections import connected
from tests.services.people_of_the_school import ADMIN, AISHA
from tests.services.publishing import Said, publish
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GROUP, OTHER = -1001, -1002
STUDENTS = {GROUP: "Beginners A"}


async def said(office: Office) -> list[Said]:
    """All that is said now; at once, there is nothing more to say."""
    while await remind_due(office):
        pass
    return await publish(office)


async def rung(office: Office) -> list[tuple[PostKind, int]]:
    """The new messages of it."""
    return [(one.kind, one.chat_id) for one in await said(office) if one.is_new]


async def announced(
    office: Office, clock: SettableClock, *, ahead: timedelta, groups: dict[int, str] | None = None
) -> MadeClass:
    """A class whose card has been shown for as long as it takes."""
    groups = STUDENTS if groups is None else groups
    made = await made_class(office, groups, starts_at=clock() + ahead)
    await announce(office, made, *groups)
    async with office.database.writing() as tx:
        await posts.want(tx, PostKind.ANSWER, made.lesson_id, AISHA.id)
    assert {one.kind for one in await publish(office)} == {PostKind.CARD, PostKind.ANSWER}
    return made


async def make_series(office: Office, made: MadeClass) -> None:
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(course)
            .where(course.c.id == made.course_id)
            .values(repeat="FREQ=WEEKLY;BYDAY=MO", anchor_at=made.planned.starts_at)
        )


async def move(office: Office, made: MadeClass, to: datetime) -> None:
    async with office.database.writing() as tx:
        lesson = await find_lesson(tx, made.lesson_id)
        assert lesson is not None
        await planning.plan_lesson(tx, lesson, Planned(to, made.planned.length))


async def choose(office: Office, *, day: DayReminder, minutes: int, chat_id: int = GROUP) -> None:
    async with office.database.writing() as tx:
        await chats.set_reminders(tx, chat_id, day=day, minutes=minutes)


# The order of things


async def test_a_class_is_reminded_of_and_called_for_until_it_begins(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    starts_at = made.planned.starts_at
    told: list[tuple[timedelta, PostKind, int]] = []
    long = 10 * MINUTE + MINUTE / 2  # at each minute of an hour once
    clock.now = starts_at - DAY - MINUTE
    while clock.now <= made.planned.ends_at:
        told += [(clock.now - starts_at, *one) for one in await rung(office)]
        clock.forward(long if -DAY + MINUTE <= clock.now - starts_at < -HOUR else MINUTE / 2)
    assert told == [
        (-DAY, PostKind.DAY_REMINDER, GROUP),
        (-15 * MINUTE, PostKind.REMINDER, GROUP),
        (-10 * MINUTE, PostKind.START, AISHA.id),
        (3 * MINUTE, PostKind.NUDGE, AISHA.id),
        (10 * MINUTE, PostKind.NUDGE, AISHA.id),
        (15 * MINUTE, PostKind.ALARM, ADMIN.id),
    ]


async def test_the_card_says_once_that_the_class_begins_soon(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    await choose(office, day=DayReminder.NEVER, minutes=0)
    clock.now = made.planned.starts_at - 15 * MINUTE
    (edit,) = await said(office)
    assert isinstance(edit.contents, ClassCard)
    assert (edit.is_new, edit.contents.starts_soon) == (False, True)
    clock.forward(MINUTE)
    assert await said(office) == []


async def test_a_class_that_began_needs_no_calling(office: Office, clock: SettableClock) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.now = made.planned.starts_at - 5 * MINUTE
    await said(office)
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.LIVE)
    for _ in range(30):
        clock.forward(MINUTE)
        assert await said(office) == []


# Cards of a series


async def test_each_lesson_of_a_series_gets_its_card_a_day_before(
    office: Office, clock: SettableClock
) -> None:
    groups = {GROUP: "Beginners A", OTHER: "Sisters"}
    made = await announced(office, clock, ahead=2 * HOUR, groups=groups)
    await make_series(office, made)
    await add_lesson(office, made, clock() + 7 * DAY)
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED)
    clock.forward(6 * DAY - MINUTE)
    assert await rung(office) == []
    clock.forward(MINUTE)
    assert sorted(await rung(office)) == [(PostKind.CARD, OTHER), (PostKind.CARD, GROUP)]
    clock.forward(3 * HOUR)
    assert await rung(office) == []


async def test_a_card_that_was_due_while_nobody_could_post_it_comes_until_the_class_is_over(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, STUDENTS, starts_at=clock() + 3 * DAY)
    gone = await add_lesson(office, made, clock() + 2 * DAY)
    await choose(office, day=DayReminder.NEVER, minutes=0)
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.LIVE)
    clock.now = made.planned.starts_at + 20 * MINUTE
    assert (PostKind.CARD, GROUP) in await rung(office)
    async with office.database.reading() as tx:
        assert await post_states.chats_wanting(tx, gone, PostKind.CARD) == ()


# The reminder of the day before


@pytest.mark.parametrize(
    ("setting", "is_series", "rings"),
    [
        (DayReminder.SINGLE, False, True),
        (DayReminder.SINGLE, True, False),
        (DayReminder.ALWAYS, False, True),
        (DayReminder.ALWAYS, True, True),
        (DayReminder.NEVER, False, False),
    ],
)
async def test_each_chat_chooses_which_classes_it_is_told_of_a_day_before(
    office: Office, clock: SettableClock, setting: DayReminder, is_series: bool, rings: bool
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    await choose(office, day=setting, minutes=15)
    if is_series:
        await make_series(office, made)
    clock.forward(2 * DAY)
    assert await rung(office) == [(PostKind.DAY_REMINDER, GROUP)] * rings


@pytest.mark.parametrize("ahead", [23 * HOUR, DAY + 30 * MINUTE])
async def test_a_class_that_was_just_announced_is_not_reminded_of_a_day_before(
    office: Office, clock: SettableClock, ahead: timedelta
) -> None:
    made = await announced(office, clock, ahead=ahead)
    while clock.now < made.planned.starts_at - HOUR:
        assert await rung(office) == []
        clock.forward(30 * MINUTE)


async def test_a_group_that_gets_the_card_of_the_next_lesson_is_not_reminded_as_well(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, STUDENTS, starts_at=clock() + 3 * DAY)
    await choose(office, day=DayReminder.ALWAYS, minutes=15)
    await make_series(office, made)
    clock.forward(2 * DAY)
    assert await rung(office) == [(PostKind.CARD, GROUP)]
    for _ in range(20):
        clock.forward(HOUR)
        assert await rung(office) == []


@pytest.mark.parametrize(
    ("before", "wanted"), [(3 * HOUR, [(PostKind.DAY_REMINDER, GROUP)]), (30 * MINUTE, [])]
)
async def test_a_days_reminder_that_could_not_be_sent_comes_late_while_the_class_is_not_near(
    office: Office, clock: SettableClock, before: timedelta, wanted: list[tuple[PostKind, int]]
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.now = made.planned.starts_at - before
    assert await rung(office) == wanted


async def test_a_day_and_minutes_before_never_come_together(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    await choose(office, day=DayReminder.ALWAYS, minutes=120)
    clock.now = made.planned.starts_at - 2 * HOUR
    assert await rung(office) == [(PostKind.REMINDER, GROUP)]


# The reminder of minutes before


async def test_each_chat_is_reminded_when_it_wants_to_be(
    office: Office, clock: SettableClock
) -> None:
    groups = {GROUP: "Beginners A", OTHER: "Sisters", -1003: "Evening"}
    made = await announced(office, clock, ahead=20 * HOUR, groups=groups)
    await choose(office, day=DayReminder.NEVER, minutes=60, chat_id=OTHER)
    await choose(office, day=DayReminder.NEVER, minutes=0, chat_id=-1003)
    clock.now = made.planned.starts_at - HOUR
    assert await rung(office) == [(PostKind.REMINDER, OTHER)]
    clock.now = made.planned.starts_at - 15 * MINUTE
    assert await rung(office) == [(PostKind.REMINDER, GROUP)]
    clock.now = made.planned.starts_at - MINUTE
    assert [chat for _, chat in await rung(office) if chat < 0] == []


@pytest.mark.parametrize(("minutes", "rings"), [(-2, True), (0, False), (5, False)])
async def test_a_reminder_that_could_not_be_sent_comes_late_until_the_start(
    office: Office, clock: SettableClock, minutes: int, rings: bool
) -> None:
    made = await announced(office, clock, ahead=20 * HOUR)
    clock.now = made.planned.starts_at + minutes * MINUTE
    kinds = [kind for kind, chat in await rung(office) if chat == GROUP]
    assert kinds == [PostKind.REMINDER] * rings


async def test_a_reminder_that_telegram_did_not_take_in_time_is_not_sent(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=20 * HOUR)
    clock.now = made.planned.starts_at - 10 * MINUTE
    await remind_due(office)
    clock.now = made.planned.starts_at
    assert [one.chat_id for one in await publish(office) if one.is_new] == [AISHA.id]


async def test_a_class_made_for_now_is_announced_and_no_more(
    office: Office, clock: SettableClock
) -> None:
    await announced(office, clock, ahead=12 * MINUTE)
    assert await rung(office) == []
    clock.forward(3 * MINUTE)
    assert await rung(office) == []


# Changes


async def test_a_class_that_is_moved_is_reminded_of_anew(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.now = made.planned.starts_at - 10 * MINUTE
    first = [one for one in await said(office) if isinstance(one.contents, Reminder)]
    await move(office, made, made.planned.starts_at + 3 * DAY)
    assert await rung(office) == []
    clock.forward(2 * DAY + 10 * MINUTE)
    assert await rung(office) == [(PostKind.DAY_REMINDER, GROUP)]
    clock.forward(DAY - 10 * MINUTE)
    again = [one for one in await said(office) if isinstance(one.contents, Reminder)]
    assert [one.is_new for one in (*first, *again)] == [True, True]
    assert isinstance(again[0].contents, Reminder)
    assert again[0].contents.planned.starts_at == made.planned.starts_at + 3 * DAY


async def test_what_was_about_to_be_said_when_the_class_was_moved_away_is_not(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.now = made.planned.starts_at - 9 * MINUTE
    await remind_due(office)
    await move(office, made, made.planned.starts_at + 3 * HOUR)
    assert [one.kind for one in await publish(office) if one.is_new] == []


async def test_a_group_that_was_just_told_of_the_new_time_is_not_reminded_of_it(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.forward(DAY)
    await move(office, made, clock() + 20 * HOUR)
    async with office.database.writing() as tx:
        await posts.send_anew(tx, PostKind.MOVED, made.lesson_id, GROUP)
    assert await rung(office) == [(PostKind.MOVED, GROUP)]
    clock.forward(HOUR)
    assert await rung(office) == []


async def test_a_class_that_is_off_is_not_spoken_of(office: Office, clock: SettableClock) -> None:
    off = await announced(office, clock, ahead=3 * DAY)
    async with office.database.writing() as tx:
        lesson = await find_lesson(tx, off.lesson_id)
        assert lesson is not None
        await call_off(tx, [lesson])
    assert await rung(office) == [(PostKind.CANCELLED, GROUP)]
    clock.now = off.planned.starts_at - DAY
    while clock.now < off.planned.ends_at:
        assert await said(office) == []
        clock.forward(15 * MINUTE)


async def test_of_a_class_that_is_gone_from_zoom_only_its_teacher_and_the_admins_hear(
    office: Office, clock: SettableClock
) -> None:
    gone = await announced(office, clock, ahead=3 * DAY)
    async with office.database.writing() as tx:
        await planning.mark_gone(tx, [gone.lesson_id])
    clock.now = gone.planned.starts_at - DAY
    kinds: set[PostKind] = set()
    while clock.now < gone.planned.ends_at:
        kinds |= {one.kind for one in await said(office)}
        clock.forward(15 * MINUTE)
    assert kinds == {PostKind.NUDGE, PostKind.ALARM}


# Nobody starts it


async def test_what_is_said_when_nobody_starts_tells_how_late_it_is(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    clock.now = made.planned.starts_at + 16 * MINUTE
    nudge, alarm = sorted(await said(office), key=lambda one: -one.chat_id)
    assert isinstance(nudge.contents, Nudge)
    assert isinstance(alarm.contents, Alarm)
    assert nudge.contents.late_by == alarm.contents.late_by == 16 * MINUTE
    assert alarm.contents.teacher_name == "Aisha"
    clock.now = made.planned.ends_at
    assert await said(office) == []


async def test_a_teacher_who_was_erased_is_not_written_to(
    office: Office, clock: SettableClock
) -> None:
    made = await announced(office, clock, ahead=3 * DAY)
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(person)
            .where(person.c.telegram_user_id == AISHA.id)
            .values(telegram_user_id=None)
        )
    clock.now = made.planned.starts_at + 12 * MINUTE
    assert await remind_due(office) == 0


# The free plan's limit


@pytest.fixture
async def on_air(
    office: Office, clock: SettableClock, aisha_at_zoom: ZoomPerson
) -> tuple[MadeClass, Held]:
    """A class on a Basic account that began now."""
    await connected(office, AISHA, aisha_at_zoom)
    made = await announced(office, clock, ahead=20 * HOUR)
    clock.now = made.planned.starts_at
    held = Held(made.meeting_id, clock(), host_id=aisha_at_zoom.user_id)
    await reported(office, held.started())
    await apply_waiting(office)
    await said(office)
    return made, held


async def test_before_a_free_plan_ends_the_meeting_its_teacher_is_warned_once(
    office: Office, clock: SettableClock, on_air: tuple[MadeClass, Held]
) -> None:
    made, _ = on_air
    clock.forward(35 * MINUTE - timedelta(seconds=1))
    assert await rung(office) == []
    clock.forward(timedelta(seconds=1))
    (warning,) = await said(office)
    assert (warning.kind, warning.chat_id) == (PostKind.LIMIT, AISHA.id)
    assert isinstance(warning.contents, LimitWarning)
    assert warning.contents.ends_at == made.planned.starts_at + 40 * MINUTE
    clock.forward(MINUTE)
    assert await rung(office) == []


async def test_a_meeting_that_was_opened_again_is_warned_of_anew(
    office: Office, clock: SettableClock, on_air: tuple[MadeClass, Held]
) -> None:
    made, held = on_air
    clock.forward(36 * MINUTE)
    assert await rung(office) == [(PostKind.LIMIT, AISHA.id)]
    again = Held(made.meeting_id, held.starts_at + 41 * MINUTE, "second", held.host_id)
    clock.forward(6 * MINUTE)
    await reported(office, held.ended(40), again.started())
    await apply_waiting(office)
    clock.forward(34 * MINUTE)
    assert await rung(office) == [(PostKind.LIMIT, AISHA.id)]


async def test_after_the_end_or_on_a_paid_plan_there_is_no_limit_to_warn_of(
    office: Office, clock: SettableClock, on_air: tuple[MadeClass, Held], zoom: ZoomPeople
) -> None:
    _, held = on_air
    clock.forward(30 * MINUTE)
    await reported(office, held.ended(30))
    await apply_waiting(office)
    await said(office)
    clock.forward(6 * MINUTE)
    assert await rung(office) == []
    musa = await zoom.user("musa@example.org", name="Musa", plan=2)
    await connected(office, AISHA, musa)
    made = await made_class(office, {}, starts_at=clock())
    paid = Held(made.meeting_id, clock(), "paid", musa.user_id)
    await reported(office, paid.started())
    await apply_waiting(office)
    clock.forward(36 * MINUTE)
    assert await rung(office) == []


# At work


async def test_where_nothing_is_due_nothing_is_written(
    office: Office, clock: SettableClock
) -> None:
    await announced(office, clock, ahead=3 * DAY)
    assert not office.database.turn.locked()
    async with office.database.turn:  # whoever wanted to write would wait for ever
        assert await remind_due(office) == 0


async def test_the_questions_go_by_the_times_of_lessons_not_through_all_of_them(
    office: Office,
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    async with office.database.reading() as tx:
        event.listen(tx.connection.sync_connection, "before_cursor_execute", note)
        await reminding.cards_due(tx)
        await reminding.cards_to_say_soon(tx)
        await reminding.day_reminders_due(tx)
        await reminding.reminders_due(tx)
        await reminding_teachers.starts_due(tx)
        await reminding_teachers.warnings_due(tx, {1})
        await reminding_teachers.limits_due(tx, 1)
        event.remove(tx.connection.sync_connection, "before_cursor_execute", note)
        for statement, values in asked:
            rows = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [row.detail for row in rows]
            for table in ("lesson", "post", "meeting_instance"):
                assert not any(step.startswith(f"SCAN {table}") for step in plan), plan
    assert len(asked) >= 7
