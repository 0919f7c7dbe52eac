"""/adjust: what is booked at once, what is asked about first, and in which currency it is."""

from datetime import date
from decimal import Decimal

import pytest

from school.errors import NotUnderstood
from school.money import Money
from school.pay import AdjustmentKind
from services import adjustment_forms
from services.adjusting import AdjustmentMade
from services.adjustment_forms import AdjustPage, Asked, asked
from services.office import Office
from services.pay_forms import FormPlace
from services.people import who_is
from tests.services.months import earns, held, november, person_id_of
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher


@pytest.fixture
async def aisha_id(office: Office) -> int:
    await made_teacher(office, AISHA)
    return await person_id_of(office, AISHA)


async def typed(office: Office, line: str) -> AdjustPage | AdjustmentMade:
    return await adjustment_forms.begin(
        office, await who_is(office, ADMIN), line, f"request of {line}"
    )


async def asks(office: Office, line: str) -> AdjustPage:
    answer = await typed(office, line)
    assert isinstance(answer, AdjustPage)
    return answer


async def books(office: Office, line: str) -> Money | None:
    answer = await typed(office, line)
    assert isinstance(answer, AdjustmentMade)
    return answer.entry.money


def place_of(page: AdjustPage) -> FormPlace:
    return FormPlace(page.form.person_id, page.form.id, page.form.version)


async def test_what_can_only_be_read_in_one_way_is_booked_at_once(
    office: Office, aisha_id: int
) -> None:
    await earns(office, aisha_id, "240")
    line = "Aisha bonus 500 ETB Ramadan 2026"
    assert await books(office, line) == Money("ETB", Decimal(500))


@pytest.mark.parametrize(
    ("line", "amount", "reason"),
    [
        ("deduction 200 for being late on 3 Dec", "200", "being late on 3 Dec"),
        ("deduction 3 missed classes", "3", "missed classes"),
        ("deduction for 3 missed classes", None, "3 missed classes"),
        ("bonus for Ramadan 2026", None, "Ramadan 2026"),
        ("bonus 1 500 ETB Ramadan", None, "1 500 ETB Ramadan"),
    ],
)
async def test_what_can_be_read_in_two_ways_is_asked_about(
    office: Office, aisha_id: int, line: str, amount: str | None, reason: str
) -> None:
    await earns(office, aisha_id, "240")
    page = await asks(office, f"Aisha {line}")
    said = page.form.said
    assert (said.amount, said.reason) == (Decimal(amount) if amount else None, reason)
    assert asked(said) is (Asked.NOTHING if amount else Asked.AMOUNT)
    if amount is None:
        typed_page = await adjustment_forms.typed(office, await who_is(office, ADMIN), "1500")
        assert typed_page is not None
        page = typed_page
    made = await adjustment_forms.make(office, place_of(page))
    assert made.entry.money == Money("ETB", Decimal(amount or "1500"))


async def test_an_amount_without_a_currency_is_in_the_teachers_own(
    office: Office, aisha_id: int
) -> None:
    await earns(office, aisha_id, "12", currency="USD")
    assert await books(office, "Aisha deduction 5 lost book") == Money("USD", Decimal(5))


async def test_a_teacher_without_a_rate_is_taken_to_earn_in_the_schools_currency(
    office: Office, aisha_id: int
) -> None:
    del aisha_id
    assert await books(office, "Aisha bonus 5 welcome") == Money("ETB", Decimal(5))
    assert (await asks(office, "Aisha bonus 5 USD welcome")).is_apart


@pytest.mark.parametrize("kind", AdjustmentKind)
async def test_a_currency_in_which_the_teacher_earns_nothing_is_asked_about(
    office: Office, aisha_id: int, kind: AdjustmentKind
) -> None:
    await earns(office, aisha_id, "12", currency="USD")
    page = await asks(office, f"Aisha {kind} 5 ETB lost book")
    assert page.is_apart is (kind is not AdjustmentKind.WAIVER)
    assert asked(page.form.said) is (
        Asked.LESSON if kind is AdjustmentKind.WAIVER else Asked.NOTHING
    )


async def test_a_currency_of_former_or_coming_rates_is_asked_about(
    office: Office, aisha_id: int
) -> None:
    await earns(office, aisha_id, "240", since=date(2026, 1, 1))
    await earns(office, aisha_id, "12", since=date(2026, 6, 1), currency="USD")
    await earns(office, aisha_id, "10", since=date(2026, 12, 1), currency="EUR")
    assert (await asks(office, "Aisha deduction 5 ETB lost book")).is_apart
    assert (await asks(office, "Aisha deduction 5 EUR lost book")).is_apart
    assert await books(office, "Aisha deduction 5 USD lost book")


async def test_of_two_currencies_that_a_teacher_earns_in_neither_is_guessed(
    office: Office, aisha_id: int
) -> None:
    course = await held(office, november(3))
    await earns(office, aisha_id, "240")
    await earns(office, aisha_id, "12", currency="USD", course_id=course.course_id)
    page = await asks(office, "Aisha deduction 5 lost book")
    assert (page.earns_in, page.is_apart) == (("ETB", "USD"), False)
    assert await books(office, "Aisha deduction 5 ETB lost book")


async def test_the_currency_follows_the_teacher_who_is_chosen_later(
    office: Office, aisha_id: int
) -> None:
    await made_teacher(office, MUSA)
    await earns(office, aisha_id, "12", currency="USD")
    page = await asks(office, "bonus 5")
    page = await adjustment_forms.choose_teacher(office, place_of(page), aisha_id)
    assert (page.form.said.currency, page.is_apart) == ("USD", False)


async def test_a_currency_that_was_typed_stays_whoever_is_chosen(
    office: Office, aisha_id: int
) -> None:
    await made_teacher(office, MUSA)
    await earns(office, aisha_id, "12", currency="USD")
    page = await asks(office, "bonus 5 ETB")
    page = await adjustment_forms.choose_teacher(office, place_of(page), aisha_id)
    assert (page.form.said.currency, page.is_apart) == ("ETB", True)


async def test_three_digits_behind_the_point_are_booked_only_where_there_are_such_coins(
    office: Office, aisha_id: int
) -> None:
    await earns(office, aisha_id, "12", currency="KWD")
    assert await books(office, "Aisha bonus 1.500 Ramadan") == Money("KWD", Decimal("1.500"))
    with pytest.raises(NotUnderstood, match="Thousands are written like"):
        await typed(office, "Aisha bonus 1.500 ETB Ramadan")
