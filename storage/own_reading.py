"""Reading what is stored about a person, part by part, as storage.own_data describes it."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Date, RowMapping, Table, func, or_, select

from school.statements import StatementContent
from storage.audit import PROGRAM
from storage.database import Transaction
from storage.erasures import telegram_user_index
from storage.own_parts import (
    Counted,
    Given,
    LeftOut,
    Part,
    Subject,
    Who,
    attended,
    linked_chats,
    own_meetings,
    taught_there,
)
from storage.schema import UtcDateTime, chat, erasure, lesson, meeting, presence, row_id_of
from storage.sealing import RowId, SealBroken

SEALED = "sealed_"

NOT_SHOWN = "stored, not shown"
"""What stands in the place of a secret."""

_AT_ONCE = 200
_YOU = "you"
_SOMEBODY = "somebody or something else"
_BROKEN = "cannot be opened: it was damaged"
_PRIVATE_CHAT = "a student's private chat"
_ABOUT_OTHERS = frozenset({"person", "person_id", "candidates", "reason"})


@dataclass(frozen=True, slots=True)
class Report:
    """What Zoom said of a lesson, others in it too: to be narrowed to one person."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is stored."""

    contents: str = field(repr=False)


Value = object
"""As the database has it, or as JSON has it, or a StatementContent, a Report or a Letter."""


def described(part: Part) -> Mapping[str, str]:
    """Why columns are left out, by the names that they would have had."""
    return {
        shown_name(column): how.why
        for column, how in part.columns.items()
        if isinstance(how, LeftOut)
    }


def shown_name(column: str) -> str:
    return column.removeprefix(SEALED)


async def count(tx: Transaction, part: Part | Counted, who: Subject) -> int:
    """Its rows of that person."""
    query = select(func.count()).select_from(part.table).where(part.belongs(who))
    return int((await tx.connection.execute(query)).scalar_one())


async def rows_of(
    tx: Transaction, part: Part, who: Subject
) -> AsyncIterator[tuple[RowMapping, Mapping[str, Value]]]:
    """Each row of that person, as stored and as given; the oldest first, where rows have a time.

    So many are read at once that what else runs here has its turn between them.
    """
    query = (
        select(part.table)
        .where(part.belongs(who))
        .order_by(*_in_time(part.table), *part.table.primary_key)
        .execution_options(yield_per=_AT_ONCE)
    )
    async with tx.connection.stream(query) as found:
        async for row in found.mappings():
            yield row, _given(part, row, who)


def _given(part: Part, row: RowMapping, who: Subject) -> Mapping[str, Value]:
    row_id = row_id_of(part.table, row)
    shown: dict[str, Value] = {}
    for column in part.table.columns:
        how = part.columns[column.name]
        if not isinstance(how, LeftOut):
            place = part.table.name, column.name, row_id
            shown[shown_name(column.name)] = _value(how, row[column.name], who, place)
    return shown


Place = tuple[str, str, RowId]


def _value(how: Given | Who, stored: Any, who: Subject, place: Place) -> Value:
    if stored is None:
        return None
    if isinstance(how, Who):
        return _YOU if stored == who.person_id else how.otherwise
    simple = _SIMPLE.get(how)
    return _opened(how, stored, who, place) if simple is None else simple(stored, who)


def _mine(stored: str, who: Subject) -> str:
    if stored == who.pseudonym:
        return _YOU
    return stored if stored == PROGRAM else _SOMEBODY


_SIMPLE: Mapping[Given, Callable[[Any, Subject], Value]] = MappingProxyType(
    {
        Given.PLAIN: lambda stored, _: stored,
        Given.NUMBER: lambda stored, _: str(stored),
        Given.STORED: lambda _, __: NOT_SHOWN,
        Given.MINE: _mine,
    }
)


def _opened(how: Given, stored: bytes, who: Subject, place: Place) -> Value:
    """A value that does not open is told of, and keeps no other from being given."""
    try:
        body = who.vault.open_bytes(*place, stored)
    except SealBroken:
        return _BROKEN
    return Report(body) if how is Given.REPORT else _READ[how](body.decode(), who)


