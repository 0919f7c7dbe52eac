"""A school whose every name and word is one of tests.story.seeds, played against the program."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.people import Group, Person, Seen
from sandbox.staging import ADMIN_ID, SCHOOL_ZONE
from sandbox.zoom_people import ZoomMeeting, ZoomPerson
from tests.story.outside import Outside
from tests.story.seeds import SEEDS

_PATIENCE_S = 90.0  # a picture and a workbook take a moment on a busy machine


@dataclass(slots=True)
class SeededSchool:
    """Its people, and the secrets that they and their browsers have come to hold."""

    program: Outside
    admin: Person
    teacher: Person
    student: Person
    group: Group
    at_zoom: ZoomPerson
    begins: datetime  # of the class: tomorrow, 18:00
    secrets: dict[str, str] = field(default_factory=dict)

    # The scenes, in their order

    async def begins_to_teach(self) -> None:
        await self.admin.types("/invite")
        link = (await self.admin.sees("invitation for one teacher")).button("Copy").value
        self.secrets["invitation"] = link.rpartition("-")[2]
        await self.teacher.follows(link)
        await self.teacher.sees("You can now teach")

    async def connects(self) -> None:
        await self.tries_to_connect()
        await self.teacher.sees(f"Zoom connected: {SEEDS.teachers_email}", within=_PATIENCE_S)

    async def tries_to_connect(self) -> None:
        """Whatever she is told in the end."""
        link = await self._page_link()
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            page = await Page.open(http, "GET", link)
            consent = await page.submit(http)
            self._keep(consent.goes_to or "", "state", "code_challenge")
            self.secrets |= {f"cookie {one.key}": one.value for one in http.cookie_jar}
            back = await self.at_zoom.allows(consent.goes_to or "")
            self._keep(back, "code")
            last = await Page.open(http, "GET", back)
        finish = re.search(r"https://t\.me/[^\s\"<]+", last.text)
        assert finish is not None, last.text
        self.secrets["finish code"] = finish[0].rpartition("-")[2]
        await self.teacher.follows(finish[0].replace("&amp;", "&"))
        await self.teacher.sees("", within=_PATIENCE_S)

    async def begins_to_connect(self) -> None:
        """And goes no further than to Zoom's consent page."""
        link = await self._page_link("second ")
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            page = await Page.open(http, "GET", link)
            consent = await page.submit(http)
            self._keep(consent.goes_to or "", "state", prefix="second ")

    async def _page_link(self, prefix: str = "") -> str:
        await self.teacher.types("/connect")
        link = (await self.teacher.sees("Open this page")).button("Open page").url
        self.secrets[f"{prefix}page link"] = link.rpartition("/")[2]
        return link

    async def links_the_group(self) -> None:
        await self.teacher.adds_bot(to=self.group)
        await self.teacher.promotes_bot(in_=self.group)
        await self.teacher.types("/link", into=self.group)
        await self.teacher.sees("is linked", in_=self.group)

    async def makes_a_class(self) -> ZoomMeeting:
        await self.teacher.types(
            f"/newclass {SEEDS.topic} tomorrow 18:00 45m daily x3 #{SEEDS.group}"
        )
        await self.teacher.sees("Sent to 1 of 1 group")
        card = await self.student.sees(SEEDS.topic, in_=self.group)
        link = card.button("Join class").url
        self._keep(link, "pwd")
        self.secrets["calendar"] = card.button("Add to calendar").url.rpartition("/")[2][:-4]
        meeting = await self.program.zoom.meeting_at(link)
        self.secrets["passcode"] = (await meeting.shown()).get("password", "")
        return meeting

    async def leaves_a_form_half_typed(self) -> None:
        await self.teacher.types("/newclass")
        await self.teacher.sees("What is the class about?")
        await self.teacher.types(SEEDS.typed_draft)
        await self.teacher.sees("Which day?")

    async def makes_another_class(self) -> None:
        """In a form that is finished, with no group to tell."""
        await self.teacher.types(
            f"/newclass {SEEDS.second_topic} 2026-11-27 10:00 30m #{SEEDS.group}"
        )
        await self.teacher.sees("Sent to 1 of 1 group")

    async def opens_as_host(self) -> None:
        await self.program.forward(self.begins - timedelta(minutes=3) - self.program.clock())
        card = next(
            one
            for one in (await self.teacher.looks()).messages
            if one.has_button("Start class") and SEEDS.topic in one.text
        )
        await self.teacher.presses("Start class", on=card)
        link = (await self.teacher.sees("Your host link")).button("Open Zoom as host").url
        self.secrets["host link"] = link
        self._keep(link, "zak")

    async def holds(self, meeting: ZoomMeeting) -> Seen:
        """With three students, of three alphabets; the summary of it."""
        await self._at(0)
        await meeting.start()
        for name in (SEEDS.student, SEEDS.arabic_student, SEEDS.amharic_student):
            await meeting.join(name)
        await self._at(40)
        await meeting.end()
        await self.program.zoom.delivered()
        return await self.teacher.sees("Students: 3", within=_PATIENCE_S)

    async def _at(self, minutes: int) -> None:
        await self.program.forward(self.begins + timedelta(minutes=minutes) - self.program.clock())

    async def disputes(self, summary: Seen) -> None:
        await self.teacher.presses("Something is wrong", on=summary)
        await self.teacher.presses("Wrong length")
        await self.teacher.sees("How long did you really teach")
        await self.teacher.types(f"45 min {SEEDS.dispute_words}")
        await self.teacher.sees("Your admins have it now")
        asked = await self.admin.sees(SEEDS.dispute_words)
        await self.admin.presses("Other minutes", on=asked)
        await self.admin.sees("Type the minutes that count and why")
        await self.admin.types(f"41 min {SEEDS.dispute_answer}")
        await self.teacher.sees(SEEDS.dispute_answer)

    async def is_reported(self) -> None:
        """Table, picture and workbook."""
        await self.admin.types("/report")
        await self.admin.sees(SEEDS.teacher, within=_PATIENCE_S)
        await self.admin.sees_file(".xlsx", within=_PATIENCE_S)

    async def is_paid(self) -> None:
        await self.admin.types(f"/rate {SEEDS.teacher} 240 ETB per hour from 2026-11-01")
        await self.admin.sees("earns 240.00 ETB an hour")
        await self.admin.types(f"/adjust {SEEDS.teacher} bonus 50 ETB {SEEDS.adjustment_reason}")
        await self.admin.sees(SEEDS.adjustment_reason)
        await self.program.forward(timedelta(days=9))
        await self.admin.types("/report last month")
        await self.admin.presses("Statements", within=_PATIENCE_S)
        await self.admin.sees("Statements of November 2026", within=_PATIENCE_S)
        await self.admin.presses(f"{SEEDS.teacher} {SEEDS.teachers_last_name} · draft")
        await self.admin.presses("PDF")
        await self.admin.sees_file(".pdf", within=_PATIENCE_S)
        await self.admin.presses("Lock")
        await self.admin.presses("Lock all the same")
        await self.admin.sees("Locked: it does not change any more.")
        await self.admin.presses("Mark as paid")
        await self.admin.sees("Type the reference of the payment")
        await self.admin.types(f"2026-12-01 {SEEDS.payment_reference}")
        await self.admin.sees(SEEDS.payment_reference)

    def _keep(self, url: str, *names: str, prefix: str = "") -> None:
        """Parameters of an address that nobody else may have."""
        query = parse_qs(urlsplit(url).query)
        self.secrets |= {f"{prefix}{name}": query[name][0] for name in names if name in query}


async def seeded_school(program: Outside) -> SeededSchool:
    """The people, who have not done anything yet."""
    people = program.people
    admin = await people.person(SEEDS.admin, id=ADMIN_ID)
    teacher = await people.person(
        SEEDS.teacher, last_name=SEEDS.teachers_last_name, username=SEEDS.teachers_username
    )
    student = await people.person("Khadija")
    at_zoom = await program.zoom.user(SEEDS.teachers_email, name=SEEDS.teacher_at_zoom, plan=2)
    group = await people.group(SEEDS.group, owner=teacher, members=[student])
    tomorrow = program.clock().astimezone(SCHOOL_ZONE).date() + timedelta(days=1)
    begins = datetime.combine(tomorrow, time(18), SCHOOL_ZONE)
    return SeededSchool(program, admin, teacher, student, group, at_zoom, begins)
