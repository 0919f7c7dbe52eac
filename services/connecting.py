"""Connecting a teacher's Zoom account, so that no forwarded link can connect somebody else's.

offered     /connect gave the teacher a link to our page
consenting  the page's button was pressed: its browser has a cookie, and goes on to Zoom
returned    Zoom came back to that browser; its code waits, sealed
            the same Telegram user finishes in Telegram, and only now are tokens asked for

Each step is made once and works for five minutes.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from school.errors import Outdated, SchoolError
from services.codes import hashed, new_code
from services.granting import Connected, Granted, connect
from services.office import Office
from services.people import Caller, TelegramUser, require_teacher
from services.zoom_access import account_behind, translate
from storage import connect_attempts as attempts
from storage import forms
from storage.connect_attempts import Attempt
from storage.database import Transaction
from storage.people import find_person, get_person
from zoom.errors import InvalidGrant, ZoomError
from zoom.oauth import challenge_of, new_verifier

STEP_LIFETIME = timedelta(minutes=5)  # Zoom's own code lives as long
MOST_TYPED_TRIES = 5
_TYPED_CODE = re.compile(r"\d{3}[\s-]?\d{3}")


@dataclass(frozen=True, slots=True)
class ConnectLink:
    """Our page for one teacher."""

    url: str
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Whose Telegram account the page is about to connect."""

    person_name: str
    username: str | None


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the browser goes next, and the cookie it must bring back."""

    authorize_url: str
    cookie_value: str
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Finish:
    """How the person finishes in Telegram: by a link, or by six digits sent to the bot."""

    deep_link: str
    typed_code: str
    person_name: str


class PressedByAnother(Outdated):
    """Somebody else finished: the attempt is over, and `began_by` should hear of it too.

    `began_by` is the Telegram user who asked for the link.
    """

    def __init__(self, began_by: int | None) -> None:
        super().__init__(
            "This code belongs to somebody else, so nothing was connected and it no longer works. "
            "To connect your own Zoom account, send /connect."
        )
        self.began_by = began_by


@dataclass(frozen=True, slots=True)
class _Claim:
    """An attempt that was used up to ask for its tokens."""

    person_id: int
    code: str
    verifier: str


async def begin(office: Office, caller: Caller) -> ConnectLink:
    """A link for this teacher alone; links given before no longer work."""
    teacher_id = require_teacher(office, caller)
    token = new_code()
    async with office.database.writing() as tx:
        await attempts.add_attempt(tx, teacher_id, hashed(token), tx.now + STEP_LIFETIME)
    return ConnectLink(f"{office.profile.public_url}/zoom/connect/{token}", STEP_LIFETIME)


async def attempt_page(office: Office, link_token: str) -> AttemptPage:
    """What the page shows; looking at it changes nothing, as link previews look too."""
    async with office.database.reading() as tx:
        attempt = await attempts.attempt_by_link(tx, hashed(link_token))
        if attempt is None:
            raise _link_is_over()
        person = await get_person(tx, attempt.person_id)
    return AttemptPage(person.name, person.username)


async def consent(office: Office, link_token: str) -> Consent:
    """Go on to Zoom, once: the cookie ties the way back to this browser."""
    state, cookie, verifier = new_code(), new_code(), new_verifier()
    await attempt_page(office, link_token)  # nobody waits for a turn to write with a made-up one
    async with office.database.writing() as tx:
        attempt = await attempts.attempt_by_link(tx, hashed(link_token))
        if attempt is None or not await attempts.begin_consent(
            tx,
            attempt.id,
            state_hash=hashed(state),
            cookie_hash=hashed(cookie),
            verifier=verifier,
            expires_at=tx.now + STEP_LIFETIME,
        ):
            raise _link_is_over()
    url = office.oauth.authorize_url(state=state, challenge=challenge_of(verifier))
    return Consent(url, cookie, STEP_LIFETIME)


async def returned(
    office: Office, *, state: str, code: str | None, cookie: str | None, declined: bool
) -> Finish:
    """Zoom sent the browser back. Nothing is asked of Zoom yet; a refusal ends the attempt."""
    typed_code, finish_code = f"{secrets.randbelow(1_000_000):06}", new_code()
    async with office.database.reading() as tx:
        if await attempts.attempt_by_state(tx, hashed(state)) is None:
            raise _link_is_over()  # made up, for the most part: no turn to write is taken for it
    async with office.database.writing() as tx:
        attempt = await attempts.attempt_by_state(tx, hashed(state))
        refusal = _refusal(attempt, code, cookie, declined=declined)
        if attempt and refusal:
            await attempts.remove_attempt(tx, attempt.id)
        elif attempt and code:
            await attempts.keep_code(
                tx,
                attempt.id,
                code=code,
                finish_hash=hashed(finish_code),
                typed_code_hash=_typed_hash(tx, typed_code),
                expires_at=tx.now + STEP_LIFETIME,
            )
            person = await get_person(tx, attempt.person_id)
    if refusal:
        raise refusal
    link = f"https://t.me/{office.profile.bot_username}?start=c-{finish_code}"
    return Finish(link, typed_code, person.name)


def as_typed_code(text: str) -> str | None:
    """The six digits of a message that is nothing else: `418302`, `418 302`, in any script."""
    if not _TYPED_CODE.fullmatch(text.strip()):
        return None
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


async def is_typed_code(office: Office, user: TelegramUser, text: str) -> bool:
    """Whether a message is meant to finish a connection: there may be other uses for digits."""
    digits = as_typed_code(text)
    if digits is None:
        return False
    async with office.database.reading() as tx:
        person = await find_person(tx, user.id)
        if await attempts.attempt_by_typed_code(tx, _typed_hash(tx, digits)) is not None:
            return True
        own = await attempts.returned_attempt_of(tx, person.id) if person else None
        if own is None or person is None:
            return False
        # Mistyped, unless something was asked of the person after the page gave the code.
        asked_at = await forms.worked_on_last(tx, person.id)
        return asked_at is None or asked_at <= own.expires_at - STEP_LIFETIME


async def finish(office: Office, user: TelegramUser, code: str) -> Connected:
    """Connect the account, if `user` is who began; `code` is of the deep link, or six digits.

    However many try at once, one of them claims the attempt, and Zoom is asked once.
    """
    async with office.database.writing() as tx:
        claim = await _claim(tx, user, code)
    if isinstance(claim, SchoolError):
        raise claim  # after the commit: the refusal burned or counted something
    try:
        pair = await office.oauth.exchange(claim.code, claim.verifier)
        granted = Granted(await account_behind(office, pair), pair)
    except InvalidGrant:
        raise Outdated("That took too long for Zoom. Send /connect to start again.") from None
    except ZoomError as error:
        raise translate(error) from error
    return await connect(office, user, claim.person_id, granted)


def _link_is_over() -> Outdated:
    return Outdated(
        "This link has been used or has expired. Send /connect to the bot for a new one."
    )


def _refusal(
    attempt: Attempt | None, code: str | None, cookie: str | None, *, declined: bool
) -> SchoolError | None:
    """Why this way back from Zoom is not taken, if it is not."""
    if attempt is None or attempt.cookie_hash is None:
        return _link_is_over()
    if not hmac.compare_digest(attempt.cookie_hash, hashed(cookie or "")):
        return Outdated(
            "This page was opened in another browser than the one you began in. "
            "Send /connect to the bot, and stay in one browser."
        )
    if declined or not code:
        return SchoolError(
            "Zoom was told no, so nothing was connected. Send /connect to the bot to try again."
        )
    return None


async def _claim(tx: Transaction, user: TelegramUser, code: str) -> _Claim | SchoolError:
    """Use an attempt up for its tokens, or say why not."""
    person = await find_person(tx, user.id)
    own = await attempts.returned_attempt_of(tx, person.id) if person else None
    typed = as_typed_code(code)
    if typed is None:
        meant = await attempts.attempt_by_finish(tx, hashed(code))
    else:
        meant = await _meant_by_digits(tx, own, _typed_hash(tx, typed))
    if meant is None:
        return await _not_known(tx, own if typed else None)
    if not await attempts.remove_attempt(tx, meant.id):
        return await _not_known(tx, None)
    if person is None or meant.person_id != person.id:
        return PressedByAnother((await get_person(tx, meant.person_id)).telegram_user_id)
    assert meant.code is not None
    assert meant.verifier is not None
    return _Claim(meant.person_id, meant.code, meant.verifier)


async def _meant_by_digits(
    tx: Transaction, own: Attempt | None, typed_hash: bytes
) -> Attempt | None:
    """The person's own attempt first: two may by chance have the same digits."""
    if own and own.typed_code_hash == typed_hash:
        return own
    return await attempts.attempt_by_typed_code(tx, typed_hash)


async def _not_known(tx: Transaction, guessed_at: Attempt | None) -> SchoolError:
    """Wrong digits are counted, so that nobody can try them all."""
    if guessed_at is None:
        return Outdated("This code has been used or has expired. Send /connect to start again.")
    tries = guessed_at.typed_tries + 1
    if tries < MOST_TYPED_TRIES:
        await attempts.count_try(tx, guessed_at.id, tries)
        return Outdated("That is not the code on the page. Look at it again and send it once more.")
    await attempts.remove_attempt(tx, guessed_at.id)
    return Outdated("That was not the code, too many times. Send /connect to start again.")


def _typed_hash(tx: Transaction, typed_code: str) -> bytes:
    """Keyed: a plain hash of six digits would be found by trying all of them."""
    return tx.vault.index("typed connect code", typed_code)
