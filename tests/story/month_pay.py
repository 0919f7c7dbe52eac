"""What the program pays for a made-up month, beside what it truly comes to."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.month import SCHOOL_ZONE, Month
from sandbox.month_pay import LATER_RULES, Rules, pay_by_teacher, pay_of
from sandbox.month_script import name_as_compared
from sandbox.month_truth import of_month, truths
from school.pay_rules import LatenessTier, PayRules
from school.periods import Period
from services.office import Office
from services.paying import PaidLine, pay_lines_in
from storage.database import Transaction
from storage.pay import add_rules
from storage.people import teachers_and_former


async def settle_rules(office: Office) -> None:
    """The rules of the month's later part, which nobody could press for a day that is over."""
    async with office.database.writing() as tx:
        admin = next(iter((await _people(tx)).values()))
        later = LATER_RULES
        await add_rules(tx, _rules(later), later.valid_from, by=admin, request_key="rules")


def _rules(rules: Rules) -> PayRules:
    return PayRules(
        step=timedelta(seconds=rules.step),
        cap_over=timedelta(seconds=rules.cap_over),
        tiers=tuple(
            LatenessTier(timedelta(seconds=over), Decimal(percent)) for over, percent in rules.tiers
        ),
        no_show_wait=timedelta(seconds=rules.wait),
        no_show_percent=Decimal(rules.no_show_percent),
    )


async def pay_differences(office: Office, month: Month) -> list[str]:
    """Every line and every sum that is not what it should be."""
    async with office.database.reading() as tx:
        lines = await pay_lines_in(tx, Period(month.first_day, month.last_day, SCHOOL_ZONE))
        names = {person_id: name for name, person_id in (await _people(tx)).items()}
    known = of_month(month, truths(month))
    paid: dict[tuple[str | None, datetime], Decimal] = {
        (one.topic, one.line.lesson.planned.starts_at): _amount(one) for one in lines
    }
    owed: dict[tuple[str | None, datetime], Decimal] = {
        one.lesson.key: pay_of(month, one) for one in known
    }
    wrong = [
        f"{key}: {paid.get(key)} is paid, should be {owed.get(key)}"
        for key in paid.keys() | owed.keys()
        if paid.get(key) != owed.get(key)
    ]
    sums = defaultdict[str, Decimal](Decimal)
    for one in lines:
        sums[names[one.teacher_id]] += _amount(one)
    owed_to = {
        name_as_compared(month.teachers[number].name): amount
        for number, amount in pay_by_teacher(month, known).items()
    }
    return wrong if sums == owed_to else [*wrong, f"{dict(sums)} is paid, should be {owed_to}"]


def _amount(one: PaidLine) -> Decimal:
    assert one.line.amount is not None, "everybody has a rate"
    return one.line.amount.amount


async def _people(tx: Transaction) -> Mapping[str, int]:
    return {name_as_compared(one.name): one.id for one in await teachers_and_former(tx)}
