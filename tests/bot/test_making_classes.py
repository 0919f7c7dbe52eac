"""Making a class, as the teacher and her group see it: the whole bot, over HTTP."""

from datetime import timedelta

import pytest

from bot import callback_data
from bot.application import TelegramBot
from sandbox.people import People, Person
from sandbox.seen import Group, Seen
from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.model import LessonState
from services import changing, groups
from services.groups import GroupChat
from services.listing import list_classes
from services.office import Office
from services.people import as_teacher, who_is
from services.settling import settle_due
from tests.clocks import SettableClock
from tests.lessons import set_state
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA
from tests.services.teaching import teacher_with

ONE_LINE = "/newclass Tajweed tomorrow 18:00 45m"
LONG_AGO = "This form is no longer current. Type /newclass for a new one."


@pytest.fixture
async def khadija(people: People) -> Person:
    """A student."""
    return await people.person("Khadija")


async def linked(office: Office, people: People, aisha: Person, title: str, *who: Person) -> Group:
    group = await people.group(title, owner=aisha, members=who)
    await aisha.adds_bot(to=group)
    await aisha.promotes_bot(in_=group)
    teacher = as_teacher(office, await who_is(office, AISHA))
    await groups.link(office, teacher, GroupChat(group.id, "supergroup", title), administers=True)
    for person in (aisha, *who):
        await person.catches_up()
    return group


@pytest.fixture
async def teacher(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    aisha: Person,
    receiving: TelegramBot,
    publishing: TelegramBot,
) -> Person:
    """Aisha, who teaches and has connected Zoom; the bot is at work."""
    del receiving, publishing
    await zoom.no_per_second_limits()
    await teacher_with(office, AISHA, aisha_at_zoom)
    return aisha


@pytest.fixture
async def beginners(office: Office, people: People, teacher: Person, khadija: Person) -> Group:
    return await linked(office, people, teacher, "Beginners A", khadija)


@pytest.fixture
async def sisters(office: Office, people: People, teacher: Person, khadija: Person) -> Group:
    return await linked(office, people, teacher, "Sisters", khadija)


async def made(teacher: Person, line: str = ONE_LINE) -> Seen:
    """The card of a class in her only group."""
    await teacher.types(line)
    return await teacher.sees("Sent to 1 of 1 group")


async def test_the_groups_are_asked_and_pressing_create_twice_makes_one_class(
    zoom: ZoomPeople, teacher: Person, khadija: Person, beginners: Group, sisters: Group
) -> None:
    await teacher.types(ONE_LINE)
    await teacher.sees("Which groups?")
    await teacher.presses("Beginners A")
    await teacher.sees("Which groups?")
    press = await teacher.presses("Create for 1 group")
    await teacher.repeats(press)
    card = await teacher.sees("Sent to 1 of 1 group")
    assert card.id == press.message_id  # the form became the card
    assert "45 min is longer than your Zoom plan allows" in card.text
    assert (await khadija.sees("Tajweed with Aisha", in_=beginners)).has_button("Join class")
    await khadija.sees_nothing_new(0.2, in_=sisters)
    assert len(await zoom.meetings()) == 1


