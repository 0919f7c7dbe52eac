"""Reminders and warnings: whatever the database says is due now, said once about each moment."""

from dataclasses import dataclass

from school.model import PostKind
from services.office import Office
from storage import chats, posts, reminding, reminding_teachers
from storage.database import Transaction
from storage.reminding import Due
from zoom.models import BASIC_PLAN

_AT_ONCE = 100  # so that others may write in between


@dataclass(frozen=True, slots=True)
class _AllDue:
    """What is to be said: first cards, those that are to say "soon", and everything else."""

    cards: tuple[Due, ...]
    soon: tuple[Due, ...]
    notices: tuple[Due, ...]

    def __len__(self) -> int:
        return len(self.cards) + len(self.soon) + len(self.notices)

    def first(self, count: int) -> "_AllDue":
        """No more than that of each."""
        return _AllDue(self.cards[:count], self.soon[:count], self.notices[:count])


async def remind_due(office: Office) -> int:
    """Have people told what they are to be told about lessons now; how many messages.

    Of very many, the rest is for the next call: until there are none. Safe to repeat at any time:
    what was said about a moment is not said again, and what came due while nobody could say it is
    said late if that is still of use.
    """
    async with office.database.reading() as tx:
        if not await _due(tx, office):
            return 0
    async with office.database.writing() as tx:
        # Asked again: a lesson may have been moved or called off just now.
        due = (await _due(tx, office)).first(_AT_ONCE)
        await _want(tx, due)
    office.bell.posts.ring()
    return len(due)


async def _due(tx: Transaction, office: Office) -> _AllDue:
    return _AllDue(
        cards=await reminding.cards_due(tx),
        soon=await reminding.cards_to_say_soon(tx),
        notices=(
            *await reminding.day_reminders_due(tx),
            *await reminding.reminders_due(tx),
            *await reminding_teachers.starts_due(tx),
            *await reminding_teachers.warnings_due(tx, office.profile.admin_ids),
            *await reminding_teachers.limits_due(tx, BASIC_PLAN),
        ),
    )


async def _want(tx: Transaction, due: _AllDue) -> None:
    for one in due.cards:
        await posts.want(tx, PostKind.CARD, one.lesson_id, one.chat_id)
    for lesson_id in {one.lesson_id for one in due.soon}:
        await posts.bump(tx, lesson_id, (PostKind.CARD,))
    await reminding.note_said_soon(tx, due.soon)
    for one in due.notices:
        if await chats.find_chat(tx, one.chat_id) is None:  # a person's, who has yet to write
            await chats.remember_chat(tx, one.chat_id, "private")
        await posts.want_about(tx, one.kind, one.lesson_id, one.chat_id, one.about_at)
