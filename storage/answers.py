"""What Zoom said when it was asked about a lesson afterwards; when to ask is in storage.asking."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from school.answers import Answer, AnsweredStay
from school.facts import Participant
from storage.database import Transaction
from storage.instances import instance_index
from storage.schema import zoom_answer
from storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """A stored answer that is yet to be opened, like the events that it stands in for."""

    uuid_index: bytes
    sealed_body: bytes = field(repr=False)

    def opened(self, vault: Vault) -> Answer:
        body = vault.open_bytes(*_place(self.uuid_index), self.sealed_body)
        return _from_json(json.loads(body))


async def keep_answer(tx: Transaction, lesson_id: int, answer: Answer) -> None:
    """In place of an earlier one about the same instance, which is of this lesson."""
    index = instance_index(tx, answer.meeting_uuid)
    await tx.connection.execute(delete(zoom_answer).where(zoom_answer.c.uuid_index == index))
    body = json.dumps(_to_json(answer)).encode()
    await tx.connection.execute(
        insert(zoom_answer).values(
            uuid_index=index,
            lesson_id=lesson_id,
            sealed_body=tx.vault.seal_bytes(*_place(index), body),
            asked_at=tx.now,
        )
    )


async def answers_of(tx: Transaction, lesson_id: int) -> Sequence[SealedAnswer]:
    """What Zoom said about the lesson's instances, as far as it is still kept."""
    rows = await tx.connection.execute(
        select(zoom_answer)
        .where(zoom_answer.c.lesson_id == lesson_id)
        .order_by(zoom_answer.c.uuid_index)
    )
    return [SealedAnswer(row.uuid_index, row.sealed_body) for row in rows]


def _place(uuid_index: bytes) -> tuple[str, str, bytes]:
    return zoom_answer.name, zoom_answer.c.sealed_body.name, uuid_index


def _to_json(answer: Answer) -> dict[str, Any]:
    return {
        "meeting_uuid": answer.meeting_uuid,
        "host_id": answer.host_id,
        "started_at": answer.started_at.isoformat(),
        "ended_at": answer.ended_at.isoformat(),
        "stays": [_stay_to_json(one) for one in answer.stays],
    }


def _stay_to_json(stay: AnsweredStay) -> dict[str, str]:
    return {
        "joined_at": stay.joined_at.isoformat(),
        "left_at": stay.left_at.isoformat(),
        "name": stay.who.display_name,
        "user_id": stay.who.user_id,
        "zoom_user_id": stay.who.zoom_user_id,
        "registrant_id": stay.who.registrant_id,
        "email": stay.who.email,
    }


def _from_json(said: dict[str, Any]) -> Answer:
    return Answer(
        meeting_uuid=said["meeting_uuid"],
        host_id=said["host_id"],
        started_at=datetime.fromisoformat(said["started_at"]),
        ended_at=datetime.fromisoformat(said["ended_at"]),
        stays=tuple(_stay_from_json(one) for one in said["stays"]),
    )


def _stay_from_json(said: dict[str, str]) -> AnsweredStay:
    who = Participant(
        display_name=said["name"],
        user_id=said["user_id"],
        zoom_user_id=said["zoom_user_id"],
        registrant_id=said["registrant_id"],
        email=said["email"],
    )
    joined_at, left_at = said["joined_at"], said["left_at"]
    return AnsweredStay(who, datetime.fromisoformat(joined_at), datetime.fromisoformat(left_at))
