"""A class was counted wrong: its teacher says so, an admin decides, both read what came of it."""

from datetime import timedelta

from sandbox.people import Seen
from sandbox.story import Cast
from storage.schema import correction
from tests.story.stage import Stage

LINE = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A"'


async def held(stage: Stage, school: Cast, minutes: int = 20) -> Seen:
    """A class that was planned for 45 minutes; its summary."""
    await school.aisha.types(LINE)
    await school.aisha.sees("Sent to 1 of 1 group")
    (meeting,) = await stage.zoom.meetings()
    await _at(stage, school, 0)
    await meeting.start()
    await meeting.join("Ahmed")
    await _at(stage, school, minutes)
    await meeting.end()
    return await school.aisha.sees("Students: 1")


async def _at(stage: Stage, school: Cast, minutes: float) -> None:
    await stage.zoom.delivered()
    stage.forward(school.begins + timedelta(minutes=minutes) - stage.clock())


async def test_a_dropped_connection_is_accepted_and_counts_as_planned(
    stage: Stage, school: Cast
) -> None:
    summary = await held(stage, school)
    await school.aisha.presses("Something is wrong", on=summary)
    await school.aisha.sees("What is wrong with Tajweed")
    await school.aisha.presses("My connection dropped")
    await school.aisha.sees("Your admins have it now")
    seen = await school.admin.sees("Aisha says that something is wrong")
    assert "My connection dropped: 45 min taught" in seen.text
    assert "Teacher there 20 min · taught 20 min · students: 1" in seen.text
    await school.admin.presses("Accept 45 min", on=seen)
    await school.admin.sees("Accepted by Musa: 45 min taught count.")
    await school.aisha.sees("now counts 45 min taught")
    await school.aisha.sees("Counts as 45 min taught, as your admin corrected it.")


async def test_an_admin_may_count_other_minutes_and_says_why(stage: Stage, school: Cast) -> None:
    summary = await held(stage, school)
    await school.aisha.presses("Something is wrong", on=summary)
    await school.aisha.presses("Wrong length")
    await school.aisha.sees("How long did you really teach")
    await school.aisha.types("much longer")
    await school.aisha.sees("Begin with the length")
    await school.aisha.types("50 min, Zoom froze and we went on by phone")
    await school.aisha.sees("Your admins have it now")
    seen = await school.admin.sees("Wrong length: 50 min taught")
    assert "“Zoom froze and we went on by phone”" in seen.text
    await school.admin.presses("Other minutes", on=seen)
    await school.admin.sees("Type the minutes that count and why")
    await school.admin.types("40 min as you told me")
    await school.admin.sees("Done. The teacher is told.")
    verdict = await school.aisha.sees("now counts 40 min taught")
    assert "“as you told me”" in verdict.text
    await school.khadija.sees("40 min · 1 student", in_=school.beginners)


async def test_declined_with_a_reason_nothing_changes(stage: Stage, school: Cast) -> None:
    summary = await held(stage, school)
    await school.aisha.presses("Something is wrong", on=summary)
    await school.aisha.presses("Something else")
    await school.aisha.types("It felt longer")
    seen = await school.admin.sees("“It felt longer”")
    assert not seen.has_button("Accept 45 min")
    await school.admin.presses("Decline", on=seen)
    await school.admin.types("Both ends are in Zoom's report")
    await school.aisha.sees("stays as it was counted")
    assert await stage.count(correction) == 0


async def test_the_second_press_and_the_second_admin_change_nothing(
    stage: Stage, school: Cast
) -> None:
    summary = await held(stage, school)
    await school.aisha.presses("Something is wrong", on=summary)
    await school.aisha.presses("My connection dropped")
    seen = await school.admin.sees("Aisha says that something is wrong")
    await school.aisha.presses("Something is wrong", on=summary)
    press = await school.aisha.presses("My connection dropped")
    assert "on their desk already" in (await school.aisha.sees_toast(press)).text
    await school.admin.presses("Accept 45 min", on=seen)
    await school.admin.sees("Accepted by Musa")
    press = await school.admin.forges(seen.button("Decline").value, on=seen)
    assert "decided already" in (await school.admin.sees_toast(press)).text
    assert await stage.count(correction) == 1


async def test_a_question_that_is_settled_meanwhile_does_not_swallow_what_is_typed_next(
    stage: Stage, school: Cast
) -> None:
    summary = await held(stage, school)
    await school.aisha.presses("Something is wrong", on=summary)
    await school.aisha.presses("My connection dropped")
    seen = await school.admin.sees("Aisha says that something is wrong")
    await school.admin.presses("Decline", on=seen)
    await school.admin.sees("Type why not")
    await school.admin.presses("Accept 45 min", on=seen)
    await school.admin.sees("Accepted by Musa")
    await school.admin.types("It was short")
    await school.admin.sees("This was decided already.")
    await school.admin.types("hello")
    await school.admin.sees("I do not understand that.")


async def test_after_two_days_it_is_too_late(stage: Stage, school: Cast) -> None:
    summary = await held(stage, school)
    stage.forward(timedelta(hours=49))
    press = await school.aisha.presses("Something is wrong", on=summary)
    assert "48 h after the class" in (await school.aisha.sees_toast(press)).text


async def test_students_who_called_a_class_off_are_said_to_have(school: Cast) -> None:
    await school.aisha.types(LINE)
    card = await school.aisha.sees("Sent to 1 of 1 group")
    await school.aisha.presses("Cancel class", on=card)
    await school.aisha.presses("Cancel class", on=await school.aisha.sees("Cancel Tajweed"))
    await school.khadija.sees("is cancelled", in_=school.beginners)
    await school.aisha.presses("The students called it off")
    asked = await school.aisha.sees("What is wrong with Tajweed")
    await school.aisha.presses("The students called it off", on=asked)
    await school.aisha.sees("Your admins have it now")
    seen = await school.admin.sees("The students called it off")
    await school.admin.presses("Accept", on=seen)
    await school.aisha.sees("now counts as called off by the students")
