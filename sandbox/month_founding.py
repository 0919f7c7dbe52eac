"""A made-up school begins: its teachers are invited, connect Zoom, link groups, plan classes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.month import SCHOOL_ZONE, Course, Month, Teacher
from sandbox.people import Group, NotSeen, People, Person
from sandbox.staging import ADMIN_ID
from sandbox.zoom_people import ZoomMeeting, ZoomPeople, ZoomPerson

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class School:
    """Who and what there is: people by their number in the month, Zoom accounts by e-mail."""

    admin: Person
    teachers: Mapping[int, Person]
    accounts: Mapping[str, ZoomPerson]
    meetings: Mapping[int, ZoomMeeting]  # by the course's number


async def found(people: People, zoom: ZoomPeople, month: Month) -> School:
    """All that comes before the first lesson; raises NotSeen where something is missing."""
    admin = await people.person("Musa", id=ADMIN_ID, username="musa_admin")
    accounts = {
        one.email: await zoom.user(one.email, name=one.name.strip(), plan=1)
        for one in month.students
        if one.email
    }
    teachers = {}
    for teacher in month.teachers:
        accounts[teacher.email] = await zoom.user(
            teacher.email, name=teacher.name, plan=teacher.plan
        )
        teachers[teacher.number] = await _teacher(people, admin, teacher, accounts[teacher.email])
    meetings = {
        course.number: await _class(people, zoom, teachers[course.teacher.number], course)
        for course in month.courses
    }
    return School(admin, teachers, accounts, meetings)


async def _teacher(people: People, admin: Person, teacher: Teacher, account: ZoomPerson) -> Person:
    person = await people.person(teacher.name, username=teacher.username)
    await admin.types("/invite")
    invitation = await admin.sees("invitation for one teacher", within=_PATIENCE_S)
    await person.follows(_link_in(invitation.text))
    await person.sees("You can now teach", within=_PATIENCE_S)
    if teacher.zone != SCHOOL_ZONE:
        await person.types(f"/timezone {teacher.zone.key}")
        await person.sees(teacher.zone.key, within=_PATIENCE_S)
    await person.types("/connect")
    page_link = (await person.sees("Open this page", within=_PATIENCE_S)).button("Open page").url
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        consent = await (await Page.open(http, "GET", page_link)).submit(http)
        last = await Page.open(http, "GET", await account.allows(consent.goes_to or ""))
    await person.follows(_link_in(last.text))
    await person.sees("Zoom connected", within=_PATIENCE_S)
    return person


async def _class(people: People, zoom: ZoomPeople, person: Person, course: Course) -> ZoomMeeting:
    """The meeting of a course that its teacher makes in one line."""
    group: Group = await people.group(course.group, owner=person)
    await person.adds_bot(to=group)
    await person.promotes_bot(in_=group)
    await person.types("/link", into=group)
    await person.sees("is linked", in_=group, within=_PATIENCE_S)
    await person.types(course.line)
    await person.sees("Sent to 1 of 1 group", within=_PATIENCE_S)
    card = await person.finds_button("Join class", in_=group, within=_PATIENCE_S)
    return await zoom.meeting_at(card.button("Join class").url)


def _link_in(text: str) -> str:
    found_link = re.search(r"https://t\.me/[^\s\"<]+", text)
    if found_link is None:
        raise NotSeen(f"there is no link to the bot in {text!r}")
    return found_link[0].replace("&amp;", "&")
