"""The form for a new class: typed in one line, step by step, and everything typed wrong."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotConnected, NotUnderstood, Outdated, SchoolError
from school.model import LessonState, Planned
from services import drafting as form
from services import form_answers as answers
from services import groups
from services.forms import Doubt, FormAnswer, FormGone, FormPage, Made, OldForm, Passed, Place
from services.groups import GroupChat
from services.office import Office
from services.people import Teacher, as_teacher, set_zone
from services.posts import Trouble
from storage import drafts
from storage.drafts import Step
from storage.schema import course, draft, post
from tests.clocks import SettableClock
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import BEGINNERS, PLANNED, SISTERS, made, order, standing, teacher_with

TUESDAY = date(2026, 11, 24)
ONE_LINE = "Tajweed tomorrow 18:00 45m #Beginners"


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)


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
        whole = replace(page.draft.form, chat_ids=(BEGINNERS.id,), groups_chosen=True)
        await drafts.save_draft(tx, page.draft, Step.CONFIRM, whole)
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
    assert (await begun(office, teacher, "", "u2")).draft.form.chat_ids == (SISTERS.id,)
    del zoom


# Groups


@pytest.mark.parametrize("name", ["Nobody", "S"])
async def test_an_unknown_or_ambiguous_group_is_asked_by_buttons(
    office: Office, teacher: Teacher, name: str
) -> None:
    await groups.link(office, teacher, GroupChat(-1003, "supergroup", "Seniors"), administers=True)
    page = await begun(office, teacher, f"Tajweed tomorrow 18:00 45m #Beginners #{name}")
    assert page.draft.step is Step.GROUPS
    assert page.draft.form.unclear_groups == (name,)
    assert page.draft.form.chat_ids == (BEGINNERS.id,)  # what was clear is chosen already
    page = shown(await answers.toggle_group(office, place(teacher, page), SISTERS.id))
    assert page.draft.form.unclear_groups == ()
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
    assert page.draft.form.chat_ids == (SISTERS.id,)
    page = await type_in(office, teacher, "whoever")
    assert page.draft.form.unclear_groups == ("whoever",)
    assert page.draft.form.chat_ids == (SISTERS.id,)


async def test_a_group_can_be_taken_back(office: Office, teacher: Teacher) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 45m")
    for chosen in ((SISTERS.id,), ()):
        page = shown(await answers.toggle_group(office, place(teacher, page), SISTERS.id))
        assert page.draft.form.chat_ids == chosen


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
    assert (now.lesson.state, now.course.last_problem) == (LessonState.CREATING, "reconnect")


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
    assert (await type_in(office, teacher, "x" * 200)).draft.form.topic == "x" * 200


@pytest.mark.parametrize("topic", ["📗 Tajweed 🌙", "تجويد القرآن", "\u202eTajweed\u202c"])
async def test_emoji_and_right_to_left_reach_zoom_whole_and_without_controls(
    office: Office, zoom: ZoomPeople, teacher: Teacher, topic: str
) -> None:
    assert isinstance(
        await form.begin(office, teacher, f"{topic} tomorrow 18:00 45m #beginners", "u1"), Made
    )
    (meeting,) = await zoom.meetings()
    assert meeting.topic == topic.strip("\u202e\u202c")


async def test_a_repeat_is_refused_in_one_sentence(office: Office, teacher: Teacher) -> None:
    with pytest.raises(NotUnderstood, match="cannot repeat classes yet"):
        await form.begin(office, teacher, "Tajweed every Mon 18:00 45m #beginners", "u1")


async def test_topics_used_before_are_offered_once_each(office: Office, teacher: Teacher) -> None:
    day = timedelta(days=1)
    for number in range(2):
        later = Planned(PLANNED.starts_at + number * day, PLANNED.length)
        lesson_id = await made(office, teacher, order(f"update:{number}", later))
    page = await begun(office, teacher)
    assert list(page.recent_topics.values()) == ["Tajweed"]
    course_id = (await standing(office, lesson_id)).course.id
    page = shown(await answers.choose_topic(office, place(teacher, page), course_id))
    assert page.draft.form.topic == "Tajweed"


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


# Clashes


async def test_a_class_that_clashes_is_asked_about(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    lesson_id = await made(office, teacher)
    answer = await form.begin(office, teacher, "Fiqh tomorrow 18:30 30m #sisters", "u1")
    assert isinstance(answer, Doubt)
    assert [other.lesson_id for other in answer.others] == [lesson_id]
    assert len(await zoom.meetings()) == 1
    assert isinstance(await answers.accept_doubt(office, place(teacher, answer)), Made)
    assert len(await zoom.meetings()) == 2


async def test_of_two_commands_for_one_time_the_second_is_asked_about(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    assert isinstance(await form.begin(office, teacher, ONE_LINE, "u1"), Made)
    assert isinstance(await form.begin(office, teacher, ONE_LINE, "u2"), Doubt)
    assert len(await zoom.meetings()) == 1


async def test_another_time_after_a_clash_is_checked_anew(office: Office, teacher: Teacher) -> None:
    await made(office, teacher)
    answer = await form.begin(office, teacher, "Fiqh tomorrow 18:30 30m #sisters", "u1")
    page = await answers.go_to(office, place(teacher, answer), Step.TIME)
    again = await answers.choose_time(office, place(teacher, page), time(18, 15))
    assert isinstance(again, Doubt)
    page = await answers.go_to(office, place(teacher, again), Step.TIME)
    assert isinstance(await answers.choose_time(office, place(teacher, page), time(19, 0)), Made)


# Step by step


async def test_the_guided_form_leads_to_the_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await begun(office, teacher)
    page = await type_in(office, teacher, "Fiqh for beginners")
    assert page.draft.step is Step.GROUPS
    page = shown(await answers.toggle_group(office, place(teacher, page), BEGINNERS.id))
    page = shown(await answers.confirm_groups(office, place(teacher, page)))
    assert page.draft.step is Step.DAY
    page = shown(await answers.turn_calendar(office, place(teacher, page), date(2026, 12, 1)))
    page = shown(await answers.choose_day(office, place(teacher, page), date(2026, 12, 15)))
    assert (page.draft.step, page.draft.form.month) == (Step.TIME, None)
    page = await type_in(office, teacher, "7:30 pm")
    page = await type_in(office, teacher, "50")
    assert page.draft.step is Step.CONFIRM
    assert await zoom.meetings() == []
    planned = await planned_of(office, await answers.create(office, place(teacher, page)))
    assert planned == Planned(datetime(2026, 12, 15, 16, 30, tzinfo=UTC), timedelta(minutes=50))


async def guided_to_the_end(office: Office, teacher: Teacher) -> FormPage:
    page = await begun(office, teacher)
    page = await type_in(office, teacher, "Fiqh")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    page = shown(await answers.confirm_groups(office, place(teacher, page)))
    for text in ("tomorrow", "18:00", "45"):
        page = await type_in(office, teacher, text)
    return page


async def test_create_pressed_twice_makes_one_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    first = await answers.create(office, place(teacher, page))
    assert await answers.create(office, place(teacher, page)) == first
    assert len(await zoom.meetings()) == 1


async def test_create_pressed_twice_at_once_makes_one_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    both = await asyncio.gather(
        answers.create(office, place(teacher, page)), answers.create(office, place(teacher, page))
    )
    assert both[0] == both[1]
    assert len(await zoom.meetings()) == 1


async def test_an_earlier_answer_can_be_changed_and_the_rest_stays(
    office: Office, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    page = shown(await answers.go_to(office, place(teacher, page), Step.TOPIC))
    page = await type_in(office, teacher, "Hadith")
    assert page.draft.step is Step.CONFIRM
    assert (page.draft.form.topic, page.draft.form.time) == ("Hadith", time(18, 0))


async def test_an_old_button_changes_nothing_and_the_present_form_can_be_drawn(
    office: Office, teacher: Teacher
) -> None:
    old = await begun(office, teacher)
    await type_in(office, teacher, "Fiqh")
    with pytest.raises(OldForm):
        await answers.toggle_group(office, place(teacher, old), SISTERS.id)
    now = await form.current(office, teacher, old.draft.id)
    assert (now.draft.form.topic, now.draft.form.chat_ids) == ("Fiqh", ())


async def test_buttons_out_of_order_never_make_half_a_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await begun(office, teacher)
    page = shown(await answers.create(office, place(teacher, page)))
    page = shown(await answers.accept_doubt(office, place(teacher, page)))
    page = shown(await answers.go_to(office, place(teacher, page), Step.CONFIRM))
    page = shown(await answers.confirm_groups(office, place(teacher, page)))
    assert page.draft.step is Step.TOPIC
    assert (await rows(office), await zoom.meetings()) == ((1, 0), [])


@pytest.mark.parametrize("month", [date.min, date(2026, 10, 1), date(2028, 1, 1), date.max])
async def test_the_calendar_has_only_the_months_it_offers(
    office: Office, teacher: Teacher, month: date
) -> None:
    page = await begun(office, teacher)
    with pytest.raises(Outdated):
        await answers.turn_calendar(office, place(teacher, page), month)


async def test_somebody_elses_form_is_not_there(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    musa = await teacher_with(office, MUSA, await zoom.user("m@example.org", name="Musa"), SISTERS)
    there = replace(place(teacher, page), teacher=musa)
    with pytest.raises(FormGone):
        await answers.create(office, there)
    with pytest.raises(FormGone):
        await answers.discard(office, there)
    with pytest.raises(FormGone):
        await form.current(office, musa, page.draft.id)
    assert await rows(office) == (1, 0)


async def test_a_discarded_form_is_gone(office: Office, teacher: Teacher) -> None:
    page = await guided_to_the_end(office, teacher)
    await answers.discard(office, place(teacher, page))
    assert await rows(office) == (0, 0)
    for press in (answers.create, answers.discard, answers.confirm_groups):
        with pytest.raises(FormGone):
            await press(office, place(teacher, page))
    assert await answers.typed(office, teacher, "Fiqh") is None


async def test_discard_after_create_says_that_the_form_is_used(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    await answers.create(office, place(teacher, page))
    with pytest.raises(FormGone):
        await answers.discard(office, place(teacher, page))
    assert len(await zoom.meetings()) == 1


async def test_a_text_is_no_answer_after_a_day_or_while_only_a_button_is_awaited(
    office: Office, teacher: Teacher, clock: SettableClock
) -> None:
    await guided_to_the_end(office, teacher)
    assert await answers.typed(office, teacher, "Fiqh") is None
    await begun(office, teacher, "", "u2")
    clock.forward(timedelta(hours=24))
    assert await answers.typed(office, teacher, "Fiqh") is None


async def test_the_forms_message_becomes_the_classs_card(office: Office, teacher: Teacher) -> None:
    page = await guided_to_the_end(office, teacher)
    await form.shown_at(office, page.draft.id, 77)
    page = await form.current(office, teacher, page.draft.id)
    assert isinstance(await answers.create(office, place(teacher, page)), Made)
    async with office.database.reading() as tx:
        found = await tx.connection.execute(
            select(post.c.message_id).where(post.c.chat_id == AISHA.id)
        )
    assert found.scalar_one() == 77


async def test_a_zone_changed_in_the_middle_counts_from_then_on(
    office: Office, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    tokyo = as_teacher(office, await set_zone(office, AISHA, "Asia/Tokyo"))
    planned = await planned_of(office, await answers.create(office, place(tokyo, page)))
    assert planned.starts_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
