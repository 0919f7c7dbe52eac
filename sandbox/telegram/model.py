"""What the stand-in remembers: people, chats, messages, files, presses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sandbox.wire import JsonObject


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"  # a basic group: few rights, until it is upgraded
    SUPERGROUP = "supergroup"


class Status(StrEnum):
    """A person's standing in a chat, as getChatMember names it."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER, Status.RESTRICTED})
IN_CHARGE = frozenset({Status.CREATOR, Status.ADMINISTRATOR})


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account; the bot is one of them."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    started: bool = False  # has ever written to the bot, so that it may write back
    blocked: bool = False  # has blocked the bot
    deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass(frozen=True, slots=True)
class Member:
    """`rights` are an administrator's; a restricted member can only read."""

    person_id: int
    status: Status
    rights: frozenset[str] = frozenset()
    is_anonymous: bool = False

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def in_charge(self) -> bool:
        return self.status in IN_CHARGE

    def may(self, right: str) -> bool:
        return self.status is Status.CREATOR or right in self.rights


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`id` is the file_id that the API gives out; `size` of a picture in pixels."""

    id: str
    path: str
    name: str
    mime_type: str
    content: bytes
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: text, or a file's caption, with entities in UTF-16 units."""

    text: str
    entities: tuple[JsonObject, ...] = ()
    file: StoredFile | None = None
    link_preview: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it stood before an edit; `changed` is the journal's number of that state."""

    content: Content
    buttons: JsonObject | None
    changed: int


@dataclass(slots=True)
class Message:
    id: int
    chat_id: int
    sender_id: int
    date: int
    content: Content
    buttons: JsonObject | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    service: JsonObject = field(default_factory=lambda: MappingProxyType({}))
    protected: bool = False
    silent: bool = False
    anonymous: bool = False  # the sender is shown as the group itself
    edited_at: int | None = None
    history: list[Version] = field(default_factory=list)
    deleted: bool = False
    changed: int = 0


@dataclass(slots=True)
class Chat:
    """`known` tells whether the bot has met it, and so may name it."""

    id: int
    kind: ChatKind
    title: str
    username: str | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    keyboards: dict[int, JsonObject] = field(default_factory=dict)  # reply keyboards, by person
    known: bool = False
    migrated_to: int | None = None

    def member(self, person_id: int) -> Member:
        return self.members.get(person_id, Member(person_id, Status.LEFT))


@dataclass(slots=True)
class Query:
    """A press of a button; `asked_at` in the loop's seconds."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    asked_at: float
    answer: Mapping[str, str | bool] | None = None
