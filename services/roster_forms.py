"""Names that a teacher types about a roster: asked for by a button, answered by a message."""

from dataclasses import dataclass

from school.errors import NotAllowed, Outdated
from services import roster, roster_names
from services.office import Office
from services.people import Teacher
from services.retention import FORMS_KEPT
from services.roster_names import Settled
from storage import forms
from storage.roster_forms import ROSTER, NameFor, RosterForm
from storage.students import Student


@dataclass(frozen=True, slots=True)
class Added:
    student: Student


@dataclass(frozen=True, slots=True)
class Renamed:
    student: Student


@dataclass(frozen=True, slots=True)
class Answer:
    """What a typed name came to, and the message that asked for it."""

    result: Added | Renamed | Settled
    message_id: int | None


async def ask(
    office: Office, teacher: Teacher, form: RosterForm, request_key: str, message_id: int | None
) -> None:
    """What the teacher types next is the name; whether it is theirs to say is checked then."""
    async with office.database.writing() as tx:
        await forms.forget_all(tx, ROSTER, teacher.person_id)
        await forms.begin(tx, ROSTER, teacher.person_id, request_key, form, message_id=message_id)


async def give_up(office: Office, teacher: Teacher) -> None:
    """No name is waited for any more."""
    async with office.database.reading() as tx:
        form = await forms.latest(tx, ROSTER, teacher.person_id, tx.now - FORMS_KEPT)
    if form is not None:
        await _end(office, teacher)


async def typed(office: Office, teacher: Teacher, text: str) -> Answer | None:
    """None if no name is waited for. A name that cannot be leaves the form open."""
    async with office.database.reading() as tx:
        draft = await forms.latest(tx, ROSTER, teacher.person_id, tx.now - FORMS_KEPT)
    if draft is None:
        return None
    try:
        result = await _done(office, teacher, draft.said, text)
    except (Outdated, NotAllowed):  # there is nothing to be named any more
        await _end(office, teacher)
        raise
    await _end(office, teacher)
    return Answer(result, draft.message_id)


async def _done(
    office: Office, teacher: Teacher, form: RosterForm, text: str
) -> Added | Renamed | Settled:
    match form.what:
        case NameFor.ADDED:
            return Added(await roster.add(office, teacher, form.course_id, text))
        case NameFor.RENAMED:
            return Renamed(await roster.rename(office, teacher, form.subject_id, text))
        case NameFor.MET:
            return await roster_names.is_new(office, teacher, form.subject_id, form.token, text)


async def _end(office: Office, teacher: Teacher) -> None:
    async with office.database.writing() as tx:
        await forms.forget_all(tx, ROSTER, teacher.person_id)
