"""People who have a part in the school: teachers, admins, and whoever began something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from storage.database import Transaction, new_id
from storage.readable import readable_code
from storage.schema import lesson, person

_PSEUDONYM_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Person:
    """A person as stored; `name` is the pseudonym once the person's data was erased."""

    id: int
    telegram_user_id: int | None
    name: str
    username: str | None
    is_teacher: bool
    language: str | None
    zone: str | None
    clock: str | None
    pseudonym: str
    created_at: datetime
    has_own_name: bool = False  # one that they chose, not Telegram's


def _person(tx: Transaction, row: Row[Any]) -> Person:
    opened = tx.vault.open_optional
    return Person(
        id=row.id,
        telegram_user_id=row.telegram_user_id,
        name=opened("person", "sealed_name", row.id, row.sealed_name) or row.pseudonym,
        username=opened("person", "sealed_username", row.id, row.sealed_username),
        is_teacher=row.is_teacher,
        language=row.language,
        zone=row.zone,
        clock=row.clock,
        pseudonym=row.pseudonym,
        created_at=row.created_at,
        has_own_name=row.has_own_name,
    )


async def find_person(tx: Transaction, telegram_user_id: int) -> Person | None:
    found = await tx.connection.execute(
        select(person).where(person.c.telegram_user_id == telegram_user_id)
    )
    row = found.one_or_none()
    return _person(tx, row) if row else None


async def get_person(tx: Transaction, person_id: int) -> Person:
    found = await tx.connection.execute(select(person).where(person.c.id == person_id))
    return _person(tx, found.one())


async def find_by_id(tx: Transaction, person_id: int) -> Person | None:
    """For an id that came from outside."""
    found = await tx.connection.execute(select(person).where(person.c.id == person_id))
    row = found.one_or_none()
    return _person(tx, row) if row else None


async def known_since(tx: Transaction, until: datetime) -> Mapping[int, int]:
    """Who was known by then and is still: Telegram's number of each, by the person's id."""
    rows = await tx.connection.execute(
        select(person.c.id, person.c.telegram_user_id).where(
            person.c.created_at <= until, person.c.telegram_user_id.is_not(None)
        )
    )
    return {row.id: row.telegram_user_id for row in rows}


async def teachers_and_former(tx: Transaction) -> tuple[Person, ...]:
    """Everybody who teaches or has lessons on record, in no particular order."""
    rows = await tx.connection.execute(
        select(person).where(
            or_(
                person.c.is_teacher,
                person.c.id.in_(select(lesson.c.teacher_id)),
                person.c.id.in_(select(lesson.c.hosted_by).where(lesson.c.hosted_by.is_not(None))),
            )
        )
    )
    return tuple(_person(tx, row) for row in rows)


async def add_person(
    tx: Transaction, telegram_user_id: int, name: str, username: str | None
) -> Person:
    """Store somebody new, who is not a teacher yet."""
    person_id = new_id()
    await tx.connection.execute(
        insert(person).values(
            id=person_id,
            telegram_user_id=telegram_user_id,
            is_teacher=False,
            pseudonym=readable_code(_PSEUDONYM_LENGTH),
            created_at=tx.now,
            **_sealed_names(tx, person_id, name, username),
        )
    )
    return await get_person(tx, person_id)


async def rename_person(tx: Transaction, person_id: int, name: str, username: str | None) -> None:
    await _change(tx, person_id, **_sealed_names(tx, person_id, name, username))


async def set_own_name(tx: Transaction, person_id: int, name: str | None, telegrams: str) -> None:
    """The name that the person chose; None: the one that they have in Telegram, from now on."""
    sealed = tx.vault.seal("person", "sealed_name", person_id, name or telegrams)
    await _change(tx, person_id, sealed_name=sealed, has_own_name=name is not None)


async def make_teacher(tx: Transaction, person_id: int) -> None:
    await _change(tx, person_id, is_teacher=True)


async def end_teaching(tx: Transaction, person_id: int) -> None:
    """They are no teacher any more; what they taught stays."""
    await _change(tx, person_id, is_teacher=False)


async def set_person_zone(tx: Transaction, person_id: int, zone: str) -> None:
    """`zone` is the name of a time zone that exists."""
    await _change(tx, person_id, zone=zone)


async def set_person_language(tx: Transaction, person_id: int, language: str | None) -> None:
    """The language that the person is spoken to in; None: their Telegram's."""
    await _change(tx, person_id, language=language)


async def set_person_clock(tx: Transaction, person_id: int, clock: str | None) -> None:
    """How times of day are shown to the person; None: 24 hours."""
    await _change(tx, person_id, clock=clock)


async def _change(tx: Transaction, person_id: int, **values: bytes | str | bool | None) -> None:
    await tx.connection.execute(update(person).where(person.c.id == person_id).values(values))


def _sealed_names(
    tx: Transaction, person_id: int, name: str, username: str | None
) -> dict[str, bytes | None]:
    return {
        "sealed_name": tx.vault.seal("person", "sealed_name", person_id, name),
        "sealed_username": tx.vault.seal_optional("person", "sealed_username", person_id, username),
    }