def _parsed(text: str) -> Value:
    return json.loads(text) if text else None


def _form(said: Any, who: Subject) -> Value:
    """Neither whom it is about is said, nor whose private chats were chosen."""
    if not isinstance(said, dict):
        return said
    shown = {key: _SOMEBODY if key in _ABOUT_OTHERS and one else one for key, one in said.items()}
    if isinstance(data := shown.get("data"), dict):
        shown["data"] = _form(data, who)
    if isinstance(chats := shown.get("chat_ids"), list):
        shown["chat_ids"] = [_chat(one, who) for one in chats]
    return shown


def _chat(chat_id: int, who: Subject) -> str:
    is_anothers = chat_id > 0 and chat_id != who.telegram_user_id
    return _PRIVATE_CHAT if is_anothers else str(chat_id)


_READ: Mapping[Given, Callable[[str, Subject], Value]] = MappingProxyType(
    {
        Given.OPENED: lambda text, _: text,
        Given.PARSED: lambda text, _: _parsed(text),
        Given.FORM: lambda text, who: _form(_parsed(text), who),
        Given.LETTER: lambda text, _: Letter(text),
        Given.STATEMENT: lambda text, _: StatementContent.from_json(text),
    }
)


def _in_time(table: Table) -> list[Column[Any]]:
    """The first time that each row of a table has; ids are random, and say nothing of it."""
    times = (one for one in table.columns if isinstance(one.type, UtcDateTime | Date))
    return list(islice((one for one in times if not one.nullable), 1))


async def last_receipt(tx: Transaction, telegram_user_id: int) -> tuple[str, datetime] | None:
    """The number and time of the newest deletion of somebody's data."""
    index = telegram_user_index(tx.vault, telegram_user_id)
    found = await tx.connection.execute(
        select(erasure.c.receipt, erasure.c.erased_at)
        .where(erasure.c.subject_index == index)
        .order_by(erasure.c.erased_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else (row.receipt, row.erased_at)


async def titles_of_groups(tx: Transaction, who: Subject) -> tuple[str, ...]:
    """Of the groups that the person linked, by name."""
    rows = await tx.connection.execute(
        select(chat.c.id, chat.c.sealed_title).where(
            chat.c.id.in_(linked_chats(who)), chat.c.kind != "private"
        )
    )
    opened = tx.vault.open_optional
    titles = [opened("chat", "sealed_title", row.id, row.sealed_title) or "" for row in rows]
    return tuple(sorted(titles, key=str.casefold))


async def attended_for(tx: Transaction, who: Subject) -> timedelta:
    """How long the person was in classes as a student, all in all."""
    query = select(func.sum(presence.c.seconds)).where(attended(who))
    return timedelta(seconds=int(await tx.connection.scalar(query) or 0))


async def lessons_on_their_account(tx: Transaction, who: Subject) -> frozenset[int]:
    """Lessons whose meetings are on the person's Zoom account: Zoom's host there is the person."""
    found = await tx.connection.execute(
        select(lesson.c.id).where(lesson.c.meeting_row.in_(own_meetings(who)))
    )
    return frozenset(found.scalars())


async def numbers_on_their_account(tx: Transaction, who: Subject) -> frozenset[int]:
    """Zoom's numbers of those meetings."""
    found = await tx.connection.execute(
        select(meeting.c.meeting_id).where(
            meeting.c.id.in_(own_meetings(who)), meeting.c.meeting_id.is_not(None)
        )
    )
    return frozenset(found.scalars())


async def places_in(tx: Transaction, lesson_id: int, who: Subject) -> frozenset[int]:
    """Which of a lesson's presences are the person's, by their `ordinal`."""
    found = await tx.connection.execute(
        select(presence.c.ordinal).where(
            presence.c.lesson_id == lesson_id, or_(attended(who), taught_there(who))
        )
    )
    return frozenset(found.scalars())
