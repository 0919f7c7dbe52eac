"""An admin says that nothing was taught in a class; what is paid depends on why."""

from datetime import timedelta

from school.corrections import WhyNothing
from school.errors import Outdated
from services.retention import FORMS_KEPT
from storage import forms, questions
from storage.attendance import outcome_of
from storage.corrections import Corrected
from storage.courses import Lesson
from storage.database import Transaction

_NOTHING = timedelta()


async def needs_why(tx: Transaction, lesson: Lesson, length: timedelta) -> bool:
    """Whether it is to be asked: no time counts, and the teacher was found there."""
    found = await outcome_of(tx, lesson.id)
    return not length and bool(found.teacher_present)


async def ask(
    tx: Transaction, admin_id: int, request_key: str, about: str, lesson: Lesson, reason: str
) -> None:
    """The admin is to press why; what they typed is kept until then."""
    await questions.ask(tx, admin_id, request_key, about, lesson=str(lesson.id), reason=reason)


async def asked_of(tx: Transaction, admin_id: int, about: str, lesson_id: int) -> str | None:
    """The reason they typed, where it was that lesson they were asked about; asked no more."""
    asked = await questions.asked_last(tx, admin_id, tx.now - FORMS_KEPT, about)
    if asked is None or asked.said.data["lesson"] != str(lesson_id):
        return None
    await forms.forget(tx, asked.id)
    return asked.said.data["reason"]


def gone() -> Outdated:
    return Outdated("This is not asked any more. Press Correct on the class once more.")


async def said(tx: Transaction, lesson: Lesson, why: WhyNothing) -> Corrected:
    """Nothing taught; the other figures as found, as far as they are not said to be wrong."""
    found = await outcome_of(tx, lesson.id)
    match why:
        case WhyNothing.NOBODY_CAME:
            return Corrected(_NOTHING, found.teacher_present, found.actual)
        case WhyNothing.TEACHER_AWAY:
            return Corrected(_NOTHING, _NOTHING, found.actual)
        case WhyNothing.NOT_COUNTED:
            return Corrected(_NOTHING, _NOTHING, _NOTHING)
