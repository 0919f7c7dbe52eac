"""The school's first class from end to end, played by made-up people over HTTP.

Every step waits for what its people should see, so a step that fails says which one it was and
what they saw instead.
"""

import io
import re
import zipfile
from datetime import datetime, timedelta

from aiohttp import ClientSession, CookieJar

from sandbox.browser import Page
from sandbox.people import NotSeen
from sandbox.staging import ADMIN_ID, SCHOOL_ZONE, Cast, Clockwork, Scene, Stage, expect, gather
from sandbox.weekly import weekly

__all__ = ["ADMIN_ID", "SCHOOL_ZONE", "Cast", "Clockwork", "Scene", "Stage", "gather", "play"]

_REPORT_PATIENCE_S = 90.0  # a picture and a workbook take a moment on a slow machine


async def play(stage: Stage) -> None:
    """The whole story; raises NotSeen where somebody does not see what they should."""
    cast = await gather(stage)
    for title, scene in _SCENES:
        await stage.announce(title)
        await scene(stage, cast)


async def invite(_: Stage, cast: Cast) -> None:
    await cast.admin.types("/invite")
    invitation = await cast.admin.sees("invitation for one teacher")
    await cast.aisha.follows(_link_in(invitation.text))
    await cast.aisha.sees("Welcome, Aisha. You can now teach")


async def connect(stage: Stage, cast: Cast) -> None:
    aisha, browser = cast.aisha, "Aisha, in her browser"
    await aisha.types("/connect")
    page_link = (await aisha.sees("Open this page")).button("Open page").url
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        page = await Page.open(http, "GET", page_link)
        expect("Aisha" in page.text and "@aisha_q" in page.text, "the page names her")
        await stage.tell(browser, f"opens “{page.heading}”; it is for Aisha (@aisha_q)")
        expect("Continue to Zoom" in page.text, "the page has a button that leads to Zoom")
        await stage.tell(browser, "presses [Continue to Zoom]")
        consent = await page.submit(http)
        expect(consent.goes_to is not None, "the page leads on to Zoom")
        back = await cast.aisha_zoom.allows(consent.goes_to or "")
        await stage.tell(browser, f"signs in to Zoom as {cast.aisha_zoom.email}, presses [Allow]")
        last_page = await Page.open(http, "GET", back)
    expect(last_page.heading == "One step left", "the page says to go back to Telegram")
    await stage.tell(browser, f"reads “{last_page.heading}”, presses [Finish in Telegram]")
    await aisha.follows(_link_in(last_page.text))
    await aisha.sees("Zoom connected: aisha@example.org")


async def link(_: Stage, cast: Cast) -> None:
    aisha, beginners, sisters = cast.aisha, cast.beginners, cast.sisters
    for group in (beginners, sisters):
        await aisha.adds_bot(to=group)
        await aisha.promotes_bot(in_=group)
    await aisha.types("/link", into=beginners)
    await aisha.sees("Beginners A is linked", in_=beginners)
    await aisha.types("/groups")
    await aisha.sees("choose one that you administer")
    await aisha.shares(sisters, by="Choose a group")
    await aisha.sees("Sisters is linked")


async def _one_line(_: Stage, cast: Cast) -> None:
    aisha = cast.aisha
    await aisha.types("/newclass Tajweed tomorrow 18:00 45m")
    await aisha.sees("Which groups?")
    await aisha.presses("Beginners A")
    await aisha.sees("Which groups?")
    await aisha.presses("Sisters")
    await aisha.finds_button("Create for 2 groups")
    await aisha.presses("Create for 2 groups")
    await aisha.sees("Sent to 2 of 2 groups")
    for group in (cast.beginners, cast.sisters):
        card = await cast.khadija.sees("Tajweed", in_=group)
        expect(card.has_button("Join class"), "the card has a button to join")
        starts = datetime.fromtimestamp(card.times[0], SCHOOL_ZONE)
        expect(starts == cast.begins, "the card says tomorrow, 18:00")


async def _guided(_: Stage, cast: Cast) -> None:
    aisha = cast.aisha
    await aisha.types("/newclass")
    await aisha.sees("What is the class about?")
    await aisha.types("Fiqh for beginners")
    await aisha.sees("Which groups?")
    await aisha.presses("Beginners A")
    await aisha.presses("Next")
    await aisha.sees("Which day?")
    await aisha.presses("Pick a day")
    await aisha.presses("›")
    await aisha.presses("15")
    await aisha.sees("At what time?")
    await aisha.types("19:30")
    await aisha.sees("How long?")
    await aisha.presses("30 min")
    await aisha.sees("How often?")
    await aisha.presses("Once")
    await aisha.sees("Is this right?")
    await aisha.presses("Create")
    await aisha.sees("Sent to 1 of 1 group")
    await cast.khadija.sees("Fiqh for beginners", in_=cast.beginners)


