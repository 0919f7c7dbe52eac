"""What admins type about money: "Aisha 250 ETB per hour from 2026-11-01", "500 birr Ramadan".

The order is free, digits may be of any script, and what is not about money is left over: a name.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from school.day_phrases import DAY, day_of
from school.errors import NotUnderstood
from school.money import decimals_of
from school.names import clean_name
from school.pay import AdjustmentKind
from school.pay_rules import LatenessTier, Per

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN "
    "ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD "
    "IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
    "UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())
"""Of ISO 4217, those that are somebody's money today."""

_NAMES = {"birr": "ETB", "ብር": "ETB", "br": "ETB", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR"}
_LARGEST = Decimal(10_000_000)
_LONGEST_FREE = 180  # minutes

_NUMBER = r"\d(?:[\d,.'’]*\d)?"
_CURRENCY = "|".join([*sorted(CURRENCIES), *(re.escape(name) for name in _NAMES)])
# "All 250" begins with a name, not with Albanian money.
_NO_NAME = rf"(?-i:{_CURRENCY}|{_CURRENCY.lower()})"
_AMOUNT = re.compile(
    rf"(?<![\w-])(?:(?P<before>{_NO_NAME}) ?)?(?P<number>{_NUMBER})"
    rf"(?: ?(?P<after>{_CURRENCY})(?![^\W\d]))?(?![\d-])",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:/ ?|\b(?:per|an?|each|every|for an|for each) )"
    r"(?P<per>hours?|hrs?|h|class(?:es)?|lessons?)(?!\w)|(?<!\w)(?P<adverb>hourly)(?!\w)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"(?<!\w)(?:from|since|as of|starting) (?:on )?(?P<day>{DAY})(?!\w)", re.IGNORECASE
)
_KINDS = {
    "bonus": AdjustmentKind.BONUS,
    "deduction": AdjustmentKind.DEDUCTION,
    "deduct": AdjustmentKind.DEDUCTION,
    "waiver": AdjustmentKind.WAIVER,
    "waive": AdjustmentKind.WAIVER,
}
_KIND = re.compile(rf"(?<!\w)(?P<kind>{'|'.join(_KINDS)})(?!\w)", re.IGNORECASE)
# Whole numbers, and no step back over what was read: else many digits would take hours.
_TIER = re.compile(
    r"(?<!\d)(?P<over>\d{1,4}+)(?!\d)\s*+(?:minutes?|mins?|m)?+\s*+[:=]?+\s*+"
    r"(?P<percent>\d{1,4}+)(?!\d)\s*+%"
)
_LONGEST_TIERS = 200  # characters


@dataclass(frozen=True, slots=True)
class RatePhrase:
    """What was said about a rate, None what was not; `rest` is a teacher, perhaps a class."""

    amount: Decimal | None
    currency: str | None
    per: Per | None
    valid_from: date | None
    rest: str


@dataclass(frozen=True, slots=True)
class AdjustmentPhrase:
    """What was said about an adjustment: `teacher` before its kind, `reason` after the amount."""

    kind: AdjustmentKind | None
    amount: Decimal | None
    currency: str | None
    teacher: str
    reason: str


def parse_rate(text: str, *, today: date) -> RatePhrase:
    """Raises NotUnderstood for an amount or a day that cannot be."""
    words = _plain(text)
    words, since = _taken(_SINCE, words)
    words, per = _taken(_PER, words)
    words, sum_ = _taken(_AMOUNT, words)
    amount, currency = _sum(sum_)
    return RatePhrase(
        amount=amount,
        currency=currency,
        per=None if per is None else _per(per),
        valid_from=None if since is None else day_of(since["day"], today=today),
        rest=words,
    )


def parse_adjustment(text: str) -> AdjustmentPhrase:
    """`Aisha bonus 500 ETB Ramadan`; without a kind all of it is a teacher's name.

    Raises NotUnderstood for an amount that cannot be.
    """
    words = _plain(text)
    kind = _KIND.search(words)
    if kind is None:
        return AdjustmentPhrase(None, None, None, words, "")
    after = clean_name(words[kind.end() :])
    sum_ = None
    # A waiver is of no amount: a number in its reason is a part of that.
    if _KINDS[kind["kind"].lower()] is not AdjustmentKind.WAIVER:
        after, sum_ = _taken(_AMOUNT, after)
    amount, currency = _sum(sum_)
    return AdjustmentPhrase(
        kind=_KINDS[kind["kind"].lower()],
        amount=amount,
        currency=currency,
        teacher=clean_name(words[: kind.start()]),
        reason=re.sub(r"^(?:for|because(?: of)?|:|-|–|,) ?", "", after),
    )


