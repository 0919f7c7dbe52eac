"""Rows that storage's own tests put in."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import insert, select

from storage import forgetting
from storage.database import Transaction, new_id
from storage.forgetting import Cuts
from storage.schema import course, lesson, meeting, person, zoom_account, zoom_event
from storage.zoom_events import EventState


async def add_person(tx: Transaction, name: str) -> int:
    person_id = new_id()
    row = {
        "id": person_id,
        "sealed_name": tx.vault.seal("person", "sealed_name", person_id, name),
        "pseudonym": str(person_id),
        "created_at": tx.now,
    }
    await tx.connection.execute(insert(person).values(row))
    return person_id


async def names(tx: Transaction) -> list[str]:
    """Everybody's name, in the order of the alphabet."""
    rows = await tx.connection.execute(select(person.c.id, person.c.sealed_name))
    opened = [tx.vault.open("person", "sealed_name", row.id, row.sealed_name) for row in rows]
    return sorted(opened)


async def add_course(tx: Transaction) -> int:
    course_id = new_id()
    row = {
        "id": course_id,
        "teacher_id": await add_person(tx, "Aisha"),
        "request_key": f"update {course_id}",
        "zone": "Africa/Addis_Ababa",
        "created_at": tx.now,
    }
    await tx.connection.execute(insert(course).values(row))
    return course_id


async def add_meeting(tx: Transaction, course_id: int, meeting_id: int) -> int:
    """A meeting of that number at Zoom, on the account of the course's teacher; its row's id."""
    meeting_row = new_id()
    row = {
        "id": meeting_row,
        "course_id": course_id,
        "host_id": await _teacher_of(tx, course_id),
        "reference": str(meeting_row),
        "meeting_id": meeting_id,
        "created_at": tx.now,
    }
    await tx.connection.execute(insert(meeting).values(row))
    return meeting_row


async def add_zoom_account(tx: Transaction, zoom_user_id: str) -> int:
    account_id = new_id()

    def sealed(column: str) -> bytes:
        return tx.vault.seal("zoom_account", column, account_id, f"{column} of {zoom_user_id}")

    row = {
        "id": account_id,
        "person_id": await add_person(tx, "Musa"),
        "zoom_user_index": tx.vault.index("zoom user", zoom_user_id),
        "sealed_zoom_user_id": sealed("sealed_zoom_user_id"),
        "sealed_email": sealed("sealed_email"),
        "sealed_display_name": sealed("sealed_display_name"),
        "plan": 1,
        "scopes": "",
        "sealed_access_token": sealed("sealed_access_token"),
        "sealed_refresh_token": sealed("sealed_refresh_token"),
        "access_expires_at": tx.now,
        "refreshed_at": tx.now,
        "connected_at": tx.now,
    }
    await tx.connection.execute(insert(zoom_account).values(row))
    return account_id


async def add_lesson(tx: Transaction) -> int:
    """Of a course and in a meeting of its own."""
    lesson_id = new_id()
    course_id = await add_course(tx)
    row = {
        "id": lesson_id,
        "course_id": course_id,
        "meeting_row": await add_meeting(tx, course_id, meeting_id=new_id()),
        "teacher_id": await _teacher_of(tx, course_id),
        "state": "scheduled",
        "starts_at": tx.now,
        "length_seconds": 2700,
    }
    await tx.connection.execute(insert(lesson).values(row))
    return lesson_id


async def _teacher_of(tx: Transaction, course_id: int) -> int:
    found = await tx.connection.execute(select(course.c.teacher_id).where(course.c.id == course_id))
    return int(found.scalar_one())


async def add_event(
    tx: Transaction,
    body: str,
    state: EventState = EventState.WAITING,
    meeting_id: int = 777,
    received_at: datetime | None = None,
) -> bytes:
    digest = sha256(body.encode()).digest()
    received_at = received_at or tx.now
    row = {
        "digest": digest,
        "meeting_id": meeting_id,
        "state": state,
        "received_at": received_at,
        "next_try_at": received_at + timedelta(hours=1) if state is EventState.HELD else None,
        "sealed_body": tx.vault.seal("zoom_event", "sealed_body", digest, body),
    }
    await tx.connection.execute(insert(zoom_event).values(row))
    return digest


async def forget_accounts(tx: Transaction, before: datetime) -> int:
    """All that is from before then; how many lessons that were."""
    for what in forgetting.by_age(all_cut(before), tx.now):
        await forgetting.forget_rows(tx, what, await forgetting.rows_past(tx, 100, what))
    await forgetting.forget_attendance(tx, await forgetting.attendance_past(tx, 100, before))
    gone = await forgetting.forget_lessons(tx, await forgetting.lessons_past(tx, 100, before))
    await forgetting.forget_courses(tx, await forgetting.courses_past(tx, 100, before), before)
    await forgetting.forget_meetings(tx, await forgetting.meetings_past(tx, 100, before))
    await forgetting.forget_rates(tx, await forgetting.rates_past(tx, 100))
    return gone


def all_cut(before: datetime) -> Cuts:
    """Nothing is kept that is from before then."""
    return Cuts(
        forms=before,
        waiting=before,
        requests=before,
        updates=before,
        letters=before,
        raw_events=before,
        attendance=before,
        summaries=before,
        accounts_day=before.date(),
        audit=before,
        erasures=before,
    )
