"""What is said and what is logged when something goes wrong."""

import logging
import re

import pytest

from bot.speech import Speech
from bot.views.problems import school_error, unexpected
from school.errors import NotConnected, NotUnderstood, Outdated, Reconnect, SchoolError
from services.logbook import WordlessFormatter, outline, report
from tests.bot.keyboards import buttons

SECRET = "https://zoom.us/s/1?zak=secret"


def reading() -> None:
    raise ValueError(SECRET)


def failing() -> None:
    try:
        reading()
    except ValueError as error:
        raise RuntimeError("Aisha wrote: meet me") from error


def test_a_report_finds_the_place_and_keeps_every_word(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError) as failure:
        failing()
    with caplog.at_level(logging.ERROR):
        reference = report(failure.value)
    (record,) = caplog.records
    assert re.fullmatch("[23456789A-HJ-NP-Z]{4}", reference)
    assert record.getMessage().startswith(f"problem {reference}: RuntimeError at ")
    assert "after ValueError at tests/bot/test_errors.py" in record.getMessage()
    assert SECRET not in caplog.text
    assert "meet me" not in caplog.text
    assert record.exc_info is None


def test_an_error_that_leads_to_itself_is_outlined_once() -> None:
    error = ValueError()
    other = TypeError()
    error.__context__, other.__context__ = other, error
    assert outline(error).count("ValueError") == 1


@pytest.mark.parametrize("kind", [Reconnect, NotConnected])
def test_a_missing_connection_comes_with_the_button(kind: type[SchoolError]) -> None:
    view = school_error(Speech("en").school, kind("Connect {what} first.", what="<Zoom>"))
    assert view.text == "Connect &lt;Zoom&gt; first."
    assert list(buttons(view)) == ["Connect Zoom"]


@pytest.mark.parametrize("kind", [NotUnderstood, Outdated, SchoolError])
def test_other_errors_are_one_sentence(kind: type[SchoolError]) -> None:
    assert school_error(Speech("en").school, kind("Too late.")).keyboard is None


def test_what_nobody_expected_has_a_reference() -> None:
    assert unexpected(Speech("en").school, "K7Q2").text == (
        "Something went wrong on my side. If it happens again, tell your admin: <b>K7Q2</b>."
    )


def test_the_log_keeps_an_errors_words_to_itself_whoever_logs_it() -> None:
    with pytest.raises(RuntimeError) as failure:
        failing()
    record = logging.LogRecord(
        "any", logging.ERROR, "", 0, "it failed", (), (failure.type, failure.value, failure.tb)
    )
    written = WordlessFormatter().format(record)
    assert "RuntimeError at tests/bot/test_errors.py" in written
    assert SECRET not in written
    assert "meet me" not in written
