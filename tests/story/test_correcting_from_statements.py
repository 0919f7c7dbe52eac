"""An admin corrects a class whose teacher Zoom did not see, from where its pay stands."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.story import Cast
from school.model import LessonState
from services.people import TelegramUser
from tests.lessons import made_class, set_state
from tests.services.months import Held, held
from tests.story.stage import Stage

STARTS = datetime(2026, 11, 12, 15, tzinfo=UTC)  # 18:00 in Addis Ababa
WORTH_NOTHING = "Thu 12 Nov · Tajweed · 0.00 ETB"


async def comes_to_nothing(stage: Stage, teacher: TelegramUser, how: str) -> int:
    """The class of that Thursday, of which Zoom tells nothing that would be paid."""
    office = stage.program.office
    if how == "absent":
        return (await held(office, STARTS, teacher, Held(0))).lesson_id
    lesson_id = (await made_class(office, {}, teacher=teacher, starts_at=STARTS)).lesson_id
    if how == "called off":
        hour_before = STARTS - timedelta(hours=1)
        async with office.database.writing() as tx:
            await set_state(tx, lesson_id, LessonState.CANCELLED, cancelled_at=hour_before)
    return lesson_id


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("absent", "The teacher was not there."),
        ("not held", "It did not take place."),
        ("called off", "It was called off."),
    ],
)
async def test_a_class_that_came_to_nothing_is_corrected_from_its_line(
    stage: Stage, school: Cast, how: str, said: str
) -> None:
    admin = school.admin
    aisha = TelegramUser(school.aisha.id, school.aisha.name, school.aisha.username)
    await admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await admin.sees("Aisha earns 240.00 ETB an hour")
    await comes_to_nothing(stage, aisha, how)
    stage.forward(timedelta(days=9))
    await admin.types("/report last month")
    await admin.presses("Statements", within=30)
    await admin.presses("Aisha · draft · 0.00 ETB", within=30)
    await admin.sees("Statement of Aisha, November 2026")
    await admin.presses("Classes")
    await admin.presses(WORTH_NOTHING)
    opened = await admin.sees(said)
    await admin.presses("Timeline")
    assert (await admin.sees("Tajweed, Thu 12 Nov")).has_button("Correct")
    await admin.presses("Correct", on=opened)
    await admin.sees("Type the minutes that count and why")
    await school.aisha.catches_up()
    await admin.types("45 min, she taught from her sister's account")
    await admin.sees("Done. The teacher is told.")
    told = await school.aisha.sees("now counts 45 min taught")
    assert "“she taught from her sister's account”" in told.text
    await admin.presses("‹ Classes", on=opened)
    await admin.presses("Thu 12 Nov · Tajweed · 180.00 ETB")
    assert "An admin has corrected figures" in (await admin.sees("Amount: 180.00 ETB")).text


async def test_a_teacher_is_shown_no_class_that_was_called_off(stage: Stage, school: Cast) -> None:
    """It came to nothing, as they knew; and to correct it is for admins."""
    teacher = school.aisha
    aisha = TelegramUser(teacher.id, teacher.name, teacher.username)
    await comes_to_nothing(stage, aisha, "called off")
    await held(stage.program.office, STARTS - timedelta(days=1), aisha, Held(0))
    await teacher.types("/hours 2026-11")
    await teacher.presses("Statement", within=30)
    await teacher.presses("Classes")
    listed = await teacher.finds_button("Wed 11 Nov · Tajweed · no rate")
    assert not any("Thu 12 Nov" in label for label in listed.labels)
    await teacher.presses("Wed 11 Nov · Tajweed · no rate")
    opened = await teacher.sees("The teacher was not there.")
    assert list(opened.labels) == ["‹ Classes"]
