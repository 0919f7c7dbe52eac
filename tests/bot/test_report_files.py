"""A report's files, written from the database, as other programs read them."""

import asyncio
import csv
import gc
import re
import shutil
import subprocess
from contextlib import aclosing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.exceptions import FileCreateError

from bot.elsewhere import FreshProcess, sent_from
from bot.report_files import FileKind, FileOrder, Piece, Progress, write_file
from school.model import ClockFace, LessonState
from school.money import Money
from school.pay import CalledOffBy
from school.pay_rules import PayRules, Per
from school.periods import month_of
from services.events import apply_waiting
from services.office import Office
from services.people import remember
from storage.corrections import Corrected, add_correction
from storage.outages import add_outage
from storage.pay import NewRate, add_rate, add_rules
from storage.reports import Of, Scope
from storage.schema import lesson
from storage.student_changes import add_student
from tests.clocks import SettableClock
from tests.lessons import add_students, made_class, set_state
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

SHEETS = ["Summary", "Lessons", "Attendance", "Pay", "Statements", "Corrections", "Notes"]
SOFFICE = shutil.which("soffice")
EVIL = '=HYPERLINK("http://example.org","x")'


@pytest.fixture
async def school(office: Office, clock: SettableClock) -> Office:
    """Three classes of two teachers, with rates, a correction, and an outage."""
    caller = await made_teacher(office, AISHA)
    musa = await made_teacher(office, MUSA)
    assert caller.person_id is not None
    assert musa.person_id is not None
    await _held(office, clock, EVIL, 44)
    await _held(office, clock, "+cmd", 40)
    made = await made_class(office, {-1: "Sisters"}, teacher=MUSA, topic="@x", starts_at=clock())
    clock.forward(timedelta(hours=1))
    async with office.database.writing() as tx:
        by = (await remember(tx, ADMIN)).id
        for number, (person_id, amount) in enumerate(
            [(caller.person_id, "100.10"), (musa.person_id, "7.77")]
        ):
            await add_rate(
                tx,
                NewRate(
                    person_id=person_id,
                    course_id=None,
                    valid_from=date(2026, 1, 1),
                    per=Per.HOUR,
                    money=Money("ETB", Decimal(amount)),
                ),
                by=by,
                request_key=f"rate {number}",
            )
        said = Corrected(taught=timedelta(minutes=30), actual=timedelta(minutes=30))
        await add_correction(
            tx, made.lesson_id, said, by=by, reason="-1+1", request_key="correction"
        )
        await add_outage(tx, (clock() - timedelta(minutes=17), clock() - timedelta(minutes=2)))
    return office


async def _held(office: Office, clock: SettableClock, student: str, minutes: int) -> None:
    made = await made_class(office, {}, topic="Tajweed", starts_at=clock())
    held = Held(made.meeting_id, clock())
    clock.forward(timedelta(hours=1))
    await reported(office, held.started(), *held.host(0, minutes), *held.stay(student, 0, minutes))
    await reported(office, held.ended(minutes))
    await apply_waiting(office)


def ordered(
    office: Office, kind: FileKind = FileKind.XLSX, scope: Scope | None = None
) -> FileOrder:
    return FileOrder(
        access=office.database.access,
        kind=kind,
        period=month_of(date(2026, 11, 1), office.profile.zone),
        scope=scope or Scope(),
        rules=office.profile.attendance,
        language="en",
        clock=ClockFace.DAY,
        as_of=office.clock(),
        rows=3,
    )


async def written(order: FileOrder) -> bytes:
    pieces: list[Piece] = []
    await asyncio.to_thread(write_file, pieces.append, order)
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


