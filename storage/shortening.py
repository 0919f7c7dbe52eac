"""Names that are stored in full become initials, some at once; safe to repeat."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, select, true, tuple_, update

from school.initials import initials
from school.model import StudentNames
from school.roster import Mark
from storage.database import Transaction
from storage.schema import heartbeat, lesson, presence, row_id_of, student, student_alias

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A sealed column that holds students' names, one or several."""

    column: Column[Any]
    shortened: Callable[[str], str] = initials
    which: ColumnElement[bool] | None = None

    @property
    def table(self) -> Table:
        table = self.column.table
        assert isinstance(table, Table)
        return table


def _shortened_list(names: str) -> str:
    return json.dumps([initials(one) for one in json.loads(names)])


PLACES = (
    NamedIn(presence.c.sealed_name, which=~presence.c.is_teacher),
    NamedIn(student.c.sealed_name),
    NamedIn(student_alias.c.sealed_value, which=student_alias.c.kind == Mark.NAME),
    NamedIn(lesson.c.sealed_waiting, shortened=_shortened_list),
)
"""Wherever names of students are stored for longer than a form, and than Zoom's reports."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it has come, None at the end, and how many names were shortened."""

    last: Key | None
    changed: int


async def shorten_some(tx: Transaction, place: NamedIn, after: Key | None, at_once: int) -> Step:
    """The next rows after that key; those that are shortened already stay as they are."""
    keys = list(place.table.primary_key)
    further = true() if after is None else tuple_(*keys) > tuple_(*after)
    rows = await tx.connection.execute(
        select(*keys, place.column)
        .where(place.column.is_not(None), true() if place.which is None else place.which, further)
        .order_by(*keys)
        .limit(at_once)
    )
    found = rows.mappings().all()
    changed = sum([await _shorten(tx, place, row) for row in found])
    last = tuple(found[-1][one.name] for one in keys) if len(found) == at_once else None
    return Step(last, changed)


async def _shorten(tx: Transaction, place: NamedIn, row: RowMapping) -> bool:
    """Only what it says is shortened: by the whole name it is found as before."""
    table, name = place.table, place.column.name
    row_id = row_id_of(table, row)
    before = tx.vault.open(table.name, name, row_id, row[name])
    after = place.shortened(before)
    if after == before:
        return False
    is_row = tuple_(*table.primary_key) == tuple_(*(row[one.name] for one in table.primary_key))
    sealed = tx.vault.seal(table.name, name, row_id, after)
    await tx.connection.execute(update(table).where(is_row).values({name: sealed}))
    return True


async def kept_as(tx: Transaction) -> StudentNames:
    """How all names are stored by now."""
    found = await tx.connection.scalar(select(heartbeat.c.student_names))
    return StudentNames(found) if found else StudentNames.FULL


async def are_kept_as(tx: Transaction, names: StudentNames) -> None:
    await tx.connection.execute(update(heartbeat).values(student_names=names))
