"""Who uses it, and their Zoom accounts."""

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
)

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

person = Table(
    "person",
    metadata,
    id_column(),
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
    id_column(),
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
    id_column(),
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

# By what a Zoom account is known that its teacher let go of, until they delete their data.
former_account = Table(
    "former_account",
    metadata,
    id_column(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("zoom_user_index", LargeBinary, nullable=False),  # as of zoom_account
    Column("zoom_mark_index", LargeBinary, nullable=False),  # as of student_alias, so is the e-mail
    Column("email_index", LargeBinary, nullable=False),  # empty: it had none
    Column("name_index", LargeBinary, nullable=False),  # as of presence
    Column("ended_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

# A grant whose account is here no more, and that Zoom is still to be told about.
revocation = Table(
    "revocation",
    metadata,
    id_column(),
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
    id_column(),
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
