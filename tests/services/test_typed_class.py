"""A class in one typed line, and everything that can be typed wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, NotUnderstood, Outdated, SchoolError
from school.model import LessonState, Planned
from services import drafting as form
from services import form_answers as answers
from services import groups
from services.forms import Doubt, Made, Passed
from services.groups import GroupChat
from services.office import Office
from services.people import Teacher, set_zone
from services.posts import Trouble
from storage import forms
from storage.class_forms import Step
from tests.clocks import SettableClock
from tests.services.forms_in_use import begun, place, planned_of, rows, shown, type_in
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import BEGINNERS, PLANNED, SISTERS, made, order, standing, teacher_with

TUESDAY = date(2026, 11, 24)
ONE_LINE = "Tajweed tomorrow 18:00 45m #Beginners"


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)


# One line


async def test_a_whole_line_makes_the_class_at_once(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    answer = await form.begin(office, teacher, ONE_LINE, "u1")
    assert await planned_of(office, answer) == PLANNED
    assert len(await zoom.meetings()) == 1
    assert await rows(office) == (0, 1)


async def test_the_same_update_again_makes_nothing_new(
    office: Office, zoom: ZoomPeople, teacher: Teacher, clock: SettableClock
) -> None:
    first = await form.begin(office, teacher, ONE_LINE, "u1")
    clock.forward(timedelta(days=2))  # even when that time has passed
    assert await form.begin(office, teacher, ONE_LINE, "u1") == first
    assert len(await zoom.meetings()) == 1


async def test_the_same_update_of_a_guided_form_gives_the_same_form(
    office: Office, teacher: Teacher
) -> None:
    first = await begun(office, teacher)
    again = await begun(office, teacher)
    assert again.draft == first.draft
    assert await rows(office) == (1, 0)


async def test_a_repeated_update_after_the_form_was_used_gives_the_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 45m")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    result = await answers.create(office, place(teacher, page))
    assert await form.begin(office, teacher, "Tajweed tomorrow 18:00 45m", "u1") == result
    assert len(await zoom.meetings()) == 1


async def test_a_crash_between_line_and_class_is_gone_on_with(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    """The form was written down, and the update comes again."""
    line = "Tajweed tomorrow 18:00 45m"
    page = await begun(office, teacher, line)
    async with office.database.writing() as tx:
        whole = replace(page.draft.said, chat_ids=(BEGINNERS.id,), groups_chosen=True)
        await forms.save(tx, page.draft, whole, Step.CONFIRM)
    assert isinstance(await form.begin(office, teacher, line, "u1"), Made)
    assert len(await zoom.meetings()) == 1


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ("Tajweed tomorrow 18:00 45m", Step.GROUPS),
        ("Tajweed 18:00 45m #sisters", Step.DAY),
        ("Tajweed tomorrow 45m #sisters", Step.TIME),
        ("Tajweed tomorrow 18:00 #sisters", Step.LENGTH),
        ("", Step.TOPIC),
    ],
)
async def test_what_is_missing_is_asked(
    office: Office, teacher: Teacher, missing: str, step: Step
) -> None:
    assert (await begun(office, teacher, missing)).draft.step is step


async def test_once_the_missing_answer_is_given_the_class_is_made(
    office: Office, teacher: Teacher
) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 #sisters")
    answer = await answers.choose_length(office, place(teacher, page), timedelta(minutes=45))
    assert await planned_of(office, answer) == PLANNED


async def test_where_there_is_one_group_it_is_meant(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    teacher = await teacher_with(office, AISHA, aisha_at_zoom, SISTERS)
    assert isinstance(await form.begin(office, teacher, "Fiqh tomorrow 9:00 30m", "u1"), Made)
    assert (await begun(office, teacher, "", "u2")).draft.said.chat_ids == (SISTERS.id,)
    del zoom


# Groups


@pytest.mark.parametrize("name", ["Nobody", "S"])
async def test_an_unknown_or_ambiguous_group_is_asked_by_buttons(
    office: Office, teacher: Teacher, name: str
) -> None:
    await groups.link(office, teacher, GroupChat(-1003, "supergroup", "Seniors"), administers=True)
    page = await begun(office, teacher, f"Tajweed tomorrow 18:00 45m #Beginners #{name}")
    assert page.draft.step is Step.GROUPS
    assert page.draft.said.unclear_groups == (name,)
    assert page.draft.said.chat_ids == (BEGINNERS.id,)  # what was clear is chosen already
    page = shown(await answers.toggle_group(office, place(teacher, page), SISTERS.id))
    assert page.draft.said.unclear_groups == ()
    assert isinstance(await answers.create(office, place(teacher, page)), Made)


@pytest.mark.parametrize("name", ['"beginners a"', "BEGINN", '"Ｂeginners A"'])
async def test_groups_are_known_by_name_whatever_the_case_or_by_a_beginning(
    office: Office, teacher: Teacher, name: str
) -> None:
    answer = await form.begin(office, teacher, f"Tajweed tomorrow 18:00 45m #{name}", "u1")
    assert isinstance(answer, Made)


async def test_a_whole_name_goes_before_a_beginning(office: Office, teacher: Teacher) -> None:
    longer = GroupChat(-1003, "supergroup", "Sisters of the evening")
    await groups.link(office, teacher, longer, administers=True)
    answer = await form.begin(office, teacher, "Tajweed tomorrow 18:00 45m #sisters", "u1")
    assert isinstance(answer, Made)


async def test_at_the_groups_a_name_can_be_typed(office: Office, teacher: Teacher) -> None:
    await begun(office, teacher, "Tajweed tomorrow 18:00 45m")
    page = await type_in(office, teacher, '#"Sisters"')
    assert page.draft.said.chat_ids == (SISTERS.id,)
    page = await type_in(office, teacher, "whoever")
    assert page.draft.said.unclear_groups == ("whoever",)
    assert page.draft.said.chat_ids == (SISTERS.id,)


async def test_a_group_can_be_taken_back(office: Office, teacher: Teacher) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 45m")
    for chosen in ((SISTERS.id,), ()):
        page = shown(await answers.toggle_group(office, place(teacher, page), SISTERS.id))
        assert page.draft.said.chat_ids == chosen


async def test_a_group_of_somebody_else_cannot_be_chosen(office: Office, teacher: Teacher) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 45m")
    with pytest.raises(Outdated):
        await answers.toggle_group(office, place(teacher, page), -999)


async def test_without_any_group_it_is_said_how_to_get_one(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    teacher = await teacher_with(office, AISHA, aisha_at_zoom)
    with pytest.raises(SchoolError, match="no group yet"):
        await form.begin(office, teacher, ONE_LINE, "u1")
    assert await rows(office) == (0, 0)


async def test_a_group_that_the_bot_was_removed_from_is_not_offered(
    office: Office, teacher: Teacher
) -> None:
    await groups.bot_may_not_write(office, BEGINNERS.id, Trouble.REMOVED)
    with pytest.raises(SchoolError, match="type /link there"):
        await form.begin(office, teacher, ONE_LINE, "u1")
    page = await begun(office, teacher)
    assert [group.id for group in page.groups] == [SISTERS.id]
    await groups.bot_may_not_write(office, SISTERS.id, Trouble.REMOVED)
    with pytest.raises(SchoolError, match="any of your groups"):
        await form.begin(office, teacher, "", "u2")


# Without Zoom


async def test_without_zoom_nothing_is_begun(office: Office) -> None:
    teacher = await teacher_with(office, AISHA, None, BEGINNERS)
    for line in ("", ONE_LINE):
        with pytest.raises(NotConnected):
            await form.begin(office, teacher, line, "u1")
    assert await rows(office) == (0, 0)


async def test_a_grant_found_broken_in_the_middle_keeps_the_class(
    office: Office, teacher: Teacher, aisha_at_zoom: ZoomPerson
) -> None:
    await aisha_at_zoom.grant_ends()
    answer = await form.begin(office, teacher, ONE_LINE, "u1")
    assert isinstance(answer, Made)
    now = await standing(office, answer.lesson_id)
    assert (now.lesson.state, now.meeting.last_problem) == (LessonState.CREATING, "reconnect")


# Times


async def test_a_time_that_passed_is_offered_for_tomorrow(office: Office, teacher: Teacher) -> None:
    answer = await form.begin(office, teacher, "Tajweed today 16:00 45m #beginners", "u1")
    assert isinstance(answer, Passed)
    assert answer.problem.msgid == "{time} today has passed. Tomorrow at {time}?"
    assert answer.suggested_day == TUESDAY
    assert await rows(office) == (1, 0)
    result = await answers.choose_day(office, place(teacher, answer), answer.suggested_day)
    planned = await planned_of(office, result)
    assert planned.starts_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


async def test_a_passed_time_can_be_changed_by_typing_another_day(
    office: Office, teacher: Teacher
) -> None:
    await form.begin(office, teacher, "Tajweed today 16:00 45m #beginners", "u1")
    answer = await answers.typed(office, teacher, "1 Dec")
    planned = await planned_of(office, answer)
    assert planned.starts_at == datetime(2026, 12, 1, 13, 0, tzinfo=UTC)


async def test_a_time_that_passes_while_the_form_is_open_is_noticed(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    page = await begun(office, teacher, "Tajweed today 18:00 45m")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    clock.forward(timedelta(hours=2))
    answer = await answers.create(office, place(teacher, page))
    assert isinstance(answer, Passed)
    assert isinstance(await answers.choose_day(office, place(teacher, answer), TUESDAY), Made)


async def test_a_time_that_the_clocks_skip_is_said_and_leaves_nothing(
    office: Office, teacher: Teacher
) -> None:
    await set_zone(office, AISHA, "Europe/Berlin")
    berlin = replace(teacher, zone=(await set_zone(office, AISHA, "Europe/Berlin")).zone)
    with pytest.raises(NotUnderstood, match="does not exist"):
        await form.begin(office, berlin, "Tajweed 2027-03-28 02:30 45m #beginners", "u1")
    assert await rows(office) == (0, 0)


async def test_a_skipped_time_chosen_in_the_form_keeps_the_form_as_it_was(
    office: Office, teacher: Teacher
) -> None:
    berlin = replace(teacher, zone=(await set_zone(office, AISHA, "Europe/Berlin")).zone)
    page = await begun(office, berlin, "Tajweed 2027-03-28 45m #beginners")
    with pytest.raises(NotUnderstood, match="does not exist"):
        await answers.choose_time(office, place(berlin, page), time(2, 30))
    assert isinstance(await answers.choose_time(office, place(berlin, page), time(4, 0)), Made)


async def test_a_time_that_comes_twice_is_asked_about_and_the_first_is_taken(
    office: Office, teacher: Teacher
) -> None:
    berlin = replace(teacher, zone=(await set_zone(office, AISHA, "Europe/Berlin")).zone)
    answer = await form.begin(office, berlin, "Tajweed 2027-10-31 02:30 45m #beginners", "u1")
    assert isinstance(answer, Doubt)
    assert (answer.is_repeated, answer.others) == (True, ())
    planned = await planned_of(office, await answers.accept_doubt(office, place(berlin, answer)))
    assert planned.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # summer time still


@pytest.mark.parametrize("minutes", [0, 2_000])
async def test_a_length_that_zoom_does_not_allow_is_refused(
    office: Office, teacher: Teacher, minutes: int
) -> None:
    with pytest.raises(NotUnderstood, match="A class can last from 1 to"):
        await form.begin(office, teacher, f"Tajweed tomorrow 18:00 {minutes}m #beginners", "u1")
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 #beginners")
    with pytest.raises(NotUnderstood, match="A class can last from 1 to"):
        await answers.choose_length(office, place(teacher, page), timedelta(minutes=minutes))
    with pytest.raises(NotUnderstood, match="A class can last from 1 to"):
        await answers.typed(office, teacher, str(minutes))
    assert await rows(office) == (1, 0)


async def test_a_day_far_ahead_is_refused(office: Office, teacher: Teacher) -> None:
    with pytest.raises(NotUnderstood, match="too far ahead"):
        await form.begin(office, teacher, "Tajweed 2999-12-31 18:00 45m #beginners", "u1")
    page = await begun(office, teacher, "Tajweed 18:00 45m #beginners")
    with pytest.raises(NotUnderstood, match="too far ahead"):
        await answers.choose_day(office, place(teacher, page), date.max)
    with pytest.raises(NotUnderstood, match="has passed"):
        await answers.choose_day(office, place(teacher, page), date.min)
    assert await rows(office) == (1, 0)


async def test_days_and_times_are_meant_in_the_teachers_zone(
    office: Office, teacher: Teacher
) -> None:
    tokyo = replace(teacher, zone=(await set_zone(office, AISHA, "Asia/Tokyo")).zone)
    answer = await form.begin(office, tokyo, "Tajweed tomorrow 18:00 45m #beginners", "u1")
    assert isinstance(answer, Made)
    now = await standing(office, answer.lesson_id)
    assert now.lesson.planned.starts_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert now.course.zone.key == "Asia/Tokyo"


# Topics


async def test_a_topic_that_is_too_long_is_refused_with_its_length(
    office: Office, teacher: Teacher
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        await form.begin(office, teacher, f"{'x' * 201} tomorrow 18:00 45m #beginners", "u1")
    assert refused.value.text.values["count"] == 201
    await begun(office, teacher)
    with pytest.raises(NotUnderstood, match="shorten"):
        await answers.typed(office, teacher, "x" * 201)
    assert (await type_in(office, teacher, "x" * 200)).draft.said.topic == "x" * 200


@pytest.mark.parametrize("topic", ["📗 Tajweed 🌙", "تجويد القرآن", "\u202eTajweed\u202c"])
async def test_emoji_and_right_to_left_reach_zoom_whole_and_without_controls(
    office: Office, zoom: ZoomPeople, teacher: Teacher, topic: str
) -> None:
    assert isinstance(
        await form.begin(office, teacher, f"{topic} tomorrow 18:00 45m #beginners", "u1"), Made
    )
    (meeting,) = await zoom.meetings()
    assert meeting.topic == topic.strip("\u202e\u202c")


async def test_topics_used_before_are_offered_once_each(office: Office, teacher: Teacher) -> None:
    day = timedelta(days=1)
    for number in range(2):
        later = Planned(PLANNED.starts_at + number * day, PLANNED.length)
        lesson_id = await made(office, teacher, order(f"update:{number}", later))
    page = await begun(office, teacher)
    assert list(page.recent_topics.values()) == ["Tajweed"]
    course_id = (await standing(office, lesson_id)).course.id
    page = shown(await answers.choose_topic(office, place(teacher, page), course_id))
    assert page.draft.said.topic == "Tajweed"


async def test_the_topic_of_another_teachers_course_cannot_be_chosen(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    course_id = (await standing(office, lesson_id)).course.id
    person = await zoom.user("musa@example.org", name="Musa")
    musa = await teacher_with(office, MUSA, person, BEGINNERS)
    page = await begun(office, musa)
    with pytest.raises(Outdated):
        await answers.choose_topic(office, place(musa, page), course_id)
