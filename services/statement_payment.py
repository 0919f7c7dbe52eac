"""Marking a statement as paid: the admin presses, then types a reference, perhaps with a date."""

from school.errors import NotUnderstood
from school.payment_phrases import PaymentSaid, parse_payment
from services.office import Office
from services.pay_forms import today_of
from services.people import Caller, require_admin
from services.retention import FORMS_KEPT
from services.statement_contents import period_of
from services.statements import StatementPage, pay_out, show
from storage import forms, questions

_ABOUT = "statement.paid"


async def ask(
    office: Office, caller: Caller, person_id: int, month: str, request_key: str
) -> StatementPage:
    """The admin is to type how it was paid."""
    admin_id = require_admin(office, caller)
    page = await show(office, caller, person_id, month)
    if page.stored is None or not page.stored.is_closed:
        raise NotUnderstood("Lock the statement first: what is paid must not change any more.")
    if page.stored.paid_on is not None:
        raise NotUnderstood("This statement is marked as paid already.")
    async with office.database.writing() as tx:
        await questions.ask(tx, admin_id, request_key, _ABOUT, person=str(person_id), month=month)
    return page


async def typed(office: Office, caller: Caller, text: str) -> StatementPage | None:
    """What the admin typed, if a reference was asked for; None if not."""
    admin_id = require_admin(office, caller)
    async with office.database.reading() as tx:
        asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, _ABOUT)
    if asked is None:
        return None
    month = asked.said.data["month"]
    said = said_of_payment(office, month, text)
    page = await pay_out(
        office,
        caller,
        int(asked.said.data["person"]),
        month,
        paid_on=said.paid_on or today_of(office),
        reference=said.reference or None,
    )
    async with office.database.writing() as tx:
        await forms.forget(tx, asked.id)
    return page


def said_of_payment(office: Office, month: str, text: str) -> PaymentSaid:
    """What was typed of how a month was paid, which was not before its last day.

    Raises NotUnderstood for a day that cannot be it, or cannot be read.
    """
    since = period_of(month, office.profile.zone).last_day
    return parse_payment(text, since=since, today=today_of(office))
