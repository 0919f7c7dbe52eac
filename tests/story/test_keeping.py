"""What is past its time goes by itself, however long the program was off."""

import asyncio
import io
from datetime import timedelta
from zipfile import ZipFile

from aiohttp import ClientSession
from sqlalchemy import Table

from sandbox.people import Seen
from sandbox.story import Cast
from sandbox.zoom_people import ZoomMeeting
from school.model import StudentNames
from storage.schema import lesson, presence, stay, student, zoom_event
from tests import stored
from tests.story.stage import Stage

KHADIJA = "Khadija Ibrahim"
DAY = timedelta(days=1)
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.02

OF_PEOPLE: tuple[Table, ...] = (presence, stay, student, zoom_event)


async def a_class_is_held(stage: Stage, cast: Cast) -> None:
    await cast.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await cast.aisha.sees("Sent to 1 of 1 group")
    card = await cast.khadija.sees("Tajweed", in_=cast.sisters)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    stage.clock.move_to(cast.begins)
    await meeting.start()
    await meeting.join(KHADIJA)
    await stage.zoom.delivered()
    stage.clock.move_to(cast.begins + timedelta(minutes=40))
    await meeting.end()
    await stage.zoom.delivered()
    await cast.aisha.sees("Students: 1")


async def places_with(stage: Stage, text: str) -> set[str]:
    async with stage.program.office.database.reading() as tx:
        return await stored.places_with(tx, text)


async def is_cleared(stage: Stage, table: Table) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            if not await stage.count(table):
                return
            await asyncio.sleep(_LOOK_AGAIN_S)


async def test_after_weeks_off_what_is_past_its_time_goes_at_the_start(
    stage: Stage, school: Cast
) -> None:
    await a_class_is_held(stage, school)
    assert await places_with(stage, KHADIJA) == {
        "presence.sealed_name",
        "student.sealed_name",
        "zoom_event.sealed_body",
    }
    await school.aisha.types("/hours 2026-11")
    before = await school.aisha.sees("Taught")
    await stage.stop()
    stage.settings = stage.settings.model_copy(update={"keep_attendance_months": 1})
    stage.clock.move_to(stage.clock() + 42 * DAY)
    await stage.start()
    for table in OF_PEOPLE:
        await is_cleared(stage, table)
    assert await places_with(stage, KHADIJA) == set()
    assert await stage.count(lesson) == 1
    await school.aisha.types("/hours 2026-11")
    after = await school.aisha.sees("November 2026")
    assert "Taught ≈ 40 min" in before.text
    assert "Taught ≈ 40 min" in after.text
    await school.aisha.presses("Tajweed")
    opened = await school.aisha.sees("Who was there is no longer kept.")
    assert "held 18:00–18:40" in opened.text


async def test_privacy_tells_the_times_that_are_in_force(stage: Stage, school: Cast) -> None:
    await stage.stop()
    stage.settings = stage.settings.model_copy(
        update={"keep_raw_events_days": 8, "keep_attendance_months": 13}
    )
    await stage.start()
    async with (
        ClientSession() as http,
        http.get(f"http://127.0.0.1:{stage.program.port}/privacy") as answer,
    ):
        page = await answer.text()
    assert "8 days; reports about a meeting" in page
    assert "13 months" in page
    del school


async def test_a_school_that_turns_to_initials_forgets_the_names_it_had(
    stage: Stage, school: Cast
) -> None:
    """Whoever came before is recognised all the same."""
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m daily x2 #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    card = await school.khadija.sees("Tajweed", in_=school.sisters)
    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    first = await _is_held(stage, school, meeting, 0)
    assert f"{KHADIJA} 40 min" in first.text
    await stage.stop()
    stage.settings = stage.settings.model_copy(update={"student_names": StudentNames.INITIALS})
    await stage.start()
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            if await places_with(stage, KHADIJA) == {"zoom_event.sealed_body"}:
                break
            await asyncio.sleep(_LOOK_AGAIN_S)
    second = await _is_held(stage, school, meeting, 1)
    assert "K. I. 40 min" in second.text
    assert "I don't know" not in second.text
    assert "Absent" not in second.text
    assert await stage.count(student) == 1
    await school.admin.types("/report")
    await school.admin.presses("CSV", within=90)
    file = await school.admin.sees_file(".zip", within=90)
    with ZipFile(io.BytesIO(await school.admin.downloads(file))) as archive:
        tables = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert "K. I." in tables
    assert "Khadija" not in tables
    in_group = await school.khadija.looks(at=school.sisters)
    assert not any("K. I." in one.text or KHADIJA in one.text for one in in_group.messages)
    stage.clock.move_to(stage.clock() + 31 * DAY)
    stage.program.office.bell.clearing.ring()
    await is_cleared(stage, zoom_event)
    assert await places_with(stage, "Khadija") == set()


async def _is_held(stage: Stage, school: Cast, meeting: ZoomMeeting, days: int) -> Seen:
    """The class of that day, for 40 minutes; its summary."""
    begins = school.begins + days * DAY
    stage.clock.move_to(begins)
    await meeting.start()
    await meeting.join(KHADIJA)
    await stage.zoom.delivered()
    stage.clock.move_to(begins + timedelta(minutes=40))
    await school.aisha.catches_up()
    await meeting.end()
    await stage.zoom.delivered()
    return await school.aisha.sees(f"Tajweed, {begins:%a %-d %b}: 40 min")
