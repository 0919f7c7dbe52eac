"""Who a course's students are: the list that fills by itself, unknown names, own attendance."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest

from sandbox.people import NotSeen, Person, Seen
from sandbox.staging import SCHOOL_ZONE
from sandbox.story import Cast
from sandbox.zoom_people import ZoomMeeting
from storage.schema import presence, student
from tests.story.stage import Stage

DAILY = "/newclass Tajweed tomorrow 18:00 45m daily x5 #Sisters"


@dataclass
class Course:
    """A daily class of Aisha's, held by whoever a test says."""

    stage: Stage
    cast: Cast
    meeting: ZoomMeeting
    begins: datetime

    async def is_held(self, *names: str) -> Seen:
        """The next one, for 40 minutes with these guests; the teacher's summary."""
        self.stage.clock.move_to(self.begins - timedelta(hours=1))
        self.stage.forward(timedelta())  # the card of this one comes
        await self.stage.all_is_shown()
        self.stage.clock.move_to(self.begins)
        await self.meeting.start()
        for name in names:
            await self.meeting.join(name)
        await self.ends()
        summary = await self.cast.aisha.sees(f"Tajweed, {self.begins:%a %-d %b}: 40 min")
        self.begins += timedelta(days=1)
        return summary

    async def ends(self) -> None:
        await self.stage.zoom.delivered()
        self.stage.clock.move_to(self.begins + timedelta(minutes=40))
        await self.cast.aisha.catches_up()
        await self.meeting.end()
        await self.stage.zoom.delivered()


@pytest.fixture
async def course(stage: Stage, school: Cast) -> Course:
    await school.aisha.types(DAILY)
    await school.aisha.sees("Sent to 1 of 1 group")
    card = await school.khadija.sees("Tajweed", in_=school.sisters)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    return Course(stage, school, meeting, school.begins)


async def taught_in_private(teacher: Person, student_: Person) -> None:
    await teacher.types("/groups")
    await teacher.presses("Invite a student")
    link = (await teacher.sees("an invitation for one student")).button("Copy").value
    await student_.follows(link)
    await student_.sees("teaches you")


async def test_the_list_fills_with_who_comes_and_then_tells_who_is_missing(
    course: Course,
) -> None:
    first = await course.is_held("Khadija", "Ahmed", "iPhone 12")
    assert "Absent" not in first.text
    assert "1 name I don't know: “iPhone 12”" in first.text
    second = await course.is_held("Ahmed")
    assert "Absent: Khadija" in second.text
    assert "name I don't know" not in second.text
    assert await course.stage.count(student) == 2
    await course.stage.all_is_shown()
    in_group = await course.cast.khadija.looks(at=course.cast.sisters)
    texts = [one.text for one in in_group.messages]
    assert any("40 min · 3 students" in text for text in texts)
    assert not any("Absent" in text or "Ahmed" in text for text in texts)


