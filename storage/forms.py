"""Forms in progress: what a person is at is kept here, so that a restart changes nothing for them.

A form stands in a message, at a step and in a version; what has been said in it so far is one
value, of a type of its kind's own, sealed as JSON. Forms live for hours. A row that another
version of the program wrote, and that this one cannot read, is no form.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update

from school.exact_json import from_json, to_json
from storage.database import Transaction
from storage.schema import draft

ASKED = "asked"
"""The kind of a row that is no form, but a mark: a student waits to hear who they are."""

_MOST_OTHERS = 19  # forms that a person has begun and not ended; nobody goes on with the twentieth


class Only(StrEnum):
    """The step of a form where what was said tells what is asked for next."""

    OPEN = "open"


_Said = TypeVar("_Said")
_Step = TypeVar("_Step", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Kind(Generic[_Said, _Step]):
    """What a form is for: its word in the database, what is said in it, and its steps in order."""

    word: str
    said: type[_Said]
    steps: type[_Step]


@dataclass(frozen=True, slots=True)
class Form(Generic[_Said, _Step]):
    """What has been said so far; `version` tells old buttons from present ones."""

    id: int
    person_id: int
    message_id: int | None
    version: int
    step: _Step
    said: _Said = field(repr=False)


def form_id_of(tx: Transaction, request_key: str) -> int:
    """The id that a request's form has, before, while and after it exists."""
    return int.from_bytes(tx.vault.index("draft", request_key)[:8], "big") >> 2


async def begin(
    tx: Transaction,
    kind: Kind[_Said, _Step],
    person_id: int,
    request_key: str,
    said: _Said,
    step: _Step | None = None,
    message_id: int | None = None,
) -> Form[_Said, _Step]:
    """Begin a form, at its first step if no other is said.

    The request that began one before gets that one back.
    """
    form_id = form_id_of(tx, request_key)
    known = await find(tx, kind, form_id)
    if known is not None:
        return known
    await forget(tx, form_id)  # it may be there and not be readable
    first = next(iter(kind.steps)) if step is None else step
    form = Form(form_id, person_id, message_id, 1, first, said)
    await _insert(tx, kind.word, form, to_json(said))
    await _forget_surplus(tx, person_id, form_id)
    return form


async def find(
    tx: Transaction, kind: Kind[_Said, _Step], form_id: int
) -> Form[_Said, _Step] | None:
    found = await tx.connection.execute(
        select(draft).where(draft.c.id == form_id, draft.c.kind == kind.word)
    )
    row = found.one_or_none()
    return _form(tx, kind, row) if row else None


