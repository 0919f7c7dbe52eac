"""An admin corrects a class to nothing taught: why decides what is paid."""

from datetime import timedelta

import pytest

from school.corrections import DisputeKind, DisputeState, WhyNothing
from school.errors import Outdated
from school.pay import Outcome
from services import correcting, disputing
from services.correcting import WhyAsked
from services.events import apply_waiting
from services.office import Office
from services.paying import PaidLine, pay_line_of
from services.people import Caller, as_teacher, who_is
from storage import disputes
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.months import earns, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, made_teacher
from tests.zoom_reports import Held, reported

DAY = timedelta(days=1)
NOBODY, AWAY, NOT_COUNTED = WhyNothing
REASON = "it was her own phone"


@pytest.fixture
async def aisha(office: Office) -> Caller:
    return await made_teacher(office, AISHA)


@pytest.fixture
async def lesson_id(office: Office, aisha: Caller, clock: SettableClock) -> int:
    """45 min with her own phone, which counted as a student: 176.00 at 240.00 an hour."""
    assert aisha.person_id is not None
    await earns(office, aisha.person_id, "240")
    made = await made_class(office, {-1001: "Beginners"}, starts_at=clock() + DAY)
    meeting = Held(made.meeting_id, made.planned.starts_at)
    clock.forward(DAY + timedelta(minutes=50))
    told = meeting.started(), *meeting.host(0, 45), *meeting.stay("iPhone", 1, 45)
    await reported(office, *told, meeting.ended(45))
    await apply_waiting(office)
    return made.lesson_id


async def paid(office: Office, lesson_id: int) -> tuple[Outcome, str]:
    async with office.database.reading() as tx:
        found = await pay_line_of(tx, lesson_id, office.profile.zone)
    assert isinstance(found, PaidLine)
    assert found.line.amount is not None
    return found.line.outcome, str(found.line.amount.amount)


async def typed(office: Office, lesson_id: int, text: str, key: str = "typed") -> bool | WhyAsked:
    admin = await who_is(office, ADMIN)
    await correcting.begin(office, admin, lesson_id, f"{key}: begin")
    return await correcting.typed(office, admin, text, key)


@pytest.mark.parametrize(
    ("why", "outcome", "amount"),
    [
        (NOBODY, Outcome.NO_SHOW, "90.00"),  # waited 45 min: 45 × 4.00 × 50 %
        (AWAY, Outcome.TEACHER_ABSENT, "0.00"),
        (NOT_COUNTED, Outcome.NOT_COUNTED, "0.00"),
    ],
)
async def test_an_admin_says_why_nothing_was_taught(
    office: Office,
    clock: SettableClock,
    lesson_id: int,
    why: WhyNothing,
    outcome: Outcome,
    amount: str,
) -> None:
    admin = await who_is(office, ADMIN)
    assert await paid(office, lesson_id) == (Outcome.TAUGHT, "176.00")
    assert await typed(office, lesson_id, f"0 min, {REASON}") == WhyAsked(lesson_id)
    assert await paid(office, lesson_id) == (Outcome.TAUGHT, "176.00")  # until it is said
    assert not await correcting.say_why(office, admin, lesson_id + 1, why, "of another class")
    assert await correcting.say_why(office, admin, lesson_id, why, "why")
    assert await paid(office, lesson_id) == (outcome, amount)
    assert not await correcting.say_why(office, admin, lesson_id, NOBODY, "pressed again")
    # Of what is said later the last holds: another reason, and that it was taught after all.
    clock.forward(timedelta(minutes=1))
    await typed(office, lesson_id, f"0 min, {REASON}", "again")
    assert await correcting.say_why(office, admin, lesson_id, NOBODY, "why again")
    assert await paid(office, lesson_id) == (Outcome.NO_SHOW, "90.00")
    clock.forward(timedelta(minutes=1))
    assert await typed(office, lesson_id, "40 min, I asked the student", "last") is True
    assert await paid(office, lesson_id) == (Outcome.TAUGHT, "160.00")


async def test_an_answer_to_a_dispute_asks_the_same(
    office: Office, aisha: Caller, lesson_id: int
) -> None:
    admin, teacher = await who_is(office, ADMIN), as_teacher(office, aisha)
    await disputing.choose(office, teacher, lesson_id, DisputeKind.CONNECTION, "dispute")
    async with office.database.reading() as tx:
        dispute = await disputes.latest_dispute(tx, lesson_id)
    assert dispute is not None
    await disputing.begin_answer(office, admin, dispute.id, DisputeState.CHANGED, "begin")
    asked = await disputing.answer(office, admin, f"0 min, {REASON}", "typed")
    assert asked == WhyAsked(lesson_id)
    assert await disputing.say_why(office, admin, lesson_id, NOBODY, "why")
    assert await paid(office, lesson_id) == (Outcome.NO_SHOW, "90.00")
    async with office.database.reading() as tx:
        decided = await disputes.latest_dispute(tx, lesson_id)
    assert decided is not None
    assert (decided.state, decided.answer) == (DisputeState.CHANGED, REASON)


async def test_a_dispute_that_is_decided_meanwhile_is_not_decided_again(
    office: Office, aisha: Caller, lesson_id: int
) -> None:
    admin, teacher = await who_is(office, ADMIN), as_teacher(office, aisha)
    await disputing.choose(office, teacher, lesson_id, DisputeKind.CONNECTION, "dispute")
    async with office.database.reading() as tx:
        dispute = await disputes.latest_dispute(tx, lesson_id)
    assert dispute is not None
    await disputing.begin_answer(office, admin, dispute.id, DisputeState.CHANGED, "begin")
    await disputing.answer(office, admin, f"0 min, {REASON}", "typed")
    await disputing.accept(office, admin, dispute.id, "accept")
    with pytest.raises(Outdated):
        await disputing.say_why(office, admin, lesson_id, NOBODY, "why")
    assert await paid(office, lesson_id) == (Outcome.TAUGHT, "180.00")


async def test_where_no_teacher_was_found_there_is_nothing_to_ask(
    office: Office, aisha: Caller, clock: SettableClock
) -> None:
    assert aisha.person_id == await person_id_of(office, AISHA)
    await earns(office, aisha.person_id, "240")
    made = await made_class(office, {}, starts_at=clock() + DAY)
    clock.forward(DAY + timedelta(hours=1))
    assert await typed(office, made.lesson_id, "0 min, nobody held it") is True
    assert await paid(office, made.lesson_id) == (Outcome.NOT_HELD, "0.00")
