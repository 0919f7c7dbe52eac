"""A teacher changes classes that are ahead, and everybody sees it: from the card and /classes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from sandbox.people import Person
from sandbox.person import PATIENCE
from sandbox.seen import Seen
from sandbox.story import SCHOOL_ZONE, Cast
from services import connecting
from services.people import TelegramUser, who_is
from storage.schema import draft
from tests.services.connections import back_from_zoom, came_back, code_of
from tests.story.stage import Stage

SINGLE = "/newclass Tajweed tomorrow 18:00 45m #Sisters"
SERIES = "/newclass Tajweed every Mon,Wed from 2026-11-25 19:00 30m x6 #Sisters"
"""Wed 25 Nov, Mon 30 Nov, Wed 2 Dec, …"""


async def made(school: Cast, line: str) -> Seen:
    """The card of a new class."""
    await school.aisha.types(line)
    card = await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.finds_button("Join class", in_=school.sisters)
    await school.khadija.catches_up()
    return card


async def presses(person: Person, *buttons: str) -> None:
    """One after the other, each when the one before has had its effect."""
    for button in buttons:
        await person.sees_toast(await person.presses(button))


async def eventually(found: Callable[[], Awaitable[object]], expected: object) -> None:
    """What Zoom is told of, it hears after the card has changed."""
    async with asyncio.timeout(PATIENCE):
        while await found() != expected:
            pass  # each look goes over HTTP, so the program comes to its turn


async def zoom_has(stage: Stage, *starts: str) -> None:
    await eventually(lambda: starts_at_zoom(stage), list(starts))


async def starts_at_zoom(stage: Stage) -> list[str]:
    """When the only meeting is held, in the school's zone: one date, or each that is left."""
    (meeting,) = await stage.zoom.meetings()
    shown = await meeting.shown()
    dates = [
        one["start_time"]
        for one in shown.get("occurrences", [])
        if one.get("status", "available") != "deleted"
    ] or [shown["start_time"]]
    moments = [datetime.fromisoformat(date) for date in dates]
    return [f"{moment.astimezone(SCHOOL_ZONE):%d %b %H:%M}" for moment in moments]


async def fatima_teaches(stage: Stage, school: Cast) -> Person:
    """She has been invited, and has connected a Zoom account of her own."""
    office = stage.program.office
    fatima = await stage.people.person("Fatima", username="fatima")
    await school.admin.types("/invite")
    invitation = await school.admin.sees("invitation for one teacher")
    (link,) = re.findall(r"https://t\.me/\S+", invitation.text)
    await fatima.follows(link)
    await fatima.sees("Welcome, Fatima.")
    user = TelegramUser(fatima.id, "Fatima", "fatima", "en")
    at_zoom = await stage.zoom.user("fatima@example.org", name="Fatima", plan=2)
    page_link = (await connecting.begin(office, await who_is(office, user))).url
    given = await connecting.consent(office, page_link.rpartition("/")[2])
    ready = await came_back(office, given, await back_from_zoom(at_zoom, given))
    await connecting.finish(office, user, code_of(ready))
    return fatima


# Moving


async def test_one_class_is_moved_from_its_card(stage: Stage, school: Cast) -> None:
    card = await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await presses(school.aisha, "Wed 25")
    await school.aisha.sees("At what time?")
    await presses(school.aisha, "20:00")
    asked = await school.aisha.sees("Move it from Tue 24 Nov, 18:00 to Wed 25 Nov, 20:00?")
    assert asked.labels == ["Move", "Change", "‹ Back"]
    await zoom_has(stage, "24 Nov 18:00")
    await presses(school.aisha, "Move")
    changed = await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    assert changed.id == asked.id == card.id
    assert changed.has_button("Reschedule")
    await school.khadija.sees("has moved", in_=school.sisters)
    await zoom_has(stage, "25 Nov 20:00")
    assert await stage.count(draft) == 0
    messages = (await school.khadija.looks(at=school.sisters)).messages
    times = [one.times[0] for one in messages if one.times]
    wed_20 = datetime(2026, 11, 25, 20, tzinfo=SCHOOL_ZONE).timestamp()
    assert set(times) == {wed_20}


