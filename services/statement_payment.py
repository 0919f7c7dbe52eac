"""Marking a statement as paid: the admin presses, then types a reference, perhaps with a date."""

import re
from contextlib import suppress
from datetime import date

from school.errors import NotUnderstood
from school.names import clean_name
from school.when import parse_day
from services.office import Office
from services.pay_forms import today_of
from services.people import Caller, require_admin
from services.retention import FORMS_KEPT
from services.statements import StatementPage, pay_out, show
from storage import forms, questions

_ABOUT = "statement.paid"
_LONGEST_REFERENCE = 100
_DATE_FIRST = re.compile(
    r"(?:(?P<year>\d{4})-\d{1,2}-\d{1,2}|\d{1,2} [A-Za-z]{3,9}|[A-Za-z]{3,9} \d{1,2})(?: |$)"
)


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
    paid_on, reference = _date_and_reference(text, today_of(office))
    page = await pay_out(
        office,
        caller,
        int(asked.said.data["person"]),
        asked.said.data["month"],
        paid_on=paid_on,
        reference=reference or None,
    )
    async with office.database.writing() as tx:
        await forms.forget(tx, asked.id)
    return page


def _date_and_reference(text: str, today: date) -> tuple[date, str]:
    """`2026-12-03 TR-1992` or `3 Dec TR-1992`; today, where no date stands first.

    Only a date is one: a reference may well begin with "Friday". Raises NotUnderstood for a day
    that is still to come.
    """
    words = clean_name(text)
    found = _DATE_FIRST.match(words)
    if not found:
        return today, words[:_LONGEST_REFERENCE]
    try:
        day = parse_day(found[0].strip(), today=today)
    except NotUnderstood:
        return today, words[:_LONGEST_REFERENCE]
    if day > today and not found["year"]:  # the coming one, to whoever plans
        with suppress(ValueError):  # 29 February
            day = day.replace(year=day.year - 1)
    if day > today:
        raise NotUnderstood(
            "{day} is still to come. Type the day it was paid on, such as {example}, and then the "
            "reference.",
            day=day,
            example=today.isoformat(),
        )
    return day, words[found.end() :][:_LONGEST_REFERENCE]
