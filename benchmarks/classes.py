"""From the moment a teacher sends `/newclass …` until the card is in the group."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aiohttp import ClientSession

from benchmarks.journal import happened
from benchmarks.load import percentile
from benchmarks.school import School
from benchmarks.stage import Stage
from sandbox.people import Group, Person

_CLASSES = 20
_ANSWERS = 20
_FIRST_HOUR = datetime(2000, 1, 1, 6)  # any day: only its hours count
_EVERY = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Classes:
    """Milliseconds; `stand_ins` is what the same calls cost with nobody else about."""

    median_ms: float
    p95_ms: float
    stand_ins_ms: float


async def measure(stage: Stage, school: School) -> Classes:
    """One class after another, each for another group and at another hour of tomorrow."""
    seconds = [
        await _until_card(stage, school, group, number)
        for number, group in enumerate(school.groups[:_CLASSES])
    ]
    stand_ins_s = await _stand_ins_alone(stage, school.teacher)
    return Classes(median(seconds) * 1000, percentile(seconds, 95) * 1000, stand_ins_s * 1000)


async def _until_card(stage: Stage, school: School, group: Group, number: int) -> float:
    before = await stage.people.last()
    begins = _FIRST_HOUR + number * _EVERY
    await school.teacher.types(f"/newclass Tajweed tomorrow {begins:%H:%M} 30m #{group.title}")
    await school.teacher.sees("Sent to 1 of 1 group", within=15.0)
    events = await happened(stage.people, before)
    typed = next(event.at for event in events if not event.by_bot)
    card = next(event.at for event in events if event.by_bot and event.chat_id == group.id)
    return (card - typed).total_seconds()


async def _stand_ins_alone(stage: Stage, owner: Person) -> float:
    """What a class has to wait for: Zoom makes a meeting, Telegram takes a message."""
    group = await stage.people.group("Elsewhere", owner=owner)
    await owner.adds_bot(to=group)
    account = await stage.zoom.user("bilal@example.org", name="Bilal", plan=2)
    seconds = []
    token = stage.variables["TELEGRAM_BOT_TOKEN"]
    send = f"{stage.telegram_url}/bot{token}/sendMessage"
    async with ClientSession() as http:
        for _ in range(_ANSWERS):
            began_at = time.perf_counter()
            async with http.post(send, json={"chat_id": group.id, "text": "Salam"}) as answer:
                await answer.read()
            await stage.zoom.meeting_planned_by(account, "Tajweed")
            seconds.append(time.perf_counter() - began_at)
    return median(seconds)
