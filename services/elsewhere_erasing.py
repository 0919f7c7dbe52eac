"""Somebody who leaves, out of what is about others, or of no class of ours.

Teachers come to other teachers' classes too, and students wait for classes that never begin.
"""

from collections.abc import Collection
from datetime import datetime

from school.identity import Key
from school.model import PostKind
from services.codes import new_code
from services.guest_erasing import take_out
from services.redacting import Signs, redact
from storage import (
    erasing_elsewhere,
    erasing_names,
    guests,
    people,
    posts,
    students,
)
from storage.database import Transaction
from storage.own_parts import Subject, subject_of
from storage.zoom_accounts import zoom_user_index
from zoom.redacting import hosts_of


async def take_out_elsewhere(tx: Transaction, person_id: int, at: datetime) -> None:
    """Within the transaction that erases the person, while it is known what Zoom calls them.

    `at` is the time of their erasure, which a backup may have to be told later.
    """
    await posts.bump_judged(tx, person_id)
    person = await people.get_person(tx, person_id)
    await _of_waiting(tx, await subject_of(tx, person))
    known = await guests.known_by(tx, person)
    await _of_unknown_meetings(tx, known.accounts)
    await take_out(tx, person_id, known, at)


async def _of_waiting(tx: Transaction, who: Subject) -> None:
    """Zoom told of them in classes that they were not in: they waited, and it did not begin.

    A name that somebody bears who was in such a class says nothing of them.
    """
    for lesson_id in await erasing_elsewhere.lessons_waited_for(tx, who.person_id):
        await posts.bump(tx, lesson_id, (PostKind.WAITING,))  # the teacher's
    for student in await students.students_of_person(tx, who.person_id):
        pseudonym, names = _pseudonym(), who.names[student.course_id]
        for lesson_id in await erasing_elsewhere.reported_without(
            tx, student.id, student.course_id
        ):
            meant = names - await erasing_elsewhere.names_in(tx, lesson_id)
            await redact(tx, lesson_id, _signs(tx, meant, student.keys), pseudonym)


async def _of_unknown_meetings(tx: Transaction, accounts: frozenset[bytes]) -> None:
    """What is held of a meeting on their accounts that may be one of ours: none will be now."""
    held = await erasing_elsewhere.held_events(tx) if accounts else ()
    theirs = [
        digest
        for digest, body in held
        if not accounts.isdisjoint(zoom_user_index(tx.vault, host) for host in hosts_of(body))
    ]
    await erasing_elsewhere.remove_events(tx, theirs)


def _signs(tx: Transaction, names: Collection[bytes], keys: frozenset[Key]) -> Signs:
    return Signs(lambda each: bool(each) and erasing_names.name_index(tx, each) in names, keys)


def _pseudonym() -> str:
    return f"erased-{new_code()}"
