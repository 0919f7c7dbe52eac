"""An admin was asked how long a class was, and something else has happened before they type it."""

import pytest

from school.errors import NotUnderstood, Outdated
from school.model import LessonState
from services import correcting
from services.office import Office
from services.people import Caller, who_is
from storage.corrections import corrections_of
from tests.clocks import SettableClock
from tests.lessons import MadeClass, set_state
from tests.services.months import held, november
from tests.services.people_of_the_school import ADMIN


@pytest.fixture
async def admin(office: Office) -> Caller:
    return await who_is(office, ADMIN)


@pytest.fixture
async def lesson(office: Office, clock: SettableClock, admin: Caller) -> MadeClass:
    """Of this afternoon, with the question asked."""
    made = await held(office, november(clock().day, 12))
    await correcting.begin(office, admin, made.lesson_id, "asks")
    return made


async def test_a_class_that_is_on_again_asks_for_no_minutes_any_more(
    office: Office, admin: Caller, lesson: MadeClass
) -> None:
    async with office.database.writing() as tx:
        await set_state(tx, lesson.lesson_id, LessonState.LIVE)
    with pytest.raises(Outdated, match="not over yet"):
        await correcting.typed(office, admin, "40 min, as agreed", "types")
    assert not await correcting.typed(office, admin, "hello", "types again")


async def test_what_lacks_a_reason_is_asked_for_once_more(
    office: Office, admin: Caller, lesson: MadeClass
) -> None:
    with pytest.raises(NotUnderstood, match="A reason belongs to it"):
        await correcting.typed(office, admin, "40 min", "types")
    assert await correcting.typed(office, admin, "40 min, as agreed", "types again")
    async with office.database.reading() as tx:
        assert len((await corrections_of(tx, [lesson.lesson_id]))[lesson.lesson_id]) == 1
