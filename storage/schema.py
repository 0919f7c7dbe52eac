"""Every table, in SQLAlchemy Core; the same for SQLite and PostgreSQL.

Columns called `sealed_*` hold values sealed by storage.sealing under (table, column, row id);
`row_id_of` says what the row id of a row is.
Columns called `*_index` hold keyed hashes for look-ups by a sealed value. Row ids are random
62-bit integers made by the program (storage.database.new_id), so that a value can be sealed
before its row exists.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import OperatorType

from storage.sealing import RowId


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times in and out; SQLite, which has no zones, keeps them as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[bytes]):
    """What storage.sealing made; never compared, as one value seals differently each time."""

    impl = LargeBinary
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[bytes]):
        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            if op not in {operators.is_, operators.is_not}:
                raise TypeError("a sealed column cannot be compared; look its *_index up")
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


# The random key of the *_index columns, one row. It is sealed, so it survives a new DATA_KEY.
index_key = Table(
    "index_key",
    metadata,
    _id(),
    Column("sealed_key", Sealed, nullable=False),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("telegram_user_id", BigInteger, unique=True),  # null once erased
    Column("sealed_name", Sealed),
    Column("has_own_name", Boolean, nullable=False, default=False),  # not Telegram's: see /profile
    Column("sealed_username", Sealed),
    Column("is_teacher", Boolean, nullable=False, default=False),
    Column("language", Text),
    Column("zone", Text),
    Column("clock", Text),  # school.model.ClockFace; null: 24 hours
    Column("pseudonym", Text, nullable=False, unique=True),  # stands in accounts after erasure
    Column("created_at", UtcDateTime, nullable=False),
    Column("erased_at", UtcDateTime),
)

invitation = Table(
    "invitation",
    metadata,
    _id(),
    Column("kind", Text, nullable=False, default="teacher"),  # school.model.InvitationKind
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("invited_by", ForeignKey("person.id"), nullable=False),
    Column("request_key", Text, nullable=False, unique=True),  # the update that asked for it
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_by", ForeignKey("person.id")),
    Column("used_at", UtcDateTime),
)

zoom_account = Table(
    "zoom_account",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False, unique=True),
    Column("zoom_user_index", LargeBinary, nullable=False, unique=True),
    Column("sealed_zoom_user_id", Sealed, nullable=False),
    Column("sealed_email", Sealed, nullable=False),
    Column("sealed_display_name", Sealed, nullable=False),
    Column("plan", Integer, nullable=False),  # Zoom's user type: 1 Basic, 2 Licensed
    Column("scopes", Text, nullable=False),
    Column("sealed_access_token", Sealed, nullable=False),
    Column("sealed_refresh_token", Sealed, nullable=False),
    Column("access_expires_at", UtcDateTime, nullable=False),
    Column("refreshed_at", UtcDateTime, nullable=False),
    Column("broken_at", UtcDateTime),  # Zoom said invalid_grant: the teacher must reconnect
    Column("lease_token", BigInteger),  # who refreshes just now
    Column("lease_until", UtcDateTime),
    Column("renewal_tries", Integer, nullable=False, default=0),  # in vain, while nobody asked
    Column("renew_after", UtcDateTime),  # no such try before
    Column("connected_at", UtcDateTime, nullable=False),
)

# A grant whose account is here no more, and that Zoom is still to be told about.
revocation = Table(
    "revocation",
    metadata,
    _id(),
    Column("zoom_user_index", LargeBinary, nullable=False),  # as of zoom_account
    Column("sealed_access_token", Sealed, nullable=False),
    Column("sealed_refresh_token", Sealed, nullable=False),
    Column("access_expires_at", UtcDateTime, nullable=False),
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_token", BigInteger),
    Column("lease_until", UtcDateTime),
    Index(None, "zoom_user_index"),
    Index(None, "next_try_at"),
)

connect_attempt = Table(
    "connect_attempt",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("stage", Text, nullable=False),  # offered, consenting, returned
    Column("link_hash", LargeBinary, nullable=False, unique=True),
    Column("state_hash", LargeBinary, unique=True),
    Column("cookie_hash", LargeBinary),
    Column("finish_hash", LargeBinary, unique=True),
    Column("typed_code_hash", LargeBinary),
    Column("typed_tries", Integer, nullable=False, default=0),
    Column("sealed_verifier", Sealed),
    Column("sealed_code", Sealed),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

chat = Table(
    "chat",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # Telegram's chat_id
    Column("kind", Text, nullable=False),  # private, group, supergroup
    Column("sealed_title", Sealed),
    Column("thread_id", BigInteger),
    Column("is_forum", Boolean, nullable=False, default=False),
    Column("linked_at", UtcDateTime),  # null: known, but no teacher may post there
    Column("lost_at", UtcDateTime),  # the bot was removed, blocked or may not write
    Column("lost_reason", Text),
    # As its teachers chose; null: as the school, or as the student in a private chat, has it.
    Column("language", Text),
    Column("zone", Text),
    Column("day_reminder", Text, nullable=False, default="single"),  # school.model.DayReminder
    Column("reminder_minutes", Integer, nullable=False, default=15),  # before the start; 0: none
    Column("created_at", UtcDateTime, nullable=False),
)

chat_teacher = Table(
    "chat_teacher",
    metadata,
    Column("chat_id", ForeignKey("chat.id", onupdate="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("linked_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

course = Table(
    "course",
    metadata,
    _id(),
    Column("teacher_id", ForeignKey("person.id"), nullable=False),
    Column("request_key", Text, nullable=False, unique=True),  # the draft or update that asked
    Column("sealed_topic", Sealed),
    Column("zone", Text, nullable=False),
    Column("repeat", Text),  # an RFC 5545 rule (school.recurrence); null: one lesson
    Column("anchor_at", UtcDateTime),  # the first date of the rule
    Column("ended_at", UtcDateTime),  # called off as a whole: the rule adds no lessons any more
    Column("version", Integer, nullable=False, default=1),  # raised whenever a person changes it
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "teacher_id"),
)

# A meeting at Zoom that lessons of a course are held in: most courses have one.
meeting = Table(
    "meeting",
    metadata,
    _id(),
    Column("course_id", ForeignKey("course.id"), nullable=False),
    Column("host_id", ForeignKey("person.id"), nullable=False),  # on whose Zoom account it is
    Column("reference", Text, nullable=False, unique=True),  # stands in the meeting's agenda
    Column("is_series", Boolean, nullable=False, default=False),  # recurring at Zoom
    Column("meeting_id", BigInteger, unique=True),  # Zoom's number; null until it exists
    Column("sealed_join_url", Sealed),
    Column("sealed_passcode", Sealed),
    Column("sealed_topic", Sealed),  # as Zoom has it, as far as is known
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),  # it exists at Zoom
    Column("discarded_at", UtcDateTime),  # no longer wanted, before or after it existed
    Column("deleted_at", UtcDateTime),  # known to be gone from Zoom
    Column("look_at", UtcDateTime),  # when to see whether it was changed at Zoom; null: never
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try_at", UtcDateTime),  # when the reconciler settles it; null: nothing to do
    Column("last_problem", Text),
    Column("lease_token", BigInteger),
    Column("lease_until", UtcDateTime),
    Index(None, "course_id"),
    Index(None, "host_id"),
    Index(None, "next_try_at"),
    Index(None, "look_at"),
)

course_chat = Table(
    "course_chat",
    metadata,
    Column("course_id", ForeignKey("course.id"), primary_key=True),
    Column("chat_id", ForeignKey("chat.id", onupdate="CASCADE"), primary_key=True),
    Index(None, "chat_id"),
)

lesson = Table(
    "lesson",
    metadata,
    _id(),
    Column("course_id", ForeignKey("course.id"), nullable=False),
    Column("meeting_row", ForeignKey("meeting.id"), nullable=False),
    Column("teacher_id", ForeignKey("person.id"), nullable=False),  # who is to give it
    Column("state", Text, nullable=False),  # school.model.LessonState
    Column("starts_at", UtcDateTime, nullable=False),
    Column("length_seconds", Integer, nullable=False),
    Column("slot_at", UtcDateTime),  # where the course's rule put it; null outside a series
    Column("cancelled_at", UtcDateTime),  # the same for all that were called off together
    Column("moved_from_at", UtcDateTime),  # its start before it was moved last
    Column("sequence", Integer, nullable=False, default=0),  # of its calendar entry, RFC 5545
    Column("gone_at", UtcDateTime),  # deleted inside Zoom: its teacher is asked what to do
    Column("sealed_waiting", Sealed),  # names of those who wait for the host, as a JSON list
    Column("hosted_by", ForeignKey("person.id")),  # whose account held it; null: the teacher's
    # What happened, in seconds; null until something did. Folded anew from the events.
    Column("began_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("actual_seconds", Integer),
    Column("teacher_seconds", Integer),
    Column("students_seconds", Integer),
    Column("taught_seconds", Integer),
    Column("teacher_late_seconds", Integer),  # by the plan
    Column("teacher_waited_seconds", Integer),  # there within the plan
    Column("student_count", Integer),
    Column("here_now", Integer),
    Column("sureness", Text),  # school.attendance.Sureness
    Column("ask_at", UtcDateTime),  # when Zoom is asked what its events missed; null: not at all
    Column("ask_attempts", Integer, nullable=False, default=0),  # in vain, if ask_at is null again
    Column("asked_at", UtcDateTime),  # since when all that Zoom knows of it is known
    Column("forgotten_at", UtcDateTime),  # who was there is past its time: it is folded no more
    Index(None, "ask_at"),
    Index(None, "course_id"),
    Index(None, "meeting_row"),
    Index(None, "teacher_id", "starts_at"),
    Index(None, "starts_at"),
    Index(None, "forgotten_at", "starts_at"),
)

# A date of a meeting as Zoom has it, as far as is known; "" is the only date of one that does not
# repeat. Where the lesson says otherwise, Zoom is still to be told.
occurrence = Table(
    "occurrence",
    metadata,
    Column("meeting_row", ForeignKey("meeting.id"), primary_key=True),
    Column("occurrence_id", Text, primary_key=True),
    Column("lesson_id", ForeignKey("lesson.id")),  # null: of no lesson of ours
    Column("starts_at", UtcDateTime, nullable=False),
    Column("length_seconds", Integer, nullable=False),
    Index(None, "lesson_id"),
)

meeting_instance = Table(
    "meeting_instance",
    metadata,
    Column("uuid_index", LargeBinary, primary_key=True),  # HMAC of Zoom's meeting uuid
    Column("lesson_id", ForeignKey("lesson.id"), nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("inferred", Boolean, nullable=False, default=False),
    # As it was known when it was held; null: not known yet, or held before this was kept.
    Column("held_by", ForeignKey("person.id")),  # whose account it was on
    Column("host_is_reported", Boolean),  # whether Zoom would have told that the teacher came
    Column("teacher_index", LargeBinary),  # of the teacher's own account, as of zoom_account
    Column("name_index", LargeBinary),  # of the teacher's name, as of presence
    Column("zoom_name_index", LargeBinary),  # of that in Zoom
    Index(None, "lesson_id"),
    Index(None, "started_at"),
)

zoom_event = Table(
    "zoom_event",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # its own time, then sha256 of the raw body
    Column("meeting_id", BigInteger),
    Column("lesson_id", ForeignKey("lesson.id")),
    Column("state", Text, nullable=False),  # waiting, held, applied, set_aside
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("sealed_body", Sealed, nullable=False),  # row id: the digest
    # Few, because each costs the inbox; the rest of a new event's columns are not looked up by.
    Index(None, "state", "received_at"),
    Index(
        None,
        "lesson_id",
        # PostgreSQL has all of it: only to name that dialect here would load it at each start.
        sqlite_where=text("lesson_id IS NOT NULL"),
    ),
)

presence = Table(
    "presence",
    metadata,
    Column("lesson_id", ForeignKey("lesson.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("sealed_name", Sealed),  # row id: lesson_id, then ordinal; null once erased
    Column("name_index", LargeBinary),  # HMAC of the normalised name
    Column("is_teacher", Boolean, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("taught_seconds", Integer, nullable=False),  # together with the teacher
    Column("first_joined_at", UtcDateTime, nullable=False),
    Column("last_left_at", UtcDateTime, nullable=False),
    Column("late_seconds", Integer, nullable=False),
    Column("left_early_seconds", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("inferred", Boolean, nullable=False),
    Column("overlapping", Boolean, nullable=False),  # one name, several devices or people
    Column("ambiguous", Boolean, nullable=False),  # a guest whose name several others bear
    Column("is_namesake", Boolean, nullable=False, default=False),  # may be the teacher, by name
    Column("student_id", ForeignKey("student.id")),  # who it is on the course's roster, if known
    Column("sealed_keys", Sealed),  # by what else Zoom told them apart, as JSON; null: a name alone
    Index(None, "name_index"),
    Index(None, "student_id"),
)

stay = Table(
    "stay",
    metadata,
    Column("lesson_id", ForeignKey("lesson.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("presence_ordinal", Integer, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime, nullable=False),
    Column("inferred_join", Boolean, nullable=False),
    Column("inferred_leave", Boolean, nullable=False),
)

# What Zoom said when it was asked about an instance that is over; it stands in place of the events.
zoom_answer = Table(
    "zoom_answer",
    metadata,
    Column("uuid_index", LargeBinary, primary_key=True),  # as of meeting_instance
    Column("lesson_id", ForeignKey("lesson.id"), nullable=False),
    Column("sealed_body", Sealed, nullable=False),  # as JSON
    Column("asked_at", UtcDateTime, nullable=False),
    Index(None, "lesson_id"),
)

# When the program last was there to hear events, one row; what lies between is an outage.
heartbeat = Table(
    "heartbeat",
    metadata,
    _id(),
    Column("at", UtcDateTime, nullable=False),
    Column("student_names", Text),  # school.model.StudentNames: as all are stored; null: in full
)

outage = Table(
    "outage",
    metadata,
    _id(),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    Index(None, "until_at"),
)

# Somebody on a course's roster, as its teacher knows them.
student = Table(
    "student",
    metadata,
    _id(),
    Column("course_id", ForeignKey("course.id"), nullable=False),
    Column("sealed_name", Sealed),
    Column("name_index", LargeBinary),  # HMAC of the normalised name, as of presence
    Column("person_id", ForeignKey("person.id")),  # on Telegram, as the teacher has confirmed
    Column("since_at", UtcDateTime, nullable=False),  # expected in lessons planned from then on
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),  # expected no longer
    Index(None, "course_id"),
    Index(None, "name_index"),
    Index(None, "person_id"),
)

# Another name, or a mark that Zoom gives, by which a student is recognised.
student_alias = Table(
    "student_alias",
    metadata,
    _id(),
    Column("student_id", ForeignKey("student.id"), nullable=False),
    Column("kind", Text, nullable=False),  # school.roster.Mark
    Column("sealed_value", Sealed),
    Column("value_index", LargeBinary),  # HMAC of kind and value
    Column("added_at", UtcDateTime, nullable=False),
    Index(None, "student_id"),
    Index(None, "value_index"),
)

# What a teacher earns; never changed: a newer row takes over from its day on.
rate = Table(
    "rate",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("course_id", ForeignKey("course.id")),  # null: all that have no rate of their own
    Column("valid_from", Date, nullable=False),  # a school day
    Column("per", Text, nullable=False),  # school.pay.Per
    Column("amount", Text, nullable=False),  # a decimal number
    Column("currency", Text, nullable=False),  # ISO 4217
    Column("added_by", ForeignKey("person.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("request_key", Text, nullable=False, unique=True),
    Index(None, "person_id"),
)

# How pay is worked out; never changed: a newer row takes over from its day on.
pay_rules = Table(
    "pay_rules",
    metadata,
    _id(),
    Column("valid_from", Date, nullable=False),  # a school day
    Column("rules", Text, nullable=False),  # school.pay_rules.PayRules as JSON
    Column("added_by", ForeignKey("person.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("request_key", Text, nullable=False, unique=True),
)

adjustment = Table(
    "adjustment",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # the teacher
    Column("kind", Text, nullable=False),  # school.pay.AdjustmentKind
    Column("day", Date, nullable=False),  # the school day that says to which month it belongs
    Column("amount", Text),  # a decimal number, never negative; null: a waiver
    Column("currency", Text),
    Column("lesson_id", ForeignKey("lesson.id")),  # whose deduction is waived
    Column("sealed_reason", Sealed),
    Column("added_by", ForeignKey("person.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("request_key", Text, nullable=False, unique=True),
    Index(None, "person_id", "day"),
    Index(None, "lesson_id"),
)

# A teacher says that something about a lesson is wrong.
dispute = Table(
    "dispute",
    metadata,
    _id(),
    Column("lesson_id", ForeignKey("lesson.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False),  # school.corrections.DisputeKind
    Column("sealed_words", Sealed),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),  # school.corrections.DisputeState
    Column("decided_by", ForeignKey("person.id")),
    Column("decided_at", UtcDateTime),
    Column("sealed_answer", Sealed),
    Column("request_key", Text, nullable=False, unique=True),
    Index(None, "lesson_id"),
    Index(None, "person_id"),
    Index(None, "state"),
)

# What a person says about a lesson instead of what was found; the figures found stay.
correction = Table(
    "correction",
    metadata,
    _id(),
    Column("lesson_id", ForeignKey("lesson.id"), nullable=False),
    Column("dispute_id", ForeignKey("dispute.id")),
    Column("taught_seconds", Integer),  # null: as found; so too the others
    Column("teacher_seconds", Integer),
    Column("actual_seconds", Integer),
    Column("teacher_late_seconds", Integer),
    Column("called_off_by", Text),  # school.pay.CalledOffBy
    Column("is_confirmation", Boolean, nullable=False, default=False),  # the figures are right
    Column("sealed_reason", Sealed),
    Column("added_by", ForeignKey("person.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("request_key", Text, nullable=False, unique=True),
    Index(None, "lesson_id"),
)

# A teacher's pay of one month, from the moment that they accept it.
statement = Table(
    "statement",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("month", Text, nullable=False),  # "2026-11", of the school's zone
    Column("state", Text, nullable=False),  # school.statements.StatementState
    Column("accepted_digest", LargeBinary),  # of what the teacher saw
    Column("accepted_at", UtcDateTime),
    Column("locked_by", ForeignKey("person.id")),
    Column("locked_at", UtcDateTime),
    Column("sealed_content", Sealed),  # as locked, as JSON
    Column("paid_by", ForeignKey("person.id")),
    Column("paid_on", Date),
    Column("sealed_reference", Sealed),
    UniqueConstraint("person_id", "month"),
)

post = Table(
    "post",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),  # school.model.PostKind
    Column("lesson_id", ForeignKey("lesson.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id", onupdate="CASCADE"), nullable=False),
    Column("message_id", BigInteger),
    Column("former_message_id", BigInteger),  # shown before; to be tidied once a new one is sent
    Column("wanted_version", Integer, nullable=False, default=1),
    Column("shown_version", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime),  # null: nothing to do
    Column("attempts", Integer, nullable=False, default=0),
    Column("sending_since", UtcDateTime),  # a first send began and its answer is not known
    Column("repeated", Boolean, nullable=False, default=False),  # an uncertain send was repeated
    Column("shown_at", UtcDateTime),
    Column("about_at", UtcDateTime),  # the moment that a reminder is about
    Column("wanted_at", UtcDateTime),  # since when its present message is wanted
    Column("problem", Text),
    Column("lease_token", BigInteger),
    Column("lease_until", UtcDateTime),
    UniqueConstraint("kind", "lesson_id", "chat_id"),
    Index(None, "due_at"),
    Index(None, "lesson_id"),
    Index(None, "chat_id"),
)

draft = Table(
    "draft",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False, default="class"),  # storage.drafts.DraftKind
    Column("message_id", BigInteger),
    Column("version", Integer, nullable=False, default=1),
    Column("step", Text, nullable=False),
    Column("sealed_data", Sealed, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    _id(),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),  # a pseudonym, or "program"
    Column("action", Text, nullable=False),
    Column("subject", Text),  # a pseudonym or an id, never a name
    Index(None, "at"),
)

# Done once, and done again where a backup from before it is restored.
erasure = Table(
    "erasure",
    metadata,
    _id(),
    Column("receipt", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, default="person"),  # school.model.ErasureKind
    Column("subject_index", LargeBinary, nullable=False),  # HMAC of a Telegram user, or of a name
    Column("course_ids", Text),  # where a name was erased, as a JSON list; null: everywhere
    Column("erased_at", UtcDateTime, nullable=False),
)

# Somebody asks to be taken out of attendance under a name by which the bot cannot know them.
erasure_request = Table(
    "erasure_request",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("sealed_name", Sealed),  # as they gave it; null once it is answered
    Column("state", Text, nullable=False),  # school.model.ErasureRequestState
    Column("made_at", UtcDateTime, nullable=False),
    Column("decided_by", ForeignKey("person.id")),
    Column("decided_at", UtcDateTime),
    Column("request_key", Text, nullable=False, unique=True),
    Index(None, "person_id"),
    Index(None, "state"),
)

# A message that one person is to get once, in private; what it says is made when it is sent.
letter = Table(
    "letter",
    metadata,
    _id(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("about_id", ForeignKey("person.id")),  # whom it names, if that is somebody else
    Column("sealed_contents", Sealed),  # a school.letters.Letter; null: it was sent, or given up
    Column("written_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # null: it was sent, or given up
    Column("attempts", Integer, nullable=False, default=0),
    Column("sending_since", UtcDateTime),  # a send began and its answer is not known
    Column("message_id", BigInteger),
    Column("problem", Text),
    Column("request_key", Text, nullable=False, unique=True),  # what it is about: written once
    Column("lease_token", BigInteger),
    Column("lease_until", UtcDateTime),
    Index(None, "person_id"),
    Index(None, "about_id"),
    Index(None, "due_at"),
)

handled_update = Table(
    "handled_update",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("handled_at", UtcDateTime, nullable=False),
    Index(None, "handled_at"),
)


def row_id_of(table: Table, row: RowMapping | Mapping[str, Any]) -> RowId:
    """What the values of a row are sealed under: its primary key, "7:2" where that has two parts.

    Whoever changes a row's primary key must seal its values anew.
    """
    values: list[RowId] = [row[column.name] for column in table.primary_key]
    if len(values) == 1:
        return values[0]
    return ":".join(part.hex() if isinstance(part, bytes) else str(part) for part in values)
