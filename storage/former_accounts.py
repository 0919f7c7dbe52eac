"""By what a Zoom account that somebody let go of would be known: keyed hashes, and nothing else.

Zoom told of them under it in classes of others, and that is to go when they delete their data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, delete, insert, select

from school.facts import Participant
from school.identity import strong_keys
from school.roster import Mark
from storage.database import Transaction, new_id
from storage.schema import former_account
from storage.student_changes import value_index
from storage.student_names import index_of


@dataclass(frozen=True, slots=True)
class FormerAccount:
    """`zoom_user` finds the account; `marks` are those of its id and e-mail in attendance."""

    zoom_user: bytes = field(repr=False)
    marks: frozenset[bytes] = field(repr=False)
    name: bytes = field(repr=False)


async def remember(tx: Transaction, person_id: int, zoom_user: bytes, said: Participant) -> None:
    """As `said` Zoom shows them with that account. Repeating it changes no more than the time."""
    values = {
        "person_id": person_id,
        "zoom_user_index": zoom_user,
        "zoom_mark_index": _mark(tx, Participant(zoom_user_id=said.zoom_user_id)),
        "email_index": _mark(tx, Participant(email=said.email)),
        "name_index": index_of(tx.vault, said.display_name),
    }
    same = and_(*(former_account.c[name] == value for name, value in values.items()))
    await tx.connection.execute(delete(former_account).where(same))
    await tx.connection.execute(
        insert(former_account).values(id=new_id(), ended_at=tx.now, **values)
    )


async def of_person(tx: Transaction, person_id: int) -> Sequence[FormerAccount]:
    rows = await tx.connection.execute(
        select(former_account).where(former_account.c.person_id == person_id)
    )
    return [
        FormerAccount(
            row.zoom_user_index,
            frozenset({row.zoom_mark_index, row.email_index}) - {b""},
            row.name_index,
        )
        for row in rows
    ]


def _mark(tx: Transaction, said: Participant) -> bytes:
    """Of what Zoom did not say, nothing."""
    for kind, value in strong_keys(said, frozenset()):
        return value_index(tx, Mark(kind), value)
    return b""