async def _hold(stage: Stage, cast: Cast) -> None:
    aisha, khadija, begins = cast.aisha, cast.khadija, cast.begins
    in_group = (await khadija.looks(at=cast.sisters)).messages
    card = next(one for one in in_group if one.has_button("Join class") and "Tajweed" in one.text)
    await _wait_until(stage, begins, minutes=-3)
    # The newest card in her chat is the guided class's; Start belongs to this one.
    own = next(
        message
        for message in (await aisha.looks()).messages
        if message.has_button("Start class") and "Tajweed" in message.text
    )
    await aisha.presses("Start class", on=own)
    host_link = await aisha.sees("Your host link")
    expect(host_link.protected, "the host link cannot be forwarded")

    meeting = await stage.zoom.meeting_at(card.button("Join class").url)
    await _wait_until(stage, begins, minutes=2)
    await khadija.catches_up()
    await meeting.start()
    await khadija.sees("live now", in_=cast.sisters)
    await _wait_until(stage, begins, minutes=3)
    ahmed = await meeting.join("Ahmed")
    bilal = await meeting.join("Bilal")
    await _wait_until(stage, begins, minutes=16)
    await meeting.join("Khadija")
    second = await ahmed.second_device()
    await _wait_until(stage, begins, minutes=20)
    await bilal.leave()
    await _wait_until(stage, begins, minutes=25)
    bilal = await bilal.rejoin()
    await _wait_until(stage, begins, minutes=30)
    await second.leave()
    await _wait_until(stage, begins, minutes=35)
    await bilal.leave()
    await _wait_until(stage, begins, minutes=42)
    await aisha.catches_up()
    await meeting.end()
    await stage.zoom.delivered()
    await khadija.sees("40 min", in_=cast.sisters)
    summary = await aisha.sees("Students: 3")
    for said in ("Ahmed", "39 min", "Bilal", "27 min", "Khadija", "26 min", "late 14 min"):
        expect(said in summary.text, f"the summary says {said!r}", summary.text)


async def _report(_: Stage, cast: Cast) -> None:
    admin = cast.admin
    await admin.types("/report")
    summary = await admin.sees("Aisha", within=_REPORT_PATIENCE_S)
    expect("39 min" in summary.text, "the report says how long was taught", summary.text)
    file = await admin.sees_file(".xlsx", within=_REPORT_PATIENCE_S)
    workbook = zipfile.ZipFile(io.BytesIO(await admin.downloads(file)))
    strings = workbook.read("xl/workbook.xml").decode()
    expect(all(name in strings for name in _SHEETS), "the workbook has its sheets")
    expect(
        any(one.file and one.file.is_photo for one in (await admin.looks()).messages),
        "the report has a picture",
    )


async def _wait_until(stage: Stage, begins: datetime, *, minutes: int) -> None:
    """Not while something is on its way: what was signed before a jump would be too old after."""
    await stage.zoom.delivered()
    stage.clock.move_to(begins + timedelta(minutes=minutes))


_SHEETS = ("Summary", "Lessons", "Attendance")


async def _leave(stage: Stage, cast: Cast) -> None:
    aisha = cast.aisha
    await aisha.types("/disconnect")
    question = await aisha.sees("still to come:")
    expect("Fiqh for beginners" in question.text, "her classes are listed", question.text)
    await aisha.presses("Keep classes and disconnect")
    await aisha.sees("Disconnected: aisha@example.org")
    revoked = (await stage.zoom.statistics()).get("revokes")
    expect(revoked == 1, "Zoom was told", str(revoked))
    await aisha.types("/deletemydata")
    preview = await aisha.sees("This will delete:")
    expect("This will stay for the school's accounts" in preview.text, "what stays is said")
    await aisha.presses("Delete my data")
    await aisha.sees("Receipt:")
    await aisha.types("/newclass Fiqh tomorrow 10:00 30m")
    await aisha.sees("This is for Darulkubra's teachers")


_SCENES: tuple[tuple[str, Scene], ...] = (
    ("An admin invites a teacher", invite),
    ("The teacher connects her Zoom account", connect),
    ("She links two groups", link),
    ("A class in one line", _one_line),
    ("A class with the guided form", _guided),
    ("A weekly class: moved once, cancelled once", weekly),
    ("She starts the class; students come and go", _hold),
    ("The admin asks for the month's hours", _report),
    ("The teacher disconnects Zoom and deletes her data", _leave),
)


def _link_in(text: str) -> str:
    found = re.search(r"https://t\.me/[^\s\"<]+", text)
    if found is None:
        raise NotSeen(f"there is no link to the bot in {text!r}")
    return found[0].replace("&amp;", "&")
