"""Steps of those who change a class that is ahead, and what becomes of it at Zoom."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from sandbox.people import Person
from sandbox.person import PATIENCE
from sandbox.seen import Seen
from sandbox.story import SCHOOL_ZONE, Cast
from tests.story.stage import Stage

SINGLE = "/newclass Tajweed tomorrow 18:00 45m #Sisters"
SERIES = "/newclass Tajweed every Mon,Wed from 2026-11-25 19:00 30m x6 #Sisters"
"""Wed 25 Nov, Mon 30 Nov, Wed 2 Dec, …"""


async def made(school: Cast, line: str) -> Seen:
    """The card of a new class."""
    await school.aisha.types(line)
    card = await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.finds_button("Join class", in_=school.sisters)
    await school.khadija.catches_up()
    return card


async def presses(person: Person, *buttons: str) -> None:
    """One after the other, each when the one before has had its effect."""
    for button in buttons:
        await person.sees_toast(await person.presses(button))


async def eventually(found: Callable[[], Awaitable[object]], expected: object) -> None:
    """What Zoom is told of, it hears after the card has changed."""
    async with asyncio.timeout(PATIENCE):
        while await found() != expected:
            pass  # each look goes over HTTP, so the program comes to its turn


async def zoom_has(stage: Stage, *starts: str) -> None:
    await eventually(lambda: starts_at_zoom(stage), list(starts))


async def starts_at_zoom(stage: Stage) -> list[str]:
    """When the only meeting is held, in the school's zone: one date, or each that is left."""
    (meeting,) = await stage.zoom.meetings()
    shown = await meeting.shown()
    dates = [
        one["start_time"]
        for one in shown.get("occurrences", [])
        if one.get("status", "available") != "deleted"
    ] or [shown["start_time"]]
    moments = [datetime.fromisoformat(date) for date in dates]
    return [f"{moment.astimezone(SCHOOL_ZONE):%d %b %H:%M}" for moment in moments]
