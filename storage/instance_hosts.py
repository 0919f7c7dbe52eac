"""Who held a meeting instance, and what was known of its teacher's Zoom account at that time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update

from storage.database import Transaction
from storage.instances import instance_index
from storage.schema import meeting_instance, presence


@dataclass(frozen=True, slots=True)
class TeacherThen:
    """What was known of a lesson's teacher when an instance of it was held.

    `host_is_reported`: Zoom would have told if they had hosted it. `teacher_index` finds their own
    account, as storage.zoom_accounts.zoom_user_index does, and the others their name, here and in
    Zoom, as storage.student_names.index_of does; None where there was none.
    """

    host_is_reported: bool
    teacher_index: bytes | None
    name_index: bytes | None = None
    zoom_name_index: bytes | None = None

    @property
    def name_indexes(self) -> frozenset[bytes]:
        both = (self.name_index, self.zoom_name_index)
        return frozenset(one for one in both if one is not None)


@dataclass(frozen=True, slots=True)
class InstanceHost:
    """What is kept of an instance's host; None each where that is not settled.

    `was_folded`: it was found before, so that unsettled it is from before any of this was kept.
    """

    was_folded: bool
    held_by: int | None
    teacher_then: TeacherThen | None


async def hosts_of_lesson(tx: Transaction, lesson_id: int) -> Mapping[bytes, InstanceHost]:
    """By what storage.attendance.instance_index makes of their uuids."""
    rows = await tx.connection.execute(
        select(meeting_instance).where(meeting_instance.c.lesson_id == lesson_id)
    )
    return {
        row.uuid_index: InstanceHost(
            was_folded=row.started_at is not None,
            held_by=row.held_by,
            teacher_then=None
            if row.host_is_reported is None
            else TeacherThen(
                row.host_is_reported, row.teacher_index, row.name_index, row.zoom_name_index
            ),
        )
        for row in rows
    }


async def settle(tx: Transaction, meeting_uuid: str, held_by: int, then: TeacherThen) -> None:
    """Once and for all: what is settled stays."""
    await tx.connection.execute(
        update(meeting_instance)
        .where(
            meeting_instance.c.uuid_index == instance_index(tx, meeting_uuid),
            meeting_instance.c.held_by.is_(None),
        )
        .values(
            held_by=held_by,
            host_is_reported=then.host_is_reported,
            teacher_index=then.teacher_index,
            name_index=then.name_index,
            zoom_name_index=then.zoom_name_index,
        )
    )


async def forget_teachers(tx: Transaction, lesson_ids: Select[tuple[int]] | Sequence[int]) -> None:
    """By what these lessons' teachers, and their accounts, would be known."""
    await tx.connection.execute(
        update(meeting_instance)
        .where(meeting_instance.c.lesson_id.in_(lesson_ids))
        .values(teacher_index=None, name_index=None, zoom_name_index=None)
    )


async def was_teacher_found(tx: Transaction, lesson_id: int) -> bool:
    """Whether the teacher was there, or taken to be, when the lesson was last folded."""
    found = await tx.connection.execute(
        select(presence.c.ordinal)
        .where(presence.c.lesson_id == lesson_id, presence.c.is_teacher)
        .limit(1)
    )
    return found.first() is not None
