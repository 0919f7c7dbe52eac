"""What is planned: chats, courses, their meetings at Zoom, and their lessons."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from storage.schema.columns import Sealed, UtcDateTime, id_column, metadata

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
    id_column(),
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
    id_column(),
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
    id_column(),
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
