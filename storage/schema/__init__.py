"""Every table, in SQLAlchemy Core; the same for SQLite and PostgreSQL.

Whoever queries imports tables from here, so that all of them are known to `metadata` whichever is
meant. One that refers to another names it by its text.
"""

from storage.schema.attendance import (
    heartbeat,
    meeting_instance,
    outage,
    presence,
    stay,
    student,
    student_alias,
    zoom_answer,
    zoom_event,
)
from storage.schema.classes import (
    chat,
    chat_teacher,
    course,
    course_chat,
    lesson,
    meeting,
    occurrence,
)
from storage.schema.columns import Sealed, UtcDateTime, metadata, row_id_of
from storage.schema.messages import draft, handled_update, letter, post
from storage.schema.pay import adjustment, correction, dispute, pay_rules, rate, statement
from storage.schema.people import (
    connect_attempt,
    former_account,
    invitation,
    person,
    revocation,
    zoom_account,
)
from storage.schema.upkeep import audit_entry, erasure, erasure_request, index_key

__all__ = [
    "Sealed",
    "UtcDateTime",
    "adjustment",
    "audit_entry",
    "chat",
    "chat_teacher",
    "connect_attempt",
    "correction",
    "course",
    "course_chat",
    "dispute",
    "draft",
    "erasure",
    "erasure_request",
    "former_account",
    "handled_update",
    "heartbeat",
    "index_key",
    "invitation",
    "lesson",
    "letter",
    "meeting",
    "meeting_instance",
    "metadata",
    "occurrence",
    "outage",
    "pay_rules",
    "person",
    "post",
    "presence",
    "rate",
    "revocation",
    "row_id_of",
    "statement",
    "stay",
    "student",
    "student_alias",
    "zoom_account",
    "zoom_answer",
    "zoom_event",
]
