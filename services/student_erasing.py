"""A student's name and marks out of Zoom's stored reports, so that nothing brings them back."""

from school.identity import Key
from school.model import PostKind
from services.redacting import Signs, redact
from storage import attendance, erasing_names, erasing_students, matching, posts, students
from storage.database import Transaction
from storage.student_names import index_of
from storage.students import Student


async def take_out_of_reports(tx: Transaction, person_id: int) -> None:
    """Within the transaction that erases the person: lessons folded anew later stay without them.

    Zoom's reports are kept for weeks, and a late one folds its lesson anew from all of them. The
    minutes stay, under a registration that means nobody.
    """
    for student in await students.students_of_person(tx, person_id):
        # The same by which they stand in what Zoom reports later under this name.
        own_name = student.name_index or b""
        pseudonym = erasing_names.pseudonym_of(tx, own_name, student.course_id)
        for lesson_id in await erasing_students.lessons_with(tx, student.id):
            names, keys = await _signs(tx, student, lesson_id)

            def bears(name: str, own: frozenset[bytes] = names) -> bool:
                return index_of(tx.vault, name) in own

            await redact(tx, lesson_id, Signs(bears, keys), pseudonym)
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
