"""A teacher looks at their own month, opens a class, and says that it is right."""

from datetime import timedelta

from sandbox.story import Cast
from storage.schema import correction
from tests.story.stage import Stage

LINE = '/newclass Tajweed tomorrow 18:00 45m #"Beginners A"'


async def held(stage: Stage, school: Cast) -> None:
    await school.aisha.types(LINE)
    await school.aisha.sees("Sent to 1 of 1 group")
    (meeting,) = await stage.zoom.meetings()
    await _at(stage, school, 0)
    await meeting.start()
    await meeting.join("Ahmed")
    await _at(stage, school, 40)
    await meeting.end()
    await school.aisha.sees("Students: 1")


async def _at(stage: Stage, school: Cast, minutes: float) -> None:
    await stage.zoom.delivered()
    stage.forward(school.begins + timedelta(minutes=minutes) - stage.clock())


async def test_the_month_at_a_glance_opens_to_each_class(stage: Stage, school: Cast) -> None:
    await held(stage, school)
    await school.aisha.types("/hours")
    month = await school.aisha.sees("November 2026, so far")
    assert "1 class held" in month.text
    assert "Planned 45 min · held 40 min" in month.text
    await school.aisha.presses("Tue 24 Nov · Tajweed · 40 min", on=month)
    opened = await school.aisha.sees("Planned 18:00–18:45 · held 18:00–18:40", within=90)
    assert opened.has_button("Something is wrong")
    await school.aisha.presses("‹ October 2026", on=month)
    await school.aisha.sees("No classes yet.")


async def test_what_was_filled_in_can_be_confirmed_once(stage: Stage, school: Cast) -> None:
    await held(stage, school)  # on a free plan, where Zoom does not report the teacher
    await school.aisha.types("/hours")
    await school.aisha.presses("Tue 24 Nov · Tajweed · 40 min")
    opened = await school.aisha.sees("what I filled in is hatched", within=90)
    press = await school.aisha.presses("These times are right", on=opened)
    assert "This is noted" in (await school.aisha.sees_toast(press)).text
    again = await school.aisha.repeats(press)
    assert "This is noted" in (await school.aisha.sees_toast(again)).text
    assert await stage.count(correction) == 1


async def test_an_admin_sees_the_timeline_and_nobody_else_does(stage: Stage, school: Cast) -> None:
    await held(stage, school)
    summary = await school.aisha.sees("Students: 1")
    timeline = summary.button("Timeline").value
    await school.admin.types("/help")
    seen = await school.admin.sees("/privacy")
    await school.admin.forges(timeline, on=seen)
    opened = await school.admin.sees("held 18:00–18:40", within=90)
    assert "Teacher there 40 min · taught 40 min · students: 1" in opened.text
    await school.admin.presses("Correct")
    await school.admin.sees("Type the minutes that count and why")
    await school.admin.types("0 min, it was a test")
    await school.admin.sees("Nothing was taught. What was it?")
    await school.admin.presses("It does not count, as a test")
    await school.admin.sees("Done. The teacher is told.")
    told = await school.aisha.sees("now counts 0 min taught")
    assert "“it was a test”" in told.text
    await school.aisha.types("/hours")
    await school.aisha.finds_button("Tue 24 Nov · Tajweed · 0 min")
    await school.khadija.types("/help")
    seen = await school.khadija.sees("/privacy")
    press = await school.khadija.forges(timeline, on=seen)
    assert "Only the teacher" in (await school.khadija.sees_toast(press)).text
