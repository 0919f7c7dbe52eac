"""An admin removes a teacher: their classes, groups and Zoom account go, their accounts stay.

One transaction makes them a teacher no more, with all that is the school's own. The Zoom account
goes in a second one, once Zoom has been told with it which meetings go. In between, an account of
somebody who does not teach says what is left to do; after a crash it is gone on with by itself.
"""

import logging
from dataclasses import dataclass

from school.letters import TeachingEnded
from school.model import InvitationKind
from school.statements import month_key
from services import announcing, students
from services.disconnecting import let_go
from services.erasures_listed import write_down
from services.folding import close
from services.last_classes import ahead_of, take_off_for_good, tell_zoom
from services.letters import write
from services.office import Office
from services.pay_forms import today_of
from services.people import Caller, require_admin
from services.revoking import end_at_zoom, told
from services.teachers import NoLongerTeaches, TeacherPage, ZoomStanding, page_of, teaching
from storage import chats, erasing, forms, people, questions, settling, zoom_accounts
from storage.audit import PROGRAM, note
from storage.change_forms import CHANGE
from storage.class_forms import CLASS
from storage.connect_attempts import remove_attempts_of
from storage.database import Transaction, new_id
from storage.invitations import withdraw_open
from storage.people import Person
from storage.roster_forms import ROSTER

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removed:
    """What was done; `before` is how it stood until then.

    `zoom_was_told` is None where there was nothing to tell, or somebody else was at it, and False
    while Zoom does not answer: it is told again until it has taken it in. `left_at_zoom` counts
    the meetings that Zoom could not be told to delete, or to change.
    """

    before: TeacherPage
    zoom_was_told: bool | None
    left_at_zoom: int


async def remove(office: Office, caller: Caller, person_id: int, seen: int) -> Removed | None:
    """Remove a teacher; what they taught and earned stays, and so do they as a person.

    None, with nothing done, where other than `seen` classes are to be called off or given back.
    Raises NoLongerTeaches for who is no teacher, after going on with what was broken off.
    """
    admin_id = require_admin(office, caller)
    try:
        async with office.database.writing() as tx:
            teacher = await teaching(tx, person_id)
            before = await page_of(tx, office, teacher)
            if before.seen != seen:
                return None
            await _take_out(tx, office, before)
            admin = await people.get_person(tx, admin_id)
            await note(tx, admin.pseudonym, "removed a teacher", teacher.pseudonym)
    except NoLongerTeaches:
        office.bell.grants.ring()
        raise
    for bell in (office.bell.posts, office.bell.letters, office.bell.courses):
        bell.ring()
    left = await _leave_zoom(office, person_id)
    return Removed(before, await _end_grant(office, person_id), left)


async def finish_removals(office: Office) -> int:
    """Let go of the accounts of people who do not teach: their removal was broken off.

    How many that was done for.
    """
    async with office.database.reading() as tx:
        left_over = await zoom_accounts.connected_without_teaching(tx)
    finished = 0
    for person_id in left_over:
        try:
            await _leave_zoom(office, person_id)
            finished += await _end_grant(office, person_id) is not None
        except Exception:
            log.exception("the Zoom account of person %d could not be let go of", person_id)
    return finished


async def _take_out(tx: Transaction, office: Office, before: TeacherPage) -> None:
    """Within a transaction: all that is here but the Zoom account, with which Zoom is told."""
    teacher = before.teacher
    await people.end_teaching(tx, teacher.id)
    await _forget_what_was_begun(tx, teacher)
    await take_off_for_good(tx, await ahead_of(tx, teacher.id))
    for chat in await chats.told_for_teacher(tx, teacher.id):
        if chat.is_private:
            await students.part(tx, chat.id, teacher.id)
        else:
            await chats.unlink_chat(tx, chat.id, teacher.id)
            await announcing.stop_announcing(tx, chat.id, teacher.id)
    letter = TeachingEnded(
        teacher_id=teacher.id,
        month=month_key(today_of(office)),
        upcoming=before.upcoming,
        had_zoom=before.zoom is not ZoomStanding.NONE,
    )
    await write(tx, teacher.id, letter, f"teaching ended:{new_id()}")


async def _forget_what_was_begun(tx: Transaction, teacher: Person) -> None:
    await withdraw_open(tx, InvitationKind.STUDENT, teacher.id)
    await remove_attempts_of(tx, teacher.id)
    await forms.forget_all(tx, CLASS, teacher.id)
    await forms.forget_all(tx, CHANGE, teacher.id)
    await forms.forget_all(tx, ROSTER, teacher.id)
    await questions.forget(tx, teacher.id)


async def _leave_zoom(office: Office, person_id: int) -> int:
    """As long as Zoom lets us in: what is off goes there too; of how many it was not told.

    Of what is on nothing more will be heard, so that it counts up to now.
    """
    async with office.database.reading() as tx:
        live = await erasing.live_lessons(tx, person_id)
        unsettled = await settling.unsettled_of(tx, person_id)
    for lesson_id in live:
        await close(office, lesson_id)
    return await tell_zoom(office, unsettled)


async def _end_grant(office: Office, person_id: int) -> bool | None:
    """Whether Zoom was told; None where there is no account any more, or they teach again."""
    # Whoever is refreshing the tokens finishes first, so that none come after this.
    async with office.turns.of(person_id), office.database.writing() as tx:
        person = await people.get_person(tx, person_id)
        account = await zoom_accounts.find_account(tx, person_id)
        if account is None or person.is_teacher:
            return None
        revocation_id = await end_at_zoom(tx, account)
        await let_go(tx, account, PROGRAM, person.pseudonym)
    await write_down(office)
    return await told(office, revocation_id)
