"""Where what is stored about a person lies: for every table, and for every column of it.

A table or column that is not described here fails the build (tests/storage/test_own_data.py), so
that what /mydata gives cannot become incomplete unnoticed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import and_, or_, select, tuple_

from storage.own_parts import (
    OTHERS,
    Columns,
    Condition,
    Counted,
    Given,
    Part,
    Subject,
    Who,
    attended,
    attended_courses,
    attended_lessons,
    attends,
    gave,
    given,
    given_lessons,
    groups,
    linked_chats,
    only,
    own_courses,
    own_meetings,
    own_students,
    own_zoom_index,
    passed_on,
    taught_there,
    without,
)
from storage.schema import (
    adjustment,
    audit_entry,
    chat,
    chat_teacher,
    connect_attempt,
    correction,
    course,
    course_chat,
    dispute,
    draft,
    erasure,
    erasure_request,
    invitation,
    lesson,
    letter,
    meeting,
    meeting_instance,
    occurrence,
    pay_rules,
    person,
    post,
    presence,
    rate,
    revocation,
    statement,
    stay,
    student,
    student_alias,
    zoom_account,
    zoom_answer,
    zoom_event,
)

ABOUT_NOBODY: Mapping[str, str] = MappingProxyType(
    {
        "index_key": "A key of the program's own.",
        "heartbeat": "When the program was last running.",
        "outage": "When the program was not running.",
        "handled_update": "Numbers of messages that were handled, without whose they were.",
    }
)
"""Tables in which nothing is anybody's, and what they hold."""

_AN_ADMIN = Who("an admin")
_A_TEACHER = Who("another teacher")
_THEIR_CLASS = "It is about the class and its teacher."
_LEASE = "lease_token lease_until"

_PERSON = given(
    "has_own_name is_teacher language zone clock pseudonym created_at erased_at",
    numbers="id telegram_user_id",
    opened="sealed_name sealed_username",
)
_INVITATION = given(
    "kind created_at expires_at used_at",
    numbers="id",
    hashes="code_hash",
    internal="request_key",
    invited_by=Who("an admin or a teacher"),
    used_by=Who("somebody"),
)
_CHAT = given(
    "kind is_forum linked_at lost_at lost_reason language zone day_reminder reminder_minutes "
    "created_at",
    numbers="id thread_id",
    opened="sealed_title",
)
_CHAT_TEACHER = given("linked_at", numbers="chat_id", person_id=_A_TEACHER)
_COURSE = given(
    "zone repeat anchor_at ended_at version created_at",
    numbers="id",
    opened="sealed_topic",
    internal="request_key",
    teacher_id=_A_TEACHER,
)
_COURSE_CHAT = given(numbers="course_id chat_id")
_MEETING = given(
    "reference is_series created_at confirmed_at discarded_at deleted_at look_at attempts "
    "next_try_at last_problem",
    numbers="id course_id meeting_id",
    opened="sealed_join_url sealed_passcode sealed_topic",
    internal=_LEASE,
    host_id=_A_TEACHER,
)
_LESSON = given(
    "state starts_at length_seconds slot_at cancelled_at moved_from_at sequence gone_at began_at "
    "ended_at actual_seconds teacher_seconds students_seconds taught_seconds teacher_late_seconds "
    "teacher_waited_seconds student_count here_now sureness ask_at ask_attempts asked_at "
    "forgotten_at",
    numbers="id course_id meeting_row",
    others="sealed_waiting",
    teacher_id=_A_TEACHER,
    hosted_by=_A_TEACHER,
)
_OCCURRENCE = given("starts_at length_seconds", numbers="meeting_row occurrence_id lesson_id")
_INSTANCE = given("started_at ended_at inferred", numbers="lesson_id", hashes="uuid_index")
_EVENT = given(
    "state attempts next_try_at received_at",
    numbers="meeting_id lesson_id",
    hashes="digest",
    sealed_body=Given.REPORT,
)
_ANSWER = given("asked_at", numbers="lesson_id", hashes="uuid_index", sealed_body=Given.REPORT)
_PRESENCE = given(
    "ordinal is_teacher seconds taught_seconds first_joined_at last_left_at late_seconds "
    "left_early_seconds returns inferred overlapping ambiguous",
    numbers="lesson_id student_id",
    opened="sealed_name",
    hashes="name_index",
    sealed_keys=Given.PARSED,
)
_STAY = given(
    "ordinal presence_ordinal joined_at left_at inferred_join inferred_leave",
    numbers="lesson_id",
)
_STUDENT = given(
    "since_at added_at removed_at",
    numbers="id course_id",
    opened="sealed_name",
    hashes="name_index",
    person_id=Who("somebody"),
)
_ALIAS = given(
    "kind added_at", numbers="id student_id", opened="sealed_value", hashes="value_index"
)
_RATE = given(
    "valid_from per amount currency added_at",
    numbers="id course_id",
    internal="request_key",
    person_id=_A_TEACHER,
    added_by=_AN_ADMIN,
)
_RULES = given(
    "valid_from rules added_at", numbers="id", internal="request_key", added_by=_AN_ADMIN
)
_ADJUSTMENT = given(
    "kind day amount currency added_at withdrawn_at",
    numbers="id lesson_id",
    opened="sealed_reason",
    internal="request_key",
    person_id=_A_TEACHER,
    added_by=_AN_ADMIN,
)
_DISPUTE = given(
    "kind raised_at state decided_at",
    numbers="id lesson_id",
    opened="sealed_words sealed_answer",
    internal="request_key",
    person_id=_A_TEACHER,
    decided_by=_AN_ADMIN,
)
_CORRECTION = given(
    "taught_seconds teacher_seconds actual_seconds teacher_late_seconds called_off_by "
    "is_confirmation added_at",
    numbers="id lesson_id dispute_id",
    opened="sealed_reason",
    internal="request_key",
    added_by=_AN_ADMIN,
)
_STATEMENT = given(
    "month state accepted_at locked_at paid_on",
    numbers="id",
    opened="sealed_reference",
    hashes="accepted_digest",
    person_id=_A_TEACHER,
    locked_by=_AN_ADMIN,
    paid_by=_AN_ADMIN,
    sealed_content=Given.STATEMENT,
)
_POST = given(
    "kind wanted_version shown_version due_at attempts sending_since repeated shown_at about_at "
    "wanted_at problem",
    numbers="id lesson_id chat_id message_id former_message_id",
    internal=_LEASE,
)
_LETTER = given(
    "written_at due_at attempts sending_since problem",
    numbers="id message_id",
    internal=f"request_key {_LEASE}",
    person_id=Who("somebody"),
    about_id=Who("somebody"),
    sealed_contents=Given.LETTER,
)
_REQUEST = given(
    "state made_at decided_at",
    numbers="id",
    opened="sealed_name",
    internal="request_key",
    person_id=Who("somebody"),
    decided_by=_AN_ADMIN,
)


