"""Forms about pay in progress: rows of the table of all forms, so that a restart changes nothing.

What has been said so far is kept as one value; `version` tells old buttons from present ones.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, insert, select, update

from school.exact_json import from_json, to_json
from school.money import Money
from school.pay import AdjustmentKind
from school.pay_rules import PayRules, Per
from storage.database import Transaction
from storage.drafts import DraftKind, draft_id_of, forget_surplus, latest_row, row_of
from storage.schema import draft


@dataclass(frozen=True, slots=True)
class RateForm:
    """A new rate; `candidates` are teachers that a typed name may mean."""

    currency: str
    person_id: int | None = None
    candidates: tuple[int, ...] = ()
    per: Per | None = None
    amount: Decimal | None = None
    is_course_chosen: bool = False
    course_id: int | None = None
    valid_from: date | None = None

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.currency, self.amount)


@dataclass(frozen=True, slots=True)
class RulesForm:
    """New rules of pay; `page` is the setting that is looked at, "" none of them."""

    rules: PayRules
    valid_from: date
    page: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentForm:
    """A bonus, a deduction or a waiver; `day` says of which month.

    `is_currency_open`: none was typed, so it is to be the usual one of the teacher to be chosen.
    """

    currency: str
    person_id: int | None = None
    candidates: tuple[int, ...] = ()
    kind: AdjustmentKind | None = None
    amount: Decimal | None = None
    lesson_id: int | None = None
    reason: str | None = None
    day: date | None = None
    is_currency_open: bool = False

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.currency, self.amount)


_KINDS: dict[type, DraftKind] = {
    RateForm: DraftKind.RATE,
    RulesForm: DraftKind.RULES,
    AdjustmentForm: DraftKind.ADJUSTMENT,
}

_F = TypeVar("_F", RateForm, RulesForm, AdjustmentForm)


@dataclass(frozen=True, slots=True)
class PayForm(Generic[_F]):
    """A form with who fills it in."""

    id: int
    person_id: int
    version: int
    message_id: int | None
    said: _F = field(repr=False)


async def open_form(tx: Transaction, person_id: int, request_key: str, said: _F) -> PayForm[_F]:
    """Begin a form; the request that began one before gets that one back."""
    form_id = draft_id_of(tx, request_key)
    known = await find_form(tx, type(said), form_id)
    if known is not None:
        return known
    await tx.connection.execute(
        insert(draft).values(
            id=form_id,
            person_id=person_id,
            kind=_KINDS[type(said)],
            version=1,
            step="open",
            sealed_data=_sealed(tx, form_id, said),
            updated_at=tx.now,
        )
    )
    await forget_surplus(tx, person_id, form_id)
    return PayForm(form_id, person_id, 1, None, said)


async def find_form(tx: Transaction, of: type[_F], form_id: int) -> PayForm[_F] | None:
    row = await row_of(tx, form_id, _KINDS[of])
    return _form(tx, of, row) if row else None


async def owner_of(tx: Transaction, form_id: int) -> int | None:
    """Who fills in a form about pay; None where there is none of that id."""
    return await tx.connection.scalar(
        select(draft.c.person_id).where(draft.c.id == form_id, draft.c.kind.in_(_KINDS.values()))
    )


async def latest_form(
    tx: Transaction, of: type[_F], person_id: int, since: datetime
) -> PayForm[_F] | None:
    """The form a person worked on last, where it is of that kind and that was after `since`."""
    row = await latest_row(tx, person_id, since, _KINDS[of])
    return _form(tx, of, row) if row else None


async def save_form(tx: Transaction, old: PayForm[_F], said: _F) -> PayForm[_F]:
    """The form after one more answer; its earlier buttons are out of date."""
    new = PayForm(old.id, old.person_id, old.version + 1, old.message_id, said)
    await tx.connection.execute(
        update(draft)
        .where(draft.c.id == old.id)
        .values(version=new.version, sealed_data=_sealed(tx, old.id, said), updated_at=tx.now)
    )
    return new


def _sealed(tx: Transaction, form_id: int, said: object) -> bytes:
    return tx.vault.seal("draft", "sealed_data", form_id, to_json(said))


def _form(tx: Transaction, of: type[_F], row: Row[Any]) -> PayForm[_F]:
    text = tx.vault.open("draft", "sealed_data", row.id, row.sealed_data)
    return PayForm(row.id, row.person_id, row.version, row.message_id, from_json(of, text))
