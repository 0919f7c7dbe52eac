"""How each column of a table is given to whom a row is about; storage.own_data has the rows."""

from storage.own_parts import (
    Given,
    Who,
    given,
)

AN_ADMIN = Who("an admin")
A_TEACHER = Who("another teacher")
THEIR_CLASS = "It is about the class and its teacher."
LEASE = "lease_token lease_until"

PERSON = given(
    "has_own_name is_teacher language zone clock pseudonym created_at erased_at",
    numbers="id telegram_user_id",
    opened="sealed_name sealed_username",
)
INVITATION = given(
    "kind created_at expires_at used_at",
    numbers="id",
    hashes="code_hash",
    internal="request_key",
    invited_by=Who("an admin or a teacher"),
    used_by=Who("somebody"),
)
CHAT = given(
    "kind is_forum linked_at lost_at lost_reason language zone day_reminder reminder_minutes "
    "created_at",
    numbers="id thread_id",
    opened="sealed_title",
)
CHAT_TEACHER = given("linked_at", numbers="chat_id", person_id=A_TEACHER)
COURSE = given(
    "zone repeat anchor_at ended_at version created_at",
    numbers="id",
    opened="sealed_topic",
    internal="request_key",
    teacher_id=A_TEACHER,
)
COURSE_CHAT = given(numbers="course_id chat_id")
MEETING = given(
    "reference is_series created_at confirmed_at discarded_at deleted_at look_at attempts "
    "next_try_at last_problem",
    numbers="id course_id meeting_id",
    opened="sealed_join_url sealed_passcode sealed_topic",
    internal=LEASE,
    host_id=A_TEACHER,
)
LESSON = given(
    "state starts_at length_seconds slot_at cancelled_at moved_from_at sequence gone_at began_at "
    "ended_at actual_seconds teacher_seconds students_seconds taught_seconds teacher_late_seconds "
    "teacher_waited_seconds student_count here_now sureness ask_at ask_attempts asked_at "
    "forgotten_at",
    numbers="id course_id meeting_row",
    others="sealed_waiting",
    teacher_id=A_TEACHER,
    hosted_by=A_TEACHER,
)
OCCURRENCE = given("starts_at length_seconds", numbers="meeting_row occurrence_id lesson_id")
INSTANCE = given(
    "started_at ended_at inferred host_is_reported",
    numbers="lesson_id",
    hashes="uuid_index teacher_index name_index zoom_name_index",
    held_by=A_TEACHER,
)
EVENT = given(
    "state attempts next_try_at received_at",
    numbers="meeting_id lesson_id",
    hashes="digest",
    sealed_body=Given.REPORT,
)
ANSWER = given("asked_at", numbers="lesson_id", hashes="uuid_index", sealed_body=Given.REPORT)
PRESENCE = given(
    "ordinal is_teacher seconds taught_seconds first_joined_at last_left_at late_seconds "
    "left_early_seconds returns inferred overlapping ambiguous is_namesake",
    numbers="lesson_id student_id",
    opened="sealed_name",
    hashes="name_index",
    sealed_keys=Given.PARSED,
)
STAY = given(
    "ordinal presence_ordinal joined_at left_at inferred_join inferred_leave",
    numbers="lesson_id",
)
STUDENT = given(
    "since_at added_at removed_at",
    numbers="id course_id",
    opened="sealed_name",
    hashes="name_index",
    person_id=Who("somebody"),
)
ALIAS = given("kind added_at", numbers="id student_id", opened="sealed_value", hashes="value_index")
RATE = given(
    "valid_from per amount currency added_at",
    numbers="id course_id",
    internal="request_key",
    person_id=A_TEACHER,
    added_by=AN_ADMIN,
)
RULES = given("valid_from rules added_at", numbers="id", internal="request_key", added_by=AN_ADMIN)
ADJUSTMENT = given(
    "kind day amount currency added_at withdrawn_at",
    numbers="id lesson_id",
    opened="sealed_reason",
    internal="request_key",
    person_id=A_TEACHER,
    added_by=AN_ADMIN,
)
DISPUTE = given(
    "kind raised_at state decided_at",
    numbers="id lesson_id",
    opened="sealed_words sealed_answer",
    internal="request_key",
    person_id=A_TEACHER,
    decided_by=AN_ADMIN,
)
CORRECTION = given(
    "taught_seconds teacher_seconds actual_seconds teacher_late_seconds called_off_by "
    "is_confirmation added_at",
    numbers="id lesson_id dispute_id",
    opened="sealed_reason",
    internal="request_key",
    added_by=AN_ADMIN,
)
STATEMENT = given(
    "month state accepted_at locked_at paid_on",
    numbers="id",
    opened="sealed_reference",
    hashes="accepted_digest",
    person_id=A_TEACHER,
    locked_by=AN_ADMIN,
    paid_by=AN_ADMIN,
    sealed_content=Given.STATEMENT,
)
POST = given(
    "kind wanted_version shown_version due_at attempts sending_since repeated shown_at about_at "
    "wanted_at problem",
    numbers="id lesson_id chat_id message_id former_message_id",
    internal=LEASE,
)
LETTER = given(
    "written_at due_at attempts sending_since problem",
    numbers="id message_id",
    internal=f"request_key {LEASE}",
    person_id=Who("somebody"),
    about_id=Who("somebody"),
    sealed_contents=Given.LETTER,
)
REQUEST = given(
    "state made_at decided_at",
    numbers="id",
    opened="sealed_name",
    internal="request_key",
    person_id=Who("somebody"),
    decided_by=AN_ADMIN,
)
