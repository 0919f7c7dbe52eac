"""What was done and by whom, as admins read it and take it along."""

import ast
import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.speech import Say, Speech
from bot.views import audit
from services.auditing import AuditPage
from storage.audit import PROGRAM, AuditEntry
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
AT = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # the first of December there
SERVICES = Path(__file__).parents[2] / "services"
NOTING = {"note": 2, "note_by_admin": 2}
"""The functions that note something, and where among their arguments the action stands."""


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def noted_actions() -> set[str]:
    """Every action that a use case notes, as a regular expression."""
    found = set()
    for file in SERVICES.glob("*.py"):
        tree = ast.parse(file.read_text())
        for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else None
            name = call.func.id if isinstance(call.func, ast.Name) else name
            if name in NOTING:
                found |= _patterns(call.args[NOTING[name]], tree)
    return found


def _patterns(action: ast.expr, tree: ast.Module) -> set[str]:
    match action:
        case ast.Constant(value=str(text)):
            return {re.escape(text)}
        case ast.JoinedStr(values=parts):
            options = [""]
            for part in parts:
                inner = part.value if isinstance(part, ast.FormattedValue) else part
                known = _patterns(inner, tree) or {".+"}
                options = [before + one for before in options for one in known]
            return set(options)
        case ast.IfExp(body=one, orelse=other):
            return _patterns(one, tree) | _patterns(other, tree)
        case ast.Name(id=name):
            values = (
                one.value
                for one in ast.walk(tree)
                if isinstance(one, ast.Assign)
                and any(isinstance(to, ast.Name) and to.id == name for to in one.targets)
            )
            return {pattern for value in values for pattern in _patterns(value, tree)}
        case _:
            return set()


def test_whatever_is_noted_has_words_that_people_read() -> None:
    actions = noted_actions()
    assert len(actions) > 20
    known = [*audit.WORDS, *(f"{one} of 2026-11" for one in audit.WORDS)]
    known += [f"{one} from 2026-11-01" for one in audit.WORDS]
    unknown = [one for one in actions if not any(re.fullmatch(one, word) for word in known)]
    assert unknown == []


def test_an_entry_says_when_in_the_readers_zone_who_and_what(say: Say) -> None:
    found = AuditPage(
        (
            AuditEntry(AT, "K7Q2-9FXM", "locked a statement of 2026-11", "PM3T-X2WA"),
            AuditEntry(AT, PROGRAM, "Zoom ended a grant", "PM3T-X2WA"),
            AuditEntry(AT, "K7Q2-9FXM", "saw the list of rates", None),
        ),
        page=1,
        pages=3,
    )
    view = audit.page(say, found, ADDIS_ABABA)
    lines = view.text.splitlines()
    assert lines[2:5] == [
        "1 Dec 2026, 01:30 · K7Q2-9FXM: locked a statement (PM3T-X2WA 2026-11)",
        "1 Dec 2026, 01:30 · the program: noticed that Zoom ended a connection (PM3T-X2WA)",
        "1 Dec 2026, 01:30 · K7Q2-9FXM: opened the list of rates",
    ]
    assert "Times of Addis Ababa." in view.text
    assert list(buttons(view)) == ["‹ Newer", "Older ›", "Export"]


def test_with_nothing_noted_there_is_nothing_to_export(say: Say) -> None:
    view = audit.page(say, AuditPage((), 0, 1), ADDIS_ABABA)
    assert (view.text, view.keyboard) == ("Nothing was noted yet.", None)


@pytest.mark.parametrize("count", [1, 2])
def test_who_waits_for_an_answer_is_reached_from_the_log(say: Say, count: int) -> None:
    """Also where no admin could be written to, or the letter is gone."""
    entry = AuditEntry(AT, "K7Q2-9FXM", "asked to be taken out of attendance", "7")
    label = f"{count} request{'s' * (count > 1)} to delete attendance"
    for entries in ((), (entry,)):
        view = audit.page(say, AuditPage(entries, 0, 1, count, 7), ADDIS_ABABA)
        assert next(iter(buttons(view))) == label


def test_what_an_earlier_version_noted_stands_as_it_is(say: Say) -> None:
    assert audit.in_words(say, "grew a beard of 2026-11") == ("grew a beard of 2026-11", None)


def test_the_file_has_every_entry_and_no_formula(say: Say) -> None:
    entries = [
        AuditEntry(AT, "=HYPERLINK(1)", "+1", "@SUM(A1)"),
        AuditEntry(AT, "K7Q2-9FXM", "set pay rules from 2026-12-01", None),
    ]
    view = audit.exported(say, entries, ADDIS_ABABA, date(2026, 12, 1))
    assert view.attachment is not None
    assert view.attachment.name == "audit-2026-12-01.csv"
    rows = list(csv.reader(io.StringIO(view.attachment.content.decode("utf-8-sig"))))
    assert rows == [
        ["When", "Who", "What", "About", "Month or day"],
        ["2026-12-01 01:30:00+03:00", "'=HYPERLINK(1)", "'+1", "'@SUM(A1)", ""],
        ["2026-12-01 01:30:00+03:00", "K7Q2-9FXM", "set the rules of pay", "", "2026-12-01"],
    ]
