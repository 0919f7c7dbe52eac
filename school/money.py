"""Sums of money: exact decimal numbers of one currency, rounded once to its smallest coin."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of a currency (ISO 4217); it may be negative."""

    currency: str
    amount: Decimal

    @property
    def rounded(self) -> "Money":
        """To the cent, half a cent away from zero, as people round by hand."""
        return Money(self.currency, self.amount.quantize(_CENT, ROUND_HALF_UP))

    def __neg__(self) -> "Money":
        return Money(self.currency, -self.amount)


def totals(sums: Iterable[Money]) -> tuple[Money, ...]:
    """The sum in each currency, by its name; currencies are never turned into one another."""
    found = defaultdict[str, Decimal](Decimal)
    for one in sums:
        found[one.currency] += one.amount
    return _as_money(found)


def difference(one: Iterable[Money], other: Iterable[Money]) -> tuple[Money, ...]:
    """What `one` has more than `other` in each currency, where there is a difference."""
    left = totals([*one, *(-money for money in other)])
    return tuple(money for money in left if money.amount)


def _as_money(found: Mapping[str, Decimal]) -> tuple[Money, ...]:
    return tuple(Money(currency, found[currency]) for currency in sorted(found))
