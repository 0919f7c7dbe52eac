"""Guided forms in progress: kept here, so that a restart changes nothing for the person."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update

from school.recurrence import Repeat, first_day
from storage.database import Transaction
from storage.schema import draft

_MOST_OTHERS = 19  # forms that a person has begun and not ended; nobody goes on with the twentieth


class DraftKind(StrEnum):
    """What a form is for; storage.change_drafts has the forms that change a class."""

    CLASS = "class"
    CHANGE = "change"
    QUESTION = "question"  # storage.questions
    RATE = "rate"  # these three: storage.pay_forms
    RULES = "rules"
    ADJUSTMENT = "adjustment"
    ROSTER = "roster"  # a student's name; storage.roster_drafts
    ASKED = "asked"  # nothing to type: a student waits to hear who they are


class Step(StrEnum):
    """What the form asks for just now."""

    TOPIC = "topic"
    GROUPS = "groups"
    DAY = "day"
    TIME = "time"
    LENGTH = "length"
    REPEAT = "repeat"
    WEEKDAYS = "weekdays"  # which days of the week it is repeated on
    UNTIL = "until"  # when the repeating ends
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class ClassForm:
    """What has been said so far about a class to be made; days and times are local.

    `is_guided` forms show each step and ask for a last confirmation; others ask only for what
    the one line left open. `unclear_groups` are typed names that mean no group, or
    several. `month` is the calendar's page. `repeat` is a part of the answer only until
    `repeat_chosen`, which is also true of a class that is held once. `doubts_accepted` says that
    the teacher has seen what speaks against the class, such as a clash with another one, and
    wants it all the same.
    """

    topic: str | None = None
    chat_ids: tuple[int, ...] = ()
    day: date | None = None
    time: time_of_day | None = None
    length: timedelta | None = None
    is_guided: bool = False
    groups_chosen: bool = False
    unclear_groups: tuple[str, ...] = ()
    month: date | None = None
    doubts_accepted: bool = False
    repeat: Repeat | None = None
    repeat_chosen: bool = False

    @property
    def first_day(self) -> date | None:
        """The day of the first class: of a repeat, the first that fits from the chosen one on."""
        if self.day is None or self.repeat is None:
            return self.day
        return first_day(self.repeat, self.day)

    @property
    def missing(self) -> Step | None:
        """The first thing that is still open, in the order the form asks."""
        if self.topic is None:
            return Step.TOPIC
        if not self.chat_ids or not self.groups_chosen:
            return Step.GROUPS
        if self.day is None:
            return Step.DAY
        if self.time is None:
            return Step.TIME
        if self.length is None:
            return Step.LENGTH
        return self._missing_of_repeat

    @property
    def _missing_of_repeat(self) -> Step | None:
        """Only a guided form asks for it: a line would have said it."""
        if not self.is_guided or self.repeat_chosen:
            return None
        return Step.REPEAT if self.repeat is None else Step.UNTIL

    @property
    def next_step(self) -> Step:
        return self.missing or Step.CONFIRM

    @property
    def lacks_only_groups(self) -> bool:
        return replace(self, chat_ids=(0,), groups_chosen=True).missing is None


@dataclass(frozen=True, slots=True)
class Draft:
    """A form with its place in the chat; `version` tells old buttons from present ones."""

    id: int
    person_id: int
    message_id: int | None
    version: int
    step: Step
    form: ClassForm = field(repr=False)
    updated_at: datetime


def _to_json(form: ClassForm) -> str:
    return json.dumps(
        {
            "topic": form.topic,
            "chat_ids": form.chat_ids,
            "day": form.day.isoformat() if form.day else None,
            "time": form.time.isoformat() if form.time else None,
            "length_seconds": form.length.total_seconds() if form.length else None,
            "is_guided": form.is_guided,
            "groups_chosen": form.groups_chosen,
            "month": form.month.isoformat() if form.month else None,
            "unclear_groups": form.unclear_groups,
            "doubts_accepted": form.doubts_accepted,
            "repeat": form.repeat.to_text() if form.repeat else None,
            "repeat_chosen": form.repeat_chosen,
        }
    )


def _from_json(text: str) -> ClassForm:
    """A form begun before classes could repeat goes on as one for a single class."""
    said = json.loads(text)
    length_seconds, repeat = said["length_seconds"], said.get("repeat")
    return ClassForm(
        topic=said["topic"],
        chat_ids=tuple(said["chat_ids"]),
        day=date.fromisoformat(said["day"]) if said["day"] else None,
        time=time_of_day.fromisoformat(said["time"]) if said["time"] else None,
        length=timedelta(seconds=length_seconds) if length_seconds else None,
        is_guided=said["is_guided"],
        groups_chosen=said["groups_chosen"],
        month=date.fromisoformat(said["month"]) if said["month"] else None,
        unclear_groups=tuple(said["unclear_groups"]),
        doubts_accepted=said["doubts_accepted"],
        repeat=Repeat.from_text(repeat) if repeat else None,
        repeat_chosen=said.get("repeat_chosen", True),
    )


def _draft(tx: Transaction, row: Row[Any]) -> Draft:
    return Draft(
        id=row.id,
        person_id=row.person_id,
        message_id=row.message_id,
        version=row.version,
        step=Step(row.step),
        form=_from_json(tx.vault.open("draft", "sealed_data", row.id, row.sealed_data)),
        updated_at=row.updated_at,
    )


def draft_id_of(tx: Transaction, request_key: str) -> int:
    """The id that a request's form has, before, while and after it exists."""
    return int.from_bytes(tx.vault.index("draft", request_key)[:8], "big") >> 2


