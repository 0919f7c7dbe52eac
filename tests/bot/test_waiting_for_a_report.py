"""What people see while a file takes long, and when it is too large for Telegram."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from openpyxl import load_workbook

from bot import report_files
from bot.application import TelegramBot
from bot.handlers.report_sending import Sending
from bot.report_files import FileOrder, Piece, Progress
from bot.views.statement_pdf import write_statement
from bot.views.timeline_picture import draw_timeline
from bot.waiting import Pace
from sandbox.people import Person
from services.office import Office
from tests.bot.test_reporting_and_leaving import held_class
from tests.clocks import SettableClock

_PATIENCE_S = 30.0


@pytest.fixture
def gate() -> Event:
    """The file is not finished before it is opened."""
    return Event()


@pytest.fixture(autouse=True)
def sending(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, gate: Event) -> None:
    """With the limits that a test gives; without any, slow. Quick to tell how far it is."""
    quick = Pace(action=0.05, first=0.01, next=0.01)
    limits: dict[str, Any] = getattr(request, "param", {})
    monkeypatch.setattr("bot.application.Sending", partial(Sending, pace=quick, **limits))
    if not limits:
        slow = partial(_slowly, gate=gate)
        monkeypatch.setattr("bot.handlers.report_sending.write_file", slow)


def _slowly(send: Callable[[Piece], None], order: FileOrder, *, gate: Event) -> None:
    send(Progress(0.4))
    assert gate.wait(_PATIENCE_S)
    send(b"the file")
    assert order.rows >= 0


def _made_late(make: Callable[[Any], bytes], gate: Event, drawn: object) -> bytes:
    assert gate.wait(_PATIENCE_S)
    return make(drawn)


async def test_a_message_says_how_far_it_is_and_goes_at_the_end(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock, gate: Event
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report")
    await admin.sees("Writing the file: 40 %")
    gate.set()
    await admin.sees_file(".xlsx")
    await admin.types("/help")
    await admin.sees("/report")
    texts = [message.text for message in (await admin.looks()).messages]
    assert not [text for text in texts if "Writing the file" in text]


async def test_who_waits_for_a_report_is_answered_meanwhile(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock, gate: Event
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report")
    await admin.sees("Writing the file: 40 %")
    await admin.types("/help")
    await admin.sees("/privacy")
    gate.set()
    await admin.sees_file(".xlsx")


async def test_who_waits_for_a_picture_or_a_paper_is_answered_meanwhile(
    receiving: TelegramBot,
    office: Office,
    aisha: Person,
    clock: SettableClock,
    gate: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del receiving
    await held_class(office, clock)
    draw, write = (
        partial(_made_late, draw_timeline, gate),
        partial(_made_late, write_statement, gate),
    )
    monkeypatch.setattr("bot.handlers.hours.draw_timeline", draw)
    monkeypatch.setattr("bot.handlers.statements.write_statement", write)
    await aisha.types("/hours")
    month = await aisha.sees("44 min")
    await aisha.presses("Tajweed", on=month)
    await aisha.presses("Statement", on=month)
    await aisha.presses("PDF", on=await aisha.sees("Your statement of"))
    await aisha.types("/help")
    await aisha.sees("/privacy")
    gate.set()
    await aisha.sees_file("timeline.png")
    await aisha.sees_file("statement-2026-11.pdf")


@pytest.mark.parametrize("sending", [{"most_rows": 1}], indirect=True)
async def test_what_is_too_much_for_one_file_comes_in_parts(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    clock.forward(timedelta(days=30))
    await held_class(office, clock)
    await admin.types("/report 2026-11-01 2026-12-31")
    await admin.sees("The file is larger than Telegram takes, so it comes in 2 parts.")
    first = await admin.sees_file("darulkubra-2026-11.xlsx")
    second = await admin.sees_file("darulkubra-2026-12.xlsx")
    for file in (first, second):
        book = load_workbook(BytesIO(await admin.downloads(file)))
        assert book["Lessons"].max_row == 3  # heading, one class, sum


@pytest.mark.parametrize("sending", [{"largest_file": 10}], indirect=True)
async def test_what_no_part_makes_small_enough_is_said(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report 2026-11-23")
    await admin.sees("The file of Mon 23 Nov is larger than Telegram takes.")


@pytest.mark.parametrize("sending", [{"largest_file": 10}], indirect=True)
async def test_a_file_that_grew_too_large_is_made_again_in_halves(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report 2026-11-23 2026-11-24")
    await admin.sees("so it comes in 2 parts.")


def test_the_pieces_are_smaller_than_a_pipe_holds() -> None:
    """So that the loop never waits for the rest of one."""
    assert report_files._PIECE < 65_536
