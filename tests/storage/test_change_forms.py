"""Forms that change a class, in the database, beside those for new classes."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from storage import forms
from storage.change_forms import CHANGE, Change, ChangeForm, ChangeStep
from storage.class_forms import CLASS, ClassForm, Step
from storage.database import Database
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
        new = await forms.begin(tx, CHANGE, person_id, "u1", form, ChangeStep.MENU, 5)
        assert await forms.find(tx, CHANGE, new.id) == new
        again = await forms.begin(tx, CHANGE, person_id, "u1", WHOLE, ChangeStep.DAY, 6)
        saved = await forms.save(tx, new, form, ChangeStep.CONFIRM)
        assert await forms.find(tx, CHANGE, new.id) == saved
        sealed = await tx.connection.scalar(select(draft.c.sealed_data))
    assert again == new
    assert (new.said, new.message_id, saved.version) == (form, 5, 2)
    assert sealed is not None
    assert "تجويد" not in repr(saved)


async def test_a_form_stands_in_its_message_until_it_is_removed(database: Database) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        other_id = await add_person(tx, "Musa")
        new = await forms.begin(tx, CHANGE, person_id, "u1", WHOLE, ChangeStep.MENU, 5)
        assert await forms.standing_in(tx, CHANGE, person_id, 5) == (new,)
        assert await forms.standing_in(tx, CHANGE, person_id, 5)
        assert not await forms.standing_in(tx, CHANGE, person_id, 6)
        assert not await forms.standing_in(tx, CHANGE, other_id, 5)
        await forms.forget(tx, new.id)
        assert not await forms.standing_in(tx, CHANGE, person_id, 5)


async def test_only_the_form_worked_on_last_is_open_of_whichever_kind(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        made = await forms.begin(tx, CLASS, person_id, "u1", ClassForm(), Step.TOPIC)
        long_ago = tx.now - timedelta(hours=1)
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        change = await forms.begin(tx, CHANGE, person_id, "u2", WHOLE, ChangeStep.DAY, 5)
        assert await forms.latest(tx, CHANGE, person_id, long_ago) == change
        assert await forms.latest(tx, CLASS, person_id, long_ago) is None
        assert await forms.find(tx, CLASS, change.id) is None
        assert await forms.find(tx, CHANGE, made.id) is None
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        made = await forms.save(tx, made, ClassForm(), Step.DAY)
        assert await forms.latest(tx, CLASS, person_id, long_ago) == made
        assert await forms.latest(tx, CHANGE, person_id, long_ago) is None