def _entered(columns: Columns, names: str) -> Columns:
    """What an admin wrote down about others: that they did, and when."""
    return only(columns, OTHERS, names)


def _is_told_of(who: Subject) -> Condition:
    """Lessons of which something is shown in their private chat, and which they do not give."""
    shown = select(post.c.lesson_id).where(post.c.chat_id == who.telegram_user_id)
    return and_(lesson.c.id.in_(shown), lesson.c.id.not_in(given_lessons(who)))


def _knows_course(who: Subject) -> Condition:
    announced = select(course_chat.c.course_id).where(course_chat.c.chat_id == who.telegram_user_id)
    given_too = select(lesson.c.course_id).where(or_(gave(who), _is_told_of(who)))
    return and_(
        course.c.teacher_id != who.person_id,
        or_(
            course.c.id.in_(attended_courses(who)),
            course.c.id.in_(announced),
            course.c.id.in_(given_too),
        ),
    )


def _names_another(who: Subject) -> Condition:
    return and_(letter.c.about_id.is_not(None), letter.c.about_id != who.person_id)


def _stay_of(presences: Condition) -> Condition:
    whose = select(presence.c.lesson_id, presence.c.ordinal).where(presences)
    return tuple_(stay.c.lesson_id, stay.c.presence_ordinal).in_(whose)


def _report_of_own_class(who: Subject) -> Condition:
    numbers = select(meeting.c.meeting_id).where(
        meeting.c.host_id == who.person_id, meeting.c.meeting_id.is_not(None)
    )
    return or_(zoom_event.c.lesson_id.in_(given_lessons(who)), zoom_event.c.meeting_id.in_(numbers))


def _groups_of_own(who: Subject) -> Condition:
    return and_(post.c.lesson_id.in_(given_lessons(who)), post.c.chat_id != who.telegram_user_id)


