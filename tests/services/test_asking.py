"""What Zoom is asked after a class, and what becomes of its answers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from sandbox.zoom_people import ZoomMeeting, ZoomPeople, ZoomPerson
from school.attendance import Sureness
from school.model import LessonState, PostKind
from services.asking import ask_due
from services.beating import beat
from services.events import apply_waiting
from services.heart import Heart
from services.leaving import delete
from services.office import Office
from services.people import who_is
from services.retention import clear_old
from storage.attendance import Outcome, outcome_of, presences_of
from storage.courses import find_lesson
from storage.outages import gaps_among, gaps_in, gaps_of
from storage.schema import lesson, outage, post, zoom_answer
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)
UUID = "/ab//cd+ef=="


@pytest.fixture
async def paid(zoom: ZoomPeople) -> ZoomPerson:
    await zoom.no_per_second_limits()
    return await zoom.user("aisha@example.org", name="Aisha Q", plan=2)


@dataclass(frozen=True, slots=True)
class Class:
    """A class that is to begin now, on Aisha's account."""

    office: Office
    clock: SettableClock
    zoom: ZoomPeople
    made: MadeClass
    meeting: ZoomMeeting
    host_id: str

    @property
    def id(self) -> int:
        return self.made.lesson_id

    def heard(self, uuid: str = UUID, begins_after: float = 0) -> Held:
        starts_at = self.made.planned.starts_at + begins_after * MINUTE
        return Held(self.made.meeting_id, starts_at, uuid, self.host_id)

    def at(self, minutes: float) -> None:
        self.clock.now = self.made.planned.starts_at + minutes * MINUTE

    async def held(self, uuid: str = UUID, *, since: float = 0) -> None:
        """At Zoom, for forty minutes: Ahmed from 5 to 35, Bilal from 10 to 20."""
        self.at(since)
        await self.meeting.start(uuid=uuid)
        self.at(since + 5)
        ahmed = await self.meeting.join("Ahmed")
        self.at(since + 10)
        bilal = await self.meeting.join("Bilal")
        self.at(since + 20)
        await bilal.leave()
        self.at(since + 35)
        await ahmed.leave()
        self.at(since + 40)
        await self.meeting.end()

    async def outage(self, begin: float, end: float) -> None:
        """The program was away, and is back."""
        self.at(begin)
        await beat(self.office)
        self.at(end)
        await beat(replace(self.office, heart=Heart()))

    async def asked(self) -> int:
        return await ask_due(self.office)

    async def outcome(self) -> tuple[LessonState, Outcome]:
        async with self.office.database.reading() as tx:
            found = await find_lesson(tx, self.id)
            assert found is not None
            return found.state, await outcome_of(tx, self.id)

    async def people(self) -> list[tuple[str | None, timedelta]]:
        async with self.office.database.reading() as tx:
            return [(one.name, one.total) for one in await presences_of(tx, self.id)]

    async def gaps(self) -> list[tuple[float, float]]:
        async with self.office.database.reading() as tx:
            found = await gaps_of(tx, self.id)
        begin = self.made.planned.starts_at
        return [((one - begin) / MINUTE, (other - begin) / MINUTE) for one, other in found]

    async def row(self) -> Any:
        async with self.office.database.reading() as tx:
            found = await tx.connection.execute(select(lesson).where(lesson.c.id == self.id))
            return found.one()

    async def calls(self) -> int:
        """How often anything of the past was asked."""
        counts = await self.zoom.statistics()
        return sum(counts.get(f"calls.past_{what}", 0) for what in ("meeting", "instances"))

    async def summary_wanted(self) -> bool:
        async with self.office.database.reading() as tx:
            found = await tx.connection.execute(
                select(post.c.id).where(
                    post.c.lesson_id == self.id, post.c.kind == PostKind.SUMMARY
                )
            )
            return found.first() is not None


async def class_of(
    office: Office, zoom: ZoomPeople, clock: SettableClock, person: ZoomPerson
) -> Class:
    await connected(office, AISHA, person)
    meeting = await zoom.meeting_planned_by(person, "Tajweed")
    made = await made_class(office, {}, starts_at=clock(), meeting_id=meeting.id)
    return Class(office, clock, zoom, made, meeting, person.user_id)


