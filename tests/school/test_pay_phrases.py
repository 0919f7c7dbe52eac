"""What admins type about money."""

from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from school import pay_phrases
from school.errors import NotUnderstood
from school.pay import AdjustmentKind
from school.pay_phrases import (
    AdjustmentPhrase,
    RatePhrase,
    check_amount,
    parse_adjustment,
    parse_amount,
    parse_rate,
    parse_tiers,
    tier,
)
from school.pay_rules import Per

TODAY = date(2026, 11, 23)
FIRST = date(2026, 11, 1)
HOUR, LESSON = Per.HOUR, Per.LESSON


def said(
    amount: str | None = None,
    currency: str | None = None,
    per: Per | None = None,
    since: date | None = None,
    rest: str = "Aisha",
) -> RatePhrase:
    return RatePhrase(Decimal(amount) if amount else None, currency, per, since, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aisha 250 ETB per hour from 2026-11-01", said("250", "ETB", HOUR, FIRST)),
        ("from 2026-11-01 250 etb per hour Aisha", said("250", "ETB", HOUR, FIRST)),
        ("Aisha 250/h", said("250", None, HOUR)),
        ("Aisha 250 ETB/h", said("250", "ETB", HOUR)),
        ("Aisha ETB 250 a lesson", said("250", "ETB", LESSON)),
        ("Aisha ETB250 each class", said("250", "ETB", LESSON)),
        ("Aisha 250birr hourly since today", said("250", "ETB", HOUR, TODAY)),
        ("Aisha $12.50 an hour", said("12.50", "USD", HOUR)),
        ("Aisha 1,250.50 per class", said("1250.50", None, LESSON)),
        ("Aisha 1.250,50 per class", said("1250.50", None, LESSON)),
        ("Aisha 12,5 per class", said("12.5", None, LESSON)),
        ("Aisha 1'250 per class", said("1250", None, LESSON)),
        ("Aisha ٢٥٠ SAR per hour", said("250", "SAR", HOUR)),
        ("Aisha from 1 Dec", said(since=date(2026, 12, 1))),
        ("Aisha 250 from tomorrow", said("250", since=date(2026, 11, 24))),
        ("Aisha M", said(rest="Aisha M")),
        ("Ali 250/h", said("250", None, HOUR, rest="Ali")),
        ("All 250/h", said("250", None, HOUR, rest="All")),
        ("Aisha Tajweed 2 250 ETB/h", said("250", "ETB", HOUR, rest="Aisha Tajweed 2")),
        ("", said(rest="")),
    ],
)
def test_a_rate_is_read_in_any_order(text: str, expected: RatePhrase) -> None:
    assert parse_rate(text, today=TODAY) == expected


def adjusted(
    kind: AdjustmentKind | None,
    amount: str | None = None,
    currency: str | None = None,
    teacher: str = "Aisha",
    reason: str = "",
) -> AdjustmentPhrase:
    return AdjustmentPhrase(kind, Decimal(amount) if amount else None, currency, teacher, reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Aisha bonus 500 ETB Ramadan",
            adjusted(AdjustmentKind.BONUS, "500", "ETB", reason="Ramadan"),
        ),
        (
            "Aisha deduction 20.50 for a lost book",
            adjusted(AdjustmentKind.DEDUCTION, "20.50", reason="a lost book"),
        ),
        ("Aisha waiver", adjusted(AdjustmentKind.WAIVER)),
        (
            "Aisha waive because of 2 power cuts",
            adjusted(AdjustmentKind.WAIVER, reason="2 power cuts"),
        ),
        ("Aisha", adjusted(None)),
        ("", adjusted(None, teacher="")),
    ],
)
def test_an_adjustment_is_read_by_its_kind(text: str, expected: AdjustmentPhrase) -> None:
    assert parse_adjustment(text) == expected


def test_an_amount_stands_alone() -> None:
    assert parse_amount("250") == (Decimal(250), None)
    assert parse_amount("SAR 12.5") == (Decimal("12.5"), "SAR")
    for wrong in ("", "much", "250 apples", "-"):
        with pytest.raises(NotUnderstood, match="is not an amount"):
            parse_amount(wrong)


def test_an_amount_has_the_coins_of_its_currency() -> None:
    assert check_amount(Decimal("1.234"), "KWD") == Decimal("1.234")
    for amount, currency in (("1.234", "ETB"), ("1.5", "JPY"), ("10000000", "ETB")):
        with pytest.raises(NotUnderstood):
            check_amount(Decimal(amount), currency)


def test_tiers_are_read_as_they_are_said() -> None:
    expected = (tier(3, 5), tier(10, 10), tier(20, 25))
    assert parse_tiers("3 min 5 %, 10 min 10 %, 20 min 25 %") == expected
    assert parse_tiers("over 20m 25% and 3: 5%; 10 minutes 10%") == expected
    assert parse_tiers("3m5%,10mins10%, 20=25%") == expected
    assert parse_tiers("none") == ()


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200,
        "1" * 4_000,
        "1 " * 2_000,
        "1 min " * 33,
        "9%" * 2_000,
        "ﷺ" * 200,
        "1" + " " * 3_999,
    ],
    ids=["digits", "many digits", "numbers", "minutes", "per cent", "ligatures", "spaces"],
)
def test_tiers_of_any_length_are_refused_at_once(text: str) -> None:
    began = process_time()
    with pytest.raises(NotUnderstood):
        parse_tiers(text)
    assert process_time() - began < 0.1
    began = process_time()
    assert len([*pay_phrases._TIER.finditer(text)]) <= 1  # whoever may call it
    assert process_time() - began < 0.1


@pytest.mark.parametrize(
    "text",
    ["35%", "soon", "3 min", "3 min 5 %, 3 min 10 %", "3 min 10 %, 10 min 5 %", "5 min 101 %"],
)
def test_tiers_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_tiers(text)
