"""What is stored about a person in classes: those that they give, and those that they attended."""

from sqlalchemy import and_, or_, select, tuple_

from storage.own_columns import (
    ALIAS,
    ANSWER,
    COURSE,
    COURSE_CHAT,
    EVENT,
    INSTANCE,
    LESSON,
    MEETING,
    OCCURRENCE,
    PRESENCE,
    STAY,
    STUDENT,
    THEIR_CLASS,
)
from storage.own_parts import (
    Condition,
    Counted,
    Part,
    Subject,
    attended,
    attended_courses,
    attended_lessons,
    attends,
    gave,
    given_lessons,
    groups,
    on_list,
    only,
    own_courses,
    own_meetings,
    own_students,
    passed_on,
    taught_there,
    without,
)
from storage.schema import (
    chat_teacher,
    course,
    course_chat,
    lesson,
    meeting,
    meeting_instance,
    occurrence,
    post,
    presence,
    stay,
    student,
    student_alias,
    zoom_answer,
    zoom_event,
)


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


PARTS_OF_CLASSES: tuple[Part, ...] = (
    # Classes
    Part(
        "courses",
        "Classes that you made, each with all its dates",
        course,
        lambda who: course.c.teacher_id == who.person_id,
        COURSE,
    ),
    Part(
        "courses_of_others",
        "Classes of other teachers that you have a part in",
        course,
        _knows_course,
        only(COURSE, THEIR_CLASS, "id sealed_topic zone"),
    ),
    Part(
        "groups_of_courses",
        "Which groups your classes are for",
        course_chat,
        lambda who: and_(
            course_chat.c.course_id.in_(own_courses(who)), course_chat.c.chat_id.in_(groups())
        ),
        COURSE_CHAT,
    ),
    Part(
        "courses_announced_to_you",
        "Classes that are announced in your private chat",
        course_chat,
        lambda who: course_chat.c.chat_id == who.telegram_user_id,
        COURSE_CHAT,
    ),
    Part(
        "meetings",
        "Meetings on your Zoom account",
        meeting,
        lambda who: meeting.c.host_id == who.person_id,
        MEETING,
    ),
    Part(
        "dates_at_zoom",
        "Dates of those meetings, as Zoom has them",
        occurrence,
        lambda who: occurrence.c.meeting_row.in_(own_meetings(who)),
        OCCURRENCE,
    ),
    Part(
        "lessons",
        "Dates of classes that you give or gave, with what was measured",
        lesson,
        gave,
        LESSON,
    ),
    Part(
        "lessons_given_by_others",
        "Dates of your classes that another teacher gives or gave",
        lesson,
        passed_on,
        only(
            LESSON,
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
        only(LESSON, THEIR_CLASS, "id course_id state starts_at length_seconds began_at ended_at"),
    ),
    Part(
        "lessons_you_are_told_of",
        "Dates of classes of which I showed you something in private",
        lesson,
        _is_told_of,
        only(LESSON, THEIR_CLASS, "id course_id state starts_at length_seconds"),
    ),
    Part(
        "times_held",
        "When your classes were held in Zoom",
        meeting_instance,
        lambda who: meeting_instance.c.lesson_id.in_(given_lessons(who)),
        INSTANCE,
    ),
    # Attendance
    Part(
        "presence_as_teacher",
        "You in the classes that you gave",
        presence,
        taught_there,
        PRESENCE,
    ),
    Part(
        "stays_as_teacher",
        "When you joined and left them",
        stay,
        lambda who: _stay_of(taught_there(who)),
        STAY,
    ),
    Part(
        "students",
        "Who you are on lists of students, as your teachers or your Zoom account have it",
        student,
        on_list,
        STUDENT,
    ),
    Part(
        "student_aliases",
        "Other names and marks by which you are recognised there",
        student_alias,
        lambda who: student_alias.c.student_id.in_(own_students(who)),
        ALIAS,
    ),
    Part(
        "attendance",
        "You in the classes that you attended",
        presence,
        attended,
        PRESENCE,
    ),
    Part(
        "stays",
        "When you joined and left them",
        stay,
        lambda who: _stay_of(attended(who)),
        STAY,
    ),
    Part(
        "zoom_reports_of_your_classes",
        "What Zoom reported of the classes that you gave; of people, only of you",
        zoom_event,
        _report_of_own_class,
        EVENT,
    ),
    Part(
        "zoom_answers_about_your_classes",
        "What Zoom said of them when it was asked; of people, only of you",
        zoom_answer,
        lambda who: zoom_answer.c.lesson_id.in_(given_lessons(who)),
        ANSWER,
    ),
    Part(
        "zoom_reports_about_you",
        "What Zoom reported of you in classes that you attended",
        zoom_event,
        lambda who: zoom_event.c.lesson_id.in_(attended_lessons(who)),
        without(EVENT, THEIR_CLASS, "meeting_id"),
    ),
    Part(
        "zoom_answers_about_you",
        "What Zoom said of you in them when it was asked",
        zoom_answer,
        lambda who: zoom_answer.c.lesson_id.in_(attended_lessons(who)),
        ANSWER,
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
