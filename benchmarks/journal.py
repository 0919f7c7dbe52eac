"""What happened and when, by the stand-in's own clock: nothing has to look meanwhile."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sandbox.people import People
from sandbox.wire import JsonObject, as_integer, as_object, as_text

_LOOK_EVERY_S = 0.25  # seldom, because looking costs what is being measured


@dataclass(frozen=True, slots=True)
class Event:
    """A message that was typed, sent or edited."""

    at: datetime
    chat_id: int
    by_bot: bool
    text: str


async def happened(people: People, after: int) -> list[Event]:
    """Everything with a message after that number of the journal, oldest first."""
    return [_event(entry) for entry in await people.journal(after) if "message" in entry]


async def said_by_bot(
    people: People, after: int, text: str, *, how_often: int, within_s: float
) -> list[Event]:
    """What the bot said with `text` in it, once that was so often or the time is over."""
    ends_at = time.monotonic() + within_s
    while True:
        events = await happened(people, after)
        found = [event for event in events if event.by_bot and text in event.text]
        if len(found) >= how_often or time.monotonic() > ends_at:
            return found
        await asyncio.sleep(_LOOK_EVERY_S)


def _event(entry: JsonObject) -> Event:
    message = as_object(entry["message"])
    return Event(
        at=datetime.fromisoformat(as_text(entry["at"])),
        chat_id=as_integer(as_object(entry["chat"])["id"]) or 0,
        by_bot=as_object(message["sender"])["is_bot"] is True,
        text=as_text(message["text"]),
    )
