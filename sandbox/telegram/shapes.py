"""People, chats and messages as the API's objects."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.telegram.model import (
    Chat,
    ChatKind,
    Content,
    Member,
    Message,
    Person,
    Status,
    StoredFile,
)
from sandbox.wire import Json, JsonObject, present

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",  # newer than 10.0; the live server sends it
)
USUAL_RIGHTS = frozenset(RIGHTS[:4]) | {"can_invite_users", "can_pin_messages"}
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
ANONYMOUS: JsonObject = MappingProxyType(
    {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
)
"""Whom Telegram names as the sender of an anonymous administrator's message."""


def user(person: Person) -> dict[str, Json]:
    return present(
        id=person.id,
        is_bot=person.is_bot,
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
        language_code=person.language_code,
    )


def chat(about: Chat, people: Mapping[int, Person]) -> dict[str, Json]:
    if about.kind is ChatKind.PRIVATE:
        person = people[about.id]
        return present(
            id=about.id,
            type=about.kind.value,
            first_name=person.first_name,
            last_name=person.last_name,
            username=person.username,
        )
    return present(
        id=about.id,
        type=about.kind.value,
        title=about.title,
        username=about.username,
        is_forum=True if about.is_forum else None,
    )


def full_chat(about: Chat, people: Mapping[int, Person]) -> dict[str, Json]:
    """GetChat's answer."""
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    shape = chat(about, people) | {
        "accent_color_id": abs(about.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }
    if about.kind is not ChatKind.PRIVATE:
        shape["permissions"] = dict.fromkeys(PERMISSIONS, True)
    if about.username:
        shape["active_usernames"] = [about.username]
    return shape


def member(of: Member, person: Person) -> dict[str, Json]:
    shape: dict[str, Json] = {"status": of.status.value, "user": user(person)}
    match of.status:
        case Status.CREATOR:
            shape["is_anonymous"] = of.is_anonymous
        case Status.ADMINISTRATOR:
            shape |= {"can_be_edited": False, "is_anonymous": of.is_anonymous}
            shape |= {right: right in of.rights for right in RIGHTS}
        case Status.RESTRICTED:
            shape |= dict.fromkeys(PERMISSIONS, False) | {"is_member": True, "until_date": 0}
        case Status.KICKED:
            shape["until_date"] = 0
    return shape


def message(about: Message, chat_of: Chat, people: Mapping[int, Person]) -> dict[str, Json]:
    """A message as the bot receives it, with the one it replies to."""
    shape = _alone(about, chat_of, people)
    replied = chat_of.messages.get(about.reply_to or 0)
    if replied is not None and not replied.deleted:
        shape["reply_to_message"] = _alone(replied, chat_of, people)
    return shape


def _alone(about: Message, chat_of: Chat, people: Mapping[int, Person]) -> dict[str, Json]:
    shape = present(
        message_id=about.id,
        date=about.date,
        chat=chat(chat_of, people),
        message_thread_id=about.thread_id,
        is_topic_message=True if about.thread_id and chat_of.is_forum else None,
        edit_date=about.edited_at,
        has_protected_content=True if about.protected else None,
        reply_markup=about.buttons,
    )
    if about.anonymous:
        shape |= {"from": dict(ANONYMOUS), "sender_chat": chat(chat_of, people)}
    else:
        shape["from"] = user(people[about.sender_id])
    return shape | _content(about.content) | dict(about.service)


def _content(content: Content) -> dict[str, Json]:
    entities: Json = list(content.entities) or None
    if content.file is None:
        return present(
            text=content.text or None,
            entities=entities,
            link_preview_options=content.link_preview,
        )
    shape = present(caption=content.text or None, caption_entities=entities)
    if content.file.size is not None:
        return shape | {"photo": [_photo(content.file)]}
    return shape | {"document": _document(content.file)}


def file(stored: StoredFile) -> dict[str, Json]:
    """GetFile's answer."""
    return _identity(stored) | {"file_path": stored.path}


def _identity(stored: StoredFile) -> dict[str, Json]:
    return {
        "file_id": stored.id,
        "file_unique_id": f"unique-{stored.id}",
        "file_size": len(stored.content),
    }


def _photo(stored: StoredFile) -> dict[str, Json]:
    width, height = stored.size or (0, 0)
    return _identity(stored) | {"width": width, "height": height}


def _document(stored: StoredFile) -> dict[str, Json]:
    return _identity(stored) | {"file_name": stored.name, "mime_type": stored.mime_type}
