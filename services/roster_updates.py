"""A course's lessons follow its roster: who was there is worked out anew when it changes."""

from collections.abc import Sequence

from school.identity import HOST
from school.model import PostKind
from school.roster import Comer, KnownStudent, Recognition, recognised
from services.folding import fold_anew
from services.office import Office
from storage import attendance, courses, matching, posts, students
from storage.attendance import PresenceRow
from storage.courses import Lesson
from storage.database import Transaction


async def bring_up_to_date(office: Office, course_id: int) -> None:
    """After a change of the roster; may be repeated.

    Lessons whose events are kept are folded anew. Of others only who is who changes: what two
    names came to that are one student's is not added up any more. Of those where it is forgotten
    who was there, nothing changes.
    """
    async with office.database.reading() as tx:
        lessons = await courses.lessons_of_course(tx, course_id)
        began = await matching.began_in_course(tx, course_id)
        recent = tx.now - office.profile.retention.figures_stand_after
    held = [(one, began[one.id]) for one in lessons if one.id in began]
    for lesson, began_at in held:
        if began_at <= recent or not await fold_anew(office, lesson.id):
            await _match(office, lesson)
    async with office.database.writing() as tx:
        for lesson, began_at in held:
            if began_at > recent:  # who was absent may be others now
                await posts.bump(tx, lesson.id, (PostKind.SUMMARY,))
    office.bell.posts.ring()


async def _match(office: Office, lesson: Lesson) -> None:
    """Who is who among those that are stored of a lesson."""
    async with office.database.writing() as tx:
        rows = await attendance.presences_of(tx, lesson.id)
        names = {row.name_index: row.name_index.hex() for row in rows if row.name_index}
        roster = [one.known_among(names) for one in await students.roster_of(tx, lesson.course_id)]
        comers = await _comers(tx, lesson.id, rows)
        found = recognised(comers, roster)
        matched = _once_each(rows, comers, found)
        for row, (student, ambiguous) in zip(rows, matched, strict=True):
            student_id = student.student_id if student else None
            if (row.student_id, row.ambiguous) != (student_id, ambiguous):
                await matching.set_student(
                    tx, lesson.id, row.ordinal, student_id, ambiguous=ambiguous
                )
        count = sum(
            not row.is_teacher and (student.is_student if student else not row.is_namesake)
            for row, (student, _) in zip(rows, matched, strict=True)
        )
        if rows:
            await matching.set_student_count(tx, lesson.id, count)


async def _comers(
    tx: Transaction, lesson_id: int, rows: Sequence[PresenceRow]
) -> tuple[Comer, ...]:
    keys = await matching.keys_in(tx, lesson_id)
    """Whole names are told apart by their indexes, whatever is stored of them."""
    marked = [row.name_index for row in rows if row.ordinal in keys]
    comers = []
    for row in rows:
        name = row.name_index.hex() if row.name_index else ""
        own = frozenset({HOST}) if row.is_teacher else keys.get(row.ordinal, frozenset())
        is_ambiguous = not own and marked.count(row.name_index) > 1
        comers.append(Comer(frozenset({name}) - {""}, own, is_ambiguous))
    return tuple(comers)


def _once_each(
    rows: Sequence[PresenceRow], comers: Sequence[Comer], found: Sequence[Recognition]
) -> list[tuple[KnownStudent | None, bool]]:
    """Each with whether that is in doubt. Of several rows of one student the longest counts."""
    longest: dict[int, int] = {}
    for at, one in enumerate(found):
        if one.student is not None:
            known = longest.setdefault(one.student.student_id, at)
            if rows[at].total > rows[known].total:
                longest[one.student.student_id] = at
    matched: list[tuple[KnownStudent | None, bool]] = []
    for at, one in enumerate(found):
        if one.student is not None and longest[one.student.student_id] == at:
            matched.append((one.student, False))
        else:
            in_doubt = one.doubtful or comers[at].ambiguous or one.student is not None
            matched.append((None, in_doubt))
    return matched
