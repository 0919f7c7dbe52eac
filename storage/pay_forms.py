"""What is said in the forms about pay; it tells what each asks for next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from school.money import Money
from school.pay import AdjustmentKind
from school.pay_rules import PayRules, Per
from storage.forms import Form, Kind, Only


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


RATE = Kind("rate", RateForm, Only)
RULES = Kind("rules", RulesForm, Only)
ADJUSTMENT = Kind("adjustment", AdjustmentForm, Only)

_Said = TypeVar("_Said")
PayForm = Form[_Said, Only]
