"""Deleting over HTTP: people the bot does not know, whose attendance is under a name in Zoom."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.views import erasures as views
from sandbox.people import Person
from sandbox.story import Cast
from school.letters import AttendanceDoubted
from school.model import ErasureKind, ErasureRequestState
from school.periods import month_of
from school.roster import Mark
from services import letters, report_rows, roster
from services.people import Teacher
from storage import student_changes, students
from storage.people import find_person
from storage.reports import Scope
from storage.schema import audit_entry, erasure, erasure_request
from tests.stored import everything, places_with
from tests.story.stage import Stage
from tests.story.test_students_of_a_course import taught_in_private

TAJWEED = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A"'
FIQH = '/newclass Fiqh today 20:00 45m #"Beginners A"'
ASKED = "asks to be taken out of attendance"


async def is_held(stage: Stage, school: Cast, line: str, *names: str) -> None:
    """A class of 40 minutes with these guests, who have nothing but a name."""
    await school.aisha.types(line)
    topic = line.split()[1]
    await school.aisha.sees("Sent to 1 of 1 group")
    card = await school.khadija.sees(topic, in_=school.beginners)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    begins = school.begins if topic == "Tajweed" else school.begins + timedelta(hours=2)
    await _at(stage, begins)
    await meeting.start()
    for name in names:
        await meeting.join(name)
    await _at(stage, begins + timedelta(minutes=40))
    await meeting.end()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    await school.aisha.sees(f"Students: {len(names)}")
    await school.aisha.catches_up()


async def _at(stage: Stage, moment: datetime) -> None:
    await stage.zoom.delivered()
    stage.forward(moment - stage.clock())


async def asks(person: Person, name: str) -> None:
    await person.types("/deletemydata")
    await person.sees("typed in Zoom")
    await person.presses("My name in Zoom")
    await person.sees("Type the name that Zoom showed")
    await person.types(name)
    await person.sees("The admins have it")


async def holds(stage: Stage, name: str) -> set[str]:
    async with stage.program.office.database.reading() as tx:
        return await places_with(tx, name)


async def test_a_stranger_is_taken_out_where_the_admin_says_and_reads_so(
    stage: Stage, school: Cast
) -> None:
    await is_held(stage, school, TAJWEED, "Zaynab", "Omar")
    zaynab = await stage.people.person("Umm Bilal")
    await asks(zaynab, "  zaynab ")
    await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    seen = await school.admin.sees("under the name zaynab")
    assert "✓ Tajweed with Aisha: 1 class, 24 Nov 2026" in seen.text
    assert "Asked by: Umm Bilal" in seen.text
    assert "No teacher here knows them" in seen.text
    await school.admin.presses("Delete where marked", on=seen)
    done = await school.admin.sees("The name was taken out of 1 class")
    assert "zaynab" not in done.text.casefold()
    told = await zaynab.sees("what was yours under that name, if there was any.")
    assert "class." not in told.text, "how often somebody of that name came is not told"
    summary = await school.aisha.sees("Students: 2")
    assert "Omar" in summary.text
    assert "Zaynab" not in summary.text
    assert await holds(stage, "zaynab") == set()
    async with stage.program.office.database.reading() as tx:
        row = (await tx.connection.execute(select(erasure))).one()
        state = await tx.connection.scalar(select(erasure_request.c.state))
        actions = set((await tx.connection.execute(select(audit_entry.c.action))).scalars())
    assert row.kind == ErasureKind.NAME
    assert row.receipt in done.text
    assert row.receipt in told.text
    assert state == ErasureRequestState.DONE
    assert {"asked to be taken out of attendance", "erased a name from attendance"} <= actions


async def test_somebody_else_of_the_same_name_is_left_alone(stage: Stage, school: Cast) -> None:
    await is_held(stage, school, TAJWEED, "Zaynab")
    await is_held(stage, school, FIQH, "Zaynab")
    person = await stage.people.person("Umm Bilal")
    await asks(person, "Zaynab")
    await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    seen = await school.admin.sees("under the name Zaynab")
    await school.admin.presses("✓ Fiqh", on=seen)
    seen = await school.admin.sees("– Fiqh with Aisha")
    await school.admin.presses("✓ Tajweed", on=seen)
    seen = await school.admin.sees("– Tajweed with Aisha")
    press = await school.admin.presses("Delete where marked", on=seen)
    assert "Choose at least one class" in (await school.admin.sees_toast(press)).text
    await school.admin.presses("Tajweed", on=seen)
    seen = await school.admin.sees("✓ Tajweed with Aisha")
    await school.admin.presses("Delete where marked", on=seen)
    await person.sees("what was yours under that name, if there was any.")
    assert "presence.sealed_name" in await holds(stage, "zaynab")
    await asks(person, "Zaynab")  # the former one is answered
    await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    seen = await school.admin.sees("Fiqh with Aisha")
    assert "Tajweed" not in seen.text


async def test_where_there_are_more_classes_than_can_be_chosen_the_rest_is_shown_next(
    stage: Stage, school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_PLACES", 1)
    await is_held(stage, school, TAJWEED, "Zaynab")
    await is_held(stage, school, FIQH, "Zaynab")
    person = await stage.people.person("Umm Bilal")
    await asks(person, "Zaynab")
    await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    seen = await school.admin.sees("1 more class has this name")
    assert "Tajweed" not in seen.text
    await school.admin.presses("Delete where marked", on=seen)
    await school.admin.presses("Look", on=await school.admin.sees("the request stays open"))
    seen = await school.admin.sees("✓ Tajweed with Aisha")
    await school.admin.presses("Delete where marked", on=seen)
    await school.admin.sees("Whoever asked is told")
    await person.sees("what was yours under that name, if there was any.")
    assert await holds(stage, "zaynab") == set()


async def test_a_name_that_is_nowhere_is_told_as_such(stage: Stage, school: Cast) -> None:
    person = await stage.people.person("Umm Bilal")
    await asks(person, "Zaynab")
    letter = await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    seen = await school.admin.sees("No attendance and no list of students has this name")
    await school.admin.presses("Nothing found", on=seen)
    await school.admin.sees("Nothing was found under that name")
    await person.sees("what was yours under that name, if there was any.")
    press = await school.admin.presses("Look", on=letter)
    assert "answered, or withdrawn, already" in (await school.admin.sees_toast(press)).text
    assert await holds(stage, "zaynab") == set()


async def test_an_admin_declines_with_a_reason_that_the_asker_reads(
    stage: Stage, school: Cast
) -> None:
    await is_held(stage, school, TAJWEED, "Zaynab")
    person = await stage.people.person("Umm Bilal")
    await asks(person, "Zaynab")
    await school.admin.sees(ASKED)
    await school.admin.presses("Look")
    await school.admin.presses("Decline", on=await school.admin.sees("under the name Zaynab"))
    await school.admin.sees("Type why")
    await school.admin.types("Please say in which class you were")
    await school.admin.sees("Declined. Nothing was deleted.")
    told = await person.sees("was declined")
    assert "“Please say in which class you were”" in told.text
    assert "erasure_request.sealed_name" not in await holds(stage, "zaynab")
    assert "presence.sealed_name" in await holds(stage, "zaynab")


async def test_there_is_one_open_request_and_it_can_be_withdrawn(
    stage: Stage, school: Cast
) -> None:
    person = await stage.people.person("Umm Bilal")
    await asks(person, "Zaynab")
    await school.admin.sees(ASKED)
    await person.types("/deletemydata")
    seen = await person.sees("under the name Zaynab")
    assert not seen.has_button("My name in Zoom")
    await person.presses("Withdraw", on=seen)
    await person.sees("Your request is withdrawn")
    press = await school.admin.presses("Look")
    assert "answered, or withdrawn, already" in (await school.admin.sees_toast(press)).text
    assert await holds(stage, "zaynab") == set()
    await person.types("/deletemydata")
    assert (await person.sees("is not found by this")).has_button("My name in Zoom")


async def test_a_teacher_who_leaves_is_in_no_message_of_any_group_any_more(
    stage: Stage, school: Cast
) -> None:
    aisha, khadija = school.aisha, school.khadija
    await aisha.types(TAJWEED)
    await aisha.sees("Sent to 1 of 1 group")
    card = await khadija.sees("Tajweed with Aisha", in_=school.beginners)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    await _at(stage, school.begins - timedelta(minutes=10))
    await khadija.sees("Tajweed with Aisha begins soon", in_=school.beginners)
    await _at(stage, school.begins)
    await meeting.start()
    await meeting.join("Zaynab")
    await _at(stage, school.begins + timedelta(minutes=40))
    await meeting.end()
    await aisha.sees("Students: 1")
    await aisha.types(FIQH)
    await khadija.sees("Fiqh with Aisha", in_=school.beginners)
    await stage.all_is_shown()
    await aisha.types("/deletemydata")
    asked = await aisha.sees("This will delete:")
    assert "· 1 upcoming class (your groups will be told)\n– Fiqh: Tue 24 Nov, 20:00" in asked.text
    assert "This will stay for the school's accounts until November 2031" in asked.text
    await aisha.presses("Delete my data", on=asked)
    done = await aisha.sees("Receipt: E-")
    assert "Your Zoom connection is ended, and Zoom was told." in done.text
    assert "1 upcoming class was cancelled; your groups are told." in done.text
    assert "Kept until November 2031, without your name" in done.text
    await khadija.sees("is cancelled", in_=school.beginners)
    await stage.all_is_shown()
    told = [one for one in (await khadija.looks(at=school.beginners)).messages if one.from_bot]
    texts = [one.text for one in told]
    assert any("A class" in text and "ended" in text and "40 min" in text for text in texts)
    assert not [text for text in texts if "Aisha" in text]
    assert await holds(stage, "aisha") == set()
    count = len(texts)
    stage.forward(timedelta(hours=3))
    await stage.all_is_shown()
    after = [one for one in (await khadija.looks(at=school.beginners)).messages if one.from_bot]
    assert len(after) == count


async def test_a_student_who_is_known_leaves_no_trace_of_a_name_and_pay_stays(
    stage: Stage, school: Cast
) -> None:
    aisha, office = school.aisha, stage.program.office
    await aisha.types(TAJWEED)
    await aisha.sees("Sent to 1 of 1 group")
    card = await school.khadija.sees("Tajweed", in_=school.beginners)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    await _at(stage, school.begins)
    await meeting.start()
    await meeting.join("Zaynab B", email="zaynab@example.org")
    await meeting.join("Umm Zaynab")
    await meeting.join("Omar")
    await _at(stage, school.begins + timedelta(minutes=40))
    await meeting.end()
    await aisha.sees("Students: 3")
    zaynab = await stage.people.person("Zaynab", username="zaynab_b")
    await taught_in_private(aisha, zaynab)
    await is_confirmed(stage, school, zaynab, "Zaynab B", "Umm Zaynab")
    assert {"presence.sealed_name", "letter.sealed_contents"} <= await holds(stage, "zaynab")
    before = await paid(stage)
    await zaynab.types("/deletemydata")
    asked = await zaynab.sees("This will delete:")
    assert "· your name on 1 list of students" in asked.text
    assert "Your times in 2 classes that you attended" in asked.text
    await zaynab.presses("Delete my data", on=asked)
    done = await zaynab.sees("Receipt: E-")
    assert "Your name is off 1 list of students." in done.text
    summary = await aisha.sees("Students: 3")
    assert "Omar" in summary.text
    assert "Zaynab" not in summary.text
    assert await holds(stage, "zaynab") == set()
    assert await paid(stage) == before
    async with office.database.reading() as tx:
        kept = " ".join((await everything(tx)).values())
    # As a whole number: its four digits also come up in the fraction of some second.
    assert str(zaynab.id) not in re.findall(r"\d+", kept)


async def is_confirmed(
    stage: Stage, school: Cast, person: Person, name: str, other_name: str
) -> None:
    """The teacher says who that is, and by which other name; a letter of theirs is on its way."""
    office = stage.program.office
    async with office.database.writing() as tx:
        teacher = await find_person(tx, school.aisha.id)
        known = await find_person(tx, person.id)
        assert teacher is not None
        assert known is not None
        own = {one.name: one for one in await students.students_of_teacher(tx, teacher.id)}
        other = own[other_name]
        await student_changes.add_alias(tx, own[name].id, Mark.NAME, other_name)
        await student_changes.move_to(tx, other.id, own[name].id)
        said = AttendanceDoubted(own[name].id, name, "Tajweed", "I am Zaynab and was there")
        await letters.write(tx, teacher.id, said, "doubted", about_id=known.id)
    as_teacher = Teacher(teacher.id, school.aisha.id, teacher.name, office.profile.zone)
    await roster.link(office, as_teacher, own[name].id, known.id)


async def paid(stage: Stage) -> object:
    """What classes of the month come to, for the pay and in the report."""
    office = stage.program.office
    month = month_of(date(2026, 11, 1), office.profile.zone)
    async with office.database.reading() as tx:
        return [
            one async for some in report_rows.counted_lessons(tx, month, Scope()) for one in some
        ]