@pytest.fixture
async def taught(office: Office, zoom: ZoomPeople, clock: SettableClock, paid: ZoomPerson) -> Class:
    """On a paid plan."""
    return await class_of(office, zoom, clock, paid)


@pytest.fixture
async def basic(
    office: Office, zoom: ZoomPeople, clock: SettableClock, aisha_at_zoom: ZoomPerson
) -> Class:
    """On a Basic plan, whose hosts this Zoom reports."""
    return await class_of(office, zoom, clock, aisha_at_zoom)


async def assert_is_as_it_was(taught: Class) -> None:
    state, figures = await taught.outcome()
    assert (state, figures.sureness) == (LessonState.ENDED, Sureness.RECONCILED)
    assert (figures.actual, figures.teacher_present) == (40 * MINUTE, 40 * MINUTE)
    assert (figures.taught, figures.student_count) == (30 * MINUTE, 2)
    people = [("Aisha Q", 40 * MINUTE), ("Ahmed", 30 * MINUTE), ("Bilal", 10 * MINUTE)]
    assert await taught.people() == people


async def test_a_class_wholly_within_an_outage_is_found_and_counted(taught: Class) -> None:
    await taught.held()
    await taught.outage(-5, 50)
    assert await taught.gaps() == [(0, 45)]
    assert await taught.asked() == 1
    await assert_is_as_it_was(taught)
    assert await taught.summary_wanted()
    taught.at(90)
    assert await taught.asked() == 1  # whether there was another one
    assert await taught.asked() == 0
    assert await taught.gaps() == []
    await assert_is_as_it_was(taught)


async def test_what_events_told_in_part_zoom_tells_in_full(taught: Class) -> None:
    heard = taught.heard()
    await taught.held()
    lost = [heard.started(), *heard.host(0, 40), heard.joined("Bilal", 10)]
    await reported(taught.office, *lost, heard.ended(40))
    await apply_waiting(taught.office)
    assert (await taught.outcome())[1].sureness is Sureness.INFERRED
    assert (await taught.outcome())[1].taught == 30 * MINUTE  # Bilal's leave is not known
    assert await taught.asked() == 0  # Zoom cannot have it so soon
    taught.at(42)
    assert await taught.asked() == 1
    await assert_is_as_it_was(taught)
    assert (await taught.row()).ask_at is None


async def test_a_class_whose_end_was_lost_is_ended_by_what_zoom_tells(taught: Class) -> None:
    heard = taught.heard()
    await taught.held()
    await reported(taught.office, heard.started(), heard.joined("Aisha Q", 0, id=taught.host_id))
    await apply_waiting(taught.office)
    assert (await taught.outcome())[0] is LessonState.LIVE
    taught.at(48)
    assert await taught.asked() == 1
    await assert_is_as_it_was(taught)


async def test_of_a_complete_class_nothing_is_asked(taught: Class) -> None:
    heard = taught.heard()
    await taught.held()
    whole = [heard.started(), *heard.host(0, 40), *heard.stay("Ahmed", 5, 35), heard.ended(40)]
    await reported(taught.office, *whole)
    await apply_waiting(taught.office)
    for minutes in (41, 45, 60, 200):
        taught.at(minutes)
        assert await taught.asked() == 0
    assert await taught.calls() == 0
    assert (await taught.outcome())[1].sureness is Sureness.COMPLETE


async def test_events_that_come_after_all_spare_the_question(taught: Class) -> None:
    heard = taught.heard()
    await reported(taught.office, heard.started(), *heard.host(0, 40), heard.joined("Ahmed", 5))
    await reported(taught.office, heard.ended(40))
    taught.at(40)
    await apply_waiting(taught.office)
    assert (await taught.row()).ask_at is not None
    await reported(taught.office, heard.left("Ahmed", 35))
    await apply_waiting(taught.office)
    assert (await taught.row()).ask_at is None
    assert (await taught.outcome())[1].sureness is Sureness.COMPLETE


