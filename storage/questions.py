"""Questions that wait for a typed answer, in the same table as forms: a restart forgets none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert

from storage.database import Transaction
from storage.drafts import DraftKind, draft_id_of, latest_row
from storage.schema import draft


@dataclass(frozen=True, slots=True)
class Question:
    """What a person was asked; `about` says by which task, `data` what it needs to go on."""

    id: int
    person_id: int
    about: str
    data: Mapping[str, str] = field(repr=False)


async def ask(tx: Transaction, person_id: int, request_key: str, about: str, **data: str) -> None:
    """Take the person's next text as the answer; whatever was asked before is asked no more."""
    question_id = draft_id_of(tx, request_key)
    await forget(tx, person_id)
    text = json.dumps({"about": about, "data": data})
    await tx.connection.execute(
        insert(draft).values(
            id=question_id,
            person_id=person_id,
            kind=DraftKind.QUESTION,
            version=1,
            step="asked",
            sealed_data=tx.vault.seal("draft", "sealed_data", question_id, text),
            updated_at=tx.now,
        )
    )


async def asked_last(
    tx: Transaction, person_id: int, since: datetime, about: str
) -> Question | None:
    """The question, where that is the last thing the person was at, and not before `since`."""
    row = await latest_row(tx, person_id, since, DraftKind.QUESTION)
    if row is None:
        return None
    said = json.loads(tx.vault.open("draft", "sealed_data", row.id, row.sealed_data))
    if said["about"] != about:
        return None
    return Question(row.id, row.person_id, said["about"], said["data"])


async def forget(tx: Transaction, person_id: int) -> None:
    """Nothing is asked of the person any more."""
    await tx.connection.execute(
        delete(draft).where(draft.c.person_id == person_id, draft.c.kind == DraftKind.QUESTION)
    )
