"""What chats were shown about a teacher, once their data is deleted."""

from datetime import timedelta

from sandbox.people import Group, Person
from sandbox.story import Cast
from tests.stored import places_with
from tests.story.stage import Stage

MINUTE = timedelta(minutes=1)
LINE = '/newclass Tajweed 2026-11-26 18:00 45m #"Beginners A" #Sisters'


async def it_is(stage: Stage, school: Cast, minutes: float) -> None:
    """So long after the start of that class."""
    await stage.zoom.delivered()
    stage.forward(school.begins + timedelta(days=2) + minutes * MINUTE - stage.clock())


async def reads(person: Person, at: Group | None = None) -> str:
    """All that stands there now."""
    return "\n".join(one.text for one in (await person.looks(at=at)).messages)


async def is_held_late(stage: Stage, school: Cast) -> None:
    """With every reminder, and with the admins called."""
    await school.aisha.types(LINE)
    await school.aisha.sees("Sent to 2 of 2 groups")
    (meeting,) = await stage.zoom.meetings()
    await it_is(stage, school, -24 * 60)
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("is coming up", in_=group)
    await it_is(stage, school, -15)
    for group in (school.beginners, school.sisters):
        await school.khadija.sees("begins soon", in_=group)
    await it_is(stage, school, 15)
    await school.admin.sees("was to begin 15 min ago")
    await it_is(stage, school, 16)
    await meeting.start()
    await meeting.join("Omar")
    await it_is(stage, school, 40)
    await meeting.end()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    await school.aisha.sees("Students: 1")
    await stage.all_is_shown()


async def test_no_group_and_no_admin_reads_the_name_of_who_left(stage: Stage, school: Cast) -> None:
    aisha, khadija, groups = school.aisha, school.khadija, (school.beginners, school.sisters)
    await is_held_late(stage, school)
    for group in groups:
        assert (await reads(khadija, group)).count("Tajweed with Aisha") == 3
    assert "Tajweed with Aisha" in await reads(school.admin)
    await aisha.types("/deletemydata")
    await aisha.sees("This will delete")
    await aisha.presses("Delete my data")
    await aisha.sees("E-")
    await stage.all_is_shown()
    for group in groups:
        now = await reads(khadija, group)
        assert "with Aisha" not in now
        assert "Tajweed" not in now
        assert "🔔 A class begins soon:" in now
    alarm = await reads(school.admin)
    assert "Aisha" not in alarm
    assert "A class was to begin 15 min ago and has not started." in alarm
    async with stage.program.office.database.reading() as tx:
        assert await places_with(tx, "aisha") == set()
        assert await places_with(tx, "tajweed") == set()
