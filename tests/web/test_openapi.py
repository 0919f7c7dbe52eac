"""web/openapi.yaml says what there is: no less, and no more.

Every answer that tests of this folder get is held against it as well (tests/web/site.py).
"""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest
from aiohttp import web

from services.office import Office
from storage.inbox import Inbox
from tests.web.described import DESCRIPTION, operations
from tests.web.running import running_program
from tests.web.site import TELEGRAM_SECRET, WEBHOOK_SECRET, Surroundings
from web.application import build
from web.security import BODY_TIMEOUT_S, MOST_BODY_BYTES
from zoom.webhooks import WebhookReceiver

_MANY = 300  # requests, from what is described

ROOT = Path(__file__).parents[2]

LEFT_OUT = {
    "positive_data_acceptance": "no address that is made up can be right: they cannot be guessed",
    "negative_data_rejection": "what a page or a sender says beyond is passed over, never refused",
    "missing_required_header": "the signature brings its time along",
}
"""Checks of schemathesis that are not for us, each with the reason."""


def application(office: Office, inbox: Inbox) -> web.Application:
    surroundings = Surroundings()
    return build(
        office,
        inbox=inbox,
        receiver=WebhookReceiver([WEBHOOK_SECRET], office.clock),
        handle_telegram_update=surroundings.handle_update,
        telegram_secret="telegram",
        readiness=surroundings.readiness,
        translations={},
    )


async def test_it_lists_exactly_the_paths_that_there_are(office: Office, inbox: Inbox) -> None:
    there = {
        (route.method, route.resource.canonical)
        for route in application(office, inbox).router.routes()
        if route.resource is not None
    }
    described = {(method, path) for method, path, _ in operations()}
    asked_for_by_head = {
        ("HEAD", path) for method, path in described if method == "GET" and path != "/zoom/callback"
    }
    assert there == described | asked_for_by_head


async def test_it_lists_the_parameters_that_are_in_the_paths() -> None:
    for _, path, operation in operations():
        named = {one["name"] for one in operation.get("parameters", ()) if one.get("in") == "path"}
        shared = {"token"} if path == "/zoom/connect/{token}" else set()
        assert named | shared == set(re.findall(r"{(\w+)}", path))


async def test_it_tells_the_limits_that_hold() -> None:
    text = DESCRIPTION.read_text("utf-8")
    assert set(re.findall(r"\d{3},\d{3}", text)) == {f"{MOST_BODY_BYTES:,}"}
    assert f"within {BODY_TIMEOUT_S:.0f} seconds" in text


async def test_whatever_is_asked_of_the_running_program_it_answers_as_described(
    database_path: Path, data_key: str, tmp_path: Path
) -> None:
    """The same requests each time: from the description, at its edges and beyond them."""
    report = tmp_path / "report.json"
    async with running_program(database_path, data_key) as port:
        asking = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "run", str(DESCRIPTION)),
            *("--url", f"http://127.0.0.1:{port}", "--phases", "coverage,fuzzing"),
            *("--max-examples", "8", "--generation-deterministic", "--no-shrink", "--no-color"),
            *("--exclude-checks", ",".join(LEFT_OUT), "--continue-on-failure"),
            *("--report", "json", "--report-json-path", str(report)),
            env={
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.web.senders",
                "ZOOM_WEBHOOK_SECRET": WEBHOOK_SECRET,
                "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
            },
            cwd=tmp_path,
            stdout=PIPE,
            stderr=STDOUT,
        )
        said, _ = await asking.communicate()
    if asking.returncode:
        pytest.fail(said.decode())
    told = json.loads(report.read_text("utf-8"))
    assert told["operations"]["tested"] == len(list(operations()))
    assert told["test_cases"]["generated"] > _MANY
    assert told["test_cases"]["with_failures"] == told["test_cases"]["errored"] == 0
