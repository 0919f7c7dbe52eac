"""What a class came to stays so, whatever becomes of its teacher's Zoom account afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import null, select, update

from school.pay import Outcome
from services.disconnecting import disconnect
from services.events import apply_waiting
from services.folding import fold_anew
from services.leaving import delete
from services.office import Office
from services.paying import pay_line_of
from services.people import as_teacher, who_is
from services.profile import ask_name, typed
from services.retention import clear_old
from services.roster_names import is_new, who_is_this
from services.roster_updates import bring_up_to_date
from storage import zoom_accounts
from storage.schema import lesson, meeting_instance
from storage.zoom_accounts import Tokens, ZoomProfile
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.months import earns, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

ZONE = ZoneInfo("Africa/Addis_Ababa")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BASIC, PRO = 1, 2
TAUGHT = (Outcome.TAUGHT, Decimal(160))
ABSENT = (Outcome.TEACHER_ABSENT, Decimal(0))

Change = Callable[[Office], Awaitable[None]]


async def connects(office: Office, who: int, zoom_user_id: str, plan: int) -> None:
    """The account, in place of whatever the person had."""
    profile = ZoomProfile(zoom_user_id, f"{zoom_user_id}@example.org", "Aisha Q", plan)
    async with office.database.writing() as tx:
        tokens = Tokens("access", "refresh", tx.now + DAY)
        await zoom_accounts.store_account(tx, who, profile, frozenset({"a"}), tokens)


async def disconnects(office: Office, who: int) -> None:
    async with office.database.writing() as tx:
        await zoom_accounts.remove_account_of_person(tx, who)


@dataclass(frozen=True, slots=True)
class School:
    """Aisha's class tomorrow; she earns 240 an hour, Musa 600."""

    office: Office
    clock: SettableClock
    made: MadeClass
    aisha: int
    musa: int

    @property
    def held(self) -> Held:
        return Held(self.made.meeting_id, self.made.planned.starts_at, host_id="Z")

    async def has_held(self, *bodies: bytes) -> None:
        """On account Z, with these reports of who was there."""
        self.clock.now = self.made.planned.ends_at + 5 * MINUTE
        await self.hears(self.held.started(), *bodies, self.held.ended(40))

    async def hears(self, *bodies: bytes) -> None:
        await reported(self.office, *bodies)
        await apply_waiting(self.office)

    async def is_paid(self) -> tuple[Outcome, Decimal]:
        async with self.office.database.reading() as tx:
            found = await pay_line_of(tx, self.made.lesson_id, ZONE)
        assert found is not None
        assert found.line.amount is not None
        return found.line.outcome, found.line.amount.amount

    async def is_given_by(self) -> int:
        async with self.office.database.reading() as tx:
            found = await pay_line_of(tx, self.made.lesson_id, ZONE)
        assert found is not None
        return found.teacher_id

    async def is_folded_anew(self) -> None:
        """By the roster, by hand, and by an event that comes late."""
        await bring_up_to_date(self.office, self.made.course_id)
        await fold_anew(self.office, self.made.lesson_id)
        await self.hears(*self.held.stay("Omar", 5, 39, email="omar@example.org"))
        async with self.office.database.reading() as tx:
            count = await tx.connection.scalar(select(lesson.c.student_count))
        assert count == 2, "the late event counts"


@pytest.fixture
async def school(office: Office, clock: SettableClock) -> School:
    await made_teacher(office, AISHA)
    await made_teacher(office, MUSA)
    made = await made_class(office, {-1001: "Beginners"}, starts_at=clock() + DAY)
    aisha, musa = await person_id_of(office, AISHA), await person_id_of(office, MUSA)
    await earns(office, aisha, "240")
    await earns(office, musa, "600")
    return School(office, clock, made, aisha, musa)


AFTERWARDS = pytest.mark.parametrize("afterwards", ["basic", "pro", "other basic", "other pro", ""])
"""What is connected in the end: by its plan, and whether it is another account."""