async def test_the_last_answer_pressed_twice_is_no_failure(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass Tajweed tomorrow 18:00")
    await teacher.sees("How long?")
    press = await teacher.presses("30 min")
    assert (await teacher.sees_toast(await teacher.repeats(press))).text == ""
    card = await teacher.sees("Sent to 1 of 1 group")
    assert card.id == press.message_id
    assert len(await zoom.meetings()) == 1
    del beginners


async def test_a_passed_time_is_made_tomorrow_with_one_press(
    teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass Tajweed today 16:00 30m")
    await teacher.sees("16:00 today has passed. Tomorrow at 16:00?")
    await teacher.presses("Yes, tomorrow")
    card = await teacher.sees("Sent to 1 of 1 group")
    assert "Tue 24 Nov, 16:00–16:30 (Addis Ababa)" in card.text
    del beginners


async def test_the_guided_form_is_one_message(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass")
    first = await teacher.sees("What is the class about?")
    await teacher.types("Fiqh 📗")
    await teacher.sees("Which day?")
    await teacher.presses("Pick a day")
    await teacher.presses("›")
    await teacher.presses("15")
    await teacher.sees("At what time?")
    await teacher.presses("‹ Back")
    await teacher.sees("Which day?")
    await teacher.presses("Tomorrow")  # the time is still open
    await teacher.sees("At what time?")
    await teacher.types("7:30 pm")
    await teacher.sees("How long?")
    await teacher.presses("30 min")
    await teacher.sees("How often?")
    await teacher.presses("Once")
    await teacher.sees("Is this right?")
    await teacher.presses("Create")
    card = await teacher.sees("Sent to 1 of 1 group")
    assert "Fiqh 📗 · Tue 24 Nov, 19:30–20:00 (Addis Ababa)" in card.text
    assert card.id == first.id
    assert len(await zoom.meetings()) == 1
    del beginners


async def test_a_wrong_answer_is_said_and_the_form_stays(teacher: Person, beginners: Group) -> None:
    await teacher.types("/newclass Tajweed tomorrow 18:00")
    await teacher.sees("How long?")
    await teacher.types("2000")
    await teacher.sees("A class can last from 1 to 1,440 minutes, not 2,000.")
    await teacher.types("30")
    await teacher.sees("Sent to 1 of 1 group")
    del beginners


async def test_an_old_button_says_so_and_draws_the_form_as_it_stands(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass Tajweed 18:00 30m")
    old = await teacher.sees("Which day?")
    await teacher.presses("Pick a day")
    await teacher.sees("Which day?")
    toast = await teacher.sees_toast(await teacher.presses_late("Today", on=old))
    assert toast.text == "The form has moved on. Here it is as it stands."
    await teacher.finds_button("November 2026")
    assert await zoom.meetings() == []
    del beginners


async def test_a_discarded_form_answers_nothing_more(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass Tajweed tomorrow 18:00")
    form = await teacher.sees("How long?")
    await teacher.presses("Discard")
    await teacher.sees("Discarded. Nothing was made.")
    toast = await teacher.sees_toast(await teacher.presses_late("30 min", on=form))
    assert (toast.text, toast.alert) == (LONG_AGO, True)
    assert await zoom.meetings() == []
    del beginners


_FORGED = (
    *("form.day:{}:20269999", "form.day:{}:99991231", "form.day:{}:00010101", "form.day:{}:x"),
    *("form.month:{}:99991201", "form.month:{}:00010101", "form.month:{}", "form.time:{}:2599"),
    *(
        "form.length:{}:-zzzzz",
        "form.length:{}:0",
        "form.length:{}:1y2p0ij32e8e7",
        "form.length:{}",
    ),
    *("form.repeat:{}:yearly", "form.repeat:{}", "form.weekday:{}:7", "form.weekday:{}:-1"),
    *("form.until:{}:5", "form.until:{}:1y2p0ij32e8e7"),
    *("form.goto:{}:nowhere", "form.topic:{}:1", "form.group:{}:-zz", "form.nothing:{}"),
    *("form.create:zz:1", "form.create", "form.discard:1:1", "form.idle", "form.all:{}9"),
    *("lesson.again:x:y", "lesson.undo:1", "lesson.discard", "lesson.resend:x", "lesson.revert:-"),
    *("lesson.start:1", "lesson.cancel", "lesson.ask:-1", "lesson.retry:zzzzzzzzzzzzz"),
)


async def test_forged_buttons_are_refused_in_one_sentence_and_never_break(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await teacher.types("/newclass Tajweed tomorrow 18:00")
    form = await teacher.sees("How long?")
    press = callback_data.decode(form.button("Discard").value)
    for data in _FORGED:
        forged = "1:" + data.format(f"{press.word(0)}:{press.word(1)}")
        toast = await teacher.sees_toast(await teacher.forges(forged, on=form))
        assert toast.alert, forged
        assert "Something went wrong" not in toast.text, forged
    assert await zoom.meetings() == []
    del beginners


async def test_zoom_down_keeps_the_class_until_it_is_tried_again(
    zoom: ZoomPeople, teacher: Person, khadija: Person, beginners: Group
) -> None:
    await zoom.goes_down()
    await teacher.types(ONE_LINE)
    await teacher.sees("Zoom is not answering. Your class is saved", within=90)
    await khadija.sees_nothing_new(0.2, in_=beginners)
    await zoom.no_faults()
    await teacher.presses("Try now")
    await teacher.sees("Sent to 1 of 1 group")
    await khadija.sees("Tajweed with Aisha", in_=beginners)
    assert len(await zoom.meetings()) == 1


async def test_a_discarded_class_leaves_nothing_at_zoom_even_if_its_answer_was_lost(
    zoom: ZoomPeople, teacher: Person, khadija: Person, beginners: Group
) -> None:
    await zoom.fault("drop", "create_meeting", when="after")
    await teacher.types(ONE_LINE)
    await teacher.sees("Zoom is not answering. Your class is saved")
    assert len(await zoom.meetings()) == 1
    await teacher.presses("Discard")
    await teacher.sees("Tajweed · cancelled")
    assert await zoom.meetings() == []
    await khadija.sees_nothing_new(0.2, in_=beginners)


async def test_a_broken_grant_leads_to_connecting_and_the_class_goes_on(
    office: Office, teacher: Person, aisha_at_zoom: ZoomPerson, beginners: Group
) -> None:
    await aisha_at_zoom.grant_ends()
    await teacher.types(ONE_LINE)
    card = await teacher.sees("Zoom no longer lets me in as aisha@example.org")
    assert card.has_button("Connect Zoom")
    await teacher.types("/newclass Fiqh Friday 18:00 30m")
    known = await teacher.sees("Connect again; then type the class again.")
    assert known.has_button("Connect Zoom")
    await teacher.catches_up()
    await connected(office, AISHA, aisha_at_zoom)
    assert await settle_due(office) == 1
    await teacher.sees("Sent to 1 of 1 group")
    del beginners


async def test_without_zoom_or_group_the_next_step_is_said(
    office: Office, aisha: Person, aisha_at_zoom: ZoomPerson, receiving: TelegramBot
) -> None:
    del receiving
    await teacher_with(office, AISHA, None)
    await aisha.types(ONE_LINE)
    answer = await aisha.sees("Connect your Zoom account first; then type the class again.")
    assert answer.has_button("Connect Zoom")
    await connected(office, AISHA, aisha_at_zoom)
    await aisha.types(ONE_LINE)
    await aisha.sees("You have no group yet. Add me to your students' group and type /link there")


async def test_cancelling_is_asked_about_and_the_group_is_told(
    zoom: ZoomPeople, teacher: Person, khadija: Person, beginners: Group
) -> None:
    card = await made(teacher)
    await teacher.presses("Cancel class")
    await teacher.sees("Cancel Tajweed, Tue 24 Nov")
    await teacher.presses("Keep")
    await teacher.sees("Sent to 1 of 1 group")
    await teacher.presses("Cancel class")
    await teacher.sees("Cancel Tajweed, Tue 24 Nov")
    await khadija.catches_up()
    await teacher.presses("Cancel class")
    off = await teacher.sees("Tajweed · cancelled")
    assert off.id == card.id
    await khadija.sees("Tajweed on Tue 24 Nov is cancelled", in_=beginners)
    announced = await khadija.sees("Tajweed with Aisha · cancelled", in_=beginners)
    assert not announced.has_button("Join class")
    assert await zoom.meetings() == []


async def test_the_host_link_is_fresh_protected_and_hers_alone(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await made(teacher)
    await teacher.presses("Start class")
    link = await teacher.sees("Your host link for Tajweed")
    assert link.protected
    (meeting,) = await zoom.meetings()
    assert await zoom.meeting_at(link.button("Open Zoom as host").url) == meeting
    del beginners


async def test_a_class_is_found_again_in_the_list(teacher: Person, beginners: Group) -> None:
    card = await made(teacher)
    await teacher.types("/classes")
    await teacher.sees("Tajweed: Tue 24 Nov, 18:00–18:45 (Addis Ababa)")
    await teacher.presses("Tajweed · Tue 24 Nov")
    again = await teacher.sees("Sent to 1 of 1 group")
    assert again.id > card.id
    del beginners


async def test_a_class_like_the_last_one_needs_only_its_day(
    office: Office, teacher: Person, beginners: Group
) -> None:
    card = await made(teacher)
    none_held = await teacher.sees_toast(await teacher.forges("1:lesson.again", on=card))
    assert none_held.text.startswith("You have not held a class yet")
    caller = as_teacher(office, await who_is(office, AISHA))
    (held,) = (await list_classes(office, caller, 0)).classes
    async with office.database.writing() as tx:
        await set_state(tx, held.lesson_id, LessonState.ENDED)
    await teacher.forges("1:lesson.again", on=card)
    form = await teacher.sees("Which day?")
    assert "Topic: Tajweed\nGroups: Beginners A\nLength: 45 min" in form.text
    await teacher.types("Friday")
    await teacher.sees("When: Fri 27 Nov, 18:00")
    await teacher.presses("Create")
    made_again = await teacher.sees("Sent to 1 of 1 group")
    assert made_again.id == form.id
    del beginners


async def test_groups_that_did_not_get_the_card_are_tried_again(
    people: People, teacher: Person, khadija: Person, beginners: Group
) -> None:
    await teacher.restricts_bot(in_=beginners)
    await teacher.types(ONE_LINE)
    await teacher.sees("Beginners A")
    stuck = await teacher.finds_button("Try again")
    assert "I may not write there" in stuck.text
    await teacher.promotes_bot(in_=beginners)
    await teacher.presses("Try again")
    await teacher.sees("Sent to 1 of 1 group")
    await khadija.sees("Tajweed with Aisha", in_=beginners)
    del people


async def test_a_change_that_zoom_was_not_told_of_can_be_taken_back(
    office: Office, zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await made(teacher)
    caller = as_teacher(office, await who_is(office, AISHA))
    (ahead,) = (await list_classes(office, caller, 0)).classes
    before = await changing.details(office, caller, ahead.lesson_id)
    await zoom.goes_down()
    await teacher.catches_up()
    wish = changing.Wish(caller, ahead.lesson_id, before.version)
    await changing.rename(office, wish, "Fiqh")
    stuck = await teacher.sees("Zoom is not answering. Your change is saved", within=90)
    assert "Fiqh" in stuck.text
    assert "Being changed at Zoom…" in stuck.text
    await zoom.no_faults()
    await teacher.presses("Discard change")
    await teacher.sees("Tajweed · Tue 24 Nov")
    assert [meeting.topic for meeting in await zoom.meetings()] == ["Tajweed"]
    del beginners


async def test_a_student_who_forges_the_teachers_button_is_refused(
    office: Office, teacher: Person, people: People, beginners: Group
) -> None:
    await made(teacher)
    caller = as_teacher(office, await who_is(office, AISHA))
    (ahead,) = (await list_classes(office, caller, 0)).classes
    student = await people.person("Bilal")
    await student.types("/timezone")
    message = await student.sees("Times you type are meant in")
    for action in ("start", "ask", "cancel", "retry", "keep", "show"):
        data = callback_data.encode(f"lesson.{action}", ahead.lesson_id)
        toast = await student.sees_toast(await student.forges(data, on=message))
        assert toast.text.startswith("This is for Darulkubra's teachers.")
    del beginners


async def test_two_commands_for_one_time_are_asked_about(
    zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await made(teacher)
    await teacher.types("/newclass Fiqh tomorrow 18:30 30m")
    await teacher.sees("You have “Tajweed” from 18:00 to 18:45 that day.")
    assert len(await zoom.meetings()) == 1
    await teacher.presses("Create anyway")
    await teacher.sees("Fiqh · Tue 24 Nov, 18:30–19:00")
    await teacher.sees("Sent to 1 of 1 group")
    assert len(await zoom.meetings()) == 2
    del beginners


async def test_the_daily_limit_says_when_it_goes_on(
    office: Office,
    teacher: Person,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
    beginners: Group,
) -> None:
    await aisha_at_zoom.has_used_up_today()
    await teacher.types(ONE_LINE)
    await teacher.sees("Tue 24 Nov, 03:00 (Addis Ababa)")
    clock.forward(timedelta(hours=10))
    await teacher.catches_up()
    assert await settle_due(office) == 1
    await teacher.sees("Sent to 1 of 1 group")
    del beginners


async def test_what_goes_wrong_too_late_for_the_button_is_said_in_the_chat(
    people: People, zoom: ZoomPeople, teacher: Person, beginners: Group
) -> None:
    await made(teacher)
    await people.settings(query_seconds=0.2)
    await zoom.fault("slow", "get_meeting", seconds=0.4)
    await teacher.presses("Start class")
    await teacher.sees("Your host link")  # slow, and welcome all the same
    await zoom.no_faults()
    await zoom.fault("status", "get_meeting", status=502, times=None)
    await people.settings(query_seconds=0.0)
    await teacher.presses("Start class")
    await teacher.sees("Zoom is not answering. Try again in a minute.")
    del beginners
