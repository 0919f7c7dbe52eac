"""By what Zoom accounts that were let go of would be known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "former_account",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("zoom_user_index", sa.LargeBinary(), nullable=False),
        sa.Column("zoom_mark_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_former_account_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_account")),
    )
    with op.batch_alter_table("former_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_former_account_person_id"), ["person_id"], unique=False
        )