async def lets_it_become(school: School, afterwards: str) -> None:
    school.clock.forward(10 * DAY)
    if not afterwards:
        await disconnects(school.office, school.aisha)
        return
    plan = PRO if "pro" in afterwards else BASIC
    await connects(school.office, school.aisha, "Y" if "other" in afterwards else "Z", plan)


@AFTERWARDS
async def test_a_class_held_on_a_basic_plan_stays_taught(school: School, afterwards: str) -> None:
    await connects(school.office, school.aisha, "Z", BASIC)
    await school.has_held(*school.held.stay("Khadija", 0, 40))
    assert await school.is_paid() == TAUGHT
    await lets_it_become(school, afterwards)
    await school.is_folded_anew()
    assert await school.is_paid() == TAUGHT


async def test_so_it_does_where_zoom_tells_of_a_better_plan(school: School) -> None:
    await connects(school.office, school.aisha, "Z", BASIC)
    await school.has_held(*school.held.stay("Khadija", 0, 40))
    async with school.office.database.writing() as tx:
        better = ZoomProfile("Z", "z@example.org", "Aisha Q", PRO)
        assert await zoom_accounts.keep_profile(tx, school.aisha, better)
    await school.is_folded_anew()
    assert await school.is_paid() == TAUGHT


@AFTERWARDS
async def test_a_class_that_its_teacher_missed_on_a_paid_plan_stays_missed(
    school: School, afterwards: str
) -> None:
    await connects(school.office, school.aisha, "Z", PRO)
    await school.has_held(*school.held.stay("Khadija", 0, 40))
    assert await school.is_paid() == ABSENT
    await lets_it_become(school, afterwards)
    await school.is_folded_anew()
    assert await school.is_paid() == ABSENT


@AFTERWARDS
async def test_a_teacher_who_came_with_their_own_account_stays_its_teacher(
    school: School, afterwards: str
) -> None:
    """Nobody else was in a meeting of another account."""
    await connects(school.office, school.aisha, "A", PRO)
    await school.has_held(*school.held.stay("Aisha Q", 0, 40, id="A"))
    before = await school.is_paid()
    assert before[0] is Outcome.NO_SHOW
    await lets_it_become(school, afterwards)
    await fold_anew(school.office, school.made.lesson_id)
    assert await school.is_paid() == before
    await school.hears(*school.held.stay("Aisha Q", 41, 42, id="A"))
    assert await school.is_paid() == before


async def test_a_student_of_a_class_is_not_its_teacher_for_the_account_they_have_later(
    school: School,
) -> None:
    await connects(school.office, school.aisha, "Z", PRO)
    await school.has_held(*school.held.host(0, 40), *school.held.stay("Khadija", 0, 40, id="Y"))
    await connects(school.office, school.aisha, "Y", PRO)
    await school.is_folded_anew()
    assert await school.is_paid() == TAUGHT


@pytest.mark.parametrize("plan", [BASIC, PRO])
async def test_pay_stays_with_who_held_it_when_the_account_is_passed_on(
    school: School, plan: int
) -> None:
    await connects(school.office, school.aisha, "Z", plan)
    host = school.held.host(0, 40) if plan == PRO else []
    await school.has_held(*host, *school.held.stay("Khadija", 0, 40))
    await disconnects(school.office, school.aisha)
    school.clock.forward(5 * DAY)
    await connects(school.office, school.musa, "Z", plan)
    await school.is_folded_anew()
    assert await school.is_given_by() == school.aisha
    assert await school.is_paid() == TAUGHT


async def test_who_opened_a_room_for_a_minute_is_not_paid_once_the_teacher_disconnects(
    school: School,
) -> None:
    await connects(school.office, school.aisha, "Z", PRO)
    await connects(school.office, school.musa, "M", PRO)
    at = school.made.planned.starts_at - 20 * MINUTE
    looked = Held(school.made.meeting_id, at, uuid="looked in", host_id="M")
    await school.has_held(
        *(looked.started(), looked.ended(1)),
        *school.held.host(0, 40),
        *school.held.stay("Khadija", 0, 40),
    )
    assert await school.is_given_by() == school.aisha
    await disconnects(school.office, school.aisha)
    await school.is_folded_anew()
    assert await school.is_given_by() == school.aisha
    assert await school.is_paid() == TAUGHT


