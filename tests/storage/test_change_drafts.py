"""Forms that change a class, in the database, beside those for new classes."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from storage import change_drafts, drafts
from storage.change_drafts import Change, ChangeForm, ChangeStep
from storage.database import Database
from storage.drafts import ClassForm, Step
from storage.schema import draft
from tests.clocks import SettableClock
from tests.storage.rows import add_person

WHOLE = ChangeForm(
    lesson_id=7,
    seen=3,
    what=Change.SKIP,
    for_all=False,
    day=date(2026, 12, 20),
    time=time(0, 0),
    last_day=date(2027, 1, 5),
    length=timedelta(minutes=45),
    topic="تجويد",
    chat_ids=(-1001234567890,),
    person_id=9,
    month=date(2026, 12, 1),
)


@pytest.mark.parametrize("form", [WHOLE, ChangeForm(7, 1), ChangeForm(7, 1, chat_ids=())])
async def test_a_form_is_read_as_it_was_written(database: Database, form: ChangeForm) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        new = await change_drafts.add_change(tx, person_id, "u1", ChangeStep.MENU, form, 5)
        assert await change_drafts.find_change(tx, new.id) == new
        again = await change_drafts.add_change(tx, person_id, "u1", ChangeStep.DAY, WHOLE, 6)
        saved = await change_drafts.save_change(tx, new, ChangeStep.CONFIRM, form)
        assert await change_drafts.find_change(tx, new.id) == saved
        sealed = await tx.connection.scalar(select(draft.c.sealed_data))
    assert again == new
    assert (new.form, new.message_id, saved.version) == (form, 5, 2)
    assert sealed is not None
    assert "تجويد" not in repr(saved)


async def test_a_form_stands_in_its_message_until_it_is_removed(database: Database) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        other_id = await add_person(tx, "Musa")
        new = await change_drafts.add_change(tx, person_id, "u1", ChangeStep.MENU, WHOLE, 5)
        assert await change_drafts.changes_in(tx, person_id, 5) == (new,)
        assert await change_drafts.is_in_use(tx, person_id, 5)
        assert not await change_drafts.is_in_use(tx, person_id, 6)
        assert not await change_drafts.is_in_use(tx, other_id, 5)
        await drafts.remove_draft(tx, new.id)
        assert not await change_drafts.is_in_use(tx, person_id, 5)


async def test_only_the_form_worked_on_last_is_open_of_whichever_kind(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        made = await drafts.add_draft(tx, person_id, "u1", Step.TOPIC, ClassForm())
        long_ago = tx.now - timedelta(hours=1)
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        change = await change_drafts.add_change(tx, person_id, "u2", ChangeStep.DAY, WHOLE, 5)
        assert await change_drafts.latest_change(tx, person_id, long_ago) == change
        assert await drafts.latest_draft(tx, person_id, long_ago) is None
        assert await drafts.find_draft(tx, change.id) is None
        assert await change_drafts.find_change(tx, made.id) is None
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        made = await drafts.save_draft(tx, made, Step.DAY, ClassForm())
        assert await drafts.latest_draft(tx, person_id, long_ago) == made
        assert await change_drafts.latest_change(tx, person_id, long_ago) is None
