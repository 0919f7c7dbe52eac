"""/report and /deletemydata in Telegram, from the command to the last message."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from PIL import Image

from bot.application import TelegramBot
from sandbox.people import People, Person
from sandbox.zoom_people import ZoomPerson
from services.events import apply_waiting
from services.office import Office
from services.people import who_is
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher
from tests.zoom_reports import Held, reported

GROUP = -1001


async def held_class(office: Office, clock: SettableClock) -> None:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock())
    held = Held(made.meeting_id, clock())
    clock.forward(timedelta(hours=1))
    await reported(office, held.started(), *held.host(0, 44), *held.stay("=1+1", 0, 44))
    await reported(office, held.ended(44))
    await apply_waiting(office)


async def test_a_report_is_a_text_a_picture_and_a_workbook(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report")
    text = await admin.sees("November 2026, so far")
    assert "Aisha 44 min" in text.text
    picture = await admin.sees_file("hours.png")
    assert Image.open(BytesIO(await admin.downloads(picture))).format == "PNG"
    workbook = await admin.sees_file("darulkubra-2026-11.xlsx")
    book = load_workbook(BytesIO(await admin.downloads(workbook)))
    assert book.sheetnames[:3] == ["Summary", "Lessons", "Attendance"]
    name = book["Attendance"]["D2"]
    assert (name.value, name.data_type) == ("=1+1", "s")


async def test_another_period_is_a_press_away(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report last month")
    empty = await admin.sees("No classes were planned in these days.")
    await admin.presses("This week", on=empty)
    await admin.sees("23–29 Nov 2026")
    await admin.sees_file("darulkubra-2026-11-23-2026-11-29.xlsx")
    await admin.presses("This term", on=empty)
    await admin.sees_file("darulkubra-2026-09-01-2026-12-31.xlsx")


async def test_a_report_is_narrowed_by_buttons_and_stays_so_in_other_periods(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await made_class(office, {}, teacher=MUSA, topic="Fiqh", starts_at=clock())
    clock.forward(timedelta(hours=1))
    await admin.types("/report")
    report = await admin.sees("1 class did not take place")
    await admin.sees_file(".xlsx")
    await admin.presses("Teacher…", on=report)
    teachers = await admin.sees("Whose classes, November 2026?")
    await admin.presses("Aisha", on=teachers)
    narrowed = await admin.sees("Only Aisha")
    assert "did not take place" not in narrowed.text
    await admin.presses("This week", on=narrowed)
    week = await admin.sees("23–29 Nov 2026")
    assert "Only Aisha" in week.text
    await admin.presses("All classes", on=narrowed)
    await admin.sees("1 class did not take place")
    await admin.presses("Class…", on=report)
    classes = await admin.sees("Which class, November 2026?")
    await admin.presses("Tajweed · Aisha", on=classes)
    await admin.sees("Only Tajweed")
    await admin.presses("Group…", on=report)
    groups = await admin.sees("Which group, November 2026?")
    await admin.presses("Beginners A", on=groups)
    await admin.sees("Only Beginners A")


async def test_any_days_can_be_chosen_from_a_calendar(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report Aisha")
    report = await admin.sees("Only Aisha")
    await admin.presses("Other dates…", on=report)
    calendar = await admin.sees("From which day on?")
    assert "/report 2026-11-01 2026-11-15" in calendar.text
    await admin.presses("‹", on=calendar)
    calendar = await admin.sees("From which day on?")
    await admin.presses("30", on=calendar)
    calendar = await admin.sees("From 30 Oct 2026 to which day?")
    await admin.presses("›", on=calendar)
    calendar = await admin.sees("From 30 Oct 2026 to which day?")
    await admin.presses("23", on=calendar)
    found = await admin.sees("23 Nov 2026, so far")
    assert "Only Aisha" in found.text
    await admin.sees_file("darulkubra-2026-10-30-2026-11-23.xlsx")


async def test_a_name_of_several_is_asked_about(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await made_class(office, {}, teacher=MUSA, starts_at=clock())
    await admin.types("/report this month tajweed")
    asked = await admin.sees("Which tajweed do you mean?")
    await admin.presses("Tajweed · Aisha", on=asked)
    found = await admin.sees("Only Tajweed")
    assert "Aisha 44 min" in found.text


async def test_the_tables_come_as_csv_too(
    receiving: TelegramBot, office: Office, admin: Person, clock: SettableClock
) -> None:
    del receiving
    await held_class(office, clock)
    await admin.types("/report")
    report = await admin.sees("November 2026, so far")
    await admin.sees_file(".xlsx")
    await admin.presses("CSV", on=report)
    file = await admin.sees_file("darulkubra-2026-11.csv.zip")
    with ZipFile(BytesIO(await admin.downloads(file))) as archive:
        text = archive.read("3-attendance.csv").decode("utf-8-sig")
    assert "'=1+1" in text


async def test_what_is_no_period_and_no_name_is_said(receiving: TelegramBot, admin: Person) -> None:
    del receiving
    await admin.types("/report Zayd")
    await admin.sees("I know no teacher, class, group or period called Zayd.")
    await admin.types("/report 2026-13")
    await admin.sees("There is no 2026-13.")


async def test_nothing_is_deleted_before_the_button(
    receiving: TelegramBot, office: Office, aisha: Person
) -> None:
    del receiving
    await made_teacher(office, AISHA)
    await aisha.types("/deletemydata")
    asked = await aisha.sees("This will delete:")
    assert asked.button("Delete my data").style == "danger"
    assert (await who_is(office, AISHA)).is_teacher
    await aisha.presses("Keep", on=asked)
    await aisha.sees("Nothing was deleted.")
    assert (await who_is(office, AISHA)).is_teacher


async def test_after_the_button_there_is_a_receipt_and_a_strangers_bot(
    receiving: TelegramBot,
    office: Office,
    aisha: Person,
    aisha_at_zoom: ZoomPerson,
) -> None:
    del receiving
    await made_teacher(office, AISHA)
    await connected(office, AISHA, aisha_at_zoom)
    await aisha.types("/deletemydata")
    asked = await aisha.sees("This will delete:")
    press = await aisha.presses("Delete my data", on=asked)
    await aisha.sees("Done. Your data was deleted on 23 Nov 2026, 17:00. Receipt: E-")
    await aisha.sees_toast(press)
    assert "newclass" not in await aisha.commands()
    again = await aisha.sees_toast(await aisha.repeats(press))
    assert again.text.startswith("This was deleted already.")
    await aisha.types("/newclass")
    await aisha.sees("This is for Darulkubra's teachers.")
    await aisha.types("/deletemydata")
    await aisha.sees("I hold nothing under your Telegram account.")


async def test_somebody_else_cannot_press_the_button(
    receiving: TelegramBot, office: Office, aisha: Person, people: People
) -> None:
    del receiving
    await made_teacher(office, AISHA)
    await aisha.types("/deletemydata")
    asked = await aisha.sees("This will delete:")
    other = await people.person("Someone")
    await other.types("/timezone riyadh")
    answer = await other.sees("Riyadh")
    forged = await other.forges(asked.button("Delete my data").value, on=answer)
    assert (await other.sees_toast(forged)).text.startswith("This was deleted already.")
    assert (await who_is(office, AISHA)).is_teacher


async def test_the_policy_is_there_for_everybody(receiving: TelegramBot, people: People) -> None:
    del receiving
    stranger = await people.person("Someone")
    await stranger.types("/privacy")
    said = await stranger.sees("What Darulkubra keeps about you")
    assert said.button("Read it all").url == "https://bot.example.org/privacy?lang=en"
