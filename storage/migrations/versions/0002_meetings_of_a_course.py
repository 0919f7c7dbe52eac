"""A course's meetings in a table of their own, repeating classes, and people's choices.

What the meeting of a course was, becomes its first meeting. Its link and passcode cannot be sealed
anew here, where there is no key: they are read from Zoom again, as is whatever else it has.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OF_THE_MEETING = (
    "reference",
    "meeting_id",
    "confirmed_at",
    "discarded_at",
    "deleted_at",
    "attempts",
    "next_try_at",
    "last_problem",
    "lease_token",
    "lease_until",
)


def upgrade() -> None:
    _add_choices()
    _add_meetings()
    _move_meetings()
    _add_to_lessons()
    _add_occurrences()
    _take_from_courses()


def _add_choices() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("clock", sa.Text()))
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="teacher"))
    with op.batch_alter_table("chat") as chat:
        chat.add_column(sa.Column("language", sa.Text()))
        chat.add_column(sa.Column("zone", sa.Text()))
        chat.add_column(
            sa.Column("day_reminder", sa.Text(), nullable=False, server_default="single")
        )
        chat.add_column(
            sa.Column("reminder_minutes", sa.Integer(), nullable=False, server_default="15")
        )
    with op.batch_alter_table("post") as post:
        post.add_column(sa.Column("former_message_id", sa.BigInteger()))
        post.add_column(sa.Column("about_at", sa.DateTime(timezone=True)))
        post.add_column(sa.Column("wanted_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE post SET wanted_at = COALESCE(shown_at, due_at)")
    with op.batch_alter_table("meeting_instance") as meeting_instance:
        meeting_instance.create_index(
            op.f("ix_meeting_instance_started_at"), ["started_at"], unique=False
        )
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="class"))


def _add_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("is_series", sa.Boolean(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger()),
        sa.Column("sealed_join_url", sa.LargeBinary()),
        sa.Column("sealed_passcode", sa.LargeBinary()),
        sa.Column("sealed_topic", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("discarded_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("look_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("last_problem", sa.Text()),
        sa.Column("lease_token", sa.BigInteger()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_meeting_course_id")),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_meeting_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_meeting_meeting_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_meeting_reference")),
    )
    for column in ("course_id", "host_id", "next_try_at", "look_at"):
        op.create_index(op.f(f"ix_meeting_{column}"), "meeting", [column], unique=False)


def _move_meetings() -> None:
    names = ", ".join(_OF_THE_MEETING)
    op.execute(
        f"INSERT INTO meeting (id, course_id, host_id, is_series, created_at, look_at, {names}) "
        "SELECT id, id, teacher_id, false, created_at, "
        "CASE WHEN confirmed_at IS NOT NULL AND deleted_at IS NULL THEN created_at END, "
        f"{names} FROM course"
    )


def _add_to_lessons() -> None:
    with op.batch_alter_table("lesson") as lesson:
        lesson.add_column(sa.Column("meeting_row", sa.BigInteger()))
        lesson.add_column(sa.Column("slot_at", sa.DateTime(timezone=True)))
        lesson.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True)))
        lesson.add_column(sa.Column("moved_from_at", sa.DateTime(timezone=True)))
        lesson.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        lesson.add_column(sa.Column("gone_at", sa.DateTime(timezone=True)))
        lesson.add_column(sa.Column("sealed_waiting", sa.LargeBinary()))
        lesson.add_column(sa.Column("hosted_by", sa.BigInteger()))
    op.execute("UPDATE lesson SET meeting_row = course_id")
    with op.batch_alter_table("lesson") as lesson:
        lesson.alter_column("meeting_row", existing_type=sa.BigInteger(), nullable=False)
        lesson.create_foreign_key(op.f("fk_lesson_meeting_row"), "meeting", ["meeting_row"], ["id"])
        lesson.create_foreign_key(op.f("fk_lesson_hosted_by"), "person", ["hosted_by"], ["id"])
        lesson.create_index(op.f("ix_lesson_meeting_row"), ["meeting_row"], unique=False)


def _add_occurrences() -> None:
    op.create_table(
        "occurrence",
        sa.Column("meeting_row", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger()),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_row"], ["meeting.id"], name=op.f("fk_occurrence_meeting_row")
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_occurrence_lesson_id")),
        sa.PrimaryKeyConstraint("meeting_row", "occurrence_id", name=op.f("pk_occurrence")),
    )
    op.create_index(op.f("ix_occurrence_lesson_id"), "occurrence", ["lesson_id"], unique=False)
    op.execute(
        "INSERT INTO occurrence (meeting_row, occurrence_id, lesson_id, starts_at, length_seconds) "
        "SELECT meeting.id, '', lesson.id, lesson.starts_at, lesson.length_seconds "
        "FROM lesson JOIN meeting ON meeting.id = lesson.meeting_row "
        "WHERE meeting.confirmed_at IS NOT NULL AND meeting.deleted_at IS NULL"
    )


def _take_from_courses() -> None:
    with op.batch_alter_table("course") as course:
        course.drop_index(op.f("ix_course_next_try_at"))
        course.drop_constraint(op.f("uq_course_meeting_id"), type_="unique")
        course.drop_constraint(op.f("uq_course_reference"), type_="unique")
        for column in (*_OF_THE_MEETING, "sealed_join_url", "sealed_passcode"):
            course.drop_column(column)
        course.add_column(sa.Column("repeat", sa.Text()))
        course.add_column(sa.Column("anchor_at", sa.DateTime(timezone=True)))
        course.add_column(sa.Column("ended_at", sa.DateTime(timezone=True)))
        course.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