async def latest(
    tx: Transaction, kind: Kind[_Said, _Step], person_id: int, since: datetime
) -> Form[_Said, _Step] | None:
    """Of all forms, the one that a person worked on last after `since`, where it is of `kind`."""
    found = await tx.connection.execute(
        select(draft)
        .where(_theirs(person_id), draft.c.updated_at > since)
        .order_by(draft.c.updated_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return _form(tx, kind, row) if row is not None and row.kind == kind.word else None


async def standing_in(
    tx: Transaction, kind: Kind[_Said, _Step], person_id: int, message_id: int | None
) -> tuple[Form[_Said, _Step], ...]:
    """The person's forms that are drawn in that message."""
    rows = await tx.connection.execute(
        select(draft).where(
            draft.c.person_id == person_id,
            draft.c.kind == kind.word,
            draft.c.message_id == message_id,
        )
    )
    forms = (_form(tx, kind, row) for row in rows)
    return tuple(one for one in forms if one is not None)


async def worked_on_last(tx: Transaction, person_id: int) -> datetime | None:
    """When a person was last asked something that a typed text may answer."""
    found: datetime | None = await tx.connection.scalar(
        select(func.max(draft.c.updated_at)).where(_theirs(person_id))
    )
    return found


async def save(
    tx: Transaction, old: Form[_Said, _Step], said: _Said, step: _Step | None = None
) -> Form[_Said, _Step]:
    """The form after one more answer, at its step if no other is said; earlier buttons are old."""
    at = old.step if step is None else step
    new = replace(old, version=old.version + 1, step=at, said=said)
    await tx.connection.execute(
        update(draft)
        .where(draft.c.id == old.id)
        .values(
            version=new.version,
            step=new.step,
            sealed_data=_sealed(tx, old.id, to_json(said)),
            updated_at=tx.now,
        )
    )
    return new


async def place(tx: Transaction, form_id: int, message_id: int) -> None:
    """Remember which message shows the form."""
    await tx.connection.execute(
        update(draft).where(draft.c.id == form_id).values(message_id=message_id)
    )


async def forget(tx: Transaction, form_id: int, *, of: int | None = None) -> bool:
    """Whether it was still there: of two presses, one forgets it. With `of`: if it is theirs."""
    which = draft.c.id == form_id
    if of is not None:
        which &= draft.c.person_id == of
    gone = await tx.connection.execute(delete(draft).where(which))
    return bool(gone.rowcount)


async def forget_all(tx: Transaction, kind: Kind[_Said, _Step], person_id: int) -> None:
    """The person has no form of that kind any more."""
    await _forget_all(tx, kind.word, person_id)


# The mark


async def ask_again(tx: Transaction, person_id: int, since: datetime) -> bool:
    """Whether somebody who wants to know who they are has not asked since then; now they have."""
    last = await tx.connection.scalar(
        select(draft.c.updated_at).where(draft.c.person_id == person_id, draft.c.kind == ASKED)
    )
    if last is not None and last > since:
        return False
    await was_answered(tx, person_id)
    mark_id = form_id_of(tx, f"asked by {person_id}")
    await _insert(tx, ASKED, Form(mark_id, person_id, None, 1, Only.OPEN, None), "")
    return True


async def was_answered(tx: Transaction, person_id: int) -> None:
    """They may ask anew."""
    await _forget_all(tx, ASKED, person_id)


# Rows


def _theirs(person_id: int) -> ColumnElement[bool]:
    return and_(draft.c.person_id == person_id, draft.c.kind != ASKED)


def _form(tx: Transaction, kind: Kind[_Said, _Step], row: Row[Any]) -> Form[_Said, _Step] | None:
    text = tx.vault.open("draft", "sealed_data", row.id, row.sealed_data)
    try:
        step, said = kind.steps(row.step), from_json(kind.said, text)
    except (ValueError, KeyError, TypeError):
        return None
    return Form(row.id, row.person_id, row.message_id, row.version, step, said)


async def _insert(tx: Transaction, word: str, form: Form[Any, Any], text: str) -> None:
    await tx.connection.execute(
        insert(draft).values(
            id=form.id,
            person_id=form.person_id,
            kind=word,
            message_id=form.message_id,
            version=form.version,
            step=form.step,
            sealed_data=_sealed(tx, form.id, text),
            updated_at=tx.now,
        )
    )


def _sealed(tx: Transaction, form_id: int, text: str) -> bytes:
    return tx.vault.seal("draft", "sealed_data", form_id, text)


async def _forget_all(tx: Transaction, word: str, person_id: int) -> None:
    await tx.connection.execute(
        delete(draft).where(draft.c.person_id == person_id, draft.c.kind == word)
    )


async def _forget_surplus(tx: Transaction, person_id: int, begun_id: int) -> None:
    """Of a person's other forms the newest stay: nobody can make us keep any number of them."""
    theirs = _theirs(person_id) & (draft.c.id != begun_id)
    newest = (
        select(draft.c.id).where(theirs).order_by(draft.c.updated_at.desc()).limit(_MOST_OTHERS)
    )
    await tx.connection.execute(delete(draft).where(theirs, draft.c.id.not_in(newest)))
