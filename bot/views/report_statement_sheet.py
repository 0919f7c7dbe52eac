"""The sheet of statements: of each teacher and month, what it consists of and how far it is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.speech import Say
from bot.views.report_sheets import COUNT, DAY, LENGTH, NAME, WORDS
from bot.views.report_tables import Column, Formula, Row, Table
from school.money import Money, totals
from school.pay import AdjustmentKind
from school.statements import StatementState
from services.statement_contents import Stated

_AMOUNT, _CURRENCY = "E", "F"
_FIRST_ROW = 2


def statements_table(say: Say, stated: Iterable[Stated]) -> Table:
    """A row for what each is made of, and its sum below; months are of the school's zone."""
    columns = [
        Column(say.label("Month"), DAY),
        Column(say.label("Teacher"), NAME),
        Column(say.label("What"), WORDS),
        Column(say.label("Reason"), NAME),
        Column(say.label("Amount"), LENGTH),
        Column(say.label("Currency"), COUNT),
        Column(say.label("State"), WORDS),
        Column(say.label("Paid on"), DAY),
        Column(say.label("Reference"), NAME),
    ]
    return Table(columns, _rows(say, stated))


def _rows(say: Say, stated: Iterable[Stated]) -> Iterator[Row]:
    states, number = _states(say), _FIRST_ROW
    for one in stated:
        parts = list(_parts(say, one))
        first, number = number, number + len(parts)
        month = date.fromisoformat(f"{one.month}-01")
        for what, reason, money in parts:
            amount = money.rounded.amount
            yield (month, one.teacher, what, reason, amount, money.currency, None, None, None)
        for total in one.content.totals:
            number += 1
            yield (
                month,
                one.teacher,
                say.label("Total"),
                None,
                _sum(total, first, first + len(parts) - 1),
                total.currency,
                states[one.state],
                one.paid_on,
                one.reference,
            )


def _parts(say: Say, one: Stated) -> Iterator[tuple[str, str | None, Money]]:
    content, kinds = one.content, _kinds(say)
    for money in totals(line.amount for line in content.lessons if line.amount is not None):
        yield say.label("Classes"), None, money
    for adjusted in content.adjustments:
        yield kinds[adjusted.kind], adjusted.reason, adjusted.money
    for brought in content.carried:
        yield say.label("Carried over"), brought.month, brought.money


def _sum(total: Money, first: int, last: int) -> Formula:
    amounts, currencies = (f"${column}${first}:${column}${last}" for column in (_AMOUNT, _CURRENCY))
    quoted = total.currency.replace('"', '""')
    return Formula(f'=SUMIFS({amounts},{currencies},"{quoted}")', total.rounded.amount)


def _kinds(say: Say) -> Mapping[AdjustmentKind, str]:
    return {
        AdjustmentKind.BONUS: say.label("Bonus"),
        AdjustmentKind.DEDUCTION: say.label("Deduction"),
        AdjustmentKind.WAIVER: say.label("Lateness waived"),
    }


def _states(say: Say) -> Mapping[StatementState, str]:
    return {
        StatementState.DRAFT: say.label("draft"),
        StatementState.ACCEPTED: say.label("accepted"),
        StatementState.LOCKED: say.label("locked"),
        StatementState.PAID: say.label("paid"),
    }
