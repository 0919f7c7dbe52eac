"""What an admin types when a statement was paid."""

from datetime import date

import pytest

from school.errors import NotUnderstood
from services.statement_payment import _date_and_reference

TODAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("typed", "day", "reference"),
    [
        ("TR-1992", TODAY, "TR-1992"),
        ("2026-12-03 TR-1992", date(2026, 12, 3), "TR-1992"),
        ("3 Dec TR-1992", date(2026, 12, 3), "TR-1992"),
        ("Dec 3", date(2026, 12, 3), ""),
        ("30 Nov by bank", date(2026, 11, 30), "by bank"),
        ("20 Dec by bank", date(2025, 12, 20), "by bank"),
        ("2025-01-02 x", date(2025, 1, 2), "x"),
        ("Friday payout", TODAY, "Friday payout"),
        ("tomorrow x", TODAY, "tomorrow x"),
        ("12345 birr", TODAY, "12345 birr"),
        ("99 Bank street", TODAY, "99 Bank street"),
        ("2026-13-45 x", TODAY, "2026-13-45 x"),
    ],
)
def test_a_date_may_come_first_and_is_never_guessed(typed: str, day: date, reference: str) -> None:
    assert _date_and_reference(typed, TODAY) == (day, reference)


@pytest.mark.parametrize("typed", ["2027-12-03 TR", "2026-12-11"])
def test_nothing_was_paid_on_a_day_to_come(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="still to come"):
        _date_and_reference(typed, TODAY)
