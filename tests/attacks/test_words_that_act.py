"""Names and topics that want to be more than words: people read them, and nothing else happens."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pypdfium2
import pytest
import pytest_asyncio
from openpyxl import load_workbook

from sandbox.people import Group, Person, Seen
from sandbox.story import Cast
from storage.schema import course, draft
from tests.attacks.outside import Outside
from tests.story.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

TURNING = "\u202e\u2066\u200f\u061c"
NOT_TO_BE_SEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TAGS = '<b>{}</b><a href="https://evil.example.com">x</a>&amp;<script>alert(1)</script>'
STUDENTS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\uff1d1+1",
    f"{TURNING}=2+2",
    '=HYPERLINK("https://evil.example.com","x")',
    TAGS.format("Bilal"),
    "</t></is></c><c><f>1+1</f></c>",
    "A\u0301\u0302" + "\u0301" * 50,
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")
FORMULA = "=SUM(1,1)"
_RANGE = r"('[A-Za-z ]+'!)?\$?[A-Z]+\$?\d+(:\$?[A-Z]+\$?\d+)?"
OUR_SUM = re.compile(rf'=(SUBTOTAL\(9,{_RANGE}\)|SUMIFS\({_RANGE},{_RANGE},"[A-Z]{{3}}"\))')
NAME = f"{TURNING}<img src=x onerror=alert(1)>"
PLAIN_ENTITIES = {"bold", "date_time", "italic", "bot_command", "url", "mention", "code", "email"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def group(stage: Stage, school: Cast) -> Group:
    """Of a title that is not what it seems, and linked."""
    title = f"{TURNING}<i>Sisters</i> & =1"
    group = await stage.people.group(title, owner=school.aisha, members=[school.khadija])
    await school.aisha.adds_bot(to=group)
    await school.aisha.types("/link", into=group)
    linked = await school.aisha.sees("is linked", in_=group)
    assert_only_words([linked], "<i>Sisters</i> & =1")
    return group


def assert_only_words(messages: Iterable[Seen], words: str) -> None:
    """They are read as they were typed, but for what turns the direction; nothing leads away."""
    for one in messages:
        assert not NOT_TO_BE_SEEN.search(one.text), one.text
        for row in one.buttons:
            for button in row:
                assert not NOT_TO_BE_SEEN.search(button.text)
                assert "evil" not in button.value
        kinds = {str(entity["type"]) for entity in one.entities}
        assert kinds <= PLAIN_ENTITIES, kinds
    assert any(words in one.text for one in messages)


async def from_bot(person: Person, at: Group | None = None) -> list[Seen]:
    return [one for one in (await person.looks(at=at)).messages if one.from_bot]


async def test_tags_in_a_topic_are_letters_in_every_message_and_at_zoom(
    stage: Stage, school: Cast, group: Group
) -> None:
    topic = TAGS.format("Tajweed")
    await school.aisha.types(f"/newclass {TURNING}{topic} tomorrow 18:00 45m #Beginners")
    await school.aisha.sees("Sent to 1 of 1 group")
    assert_only_words(await from_bot(school.aisha), topic)
    assert_only_words(await from_bot(school.khadija, school.beginners), topic)
    assert [one.topic for one in await stage.zoom.meetings()] == [topic]
    del group


async def test_a_calendar_file_holds_the_topic_and_no_line_of_its_making(
    outside: Outside, school: Cast, group: Group
) -> None:
    topic = "Fiqh\\nATTACH:https://evil.example.com;,\\;X"
    await school.aisha.types(f"/newclass {topic} tomorrow 10:00 30m")
    await school.aisha.presses("All")
    await school.aisha.presses("Create for")
    await school.aisha.sees("Fiqh")
    card = await school.khadija.sees("Fiqh", in_=group)
    path = urlsplit(card.button("Add to calendar").url).path
    reply = await outside.ask("GET", path)
    (event,) = icalendar.Calendar.from_ical(reply.body).walk("VEVENT")
    assert str(event["SUMMARY"]).startswith(topic)
    assert "ATTACH" not in event
    assert not NOT_TO_BE_SEEN.search(reply.text)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def held(stage: Stage, school: Cast, group: Group) -> Seen:
    """The summary of a class to which those students came."""
    await school.aisha.types(f"/newclass {FORMULA} tomorrow 12:00 30m")
    await school.aisha.presses("All")
    await school.aisha.presses("Create for")
    await school.aisha.sees("Sent to 3 of 3 groups")
    await stage.zoom.delivered()
    begins = school.begins.replace(hour=12)
    stage.clock.move_to(begins)
    (meeting,) = [one for one in await stage.zoom.meetings() if one.topic == FORMULA]
    await meeting.start()
    for name in STUDENTS:
        await meeting.join(name)
    await stage.zoom.delivered()
    stage.clock.move_to(begins + timedelta(minutes=30))
    await school.aisha.catches_up()
    await meeting.end()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    del group
    return await school.aisha.sees("Students: ", within=30)


async def test_names_typed_in_zoom_are_letters_to_teachers_and_admins(
    stage: Stage, school: Cast, held: Seen
) -> None:
    assert_only_words([held], TAGS.format("Bilal"))
    assert "=2+2" in held.text
    await stage.all_is_shown()
    assert_only_words(await from_bot(school.aisha), FORMULA)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def report(school: Cast, held: Seen) -> Seen:
    """The message with its buttons; the workbook follows it."""
    assert held.text.startswith(FORMULA)
    await school.admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await school.admin.sees("Aisha earns 240.00 ETB an hour")
    await school.admin.types("/report")
    return await school.admin.sees("1 teacher", within=90)


async def test_in_the_workbook_no_name_and_no_topic_is_a_formula(
    school: Cast, report: Seen
) -> None:
    assert_only_words([report], "Aisha")
    file = await school.admin.sees_file(".xlsx", within=90)
    content = await school.admin.downloads(file)
    cells = [
        cell
        for sheet in load_workbook(io.BytesIO(content)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    formulas = {str(one.value) for one in cells if one.data_type == "f"}
    assert [one for one in formulas if not OUR_SUM.fullmatch(one)] == []
    texts = {str(one.value) for one in cells if one.data_type == "s"}
    assert {FORMULA, "=2+2", TAGS.format("Bilal")} <= texts
    assert not [one for one in texts if NOT_TO_BE_SEEN.search(one)]
    assert not [one for one in cells if one.hyperlink]


async def test_in_the_csv_files_nothing_begins_as_a_formula_does(
    school: Cast, report: Seen
) -> None:
    await school.admin.presses("CSV", on=report)
    file = await school.admin.sees_file(".zip", within=90)
    content = await school.admin.downloads(file)
    cells = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            cells += [one for line in csv.reader(io.StringIO(text, newline="")) for one in line]
    assert f"'{FORMULA}" in cells
    assert not [one for one in cells if one.startswith(DANGEROUS) and not is_number(one)]
    assert not [one for one in cells if NOT_TO_BE_SEEN.search(one)]


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[\d.:,]+", cell) is not None


async def test_a_statement_on_paper_shows_the_topic_as_it_is(school: Cast, report: Seen) -> None:
    admin = school.admin
    await admin.presses("Statements", on=report)
    await admin.sees("Statements of October 2026", within=90)
    await admin.presses("November 2026 ›")
    await admin.sees("Statements of November 2026", within=90)
    await admin.presses("Aisha · draft")
    await admin.sees("Statement of Aisha, November 2026")
    await admin.presses("PDF")
    file = await admin.sees_file(".pdf", within=90)
    content = await admin.downloads(file)
    pages = pypdfium2.PdfDocument(content)
    read = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert FORMULA in read
    assert not NOT_TO_BE_SEEN.search(read)
    assert not re.search(rb"/(JavaScript|JS|URI|Launch|SubmitForm)\b", content)


async def test_a_name_in_telegram_is_letters_on_the_page_that_connects(
    stage: Stage, school: Cast, outside: Outside
) -> None:
    teacher = await stage.people.person(NAME, username="evil_example")
    await school.admin.types("/invite")
    invitation = await school.admin.sees("invitation for one teacher")
    await teacher.follows(invitation.button("Copy").value)
    assert_only_words([await teacher.sees("You can now teach")], "<img src=x")
    await teacher.types("/connect")
    link = (await teacher.sees("Open this page")).button("Open page").url
    page = await outside.ask("GET", urlsplit(link).path)
    assert "<img" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    assert not NOT_TO_BE_SEEN.search(page.text)


@pytest.mark.parametrize(
    "letters",
    ["T" * 4_000, "\U0001f319" * 1_950, "a\u0301" * 1_950, "\u0301" * 3_900, "ሀ" * 3_900],
    ids=["letters", "emoji", "combined letters", "marks alone", "syllables"],
)
async def test_a_topic_of_any_length_is_refused_with_its_count(
    stage: Stage, school: Cast, letters: str
) -> None:
    before = await stage.count(course), await stage.count(draft)
    await school.aisha.types(f"/newclass {letters} tomorrow 18:00 45m #Sisters")
    said = await school.aisha.sees("characters; Zoom allows 200. Please shorten it.")
    assert len(said.text) < 200
    assert (await stage.count(course), await stage.count(draft)) == before
