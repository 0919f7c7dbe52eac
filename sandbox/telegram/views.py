"""What people see: chats and messages as the control API and the journal tell them."""

from collections.abc import Mapping

from sandbox.telegram.model import Chat, ChatKind, Content, Message, Person, StoredFile
from sandbox.wire import Json, JsonObject, as_rows, as_text, present

_NOT_KINDS = frozenset({"text", "style"})


def person(about: Person) -> dict[str, Json]:
    return present(
        id=about.id,
        first_name=about.first_name,
        last_name=about.last_name,
        username=about.username,
        language_code=about.language_code,
        is_bot=about.is_bot,
    )


def chat(about: Chat, people: Mapping[int, Person]) -> dict[str, Json]:
    """`people` is how many humans are in it."""
    humans = [
        member
        for member in about.members.values()
        if member.present and not people[member.person_id].is_bot
    ]
    return present(
        id=about.id,
        type=about.kind.value,
        title=people[about.id].name if about.kind is ChatKind.PRIVATE else about.title,
        is_forum=about.is_forum,
        topics={str(number): title for number, title in about.topics.items()},
        people=len(humans),
        migrated_to=about.migrated_to,
    )


def message(about: Message, people: Mapping[int, Person]) -> dict[str, Json]:
    """`changed` is the journal's number of its latest state; `edits` are the earlier ones."""
    sender = people[about.sender_id]
    return present(
        id=about.id,
        chat_id=about.chat_id,
        sender=person(sender),
        anonymous=about.anonymous,
        date=about.date,
        edited_at=about.edited_at,
        thread_id=about.thread_id,
        reply_to=about.reply_to,
        service=dict(about.service) or None,
        protected=about.protected,
        silent=about.silent,
        deleted=about.deleted,
        changed=about.changed,
        edits=[
            _state(version.content, version.buttons) | {"changed": version.changed}
            for version in about.history
        ],
        **_state(about.content, about.buttons),
    )


def _state(content: Content, buttons: JsonObject | None) -> dict[str, Json]:
    return {
        "text": content.text,
        "entities": list(content.entities),
        "buttons": inline_rows(buttons),
        "file": None if content.file is None else file(content.file),
        "link_preview": content.link_preview,
    }


def inline_rows(markup: JsonObject | None) -> list[list[dict[str, Json]]]:
    """Rows of buttons, each with its text, its kind and what it carries."""
    return [
        [_button(button) for button in row]
        for row in as_rows((markup or {}).get("inline_keyboard"))
    ]


def _button(button: JsonObject) -> dict[str, Json]:
    kind = next(iter(button.keys() - _NOT_KINDS))
    value = button[kind]
    carried = as_text(value["text"]) if isinstance(value, Mapping) else value
    return {"text": button["text"], "kind": kind, "value": carried, "style": button.get("style")}


def reply_rows(markup: JsonObject | None) -> list[list[str]]:
    """The texts of a reply keyboard's buttons."""
    rows = as_rows((markup or {}).get("keyboard"))
    return [[as_text(button.get("text")) for button in row] for row in rows]


def file(stored: StoredFile) -> dict[str, Json]:
    return {
        "id": stored.id,
        "name": stored.name,
        "mime_type": stored.mime_type,
        "length": len(stored.content),
        "is_photo": stored.size is not None,
    }
