"""Forms of every kind in the database, and rows that an earlier version of the program wrote."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from school.pay import AdjustmentKind
from school.pay_rules import PayRules, Per
from storage import forms, questions
from storage.change_forms import CHANGE
from storage.class_forms import CLASS
from storage.database import Database, Transaction
from storage.forms import Form, Kind, Only
from storage.pay_forms import ADJUSTMENT, RATE, RULES, AdjustmentForm, RateForm, RulesForm
from storage.questions import QUESTION, Question
from storage.roster_forms import ROSTER, NameFor, RosterForm
from storage.schema import draft
from tests.clocks import SettableClock
from tests.storage.rows import add_person

KINDS: tuple[Kind[Any, Any], ...] = (CLASS, CHANGE, RATE, RULES, ADJUSTMENT, ROSTER, QUESTION)
DAY = date(2026, 11, 24)
SAID: list[tuple[Kind[Any, Only], object]] = [
    (RATE, RateForm("ETB", 2**62, (7, 8), Per.HOUR, Decimal("250.50"), valid_from=DAY)),
    (RULES, RulesForm(PayRules(cap_over=None, minimum=timedelta(minutes=10)), DAY, "lateness")),
    (ADJUSTMENT, AdjustmentForm("SAR", kind=AdjustmentKind.BONUS, reason="رمضان", day=DAY)),
    (ROSTER, RosterForm(NameFor.MET, 3, 2**62, 5)),
    (QUESTION, Question("profile.name", {})),
    (QUESTION, Question("dispute.words", {"lesson": "7", "kind": "length"})),
]
CLASS_FORM = (
    '{"topic": "Fiqh", "chat_ids": [-5], "day": "2026-11-24", "time": "18:00:00",'
    ' "length_seconds": 2700.0, "is_guided": true, "groups_chosen": true, "month": null,'
    ' "unclear_groups": [], "doubts_accepted": false,'
    ' "repeat": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", "repeat_chosen": true}'
)
CHANGE_FORM = (
    '{"lesson_id": 7, "seen": 3, "what": "length", "for_all": null, "day": null,'
    ' "time": null, "last_day": null, "length_seconds": 2700.0, "topic": null,'
    ' "chat_ids": null, "person_id": null, "month": null}'
)
EARLIER: list[tuple[Kind[Any, Any], str, str]] = [
    (CLASS, "day", CLASS_FORM),
    (CHANGE, "confirm", CHANGE_FORM),
    (ROSTER, "met", "[3, 7, 5]"),
    (QUESTION, "asked", '{"about": "profile.name", "data": {}}'),
    (RATE, "open", '{"currency":"ETB","amount":"a lot"}'),
    (RATE, "open", '{"currency":"ETB","candidates":7}'),
    (RULES, "open", '{"rules":{"step":"a minute"},"valid_from":"2026-11-24"}'),
    (ADJUSTMENT, "open", "{}"),
    (ADJUSTMENT, "a step of then", '{"currency":"ETB"}'),
    (ADJUSTMENT, "open", ""),
]


async def add_row(
    tx: Transaction, person_id: int, kind: Kind[Any, Any], step: str, text: str
) -> int:
    """What the request u1 had begun, in message 5."""
    form_id = forms.form_id_of(tx, "u1")
    row = {
        "id": form_id,
        "person_id": person_id,
        "kind": kind.word,
        "message_id": 5,
        "step": step,
        "sealed_data": tx.vault.seal("draft", "sealed_data", form_id, text),
        "updated_at": tx.now,
    }
    await tx.connection.execute(insert(draft).values(row))
    return form_id


def test_each_kind_has_a_word_of_its_own() -> None:
    assert len({forms.ASKED, *(kind.word for kind in KINDS)}) == len(KINDS) + 1


@pytest.mark.parametrize(("kind", "said"), SAID)
async def test_a_form_is_read_as_it_was_written(
    database: Database, kind: Kind[Any, Only], said: object
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        begun = await forms.begin(tx, kind, person_id, "u1", said)
        assert await forms.find(tx, kind, begun.id) == begun
        saved = await forms.save(tx, begun, said)
        assert await forms.latest(tx, kind, person_id, tx.now - timedelta(hours=1)) == saved
    assert begun == Form(begun.id, person_id, None, 1, Only.OPEN, said)
    assert (saved.version, saved.step) == (2, Only.OPEN)
    assert repr(said) not in repr(saved)


@pytest.mark.parametrize(("kind", "step", "text"), EARLIER)
async def test_what_an_earlier_version_wrote_and_cannot_be_read_is_no_form(
    database: Database, kind: Kind[Any, Any], step: str, text: str
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        form_id = await add_row(tx, person_id, kind, step, text)
        long_ago = tx.now - timedelta(hours=1)
        assert await forms.find(tx, kind, form_id) is None
        assert await forms.standing_in(tx, kind, person_id, 5) == ()
        for one in KINDS:
            assert await forms.latest(tx, one, person_id, long_ago) is None
        assert await questions.asked_last(tx, person_id, long_ago, "profile.name") is None


@pytest.mark.parametrize(("kind", "step", "text"), EARLIER)
async def test_its_request_begins_a_form_anew(
    database: Database, kind: Kind[Any, Any], step: str, text: str
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        form_id = await add_row(tx, person_id, kind, step, text)
        begun = await forms.begin(tx, RATE, person_id, "u1", RateForm("ETB"))
        assert await forms.find(tx, RATE, form_id) == begun
        assert (await tx.connection.execute(select(draft.c.kind))).scalars().all() == ["rate"]


async def test_only_whose_form_it_is_can_be_asked_for(database: Database) -> None:
    async with database.writing() as tx:
        aisha, musa = await add_person(tx, "Aisha"), await add_person(tx, "Musa")
        begun = await forms.begin(tx, RATE, aisha, "u1", RateForm("ETB"))
        assert not await forms.forget(tx, begun.id, of=musa)
        assert await forms.forget(tx, begun.id, of=aisha)
        assert not await forms.forget(tx, begun.id, of=aisha)


async def test_who_they_are_is_asked_for_again_after_a_while(
    database: Database, clock: SettableClock
) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Khadija")
        yesterday = tx.now - timedelta(days=1)
        assert await forms.ask_again(tx, person_id, yesterday)
        assert not await forms.ask_again(tx, person_id, yesterday)
        assert await forms.worked_on_last(tx, person_id) is None
    clock.forward(timedelta(days=1))
    async with database.writing() as tx:
        assert await forms.ask_again(tx, person_id, tx.now - timedelta(days=1))
        await forms.was_answered(tx, person_id)
        assert await forms.ask_again(tx, person_id, tx.now - timedelta(days=1))


async def test_one_question_is_asked_at_a_time(database: Database) -> None:
    async with database.writing() as tx:
        person_id = await add_person(tx, "Aisha")
        long_ago = tx.now - timedelta(hours=1)
        await questions.ask(tx, person_id, "u1", "profile.name")
        await questions.ask(tx, person_id, "u2", "correction.words", lesson="7")
        await questions.ask(tx, person_id, "u2", "correction.words", lesson="7")
        asked = await questions.asked_last(tx, person_id, long_ago, "correction.words")
        assert asked is not None
        assert asked.said.data == {"lesson": "7"}
        assert await questions.asked_last(tx, person_id, long_ago, "profile.name") is None
        await questions.forget(tx, person_id)
        assert await questions.asked_last(tx, person_id, long_ago, "correction.words") is None