def table(book: Workbook, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def column(rows: list[list[object]], heading: str) -> list[object]:
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


async def test_the_workbook_has_all_that_was_found(school: Office) -> None:
    content = await written(ordered(school))
    book = load_workbook(BytesIO(content), data_only=True)
    assert book.sheetnames == SHEETS
    lessons = table(book, "Lessons")
    minutes = [timedelta(minutes=each) for each in (44, 40, 30, 114)]
    assert column(lessons, "Taught") == minutes  # the last is the sum
    assert column(lessons, "How sure")[2] == "corrected by a person"
    assert column(lessons, "Class") == ["Tajweed", "Tajweed", "@x", None]
    attendance = table(book, "Attendance")
    assert column(attendance, "Name") == [EVIL, "+cmd"]
    assert column(attendance, "Attendance") == ["present", "present"]
    corrections = table(book, "Corrections")
    assert column(corrections, "By") == [ADMIN.name]
    assert column(corrections, "Reason") == ["-1+1"]
    notes = [str(row[0]) for row in table(book, "Notes")]
    assert any("Africa/Addis_Ababa" in note for note in notes)
    assert any(note.startswith("No events came from") for note in notes)


async def test_what_is_paid_adds_up_by_teacher_and_in_all(school: Office) -> None:
    content = await written(ordered(school))
    book = load_workbook(BytesIO(content), data_only=True)
    pay, summary = table(book, "Pay"), table(book, "Summary")
    lines = column(pay, "Amount")
    assert lines == [73.41, 66.73, 3.89, 144.03]  # 44, 40 min of 100.10; 30 of 7.77; all
    assert column(summary, "Teacher") == ["Aisha", "Musa", "All"]
    assert column(summary, "Pay, ETB") == [140.14, 3.89, 144.03]
    formulas = load_workbook(BytesIO(content))
    assert formulas["Summary"]["J2"].value == "=SUMIFS('Pay'!$N$2:$N$3,'Pay'!$O$2:$O$3,\"ETB\")"
    assert formulas["Pay"]["N5"].value == '=SUMIFS($N$2:$N$4,$O$2:$O$4,"ETB")'


async def test_a_class_that_students_called_off_late_is_in_all_that_is_about_pay(
    school: Office, clock: SettableClock
) -> None:
    """Its teacher gave no other one; 45 planned minutes, of which half is paid: 22:30."""
    khadija = replace(MUSA, id=MUSA.id + 1, name="Khadija")
    caller = await made_teacher(school, khadija)
    assert caller.person_id is not None
    off = await made_class(school, {}, teacher=khadija, topic="Fiqh", starts_at=clock())
    async with school.database.writing() as tx:
        await set_state(tx, off.lesson_id, LessonState.CANCELLED)
        by = (await remember(tx, ADMIN)).id
        await tx.connection.execute(
            lesson.update().where(lesson.c.id == off.lesson_id).values(cancelled_at=tx.now)
        )
        rules = replace(PayRules(), late_cancel_percent=Decimal(50))
        await add_rules(tx, rules, date(2026, 1, 1), by=by, request_key="rules")
        money = Money("KWD", Decimal("16.462"))
        new = NewRate(caller.person_id, None, date(2026, 1, 1), Per.HOUR, money)
        await add_rate(tx, new, by=by, request_key="her rate")
        said = Corrected(called_off_by=CalledOffBy.STUDENTS)
        await add_correction(tx, off.lesson_id, said, by=by, reason="exam", request_key="off")
    clock.forward(timedelta(hours=2))
    book = load_workbook(BytesIO(await written(ordered(school))), data_only=True)
    amount = pytest.approx(6.173)  # 16.462 × 45/60 × 50 % = 6.17325, to the fils
    summary = table(book, "Summary")
    (row,) = [one for one in summary if one[0] == "Khadija"]
    assert row[summary[0].index("Pay, KWD")] == amount
    pay = table(book, "Pay")
    assert [row[13] for row in pay if row[0] == "Khadija"] == [amount]
    statements = table(book, "Statements")
    own = [row for row in statements if row[1] == "Khadija"]
    assert [(row[2], row[4], row[5]) for row in own] == [
        ("Classes", amount, "KWD"),
        ("Total", amount, "KWD"),
    ]
    assert own[-1][6] == "draft"
    corrections = table(book, "Corrections")
    by_class = zip(column(corrections, "Class"), column(corrections, "Called off by"), strict=True)
    assert dict(by_class) == {"@x": "", "Fiqh": "the students"}


async def test_no_cell_is_a_formula_but_our_sums(school: Office) -> None:
    book = load_workbook(BytesIO(await written(ordered(school))))
    for sheet in book.worksheets:
        assert isinstance(sheet, Worksheet)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert str(cell.value).startswith(("=SUBTOTAL(9,", "=SUMIFS("))


@pytest.mark.parametrize(
    ("of", "taught"),
    [(Of.TEACHER, [44, 40, 84]), (Of.GROUP, [30, 30])],
)
async def test_a_narrowed_report_has_narrowed_files(
    school: Office, of: Of, taught: list[int]
) -> None:
    aisha = (await made_teacher(school, AISHA)).person_id
    assert aisha is not None
    scope = Scope(of, aisha if of is Of.TEACHER else -1)
    book = load_workbook(BytesIO(await written(ordered(school, scope=scope))), data_only=True)
    minutes = [timedelta(minutes=each) for each in taught]
    assert column(table(book, "Lessons"), "Taught") == minutes
    assert len(table(book, "Pay")) == len(taught) + 1
    assert len(table(book, "Corrections")) == (2 if of is Of.GROUP else 1)


async def test_the_same_tables_come_as_csv(school: Office) -> None:
    content = await written(ordered(school, FileKind.CSV))
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        texts = [archive.read(name).decode("utf-8-sig") for name in names]
    assert sorted(names) == [
        f"{number}-{name.casefold()}.csv" for number, name in enumerate(SHEETS, start=1)
    ]
    cells = [cell for text in texts for row in csv.reader(StringIO(text)) for cell in row]
    assert f"'{EVIL}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_the_file_is_written_while_nothing_can_be_stored_beside_it(
    school: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    before = _names_in(tmp_path)
    content = await written(ordered(school))
    assert load_workbook(BytesIO(content)).sheetnames == SHEETS
    assert _names_in(tmp_path) <= before | {"school.db-wal", "school.db-shm"}


def _names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_another_process_writes_it_from_what_it_is_given(school: Office) -> None:
    """The keys go to it through memory; they are in no argument of its command line."""
    with FreshProcess() as elsewhere:
        async with aclosing(sent_from(elsewhere, write_file, ordered(school))) as sent:
            pieces = [piece async for piece in sent]
    content = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    assert load_workbook(BytesIO(content)).sheetnames == SHEETS


async def test_who_is_on_the_roster_and_was_not_there_has_a_row(
    office: Office, clock: SettableClock
) -> None:
    made = await made_class(office, {}, starts_at=clock())
    async with office.database.writing() as tx:
        await set_state(
            tx, made.lesson_id, LessonState.ENDED, began_at=clock(), taught_seconds=2400
        )
        await add_students(tx, made, count=1)
        await add_student(tx, made.course_id, "@Zahra", clock() - timedelta(days=1))
    clock.forward(timedelta(hours=1))
    book = load_workbook(BytesIO(await written(ordered(office))))
    rows = table(book, "Attendance")
    assert column(rows, "Name") == ["Student 000", "@Zahra"]
    assert column(rows, "Attendance") == ["present", "absent"]
    assert column(rows, "On the roster") == ["no", "yes"]


async def test_how_far_it_is_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.report_files._TOLD_AFTER", 2)
    made = await made_class(office, {}, starts_at=office.clock() - timedelta(hours=2))
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED, began_at=made.planned.starts_at)
        await add_students(tx, made, count=3)
    pieces: list[Piece] = []
    await asyncio.to_thread(write_file, pieces.append, ordered(office))
    assert [piece for piece in pieces if isinstance(piece, Progress)] == [
        Progress(2 / 3),
        Progress(1.0),
    ]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
