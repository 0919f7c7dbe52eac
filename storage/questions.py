"""Questions that wait for a typed answer: forms that have no buttons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import forms
from storage.database import Transaction
from storage.forms import Form, Kind, Only


@dataclass(frozen=True, slots=True)
class Question:
    """What a person was asked; `about` says by which task, `data` what it needs to go on."""

    about: str
    data: Mapping[str, str]


QUESTION = Kind("question", Question, Only)


async def ask(tx: Transaction, person_id: int, request_key: str, about: str, **data: str) -> None:
    """Take the person's next text as the answer; whatever was asked before is asked no more."""
    await forget(tx, person_id)
    await forms.begin(tx, QUESTION, person_id, request_key, Question(about, data))


async def asked_last(
    tx: Transaction, person_id: int, since: datetime, about: str
) -> Form[Question, Only] | None:
    """The question, where that is the last thing the person was at, and not before `since`."""
    asked = await forms.latest(tx, QUESTION, person_id, since)
    return asked if asked is not None and asked.said.about == about else None


async def forget(tx: Transaction, person_id: int) -> None:
    """Nothing is asked of the person any more."""
    await forms.forget_all(tx, QUESTION, person_id)
