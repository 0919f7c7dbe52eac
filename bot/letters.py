"""Delivers letters: each to its reader in private, in their language, once."""

import logging
from collections.abc import Collection, Sequence
from functools import partial

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.budget import Priority
from bot.context import Desk, send
from bot.refusals import Moved, NotNow, Unreachable, Unsure, Unwanted, meaning_of
from bot.sender import Sender, Taken
from bot.views.letters import letter_view
from bot.views.message import View
from school.model import ClockFace
from services.letters import GivenUp, NotSent, Outcome, Sent, Uncertain, Unreadable, read, take_turn
from services.logbook import report
from services.posts import Trouble
from storage.letters import LetterClaim

log = logging.getLogger(__name__)


class Postman(Sender[LetterClaim, Outcome]):
    """Delivers until it is stopped; what it leaves, the next run goes on with."""

    def __init__(self, bot: ExtBot[Priority], desk: Desk) -> None:
        super().__init__(bot, desk, desk.office.bell.letters)

    async def take(
        self, outcomes: Sequence[Outcome], in_hand: Collection[LetterClaim], limit: int
    ) -> Taken[LetterClaim, Outcome]:
        turn = await take_turn(self.desk.office, outcomes, in_hand, limit)
        work = {claim: partial(self._deliver, claim) for claim in turn.claims}
        return Taken(work, turn.next_due_at)

    async def _deliver(self, claim: LetterClaim) -> Outcome:
        try:
            view = self._worded(claim)
        except Exception as error:  # noqa: BLE001  one letter's failure is not the others'
            report(error)
            return Unreadable(claim)  # tried again, it would hold up all later ones to its reader
        try:
            # As a post: what is refused for a while comes back here, where it is due again later.
            sent = await send(self.bot, claim.telegram_user_id, view, priority=Priority.BROADCAST)
        except TelegramError as error:
            outcome = outcome_of(claim, error)
            log.info("letter %d: %s", claim.id, type(outcome).__name__)
            return outcome
        return Sent(claim, sent.message_id)

    def _worded(self, claim: LetterClaim) -> View:
        """In the language and with the clock that its reader has chosen by now."""
        clock = ClockFace(claim.clock) if claim.clock else ClockFace.DAY
        return letter_view(self.desk.speech.to(claim.language, clock), read(claim.contents))


def outcome_of(claim: LetterClaim, error: TelegramError) -> Outcome:
    """What an error means for a letter."""
    match meaning_of(error):
        case NotNow(wait=wait):
            return NotSent(claim, wait)
        case Unsure():
            return Uncertain(claim)
        case Unreachable(trouble=trouble) | Unwanted(trouble=trouble):
            return GivenUp(claim, trouble)
        case Moved():  # of a group; nobody in private becomes one
            return GivenUp(claim, Trouble.REFUSED)
