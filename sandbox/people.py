"""The people of the Telegram stand-in, for stories that read like prose.

    async with tg.people() as people:
        aisha = await people.person("Aisha")
        group = await people.group("Beginners A", owner=aisha)
        await aisha.types("/newclass Tajweed tomorrow 18:00 45m")
        await aisha.sees("Which groups?")
        await aisha.presses("Create for 1 group")
        await student.sees("Join class", in_=group)

What a person "sees" is new or was edited since that person last did something (typed, pressed,
followed a link), or since `catches_up()`. Everything goes over HTTP to the stand-in's /control/.
"""

from collections.abc import Sequence

from sandbox.person import Person
from sandbox.remote import Remote
from sandbox.seen import Group, Impossible, NotSeen, Press, Seen, Toast, View, read_group
from sandbox.wire import Json, JsonObject, as_integer, as_object

__all__ = ["Group", "Impossible", "NotSeen", "People", "Person", "Press", "Seen", "Toast", "View"]


class People(Remote):
    """Makes people and groups, breaks things, and reads the journal and the counters."""

    # Making

    async def person(
        self,
        first_name: str,
        *,
        id: int | None = None,  # noqa: A002 - the word of the API
        last_name: str | None = None,
        username: str | None = None,
        language: str | None = "en",
    ) -> Person:
        made = as_object(
            await self.tell(
                "people",
                first_name=first_name,
                id=id,
                last_name=last_name,
                username=username,
                language_code=language,
            )
        )
        return Person(self, as_integer(made["id"]) or 0, first_name, username)

    async def group(
        self,
        title: str,
        *,
        owner: Person,
        members: Sequence[Person] = (),
        basic: bool = False,
        forum: bool = False,
        username: str | None = None,
    ) -> Group:
        """A supergroup unless `basic`; the bot is not in it yet."""
        made = await self.tell(
            "chats",
            title=title,
            type="group" if basic else "supergroup",
            is_forum=forum,
            owner=owner.id,
            members=[member.id for member in members],
            username=username,
        )
        return read_group(made)

    # The server itself

    async def fault(self, kind: str, method: str = "", **details: Json) -> None:
        """The next call of `method` (any, where empty) goes wrong; see faults.FaultKind.

        Details: times, chat_id, retry_after (s), seconds.
        """
        await self.tell("faults", kind=kind, method=method, **details)

    async def no_faults(self) -> None:
        await self.tell("no-faults")

    async def limits(self, **limits: float) -> None:
        """Changes budgets: overall, group, private (counts), and each with `_seconds`."""
        await self.tell("budgets", **limits)

    async def settings(self, **settings: bool | float) -> None:
        """privacy_mode, query_seconds, webhook_pause."""
        await self.tell("settings", **settings)

    async def statistics(self) -> JsonObject:
        """Calls by method, answers by code, refused_by_budget, pending_updates."""
        return as_object(await self.ask("statistics"))