async def test_libreoffice_comes_to_the_same_totals(school: Office, tmp_path: Path) -> None:
    """It is given the formulas without their values, so that it has to work them out."""
    content = await written(ordered(school))
    folder = tmp_path / "calculated"
    await asyncio.to_thread(_calculate, _without_values(content), folder)
    ours = load_workbook(BytesIO(content), data_only=True)
    theirs = load_workbook(folder / "report.xlsx", data_only=True)
    assert theirs.sheetnames == SHEETS
    for name in SHEETS:
        assert _plain(theirs, name) == _plain(ours, name)
    assert column(table(theirs, "Summary"), "Pay, ETB")[-1] == 144.03


def _without_values(content: bytes) -> bytes:
    bare = BytesIO()
    with ZipFile(BytesIO(content)) as full, ZipFile(bare, "w") as archive:
        for name in full.namelist():
            part = full.read(name)
            archive.writestr(name, re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", part))
    return bare.getvalue()


def _calculate(content: bytes, folder: Path) -> None:
    given = folder.with_name("report.xlsx")
    given.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder.with_name('profile')}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, str(folder), str(given)], check=True, timeout=300)  # noqa: S603  our own


def _plain(book: Workbook, name: str) -> list[list[object]]:
    """Numbers as they are shown, in rows of one length."""
    rows = [[_shown(value) for value in row] for row in table(book, name)]
    return [row + [None] * (max(map(len, rows)) - len(row)) for row in rows]


def _shown(value: object) -> object:
    match value:
        case float():
            return round(value, 6)
        case datetime():
            return (value + timedelta(milliseconds=500)).replace(microsecond=0)
        case timedelta():
            return round(value.total_seconds())
        case _:
            return value or None


@pytest.mark.parametrize("kind", FileKind)
async def test_whoever_wants_no_more_of_it_ends_it_without_a_sound(
    school: Office, kind: FileKind
) -> None:
    def refuse(piece: Piece) -> None:
        del piece
        raise BrokenPipeError

    with pytest.raises((BrokenPipeError, FileCreateError)):  # the same, as XlsxWriter calls it
        await asyncio.to_thread(write_file, refuse, ordered(school, kind))
    gc.collect()