PARTS: tuple[Part, ...] = (
    # Who they are
    Part(
        "person",
        "You, as the bot knows you",
        person,
        lambda who: person.c.id == who.person_id,
        _PERSON,
    ),
    Part(
        "private_chat",
        "Your private chat with the bot",
        chat,
        lambda who: chat.c.id == who.telegram_user_id,
        _CHAT,
    ),
    Part(
        "invitations_used",
        "Invitations that you accepted",
        invitation,
        lambda who: invitation.c.used_by == who.person_id,
        _INVITATION,
    ),
    Part(
        "invitations_made",
        "Invitations that you made",
        invitation,
        lambda who: invitation.c.invited_by == who.person_id,
        without(_INVITATION, OTHERS, "used_by"),
    ),
    # Zoom
    Part(
        "zoom_account",
        "Your Zoom account",
        zoom_account,
        lambda who: zoom_account.c.person_id == who.person_id,
        given(
            "plan scopes access_expires_at refreshed_at broken_at connected_at",
            numbers="id",
            opened="sealed_zoom_user_id sealed_email sealed_display_name",
            stored="sealed_access_token sealed_refresh_token",
            hashes="zoom_user_index",
            internal=f"{_LEASE} renewal_tries renew_after",
            person_id=_A_TEACHER,
        ),
    ),
    Part(
        "zoom_connections_being_ended",
        "Access keys of an earlier connection that Zoom is still to be told the end of",
        revocation,
        lambda who: revocation.c.zoom_user_index.in_(own_zoom_index(who)),
        given(
            "access_expires_at wanted_at next_try_at attempts",
            numbers="id",
            stored="sealed_access_token sealed_refresh_token",
            hashes="zoom_user_index",
            internal=_LEASE,
        ),
    ),
    Part(
        "zoom_connection_being_made",
        "A connection to Zoom that you have begun",
        connect_attempt,
        lambda who: connect_attempt.c.person_id == who.person_id,
        given(
            "stage typed_tries expires_at",
            numbers="id",
            stored="sealed_verifier sealed_code",
            hashes="link_hash state_hash cookie_hash finish_hash typed_code_hash",
            person_id=_A_TEACHER,
        ),
    ),
    # Chats
    Part(
        "groups",
        "Groups that you linked",
        chat,
        lambda who: and_(chat.c.id.in_(linked_chats(who)), chat.c.kind != "private"),
        _CHAT,
    ),
    Part(
        "groups_linked",
        "When you linked them",
        chat_teacher,
        lambda who: and_(
            chat_teacher.c.person_id == who.person_id, chat_teacher.c.chat_id.in_(groups())
        ),
        _CHAT_TEACHER,
    ),
    Part(
        "teachers_in_your_private_chat",
        "Teachers whose classes may be announced in your private chat",
        chat_teacher,
        lambda who: chat_teacher.c.chat_id == who.telegram_user_id,
        _CHAT_TEACHER,
    ),
    # Classes
    Part(
        "courses",
        "Classes that you made, each with all its dates",
        course,
        lambda who: course.c.teacher_id == who.person_id,
        _COURSE,
    ),
    Part(
        "courses_of_others",
        "Classes of other teachers that you have a part in",
        course,
        _knows_course,
        only(_COURSE, _THEIR_CLASS, "id sealed_topic zone"),
    ),
    Part(
        "groups_of_courses",
        "Which groups your classes are for",
        course_chat,
        lambda who: and_(
            course_chat.c.course_id.in_(own_courses(who)), course_chat.c.chat_id.in_(groups())
        ),
        _COURSE_CHAT,
    ),
    Part(
        "courses_announced_to_you",
        "Classes that are announced in your private chat",
        course_chat,
        lambda who: course_chat.c.chat_id == who.telegram_user_id,
        _COURSE_CHAT,
    ),
    Part(
        "meetings",
        "Meetings on your Zoom account",
        meeting,
        lambda who: meeting.c.host_id == who.person_id,
        _MEETING,
    ),
    Part(
        "dates_at_zoom",
        "Dates of those meetings, as Zoom has them",
        occurrence,
        lambda who: occurrence.c.meeting_row.in_(own_meetings(who)),
        _OCCURRENCE,
    ),
    Part(
        "lessons",
        "Dates of classes that you give or gave, with what was measured",
        lesson,
        gave,
        _LESSON,
    ),
    Part(
        "lessons_given_by_others",
        "Dates of your classes that another teacher gives or gave",
        lesson,
        passed_on,
        only(
            _LESSON,
            "It is about the other teacher.",
            "id course_id state starts_at length_seconds slot_at cancelled_at moved_from_at "
            "teacher_id hosted_by",
        ),
    ),
    Part(
        "lessons_attended",
        "Dates of classes that you attended, or are on the list for",
        lesson,
        attends,
        only(
            _LESSON, _THEIR_CLASS, "id course_id state starts_at length_seconds began_at ended_at"
        ),
    ),
    Part(
        "lessons_you_are_told_of",
        "Dates of classes of which I showed you something in private",
        lesson,
        _is_told_of,
        only(_LESSON, _THEIR_CLASS, "id course_id state starts_at length_seconds"),
    ),
    Part(
        "times_held",
        "When your classes were held in Zoom",
        meeting_instance,
        lambda who: meeting_instance.c.lesson_id.in_(given_lessons(who)),
        _INSTANCE,
    ),
    # Attendance
    Part(
        "presence_as_teacher",
        "You in the classes that you gave",
        presence,
        taught_there,
        _PRESENCE,
    ),
    Part(
        "stays_as_teacher",
        "When you joined and left them",
        stay,
        lambda who: _stay_of(taught_there(who)),
        _STAY,
    ),
    Part(
        "students",
        "Who you are on lists of students, as your teachers have confirmed",
        student,
        lambda who: student.c.person_id == who.person_id,
        _STUDENT,
    ),
    Part(
        "student_aliases",
        "Other names and marks by which you are recognised there",
        student_alias,
        lambda who: student_alias.c.student_id.in_(own_students(who)),
        _ALIAS,
    ),
    Part(
        "attendance",
        "You in the classes that you attended",
        presence,
        attended,
        _PRESENCE,
    ),
    Part(
        "stays",
        "When you joined and left them",
        stay,
        lambda who: _stay_of(attended(who)),
        _STAY,
    ),
    Part(
        "zoom_reports_of_your_classes",
        "What Zoom reported of the classes that you gave; of people, only of you",
        zoom_event,
        _report_of_own_class,
        _EVENT,
    ),
    Part(
        "zoom_answers_about_your_classes",
        "What Zoom said of them when it was asked; of people, only of you",
        zoom_answer,
        lambda who: zoom_answer.c.lesson_id.in_(given_lessons(who)),
        _ANSWER,
    ),
    Part(
        "zoom_reports_about_you",
        "What Zoom reported of you in classes that you attended",
        zoom_event,
        lambda who: zoom_event.c.lesson_id.in_(attended_lessons(who)),
        without(_EVENT, _THEIR_CLASS, "meeting_id"),
    ),
    Part(
        "zoom_answers_about_you",
        "What Zoom said of you in them when it was asked",
        zoom_answer,
        lambda who: zoom_answer.c.lesson_id.in_(attended_lessons(who)),
        _ANSWER,
    ),
    # Pay
    Part("rates", "What you earn", rate, lambda who: rate.c.person_id == who.person_id, _RATE),
    Part(
        "adjustments",
        "What was added to your pay, or taken from it",
        adjustment,
        lambda who: adjustment.c.person_id == who.person_id,
        _ADJUSTMENT,
    ),
    Part(
        "disputes",
        "What you said was wrong about a class, and the answer",
        dispute,
        lambda who: dispute.c.person_id == who.person_id,
        _DISPUTE,
    ),
    Part(
        "corrections",
        "Corrections of the figures of your classes",
        correction,
        lambda who: correction.c.lesson_id.in_(given_lessons(who)),
        _CORRECTION,
    ),
    Part(
        "statements",
        "Statements of your pay",
        statement,
        lambda who: statement.c.person_id == who.person_id,
        _STATEMENT,
    ),
    # Messages and forms
    Part(
        "messages_about_classes",
        "Messages about classes in your private chat",
        post,
        lambda who: post.c.chat_id == who.telegram_user_id,
        _POST,
    ),
    Part(
        "messages_in_groups",
        "Messages about your classes in groups",
        post,
        lambda who: and_(_groups_of_own(who), post.c.chat_id.in_(groups())),
        _POST,
    ),
    Part(
        "letters",
        "Messages on their way to you, or just sent",
        letter,
        lambda who: and_(letter.c.person_id == who.person_id, ~_names_another(who)),
        _LETTER,
    ),
    Part(
        "letters_about_others",
        "Messages on their way to you, or just sent, that name somebody else",
        letter,
        lambda who: and_(letter.c.person_id == who.person_id, _names_another(who)),
        without(_LETTER, OTHERS, "about_id sealed_contents"),
    ),
    Part(
        "letters_about_you",
        "Messages on their way to others that name you",
        letter,
        lambda who: and_(letter.c.about_id == who.person_id, letter.c.person_id != who.person_id),
        only(_LETTER, OTHERS, "id written_at person_id about_id sealed_contents"),
    ),
    Part(
        "forms",
        "Forms that you have begun",
        draft,
        lambda who: draft.c.person_id == who.person_id,
        given(
            "kind version step updated_at",
            numbers="id message_id",
            person_id=Who("somebody"),
            sealed_data=Given.FORM,
        ),
    ),
    # What was done
    Part(
        "log",
        "Entries in the school's log of what was done by you or to you",
        audit_entry,
        lambda who: or_(
            audit_entry.c.actor == who.pseudonym, audit_entry.c.subject == who.pseudonym
        ),
        given("at action", numbers="id", actor=Given.MINE, subject=Given.MINE),
    ),
    Part(
        "deletions",
        "Receipts of earlier deletions of your data",
        erasure,
        lambda who: erasure.c.subject_index == who.erased_index,
        given("receipt kind course_ids erased_at", numbers="id", hashes="subject_index"),
    ),
    Part(
        "requests_to_delete_attendance",
        "That you asked to be taken out of attendance",
        erasure_request,
        lambda who: erasure_request.c.person_id == who.person_id,
        _REQUEST,
    ),
    # What an admin did
    Part(
        "rates_entered",
        "Rates that you entered for others",
        rate,
        lambda who: and_(rate.c.added_by == who.person_id, rate.c.person_id != who.person_id),
        _entered(_RATE, "id added_at added_by"),
    ),
    Part(
        "rules_of_pay_entered",
        "Rules of pay that you entered",
        pay_rules,
        lambda who: pay_rules.c.added_by == who.person_id,
        _RULES,
    ),
    Part(
        "adjustments_entered",
        "Adjustments that you entered for others",
        adjustment,
        lambda who: and_(
            adjustment.c.added_by == who.person_id, adjustment.c.person_id != who.person_id
        ),
        _entered(_ADJUSTMENT, "id added_at withdrawn_at added_by"),
    ),
    Part(
        "disputes_decided",
        "What other teachers said was wrong, and you decided",
        dispute,
        lambda who: and_(
            dispute.c.decided_by == who.person_id, dispute.c.person_id != who.person_id
        ),
        _entered(_DISPUTE, "id state decided_at decided_by"),
    ),
    Part(
        "corrections_entered",
        "Corrections that you made of classes that another teacher gave",
        correction,
        lambda who: and_(
            correction.c.added_by == who.person_id,
            correction.c.lesson_id.not_in(given_lessons(who)),
        ),
        _entered(_CORRECTION, "id added_at added_by"),
    ),
    Part(
        "statements_settled",
        "Statements of other teachers that you locked or paid",
        statement,
        lambda who: and_(
            or_(statement.c.locked_by == who.person_id, statement.c.paid_by == who.person_id),
            statement.c.person_id != who.person_id,
        ),
        _entered(_STATEMENT, "id month locked_at paid_on locked_by paid_by"),
    ),
    Part(
        "requests_decided",
        "Requests of others to be taken out of attendance that you decided",
        erasure_request,
        lambda who: and_(
            erasure_request.c.decided_by == who.person_id,
            erasure_request.c.person_id != who.person_id,
        ),
        _entered(_REQUEST, "id state decided_at decided_by"),
    ),
)

COUNTED: tuple[Counted, ...] = (
    Counted(
        "students_on_your_lists",
        "Students on the lists of your classes",
        student,
        lambda who: student.c.course_id.in_(own_courses(who)),
    ),
    Counted(
        "students_in_private",
        "Students whom you teach in private",
        chat_teacher,
        lambda who: and_(
            chat_teacher.c.person_id == who.person_id, chat_teacher.c.chat_id.not_in(groups())
        ),
    ),
    Counted(
        "students_in_your_classes",
        "Times that a student was in a class that you gave",
        presence,
        lambda who: and_(~presence.c.is_teacher, presence.c.lesson_id.in_(given_lessons(who))),
    ),
    Counted(
        "private_messages_about_your_classes",
        "Messages about your classes in students' private chats",
        post,
        lambda who: and_(_groups_of_own(who), post.c.chat_id.not_in(groups())),
    ),
)
"""What others have to do with a person: it is in those others' own data."""
