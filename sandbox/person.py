"""Somebody with Telegram open: does things in chats, and sees what comes of it."""

import asyncio
from collections.abc import Callable, Sequence

from sandbox.remote import Remote
from sandbox.seen import (
    Group,
    NotSeen,
    Press,
    Seen,
    Toast,
    View,
    read_group,
    read_message,
    read_toast,
    read_view,
)
from sandbox.wire import Json, as_integer, as_list, as_object, as_text

PATIENCE = 20.0
"""Seconds that a person waits to see something, unless told otherwise: longer than they like to."""


class Person:
    """Somebody with Telegram open. `in_`/`into` is a group; without it, the chat with the bot."""

    def __init__(self, remote: Remote, number: int, name: str, username: str | None) -> None:
        self.id = number
        self.name = name
        self.username = username
        self._remote = remote
        self._acted = 0  # the journal's number when this person last did something
        self._noticed = 0  # the newest state that this person has looked at

    def __repr__(self) -> str:
        return f"<{self.name}>"

    # Doing

    async def types(
        self,
        text: str,
        *,
        into: Group | None = None,
        topic: int | None = None,
        reply_to: Seen | None = None,
    ) -> Seen:
        await self.catches_up()
        message = await self._tell(
            "types",
            into,
            text=text,
            thread=topic,
            reply_to=None if reply_to is None else reply_to.id,
        )
        return read_message(message)

    async def presses(
        self,
        button: str,
        *,
        on: Seen | None = None,
        in_: Group | None = None,
        within: float = PATIENCE,
    ) -> Press:
        """A button by its text: on that message, or on the newest that has it (waited for)."""
        message = on or await self.finds_button(button, in_=in_, within=within)
        label = button if button in message.labels else message.button(button).text
        await self.catches_up()
        return await self._press(message, label)

    async def presses_late(self, button: str, *, on: Seen) -> Press:
        """A button that `on` had before an edit or its end: the press was on its way."""
        await self.catches_up()
        return await self._press(on, button, earlier=True)

    async def forges(self, data: str, *, on: Seen) -> Press:
        """A press with made-up data, as a modified client can send it."""
        await self.catches_up()
        return await self._press(on, data, data=data)

    async def repeats(self, press: Press) -> Press:
        """The same button of the same message once more, even if it has gone since."""
        answer = await self._remote.tell(
            "presses",
            person=self.id,
            chat=press.chat_id,
            message=press.message_id,
            button=press.button,
            earlier=True,
        )
        return Press(
            as_text(as_object(answer)["query"]), press.chat_id, press.message_id, press.button
        )

    async def _press(self, message: Seen, label: str, **how: Json) -> Press:
        answer = await self._remote.tell(
            "presses",
            person=self.id,
            chat=message.chat_id,
            message=message.id,
            button=label,
            **how,
        )
        return Press(as_text(as_object(answer)["query"]), message.chat_id, message.id, label)

    async def follows(self, link: str, *, into: Group | None = None) -> Seen:
        """A t.me link to the bot; `?startgroup=` needs the group to add it to."""
        await self.catches_up()
        return read_message(await self._tell("follows", into, link=link))

    async def shares(self, group: Group, *, by: str) -> Seen:
        """Presses the request_chat button `by` and chooses `group`."""
        await self.catches_up()
        return read_message(await self._tell("shares", group, button=by))

    async def deletes(self, message: Seen) -> None:
        await self._remote.tell("deletes", person=self.id, chat=message.chat_id, message=message.id)

    # Groups and rights

    async def adds_bot(self, *, to: Group) -> None:
        await self._tell("adds", to, whom="bot")

    async def removes_bot(self, *, from_: Group) -> None:
        await self._tell("removes", from_, whom="bot")

    async def promotes_bot(self, *, in_: Group, rights: Sequence[str] | None = None) -> None:
        await self._tell("promotes", in_, whom="bot", rights=rights)

    async def restricts_bot(self, *, in_: Group) -> None:
        await self._tell("restricts", in_, whom="bot")

    async def blocks_bot(self) -> None:
        await self._tell("blocks", None, blocked=True)

    async def unblocks_bot(self) -> None:
        await self._tell("blocks", None, blocked=False)

    async def adds(self, other: "Person", *, to: Group) -> None:
        await self._tell("adds", to, whom=other.id)

    async def removes(self, other: "Person", *, from_: Group) -> None:
        await self._tell("removes", from_, whom=other.id)

    async def promotes(
        self,
        other: "Person",
        *,
        in_: Group,
        rights: Sequence[str] | None = None,
        anonymous: bool = False,
    ) -> None:
        await self._tell("promotes", in_, whom=other.id, rights=rights, is_anonymous=anonymous)

    async def demotes(self, other: "Person", *, in_: Group) -> None:
        await self._tell("demotes", in_, whom=other.id)

    async def restricts(self, other: "Person", *, in_: Group) -> None:
        await self._tell("restricts", in_, whom=other.id)

    async def joins(self, group: Group) -> None:
        await self._tell("adds", group, whom=self.id)

    async def leaves(self, group: Group) -> None:
        await self._tell("removes", group, whom=self.id)

    async def hides(self, *, in_: Group) -> None:
        """From now on this administrator appears as the group itself."""
        await self._tell("hides", in_, hidden=True)

    async def upgrades(self, group: Group) -> Group:
        """Makes a basic group a supergroup, which has another id."""
        return read_group(await self._tell("upgrades", group))

    async def opens_topic(self, title: str, *, in_: Group) -> int:
        return as_integer(await self._tell("topics", in_, title=title)) or 0

    async def deletes_account(self) -> None:
        await self._tell("deactivates", None)

    # Seeing

    async def looks(self, *, at: Group | None = None) -> View:
        """The whole chat as this person sees it now."""
        return read_view(await self._ask("chat", at))

    async def sees(self, text: str, *, in_: Group | None = None, within: float = PATIENCE) -> Seen:
        """The newest message with that text that is new or edited since this person last acted."""
        return await self._finds(
            lambda message: text in message.text and self._is_news(message, self._acted),
            f"did not see {text!r}",
            in_,
            within,
        )

    async def sees_file(
        self, ending: str = "", *, in_: Group | None = None, within: float = PATIENCE
    ) -> Seen:
        """The newest message with a picture or document so named, likewise new or edited."""
        return await self._finds(
            lambda message: (
                message.file is not None
                and message.file.name.endswith(ending)
                and self._is_news(message, self._acted)
            ),
            f"saw no file {ending}",
            in_,
            within,
        )

    async def finds_button(
        self, button: str, *, in_: Group | None = None, within: float = PATIENCE
    ) -> Seen:
        """The newest message with that button, however old it is."""
        return await self._finds(
            lambda message: message.has_button(button), f"found no [{button}]", in_, within
        )

    async def sees_it_gone(self, message: Seen, *, within: float = PATIENCE) -> None:
        """That message is deleted."""
        at, end = Group(message.chat_id, ""), _now() + within
        while True:
            view = await self.looks(at=at)
            if message.id not in {each.id for each in view.messages}:
                return
            if _now() >= end:
                raise NotSeen(f"{self.name} still sees {message.text!r}\n{view}")
            await self._remote.journal(view.last, end - _now())

    async def sees_toast(self, press: Press, *, within: float = PATIENCE) -> Toast:
        """The bot's answer to a press, even an empty one."""
        end = _now() + within
        while True:
            last = await self._remote.last()
            query = as_object(await self._remote.ask("query", query=press.query))
            if query["answered"]:
                return read_toast(query["answer"])
            if _now() >= end:
                raise NotSeen(f"{self.name}'s press of [{press.button}] was not answered")
            await self._remote.journal(last, end - _now())

    async def sees_nothing_new(self, seconds: float, *, in_: Group | None = None) -> None:
        """Nothing comes for so long, beyond what this person has already seen."""
        end = _now() + seconds
        while True:
            view = await self.looks(at=in_)
            for message in view.messages:
                if self._is_news(message, self._noticed):
                    raise NotSeen(f"{self.name} saw {message.text!r}\n{view}")
            if _now() >= end:
                return
            await self._remote.journal(view.last, end - _now())

    async def catches_up(self) -> None:
        """All that is there now is no news any more."""
        self._acted = self._noticed = await self._remote.last()

    async def commands(self, *, in_: Group | None = None) -> list[str]:
        """The names in the command menu as this person has it there."""
        commands = as_list(await self._ask("commands", in_))
        return [as_text(as_object(command)["command"]) for command in commands]

    async def downloads(self, message: Seen) -> bytes:
        if message.file is None:
            raise NotSeen(f"there is no file in {message.text!r}")
        return await self._remote.download(message.file)

    async def _finds(
        self, wanted: Callable[[Seen], bool], in_vain: str, at: Group | None, within: float
    ) -> Seen:
        end = _now() + within
        while True:
            view = await self.looks(at=at)
            for message in reversed(view.messages):
                if wanted(message):
                    self._noticed = max(self._noticed, message.changed)
                    return message
            if _now() >= end:
                raise NotSeen(f"{self.name} {in_vain} within {within:g} s\n{view}")
            await self._remote.journal(view.last, end - _now())

    def _is_news(self, message: Seen, since: int) -> bool:
        return message.changed > since and message.sender_id != self.id

    # Over HTTP

    async def _tell(self, name: str, group: Group | None, **body: Json) -> Json:
        chat = None if group is None else group.id
        return await self._remote.tell(name, person=self.id, chat=chat, **body)

    async def _ask(self, name: str, group: Group | None) -> Json:
        chat = self.id if group is None else group.id
        return await self._remote.ask(name, person=self.id, chat=chat)


def _now() -> float:
    return asyncio.get_running_loop().time()
