"""What people are shown and asked on Telegram, and what came from there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

post = Table(
    "post",
    metadata,
    id_column(),
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
    id_column(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("kind", Text, nullable=False, default="class"),  # of a storage.forms.Kind
    Column("message_id", BigInteger),
    Column("version", Integer, nullable=False, default=1),
    Column("step", Text, nullable=False),
    Column("sealed_data", Sealed, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

# A message that one person is to get once, in private; what it says is made when it is sent.
letter = Table(
    "letter",
    metadata,
    id_column(),
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
