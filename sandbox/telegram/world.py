"""The stand-in's whole state, and the few ways in which it changes."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count

from sandbox.telegram import shapes, views
from sandbox.telegram.budgets import Budgets
from sandbox.telegram.faults import Faults
from sandbox.telegram.files import Files
from sandbox.telegram.journal import Journal
from sandbox.telegram.model import (
    Chat,
    ChatKind,
    Content,
    Member,
    Message,
    Person,
    Query,
    Status,
    Version,
)
from sandbox.telegram.problems import NotPossible
from sandbox.telegram.profile import Profile
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook
from sandbox.wire import Json, JsonObject

_FIRST_PERSON_ID = 1001
_FIRST_GROUP_ID = 5001


class World:
    """Everything is in memory and changes within one loop, so no step is ever seen half done."""

    def __init__(self, clock: Callable[[], datetime], bot: Person) -> None:
        self._clock = clock
        self.bot = bot
        self.privacy_mode = True
        self.query_seconds = 15.0  # how long a press can be answered, in the loop's time
        self.people: dict[int, Person] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.files = Files()
        self.faults = Faults()
        self.budgets = Budgets()
        self.profile = Profile()
        self.journal = Journal(clock)
        self.updates = Updates(self.faults)
        self.webhook = Webhook(self.updates, self.now)
        self._person_ids = count(_FIRST_PERSON_ID)
        self._group_ids = count(_FIRST_GROUP_ID)
        self._query_ids = count(4_000_000_000_000_000_001)

    def now(self) -> int:
        """Unix time, by the clock that was given."""
        return int(self._clock().timestamp())

    def close(self) -> None:
        self.updates.close()
        self.journal.close()

    # People and chats

    def person(self, person_id: int | None) -> Person:
        found = self.people.get(person_id or 0)
        if found is None:
            raise NotPossible(f"there is no person {person_id}")
        return found

    def chat(self, chat_id: int | None) -> Chat:
        found = self.chats.get(chat_id or 0)
        if found is None:
            raise NotPossible(f"there is no chat {chat_id}")
        return found

    def add_person(
        self,
        first_name: str,
        *,
        person_id: int | None = None,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> Person:
        """A new account, with its still empty private chat with the bot."""
        number = next(self._person_ids) if person_id is None else person_id
        if number in self.people:
            raise NotPossible(f"there is already a person {number}")
        person = Person(number, first_name, last_name, username, language_code)
        self.people[number] = person
        both = (number, self.bot.id)
        members = {each: Member(each, Status.MEMBER) for each in both}
        self.chats[number] = Chat(number, ChatKind.PRIVATE, first_name, members=members)
        return person

    def add_group(
        self,
        title: str,
        kind: ChatKind,
        owner: Person,
        *,
        is_forum: bool = False,
        username: str | None = None,
    ) -> Chat:
        number = next(self._group_ids)
        prefix = "-100" if kind is ChatKind.SUPERGROUP else "-"
        chat = Chat(int(f"{prefix}{number:010}"), kind, title, username, is_forum)
        chat.members[owner.id] = Member(owner.id, Status.CREATOR)
        self.chats[chat.id] = chat
        return chat

    # Messages

    def say(
        self,
        chat: Chat,
        sender: Person,
        content: Content,
        *,
        service: JsonObject | None = None,
        buttons: JsonObject | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        protected: bool = False,
        silent: bool = False,
        anonymous: bool = False,
    ) -> Message:
        """A new message; the bot gets it as an update where it may see it."""
        message = Message(
            self.next_message_id(chat),
            chat.id,
            sender.id,
            self.now(),
            content,
            buttons=buttons,
            thread_id=thread_id,
            reply_to=reply_to,
            service=service or {},
            protected=protected,
            silent=silent,
            anonymous=anonymous,
        )
        chat.messages[message.id] = message
        self.note_message("message", chat, message)
        if sender is not self.bot and self._bot_sees(chat, message):
            self.updates.add("message", shapes.message(message, chat, self.people))
        return message

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; the account's other chats share its numbers."""
        if chat.kind is ChatKind.SUPERGROUP:
            return len(chat.messages) + 1
        shared = (each for each in self.chats.values() if each.kind is not ChatKind.SUPERGROUP)
        return sum(len(each.messages) for each in shared) + 1

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        """Privacy mode: commands, replies to the bot, service messages; as administrator, all."""
        member = chat.member(self.bot.id)
        if not member.present:
            return False
        everything = chat.kind is ChatKind.PRIVATE or member.in_charge or not self.privacy_mode
        if everything or message.service:
            return True
        replied = chat.messages.get(message.reply_to or 0)
        if replied is not None and replied.sender_id == self.bot.id:
            return True
        return self._is_command_for_bot(message.content.text)

    def _is_command_for_bot(self, text: str) -> bool:
        command = text.split(maxsplit=1)[0] if text else ""
        _, _, addressee = command.partition("@")
        ours = (self.bot.username or "").lower()
        return command.startswith("/") and addressee.lower() in ("", ours)

    def edit(
        self, chat: Chat, message: Message, content: Content, buttons: JsonObject | None
    ) -> None:
        version = Version(message.content, message.buttons, message.changed)
        message.history.append(version)
        message.content, message.buttons, message.edited_at = content, buttons, self.now()
        self.note_message("edited", chat, message)

    def delete(self, chat: Chat, message: Message) -> None:
        message.deleted = True
        self.note_message("deleted", chat, message)

    def note_message(self, kind: str, chat: Chat, message: Message) -> None:
        message.changed = self.journal.last + 1
        self.note(kind, chat, message=views.message(message, self.people))

    def note(self, kind: str, chat: Chat, **fields: Json) -> None:
        self.journal.add(kind, chat=views.chat(chat, self.people), **fields)

    # Presses

    def ask(self, person: Person, chat: Chat, message_id: int) -> Query:
        """A press that the bot has now to answer."""
        asked_at = asyncio.get_running_loop().time()
        query = Query(str(next(self._query_ids)), person.id, chat.id, message_id, asked_at)
        self.queries[query.id] = query
        return query

    def is_answerable(self, query: Query | None) -> bool:
        if query is None or query.answer is not None:
            return False
        return asyncio.get_running_loop().time() - query.asked_at < self.query_seconds

    def answer(self, query: Query, answer: Mapping[str, str | bool]) -> None:
        query.answer = answer
        person = views.person(self.people[query.person_id])
        self.note("answered", self.chats[query.chat_id], person=person, query=query.id, **answer)
