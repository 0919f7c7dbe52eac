"""The form for a new class, step by step."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.errors import NotAllowed, Outdated
from school.model import Planned
from services import drafting as form
from services import form_answers as answers
from services import groups
from services.forms import Doubt, FormGone, FormPage, Made, OldForm
from services.office import Office
from services.people import Teacher, as_teacher, set_zone
from storage.class_forms import Step
from storage.schema import post
from tests.clocks import SettableClock
from tests.services.forms_in_use import begun, place, planned_of, rows, shown, type_in
from tests.services.people_of_the_school import AISHA, MUSA
from tests.services.teaching import BEGINNERS, SISTERS, made, teacher_with

ONE_LINE = "Tajweed tomorrow 18:00 45m #Beginners"


@pytest.fixture
async def teacher(office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson) -> Teacher:
    await zoom.no_per_second_limits()
    return await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS, SISTERS)


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


async def test_a_doubt_that_was_accepted_once_counts_for_that_class_only(
    office: Office, teacher: Teacher
) -> None:
    """The class could not be made after all; with another length it clashes anew."""
    await made(office, teacher)
    answer = await form.begin(office, teacher, "Fiqh tomorrow 18:30 30m #sisters", "u1")
    await groups.unlink(office, teacher, SISTERS.id)
    with pytest.raises(NotAllowed):
        await answers.accept_doubt(office, place(teacher, answer))
    await groups.link(office, teacher, SISTERS, administers=True)
    page = await form.current(office, teacher, place(teacher, answer).draft_id)
    hour = timedelta(hours=1)
    assert isinstance(await answers.choose_length(office, place(teacher, page), hour), Doubt)


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
    assert (page.draft.step, page.draft.said.month) == (Step.TIME, None)
    page = await type_in(office, teacher, "7:30 pm")
    page = await type_in(office, teacher, "50")
    assert page.draft.step is Step.REPEAT
    page = await type_in(office, teacher, "Once")
    assert page.draft.step is Step.CONFIRM
    assert await zoom.meetings() == []
    planned = await planned_of(office, await answers.create(office, place(teacher, page)))
    assert planned == Planned(datetime(2026, 12, 15, 16, 30, tzinfo=UTC), timedelta(minutes=50))


async def guided_to_the_end(office: Office, teacher: Teacher) -> FormPage:
    page = await begun(office, teacher)
    page = await type_in(office, teacher, "Fiqh")
    page = shown(await answers.choose_all_groups(office, place(teacher, page)))
    page = shown(await answers.confirm_groups(office, place(teacher, page)))
    for text in ("tomorrow", "18:00", "45", "once"):
        page = await type_in(office, teacher, text)
    return page


async def test_create_pressed_twice_makes_one_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    first = await form.once(answers.create(office, place(teacher, page)))
    assert await form.once(answers.create(office, place(teacher, page))) == first
    assert len(await zoom.meetings()) == 1


async def test_an_accepted_doubt_pressed_twice_gives_the_class_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    await made(office, teacher)
    doubt = await form.begin(office, teacher, "Fiqh tomorrow 18:30 30m #sisters", "u1")
    first = await form.once(answers.accept_doubt(office, place(teacher, doubt)))
    assert isinstance(first, Made)
    assert await form.once(answers.accept_doubt(office, place(teacher, doubt))) == first
    assert len(await zoom.meetings()) == 2


async def test_the_last_answer_of_a_line_pressed_twice_gives_the_class_again(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await begun(office, teacher, "Tajweed tomorrow 18:00 #sisters")
    half_an_hour = timedelta(minutes=30)
    first = await form.once(answers.choose_length(office, place(teacher, page), half_an_hour))
    assert isinstance(first, Made)
    again = answers.choose_length(office, place(teacher, page), half_an_hour)
    assert await form.once(again) == first
    assert len(await zoom.meetings()) == 1


async def test_create_pressed_twice_at_once_makes_one_class(
    office: Office, zoom: ZoomPeople, teacher: Teacher
) -> None:
    page = await guided_to_the_end(office, teacher)
    both = await asyncio.gather(
        form.once(answers.create(office, place(teacher, page))),
        form.once(answers.create(office, place(teacher, page))),
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
    assert (page.draft.said.topic, page.draft.said.time) == ("Hadith", time(18, 0))


async def test_an_old_button_changes_nothing_and_the_present_form_can_be_drawn(
    office: Office, teacher: Teacher
) -> None:
    old = await begun(office, teacher)
    await type_in(office, teacher, "Fiqh")
    with pytest.raises(OldForm):
        await answers.toggle_group(office, place(teacher, old), SISTERS.id)
    now = await form.current(office, teacher, old.draft.id)
    assert (now.draft.said.topic, now.draft.said.chat_ids) == ("Fiqh", ())


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
