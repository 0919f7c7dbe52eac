"""Sums of money: exact decimal numbers of one currency, rounded once to its smallest coin.

Which coin that is depends on the currency: a Kuwaiti dinar has a thousand fils, a yen no parts at
all. What is paid must be what is shown, so the table follows what is in use, as CLDR has it (by
which people are shown numbers), not what ISO 4217 knows in theory.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

_DECIMALS = MappingProxyType(
    {
        0: "AFN ALL BIF CLP DJF GNF IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PYG RSD RWF SOS"
        " SYP UGX UYI VND VUV XAF XOF XPF YER",
        3: "BHD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }
)
_USUAL_DECIMALS = 2
_COINS = MappingProxyType(
    {
        currency: Decimal(1).scaleb(-places)
        for places, currencies in _DECIMALS.items()
        for currency in currencies.split()
    }
)
_USUAL_COIN = Decimal(1).scaleb(-_USUAL_DECIMALS)


def decimals_of(currency: str) -> int:
    """How many decimal places amounts of a currency (ISO 4217) have."""
    found = (places for places, currencies in _DECIMALS.items() if currency in currencies.split())
    return next(found, _USUAL_DECIMALS)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of a currency (ISO 4217); it may be negative."""

    currency: str
    amount: Decimal

    @property
    def rounded(self) -> "Money":
        """To its smallest coin, half a coin away from zero, as people round by hand."""
        coin = _COINS.get(self.currency, _USUAL_COIN)
        return Money(self.currency, self.amount.quantize(coin, ROUND_HALF_UP))

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
