"""What teachers earn: rates and rules, what people say against the figures, and statements."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

# What a teacher earns; never changed: a newer row takes over from its day on.
rate = Table(
    "rate",
    metadata,
    id_column(),
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
    id_column(),
    Column("valid_from", Date, nullable=False),  # a school day
    Column("rules", Text, nullable=False),  # school.pay_rules.PayRules as JSON
    Column("added_by", ForeignKey("person.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("request_key", Text, nullable=False, unique=True),
)

adjustment = Table(
    "adjustment",
    metadata,
    id_column(),
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
    id_column(),
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
    id_column(),
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
    id_column(),
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
