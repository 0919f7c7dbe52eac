"""Each call that the program makes goes wrong in every way, and no word of it is told on.

The log is at DEBUG, and what answers is hostile: it says back all that it was asked, its headers
too. Neither the log nor a page nor a message may have a secret in it then.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from sandbox.people import Impossible, NotSeen, Seen
from tests.story.outside import Outside, outside
from tests.story.seeded_school import SeededSchool, seeded_school
from tests.story.seeds import SEEDS, found_in
from tests.story.test_nothing_in_the_clear import secrets_of_zoom

TROUBLE: tuple[dict[str, object], ...] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 200},  # a page where JSON should be
    {"kind": "echo", "status": 200},
    {"kind": "echo", "status": 400},
    {"kind": "echo", "status": 404},
    {"kind": "drop"},
)
OF_TELEGRAM = ("server_error", "echo", "drop_before", "drop_after")
METHODS = (
    *("sendMessage", "editMessageText", "answerCallbackQuery", "sendPhoto", "sendDocument"),
    *("getUpdates", "setMyCommands", "getChatMember"),
)
_SECRET_VARIABLES = (
    *("TELEGRAM_BOT_TOKEN", "ZOOM_CLIENT_SECRET", "ZOOM_WEBHOOK_SECRET", "DATA_KEY"),
)
_NEVER = ("zak=", "pwd=", "access_token", "refresh_token", "Bearer ", "code_verifier")
_PATIENCE_S = 60.0
_A_WHILE = timedelta(minutes=1)  # the bot has patience with her for so many messages a minute


@pytest.fixture
async def program(data_key: str) -> AsyncIterator[Outside]:
    async with outside(data_key) as program:
        await program.start()
        yield program


@pytest.fixture
async def school(program: Outside) -> SeededSchool:
    """A class is made, and all is well."""
    school = await seeded_school(program)
    await school.begins_to_teach()
    await school.connects()
    await school.links_the_group()
    await school.makes_a_class()
    return school


@asynccontextmanager
async def trouble(program: Outside, endpoint: str, how: dict[str, object]) -> AsyncIterator[None]:
    await program.zoom.fault(endpoint=endpoint, times=None, **how)  # type: ignore[arg-type]
    yield
    await program.zoom.no_faults()


async def met(program: Outside) -> set[str]:
    return set((await program.zoom.statistics())["faults"])


async def until_met(program: Outside, endpoint: str) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while endpoint not in await met(program):  # noqa: ASYNC110  asked over HTTP
            await asyncio.sleep(0.2)


async def is_answered(school: SeededSchool, text: str) -> Seen:
    """Whatever it is that she reads."""
    await school.teacher.types(text)
    return await school.teacher.sees("", within=_PATIENCE_S)


async def test_no_call_to_zoom_that_fails_tells_on_anybody(
    program: Outside, school: SeededSchool
) -> None:
    secrets = await secrets_of_zoom(program)
    for number, how in enumerate(TROUBLE):
        await program.forward(_A_WHILE)
        async with trouble(program, "create_meeting", how):
            await is_answered(
                school, f"/newclass {SEEDS.second_topic} 2026-11-{10 + number} 10:00 30m"
            )
            await is_answered(
                school,
                f"/newclass {SEEDS.second_topic} 2026-12-0{number + 1} 10:00 30m #{SEEDS.group}",
            )
        async with trouble(program, "get_meeting", how):
            press = await school.teacher.presses("Start class", on=await _card(school))
            await school.teacher.sees_toast(press, within=_PATIENCE_S)
        for endpoint in ("token", "me"):
            async with trouble(program, endpoint, how):
                await school.tries_to_connect()
        await school.connects()
        secrets |= await secrets_of_zoom(program)
        async with trouble(program, "revoke", how):
            await is_answered(school, "/disconnect")
            await school.teacher.presses("Keep classes and disconnect", within=_PATIENCE_S)
            await until_met(program, "revoke")
        await school.connects()
        secrets |= await secrets_of_zoom(program)
    assert {"create_meeting", "get_meeting", "token", "me", "revoke"} <= await met(program)
    await _is_quiet(program, school, secrets)


async def test_no_call_about_a_class_that_fails_tells_on_anybody(
    program: Outside, school: SeededSchool
) -> None:
    secrets = await secrets_of_zoom(program)
    hour = 9
    for how in TROUBLE:
        await program.forward(_A_WHILE)
        async with trouble(program, "*", how):
            await _begins_to_move(school)
            await school.teacher.types(f"2026-11-25 {(hour := hour + 1)}:00")
            await school.teacher.presses("Move", within=_PATIENCE_S)
            await until_met(program, "update_meeting")
    async with trouble(program, "*", TROUBLE[3]):
        await school.teacher.presses("Cancel class", on=await _card(school))
        await school.teacher.presses("Cancel all")
        await until_met(program, "delete_meeting")
    await _is_quiet(program, school, secrets)


async def test_no_call_to_telegram_that_fails_tells_on_anybody(
    program: Outside, school: SeededSchool
) -> None:
    (meeting,) = await program.zoom.meetings()
    await school.holds(meeting)  # so that there is something to report
    secrets = await secrets_of_zoom(program)
    for kind in OF_TELEGRAM:
        await program.forward(_A_WHILE)
        for method in METHODS:
            await program.people.fault(kind, method, times=2)
        await school.teacher.types("/classes")
        await school.teacher.types(f"/newclass {SEEDS.second_topic}")
        await school.teacher.types("/link", into=school.group)
        press = await school.teacher.presses("Timeline")
        await school.admin.types("/report")
        await school.teacher.types("/language")
        await program.people.no_faults()
        await school.teacher.repeats(press)
        await school.teacher.types("/help")
        await school.teacher.sees("/newclass", within=_PATIENCE_S)
    await school.is_reported()
    await _is_quiet(program, school, secrets)


async def _begins_to_move(school: SeededSchool) -> None:
    """Step by step from where she is: what came of the last move is drawn over it at any time."""
    for _ in range(5):
        for button in ("Reschedule", "This class"):
            with suppress(NotSeen, Impossible):
                await school.teacher.presses(button)
        with suppress(NotSeen):
            await school.teacher.sees("To which day?")
            return
    raise NotSeen("the class cannot be moved")


async def _card(school: SeededSchool) -> Seen:
    return await school.teacher.finds_button("Start class", within=_PATIENCE_S)


async def _is_quiet(program: Outside, school: SeededSchool, of_zoom: dict[str, str]) -> None:
    """Nothing of it in the log, on a page, or in a group."""
    own = {name: program.variables[name] for name in _SECRET_VARIABLES}
    secrets = {**of_zoom, **await secrets_of_zoom(program), **school.secrets, **own}
    log = program.log.encode()
    assert b" DEBUG " in log
    assert found_in(log, {**SEEDS.all, **secrets}) == []
    assert [word for word in _NEVER if word.encode() in log] == []
    public = {"pwd", "passcode", "calendar", "invitation", "page link", "host link", "finish code"}
    hidden = {name: value for name, value in secrets.items() if name not in public}
    hidden = {name: value for name, value in hidden.items() if "join_url" not in name}
    for person, group in (
        (school.teacher, None),
        (school.admin, None),
        (school.student, school.group),
    ):
        view = await person.looks(at=group)
        texts = "\n".join(f"{one.text} {one.edits}" for one in view.messages if one.from_bot)
        assert found_in(texts.encode(), hidden) == [], person
    async with ClientSession() as http:
        for path in ("/zoom/connect/x", "/zoom/callback?code=x&state=y", "/calendar/x.ics", "/x"):
            async with http.get(f"{program.public_url}{path}") as answer:
                assert found_in(await answer.read(), {**SEEDS.all, **secrets}) == []
                assert answer.status >= 400
