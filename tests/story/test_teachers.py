"""An admin sees who teaches, and removes a teacher: everybody concerned is told, and it holds."""

import re
from datetime import timedelta

from sandbox.people import Person
from sandbox.story import Cast, connect
from storage.audit import all_entries
from storage.schema import course_chat, revocation, zoom_account
from tests.story.stage import Stage
from tests.story.test_disconnecting import a_class, count, eventually, grants
from tests.story.test_disputes import held

TEACHERS_ONLY = "This is for Darulkubra's teachers."


async def asked(school: Cast) -> str:
    """The admin is about to remove Aisha; what would become of everything."""
    await school.admin.types("/teachers")
    await school.admin.sees("1 teacher")
    await school.admin.presses("Aisha")
    page = await school.admin.sees("Teaches here since")
    assert "Zoom: connected" in page.text
    assert "@example.org" not in page.text
    assert "2 groups" in page.text
    await school.admin.presses("Remove")
    question = await school.admin.sees("Remove Aisha as a teacher?")
    assert question.button("Remove Aisha").style == "danger"
    return question.text


async def invited(school: Cast, person: Person) -> None:
    await school.admin.types("/invite")
    seen = await school.admin.sees("invitation for one teacher")
    await person.follows(seen.button("Copy").value)
    await person.sees("Welcome, Aisha. You can now teach")


async def test_a_removed_teacher_is_out_and_everybody_is_told(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    assert "1 class still to come is cancelled" in await asked(school)
    press = await school.admin.presses("Remove Aisha")
    done = await school.admin.sees("Aisha no longer teaches here.")
    assert "1 class is cancelled, and its students are told." in done.text
    assert "Their Zoom account is disconnected." in done.text
    assert "could not be deleted" not in done.text
    letter = await school.aisha.sees("Thank you for every class you gave.")
    assert "1 class of yours that was still to come is cancelled" in letter.text
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("Tajweed on", in_=group)
        await stage.all_is_shown()
        texts = [one.text for one in (await school.khadija.looks(at=group)).messages]
        assert any("with Aisha · cancelled" in text for text in texts)
        assert any(re.search(r"Tajweed on .* is cancelled", text) for text in texts)
    assert await stage.zoom.meetings() == []
    assert (await count(stage, "revokes"), await grants(stage)) == (1, 0)
    for table in (zoom_account, revocation, course_chat):
        assert await stage.count(table) == 0
    toast = await school.admin.sees_toast(await school.admin.repeats(press))
    assert "They do not teach here any more." in toast.text
    await school.admin.sees("Nobody teaches here yet.")
    for command in ("/newclass", "/classes", "/groups", "/connect", "/hours"):
        await school.aisha.types(command)
        await school.aisha.sees(TEACHERS_ONLY)
    assert not {"newclass", "classes", "groups"} & set(await school.aisha.commands())
    await school.aisha.presses("Your statement", on=letter)
    await school.aisha.sees("Your statement of November 2026")
    await school.aisha.types("/mydata")
    stored = await school.aisha.sees("What is stored about you")
    assert "If you join classes as a student" not in stored.text
    async with stage.program.office.database.reading() as tx:
        noted = [one async for some in all_entries(tx) for one in some]
    actions = [one.action for one in noted]
    assert actions.count("removed a teacher") == 1
    assert {"saw the list of teachers", "saw a teacher"} <= set(actions)
    assert not [one for one in noted if "Aisha" in f"{one.actor} {one.action} {one.subject}"]


async def test_invited_again_they_begin_anew(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    await asked(school)
    await school.admin.presses("Remove Aisha")
    await school.admin.sees("Aisha no longer teaches here.")
    await school.aisha.sees("Thank you for every class you gave.")
    await invited(school, school.aisha)
    await stage.plays(connect, school)
    await school.aisha.types("/groups")
    await school.aisha.sees("choose one that you administer")
    await school.aisha.types("/link", into=school.sisters)
    await school.aisha.sees("is linked", in_=school.sisters)
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.sees("Fiqh", in_=school.sisters)


async def test_a_teacher_may_be_kept_and_what_was_made_since_is_shown_first(
    stage: Stage, school: Cast
) -> None:
    await a_class(stage, school)
    await asked(school)
    await school.admin.presses("Keep")
    page = await school.admin.sees("Teaches here since")
    await school.admin.presses("Remove", on=page)
    question = await school.admin.sees("Remove Aisha as a teacher?")
    await school.aisha.types("/newclass Fiqh tomorrow 20:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    toast = await school.admin.sees_toast(await school.admin.presses("Remove Aisha", on=question))
    assert "Their classes have changed meanwhile." in toast.text
    await school.admin.sees("2 classes still to come are cancelled")
    assert len(await stage.zoom.meetings()) == 2
    assert await stage.count(zoom_account) == 1


async def test_what_was_held_stays_in_the_accounts(stage: Stage, school: Cast) -> None:
    await held(stage, school)
    await asked(school)
    await school.admin.presses("Remove Aisha")
    await school.admin.sees("Aisha no longer teaches here.")
    await school.admin.types("/report")
    await school.admin.presses("Statements", within=90)
    await school.admin.presses("November 2026 ›", on=await school.admin.sees("Statements of"))
    await school.admin.sees("Statements of November 2026")
    await school.admin.presses("Aisha · draft")
    await school.admin.sees("Statement of Aisha, November 2026")


async def test_a_class_that_is_on_counts_up_to_now_and_names_nobody_any_more(
    stage: Stage, school: Cast
) -> None:
    meeting = await a_class(stage, school)
    stage.forward(school.begins - stage.clock())
    await meeting.start()
    await meeting.join("Ahmed")
    await stage.zoom.delivered()
    await school.khadija.sees("live now", in_=school.sisters)
    assert "1 class that is on counts up to now." in await asked(school)
    stage.forward(timedelta(minutes=20))
    await school.admin.presses("Remove Aisha")
    await school.admin.sees("Aisha no longer teaches here.")
    await school.khadija.sees("· ended", in_=school.sisters)
    await school.aisha.sees("Thank you for every class you gave.")
    await stage.all_is_shown()
    assert not [one for one in (await school.aisha.looks()).messages if "Ahmed" in one.text]
    await meeting.end()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    assert await stage.count(course_chat) == 0


async def test_a_removal_that_a_crash_broke_off_is_finished(stage: Stage, school: Cast) -> None:
    await a_class(stage, school)
    await asked(school)
    await stage.zoom.fault("slow", "delete_meeting", seconds=60, times=1)
    await school.admin.presses("Remove Aisha")
    await school.aisha.sees("Thank you for every class you gave.")
    assert await stage.count(zoom_account) == 1
    await stage.crash()
    await stage.zoom.no_faults()
    await stage.start()
    stage.forward(timedelta(minutes=5))  # until nobody holds the meeting any more
    await eventually(stage, lambda: grants(stage), 0)
    assert await stage.zoom.meetings() == []
    assert await stage.count(zoom_account) == 0
    await school.admin.types("/teachers")
    await school.admin.sees("Nobody teaches here yet.")
