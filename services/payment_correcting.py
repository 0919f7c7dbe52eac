"""How a statement was paid, put right: another day, another reference; what is locked stays."""

from dataclasses import replace
from datetime import date

from school.errors import Outdated
from school.letters import PaymentCorrected
from services import letters
from services.office import Office
from services.people import Caller, require_admin
from services.retention import FORMS_KEPT
from services.statement_payment import said_of_payment
from services.statements import StatementPage, show
from storage import forms, people, questions, statements
from storage.audit import note
from storage.database import Transaction
from storage.statements import Statement

_ABOUT = "payment.correct"


async def ask(
    office: Office, caller: Caller, person_id: int, month: str, request_key: str
) -> StatementPage:
    """The admin is to type the day, the reference, or both."""
    admin_id = require_admin(office, caller)
    page = await show(office, caller, person_id, month)
    if page.stored is None or page.stored.paid_on is None:
        raise Outdated("This statement is not marked as paid.")
    async with office.database.writing() as tx:
        await questions.ask(tx, admin_id, request_key, _ABOUT, person=str(person_id), month=month)
    return page


async def typed(
    office: Office, caller: Caller, text: str, request_key: str
) -> StatementPage | None:
    """What the admin typed, if a correction was asked for; None if not.

    What they left out stays. Where nothing changes by it, nothing is noted or told.
    """
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, _ABOUT)
        if asked is None:
            return None
        person_id, month = int(asked.said.data["person"]), asked.said.data["month"]
        said = said_of_payment(office, month, text)
        await forms.forget(tx, asked.id)
        before = await statements.find_statement(tx, person_id, month)
        is_new = False
        if before is not None and before.paid_on is not None:
            now = said.paid_on or before.paid_on, said.reference or before.reference
            is_new = now != (before.paid_on, before.reference)
            if is_new:
                await _correct(tx, admin_id, before, *now, request_key)
    office.bell.letters.ring()
    return replace(await show(office, caller, person_id, month), is_news=is_new)


async def _correct(
    tx: Transaction,
    admin_id: int,
    before: Statement,
    paid_on: date,
    reference: str | None,
    request_key: str,
) -> None:
    await statements.correct_payment(tx, before, paid_on, reference)
    admin = (await people.get_person(tx, admin_id)).pseudonym
    teacher = (await people.get_person(tx, before.person_id)).pseudonym
    await note(tx, admin, f"corrected a payment of {before.month}", teacher)
    if paid_on != before.paid_on:  # the day before is kept so; a reference may name somebody
        await note(tx, admin, f"took back the day of a payment from {before.paid_on}", teacher)
    if before.person_id != admin_id:
        sums = before.content.payable if before.content is not None else ()
        letter = PaymentCorrected(before.person_id, before.month, sums, paid_on, reference)
        await letters.write(tx, before.person_id, letter, f"payment {request_key}")
