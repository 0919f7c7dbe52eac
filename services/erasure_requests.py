"""Asking to be taken out of attendance under a name typed in Zoom, by which nobody is known here.

Whoever joins without an account is a name and nothing else, and anybody can give themselves any
name. So the admins look where it appears, and take it out where it is meant.
"""

from dataclasses import dataclass, field

from school.errors import NotUnderstood, Outdated
from school.letters import ErasureAsked
from school.model import ErasureRequestState
from school.names import clean_name
from services import letters
from services.daily_asks import check_room
from services.office import Office
from services.people import TelegramUser, remember
from services.retention import FORMS_KEPT
from services.roster_names import LONGEST_NAME
from storage import erasure_requests, forms, people, questions
from storage.audit import note
from storage.database import Transaction
from storage.erasure_requests import ErasureRequest

_NAME = "erasure.name"
_ASKED = "asked to be taken out of attendance"


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that the admins have not answered yet."""

    request_id: int
    name: str = field(repr=False)


async def pending_of(tx: Transaction, person_id: int) -> Pending | None:
    found = await erasure_requests.open_request_of(tx, person_id)
    return _pending(found) if found else None


async def ask(office: Office, user: TelegramUser, request_key: str) -> Pending | None:
    """Take the person's next text as their name in Zoom; where a request is open, that one.

    Raises AskedEnough where they have asked too often.
    """
    async with office.database.writing() as tx:
        person = await remember(tx, user)
        pending = await pending_of(tx, person.id)
        if pending is None:
            await check_room(tx, office, person, _ASKED)
            await questions.ask(tx, person.id, request_key, _NAME)
        return pending


async def typed(office: Office, user: TelegramUser, text: str, request_key: str) -> Pending | None:
    """The request, if a name in Zoom was asked for; None if not."""
    async with office.database.writing() as tx:
        person = await people.find_person(tx, user.id)
        if person is None:
            return None
        asked = await questions.asked_last(tx, person.id, tx.now - FORMS_KEPT, _NAME)
        if asked is None:
            return None
        made = await erasure_requests.add_request(tx, person.id, _checked(text), request_key)
        # It names nobody, so it is nobody's to take back: the name is here until it is answered.
        await letters.write_to_admins(tx, office, ErasureAsked(made.id), f"erasure {made.id}")
        await forms.forget(tx, asked.id)
        await note(tx, person.pseudonym, _ASKED, str(made.id))
    office.bell.letters.ring()
    return _pending(made)


async def withdraw(office: Office, user: TelegramUser, request_id: int) -> None:
    """The admins need not look any more. Raises Outdated where they have answered."""
    async with office.database.writing() as tx:
        person = await people.find_person(tx, user.id)
        found = await erasure_requests.find_request(tx, request_id)
        if person is None or found is None or found.person_id != person.id:
            raise Outdated("This request is not there any more.")
        is_withdrawn = await erasure_requests.answer_request(
            tx, request_id, ErasureRequestState.WITHDRAWN, person.id
        )
        if not is_withdrawn:
            raise Outdated("This request was answered already.")
        await note(tx, person.pseudonym, "withdrew a request about attendance", str(request_id))


def _checked(typed: str) -> str:
    name = clean_name(typed)
    if not any(letter.isalpha() for letter in name) or len(name) > LONGEST_NAME:
        raise NotUnderstood(
            "A name has 1 to {most} letters. Type it as Zoom showed it.", most=LONGEST_NAME
        )
    return name


def _pending(found: ErasureRequest) -> Pending:
    return Pending(found.id, found.name or "")
