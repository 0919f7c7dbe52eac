"""What Zoom reports late, after a teacher has changed their account or deleted their data."""

import re
from datetime import timedelta

from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.people import Person
from sandbox.story import Cast
from sandbox.zoom_people import ZoomPerson
from tests.stored import places_with
from tests.story.stage import Stage
from tests.story.test_two_teachers_of_a_class import fatima_teaches

LEAVES = "meeting.participant_left"


async def _at(stage: Stage, school: Cast, minutes: float) -> None:
    await stage.zoom.delivered()
    stage.forward(school.begins + timedelta(minutes=minutes) - stage.clock())


async def connects(person: Person, at_zoom: ZoomPerson) -> None:
    await person.types("/connect")
    link = (await person.sees("Open this page")).button("Open page").url
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        consent = await (await Page.open(http, "GET", link)).submit(http)
        last = await Page.open(http, "GET", await at_zoom.allows(consent.goes_to or ""))
    finish = re.search(r"https://t\.me/[^\s\"<]+", last.text)
    assert finish is not None
    await person.follows(finish[0].replace("&amp;", "&"))
    await person.sees(f"Zoom connected: {at_zoom.email}")


async def test_a_plan_that_is_bought_later_takes_nothing_from_a_class_that_was_given(
    stage: Stage, school: Cast
) -> None:
    await school.admin.types("/rate Aisha 240 ETB per hour from 2026-11-01")
    await school.aisha.types("/newclass Tajweed tomorrow 18:00 45m #Sisters")
    await school.aisha.sees("Sent to 1 of 1 group")
    (meeting,) = await stage.zoom.meetings()
    await _at(stage, school, 0)
    await meeting.start()  # on a free plan: Zoom does not report her
    ahmed = await meeting.join("Ahmed")
    await _at(stage, school, 30)
    await stage.zoom.rule("hold", LEAVES)
    await ahmed.leave()
    await _at(stage, school, 40)
    await meeting.end()
    await stage.all_is_applied()
    await school.aisha.sees("Students: 1")
    await school.aisha.types("/disconnect")
    await school.aisha.sees("Disconnected:")
    paid = await stage.zoom.user("aisha@school.example", name="Aisha", plan=2)
    await connects(school.aisha, paid)
    await stage.zoom.no_rules()
    await stage.zoom.release()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    await school.aisha.sees("Ahmed 30 min")
    await school.aisha.types("/hours")
    month = await school.aisha.sees("November 2026, so far")
    assert "1 class held" in month.text
    assert "Taught ≈ 30 min" in month.text
    assert "120.00 ETB" in month.text


async def test_a_guest_who_left_comes_back_by_no_late_report(stage: Stage, school: Cast) -> None:
    fatima = await fatima_teaches(stage, school)
    await school.aisha.adds(fatima, to=school.sisters)
    await school.aisha.promotes(fatima, in_=school.sisters)
    await fatima.types("/link", into=school.sisters)
    await fatima.sees("Sisters is linked", in_=school.sisters)
    await fatima.types("/newclass Fiqh tomorrow 18:00 45m #Sisters")
    await fatima.sees("Sent to 1 of 1 group")
    (meeting,) = await stage.zoom.meetings()
    await _at(stage, school, 0)
    await meeting.start()
    await meeting.join("Omar")
    aisha = await meeting.join("Aisha Q", as_user=school.aisha_zoom)
    await _at(stage, school, 30)
    await stage.zoom.rule("hold", LEAVES)
    await aisha.leave()
    await _at(stage, school, 40)
    await meeting.end()
    await stage.all_is_applied()
    assert "Aisha Q" in (await fatima.sees("Students: 2")).text
    await school.aisha.types("/deletemydata")
    await school.aisha.presses("Delete my data")
    await school.aisha.sees("E-")
    await stage.zoom.no_rules()
    await stage.zoom.release()
    await stage.zoom.delivered()
    await stage.all_is_applied()
    await stage.all_is_shown()
    for trace in ("aisha", school.aisha_zoom.user_id, school.aisha_zoom.email):
        async with stage.program.office.database.reading() as tx:
            assert await places_with(tx, trace) == set(), trace
    now = [one.text for one in (await fatima.looks()).messages if "Students: 2" in one.text]
    assert now
    assert not any("Aisha" in text for text in now)