async def test_zoom_is_asked_again_until_it_has_it_within_fifteen_minutes(taught: Class) -> None:
    await taught.zoom.past_is_told(after=50 * MINUTE)
    await taught.held()
    await taught.outage(-5, 50)
    tries = 0
    for minutes in range(50, 90):
        taught.at(minutes)
        tries += await taught.asked()
    assert (await taught.outcome())[0] is LessonState.SCHEDULED
    assert tries <= 7
    for minutes in range(90, 106):
        taught.at(minutes)
        await taught.asked()
    await assert_is_as_it_was(taught)


@pytest.mark.parametrize("kind", ["status", "rate", "drop"])
async def test_a_zoom_that_has_trouble_is_asked_again(taught: Class, kind: Any) -> None:
    await taught.held()
    await taught.outage(-5, 50)
    await taught.zoom.fault(kind, "past_participants", times=None)
    assert await taught.asked() == 1
    assert (await taught.outcome())[0] is LessonState.SCHEDULED
    await taught.zoom.no_faults()
    taught.at(52)
    assert await taught.asked() == 1
    await assert_is_as_it_was(taught)


async def test_a_class_that_nobody_held_stays_so_once_zoom_says_it(taught: Class) -> None:
    await taught.outage(-5, 50)
    for minutes in (50, 60, 75, 90, 105, 120, 200):
        taught.at(minutes)
        await taught.asked()
    row = await taught.row()
    assert (row.state, row.ask_at) == (LessonState.SCHEDULED, None)
    assert row.asked_at is not None
    assert await taught.gaps() == []
    assert not await taught.summary_wanted()


async def test_both_instances_of_a_class_that_was_begun_twice_are_found(taught: Class) -> None:
    heard = taught.heard()
    await reported(taught.office, heard.started(), *heard.host(0, 5), heard.ended(5))
    await apply_waiting(taught.office)
    await taught.meeting.start(uuid=UUID)
    taught.at(5)
    await taught.meeting.end()
    await taught.held("second", since=10)
    await taught.outage(8, 55)
    await taught.asked()
    figures = (await taught.outcome())[1]
    assert figures.actual == 45 * MINUTE
    assert (figures.taught, figures.sureness) == (30 * MINUTE, Sureness.RECONCILED)


async def test_a_meeting_of_another_day_is_no_class(taught: Class) -> None:
    await taught.held("the day before", since=-24 * 60)
    await taught.outage(-5, 50)
    taught.at(50)
    await taught.asked()
    assert (await taught.outcome())[0] is LessonState.SCHEDULED


@pytest.mark.parametrize("trouble", ["grant", "scope"])
async def test_where_zoom_will_not_tell_the_class_stays_marked(
    office: Office, zoom: ZoomPeople, clock: SettableClock, paid: ZoomPerson, trouble: str
) -> None:
    taught = await class_of(office, zoom, clock, paid)
    heard = taught.heard()
    await reported(office, heard.started(), *heard.host(0, 40), heard.joined("Ahmed", 5))
    await reported(office, heard.ended(40))
    await apply_waiting(office)
    taught.at(50)
    if trouble == "grant":
        await paid.grant_ends()
    else:
        await zoom.fault("status", "past_instances", status=400, times=None)
        async with office.database.writing() as tx:
            await tx.connection.exec_driver_sql("UPDATE zoom_account SET scopes = 'user:read:user'")
    assert await taught.asked() == 1
    row = await taught.row()
    assert (row.ask_at, row.asked_at) == (None, None)
    assert (await taught.outcome())[1].sureness is Sureness.INFERRED
    taught.at(200)
    assert await taught.asked() == 0


async def test_what_zoom_told_is_forgotten_with_the_events(taught: Class) -> None:
    await taught.held()
    await taught.outage(-5, 50)
    await taught.asked()
    taught.at(90)
    await taught.asked()
    taught.clock.forward(timedelta(days=31))
    await clear_old(taught.office)
    assert await count(taught.office, zoom_answer) == 0
    await assert_is_as_it_was(taught)
    assert await taught.gaps() == []


