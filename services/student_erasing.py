"""A student who leaves is in Zoom's stored reports no more, so that nothing brings them back."""

from collections.abc import Iterator
from dataclasses import replace

from school.facts import Participant
from school.identity import Key, strong_keys
from school.model import PostKind
from services.codes import new_code
from storage import attendance, erasing_students, matching, posts, students
from storage.database import Transaction
from storage.erasing_students import Report
from storage.sealing import Vault
from storage.student_names import index_of
from storage.students import Student
from zoom.redacting import Mentioned, without


async def take_out_of_reports(tx: Transaction, person_id: int) -> None:
    """Within the transaction that erases the person: lessons folded anew later stay without them.

    Zoom's reports are kept for weeks, and a late one folds its lesson anew from all of them. The
    minutes stay, under a registration that means nobody.
    """
    for student in await students.students_of_person(tx, person_id):
        pseudonym = f"erased-{new_code()}"
        for lesson_id in await erasing_students.lessons_with(tx, student.id):
            names, keys = await _signs(tx, student, lesson_id)
            reports = await erasing_students.reports_of(tx, lesson_id)
            changed = _without(tx.vault, reports, names, keys, pseudonym)
            await erasing_students.replace_reports(tx, changed)
            await posts.bump(tx, lesson_id, (PostKind.SUMMARY,))  # the teacher's, without the name


async def _signs(
    tx: Transaction, student: Student, lesson_id: int
) -> tuple[frozenset[bytes], frozenset[Key]]:
    """By what the student can be told from others in a lesson: names' indexes, and marks."""
    names, keys = student.indexes, student.keys
    keys_in = await matching.keys_in(tx, lesson_id)
    for row in await attendance.presences_of(tx, lesson_id):
        if row.student_id == student.id:
            names |= {row.name_index} if row.name_index else frozenset()
            keys |= keys_in.get(row.ordinal, frozenset())
    return names - {index_of(tx.vault, "")}, keys


def _without(
    vault: Vault,
    reports: list[Report],
    names: frozenset[bytes],
    keys: frozenset[Key],
    pseudonym: str,
) -> Iterator[Report]:
    def is_meant(one: Mentioned) -> bool:
        own = strong_keys(
            Participant(
                zoom_user_id=one.zoom_user_id, email=one.email, registrant_id=one.registrant_id
            ),
            frozenset(),
        )
        return bool(keys.intersection(own)) if own else index_of(vault, one.name) in names

    for report in reports:
        body = without(report.body, is_meant, pseudonym)
        if body is not None:
            yield replace(report, body=body)