async def add_draft(
    tx: Transaction, person_id: int, request_key: str, step: Step, form: ClassForm
) -> Draft:
    """Begin a form; the request that began one before gets that one back."""
    draft_id = draft_id_of(tx, request_key)
    known = await find_draft(tx, draft_id)
    if known is not None:
        return known
    await tx.connection.execute(
        insert(draft).values(
            id=draft_id,
            person_id=person_id,
            kind=DraftKind.CLASS,
            version=1,
            step=step,
            sealed_data=tx.vault.seal("draft", "sealed_data", draft_id, _to_json(form)),
            updated_at=tx.now,
        )
    )
    await forget_surplus(tx, person_id, draft_id)
    return Draft(draft_id, person_id, None, 1, step, form, tx.now)


async def find_draft(tx: Transaction, draft_id: int) -> Draft | None:
    row = await row_of(tx, draft_id, DraftKind.CLASS)
    return _draft(tx, row) if row else None


async def latest_draft(tx: Transaction, person_id: int, since: datetime) -> Draft | None:
    """The form a person worked on last, where it is for a new class and that was after `since`."""
    row = await latest_row(tx, person_id, since, DraftKind.CLASS)
    return _draft(tx, row) if row else None


async def save_draft(tx: Transaction, old: Draft, step: Step, form: ClassForm) -> Draft:
    """The form as it is after one more answer; its earlier buttons are out of date."""
    new = replace(old, version=old.version + 1, step=step, form=form, updated_at=tx.now)
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


async def place_draft(tx: Transaction, draft_id: int, message_id: int) -> None:
    """Remember which message shows the form."""
    await tx.connection.execute(
        update(draft).where(draft.c.id == draft_id).values(message_id=message_id)
    )


async def remove_draft(tx: Transaction, draft_id: int) -> bool:
    """Whether it was still there: of two presses, one removes it."""
    gone = await tx.connection.execute(delete(draft).where(draft.c.id == draft_id))
    return bool(gone.rowcount)


# For forms of every kind


async def forget_surplus(tx: Transaction, person_id: int, begun_id: int) -> None:
    """Of a person's other forms the newest stay: nobody can make us keep any number of them."""
    theirs = and_(
        draft.c.person_id == person_id,
        draft.c.kind != DraftKind.ASKED,
        draft.c.id != begun_id,
    )
    newest = (
        select(draft.c.id).where(theirs).order_by(draft.c.updated_at.desc()).limit(_MOST_OTHERS)
    )
    await tx.connection.execute(delete(draft).where(theirs, draft.c.id.not_in(newest)))


async def row_of(tx: Transaction, draft_id: int, kind: DraftKind) -> Row[Any] | None:
    found = await tx.connection.execute(
        select(draft).where(draft.c.id == draft_id, draft.c.kind == kind)
    )
    return found.one_or_none()


async def worked_on_last(tx: Transaction, person_id: int) -> datetime | None:
    """When a person was last asked something that a typed text may answer."""
    found: datetime | None = await tx.connection.scalar(
        select(func.max(draft.c.updated_at)).where(
            draft.c.person_id == person_id, draft.c.kind != DraftKind.ASKED
        )
    )
    return found


async def latest_row(
    tx: Transaction, person_id: int, since: datetime, kind: DraftKind
) -> Row[Any] | None:
    """Of all forms, the one that a person worked on last after `since`, where it is of `kind`."""
    found = await tx.connection.execute(
        select(draft)
        .where(
            draft.c.person_id == person_id,
            draft.c.updated_at > since,
            draft.c.kind != DraftKind.ASKED,
        )
        .order_by(draft.c.updated_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return row if row is not None and row.kind == kind else None
