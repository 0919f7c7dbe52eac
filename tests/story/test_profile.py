"""/profile over HTTP: everybody corrects what is theirs, and nobody takes what is another's."""

import pytest

from sandbox.people import Person, Seen
from sandbox.story import Cast
from school.roster import Mark
from services.people import TelegramUser, who_is
from storage.people import find_person
from storage.student_changes import add_alias
from storage.students import students_of_person
from tests.story.stage import Stage
from tests.story.test_own_data import ALI, Class, held

__all__ = ["held"]  # a fixture


async def profile(person: Person) -> None:
    await person.types("/profile")
    await person.sees("Your profile")


async def renamed(person: Person, name: str) -> None:
    await profile(person)
    await person.presses("Change name")
    await person.sees("Type your name")
    await person.types(name)
    await person.sees(f"Name: {name}")


async def test_a_teachers_own_name_stands_on_cards_until_telegrams_is_wanted_again(
    stage: Stage, school: Cast
) -> None:
    aisha, sisters, office = school.aisha, school.sisters, stage.program.office
    await aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await school.khadija.sees("Tajweed with Aisha", in_=sisters)
    await renamed(aisha, "Ustadha Aisha Bint Ahmed")
    await school.khadija.sees("Tajweed with Ustadha Aisha Bint Ahmed", in_=sisters)
    # Telegram's name changes, and is not taken over.
    caller = await who_is(office, TelegramUser(aisha.id, "A.", "another"))
    assert caller.name == "Ustadha Aisha Bint Ahmed"
    async with office.database.reading() as tx:
        known = await find_person(tx, aisha.id)
        assert known is not None
        assert (known.name, known.username) == ("Ustadha Aisha Bint Ahmed", "another")
    await aisha.types("/profile")
    page = await aisha.sees("In Telegram you are called Aisha.")
    await aisha.presses("Use my Telegram name", on=page)
    shown = await aisha.sees("Name: Aisha\n")
    assert not shown.has_button("Use my Telegram name")
    await stage.all_is_shown()
    cards = (await school.khadija.looks(at=sisters)).messages
    assert any("Tajweed with Aisha\n" in one.text for one in cards)
    assert not any("Ustadha" in one.text for one in cards)


@pytest.mark.parametrize("typed", ["x" * 65, "\u202e", "123", "…"])
async def test_what_is_no_name_is_asked_for_again(stage: Stage, school: Cast, typed: str) -> None:
    del stage
    aisha = school.aisha
    await profile(aisha)
    await aisha.presses("Change name")
    await aisha.sees("Type your name")
    await aisha.types(typed)
    await aisha.sees("A name has 1 to 64 letters.")
    await aisha.types("\u202eAisha   <b>A.</b>")
    await aisha.sees("Name: Aisha <b>A.</b>")


async def test_the_zoom_profile_is_read_again(stage: Stage, school: Cast) -> None:
    aisha = school.aisha
    await school.aisha_zoom.changes(plan=2)
    await profile(aisha)
    before = await aisha.sees("Zoom: aisha@example.org (Basic plan), as Aisha Q")
    await stage.zoom.goes_down()
    press = await aisha.presses("Read Zoom profile again", on=before)
    assert "Zoom is not answering" in (await aisha.sees_toast(press, within=90)).text
    await stage.zoom.no_faults()
    press = await aisha.presses_late("Read Zoom profile again", on=before)
    assert (await aisha.sees_toast(press)).text == "This is what Zoom says now."
    await aisha.sees("Zoom: aisha@example.org, as Aisha Q")


async def test_a_student_takes_a_name_away_and_another_cannot(held: Class) -> None:
    ali, omar, office = held.ali, held.omar, held.office
    async with office.database.writing() as tx:
        known = await find_person(tx, ali.id)
        assert known is not None
        (student,) = await students_of_person(tx, known.id)
        await add_alias(tx, student.id, Mark.NAME, "iPhone 12")
        (student,) = await students_of_person(tx, known.id)
    await ali.types("/profile")
    page = await ali.sees("In Tajweed with Aisha you are on the list as Khadija.")
    assert "Also recognised by:" in page.text
    assert "Your teacher corrects both" in page.text
    assert {"✕ iPhone 12", f"✕ {ALI}"} <= set(page.labels)
    await omar.types("/profile")
    theirs = await omar.sees("you are on the list as Khadija")
    assert "iPhone 12" not in theirs.text
    press = await omar.forges(page.button("✕ iPhone 12").value, on=theirs)
    assert "You are not on this list" in (await omar.sees_toast(press)).text
    press = await ali.presses("✕ iPhone 12", on=page)
    assert "not recognised by iPhone 12" in (await ali.sees_toast(press)).text
    await ali.sees("you are on the list as Khadija")
    press = await ali.presses_late("✕ iPhone 12", on=page)
    assert "removed already" in (await ali.sees_toast(press)).text
    async with office.database.reading() as tx:
        (student,) = await students_of_person(tx, known.id)
    assert [one.value for one in student.aliases] == [ALI]


async def test_a_student_tells_their_teacher_that_something_is_wrong(held: Class) -> None:
    ali, omar, aisha = held.ali, held.omar, held.cast.aisha
    await ali.types("/profile")
    page = await ali.sees("you are on the list as Khadija")
    press = await omar.forges(
        page.button("Something is wrong in Tajweed").value, on=await _any_message(omar)
    )
    assert "You are not on this list" in (await omar.sees_toast(press)).text
    await ali.presses("Something is wrong in Tajweed", on=page)
    await ali.sees("Type what is wrong, and on which day. Aisha gets it")
    await ali.types("I was there <b>until</b> the end on Tuesday")
    await ali.sees("I have told Aisha.")
    told = await aisha.sees("Khadija says that something is wrong with their attendance in Tajweed")
    assert "“I was there <b>until</b> the end on Tuesday”" in told.text
    await aisha.presses("Open", on=told)
    await aisha.sees("Khadija")
    await ali.types("And again")
    await ali.sees("I do not understand that.")


async def _any_message(person: Person) -> Seen:
    await person.types("/help")
    return await person.sees("/privacy")


async def test_calling_oneself_by_a_students_name_opens_no_attendance(held: Class) -> None:
    thief = await held.stage.people.person("Zayd")
    await thief.types("/timezone Asia/Riyadh")
    await thief.sees("From now on")
    await renamed(thief, "Khadija")
    await thief.types("/myattendance")
    await thief.sees("I do not know you as a student yet.")


async def test_who_is_unknown_has_nothing_to_correct(stage: Stage) -> None:
    stranger = await stage.people.person("Zayd")
    await stranger.types("/profile")
    await stranger.sees("there is nothing to correct")
