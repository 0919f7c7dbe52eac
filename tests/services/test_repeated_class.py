"""Classes that repeat: in one line, step by step, like the last one, and what can go wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotUnderstood, Outdated, SchoolError
from school.model import LessonState, Planned
from school.recurrence import Frequency, Repeat
from services import cancelling, groups
from services import drafting as form
from services import form_answers as answers
from services import repeat_answers as repeating
from services.forms import Doubt, FormAnswer, FormPage, Made, Passed
from services.office import Office
from services.people import Teacher, set_zone
from services.posts import Trouble
from storage import courses
from storage.class_forms import Step
from storage.courses import Lesson
from tests.clocks import SettableClock
from tests.lessons import set_state
from tests.services.forms_in_use import begun, place, planned_of, rows, shown, type_in
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import (
    BEGINNERS,
    PLANNED,
    SISTERS,
    made,
    order,
    standing,
    teacher_with,
)

MON_WED = Repeat(Frequency.WEEKLY, weekdays=(0, 2))
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)


async def lessons_of(office: Office, answer: FormAnswer | None) -> tuple[Lesson, ...]:
    assert isinstance(answer, Made)
    course = (await standing(office, answer.lesson_id)).course
    async with office.database.reading() as tx:
        return await courses.lessons_of_course(tx, course.id)


async def up_to_the_repeat(office: Office, teacher: Teacher) -> FormPage:
    await begun(office, teacher)
    page = await type_in(office, teacher, "Fiqh")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    shown(await answers.confirm_groups(office, place(teacher, page)))
    for text in ("tomorrow", "18:00", "45"):
        page = await type_in(office, teacher, text)
    assert page.draft.step is Step.REPEAT
    return page


# In one line


async def test_a_whole_line_makes_the_series_at_once_as_one_meeting(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    line = "Tajweed every Mon,Wed 19:00 45m x10 #beginners"
    lessons = await lessons_of(office, await form.begin(office, teacher, line, "u1"))
    assert len(lessons) == 10
    first = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # today still
    assert [one.planned.starts_at for one in lessons[:3]] == [
        *(first, first + timedelta(days=2), first + timedelta(days=7)),
    ]
    assert len(await zoom.meetings()) == 1
    assert await rows(office) == (0, 1)


async def test_what_a_line_of_a_series_lacks_is_asked(office: Office, teacher: Teacher) -> None:
    page = await begun(office, teacher, "Tajweed every Mon,Wed 45m x10 #beginners")
    assert (page.draft.step, page.draft.said.repeat) == (Step.TIME, replace(MON_WED, count=10))
    answer = await answers.choose_time(office, place(teacher, page), time(19, 0))
    assert len(await lessons_of(office, answer)) == 10


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("every Mon x0", "A series can have from 1 to"),
        ("every Mon x366", "A series can have from 1 to"),
        ("daily until 2026-11-20", "but the last day is"),
        ("every Mon until 2026-11-24 from 2026-11-24", "but the last day is"),
        ("daily until 2029-01-31", "for two years"),
        ("monthly from 2026-12-31", "Not every month has a day"),
        ("every Mon from 2026-11-02", "that has passed"),
        ("every 0 days", "A class can be repeated every 1 to"),
    ],
)
async def test_a_rule_that_cannot_be_is_said_and_leaves_nothing(
    office: Office, teacher: Teacher, rule: str, why: str
) -> None:
    with pytest.raises(NotUnderstood, match=why):
        await form.begin(office, teacher, f"Tajweed {rule} 19:00 45m #beginners", "u1")
    assert await rows(office) == (0, 0)


async def test_a_rule_with_one_date_is_a_single_class(office: Office, teacher: Teacher) -> None:
    answer = await form.begin(office, teacher, "Tajweed every Mon x1 19:00 45m #sisters", "u1")
    (lesson,) = await lessons_of(office, answer)
    assert (lesson.slot_at, (await standing(office, lesson.id)).course.repeat) == (None, None)


async def test_a_series_without_end_is_planned_for_sixty_dates(
    office: Office, teacher: Teacher
) -> None:
    answer = await form.begin(office, teacher, "Tajweed daily 19:00 45m #sisters", "u1")
    assert len(await lessons_of(office, answer)) == 60


# Step by step


async def test_once_is_one_press(office: Office, teacher: Teacher) -> None:
    page = await up_to_the_repeat(office, teacher)
    page = shown(await repeating.choose_once(office, place(teacher, page)))
    assert page.draft.step is Step.CONFIRM
    assert await planned_of(office, await answers.create(office, place(teacher, page))) == PLANNED


async def test_every_week_is_on_the_chosen_days_weekday_and_its_end_is_asked(
    office: Office, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    here = place(teacher, page)
    page = shown(await repeating.choose_rhythm(office, here, Frequency.WEEKLY))
    assert page.draft.step is Step.UNTIL
    page = shown(await repeating.choose_count(office, place(teacher, page), 4))
    assert (page.draft.step, page.draft.said.repeat) == (
        Step.CONFIRM,
        Repeat(Frequency.WEEKLY, weekdays=(1,), count=4),
    )
    lessons = await lessons_of(office, await answers.create(office, place(teacher, page)))
    assert [one.planned for one in lessons] == [
        Planned(PLANNED.starts_at + number * timedelta(weeks=1), PLANNED.length)
        for number in range(4)
    ]


async def test_days_of_the_week_are_chosen_and_the_first_class_is_on_the_first_of_them(
    office: Office, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    page = shown(await repeating.choose_weekdays(office, place(teacher, page)))
    for weekday in (0, 2, 1):  # Tuesday, the chosen day's, is ticked at first
        page = shown(await repeating.toggle_weekday(office, place(teacher, page), weekday))
    assert (page.draft.step, page.draft.said.repeat) == (Step.WEEKDAYS, MON_WED)
    page = shown(await repeating.confirm_weekdays(office, place(teacher, page)))
    assert page.draft.step is Step.UNTIL
    page = shown(await repeating.choose_count(office, place(teacher, page), None))
    assert (page.draft.step, page.draft.said.first_day) == (Step.CONFIRM, WEDNESDAY)
    lessons = await lessons_of(office, await answers.create(office, place(teacher, page)))
    assert (lessons[0].planned.starts_at.date(), len(lessons)) == (WEDNESDAY, 60)


async def test_the_last_day_of_the_week_cannot_be_taken_away(
    office: Office, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    page = shown(await repeating.choose_weekdays(office, place(teacher, page)))
    with pytest.raises(NotUnderstood, match="one has to stay"):
        await repeating.toggle_weekday(office, place(teacher, page), 1)
    with pytest.raises(Outdated):
        await repeating.toggle_weekday(office, place(teacher, page), 7)


@pytest.mark.parametrize(
    ("said", "repeat"),
    [
        (["every Mon,Wed x10"], replace(MON_WED, count=10)),
        (["Mon and Wed", "10"], replace(MON_WED, count=10)),
        (["Mon,Wed x10"], replace(MON_WED, count=10)),
        (["every Mon, Wed", "until 2027-01-31"], replace(MON_WED, until=date(2027, 1, 31))),
        (["daily", "31 Jan"], Repeat(Frequency.DAILY, until=date(2027, 1, 31))),
        (["monthly", "6 times"], Repeat(Frequency.MONTHLY, count=6)),
        (["no"], None),
    ],
)
async def test_how_often_and_until_when_can_be_typed(
    office: Office, teacher: Teacher, said: list[str], repeat: Repeat | None
) -> None:
    page = await up_to_the_repeat(office, teacher)
    for text in said:
        page = await type_in(office, teacher, text)
    assert (page.draft.step, page.draft.said.repeat) == (Step.CONFIRM, repeat)


async def test_what_makes_no_sense_is_said_and_the_form_stays(
    office: Office, teacher: Teacher
) -> None:
    await up_to_the_repeat(office, teacher)
    with pytest.raises(NotUnderstood, match="do not understand how often"):
        await answers.typed(office, teacher, "whenever")
    with pytest.raises(NotUnderstood, match="A series can have from 1 to"):
        await answers.typed(office, teacher, "daily x1000")
    assert (await type_in(office, teacher, "daily")).draft.step is Step.UNTIL
    with pytest.raises(NotUnderstood, match="do not understand until when"):
        await answers.typed(office, teacher, "whenever")
    with pytest.raises(NotUnderstood, match="but the last day is"):
        await answers.typed(office, teacher, "until 2026-11-01")
    assert (await type_in(office, teacher, "x3")).draft.step is Step.CONFIRM


async def test_a_monthly_class_needs_a_day_that_every_month_has(
    office: Office, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    page = shown(await answers.choose_day(office, place(teacher, page), date(2026, 12, 31)))
    with pytest.raises(NotUnderstood, match="Not every month has a day"):
        await answers.typed(office, teacher, "monthly")


async def test_another_day_moves_a_weekly_class_but_not_one_on_several_days(
    office: Office, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    await type_in(office, teacher, "weekly")
    page = await type_in(office, teacher, "x4")
    page = shown(await answers.choose_day(office, place(teacher, page), WEDNESDAY))
    assert page.draft.said.repeat == Repeat(Frequency.WEEKLY, weekdays=(2,), count=4)
    page = shown(await answers.go_to(office, place(teacher, page), Step.REPEAT))
    page = await type_in(office, teacher, "every Mon,Wed x4")
    page = shown(await answers.choose_day(office, place(teacher, page), date(2026, 11, 26)))
    assert page.draft.said.repeat == replace(MON_WED, count=4)
    assert page.draft.said.first_day == date(2026, 11, 30)


async def test_back_from_the_end_asks_how_often_anew(office: Office, teacher: Teacher) -> None:
    await up_to_the_repeat(office, teacher)
    page = await type_in(office, teacher, "daily")
    page = shown(await answers.go_to(office, place(teacher, page), Step.LENGTH))
    page = await type_in(office, teacher, "30")
    assert (page.draft.step, page.draft.said.repeat) == (Step.REPEAT, None)


async def test_presses_out_of_order_never_make_a_series_without_its_end(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await up_to_the_repeat(office, teacher)
    with pytest.raises(Outdated):
        await repeating.choose_count(office, place(teacher, page), 4)
    page = shown(await repeating.choose_weekdays(office, place(teacher, page)))
    page = shown(await answers.create(office, place(teacher, page)))
    page = shown(await answers.accept_doubt(office, place(teacher, page)))
    assert page.draft.step is Step.UNTIL
    for step in (Step.UNTIL, Step.WEEKDAYS, Step.CONFIRM):
        page = shown(await answers.go_to(office, place(teacher, page), step))
        assert page.draft.step is Step.REPEAT
    assert (await rows(office), await zoom.meetings()) == ((1, 0), [])


async def test_a_rule_before_any_day_counts_from_today(office: Office, teacher: Teacher) -> None:
    """By buttons that the form does not show yet."""
    page = await begun(office, teacher)
    here = place(teacher, page)
    page = shown(await repeating.choose_rhythm(office, here, Frequency.WEEKLY))
    assert (page.draft.step, page.draft.said.repeat) == (
        Step.TOPIC,
        Repeat(Frequency.WEEKLY, weekdays=(0,)),
    )


# Times


async def test_a_series_whose_first_time_passes_is_offered_from_the_next_date(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    page = await begun(office, teacher, "Tajweed every Mon,Wed 18:00 45m x4")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    clock.forward(timedelta(hours=2))
    answer = await answers.create(office, place(teacher, page))
    assert isinstance(answer, Passed)
    assert (answer.problem.msgid, answer.suggested_day) == (
        "{day} at {time} has passed. Begin on {suggested_day}?",
        WEDNESDAY,
    )
    result = await answers.choose_day(office, place(teacher, answer), answer.suggested_day)
    assert len(await lessons_of(office, result)) == 4


async def test_a_series_that_clashes_with_a_later_class_is_asked_about(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    week = timedelta(weeks=1)
    later = Planned(PLANNED.starts_at + 2 * week, PLANNED.length)
    lesson_id = await made(office, teacher, order("update:1", later))
    answer = await form.begin(office, teacher, "Fiqh every Tue 18:30 30m x5 #sisters", "u1")
    assert isinstance(answer, Doubt)
    assert [other.lesson_id for other in answer.others] == [lesson_id]
    assert len(await zoom.meetings()) == 1
    assert isinstance(await answers.accept_doubt(office, place(teacher, answer)), Made)


async def test_clocks_that_change_in_the_middle_of_a_series_are_asked_about_and_kept_to(
    office: Office, teacher: Teacher
) -> None:
    berlin = replace(teacher, zone=(await set_zone(office, AISHA, "Europe/Berlin")).zone)
    line = "Tajweed every Sun from 2027-03-21 02:30 45m x3 #beginners"
    answer = await form.begin(office, berlin, line, "u1")
    assert isinstance(answer, Doubt)
    assert (answer.skipped_on, answer.is_repeated) == (date(2027, 3, 28), False)
    lessons = await lessons_of(office, await answers.accept_doubt(office, place(berlin, answer)))
    assert [one.planned.starts_at.astimezone(berlin.zone).time() for one in lessons] == [
        *(time(2, 30), time(3, 30), time(2, 30)),
    ]


async def test_a_first_time_that_the_clocks_skip_is_refused(
    office: Office, teacher: Teacher
) -> None:
    berlin = replace(teacher, zone=(await set_zone(office, AISHA, "Europe/Berlin")).zone)
    line = "Tajweed every Sun from 2027-03-28 02:30 45m x3 #beginners"
    with pytest.raises(NotUnderstood, match="does not exist"):
        await form.begin(office, berlin, line, "u1")


# Like the last one


async def held(office: Office, lesson_id: int) -> None:
    async with office.database.writing() as tx:
        await set_state(tx, lesson_id, LessonState.ENDED)


async def test_the_last_class_is_repeated_and_only_its_day_is_asked(
    office: Office, teacher: Teacher
) -> None:
    earlier = Planned(PLANNED.starts_at - timedelta(days=3), timedelta(minutes=90))
    await held(office, await made(office, teacher, order("update:1", earlier)))
    await held(office, await made(office, teacher, order("update:2", PLANNED, SISTERS.id)))
    await made(office, teacher, order("update:3", replace(PLANNED, length=timedelta(hours=9))))
    page = shown(await form.begin_like_last(office, teacher, "u1"))
    assert page.draft.step is Step.DAY
    assert (page.draft.said.topic, page.draft.said.chat_ids) == ("Tajweed", (SISTERS.id,))
    page = await type_in(office, teacher, "1 Dec")
    assert page.draft.step is Step.CONFIRM
    planned = await planned_of(office, await answers.create(office, place(teacher, page)))
    assert planned == Planned(datetime(2026, 12, 1, 15, 0, tzinfo=UTC), PLANNED.length)


async def test_the_same_press_again_shows_the_same_form(office: Office, teacher: Teacher) -> None:
    await held(office, await made(office, teacher))
    first = shown(await form.begin_like_last(office, teacher, "u1"))
    again = shown(await form.begin_like_last(office, teacher, "u1"))
    assert again.draft == first.draft


async def test_groups_that_are_lost_by_now_are_asked_for(office: Office, teacher: Teacher) -> None:
    await held(office, await made(office, teacher))
    await groups.bot_may_not_write(office, BEGINNERS.id, Trouble.REMOVED)
    page = shown(await form.begin_like_last(office, teacher, "u1"))
    assert (page.draft.step, page.draft.said.chat_ids) == (Step.GROUPS, ())


async def test_without_a_class_that_was_held_there_is_none_to_repeat(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await made(office, teacher)  # still ahead
    with pytest.raises(SchoolError, match="not held a class yet"):
        await form.begin_like_last(office, teacher, "u1")
    person = await zoom.user("musa@example.org", name="Musa")
    musa = await teacher_with(office, MUSA, person, BEGINNERS)
    with pytest.raises(SchoolError, match="not held a class yet"):
        await form.begin_like_last(office, musa, "u2")


# Discarded before Zoom has it


async def test_a_series_that_zoom_does_not_have_yet_is_discarded_as_a_whole(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await zoom.goes_down()
    line = "Tajweed every Mon,Wed 19:00 45m x10 #beginners"
    answer = await form.begin(office, teacher, line, "u1")
    assert isinstance(answer, Made)
    await cancelling.discard(office, teacher, answer.lesson_id)
    assert {one.state for one in await lessons_of(office, answer)} == {LessonState.CANCELLED}
    await cancelling.discard(office, teacher, answer.lesson_id)  # pressed twice
    await zoom.no_faults()
    assert await zoom.meetings() == []


async def test_what_is_made_by_now_is_not_discarded(office: Office, teacher: Teacher) -> None:
    lesson_id = await made(office, teacher)
    with pytest.raises(Outdated, match="made by now"):
        await cancelling.discard(office, teacher, lesson_id)
