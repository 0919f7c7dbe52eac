"""Changing courses' rosters; storage.students reads them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from school.identity import Key
from school.roster import Mark
from storage.database import Transaction, new_id
from storage.schema import presence, student, student_alias
from storage.student_names import as_kept, index_of


async def add_student(
    tx: Transaction,
    course_id: int,
    name: str,
    since_at: datetime,
    keys: Iterable[Key] = (),
    *,
    is_visitor: bool = False,
    index: bytes | None = None,
) -> int:
    """Its id. `keys` are the marks that are theirs; `index` is the name's, if that is as kept."""
    student_id = new_id()
    await tx.connection.execute(
        insert(student).values(
            id=student_id,
            course_id=course_id,
            **_sealed_name(tx, student_id, name, index),
            since_at=since_at,
            added_at=tx.now,
            removed_at=since_at if is_visitor else None,
        )
    )
    for kind, value in sorted(keys):
        await add_alias(tx, student_id, Mark(kind), value)
    return student_id


async def add_alias(
    tx: Transaction, student_id: int, mark: Mark, value: str, index: bytes | None = None
) -> None:
    """Adding it again changes nothing. `index` is that of a name that is given as it is kept."""
    index = index or value_index(tx, mark, value)
    value = as_kept(tx, value) if mark is Mark.NAME else value
    known = await tx.connection.execute(
        select(student_alias.c.id).where(
            student_alias.c.student_id == student_id, student_alias.c.value_index == index
        )
    )
    if known.first() is not None:
        return
    alias_id = new_id()
    await tx.connection.execute(
        insert(student_alias).values(
            id=alias_id,
            student_id=student_id,
            kind=mark,
            sealed_value=tx.vault.seal("student_alias", "sealed_value", alias_id, value),
            value_index=index,
            added_at=tx.now,
        )
    )


async def rename_student(tx: Transaction, student_id: int, name: str) -> None:
    await _set(tx, student_id, **_sealed_name(tx, student_id, name))


async def set_removed(tx: Transaction, student_id: int, removed_at: datetime | None) -> None:
    """Expected no longer; None: again, as before."""
    await _set(tx, student_id, removed_at=removed_at)


async def expect_from(tx: Transaction, student_id: int, since_at: datetime) -> None:
    """On the roster, from then on."""
    await _set(tx, student_id, since_at=since_at, removed_at=None)


async def expect_since(tx: Transaction, student_id: int, since_at: datetime) -> None:
    """The first moment from which they are expected; whether they are removed stays."""
    await _set(tx, student_id, since_at=since_at)


async def link_person(tx: Transaction, student_id: int, person_id: int | None) -> None:
    """Who they are on Telegram."""
    await _set(tx, student_id, person_id=person_id)


async def remove_name(tx: Transaction, student_id: int, name: str) -> None:
    """It is no other name of theirs."""
    await tx.connection.execute(
        delete(student_alias).where(
            student_alias.c.student_id == student_id,
            student_alias.c.value_index == value_index(tx, Mark.NAME, name),
        )
    )


async def remove_alias(tx: Transaction, student_id: int, alias_id: int) -> bool:
    """Whether it was still there."""
    gone = await tx.connection.execute(
        delete(student_alias).where(
            student_alias.c.id == alias_id, student_alias.c.student_id == student_id
        )
    )
    return bool(gone.rowcount)


async def remove_aliases_added_at(tx: Transaction, student_id: int, added_at: datetime) -> int:
    """How many of them there were."""
    gone = await tx.connection.execute(
        delete(student_alias).where(
            student_alias.c.student_id == student_id, student_alias.c.added_at == added_at
        )
    )
    return gone.rowcount


async def move_to(tx: Transaction, student_id: int, into_id: int) -> None:
    """All that is of one student is another's; the first is no more on the roster at all."""
    await tx.connection.execute(
        update(student_alias)
        .where(student_alias.c.student_id == student_id)
        .values(student_id=into_id)
    )
    await tx.connection.execute(
        update(presence).where(presence.c.student_id == student_id).values(student_id=into_id)
    )
    await tx.connection.execute(delete(student).where(student.c.id == student_id))


async def delete_student(tx: Transaction, student_id: int) -> None:
    """As if they had never been on the roster; what they attended stays, of nobody known."""
    await tx.connection.execute(
        update(presence).where(presence.c.student_id == student_id).values(student_id=None)
    )
    await tx.connection.execute(
        delete(student_alias).where(student_alias.c.student_id == student_id)
    )
    await tx.connection.execute(delete(student).where(student.c.id == student_id))


async def _set(tx: Transaction, student_id: int, **values: object) -> None:
    await tx.connection.execute(update(student).where(student.c.id == student_id).values(values))


def _sealed_name(
    tx: Transaction, student_id: int, name: str, index: bytes | None = None
) -> dict[str, bytes]:
    return {
        "sealed_name": tx.vault.seal("student", "sealed_name", student_id, as_kept(tx, name)),
        "name_index": index or index_of(tx.vault, name),
    }


def value_index(tx: Transaction, mark: Mark, value: str) -> bytes:
    """By what another name or a mark is found."""
    return (
        index_of(tx.vault, value) if mark is Mark.NAME else tx.vault.index(f"student {mark}", value)
    )
