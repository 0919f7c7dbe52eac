"""A class is given to another teacher; two change it at once."""

import re

from sandbox.people import Person
from sandbox.story import Cast
from services import connecting
from services.people import TelegramUser, who_is
from tests.services.connections import back_from_zoom, came_back, code_of
from tests.story.changing import SERIES, SINGLE, eventually, made, presses, zoom_has
from tests.story.stage import Stage


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
