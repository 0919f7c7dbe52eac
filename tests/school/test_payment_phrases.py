"""What an admin types when a statement was paid: a day, a reference, or both."""

from datetime import date

import pytest

from school.errors import NotUnderstood
from school.payment_phrases import PaymentSaid, parse_payment

SINCE = date(2026, 11, 30)  # the last day of the month that is paid
TODAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-03 TR-1",
        "2026-12-3, TR-1",
        "3 Dec TR-1",
        "Dec 3 TR-1",
        "3rd Dec TR-1",
        "3 december: TR-1",
        "Dec 3, 2026 TR-1",
        "3 Dec 2026, TR-1",
        "on 3 Dec – TR-1",
        "Thu 3 Dec TR-1",
        "٣ Dec TR-1",
    ],
)
def test_the_day_is_read_as_people_write_it(typed: str) -> None:
    assert parse_payment(typed, since=SINCE, today=TODAY) == PaymentSaid(date(2026, 12, 3), "TR-1")


@pytest.mark.parametrize(
    ("typed", "day", "reference"),
    [
        ("today TR-1", TODAY, "TR-1"),
        ("Yesterday, TR-1", date(2026, 12, 9), "TR-1"),
        ("Dec 3", date(2026, 12, 3), ""),
        ("30 Nov by bank", SINCE, "by bank"),
        ("today 12/34", TODAY, "12/34"),
        ("3 Dec 19921", date(2026, 12, 3), "19921"),
    ],
)
def test_any_day_from_the_end_of_the_month_until_today_may_be_it(
    typed: str, day: date, reference: str
) -> None:
    assert parse_payment(typed, since=SINCE, today=TODAY) == PaymentSaid(day, reference)


@pytest.mark.parametrize(
    "typed",
    ["TR-1992", "today's payment", "12345 birr", "99 Bank street", "Invoice 7", "Monthly", "A/1/2"],
)
def test_what_is_no_day_is_the_reference(typed: str) -> None:
    assert parse_payment(typed, since=SINCE, today=TODAY) == PaymentSaid(None, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "11 Dec TR-1",  # to come; it was paid in no earlier year
        "tomorrow TR-1",
        "2026-12-11",
        "2027-12-03 TR-1",
        "3 Dec 2025 TR-1",
        "29 Nov TR-1",
        "2025-12-03 TR-1",
    ],
)
def test_nothing_was_paid_before_the_month_ended_or_on_a_day_to_come(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="when the month ended, to today"):
        parse_payment(typed, since=SINCE, today=TODAY)


@pytest.mark.parametrize("typed", ["2026-02-30 TR-1", "2026-13-45 x", "31 Nov TR-1"])
def test_a_day_that_is_in_no_calendar_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="There is no"):
        parse_payment(typed, since=SINCE, today=TODAY)


def test_a_day_of_another_weekday_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="another weekday"):
        parse_payment("Fri 3 Dec TR-1", since=SINCE, today=TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        *("3/12 TR-1", "03/12/2026 TR-1", "3.12.2026 TR-1", "3.12. TR-1", "2026/12/03 TR-1"),
        *("Friday TR-1", "last Friday TR-1", "3rd of December TR-1"),
        *("3 Decmber TR-1", "3 ديسمبر TR-1", "24 ህዳር TR-1"),
    ],
)
def test_what_may_be_a_day_is_asked_for_again(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="I cannot tell whether"):
        parse_payment(typed, since=SINCE, today=TODAY)


def test_of_several_years_the_last_is_meant() -> None:
    said = parse_payment("20 Dec x", since=date(2024, 11, 30), today=date(2026, 12, 19))
    assert said.paid_on == date(2025, 12, 20)
    said = parse_payment("20 Dec x", since=date(2024, 11, 30), today=date(2026, 12, 20))
    assert said.paid_on == date(2026, 12, 20)


def test_a_reference_ends_somewhere() -> None:
    assert len(parse_payment("x" * 500, since=SINCE, today=TODAY).reference) == 100