@pytest.mark.parametrize("leaves", ["Musa", "Hafsa", "both", "nobody"])
async def test_of_several_others_it_is_who_held_it_longest(school: School, leaves: str) -> None:
    await made_teacher(school.office, ADMIN)
    hafsa = await person_id_of(school.office, ADMIN)
    await connects(school.office, school.musa, "M", PRO)
    await connects(school.office, hafsa, "H", PRO)
    planned = school.made.planned.starts_at
    first = Held(school.made.meeting_id, planned, uuid="first", host_id="M")
    second = Held(school.made.meeting_id, planned + 10 * MINUTE, uuid="second", host_id="H")
    school.clock.now = school.made.planned.ends_at + 5 * MINUTE
    for held, until in ((first, 8), (second, 30)):
        student = held.stay("Khadija", 0, until)
        await school.hears(held.started(), *held.host(0, until), *student, held.ended(until))
    assert await school.is_given_by() == hafsa
    gone = {"Musa": [school.musa], "Hafsa": [hafsa], "both": [school.musa, hafsa]}
    for one in gone.get(leaves, []):
        await disconnects(school.office, one)
    await school.hears(*second.stay("Omar", 5, 29, email="omar@example.org"))
    assert await school.is_given_by() == hafsa


async def test_an_account_that_was_connected_after_the_class_held_none_of_it(
    school: School,
) -> None:
    """Its reports come late, as after an outage; the meeting was Aisha's."""
    school.clock.now = school.made.planned.ends_at + 5 * MINUTE
    await connects(school.office, school.musa, "Z", PRO)
    await school.hears(
        school.held.started(),
        *school.held.host(0, 40),
        *school.held.stay("Khadija", 0, 40),
        school.held.ended(40),
    )
    assert await school.is_given_by() == school.aisha
    assert await school.is_paid() == TAUGHT


async def test_who_connects_anew_before_the_reports_come_has_held_it_all_the_same(
    school: School,
) -> None:
    """In her own meeting, though the class was given to Musa."""
    async with school.office.database.writing() as tx:
        await tx.connection.execute(update(lesson).values(teacher_id=school.musa))
    school.clock.now = school.made.planned.ends_at + 5 * MINUTE
    await connects(school.office, school.aisha, "Z", PRO)
    await school.hears(
        school.held.started(),
        *school.held.host(0, 40),
        *school.held.stay("Khadija", 0, 40),
        school.held.ended(40),
    )
    assert await school.is_given_by() == school.aisha


# The teacher's own second device, of which Zoom tells a name alone


@AFTERWARDS
async def test_a_guest_with_the_teachers_name_stays_uncounted_whatever_they_are_called_later(
    school: School, afterwards: str
) -> None:
    await connects(school.office, school.aisha, "Z", BASIC)
    await school.has_held(*school.held.stay("aisha", 0, 40), *school.held.stay("Aisha Q", 0, 40))
    before = await school.is_paid()
    assert before[0] is Outcome.NO_SHOW
    await ask_name(school.office, AISHA, "a name")
    assert await typed(school.office, AISHA, "Umm Ibrahim")
    await lets_it_become(school, afterwards)
    await bring_up_to_date(school.office, school.made.course_id)
    await fold_anew(school.office, school.made.lesson_id)
    assert await school.is_paid() == before


async def test_a_guest_who_is_said_to_be_a_student_is_taught_all_the_same(school: School) -> None:
    await connects(school.office, school.aisha, "Z", BASIC)
    await school.has_held(*school.held.stay("Aisha", 0, 40))
    teacher = as_teacher(school.office, await who_is(school.office, AISHA))
    asked = await who_is_this(school.office, teacher, school.made.lesson_id)
    assert asked.name == "Aisha"
    await is_new(school.office, teacher, school.made.lesson_id, asked.token)
    assert await school.is_paid() == TAUGHT


async def test_a_guest_of_a_class_from_before_this_was_kept_counts_as_then(school: School) -> None:
    await connects(school.office, school.aisha, "Z", BASIC)
    await school.has_held(*school.held.stay("Khadija", 0, 40))
    await is_of_before(school.office)
    await school.hears(*school.held.stay("Aisha", 0, 40))
    async with school.office.database.reading() as tx:
        assert await tx.connection.scalar(select(lesson.c.student_count)) == 2


