"""Forms in the database: nothing of them is lost, nothing of them is readable there."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from school.recurrence import Frequency, Repeat
from storage import forms
from storage.class_forms import CLASS, ClassForm, Step
from storage.database import Database
from storage.schema import draft
from tests.clocks import SettableClock
from tests.storage.rows import add_person, forget_accounts

WHOLE = ClassForm(
    topic="تجويد 📗",
    chat_ids=(-1001234567890, -5),
    day=date(2026, 11, 24),
    time=time(18, 0),
    length=timedelta(minutes=45),
    is_guided=True,
    groups_chosen=True,
    unclear_groups=("Nobody",),
    month=date(2026, 12, 1),
    doubts_accepted=True,
    repeat=Repeat(Frequency.WEEKLY, 2, (0, 2), until=date(2027, 1, 31)),
    repeat_chosen=True,
)


@pytest.mark.parametrize("form", [WHOLE, ClassForm(), ClassForm(time=time(0, 0))])
async def test_a_form_is_read_as_it_was_written(database: Database, form: ClassForm) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        written = await forms.begin(tx, CLASS, person_id, "u1", form, Step.TOPIC)
        await forms.place(tx, written.id, 7)
        read = await forms.find(tx, CLASS, written.id)
        sealed = await tx.connection.scalar(select(draft.c.sealed_data))
    assert read is not None
    assert (read.said, read.step, read.version, read.message_id) == (form, Step.TOPIC, 1, 7)
    assert sealed is not None
    assert "تجويد".encode() not in sealed
    assert "تجويد" not in repr(read)


async def test_a_request_has_one_form(database: Database) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        first = await forms.begin(tx, CLASS, person_id, "u1", ClassForm(), Step.TOPIC)
        assert first.id == forms.form_id_of(tx, "u1")
        assert await forms.begin(tx, CLASS, person_id, "u1", WHOLE, Step.CONFIRM) == first
        other = await forms.begin(tx, CLASS, person_id, "u2", ClassForm(), Step.TOPIC)
    assert other.id != first.id


async def test_each_answer_makes_a_new_version(database: Database, clock: SettableClock) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        first = await forms.begin(tx, CLASS, person_id, "u1", ClassForm(), Step.TOPIC)
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        second = await forms.save(tx, first, WHOLE, Step.CONFIRM)
        assert await forms.find(tx, CLASS, first.id) == second
    assert (second.version, second.said) == (2, WHOLE)


async def test_the_form_worked_on_last_is_the_open_one(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        first = await forms.begin(tx, CLASS, person_id, "u1", ClassForm(), Step.TOPIC)
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        second = await forms.begin(tx, CLASS, person_id, "u2", ClassForm(), Step.TOPIC)
        long_ago = tx.now - timedelta(hours=1)
        assert await forms.latest(tx, CLASS, person_id, long_ago) == second
        assert await forms.latest(tx, CLASS, person_id + 1, long_ago) is None
        assert await forms.latest(tx, CLASS, person_id, tx.now) is None
    clock.forward(timedelta(minutes=1))
    async with database.writing() as tx:
        first = await forms.save(tx, first, WHOLE, Step.DAY)
        assert await forms.latest(tx, CLASS, person_id, long_ago) == first
        await forget_accounts(tx, tx.now)
        assert await forms.find(tx, CLASS, second.id) is None
        assert await forms.forget(tx, first.id)
        assert not await forms.forget(tx, first.id)


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        (ClassForm(), Step.TOPIC),
        (ClassForm(topic="Fiqh"), Step.GROUPS),
        (ClassForm(topic="Fiqh", chat_ids=(1,)), Step.GROUPS),
        (ClassForm(topic="Fiqh", groups_chosen=True), Step.GROUPS),
        (ClassForm(topic="Fiqh", chat_ids=(1,), groups_chosen=True), Step.DAY),
        (WHOLE, None),
        (replace(WHOLE, repeat_chosen=False), Step.UNTIL),
        (replace(WHOLE, repeat_chosen=False, repeat=None), Step.REPEAT),
        (replace(WHOLE, repeat_chosen=False, repeat=None, is_guided=False), None),
    ],
)
def test_the_first_open_question_is_asked(form: ClassForm, missing: Step | None) -> None:
    assert form.missing is missing
    assert form.next_step is (missing or Step.CONFIRM)


def test_midnight_is_a_time() -> None:
    assert ClassForm("F", (1,), date(2026, 1, 1), time(0, 0), groups_chosen=True).missing is (
        Step.LENGTH
    )


def test_the_first_class_of_a_repeat_is_on_the_first_day_that_fits() -> None:
    assert WHOLE.first_day == date(2026, 11, 25)  # the Wednesday after the chosen Tuesday
    assert replace(WHOLE, repeat=None).first_day == date(2026, 11, 24)
    assert replace(WHOLE, day=None).first_day is None


async def test_of_ever_more_forms_the_newest_twenty_are_kept(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
    for number in range(30):
        clock.forward(timedelta(seconds=1))
        async with database.writing() as tx:
            newest = await forms.begin(tx, CLASS, person_id, f"u{number}", WHOLE, Step.TOPIC)
    async with database.reading() as tx:
        kept = await tx.connection.scalar(select(func.count()).select_from(draft))
        assert kept == 20
        assert await forms.find(tx, CLASS, newest.id) == newest
        assert await forms.find(tx, CLASS, forms.form_id_of(tx, "u9")) is None