def parse_amount(text: str) -> tuple[Decimal, str | None]:
    """A sum alone, perhaps with its currency. Raises NotUnderstood for anything else."""
    rest, found = _taken(_AMOUNT, _plain(text))
    amount, currency = _sum(found)
    if amount is None or rest:
        raise NotUnderstood(
            "“{text}” is not an amount. Write it like {example}.",
            text=clean_name(text),
            example="250 or 250 ETB",
        )
    return amount, currency


def check_amount(amount: Decimal, currency: str) -> Decimal:
    """Raises NotUnderstood for a sum that has no coins, or that nobody means."""
    if amount >= _LARGEST:
        raise NotUnderstood("That is too much money for me. Please check the amount.")
    places = decimals_of(currency)
    if amount != round(amount, places):
        raise NotUnderstood(
            "{currency} has no such small coins: {count} decimal places at most.",
            currency=currency,
            count=places,
        )
    return amount


def parse_tiers(text: str) -> tuple[LatenessTier, ...]:
    """`3 min 5 %, 10 min 10 %`: later than so many minutes, so much less. `none`: no tiers."""
    words = _plain(text[: _LONGEST_TIERS + 1]).casefold()
    if words in {"none", "no", "0", "-"}:
        return ()
    found = list(_TIER.finditer(words))
    rest = _TIER.sub("", words).replace(",", "").replace(";", "").replace("over", "").split()
    pairs = sorted((int(one["over"]), int(one["percent"])) for one in found)
    overs, percents = [over for over, _ in pairs], [percent for _, percent in pairs]
    is_rising = len(set(overs)) == len(overs) and percents == sorted(percents)
    is_long = len(text) > _LONGEST_TIERS
    if is_long or not pairs or set(rest) - {"and"} or not is_rising or overs[-1] > _LONGEST_FREE:
        raise NotUnderstood(
            "I do not understand these steps. Write, for example: {example}",
            example="3 min 5 %, 10 min 10 %, 20 min 25 %",
        )
    if percents[-1] > 100:  # noqa: PLR2004  per cent
        raise NotUnderstood("More than 100 % cannot be taken off.")
    return tuple(tier(over, percent) for over, percent in pairs)


def tier(minutes: int, percent: int) -> LatenessTier:
    """Who begins later than `minutes` loses `percent`."""
    return LatenessTier(timedelta(minutes=minutes), Decimal(percent))


def _plain(text: str) -> str:
    """With digits that the patterns know."""
    digits = (_digit(letter) for letter in unicodedata.normalize("NFKC", clean_name(text)))
    return "".join(digits).replace("٫", ".").replace("٬", ",")


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, re.Match[str] | None]:
    """The words without what the pattern found last, and that."""
    every = list(pattern.finditer(words))
    if not every:
        return words, None
    found = every[-1]
    return clean_name(f"{words[: found.start()]} {words[found.end() :]}"), found


def _sum(found: re.Match[str] | None) -> tuple[Decimal | None, str | None]:
    if found is None:
        return None, None
    said = found["before"] or found["after"]
    currency = None if said is None else _NAMES.get(said.casefold(), said.upper())
    return _number(found["number"]), currency


def _number(text: str) -> Decimal:
    """The last mark is a decimal one, unless three digits follow it or it stands several times."""
    marks = re.findall(r"[,.'’]", text)
    if not marks:
        return Decimal(text)
    whole, _, rest = text.rpartition(marks[-1])
    is_group = len(rest) == 3 and (marks[-1] != "." or len(marks) > 1)  # noqa: PLR2004
    digits = re.sub(r"\D", "", whole)
    return Decimal(digits + rest) if is_group else Decimal(f"{digits}.{rest}")


def _per(found: re.Match[str]) -> Per:
    said = (found["per"] or "hour").casefold()
    return Per.HOUR if said.startswith("h") else Per.LESSON
