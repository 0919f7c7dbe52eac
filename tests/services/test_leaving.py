"""Leaving the school, with Zoom's stand-in behind it."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import LargeBinary, func, select

from bot.speech import Speech
from bot.views.class_card import class_card
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import Outdated
from school.model import ErasureKind, LessonState, Planned, PostKind
from services.cancelling import cancel
from services.changing import Wish, details
from services.classes import ClassOrder, create_class
from services.contents_for_students import ClassCard
from services.events import apply_waiting
from services.leaving import Coming, Preview, Receipt, delete, preview
from services.office import Office
from services.people import Caller, TelegramUser, as_teacher, set_zone, who_is
from services.posts import take_turn
from services.report_rows import attendance
from services.reporting import Order, report, this_month
from services.settling import settle_due
from services.showing import showings
from services.substituting import hand_over
from storage import chats, forms, meetings, settling
from storage.attendance import outcome_of, presences_of
from storage.class_forms import CLASS, ClassForm
from storage.courses import find_lesson
from storage.erasing import Holdings
from storage.schema import erasure, metadata, post, row_id_of, zoom_account, zoom_event
from tests.clocks import SettableClock
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

GROUP, SHARED_GROUP = -1001, -1002
HOUR = timedelta(hours=1)
LENGTH = timedelta(minutes=45)
STRANGER = TelegramUser(99, "Nobody")
PERSONAL = ("Aisha", "aisha", "Tajweed", "Khadija", "Beginners A")


async def id_of(office: Office, user: TelegramUser) -> int:
    person_id = (await who_is(office, user)).person_id
    assert person_id is not None
    return person_id


async def left(office: Office, user: TelegramUser = AISHA) -> Receipt:
    """The person presses the button under a preview just read."""
    read = await preview(office, user)
    assert read is not None
    return await delete(office, user, read.person_id)


async def previewed(office: Office, user: TelegramUser = AISHA) -> Preview:
    read = await preview(office, user)
    assert read is not None
    return read


@pytest.fixture
async def aisha(office: Office, aisha_at_zoom: ZoomPerson) -> Caller:
    """Teaches, is connected, has a group of her own and one that she shares with Musa."""
    caller = await made_teacher(office, AISHA)
    musa = await made_teacher(office, MUSA)
    assert caller.person_id is not None
    assert musa.person_id is not None
    await connected(office, AISHA, aisha_at_zoom)
    async with office.database.writing() as tx:
        await chats.remember_chat(tx, GROUP, "supergroup", "Beginners A")
        await chats.remember_chat(tx, SHARED_GROUP, "supergroup", "Sisters")
        await chats.link_chat(tx, GROUP, caller.person_id)
        await chats.link_chat(tx, SHARED_GROUP, caller.person_id)
        await chats.link_chat(tx, SHARED_GROUP, musa.person_id)
    return caller


async def class_of(office: Office, caller: Caller, at: datetime, topic: str = "Tajweed") -> int:
    """A class for both groups, with a meeting at Zoom."""
    order = ClassOrder(topic, Planned(at, LENGTH), (GROUP, SHARED_GROUP), f"update at {at}")
    lesson_id = await create_class(office, as_teacher(office, caller), order)
    assert lesson_id is not None
    return lesson_id


async def meeting_of(office: Office, lesson_id: int) -> int:
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, lesson_id)
        assert lesson is not None
        meeting_id = (await meetings.get_meeting(tx, lesson.meeting_row)).meeting_id
    assert meeting_id is not None
    return meeting_id


async def held_class(office: Office, caller: Caller, clock: SettableClock) -> int:
    """A class that is over, with one student."""
    lesson_id = await class_of(office, caller, clock() + HOUR)
    clock.forward(HOUR)
    held = Held(await meeting_of(office, lesson_id), clock())
    clock.forward(HOUR)
    student = held.stay("Khadija", 0, 40, email="khadija@example.org")
    await reported(office, held.started(), *held.host(0, 40), *student, held.ended(40))
    await apply_waiting(office)
    return lesson_id


async def show_all_posts(office: Office) -> list[tuple[PostKind, int]]:
    """Publish, as if every chat took everything; what was shown."""
    turn = await take_turn(office, [], [], 100)
    shown = []
    async with office.database.writing() as tx:
        for claim in turn.claims:
            shown.append((claim.kind, claim.chat_id))
            await tx.connection.execute(
                post.update()
                .where(post.c.id == claim.id)
                .values(
                    message_id=500,
                    shown_version=post.c.wanted_version,
                    lease_token=None,
                    lease_until=None,
                    sending_since=None,
                )
            )
    return shown


async def all_shown(office: Office) -> list[tuple[PostKind, int]]:
    shown: list[tuple[PostKind, int]] = []
    while some := await show_all_posts(office):
        shown += some
    return shown


async def opened_values(office: Office) -> list[str]:
    """Everything sealed in the whole database, opened, and everything else as text."""
    found = []
    async with office.database.reading() as tx:
        for table in metadata.sorted_tables:
            for row in (await tx.connection.execute(select(table))).mappings():
                for column in table.columns:
                    value = row[column.name]
                    if value is not None and column.name.startswith("sealed_"):
                        place = table.name, column.name, row_id_of(table, row)
                        found.append(tx.vault.open_bytes(*place, value).decode("utf-8", "replace"))
                    elif value is not None and not isinstance(column.type, LargeBinary):
                        found.append(str(value))
    return found


# What is said before


async def test_a_person_who_is_nobody_has_nothing_to_delete(office: Office) -> None:
    assert await preview(office, STRANGER) is None
    with pytest.raises(Outdated):
        await delete(office, STRANGER, 1)


async def test_the_preview_counts_what_goes_and_what_stays(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    await held_class(office, aisha, clock)
    fiqh_at = clock() + 2 * HOUR
    await class_of(office, aisha, fiqh_at, "Fiqh")
    await class_of(office, aisha, clock() + timedelta(minutes=5), "Never held")
    clock.forward(timedelta(minutes=50))
    assert aisha.person_id is not None
    async with office.database.writing() as tx:
        await forms.begin(tx, CLASS, aisha.person_id, "a form", ClassForm())
    assert await previewed(office) == Preview(
        person_id=aisha.person_id,
        holdings=Holdings(has_zoom=True, drafts=1, accounted=2),
        upcoming=1,
        live=0,
        kept_until=date(2031, 11, 30),
        attended_until=date(2031, 11, 30),
        is_admin=False,
        next_upcoming=(Coming("Fiqh", Planned(fiqh_at, LENGTH), office.profile.zone),),
    )


async def test_the_accounts_month_is_the_schools(office: Office, clock: SettableClock) -> None:
    await made_teacher(office, AISHA)
    clock.now = datetime.fromisoformat("2026-11-30T22:30:00Z")  # 1 December in Addis Ababa
    assert (await previewed(office)).kept_until == date(2031, 12, 31)


async def test_somebody_who_only_set_a_zone_leaves_no_more_than_a_receipt(office: Office) -> None:
    await set_zone(office, STRANGER, "riyadh")
    read = await previewed(office, STRANGER)
    assert read.holdings == Holdings(has_zoom=False, drafts=0, accounted=0)
    done = await left(office, STRANGER)
    assert (done.told_zoom, done.left_at_zoom) == (None, 0)
    assert await preview(office, STRANGER) is None


# What is done


async def test_nothing_in_the_database_opens_to_the_person_any_more(
    office: Office, aisha: Caller, clock: SettableClock, aisha_at_zoom: ZoomPerson
) -> None:
    await held_class(office, aisha, clock)
    await class_of(office, aisha, clock() + HOUR)
    before = " ".join(await opened_values(office))
    assert all(word in before for word in (*PERSONAL, aisha_at_zoom.user_id, str(AISHA.id)))
    await left(office)
    after = await opened_values(office)
    assert not [value for value in after for word in PERSONAL if word in value]
    assert aisha_at_zoom.user_id not in after
    assert str(AISHA.id) not in after
    assert "Sisters" in after  # Musa's group too
    assert "Musa" in after


async def test_meetings_are_deleted_and_the_grant_ended_at_zoom(
    office: Office, aisha: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    await class_of(office, aisha, clock() + HOUR)
    await class_of(office, aisha, clock() + 3 * HOUR, "Fiqh")
    assert len(await zoom.meetings()) == 2
    done = await left(office)
    assert (done.told_zoom, done.left_at_zoom, done.is_admin) == (True, 0, False)
    assert done.erased_at == clock()
    assert await zoom.meetings() == []
    assert (await zoom.statistics())["grants"]["aisha@example.org"] == 0
    async with office.database.reading() as tx:
        assert not (await tx.connection.execute(select(zoom_account))).all()


@pytest.fixture
async def musa(office: Office, aisha: Caller, zoom: ZoomPeople) -> Caller:
    """Connected too, and licensed."""
    del aisha  # first
    await zoom.no_per_second_limits()
    await connected(office, MUSA, await zoom.user("musa@example.org", name="Musa", plan=2))
    return await who_is(office, MUSA)


async def given(office: Office, lesson_id: int, by: Caller, to: Caller) -> None:
    assert to.person_id is not None
    now = await details(office, as_teacher(office, by), lesson_id)
    await hand_over(office, Wish(as_teacher(office, by), lesson_id, now.version), to.person_id)
    await settle_due(office)


async def test_what_is_given_for_another_teacher_goes_back_to_them(
    office: Office, aisha: Caller, musa: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    await given(office, lesson_id, aisha, musa)
    await all_shown(office)
    read = await previewed(office, MUSA)
    assert (read.upcoming, read.given_back) == (0, 1)
    await left(office, MUSA)
    await settle_due(office)
    (meeting,) = await zoom.meetings()
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, lesson_id)
        assert lesson is not None
        now = await meetings.get_meeting(tx, lesson.meeting_row)
    assert (lesson.state, lesson.teacher_id) == (LessonState.SCHEDULED, aisha.person_id)
    assert (now.host_id, now.meeting_id) == (aisha.person_id, meeting.id)
    assert set(await all_shown(office)) == {
        (PostKind.ANSWER, AISHA.id),
        (PostKind.CARD, GROUP),
        (PostKind.CARD, SHARED_GROUP),
        (PostKind.HANDED, GROUP),
        (PostKind.HANDED, SHARED_GROUP),
    }


async def test_who_leaves_takes_along_what_others_give_for_them(
    office: Office, aisha: Caller, musa: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    await given(office, lesson_id, aisha, musa)
    await all_shown(office)
    assert (await previewed(office)).upcoming == 1
    await left(office)
    await settle_due(office)
    assert await zoom.meetings() == []
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, lesson_id)
    assert lesson is not None
    assert lesson.state is LessonState.CANCELLED
    shown = await all_shown(office)
    assert (PostKind.CANCELLED, GROUP) in shown
    assert (PostKind.ANSWER, MUSA.id) in shown
    assert not [value for value in await opened_values(office) if "Tajweed" in value]


async def test_groups_are_told_and_their_cards_lose_the_name(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    lesson_id = await held_class(office, aisha, clock)
    ahead = await class_of(office, aisha, clock() + HOUR, "Fiqh")
    await all_shown(office)
    await left(office)
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(
            select(post.c.lesson_id, post.c.kind, post.c.chat_id).where(
                post.c.wanted_version > post.c.shown_version
            )
        )
        wanted = {(row.lesson_id, row.kind, row.chat_id) for row in rows}
        assert await tx.connection.scalar(select(func.count()).where(post.c.chat_id > 0)) == 0
    groups = (GROUP, SHARED_GROUP)
    assert wanted == {
        *((ahead, PostKind.CANCELLED, group) for group in groups),
        *((ahead, PostKind.CARD, group) for group in groups),
        *((lesson_id, PostKind.CARD, group) for group in groups),
    }
    say = Speech("en").school
    claims = (await take_turn(office, [], [], 100)).claims
    for now in await showings(office, claims):
        if isinstance(now.contents, ClassCard):
            text = class_card(say, now.contents).text
            assert "Aisha" not in text
            assert "A class" in text


async def test_a_group_that_nobody_else_posts_in_is_linked_no_more(
    office: Office, aisha: Caller
) -> None:
    assert aisha.is_teacher
    await left(office)
    async with office.database.reading() as tx:
        own, shared = await chats.find_chat(tx, GROUP), await chats.find_chat(tx, SHARED_GROUP)
    assert own is not None
    assert shared is not None
    assert (own.is_linked, own.title) == (False, None)
    assert (shared.is_linked, shared.title) == (True, "Sisters")


async def test_the_accounts_keep_the_class_under_a_pseudonym(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    lesson_id = await held_class(office, aisha, clock)
    await left(office)
    admin = await who_is(office, ADMIN)
    found = await report(office, admin, Order(this_month(office)))
    [line] = found.report.teachers
    assert line.name != "Aisha"
    assert line.figures.taught == timedelta(minutes=40)
    async with office.database.reading() as tx:
        whole = found.order.period, found.order.scope
        rows = attendance(tx, *whole, office.profile.attendance)
        students = [one async for some in rows for one in some]
        assert [(one.name, one.lesson.topic) for one in students] == [(None, None)]
        assert [one.total for one in await presences_of(tx, lesson_id)] == [
            timedelta(minutes=40)
        ] * 2


async def test_the_receipt_is_on_record_without_the_person(office: Office, aisha: Caller) -> None:
    done = await left(office)
    async with office.database.reading() as tx:
        of_people = erasure.c.kind == ErasureKind.PERSON
        row = (await tx.connection.execute(select(erasure).where(of_people))).one()
        index = tx.vault.index("erased telegram user", str(AISHA.id))
    assert (row.receipt, row.subject_index) == (done.number, index)
    assert done.number.startswith("E-")
    assert not (await who_is(office, AISHA)).is_teacher
    assert aisha.is_teacher


async def test_a_class_that_is_on_is_counted_up_to_then(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    clock.forward(HOUR)
    held = Held(await meeting_of(office, lesson_id), clock())
    await reported(office, held.started(), held.joined("Khadija", 0))
    await apply_waiting(office)
    clock.forward(timedelta(minutes=30))
    read = await previewed(office)
    assert (read.live, read.upcoming, read.holdings.accounted) == (1, 0, 0)
    await left(office)
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, lesson_id)
        outcome = await outcome_of(tx, lesson_id)
    assert lesson is not None
    assert lesson.state is LessonState.ENDED
    half_an_hour = timedelta(minutes=30)
    assert (outcome.actual, outcome.taught, outcome.here_now) == (half_an_hour, half_an_hour, 0)
    assert outcome.ended_at == clock()


async def test_reports_that_wait_to_be_applied_go_too(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    held = Held(await meeting_of(office, lesson_id), clock())
    await reported(office, held.joined("Khadija", 0))
    await left(office)
    async with office.database.reading() as tx:
        assert not (await tx.connection.execute(select(zoom_event))).all()


# When something is in the way


async def test_zoom_being_away_hinders_nothing_here_and_is_said(
    office: Office, aisha: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    await class_of(office, aisha, clock() + HOUR)
    await class_of(office, aisha, clock() + 3 * HOUR, "Fiqh")
    await zoom.goes_down()
    done = await left(office)
    await zoom.no_faults()
    assert (done.told_zoom, done.left_at_zoom) == (False, 2)
    assert await preview(office, AISHA) is None
    assert not [value for value in await opened_values(office) if "Aisha" in value]
    # Nobody can ask Zoom for her any more, so nobody tries.
    clock.forward(HOUR)
    assert await settle_due(office) == 0


async def test_a_meeting_that_could_not_be_deleted_earlier_is_tried_again(
    office: Office, aisha: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    await zoom.goes_down()
    await cancel(office, as_teacher(office, aisha), lesson_id, for_all=False)
    await zoom.no_faults()
    assert (await left(office)).left_at_zoom == 0
    assert await zoom.meetings() == []


async def test_a_class_that_is_just_being_made_is_waited_for_and_deleted(
    office: Office, aisha: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    await zoom.fault("slow", "create_meeting", seconds=0.5)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(class_of(office, aisha, clock() + HOUR))
        await asyncio.sleep(0.2)
        done = tasks.create_task(left(office))
    assert done.result().left_at_zoom == 0
    assert await zoom.meetings() == []
    assert not [value for value in await opened_values(office) if "/j/" in value]


async def test_a_class_that_another_goes_on_making_while_zoom_is_slow_does_not_outlive_the_receipt(
    office: Office, aisha: Caller, clock: SettableClock, zoom: ZoomPeople
) -> None:
    """Zoom is away for the first class, so the deletion would not wait for the second."""
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    await zoom.fault("status", "delete_meeting", times=None)
    await cancel(office, as_teacher(office, aisha), lesson_id, for_all=False)
    await zoom.fault("slow", "create_meeting", when="after", seconds=1)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(class_of(office, aisha, clock() + 3 * HOUR, "Fiqh"))
        await asyncio.sleep(0.2)
        done = tasks.create_task(left(office))
        await asyncio.sleep(0.3)
        assert not done.done()
        await zoom.no_faults()
    assert done.result().left_at_zoom == 0
    assert await zoom.meetings() == []
    assert not [value for value in await opened_values(office) if "/j/" in value]


async def test_whoever_holds_a_course_is_waited_for_however_long_it_takes(
    office: Office, aisha: Caller, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.leaving._LOOK_AGAIN_S", 0.001)
    lesson_id = await class_of(office, aisha, clock() + HOUR)
    async with office.database.writing() as tx:
        lesson = await find_lesson(tx, lesson_id)
        assert lesson is not None
        await settling.claim_meeting(tx, lesson.meeting_row, 1, timedelta(minutes=3))
    async with asyncio.TaskGroup() as tasks:
        done = tasks.create_task(left(office))
        await asyncio.sleep(0.5)
        assert not done.done()
        clock.forward(timedelta(minutes=3))  # whoever that was, it crashed
    assert done.result().left_at_zoom == 0


async def test_a_second_press_deletes_nothing_more(office: Office, aisha: Caller) -> None:
    assert aisha.person_id is not None
    await delete(office, AISHA, aisha.person_id)
    with pytest.raises(Outdated):
        await delete(office, AISHA, aisha.person_id)
    async with office.database.reading() as tx:
        kinds = (await tx.connection.execute(select(erasure.c.kind))).scalars().all()
    assert kinds.count(ErasureKind.PERSON) == 1


async def test_two_presses_at_once_give_one_receipt(office: Office, aisha: Caller) -> None:
    assert aisha.person_id is not None
    answers = await asyncio.gather(
        delete(office, AISHA, aisha.person_id),
        delete(office, AISHA, aisha.person_id),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == ["Outdated", "Receipt"]


async def test_an_old_button_does_not_delete_who_came_back(office: Office, aisha: Caller) -> None:
    assert aisha.person_id is not None
    await left(office)
    await set_zone(office, AISHA, "riyadh")
    with pytest.raises(Outdated):
        await delete(office, AISHA, aisha.person_id)
    assert await preview(office, AISHA) is not None


async def test_an_admin_can_leave_and_is_known_again_only_by_writing(office: Office) -> None:
    admin_id = await id_of(office, ADMIN)
    assert (await previewed(office, ADMIN)).is_admin
    assert (await delete(office, ADMIN, admin_id)).is_admin
    assert await preview(office, ADMIN) is None
    assert await id_of(office, ADMIN) != admin_id


async def test_a_failure_half_way_erases_nothing(
    office: Office, aisha: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_note(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("services.leaving.note", no_note)
    with pytest.raises(OSError, match="full"):
        await left(office)
    assert await account_of(office, AISHA) is not None
    assert (await who_is(office, AISHA)).person_id == aisha.person_id
