"""Somebody who leaves, out of what is about others, or of no class of ours.

Teachers come to other teachers' classes too, and students wait for classes that never begin.
"""

from collections.abc import Collection

from school.facts import Participant
from school.identity import Key, strong_keys
from school.model import PostKind
from services.codes import new_code
from services.redacting import Signs, redact
from storage import (
    erasing_elsewhere,
    erasing_names,
    matching,
    people,
    posts,
    students,
    zoom_accounts,
)
from storage.database import Transaction
from storage.own_parts import Subject, subject_of
from storage.zoom_accounts import ZoomProfile
from zoom.redacting import hosts_of


async def take_out_elsewhere(tx: Transaction, person_id: int) -> None:
    """Within the transaction that erases the person, while it is known what Zoom calls them."""
    await posts.bump_judged(tx, person_id)
    await _of_waiting(tx, await subject_of(tx, await people.get_person(tx, person_id)))
    account = await zoom_accounts.find_account(tx, person_id)
    if account is not None:
        await _of_unknown_meetings(tx, account.profile.zoom_user_id)
        await _of_classes_of_others(tx, person_id, account.profile)


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


async def _of_unknown_meetings(tx: Transaction, zoom_user_id: str) -> None:
    """What is held of a meeting on their account that may be one of ours: none will be now."""
    held = await erasing_elsewhere.held_events(tx)
    theirs = [digest for digest, body in held if zoom_user_id in hosts_of(body)]
    await erasing_elsewhere.remove_events(tx, theirs)


async def _of_classes_of_others(tx: Transaction, person_id: int, account: ZoomProfile) -> None:
    """They came to classes of other teachers, with their own account and under their own name.

    Either alone is not enough: a child may come with a parent's account, and others may have the
    same name.
    """
    person = await people.get_person(tx, person_id)
    names = {erasing_names.name_index(tx, one) for one in (person.name, account.display_name)}
    said = Participant(zoom_user_id=account.zoom_user_id, email=account.email)
    marks = frozenset(strong_keys(said, frozenset()))
    on_lists = await erasing_elsewhere.students_known_by(tx, marks, names)
    places = dict(await erasing_elsewhere.places_of_students(tx, on_lists))
    for lesson_id, called in (await erasing_elsewhere.guests_called(tx, person_id, names)).items():
        keys_in = await matching.keys_in(tx, lesson_id)
        with_mark = {one for one in called if marks & keys_in.get(one, frozenset())}
        places[lesson_id] = places.get(lesson_id, frozenset()) | with_mark
    pseudonym = _pseudonym()
    for lesson_id, own in places.items():
        if own:
            await _out_of_lesson(tx, lesson_id, own, marks, pseudonym)
    await erasing_elsewhere.forget_students_known(tx, on_lists)


async def _out_of_lesson(
    tx: Transaction, lesson_id: int, own: frozenset[int], marks: frozenset[Key], pseudonym: str
) -> None:
    keys_in = await matching.keys_in(tx, lesson_id)
    keys = marks.union(*(keys_in.get(one, frozenset()) for one in own))
    meant = await erasing_elsewhere.names_at(tx, lesson_id, own)
    meant -= await erasing_elsewhere.names_in(tx, lesson_id, but=own)
    await redact(tx, lesson_id, _signs(tx, meant, keys), pseudonym)
    await erasing_names.forget_names_of(tx, lesson_id, own)
    await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))  # the other teacher's


def _signs(tx: Transaction, names: Collection[bytes], keys: frozenset[Key]) -> Signs:
    return Signs(lambda each: bool(each) and erasing_names.name_index(tx, each) in names, keys)


def _pseudonym() -> str:
    return f"erased-{new_code()}"
