"""In which currencies a teacher is paid, for what is typed without one or in another."""

from collections.abc import Set as AbstractSet
from datetime import date

from school.pay_rules import currencies_on
from services.office import Office
from storage import pay
from storage.database import Transaction


async def usual_currency(tx: Transaction, office: Office, teacher_id: int | None) -> str:
    """A teacher's own, where they have a rate: that of the newest; else the school's."""
    if teacher_id is not None:
        rates = (await pay.rates_of(tx, {teacher_id})).get(teacher_id, ())
        if rates:
            return max(rates, key=lambda one: one.added_at).money.currency
    return office.profile.currency


async def currencies_earned(
    tx: Transaction, office: Office, teacher_id: int, day: date
) -> AbstractSet[str]:
    """Those of the rates that hold on a day; without any rate it will be the school's."""
    rates = (await pay.rates_of(tx, {teacher_id})).get(teacher_id, ())
    return currencies_on(day, rates) or {office.profile.currency}
