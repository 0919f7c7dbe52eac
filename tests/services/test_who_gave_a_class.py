"""By which account a class was held, and who its teacher is."""

from dataclasses import replace
from datetime import timedelta

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.attendance import Sureness
from services.disconnecting import disconnect
from services.events import apply_waiting
from services.office import Office
from services.people import who_is
from tests.lessons import MadeClass, made_class
from tests.services.connections import connected
from tests.services.heard_classes import MINUTE, held, made, outcome, present, whole_class
from tests.services.people_of_the_school import AISHA
from tests.zoom_reports import Held, reported

__all__ = ["held", "made"]


async def test_who_hosted_is_still_known_after_the_teacher_disconnected(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await disconnect(office, await who_is(office, AISHA))
    await reported(office, *whole_class(held))
    await apply_waiting(office)
    teacher, *students = await present(office, made.lesson_id)
    assert (teacher.is_teacher, teacher.name, len(students)) == (True, "Aisha Q", 2)


async def test_a_teacher_who_comes_with_another_account_than_the_meetings_is_its_teacher_too(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    by_phone = held.stay("Aisha (phone)", 0, 10, id=aisha_at_zoom.user_id)
    await reported(office, held.started(), *by_phone, *held.host(5, 30), held.ended(40))
    await apply_waiting(office)
    [teacher] = await present(office, made.lesson_id)
    assert (teacher.is_teacher, teacher.total) == (True, 30 * MINUTE)


async def paid_for_without_the_teacher(
    office: Office, made: MadeClass, meeting: Held
) -> tuple[timedelta | None, Sureness | None]:
    """What a teacher is paid for, and how sure that is, when only Ahmed was reported."""
    await reported(office, meeting.started(), *meeting.stay("Ahmed", 0, 40), meeting.ended(40))
    await apply_waiting(office)
    figures = (await outcome(office, made.lesson_id))[1]
    return figures.taught, figures.sureness


async def test_a_teacher_with_a_paid_account_who_never_came_is_paid_for_nothing(
    office: Office, made: MadeClass, held: Held, zoom: ZoomPeople
) -> None:
    licensed = await zoom.user("paid@example.org", name="Aisha", plan=2)
    await connected(office, AISHA, licensed)
    meeting = replace(held, host_id=licensed.user_id)
    paid_for = await paid_for_without_the_teacher(office, made, meeting)
    assert paid_for == (timedelta(), Sureness.COMPLETE)


async def test_on_the_basic_plan_the_host_is_not_reported_and_taken_to_have_been_there(
    office: Office, made: MadeClass, held: Held, aisha_at_zoom: ZoomPerson
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    meeting = replace(held, host_id=aisha_at_zoom.user_id)
    paid_for = await paid_for_without_the_teacher(office, made, meeting)
    assert paid_for == (40 * MINUTE, Sureness.INFERRED)


async def test_a_paid_account_connected_since_says_nothing_of_the_meetings_own_account(
    office: Office, made: MadeClass, held: Held, zoom: ZoomPeople
) -> None:
    await connected(office, AISHA, await zoom.user("paid@example.org", name="Aisha", plan=2))
    paid_for = await paid_for_without_the_teacher(office, made, held)
    assert paid_for == (40 * MINUTE, Sureness.INFERRED)


async def test_a_host_elsewhere_is_a_student_here(
    office: Office, made: MadeClass, held: Held
) -> None:
    other = await made_class(office, {}, starts_at=made.planned.starts_at)
    elsewhere = Held(other.meeting_id, held.starts_at, uuid="elsewhere", host_id="musas")
    visits = held.stay("Musa", 0, 10, id="musas")
    await reported(office, elsewhere.started(), elsewhere.ended(40))
    await reported(office, held.started(), *held.host(0, 40), *visits, held.ended(40))
    await apply_waiting(office)
    assert [one.is_teacher for one in await present(office, made.lesson_id)] == [True, False]
