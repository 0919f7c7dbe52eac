"""A teacher's word that the figures of a class are right."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from school.errors import NotAllowed, SchoolError
from services.confirming import confirm
from services.events import apply_waiting
from services.office import Office
from services.people import as_teacher, who_is
from storage.outages import is_confirmed
from storage.schema import correction, lesson
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def over(office: Office, clock: SettableClock) -> MadeClass:
    """A class whose end went missing, long ago."""
    made = await made_class(office, {}, starts_at=clock())
    held = Held(made.meeting_id, clock())
    await reported(office, held.started(), held.joined("Ahmed", 5), held.ended(40))
    clock.forward(60 * MINUTE)
    await apply_waiting(office)
    return made


async def corrections(office: Office) -> int:
    async with office.database.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(correction)) or 0


async def test_saying_it_twice_is_saying_it_once(office: Office, over: MadeClass) -> None:
    aisha = as_teacher(office, await who_is(office, AISHA))
    await confirm(office, aisha, over.lesson_id, "update:1")
    await confirm(office, aisha, over.lesson_id, "update:1")
    await confirm(office, aisha, over.lesson_id, "update:2")
    assert await corrections(office) == 1
    async with office.database.reading() as tx:
        assert await is_confirmed(tx, over.lesson_id)


async def test_only_the_teacher_who_gave_it_can(office: Office, over: MadeClass) -> None:
    aisha = as_teacher(office, await who_is(office, AISHA))
    musa = as_teacher(office, await made_teacher(office, MUSA))
    with pytest.raises(NotAllowed):
        await confirm(office, musa, over.lesson_id, "update:1")
    async with office.database.writing() as tx:
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == over.lesson_id).values(hosted_by=musa.person_id)
        )
    with pytest.raises(NotAllowed):
        await confirm(office, aisha, over.lesson_id, "update:2")
    await confirm(office, musa, over.lesson_id, "update:3")
    assert await corrections(office) == 1


async def test_what_is_still_to_happen_cannot_be_confirmed(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, {}, starts_at=clock())
    aisha = as_teacher(office, await who_is(office, AISHA))
    for wait in (0, 60):
        clock.forward(wait * MINUTE)
        with pytest.raises(SchoolError):
            await confirm(office, aisha, made.lesson_id, "update:1")
    assert await corrections(office) == 0
