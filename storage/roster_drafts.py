"""What a teacher is asked to type about a roster: rows of the table of all forms.

So too that a student has asked who they are: they are told, and asked for, once a day.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update

from storage.database import Transaction
from storage.drafts import DraftKind, draft_id_of, latest_row
from storage.schema import draft


class NameFor(StrEnum):
    """Whose name is typed."""

    ADDED = "added"  # somebody who is to be on the roster
    RENAMED = "renamed"
    MET = "met"  # who came to a lesson under a name that says nothing


@dataclass(frozen=True, slots=True)
class RosterForm:
    """What waits for a name. `subject_id` is a student, or the lesson of who was met.

    `token` tells who was met there.
    """

    what: NameFor
    course_id: int
    subject_id: int = 0
    token: int = 0


@dataclass(frozen=True, slots=True)
class RosterDraft:
    """The form with the message that it stands in."""

    id: int
    message_id: int | None
    form: RosterForm


async def begin_form(
    tx: Transaction, person_id: int, request_key: str, form: RosterForm, message_id: int | None
) -> None:
    """In the place of any other of the person's; the request again changes nothing."""
    draft_id = draft_id_of(tx, request_key)
    known = await tx.connection.execute(select(draft.c.id).where(draft.c.id == draft_id))
    if known.first() is not None:
        return
    await end_forms(tx, person_id)
    said = json.dumps([form.course_id, form.subject_id, form.token])
    await tx.connection.execute(
        insert(draft).values(
            id=draft_id,
            person_id=person_id,
            kind=DraftKind.ROSTER,
            message_id=message_id,
            step=form.what,
            sealed_data=tx.vault.seal("draft", "sealed_data", draft_id, said),
            updated_at=tx.now,
        )
    )


async def latest_form(tx: Transaction, person_id: int, since: datetime) -> RosterDraft | None:
    """The form a person was shown last, where it is about a roster and that was after `since`."""
    row = await latest_row(tx, person_id, since, DraftKind.ROSTER)
    if row is None:
        return None
    said = json.loads(tx.vault.open("draft", "sealed_data", row.id, row.sealed_data))
    course_id, subject_id, token = said
    form = RosterForm(NameFor(row.step), course_id, subject_id, token)
    return RosterDraft(row.id, row.message_id, form)


async def end_forms(tx: Transaction, person_id: int) -> bool:
    """Whether there was one."""
    gone = await tx.connection.execute(
        delete(draft).where(draft.c.person_id == person_id, draft.c.kind == DraftKind.ROSTER)
    )
    return bool(gone.rowcount)


async def ask_again(tx: Transaction, person_id: int, since: datetime) -> bool:
    """Whether somebody who wants to know who they are has not asked since then; now they have."""
    own = (draft.c.person_id == person_id) & (draft.c.kind == DraftKind.ASKED)
    last = await tx.connection.scalar(select(draft.c.updated_at).where(own))
    if last is not None and last > since:
        return False
    if last is not None:
        await tx.connection.execute(update(draft).where(own).values(updated_at=tx.now))
        return True
    draft_id = draft_id_of(tx, f"asked by {person_id}")
    await tx.connection.execute(
        insert(draft).values(
            id=draft_id,
            person_id=person_id,
            kind=DraftKind.ASKED,
            step=DraftKind.ASKED,
            sealed_data=tx.vault.seal("draft", "sealed_data", draft_id, ""),
            updated_at=tx.now,
        )
    )
    return True


async def was_answered(tx: Transaction, person_id: int) -> None:
    """They may ask anew."""
    await tx.connection.execute(
        delete(draft).where(draft.c.person_id == person_id, draft.c.kind == DraftKind.ASKED)
    )