async def test_a_day_and_a_time_can_be_typed(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types("2026-12-01 20:00")
    await school.aisha.sees("to Tue 1 Dec, 20:00?")
    await school.aisha.types("21:30")
    await school.aisha.sees("to Tue 1 Dec, 21:30?")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 1 Dec, 21:30–22:15")
    await zoom_has(stage, "01 Dec 21:30")


async def test_a_series_is_moved_as_a_whole_from_the_list(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await school.aisha.types("/classes")
    listed = await school.aisha.sees("every Mon and Wed · next Wed 25 Nov, 19:00")
    assert [label for label in listed.labels if "Tajweed" in label] == ["Tajweed · Wed 25 Nov"]
    await presses(school.aisha, "Tajweed · Wed 25 Nov", "Reschedule", "All classes", "Same day")
    await school.aisha.types("18:30")
    await school.aisha.sees("Move all classes that are ahead, this one from Wed 25 Nov, 19:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 18:30–19:00")
    moved = await school.khadija.sees("has moved", in_=school.sisters)
    assert "From now on every Mon and Wed, 18:30 (Addis Ababa)." in moved.text
    dates = ("25 Nov", "30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 18:30" for date in dates))


async def test_one_class_of_a_series_is_moved_alone(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Reschedule", "This class")
    await school.aisha.types("Thu 10:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Thu 26 Nov, 10:00–10:30")
    dates = ("30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, "26 Nov 10:00", *(f"{date} 19:00" for date in dates))


async def test_another_class_of_a_series_is_reached_from_the_menu(
    stage: Stage, school: Cast
) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Other dates", "Mon 7 Dec, 19:00")
    card = await school.aisha.sees("Mon 7 Dec, 19:00–19:30")
    await school.aisha.presses("Reschedule", on=card)
    await presses(school.aisha, "This class")
    await school.aisha.types("Tue 2026-12-08 19:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 8 Dec, 19:00–19:30")
    dates = ("25 Nov", "30 Nov", "02 Dec", "08 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 19:00" for date in dates))


async def test_a_clash_is_said_before_the_move(school: Cast) -> None:
    await school.aisha.types("/newclass Fiqh 2026-11-25 17:30 1h #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 18:00")
    asked = await school.aisha.sees("You have “Fiqh” from 17:30 to 18:30 that day.")
    assert asked.has_button("Move")
    await presses(school.aisha, "Change")
    await school.aisha.sees("To which day?")


async def test_a_series_is_not_moved_onto_itself_and_its_clashes_are_said(school: Cast) -> None:
    await school.aisha.types("/newclass Fiqh 2026-12-02 20:30 1h #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    await made(school, SERIES)
    await presses(school.aisha, "Reschedule", "All classes")
    await school.aisha.types("Wed 20:15")
    asked = await school.aisha.sees("On Wed 2 Dec you have “Fiqh” from 20:30 to 21:30.")
    assert asked.has_button("Move")
    await presses(school.aisha, "‹ Back", "‹ Back", "‹ Back")
    await presses(school.aisha, "This class")
    await school.aisha.sees("To which day?")
    await school.aisha.types("2026-11-30 19:15")
    await school.aisha.sees(
        "It would overlap with another class of this series, on Mon 30 Nov from 19:00 to 19:30."
    )


async def test_a_time_that_has_passed_is_offered_for_the_next_day(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("today 8:00")
    await school.aisha.sees("08:00 today has passed. Tomorrow at 08:00?")
    await presses(school.aisha, "Yes, tomorrow")
    await school.aisha.sees("to Tue 24 Nov, 08:00?")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Tue 24 Nov, 08:00–08:45")


async def test_a_time_that_the_clocks_skip_or_show_twice_is_said(school: Cast) -> None:
    await school.aisha.types("/timezone Europe/Berlin")
    await school.aisha.sees("Europe/Berlin")
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("2027-03-28 02:30")
    await school.aisha.sees("02:30 does not exist on Sun 28 Mar")
    await school.aisha.types("2027-10-31 02:30")
    asked = await school.aisha.sees("Clocks go back on Sun 31 Oct, so 02:30 comes twice.")
    assert asked.has_button("Move")


async def test_back_leads_to_the_card_and_changes_nothing(stage: Stage, school: Cast) -> None:
    card = await made(school, SERIES)
    await presses(school.aisha, "⋯", "Length")
    await school.aisha.sees("Another length for this class only")
    await presses(school.aisha, "This class")
    for expected in ("for this class only", "What do you want to change?", "Sent to 1 of 1 group"):
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees(expected)
    assert (await school.aisha.finds_button("Reschedule")).id == card.id
    assert await stage.count(draft) == 0
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)


# Length, topic, groups


async def test_a_length_is_chosen_for_all_or_typed_for_one(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Length", "All classes", "40 min")
    await school.aisha.sees("Wed 25 Nov, 19:00–19:40")
    await stage.all_is_shown()
    await presses(school.aisha, "⋯", "Length", "This class")
    await school.aisha.types("1h")
    await school.aisha.sees("1 h is longer than your Zoom plan allows")
    (meeting,) = await stage.zoom.meetings()

    async def lengths() -> list[int]:
        return [one["duration"] for one in (await meeting.shown())["occurrences"]]

    await eventually(lengths, [60, 40, 40, 40, 40, 40])


async def test_a_topic_is_typed_and_every_card_follows(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "⋯", "Topic")
    await school.aisha.types("تجويد <b>")
    await school.aisha.sees("تجويد <b>")
    await school.khadija.sees("تجويد <b>", in_=school.sisters)

    async def topics() -> list[str]:
        return [one.topic for one in await stage.zoom.meetings()]

    await eventually(topics, ["تجويد <b>"])


async def test_groups_are_added_and_taken_out(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "⋯", "Groups")
    toast = await school.aisha.sees_toast(await school.aisha.presses("✓ Sisters"))
    assert toast.text == "A class needs at least one group. Choose another one first."
    await presses(school.aisha, "Beginners A")
    await school.aisha.finds_button("✓ Beginners A")
    await presses(school.aisha, "✓ Sisters")
    await school.aisha.finds_button("Sisters")
    await presses(school.aisha, "Save")
    await school.aisha.sees("Sent to 1 of 1 group")
    await school.khadija.sees("Tajweed", in_=school.beginners)
    gone = await school.khadija.sees("Tajweed", in_=school.sisters)
    assert not gone.has_button("Join class")


# Calling off


async def test_one_class_of_a_series_is_cancelled(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Cancel class")
    asked = await school.aisha.sees("or all classes of the series")
    styles = {button.text: button.style for row in asked.buttons for button in row}
    assert styles == {"Cancel this class": "danger", "Cancel all 6": "danger", "Keep": None}
    await presses(school.aisha, "Cancel this class")
    await school.aisha.sees("cancelled")
    await school.khadija.sees("on Wed 25 Nov is cancelled", in_=school.sisters)
    dates = ("30 Nov", "02 Dec", "07 Dec", "09 Dec", "14 Dec")
    await zoom_has(stage, *(f"{date} 19:00" for date in dates))
    await school.aisha.types("/classes")
    await school.aisha.sees("every Mon and Wed · next Mon 30 Nov, 19:00")


async def test_a_series_is_cancelled_as_a_whole(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "Cancel class", "Cancel all 6")
    await school.aisha.sees("cancelled")
    await school.khadija.sees("All coming classes of Tajweed are cancelled.", in_=school.sisters)
    await eventually(stage.zoom.meetings, [])
    await school.aisha.types("/classes")
    await school.aisha.sees("No classes ahead.")


async def test_holidays_are_skipped_by_typing_both_days(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Skip dates")
    await school.aisha.types("2026-11-28 2026-12-05")
    asked = await school.aisha.sees("Cancel these 2 classes?")
    assert "Mon 30 Nov, Wed 2 Dec" in asked.text
    assert asked.button("Cancel 2 classes").style == "danger"
    await presses(school.aisha, "Cancel 2 classes")
    await school.aisha.sees("4 classes ahead")
    told = await school.khadija.sees("2 classes are cancelled", in_=school.sisters)
    assert "No Tajweed from Mon 30 Nov to Wed 2 Dec" in told.text
    assert "After that: Mon 7 Dec, 19:00" in told.text
    await zoom_has(stage, "25 Nov 19:00", "07 Dec 19:00", "09 Dec 19:00", "14 Dec 19:00")


async def test_holidays_are_skipped_by_the_calendar(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    await presses(school.aisha, "⋯", "Skip dates")
    await school.aisha.sees("Which is the first day without classes?")
    await presses(school.aisha, "25")
    await school.aisha.sees("Which is the last day without classes?")
    await presses(school.aisha, "›", "2", "Cancel 3 classes")
    await school.khadija.sees("No Tajweed from Wed 25 Nov to Wed 2 Dec", in_=school.sisters)
    await zoom_has(stage, "07 Dec 19:00", "09 Dec 19:00", "14 Dec 19:00")


# Two teachers


async def handed_over(stage: Stage, school: Cast, line: str) -> Person:
    other = await fatima_teaches(stage, school)
    await made(school, line)
    await presses(school.aisha, "⋯", "Another teacher", "Fatima")
    await school.aisha.sees("Give this class to Fatima?")
    await presses(school.aisha, "Give the class away")
    await school.aisha.sees("Fatima gives this class for you.")
    return other


async def test_a_class_is_handed_over_and_both_see_it(stage: Stage, school: Cast) -> None:
    other = await handed_over(stage, school, SINGLE)
    await other.sees("You give this class for Aisha.")
    await other.finds_button("Start class")
    await school.khadija.sees("Tajweed with Fatima", in_=school.sisters)
    told = await school.khadija.sees("is given by Fatima; it has a new link", in_=school.sisters)

    async def hosts() -> list[str]:
        return [(await one.shown())["host_email"] for one in await stage.zoom.meetings()]

    await eventually(hosts, ["fatima@example.org"])
    (meeting,) = await stage.zoom.meetings()
    assert told.button("Join class").url == meeting.join_url
    await school.aisha.types("/classes")
    await school.aisha.sees("given by Fatima")
    await other.types("/classes")
    await other.sees("for Aisha")


async def test_a_class_is_taken_back_and_everybody_sees_it(stage: Stage, school: Cast) -> None:
    other = await handed_over(stage, school, SINGLE)
    await other.sees("You give this class for Aisha.")
    await school.khadija.sees("is given by Fatima", in_=school.sisters)
    await presses(school.aisha, "⋯", "Another teacher", "Aisha")
    await presses(school.aisha, "Give the class away")
    taken_back = await other.sees("You no longer give this class.")
    assert taken_back.buttons == ()
    told = await school.khadija.sees("is given by Aisha; it has a new link", in_=school.sisters)
    await school.khadija.sees("see the newer message about this class", in_=school.sisters)
    (meeting,) = await stage.zoom.meetings()
    assert told.button("Join class").url == meeting.join_url


async def test_a_substitute_is_offered_only_what_is_theirs(stage: Stage, school: Cast) -> None:
    other = await handed_over(stage, school, SERIES)
    await presses(other, "⋯")
    menu = await other.sees("What do you want to change?")
    assert menu.labels == ["Length", "Another teacher", "‹ Back"]
    await presses(other, "‹ Back", "Cancel class")
    assert (await other.sees("Cancel Tajweed")).labels == ["Cancel class", "Keep"]


async def test_of_two_who_change_a_class_at_once_the_second_is_asked_again(
    stage: Stage, school: Cast
) -> None:
    other = await handed_over(stage, school, SINGLE)
    await presses(other, "Reschedule")
    await other.types("Thu 20:00")
    await other.sees("to Thu 26 Nov, 20:00?")
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 09:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 09:00–09:45")
    await presses(other, "Move")
    asked = await other.sees("Somebody changed this class meanwhile.")
    assert "from Wed 25 Nov, 09:00 to Thu 26 Nov, 20:00?" in asked.text
    await zoom_has(stage, "25 Nov 09:00")
    await presses(other, "Move")
    await other.sees("Thu 26 Nov, 20:00–20:45")
    await school.aisha.sees("Thu 26 Nov, 20:00–20:45")
    await zoom_has(stage, "26 Nov 20:00")


async def test_whoever_cancels_a_class_that_was_moved_meanwhile_is_asked_about_it_as_it_is_now(
    stage: Stage, school: Cast
) -> None:
    other = await handed_over(stage, school, SINGLE)
    card = await other.finds_button("Cancel class")
    # Behind the question's button, which would be gone again if the card changed.
    earlier = card.button("Cancel class").value.replace("lesson.ask", "lesson.cancel")
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 09:00")
    await presses(school.aisha, "Move")
    await other.sees("Wed 25 Nov, 09:00–09:45")
    await zoom_has(stage, "25 Nov 09:00")
    toast = await other.sees_toast(await other.forges(earlier, on=card))
    assert (toast.text, toast.alert) == (
        "This class was changed meanwhile. Here it is as it is now.",
        True,
    )
    # It was asked once more; the card may be back in its place.
    await other.sees_toast(await other.presses_late("Keep", on=card))
    await zoom_has(stage, "25 Nov 09:00")
    now = (await other.finds_button("Cancel class")).button("Cancel class").value
    await other.forges(now.replace("lesson.ask", "lesson.cancel"), on=card)
    await other.sees("cancelled")
    await eventually(stage.zoom.meetings, [])


# Old buttons, wrong answers


async def test_an_old_button_of_the_form_draws_it_as_it_stands(school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    old = await school.aisha.sees("To which day?")
    await presses(school.aisha, "Wed 25")
    await school.aisha.sees("At what time?")
    toast = await school.aisha.sees_toast(await school.aisha.presses_late("Thu 26", on=old))
    assert toast.text == "The form has moved on. Here it is as it stands."
    await school.aisha.finds_button("20:00")


async def test_a_button_of_a_form_that_is_done_brings_the_card(stage: Stage, school: Cast) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await school.aisha.sees("to Wed 25 Nov, 20:00?")
    press = await school.aisha.presses("Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    again = await school.aisha.sees_toast(await school.aisha.repeats(press))
    assert again.text == "This form is closed. Here is the class as it is now."
    await school.aisha.finds_button("Reschedule")
    await zoom_has(stage, "25 Nov 20:00")


async def test_a_button_of_an_old_card_says_so_and_draws_the_card_anew(
    stage: Stage, school: Cast
) -> None:
    card = await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    for button in ("Reschedule", "Cancel class"):
        old = card.button(button).value
        toast = await school.aisha.sees_toast(await school.aisha.forges(old, on=card))
        assert (toast.text, toast.alert) == (
            "This class was changed meanwhile. Here it is as it is now.",
            True,
        )
    assert await stage.count(draft) == 0
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")


async def test_a_form_of_a_class_that_has_begun_gives_way_to_its_card(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    form = await school.aisha.sees("To which day?")
    stage.clock.move_to(datetime(2026, 11, 24, 18, 1, tzinfo=SCHOOL_ZONE))
    (meeting,) = await stage.zoom.meetings()
    await meeting.start()
    await school.khadija.sees("live now", in_=school.sisters)
    toast = await school.aisha.sees_toast(await school.aisha.presses("Pick a day", on=form))
    assert toast.text == "This class has already begun or is over, so it cannot be changed."
    await school.aisha.sees("live now")
    assert await stage.count(draft) == 0


async def test_a_form_that_an_earlier_version_left_gives_way_to_its_card(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    form = await school.aisha.sees("To which day?")
    async with stage.program.office.database.writing() as tx:
        row = (await tx.connection.execute(select(draft))).one()
        sealed = tx.vault.seal("draft", "sealed_data", row.id, '{"length_seconds": 2700.0}')
        await tx.connection.execute(update(draft).values(sealed_data=sealed))
    toast = await school.aisha.sees_toast(await school.aisha.presses("Pick a day", on=form))
    assert toast.text == "This form is closed. Here is the class as it is now."
    await school.aisha.sees("Sent to 1 of 1 group")
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types("Wed 20:00")
    await presses(school.aisha, "Move")
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sometime", "is not a day and a time"),
        ("2026-11-20 20:00", "Fri 20 Nov at 20:00 has passed. Today at 20:00?"),
        ("2036-11-20 20:00", "That is too far ahead."),
        ("tomorrow 18:00", "That is the time it has now. Choose another one."),
        ("tomorrow 25:00", "25:00"),
    ],
)
async def test_a_wrong_time_is_said_and_the_form_stays(
    stage: Stage, school: Cast, typed: str, said: str
) -> None:
    await made(school, SINGLE)
    await presses(school.aisha, "Reschedule")
    await school.aisha.sees("To which day?")
    await school.aisha.types(typed)
    await school.aisha.sees(said)
    await school.aisha.types("Wed 20:00")
    await school.aisha.sees("to Wed 25 Nov, 20:00?")
    await zoom_has(stage, "24 Nov 18:00")


async def test_wrong_lengths_topics_and_holidays_change_nothing(stage: Stage, school: Cast) -> None:
    await made(school, SERIES)
    for what, typed, said in (
        ("Topic", "T" * 201, "The topic has 201 characters"),
        ("Skip dates", "2026-12-05 2026-11-28", "The last day is before the first."),
        ("Skip dates", "2027-02-01 2027-02-05", "There are no classes of this series from"),
    ):
        await presses(school.aisha, "⋯")
        await school.aisha.presses(what)
        await school.aisha.finds_button("‹ Back")
        await school.aisha.types(typed)
        await school.aisha.sees(said)
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees("What do you want to change?")
        await presses(school.aisha, "‹ Back")
        await school.aisha.sees("Sent to 1 of 1 group")
    assert len(await starts_at_zoom(stage)) == 6
    await school.khadija.sees_nothing_new(0.2, in_=school.sisters)


async def test_while_zoom_is_down_the_change_is_kept_and_made_later(
    stage: Stage, school: Cast
) -> None:
    await made(school, SINGLE)
    await stage.zoom.goes_down()
    await presses(school.aisha, "Reschedule")
    await school.aisha.types("Wed 20:00")
    await school.aisha.presses("Move")  # answered when Zoom has been given up on
    await school.aisha.sees("Wed 25 Nov, 20:00–20:45")
    await school.khadija.sees("has moved", in_=school.sisters)
    await stage.zoom.no_faults()
    stage.forward(timedelta(minutes=10))
    await zoom_has(stage, "25 Nov 20:00")