async def test_an_iphone_is_asked_about_once_and_remembered(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija", "Ahmed")
    summary = await course.is_held("Ahmed", "iPhone 12")
    assert "Absent: Khadija" in summary.text
    await aisha.presses("Who is this?", on=summary)
    asked = await aisha.sees("“iPhone 12” was in Tajweed")
    assert list(asked.labels[:2]) == ["Khadija", "Ahmed"]
    await aisha.presses("Khadija", on=asked)
    await aisha.sees("“iPhone 12” is Khadija.")
    await course.stage.all_is_shown()
    now = next(one for one in (await aisha.looks()).messages if one.id == summary.id)
    assert "Absent" not in now.text
    assert "Khadija 40 min (in Zoom “iPhone 12”)" in now.text
    assert not now.has_button("Who is this?")
    third = await course.is_held("iPhone 12", "Ahmed")
    assert "Khadija 40 min (in Zoom “iPhone 12”)" in third.text
    assert "Absent" not in third.text


async def test_an_answer_is_undone(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija")
    summary = await course.is_held("iPhone 12")
    await aisha.presses("Who is this?", on=summary)
    await aisha.presses("Khadija", on=await aisha.sees("Which of your students is it?"))
    done = await aisha.sees("“iPhone 12” is Khadija.")
    await aisha.presses("Undo", on=done)
    asked = await aisha.sees("“iPhone 12” was in Tajweed")
    await course.stage.all_is_shown()
    now = next(one for one in (await aisha.looks()).messages if one.id == summary.id)
    assert "Absent: Khadija" in now.text
    assert "1 name I don't know" in now.text
    await aisha.presses("Not a student", on=asked)
    await aisha.sees("“iPhone 12” is not a student.")
    press = await aisha.presses_late("Khadija", on=asked)
    assert "settled already" in (await aisha.sees_toast(press)).text
    third = await course.is_held("iPhone 12", "Khadija")
    assert "name I don't know" not in third.text


async def test_the_device_of_a_new_student_gets_a_typed_name(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija")
    summary = await course.is_held("Khadija", "Galaxy A52")
    await aisha.presses("Who is this?", on=summary)
    await aisha.presses("A new student")
    await aisha.sees("What is the name of the student behind “Galaxy A52”?")
    await aisha.types("Khadija")
    await aisha.sees("Khadija is on the list already.")
    await aisha.types("Zaynab")
    await aisha.sees("“Galaxy A52” is Zaynab.")
    third = await course.is_held("Galaxy A52", "Khadija")
    assert "Zaynab 40 min (in Zoom “Galaxy A52”)" in third.text


async def test_a_student_on_two_devices_is_counted_once(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija")
    summary = await course.is_held("Khadija", "iPhone 12")
    assert "Students: 2" in summary.text
    await aisha.presses("Who is this?", on=summary)
    await aisha.presses("Khadija", on=await aisha.sees("“iPhone 12” was in"))
    await aisha.sees("“iPhone 12” is Khadija.")
    await course.stage.all_is_shown()
    now = next(one for one in (await aisha.looks()).messages if one.id == summary.id)
    assert "Students: 1" in now.text
    assert "on several devices" in now.text
    cards = (await course.cast.khadija.looks(at=course.cast.sisters)).messages
    assert sum("40 min · 1 student" in one.text for one in cards) == 2


async def test_a_teacher_edits_the_list(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija", "Ahmed")
    await aisha.types("/classes")
    await aisha.presses("Lists of students")
    await aisha.presses("Tajweed", on=await aisha.sees("Which class's students?"))
    page = await aisha.sees("2 students")
    assert "Khadija: at 1 of the last 1 class" in page.text
    await aisha.presses("Add a student", on=page)
    await aisha.sees("Type the student's name")
    await aisha.types("Zaynab")
    await aisha.presses("‹ Students", on=await aisha.sees("Zaynab is on the list"))
    await aisha.presses("Ahmed", on=await aisha.sees("3 students"))
    await aisha.presses("Rename")
    await aisha.sees("Type the new name of Ahmed.")
    await aisha.types("Ahmad Ali")
    renamed = await aisha.sees("Also recognised by: “Ahmed”.")
    summary = await course.is_held("Ahmed")
    assert "Ahmad Ali 40 min (in Zoom “Ahmed”)" in summary.text
    assert "Absent: Khadija and Zaynab" in summary.text
    await aisha.presses("✕ Ahmed", on=renamed)
    await aisha.sees("Ahmad Ali · Tajweed")
    await course.stage.all_is_shown()
    now = next(one for one in (await aisha.looks()).messages if one.id == summary.id)
    assert "1 name I don't know: “Ahmed”" in now.text
    await aisha.presses("Take off the list")
    await aisha.sees("Ahmad Ali is off the list")
    await aisha.presses("Undo")
    await aisha.presses("Take off the list", on=await aisha.sees("Ahmad Ali · Tajweed"))
    await aisha.sees("Ahmad Ali is off the list")
    summary = await course.is_held("Khadija", "Zaynab")
    assert "Absent" not in summary.text


async def test_two_entries_of_one_student_become_one(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija", "Khadija A")
    await aisha.types("/classes")
    await aisha.presses("Lists of students")
    await aisha.presses("Tajweed", on=await aisha.sees("Which class's students?"))
    await aisha.presses("Khadija A", on=await aisha.sees("2 students"))
    await aisha.presses("Same as another")
    await aisha.presses("Khadija", on=await aisha.sees("Who is Khadija A really?"))
    await aisha.sees("Also recognised by: “Khadija A”.")
    assert await course.stage.count(student) == 1
    summary = await course.is_held("Khadija A")
    assert "Khadija 40 min (in Zoom “Khadija A”)" in summary.text


async def test_the_list_is_reached_from_a_classs_menu(course: Course) -> None:
    aisha = course.cast.aisha
    await course.is_held("Khadija")
    await aisha.types("/classes")
    listed = await aisha.sees("Your classes:")
    await aisha.presses(listed.labels[0], on=listed)
    await aisha.presses("⋯")
    await aisha.presses("Students")
    await aisha.sees("1 student")


# Students themselves


async def test_a_student_sees_their_own_once_the_teacher_has_said_who_they_are(
    stage: Stage, course: Course
) -> None:
    aisha = course.cast.aisha
    khadija, ahmed = course.cast.khadija, await stage.people.person("Ahmed")
    await taught_in_private(aisha, khadija)
    await taught_in_private(aisha, ahmed)
    await khadija.types("/myattendance")
    await khadija.sees("There is nothing to see yet")
    await course.is_held("Khadija", "Ahmed")
    await course.is_held("Ahmed")
    await khadija.types("/myattendance")
    await khadija.sees("I have just asked Aisha who you are")
    asked = await aisha.sees("Khadija asks to see their attendance.")
    assert asked.labels[0] == "Khadija · Tajweed"
    await khadija.types("/myattendance")
    await khadija.sees("I have asked who you are")
    with pytest.raises(NotSeen):
        await khadija.sees("Tajweed with Aisha", within=0.2)
    await khadija.catches_up()
    await aisha.presses("Khadija · Tajweed", on=asked)
    await aisha.sees("Khadija sees the attendance of who is marked ✓.")
    await khadija.sees("Your teacher has confirmed that you are Khadija in Tajweed.")
    await khadija.types("/myattendance")
    own = await khadija.sees("Your attendance · November 2026")
    assert "2 classes · there 1 · 40 min" in own.text
    assert "not there" in own.text
    assert "Ahmed" not in own.text
    await ahmed.types("/myattendance")
    await ahmed.sees("I have just asked Aisha")
    await khadija.types("/next")
    await khadija.sees("Tajweed with Aisha")


async def test_other_months_and_other_peoples_are_not_to_be_had(
    stage: Stage, course: Course
) -> None:
    aisha, khadija = course.cast.aisha, course.cast.khadija
    await taught_in_private(aisha, khadija)
    await course.is_held("Khadija")
    await khadija.types("/myattendance")
    asked = await aisha.sees("asks to see their attendance")
    await aisha.presses("Khadija · Tajweed", on=asked)
    await khadija.sees("Your teacher has confirmed")
    december = datetime.combine(course.begins.date().replace(month=12, day=3), time(9), SCHOOL_ZONE)
    stage.clock.move_to(december)
    await khadija.types("/myattendance")
    own = await khadija.sees("Your attendance · December 2026")
    assert list(own.labels) == ["‹ November 2026"]
    await khadija.presses("‹ November 2026", on=own)
    november = await khadija.sees("1 class · there 1")
    stranger = await stage.people.person("Zayd")
    await stranger.types("/myattendance")
    unknown = await stranger.sees("I do not know you as a student yet.")
    press = await stranger.forges(november_data(), on=unknown)
    await stranger.sees_toast(press)
    assert "Tajweed" not in str(await stranger.looks())
    await aisha.presses("✓ Khadija · Tajweed")
    await aisha.sees("asks to see their attendance")
    await khadija.presses("December 2026 ›", on=november)
    await khadija.sees("I have just asked Aisha")


def november_data() -> str:
    return "1:attendance.month:202611"


async def test_nobody_of_mine_is_told_to_who_asked(course: Course) -> None:
    aisha, khadija = course.cast.aisha, course.cast.khadija
    await taught_in_private(aisha, khadija)
    await course.is_held("Ahmed")
    await khadija.types("/myattendance")
    await aisha.presses("Nobody of mine", on=await aisha.sees("Who are they on your list?"))
    await aisha.sees("I told Khadija")
    await khadija.sees("Aisha did not find you on the list of students.")


async def test_a_student_who_leaves_is_on_no_list_and_in_no_lesson(
    stage: Stage, course: Course
) -> None:
    aisha, khadija = course.cast.aisha, course.cast.khadija
    await taught_in_private(aisha, khadija)
    summary = await course.is_held("Khadija", "Ahmed")
    await khadija.types("/myattendance")
    await aisha.presses("Khadija · Tajweed", on=await aisha.sees("asks to see"))
    await khadija.sees("Your teacher has confirmed")
    before = await stage.count(presence)
    await khadija.types("/deletemydata")
    await khadija.sees("your name on 1 list of students")
    await khadija.presses("Delete my data")
    await khadija.sees("Your data was deleted")
    assert await stage.count(presence) == before
    assert await stage.count(student) == 1
    await stage.all_is_shown()
    now = next(one for one in (await aisha.looks()).messages if one.id == summary.id)
    assert "A student 40 min" in now.text
    assert "Khadija" not in now.text
