"""Forms that change a class which is ahead, in progress: rows of the table of all forms."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, insert, select, update

from storage.database import Transaction
from storage.drafts import DraftKind, draft_id_of, forget_surplus, latest_row, row_of
from storage.schema import draft


class Change(StrEnum):
    """What is to be changed."""

    TIME = "time"
    LENGTH = "length"
    TOPIC = "topic"
    GROUPS = "groups"
    SKIP = "skip"
    TEACHER = "teacher"


class ChangeStep(StrEnum):
    """What the form asks for just now."""

    MENU = "menu"
    DATES = "dates"  # which other class of the series?
    SCOPE = "scope"  # this class, or all?
    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    TOPIC = "topic"
    GROUPS = "groups"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    TEACHER = "teacher"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What has been said so far about a change; days and times are of the course's zone.

    `seen` is the version of the course that the person looks at. `for_all` is None while nobody
    has said whether the whole series is meant. `day` to `last_day` are to be skipped. `month` is
    the calendar's page.
    """

    lesson_id: int
    seen: int
    what: Change | None = None
    for_all: bool | None = None
    day: date | None = None
    time: time_of_day | None = None
    last_day: date | None = None
    length: timedelta | None = None
    topic: str | None = None
    chat_ids: tuple[int, ...] | None = None
    person_id: int | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """A form with its place in the chat; `version` tells old buttons from present ones."""

    id: int
    person_id: int
    message_id: int | None
    version: int
    step: ChangeStep
    form: ChangeForm = field(repr=False)


def _to_json(form: ChangeForm) -> str:
    return json.dumps(
        {
            "lesson_id": form.lesson_id,
            "seen": form.seen,
            "what": form.what,
            "for_all": form.for_all,
            "day": form.day.isoformat() if form.day else None,
            "time": form.time.isoformat() if form.time is not None else None,
            "last_day": form.last_day.isoformat() if form.last_day else None,
            "length_seconds": form.length.total_seconds() if form.length else None,
            "topic": form.topic,
            "chat_ids": form.chat_ids,
            "person_id": form.person_id,
            "month": form.month.isoformat() if form.month else None,
        }
    )


def _from_json(text: str) -> ChangeForm:
    said = json.loads(text)
    seconds, chat_ids = said["length_seconds"], said["chat_ids"]
    return ChangeForm(
        lesson_id=said["lesson_id"],
        seen=said["seen"],
        what=Change(said["what"]) if said["what"] else None,
        for_all=said["for_all"],
        day=_day(said["day"]),
        time=time_of_day.fromisoformat(said["time"]) if said["time"] else None,
        last_day=_day(said["last_day"]),
        length=timedelta(seconds=seconds) if seconds else None,
        topic=said["topic"],
        chat_ids=None if chat_ids is None else tuple(chat_ids),
        person_id=said["person_id"],
        month=_day(said["month"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _draft(tx: Transaction, row: Row[Any]) -> ChangeDraft:
    return ChangeDraft(
        id=row.id,
        person_id=row.person_id,
        message_id=row.message_id,
        version=row.version,
        step=ChangeStep(row.step),
        form=_from_json(tx.vault.open("draft", "sealed_data", row.id, row.sealed_data)),
    )


async def add_change(
    tx: Transaction,
    person_id: int,
    request_key: str,
    step: ChangeStep,
    form: ChangeForm,
    message_id: int | None,
) -> ChangeDraft:
    """Begin a form in that message; the request that began one before gets that one back."""
    draft_id = draft_id_of(tx, request_key)
    known = await find_change(tx, draft_id)
    if known is not None:
        return known
    await tx.connection.execute(
        insert(draft).values(
            id=draft_id,
            person_id=person_id,
            kind=DraftKind.CHANGE,
            message_id=message_id,
            version=1,
            step=step,
            sealed_data=tx.vault.seal("draft", "sealed_data", draft_id, _to_json(form)),
            updated_at=tx.now,
        )
    )
    await forget_surplus(tx, person_id, draft_id)
    return ChangeDraft(draft_id, person_id, message_id, 1, step, form)


async def find_change(tx: Transaction, draft_id: int) -> ChangeDraft | None:
    row = await row_of(tx, draft_id, DraftKind.CHANGE)
    return _draft(tx, row) if row else None


async def latest_change(tx: Transaction, person_id: int, since: datetime) -> ChangeDraft | None:
    """The form a person worked on last, where it changes a class and that was after `since`."""
    row = await latest_row(tx, person_id, since, DraftKind.CHANGE)
    return _draft(tx, row) if row else None


async def changes_in(
    tx: Transaction, person_id: int, message_id: int | None
) -> tuple[ChangeDraft, ...]:
    """The person's forms that are drawn in that message."""
    rows = await tx.connection.execute(select(draft).where(_is_in(person_id, message_id)))
    return tuple(_draft(tx, row) for row in rows)


async def is_in_use(tx: Transaction, person_id: int, message_id: int) -> bool:
    """Whether a form stands in the person's message just now, in the place of a card."""
    return bool(await tx.connection.scalar(select(exists().where(_is_in(person_id, message_id)))))


async def save_change(
    tx: Transaction, old: ChangeDraft, step: ChangeStep, form: ChangeForm
) -> ChangeDraft:
    """The form as it is after one more answer; its earlier buttons are out of date."""
    new = replace(old, version=old.version + 1, step=step, form=form)
    await tx.connection.execute(
        update(draft)
        .where(draft.c.id == old.id)
        .values(
            version=new.version,
            step=step,
            sealed_data=tx.vault.seal("draft", "sealed_data", old.id, _to_json(form)),
            updated_at=tx.now,
        )
    )
    return new


def _is_in(person_id: int, message_id: int | None) -> ColumnElement[bool]:
    return and_(
        draft.c.person_id == person_id,
        draft.c.kind == DraftKind.CHANGE,
        draft.c.message_id == message_id,
    )
