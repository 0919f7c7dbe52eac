"""Sums of money, and the coins they are rounded to."""

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision, list_currencies

from school.money import Money, decimals_of, difference, totals
from tests.school.wages import money


def test_every_currency_has_the_decimal_places_that_people_are_shown() -> None:
    out_of_use = {"ADP", "BYR", "ESP", "ITL", "LUF", "MGF", "MRO", "SLL", "STD", "TMM", "TRL"}
    out_of_use |= {"ZMK", "ZWD"}
    known = {
        currency: get_currency_precision(currency) for currency in list_currencies() - out_of_use
    }
    assert {currency: decimals_of(currency) for currency in known} == known


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.01"),  # half a cent goes away from zero
        ("-0.005", "-0.01"),
        ("0.0049", "0.00"),
        ("2.675", "2.68"),  # which binary numbers would make 2.67
        ("12.5 JPY", "13 JPY"),
        ("1.2345 KWD", "1.235 KWD"),
    ],
)
def test_half_a_coin_is_rounded_away_from_zero(exact: str, rounded: str) -> None:
    assert str(money(exact).rounded) == str(money(rounded))


def test_currencies_are_never_added_to_one_another() -> None:
    found = totals([money("10.00"), money("5.00 USD"), money("-2.50"), money("1.00 USD")])
    assert found == (money("7.50"), money("6.00 USD"))


def test_a_difference_names_only_currencies_in_which_there_is_one() -> None:
    now = [money("10.00"), money("5.00 USD")]
    before = [money("10.00"), money("3.00 JPY")]
    assert difference(now, before) == (Money("JPY", Decimal(-3)), money("5.00 USD"))
