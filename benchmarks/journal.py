"""When things happened, by the stand-in's own clock: nothing has to look meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sandbox.wire import JsonObject, as_integer, as_object, as_text


@dataclass(frozen=True, slots=True)
class Event:
    """A message that was sent or edited, or typed by a person."""

    at: datetime
    kind: str
    chat_id: int
    by_bot: bool
    text: str

    @classmethod
    def read(cls, entry: JsonObject) -> Self:
        message = as_object(entry.get("message"))
        return cls(
            at=datetime.fromisoformat(as_text(entry["at"])),
            kind=as_text(entry["kind"]),
            chat_id=as_integer(as_object(entry["chat"])["id"]) or 0,
            by_bot=as_object(message.get("sender")).get("is_bot") is True,
            text=as_text(message.get("text")),
        )


def first_by_bot(entries: Iterable[JsonObject], chat_id: int, text: str) -> Event | None:
    """The bot's first message with that text in that chat."""
    events = (Event.read(entry) for entry in entries)
    return next((one for one in events if one.by_bot and one.chat_id == chat_id and text in one.text), None)
