"""An admin answers who asks to be taken out of attendance under a name."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from school.errors import NotUnderstood, Outdated
from school.letters import ErasureDeclined, Letter, NameErased, NameNotFound
from school.model import ErasureRequestState
from school.names import clean_name
from services import letters
from services.erasure_askers import Asker, asker_of, is_confirmed_as
from services.erasures_listed import write_down
from services.name_erasing import erase_name
from services.office import Office
from services.people import Caller, require_admin
from services.retention import FORMS_KEPT, forget
from storage import erasing_names, erasure_requests, forms, people, questions
from storage.audit import note
from storage.database import Transaction
from storage.erasure_requests import ErasureRequest
from storage.name_places import NamePlace, places_of_name

LONGEST_REASON = 500

_REASON = "erasure.reason"


@dataclass(frozen=True, slots=True)
class Found:
    """A request, and where its name appears; `asker` is None who has deleted their data since."""

    request_id: int
    name: str = field(repr=False)
    places: tuple[NamePlace, ...]
    asker: Asker | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """From how many lessons the name was taken out, and under which number.

    `is_open`: there is more to be looked at, so that whoever asked is not told yet.
    """

    receipt: str
    lessons: int
    erased_at: datetime
    is_open: bool = False


async def look(office: Office, caller: Caller, request_id: int) -> Found:
    """Where the name of a request appears. Raises Outdated where that is answered."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        found = await _found(tx, request_id)
        admin = await people.get_person(tx, admin_id)
        await note(tx, admin.pseudonym, "looked for a name in attendance", str(request_id))
        return found


async def look_again(office: Office, caller: Caller, request_id: int) -> Found:
    """The same, while the admin chooses."""
    require_admin(office, caller)
    async with office.database.reading() as tx:
        return await _found(tx, request_id)


async def erase(
    office: Office,
    caller: Caller,
    request_id: int,
    course_ids: Collection[int],
    *,
    is_all: bool = True,
) -> Erased:
    """Take the name out of the attendance of these courses; whoever asked reads the receipt.

    Where there were more than could be chosen from (not `is_all`), the request stays open.
    """
    admin_id = require_admin(office, caller)
    if not course_ids:
        raise NotUnderstood("Choose at least one class, or press Decline.")
    async with office.database.writing() as tx:
        asked = await _open(tx, request_id)
        index = erasing_names.name_index(tx, asked.name or "")
        count = await erase_name(tx, index, sorted(course_ids), tx.now)
        receipt = await erasing_names.add_name_erasure(tx, index, course_ids)
        if is_all:
            is_theirs = await is_confirmed_as(tx, asked.person_id, index, course_ids)
            said = NameErased(receipt, count if is_theirs else None)
            await _answer(tx, asked, ErasureRequestState.DONE, admin_id, said)
        admin = await people.get_person(tx, admin_id)
        await note(tx, admin.pseudonym, "erased a name from attendance", receipt)
        erased = Erased(receipt, count, tx.now, is_open=not is_all)
    await write_down(office)
    for bell in (office.bell.letters, office.bell.posts):
        bell.ring()
    await forget(office.database)
    return erased


async def nothing_found(office: Office, caller: Caller, request_id: int) -> None:
    """The name is nowhere; whoever asked reads so."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        found = await _found(tx, request_id)
        if found.places:
            raise Outdated("By now the name is in attendance. Look once more.")
        await _decline(tx, request_id, admin_id, NameNotFound())
    office.bell.letters.ring()


async def begin_decline(office: Office, caller: Caller, request_id: int, request_key: str) -> None:
    """The admin is to type why."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        await _open(tx, request_id)
        await questions.ask(tx, admin_id, request_key, _REASON, request=str(request_id))


async def typed(office: Office, caller: Caller, text: str) -> bool:
    """What the admin typed, if a reason was asked for; whoever asked reads it."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, _REASON)
        if asked is None:
            return False
        reason = clean_name(text)
        if not reason or len(reason) > LONGEST_REASON:
            raise NotUnderstood(
                "Say why in {most} letters at most: who asked reads it.", most=LONGEST_REASON
            )
        await forms.forget(tx, asked.id)
        is_open = await _decline(
            tx, int(asked.said.data["request"]), admin_id, ErasureDeclined(reason)
        )
    if not is_open:  # only now: the question is asked no more
        raise _answered()
    office.bell.letters.ring()
    return True


async def _found(tx: Transaction, request_id: int) -> Found:
    asked = await _open(tx, request_id)
    name = asked.name or ""
    places = await places_of_name(tx, name)
    return Found(request_id, name, places, await asker_of(tx, asked.person_id))


async def _open(tx: Transaction, request_id: int) -> ErasureRequest:
    asked = await erasure_requests.find_request(tx, request_id)
    if asked is None or not asked.is_open:
        raise _answered()
    return asked


def _answered() -> Outdated:
    return Outdated("This request was answered, or withdrawn, already.")


async def _decline(tx: Transaction, request_id: int, admin_id: int, said: Letter) -> bool:
    """Whether it was open."""
    asked = await erasure_requests.find_request(tx, request_id)
    if asked is None or not asked.is_open:
        return False
    await _answer(tx, asked, ErasureRequestState.DECLINED, admin_id, said)
    admin = await people.get_person(tx, admin_id)
    await note(tx, admin.pseudonym, "declined to erase a name", str(request_id))
    return True


async def _answer(
    tx: Transaction, asked: ErasureRequest, state: ErasureRequestState, by: int, said: Letter
) -> None:
    if not await erasure_requests.answer_request(tx, asked.id, state, by):
        raise _answered()  # another admin was quicker
    await letters.write(tx, asked.person_id, said, f"erasure {asked.id} {state}")
