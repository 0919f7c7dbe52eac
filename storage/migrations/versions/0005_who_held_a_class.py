"""What is known of the host of a meeting instance, kept as it was when that was held."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("meeting_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_by", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("host_is_reported", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("teacher_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("name_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("zoom_name_index", sa.LargeBinary(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_meeting_instance_held_by"), "person", ["held_by"], ["id"]
        )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_namesake", sa.Boolean(), nullable=False, server_default=sa.false())
        )
