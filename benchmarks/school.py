"""A school with an admin, a teacher and two hundred groups, founded by the front door."""

import asyncio
import re
from dataclasses import dataclass

from aiohttp import ClientSession, CookieJar

from benchmarks.journal import said_by_bot
from benchmarks.stage import Stage
from sandbox.browser import Page
from sandbox.people import Group, NotSeen, Person
from sandbox.story import ADMIN_ID

_GROUPS = 200
_UNHURRIED_S = 1.0  # from one command to the next: the program takes 60 a minute from one person
_GENEROUS = 10_000.0
_TELEGRAMS = {"overall": 30, "group": 20}


@dataclass(frozen=True, slots=True)
class School:
    """Who and what there is; every group is linked to the teacher."""

    teacher: Person
    zoom_user_id: str  # hers
    groups: tuple[Group, ...]


async def found(stage: Stage) -> School:
    """Budgets are generous meanwhile, and Telegram's own again when this returns."""
    await stage.people.limits(overall=_GENEROUS, group=_GENEROUS)
    await stage.zoom.no_per_second_limits()
    admin = await stage.people.person("Musa", id=ADMIN_ID)
    teacher = await stage.people.person("Aisha", username="aisha_q")
    await admin.types("/invite")
    await teacher.follows(_link_in((await admin.sees("invitation")).text))
    await teacher.sees("Welcome")
    zoom_user_id = await _connect(stage, teacher)
    before = await stage.people.last()
    groups = tuple([await _group(stage, teacher, number) for number in range(1, _GROUPS + 1)])
    linked = await said_by_bot(stage.people, before, "is linked", how_often=_GROUPS, within_s=60.0)
    if len(linked) < _GROUPS:
        raise NotSeen(f"only {len(linked)} of {_GROUPS} groups were linked")
    await stage.people.limits(**_TELEGRAMS)
    return School(teacher, zoom_user_id, groups)


async def _connect(stage: Stage, teacher: Person) -> str:
    account = await stage.zoom.user("aisha@example.org", name="Aisha Q", plan=2)
    await teacher.types("/connect")
    link = (await teacher.sees("Open this page")).button("Open page").url
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        consent = await (await Page.open(http, "GET", link)).submit(http)
        back = await account.allows(consent.goes_to or "")
        last = await Page.open(http, "GET", back)
    await teacher.follows(_link_in(last.text))
    await teacher.sees("Zoom connected")
    return account.user_id


async def _group(stage: Stage, teacher: Person, number: int) -> Group:
    group = await stage.people.group(f"Group-{number:03}", owner=teacher)
    await teacher.adds_bot(to=group)
    await teacher.promotes_bot(in_=group)
    await teacher.types("/link", into=group)
    await asyncio.sleep(_UNHURRIED_S)
    return group


def _link_in(text: str) -> str:
    found_link = re.search(r"https://t\.me/[^\s\"<]+", text)
    if found_link is None:
        raise NotSeen(f"there is no link to the bot in {text!r}")
    return found_link[0].replace("&amp;", "&")
