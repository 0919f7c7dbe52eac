"""The program's own: its key for look-ups, what was done, and what was erased."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

# The random key of the *_index columns, one row. It is sealed, so it survives a new DATA_KEY.
index_key = Table(
    "index_key",
    metadata,
    id_column(),
    Column("sealed_key", Sealed, nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    id_column(),
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
    id_column(),
    Column("receipt", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, default="person"),  # school.model.ErasureKind
    Column("subject_index", LargeBinary, nullable=False),  # HMAC of whom it was about
    Column("course_ids", Text),  # where a name was erased, as a JSON list; null: everywhere
    Column("erased_at", UtcDateTime, nullable=False),
)

# Somebody asks to be taken out of attendance under a name by which the bot cannot know them.
erasure_request = Table(
    "erasure_request",
    metadata,
    id_column(),
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