async def test_what_zoom_told_goes_with_the_teachers_data(taught: Class) -> None:
    await taught.held()
    await taught.outage(-5, 50)
    await taught.asked()
    assert await count(taught.office, zoom_answer) == 1
    caller = await who_is(taught.office, AISHA)
    assert caller.person_id is not None
    await delete(taught.office, AISHA, caller.person_id)
    assert await count(taught.office, zoom_answer) == 0
    taught.at(120)
    assert await taught.asked() == 0


# Basic plans


async def test_on_a_basic_plan_the_gap_is_shown_and_the_figure_marked(basic: Class) -> None:
    heard = basic.heard()
    await reported(basic.office, heard.started(), *heard.stay("Ahmed", 1, 2), *heard.host(0, 40))
    await apply_waiting(basic.office)
    await basic.outage(2, 19)
    await reported(basic.office, heard.ended(40))
    basic.at(40)
    await apply_waiting(basic.office)
    assert await basic.gaps() == [(2, 19)]
    assert (await basic.outcome())[1].sureness is Sureness.INFERRED
    await basic.asked()
    assert await basic.asked() == 0
    assert await basic.calls() == 0


async def test_what_zoom_repeats_closes_the_gap(basic: Class) -> None:
    heard = basic.heard()
    await reported(basic.office, heard.started(), *heard.host(0, 40))
    await apply_waiting(basic.office)
    await basic.outage(2, 19)
    assert await basic.gaps() == [(2, 19)]
    await reported(basic.office, *heard.stay("Ahmed", 5, 30), heard.ended(40))
    basic.at(40)
    await apply_waiting(basic.office)
    assert await basic.gaps() == []
    assert (await basic.outcome())[1].sureness is Sureness.COMPLETE


async def test_of_a_class_nobody_heard_of_its_teacher_is_asked_once_all_could_have_come(
    basic: Class,
) -> None:
    await basic.outage(-5, 60)
    for minutes in (60, 100, 134):
        basic.at(minutes)
        assert await basic.asked() == 0
    assert not await basic.summary_wanted()
    basic.at(135)
    assert await basic.asked() == 1
    assert await basic.summary_wanted()
    assert await basic.gaps() == [(0, 45)]
    assert await basic.asked() == 0


# Outages


async def test_a_beat_every_half_minute_leaves_no_outage(
    office: Office, clock: SettableClock
) -> None:
    for _ in range(10):
        await beat(office)
        clock.forward(timedelta(seconds=30))
    other = replace(office, heart=Heart())  # another process, which has just been started
    await beat(other)
    assert await count(office, outage) == 0


async def test_the_time_between_the_last_beat_and_the_start_is_an_outage(
    office: Office, clock: SettableClock
) -> None:
    await beat(office)
    began_at = clock()
    clock.forward(10 * MINUTE)
    await beat(replace(office, heart=Heart()))
    await beat(replace(office, heart=Heart()))
    assert await count(office, outage) == 1
    async with office.database.reading() as tx:
        around = (began_at - MINUTE, clock() + MINUTE)
        assert await gaps_in(tx, around) == ((began_at, clock()),)
        assert await gaps_among(tx, ()) == {}


async def test_a_machine_that_slept_was_away_and_one_whose_clock_was_set_was_not(
    office: Office, clock: SettableClock
) -> None:
    passed = [0.0]
    here = replace(office, heart=Heart(lambda: passed[0]))
    await beat(here)
    clock.forward(60 * MINUTE)
    passed[0] += 30
    await beat(here)
    assert await count(office, outage) == 0
    clock.forward(60 * MINUTE)
    passed[0] += 3_600
    await beat(here)
    assert await count(office, outage) == 1


async def test_while_events_cannot_be_stored_the_heart_does_not_beat(
    office: Office, clock: SettableClock
) -> None:
    passed = [0.0]
    here = replace(office, heart=Heart(lambda: passed[0]))
    await beat(here)
    for is_refused in (True, True, True, False):
        clock.forward(timedelta(seconds=30))
        passed[0] += 30
        if is_refused:
            here.heart.misses()
        await beat(here)
    assert await count(office, outage) == 1


async def count(office: Office, table: Any) -> int:
    async with office.database.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(table)) or 0
