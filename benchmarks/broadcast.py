"""One class to two hundred groups, against what Telegram's budgets allow at best."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.journal import Event, happened, said_by_bot
from benchmarks.school import School
from benchmarks.stage import Stage
from main import program, utc_now
from sandbox.wire import as_integer
from school.model import Planned
from services.classes import ClassOrder, create_class
from services.people import TelegramUser, as_teacher, who_is
from settings import Settings

_OVERALL = 30  # messages in any second
_TOPIC = "Khutbah"
_QUIET_S = 2.0  # longer than any of Telegram's windows over all chats
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Broadcast:
    """From the first card to the last, and from the order to the last, in seconds.

    `calls` are all that took a part of the budget until then: the cards, and what the teacher was
    told of their progress. `refused` were answered 429.
    """

    cards: int
    calls: int
    lasted_s: float
    ordered_s: float
    refused: int

    @property
    def optimum_s(self) -> float:
        """Where the window slides, a second's worth goes at once, the next a second later."""
        return float(math.ceil(self.calls / _OVERALL) - 1)


async def measure(stage: Stage, school: School) -> Broadcast:
    """The use case is called directly: a form cannot hold buttons for two hundred groups.

    So the program is in this process here, and has it to itself.
    """
    settings = Settings.model_validate({name.lower(): v for name, v in stage.variables.items()})
    async with program(settings, utc_now) as running:
        office = running.office
        caller = await who_is(office, TelegramUser(school.teacher.id, "Aisha", "aisha_q"))
        order = ClassOrder(
            topic=_TOPIC,
            planned=Planned(_whole_minute() + timedelta(days=2), timedelta(minutes=45)),
            chat_ids=tuple(group.id for group in school.groups),
            request_key="benchmark",
        )
        await asyncio.sleep(_QUIET_S)
        before, refused = await stage.people.last(), await _refused(stage)
        ordered_at = utc_now()
        await create_class(office, as_teacher(office, caller), order)
        everyone = f"Sent to {len(school.groups)} of"
        await said_by_bot(stage.people, before, everyone, how_often=1, within_s=_PATIENCE_S)
        events = await happened(stage.people, before)
        return _result(events, ordered_at, await _refused(stage) - refused)


def _whole_minute() -> datetime:
    """As people plan, and as Zoom keeps it: one with seconds would come back as a changed one."""
    return utc_now().replace(second=0, microsecond=0)


def _result(events: Sequence[Event], ordered_at: datetime, refused: int) -> Broadcast:
    calls = [event for event in events if event.by_bot]
    cards = [event.at for event in calls if event.chat_id < 0]
    return Broadcast(
        cards=len(cards),
        calls=sum(event.at <= cards[-1] for event in calls),
        lasted_s=(cards[-1] - cards[0]).total_seconds(),
        ordered_s=(cards[-1] - ordered_at).total_seconds(),
        refused=refused,
    )


async def _refused(stage: Stage) -> int:
    return as_integer((await stage.people.statistics())["refused_by_budget"]) or 0
