"""Brings every chat to show what it should: sends, edits, and goes on after each kind of failure.

The rows of storage.posts say what is wanted. The messages go out side by side, each within its
chat's budget, and one at a time in each chat.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.budget import Priority
from bot.context import Desk, edit, send
from bot.refusals import Moved, NotNow, Unreachable, Unsure, Unwanted, meaning_of
from bot.sender import Sender, Taken
from bot.speech import Say
from bot.views.answer_card import answer_card
from bot.views.class_card import cancelled_notice, class_card
from bot.views.message import View
from bot.views.news import news
from bot.views.notices import notice
from bot.views.summary import when_over
from school.model import ClockFace
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    ClassCard,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    SkippedNotice,
)
from services.contents_for_teachers import AnswerCard, HeldOrNot, Summary
from services.logbook import report
from services.post_contents import Contents, Showing
from services.posts import (
    ChatLost,
    ChatMoved,
    MessageGone,
    NotSent,
    Outcome,
    Refused,
    Shown,
    Uncertain,
    take_turn,
)
from services.showing import showings
from storage.claims import Claim

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A post with what is to be seen in its message, and then in its former one."""

    claim: Claim
    view: View | Exception | None
    overtaken: View | None = None


class Publisher(Sender[Claim, Outcome]):
    """Shows posts until it is stopped; what it leaves, the next run goes on with."""

    def __init__(self, bot: ExtBot[Priority], desk: Desk) -> None:
        super().__init__(bot, desk, desk.office.bell.posts)

    async def take(
        self, outcomes: Sequence[Outcome], in_hand: Collection[Claim], limit: int
    ) -> Taken[Claim, Outcome]:
        turn = await take_turn(self.desk.office, outcomes, in_hand, limit)
        drawn = await self._drawn(turn.claims)
        return Taken({one.claim: partial(self._show, one) for one in drawn}, turn.next_due_at)

    async def _drawn(self, claims: Sequence[Claim]) -> Sequence[_Drawn]:
        """What each is to show; what cannot be said at all is reported and tried again later."""
        try:
            present = await showings(self.desk.office, claims)
        except Exception as error:  # noqa: BLE001  the loop goes on whatever it is
            report(error)
            return [_Drawn(claim, error) for claim in claims]
        return [self._draw(one) for one in present]

    def _draw(self, present: Showing) -> _Drawn:
        claim, contents, overtaken = present.claim, present.contents, present.overtaken
        if contents is None:
            return _Drawn(claim, None)
        say = self._say(present)
        try:
            return _Drawn(
                claim, view_of(say, contents), view_of(say, overtaken) if overtaken else None
            )
        except Exception as error:  # noqa: BLE001  one post's failure is not the others'
            report(error)
            return _Drawn(claim, error)

    def _say(self, present: Showing) -> Say:
        clock = ClockFace(present.clock) if present.clock else ClockFace.DAY
        return self.desk.speech.to(present.language, clock)

    async def _show(self, drawn: _Drawn) -> Outcome:
        claim, view = drawn.claim, drawn.view
        if isinstance(view, Exception):
            return NotSent(claim)
        if view is None:
            return Shown(claim, claim.message_id)
        if drawn.overtaken is not None and (trouble := await self._overtake(drawn)) is not None:
            return trouble
        try:
            message_id = await self._put(claim, view)
        except TelegramError as error:
            outcome = outcome_of(claim, error)
            log.info("post %d: %s", claim.id, type(outcome).__name__)
            return outcome
        return MessageGone(claim) if message_id is None else Shown(claim, message_id)

    async def _overtake(self, drawn: _Drawn) -> Outcome | None:
        """Let the former message say that there is a newer one, before that is sent.

        What keeps it from being edited for now, keeps the new one waiting with it: the edit may
        be repeated, and afterwards nobody would know of it any more.
        """
        claim, view = drawn.claim, drawn.overtaken
        assert claim.former_message_id is not None, "it has overtaken something"
        assert view is not None, "there is something to say there"
        former = replace(claim, message_id=claim.former_message_id)
        try:
            await self._put(former, view)
        except BadRequest as error:
            log.info("a former message was left as it was: %s", type(error).__name__)
        except TelegramError as error:
            outcome = outcome_of(former, error)
            log.info("post %d: %s", claim.id, type(outcome).__name__)
            return outcome
        return None

    async def _put(self, claim: Claim, view: View) -> int | None:
        """Send or edit; the message that shows the view now, None if it was deleted."""
        chat_id, thread_id, priority = claim.chat_id, claim.thread_id, Priority.BROADCAST
        if claim.message_id is None:
            sent = await send(self.bot, chat_id, view, thread_id=thread_id, priority=priority)
            return sent.message_id
        is_there = await edit(
            self.bot, chat_id, claim.message_id, view, thread_id=thread_id, priority=priority
        )
        return claim.message_id if is_there else None


def view_of(say: Say, contents: Contents) -> View:
    match contents:
        case ClassCard():
            return class_card(say, contents)
        case CancelledNotice():
            return cancelled_notice(say, contents)
        case AnswerCard():
            return answer_card(say, contents)
        case Summary() | HeldOrNot():
            return when_over(say, contents)
        case (
            MovedNotice()
            | BackNotice()
            | SkippedNotice()
            | HandedNotice()
            | NoLongerHere()
            | Overtaken()
        ):
            return news(say, contents)
        case _:
            return notice(say, contents)


def outcome_of(claim: Claim, error: TelegramError) -> Outcome:
    """What an error means for a post."""
    match meaning_of(error):
        case NotNow(wait=wait):
            return NotSent(claim, wait)
        case Moved(new_chat_id=new_chat_id):
            return ChatMoved(claim, new_chat_id)
        case Unreachable(trouble=trouble):
            return ChatLost(claim, trouble)
        case Unwanted(trouble=trouble):
            return Refused(claim, trouble)
        case Unsure():
            # An edit may be repeated; a message would be there twice.
            return NotSent(claim) if claim.message_id else Uncertain(claim)
