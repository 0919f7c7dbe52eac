"""Strangers, students and forgers: refused in one sentence, and nothing is made of it."""

import pytest

from sandbox.people import Group, Person, Seen
from sandbox.story import Cast
from storage.schema import lesson, person
from tests.story.stage import Stage

TEACHERS_ONLY = (
    "This is for Darulkubra's teachers. If you teach here, ask your admin for an invitation."
)
ADMINS_ONLY = "This is for Darulkubra's admins."
FORGED = (
    *("1", "1:", "2:form.create:1:1", "form.create", "1:form", "1:form.create", "\N{BELL}"),
    *("1:form.create:zzzzzzzzzzzzzzzzzzzz:1", "1:form.nothing:1:1", "1:lesson.start:-1"),
    *("1:lesson.cancel:'; DROP TABLE lesson;--", "1:report.drop", "1:lesson.start:" + "9" * 40),
)


@pytest.fixture
async def stranger(stage: Stage) -> Person:
    return await stage.people.person("Zayd")


async def a_class(school: Cast) -> Seen:
    """Aisha's own card of it."""
    await school.aisha.types('/newclass Tajweed tomorrow 18:00 45m #"Beginners A" #Sisters')
    return await school.aisha.sees("Sent to 2 of 2 groups")


async def test_a_stranger_gets_a_sentence_for_every_command(stage: Stage, stranger: Person) -> None:
    for command in (
        *("/newclass", "/newclass Tajweed tomorrow 18:00 45m", "/classes", "/groups"),
        *("/connect", "/disconnect"),
    ):
        await stranger.types(command)
        await stranger.sees(TEACHERS_ONLY)
    for command in ("/invite", "/report", "/report last month"):
        await stranger.types(command)
        await stranger.sees(ADMINS_ONLY)
    for command in ("/link", "/unlink"):
        await stranger.types(command)
        await stranger.sees("This works in a group")
    await stranger.types("/nonsense")
    await stranger.sees("I do not understand that. /help lists what you can ask me.")
    await stage.assert_nothing_was_made()
    assert await stage.count(person) == 0  # who only asks is not stored


async def test_everybody_is_shown_what_they_may_do_and_no_more(
    stage: Stage, school: Cast, stranger: Person
) -> None:
    await school.admin.types("/start")
    await stage.polls_quietly()
    for_all = {
        *("help", "next", "myattendance", "language", "timezone"),
        *("profile", "privacy", "mydata", "deletemydata"),
    }
    for_teachers = {"newclass", "classes", "groups", "connect", "disconnect", "hours"}
    assert set(await stranger.commands()) == for_all
    assert set(await school.aisha.commands()) == for_all | for_teachers
    for_admins = {"invite", "teachers", "report", "rate", "payrules", "adjust", "audit"}
    assert set(await school.admin.commands()) == for_all | for_teachers | for_admins
    assert set(await school.khadija.commands(in_=school.sisters)) == {"link", "unlink", "next"}


async def test_a_made_up_link_makes_nobody_a_teacher(stage: Stage, stranger: Person) -> None:
    await stranger.follows("https://t.me/darulkubra_bot?start=t-AAAAAAAAAAAAAAAAAAAAAA")
    await stranger.sees("I do not know this invitation.")
    await stranger.follows("https://t.me/darulkubra_bot?start=c-AAAAAAAAAAAAAAAAAAAAAA")
    await stranger.sees("This code has been used or has expired.")
    assert await stage.count(person) == 0


async def test_a_student_who_presses_a_teachers_button_is_refused(
    stage: Stage, school: Cast
) -> None:
    card = await a_class(school)
    in_group = await school.khadija.finds_button("Join class", in_=school.sisters)
    for label in ("Start class", "Cancel class"):
        press = await school.khadija.forges(card.button(label).value, on=in_group)
        assert (await school.khadija.sees_toast(press)).text == TEACHERS_ONLY
    await _the_class_stands(stage, school.sisters, school.khadija)


async def test_another_teacher_who_presses_a_teachers_button_is_refused(
    stage: Stage, school: Cast, stranger: Person
) -> None:
    card = await a_class(school)
    await school.admin.types("/invite")
    invitation = await school.admin.sees("invitation for one teacher")
    await stranger.follows(invitation.button("Copy").value)
    welcome = await stranger.sees("You can now teach")
    for label in ("Start class", "Cancel class"):
        press = await stranger.forges(card.button(label).value, on=welcome)
        said = (await stranger.sees_toast(press)).text
        assert said == "Only the teacher of this class can do this."
    await _the_class_stands(stage, school.sisters, school.khadija)


async def test_forged_data_is_answered_and_changes_nothing(stage: Stage, school: Cast) -> None:
    card = await a_class(school)
    for data in FORGED:
        press = await school.aisha.forges(data, on=card)
        assert (await school.aisha.sees_toast(press)).text, data
    await _the_class_stands(stage, school.sisters, school.khadija)


async def _the_class_stands(stage: Stage, group: Group, student: Person) -> None:
    assert (await stage.count(lesson), len(await stage.zoom.meetings())) == (1, 1)
    assert (await student.finds_button("Join class", in_=group)).has_button("Join class")
