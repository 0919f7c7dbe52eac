"""What people read about pay, each text as it stands."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from pypdfium2 import PdfDocument

from bot.speech import Say, Speech
from bot.views import statement_lines, statements
from bot.views.pay_steps import exactly, pay_steps
from bot.views.statement_paper import statement_paper
from bot.views.statement_pdf import write_statement
from school.money import Money
from school.pay import PayLine, pay_line
from school.pay_rules import PayRules
from school.statements import build_statement
from services.paid_lines import OpenedLine
from tests.bot.keyboards import buttons
from tests.bot.test_welcome_view import PROFILE
from tests.bot.views_of_pay import AT, FACTS, RATE, VERSION, ZONE, lines, statement_pages

SAY = Speech("en").to("en")


def line(minutes: float, rules: PayRules, amount: str = "200", **facts: object) -> PayLine:
    found = replace(
        FACTS,
        taught=timedelta(minutes=minutes),
        is_inferred=False,
        is_corrected=False,
        **facts,  # type: ignore[arg-type]
    )
    rate = replace(RATE, money=Money("ETB", Decimal(amount)))
    return pay_line(found, rate, replace(VERSION, rules=rules))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 min"), (40, "40 s"), (60, "1 min"), (2500, "41 min 40 s"), (3665, "1 h 1 min 5 s")],
)
def test_lengths_are_told_to_the_second(seconds: int, said: str) -> None:
    assert exactly(SAY, timedelta(seconds=seconds)) == said


def test_the_steps_of_a_late_class_lead_to_its_amount() -> None:
    """41 min 40 s → 40 min; 200 * 40 / 60 = 133.33; less 10 %: 120.00."""
    rules = replace(VERSION.rules, step=timedelta(minutes=5))
    steps = pay_steps(SAY, line(41 + 2 / 3, rules)).split("\n")
    assert [step.striptags() for step in steps] == [
        "Teacher and at least one student together: 41 min 40 s",
        "Rounded to 5 min: 40 min",
        "Rate: 200.00 ETB an hour",
        "40 min at this rate: 133.33 ETB",
        "Began 12 min 5 s late: 10 % less, -13.33 ETB",
        "Amount: 120.00 ETB",
    ]


def test_the_steps_say_what_was_left_for_a_teacher_who_came_late_to_nobody() -> None:
    """45 − 12:05 = 32:55 → 33 min; half of 33 × 200 / 60 = 55.00; less 10 %: 49.50."""
    waited = timedelta(minutes=20)
    late = line(0, VERSION.rules, teacher_present=waited, waited=waited, students=0)
    assert [step.striptags() for step in pay_steps(SAY, late).split("\n")] == [
        (
            "The teacher came 12 min 5 s late, waited 20 min, and no student came: 50 % of the "
            "32 min 55 s that were left of the planned 45 min is paid."
        ),
        "Rounded to 1 min: 33 min",
        "Rate: 200.00 ETB an hour",
        "50 % of 33 min at this rate: 55.00 ETB",
        "Came 12 min 5 s late: 10 % less, -5.50 ETB",
        "Amount: 49.50 ETB",
    ]


def test_a_line_that_was_locked_before_says_what_was_paid_then() -> None:
    waited = timedelta(minutes=20)
    late = line(0, VERSION.rules, teacher_present=waited, waited=waited, students=0)
    planned = late.lesson.planned.length
    before = replace(late, counted=planned, rounded=planned, paid=planned)
    steps = pay_steps(SAY, before)
    assert "The teacher waited 20 min and no student came: 50 % of the planned 45 min" in steps


def test_a_line_names_the_versions_it_was_worked_out_by() -> None:
    view = statement_lines.opened(SAY, OpenedLine(line(45, VERSION.rules), None, ZONE, ()))
    assert view.text.startswith("<b>A class</b> · Tue 24 Nov, 12:00–12:45")
    assert view.text.endswith("Rate valid from 24 Nov 2026.\nRules valid from 24 Nov 2026.")


def test_only_who_can_take_the_next_step_has_its_button() -> None:
    seen = {
        (page.state, page.is_admin): buttons(statements.statement(SAY, page)).keys()
        & {"Accept", "Lock", "Mark as paid", "Ask to accept", "Correct the payment"}
        for page in statement_pages()
        if page.is_over and not page.asks_if_sure
    }
    assert {key: found for key, found in seen.items() if found} == {
        ("draft", False): {"Accept"},
        ("draft", True): {"Lock", "Ask to accept"},
        ("accepted", True): {"Lock"},
        ("locked", True): {"Mark as paid"},
        ("paid", True): {"Correct the payment"},
    }


def test_admins_can_correct_every_class_whatever_it_came_to() -> None:
    for page in statement_pages():
        for one in lines():
            view = statement_lines.opened(SAY, OpenedLine(one, None, ZONE, ()), page)
            assert ("Correct" in buttons(view)) == page.is_admin, (page.state, one.outcome)


@pytest.mark.parametrize("language", ["en", "ar", "am"])
def test_a_statement_on_paper_adds_up_as_the_statement_does(language: str) -> None:
    say: Say = Speech(language).to(language)
    page = next(statement_pages())
    content = build_statement(page.month, [line(45, PayRules()), line(20, PayRules())])
    paper = statement_paper(say, replace(page, content=content), PROFILE, AT)
    assert [one.amount for one in paper.totals] == [say.plain(one) for one in content.totals]
    assert len(paper.lines) == 2
    text = PdfDocument(write_statement(paper))[0].get_textpage().get_text_range()
    assert "216.67" in text
