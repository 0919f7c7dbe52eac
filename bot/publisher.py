"""Brings every chat to show what it should: sends, edits, and goes on after each kind of failure.

The rows of storage.posts say what is wanted. One turn records what became of the posts in hand
and claims new ones, in one transaction; the messages go out side by side, each within its
chat's budget, and one at a time in each chat.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from bot.budget import Priority, seconds_to_wait
from bot.context import Desk, edit, send
from bot.request import Uncertain as UncertainError
from bot.speech import Say
from bot.views.answer_card import answer_card
from bot.views.class_card import cancelled_notice, class_card
from bot.views.message import View
from bot.views.news import news
from bot.views.notices import notice
from bot.views.summary import when_over
from school.model import ClockFace
from services.logbook import report
from services.post_contents import (
    AnswerCard,
    BackNotice,
    CancelledNotice,
    ClassCard,
    Contents,
    HandedNotice,
    HeldOrNot,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    Showing,
    SkippedNotice,
    Summary,
)
from services.posts import (
    ChatLost,
    ChatMoved,
    MessageGone,
    NotSent,
    Outcome,
    Refused,
    Shown,
    Trouble,
    Uncertain,
    take_turn,
)
from services.showing import showings
from storage.claims import Claim

log = logging.getLogger(__name__)

_AT_ONCE = 64  # more than the budget of a second, so that it is used up
_LOOK_AGAIN_S = 5.0  # another process may have made work
_AFTER_FAILURE_S = 1.0
_TO_FINISH_S = 8.0

# Telegram tells its refusals apart by their text alone.
_NO_RIGHTS = ("not enough rights", "have no rights", "chat_write_forbidden", "need administrator")
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid")
_NO_TOPIC = ("topic_closed", "topic_deleted", "message thread not found")
_LOST = (
    ("blocked by the user", Trouble.BLOCKED),
    ("user is deactivated", Trouble.GONE),
    ("group chat was deleted", Trouble.GONE),
    ("kicked", Trouble.REMOVED),
    ("not a member", Trouble.REMOVED),
)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A post with what is to be seen in its message, and then in its former one."""

    claim: Claim
    view: View | Exception | None
    overtaken: View | None = None


class Publisher:
    """Shows posts until it is stopped; what it leaves, the next run goes on with."""

    def __init__(self, bot: ExtBot[Priority], desk: Desk) -> None:
        self._bot = bot
        self._desk = desk
        self._in_hand: dict[Claim, asyncio.Task[None]] = {}
        self._outcomes: list[Outcome] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, whose setter also rings `office.bell.posts`."""
        async with asyncio.TaskGroup() as sending:
            while not stop.is_set():
                pause_s = await self._turn(sending)
                await self._desk.office.bell.posts.wait(pause_s)
            await self._finish()

    async def _turn(self, sending: asyncio.TaskGroup) -> float:
        """Start what is due; how many seconds to wait for the bell before the next turn."""
        outcomes, self._outcomes = self._outcomes, []
        free = _AT_ONCE - len(self._in_hand)
        try:
            turn = await take_turn(self._desk.office, outcomes, tuple(self._in_hand), free)
        except Exception as error:  # noqa: BLE001  the loop goes on whatever it is
            report(error)
            self._outcomes = outcomes + self._outcomes
            return _AFTER_FAILURE_S
        for drawn in await self._drawn(turn.claims):
            self._in_hand[drawn.claim] = sending.create_task(self._show(drawn))
        return self._pause_s(turn.next_due_at)

    async def _drawn(self, claims: Sequence[Claim]) -> Sequence[_Drawn]:
        """What each is to show; what cannot be said at all is reported and tried again later."""
        try:
            present = await showings(self._desk.office, claims)
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
        return self._desk.speech.to(present.language, clock)

    def _pause_s(self, next_due_at: datetime | None) -> float:
        if next_due_at is None or len(self._in_hand) >= _AT_ONCE:
            return _LOOK_AGAIN_S
        until_due = (next_due_at - self._desk.office.clock()).total_seconds()
        return min(max(until_due, 0.0), _LOOK_AGAIN_S)

    async def _finish(self) -> None:
        """Let what is being sent arrive, and record it."""
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=_TO_FINISH_S)
        for task in self._in_hand.values():
            task.cancel()
        if self._outcomes:
            await take_turn(self._desk.office, self._outcomes, (), 0)

    async def _show(self, drawn: _Drawn) -> None:
        try:
            # In two steps: by the end of the wait, the list may be another one.
            outcome = await self._outcome(drawn)
            self._outcomes.append(outcome)
        finally:
            del self._in_hand[drawn.claim]
            self._desk.office.bell.posts.ring()

    async def _outcome(self, drawn: _Drawn) -> Outcome:
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
            sent = await send(self._bot, chat_id, view, thread_id=thread_id, priority=priority)
            return sent.message_id
        is_there = await edit(
            self._bot, chat_id, claim.message_id, view, thread_id=thread_id, priority=priority
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
    match error:
        case RetryAfter():
            return NotSent(claim, timedelta(seconds=seconds_to_wait(error)))
        case ChatMigrated(new_chat_id=new_chat_id):
            return ChatMoved(claim, new_chat_id)
        case Forbidden():
            return ChatLost(claim, _why_lost(error))
        case BadRequest():
            return _refusal(claim, error)
        case NetworkError() if not isinstance(error, UncertainError):
            # Not sent at all, or Telegram itself answered that it could not (5xx).
            return NotSent(claim)
        case _:
            # An edit may be repeated; a message would be there twice.
            return NotSent(claim) if claim.message_id else Uncertain(claim)


def _why_lost(error: Forbidden) -> Trouble:
    said = error.message.lower()
    return next((trouble for words, trouble in _LOST if words in said), Trouble.NO_RIGHTS)


def _refusal(claim: Claim, error: BadRequest) -> Outcome:
    said = error.message.lower()
    if any(words in said for words in _NO_RIGHTS):
        return ChatLost(claim, Trouble.NO_RIGHTS)
    if any(words in said for words in _NO_CHAT):
        return ChatLost(claim, Trouble.GONE)
    if any(words in said for words in _NO_TOPIC):
        return Refused(claim, Trouble.TOPIC_CLOSED)
    return Refused(claim, Trouble.REFUSED)
