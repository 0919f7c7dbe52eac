"""What is stored about a person as such: their accounts, chats, messages, and what was done."""

from sqlalchemy import and_, or_

from storage.own_columns import (
    A_TEACHER,
    CHAT,
    CHAT_TEACHER,
    INVITATION,
    LEASE,
    LETTER,
    PERSON,
    POST,
    REQUEST,
)
from storage.own_parts import (
    OTHERS,
    Condition,
    Given,
    Part,
    Subject,
    Who,
    given,
    given_lessons,
    groups,
    linked_chats,
    only,
    own_zoom_indexes,
    without,
)
from storage.schema import (
    audit_entry,
    chat,
    chat_teacher,
    connect_attempt,
    draft,
    erasure,
    erasure_request,
    former_account,
    invitation,
    letter,
    person,
    post,
    revocation,
    zoom_account,
)


def _names_another(who: Subject) -> Condition:
    return and_(letter.c.about_id.is_not(None), letter.c.about_id != who.person_id)


def _groups_of_own(who: Subject) -> Condition:
    return and_(post.c.lesson_id.in_(given_lessons(who)), post.c.chat_id != who.telegram_user_id)


PARTS_OF_PERSON: tuple[Part, ...] = (
    # Who they are
    Part(
        "person",
        "You, as the bot knows you",
        person,
        lambda who: person.c.id == who.person_id,
        PERSON,
    ),
    Part(
        "private_chat",
        "Your private chat with the bot",
        chat,
        lambda who: chat.c.id == who.telegram_user_id,
        CHAT,
    ),
    Part(
        "invitations_used",
        "Invitations that you accepted",
        invitation,
        lambda who: invitation.c.used_by == who.person_id,
        INVITATION,
    ),
    Part(
        "invitations_made",
        "Invitations that you made",
        invitation,
        lambda who: invitation.c.invited_by == who.person_id,
        without(INVITATION, OTHERS, "used_by"),
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
            internal=f"{LEASE} renewal_tries renew_after",
            person_id=A_TEACHER,
        ),
    ),
    Part(
        "zoom_accounts_before",
        "Zoom accounts that you disconnected, or what they were called before: codes by which you "
        "are found in other teachers' classes when you delete your data",
        former_account,
        lambda who: former_account.c.person_id == who.person_id,
        given(
            "ended_at",
            numbers="id",
            hashes="zoom_user_index zoom_mark_index email_index name_index",
            person_id=A_TEACHER,
        ),
    ),
    Part(
        "zoom_connections_being_ended",
        "Access keys of an earlier connection that Zoom is still to be told the end of",
        revocation,
        lambda who: revocation.c.zoom_user_index.in_(own_zoom_indexes(who)),
        given(
            "access_expires_at wanted_at next_try_at attempts",
            numbers="id",
            stored="sealed_access_token sealed_refresh_token",
            hashes="zoom_user_index",
            internal=LEASE,
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
            person_id=A_TEACHER,
        ),
    ),
    # Chats
    Part(
        "groups",
        "Groups that you linked",
        chat,
        lambda who: and_(chat.c.id.in_(linked_chats(who)), chat.c.kind != "private"),
        CHAT,
    ),
    Part(
        "groups_linked",
        "When you linked them",
        chat_teacher,
        lambda who: and_(
            chat_teacher.c.person_id == who.person_id, chat_teacher.c.chat_id.in_(groups())
        ),
        CHAT_TEACHER,
    ),
    Part(
        "teachers_in_your_private_chat",
        "Teachers whose classes may be announced in your private chat",
        chat_teacher,
        lambda who: chat_teacher.c.chat_id == who.telegram_user_id,
        CHAT_TEACHER,
    ),
    # Messages and forms
    Part(
        "messages_about_classes",
        "Messages about classes in your private chat",
        post,
        lambda who: post.c.chat_id == who.telegram_user_id,
        POST,
    ),
    Part(
        "messages_in_groups",
        "Messages about your classes in groups",
        post,
        lambda who: and_(_groups_of_own(who), post.c.chat_id.in_(groups())),
        POST,
    ),
    Part(
        "letters",
        "Messages on their way to you, or just sent",
        letter,
        lambda who: and_(letter.c.person_id == who.person_id, ~_names_another(who)),
        LETTER,
    ),
    Part(
        "letters_about_others",
        "Messages on their way to you, or just sent, that name somebody else",
        letter,
        lambda who: and_(letter.c.person_id == who.person_id, _names_another(who)),
        without(LETTER, OTHERS, "about_id sealed_contents"),
    ),
    Part(
        "letters_about_you",
        "Messages on their way to others that name you",
        letter,
        lambda who: and_(letter.c.about_id == who.person_id, letter.c.person_id != who.person_id),
        only(LETTER, OTHERS, "id written_at person_id about_id sealed_contents"),
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
        REQUEST,
    ),
)
