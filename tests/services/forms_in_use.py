"""Forms for new classes as tests fill them in, and what comes of them."""

from sqlalchemy import func, select

from school.model import Planned
from services import drafting as form
from services import form_answers as answers
from services.forms import FormAnswer, FormPage, Made, Place
from services.office import Office
from services.people import Teacher
from storage.schema import course, draft
from tests.services.teaching import standing


async def begun(office: Office, teacher: Teacher, line: str = "", key: str = "u1") -> FormPage:
    page = await form.begin(office, teacher, line, key)
    assert isinstance(page, FormPage)
    return page


def place(teacher: Teacher, answer: FormAnswer) -> Place:
    """Where the buttons of what the form just showed lead."""
    assert not isinstance(answer, Made)
    return Place(teacher, answer.draft.id, answer.draft.version)


def shown(answer: FormAnswer | None) -> FormPage:
    assert isinstance(answer, FormPage)
    return answer


async def type_in(office: Office, teacher: Teacher, text: str) -> FormPage:
    return shown(await answers.typed(office, teacher, text))


async def rows(office: Office) -> tuple[int, int]:
    """How many forms and courses there are."""
    async with office.database.reading() as tx:
        forms = await tx.connection.scalar(select(func.count()).select_from(draft))
        made = await tx.connection.scalar(select(func.count()).select_from(course))
    return forms or 0, made or 0


async def planned_of(office: Office, answer: FormAnswer | None) -> Planned:
    assert isinstance(answer, Made)
    return (await standing(office, answer.lesson_id)).lesson.planned
