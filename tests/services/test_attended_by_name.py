"""What somebody is shown as attended under a name of theirs is counted, and goes with them."""

from datetime import timedelta

from sqlalchemy import update

from services import leaving
from services.office import Office
from services.people import remember
from storage import student_changes
from storage.schema import presence
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.test_own_data_file import file_of, rows
from tests.services.test_roster import DAY, GROUP, KHADIJA, Course, guest, student_called
from tests.stored import places_with


def guest_numbered(name: str, number: str) -> tuple[str, dict[str, str]]:
    """As Zoom has it: what says nothing of a name."""
    return guest(name)[0], {"user_id": number, "participant_uuid": f"uuid-{number}"}


async def test_what_is_found_by_name_alone_is_counted_and_erased(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + DAY)
    course = Course(office, clock, made)
    for _ in range(2):
        await course.is_held(guest_numbered("Zaynab", "1"), guest_numbered("Omar", "2"))
    student = await student_called(office, course, "Zaynab")
    async with office.database.writing() as tx:
        khadija = await remember(tx, KHADIJA)
        await student_changes.link_person(tx, student.id, khadija.id)
        await tx.connection.execute(
            update(presence)
            .where(presence.c.student_id == student.id, presence.c.lesson_id == made.lesson_id)
            .values(student_id=None)
        )
    shown = rows(await file_of(office, KHADIJA), "attendance")
    assert [one["name"] for one in shown] == ["Zaynab", "Zaynab"]
    before = await leaving.preview(office, KHADIJA)
    assert before is not None
    assert before.holdings.attended == len(shown)
    clock.forward(timedelta(minutes=1))
    await leaving.delete(office, KHADIJA, khadija.id)
    async with office.database.reading() as tx:
        assert await places_with(tx, "zaynab") == set()
