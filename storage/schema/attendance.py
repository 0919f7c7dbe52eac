"""What was heard of lessons and folded from it, and who those are that were there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

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
    id_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("student_names", Text),  # school.model.StudentNames: as all are stored; null: in full
)

outage = Table(
    "outage",
    metadata,
    id_column(),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    Index(None, "until_at"),
)

# Somebody on a course's roster, as its teacher knows them.
student = Table(
    "student",
    metadata,
    id_column(),
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
    id_column(),
    Column("student_id", ForeignKey("student.id"), nullable=False),
    Column("kind", Text, nullable=False),  # school.roster.Mark
    Column("sealed_value", Sealed),
    Column("value_index", LargeBinary),  # HMAC of kind and value
    Column("added_at", UtcDateTime, nullable=False),
    Index(None, "student_id"),
    Index(None, "value_index"),
)