# From before this was kept


async def is_of_before(office: Office) -> None:
    """As an instance was stored before what is known of its host was."""
    names = {
        column.name
        for column in meeting_instance.c
        if column.name not in {"uuid_index", "lesson_id"}
    } - {"started_at", "ended_at", "inferred"}
    async with office.database.writing() as tx:
        await tx.connection.execute(update(meeting_instance).values(dict.fromkeys(names, null())))


@pytest.mark.parametrize("plan", [BASIC, PRO])
@AFTERWARDS
async def test_of_a_class_from_before_stays_what_was_found_of_it(
    school: School, plan: int, afterwards: str
) -> None:
    await connects(school.office, school.aisha, "Z", plan)
    await school.has_held(*school.held.stay("Khadija", 0, 40))
    before = TAUGHT if plan == BASIC else ABSENT
    await is_of_before(school.office)
    await lets_it_become(school, afterwards)
    await school.is_folded_anew()
    assert await school.is_paid() == before
    await lets_it_become(school, "other basic")
    await fold_anew(school.office, school.made.lesson_id)
    assert await school.is_paid() == before


async def test_of_a_class_from_before_stays_who_held_it(school: School) -> None:
    await connects(school.office, school.musa, "Z", PRO)
    await school.has_held(*school.held.host(0, 40), *school.held.stay("Khadija", 0, 40))
    assert await school.is_given_by() == school.musa
    await is_of_before(school.office)
    await disconnects(school.office, school.musa)
    await connects(school.office, school.aisha, "Z", PRO)
    await school.is_folded_anew()
    assert await school.is_given_by() == school.musa


# Who leaves


async def test_nothing_is_kept_by_which_a_teacher_who_left_could_be_told(school: School) -> None:
    """Also where another teacher held the class, who still needs it."""
    await connects(school.office, school.aisha, "A", PRO)
    await connects(school.office, school.musa, "Z", PRO)
    await school.has_held(*school.held.host(0, 40), *school.held.stay("Khadija", 0, 40))
    async with school.office.database.reading() as tx:
        (row,) = await tx.connection.execute(select(meeting_instance))
    assert (row.held_by, row.host_is_reported) == (school.musa, False)
    assert row.teacher_index is not None
    await delete(school.office, AISHA, school.aisha)
    async with school.office.database.reading() as tx:
        (row,) = await tx.connection.execute(select(meeting_instance))
    gone = {"teacher_index", "name_index", "zoom_name_index"}
    assert {name for name in row._fields if row._mapping[name] is None} == gone
    await fold_anew(school.office, school.made.lesson_id)
    assert await school.is_given_by() == school.musa
    assert (await school.is_paid())[0] is Outcome.TAUGHT


async def test_a_disconnected_teacher_leaves_the_account_as_a_hash_alone(school: School) -> None:
    await connects(school.office, school.aisha, "Z", PRO)
    await school.has_held(*school.held.host(0, 40), *school.held.stay("Khadija", 0, 40))
    await disconnect(school.office, await who_is(school.office, AISHA))
    async with school.office.database.reading() as tx:
        (row,) = await tx.connection.execute(select(meeting_instance))
    assert row.teacher_index == zoom_accounts.zoom_user_index(tx.vault, "Z")


async def test_the_hash_goes_with_who_was_there(school: School) -> None:
    await connects(school.office, school.aisha, "Z", PRO)
    await school.has_held(*school.held.host(0, 40), *school.held.stay("Khadija", 0, 40))
    months = replace(school.office.profile.retention, attendance_months=1)
    kept = replace(school.office.profile, retention=months)
    school.clock.forward(70 * DAY)
    await clear_old(replace(school.office, profile=kept))
    async with school.office.database.reading() as tx:
        (row,) = await tx.connection.execute(select(meeting_instance))
    assert (row.held_by, row.teacher_index) == (school.aisha, None)
    assert await school.is_paid() == TAUGHT
