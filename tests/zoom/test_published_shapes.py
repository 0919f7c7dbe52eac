"""Requests and answers against Zoom's published description of its API, where it is present."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import jsonschema
import pytest

from tests.oracles import oracle
from tests.zoom.wires import client_of
from zoom.client import ZoomClient
from zoom.errors import NotFound, PaidOnly, RateLimited, TokenRejected, ZoomError, ZoomRefused
from zoom.models import MeetingChanges, NewMeeting
from zoom.recurrence import Recurrence, RecurrenceKind

ADDIS = ZoneInfo("Africa/Addis_Ababa")
STARTS_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

NEW = NewMeeting(
    topic="T" * 200,
    starts_at=STARTS_AT,
    zone=ADDIS,
    length=timedelta(minutes=1440),
    agenda="A" * 2000,
    passcode="aZ09@_*-",
    waiting_room=True,
    join_before_host=False,
)
SERIES = NewMeeting(
    topic="T",
    starts_at=STARTS_AT,
    zone=ADDIS,
    length=timedelta(minutes=45),
    recurrence=Recurrence(kind=RecurrenceKind.WEEKLY, weekdays=frozenset({0, 2}), times=60),
)
CHANGES_OF_ONE_DATE = MeetingChanges(
    starts_at=STARTS_AT, zone=ADDIS, length=timedelta(minutes=1), agenda=""
)
CHANGES = MeetingChanges(
    topic="T",
    starts_at=STARTS_AT,
    zone=ADDIS,
    length=timedelta(minutes=1),
    agenda="",
    recurrence=Recurrence(kind=RecurrenceKind.MONTHLY, monthly_day=31, until=STARTS_AT),
)


async def _upcoming(zoom: ZoomClient) -> None:
    assert [one async for one in zoom.upcoming_meetings()]


async def _past_participants(zoom: ZoomClient) -> None:
    assert [one async for one in zoom.past_participants("q8Rt==")]


CALLS: dict[str, Callable[[ZoomClient], Awaitable[object]]] = {
    "user": lambda zoom: zoom.me(),
    "meetingCreate": lambda zoom: zoom.create_meeting(NEW),
    "meetingCreate of a series": lambda zoom: zoom.create_meeting(SERIES),
    "meeting": lambda zoom: zoom.meeting(85746065),
    "meetingUpdate": lambda zoom: zoom.update_meeting(85746065, CHANGES),
    "meetingUpdate of one date": lambda zoom: zoom.update_meeting(
        85746065, CHANGES_OF_ONE_DATE, "1648194360000"
    ),
    "meetingDelete": lambda zoom: zoom.delete_meeting(85746065, "1648194360000"),
    "meetingStatus": lambda zoom: zoom.end_meeting(85746065),
    "meetings": _upcoming,
    "pastMeetingDetails": lambda zoom: zoom.past_meeting("q8Rt=="),
    "pastMeetingParticipants": _past_participants,
    "pastMeetings": lambda zoom: zoom.past_instances(85746065),
}


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Method, pattern of the path, and description of each operation."""
    described = json.loads(oracle("zoom/zoom-mini.patched.openapi.json").read_bytes())
    return [
        (method.upper(), re.compile("/v2" + re.sub(r"{\w+}", "[^/]+", path)), operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def _check(request: httpx.Request, operation: dict[str, Any]) -> None:
    parameters = {one["name"]: one["schema"] for one in operation.get("parameters", [])}
    for name, value in request.url.params.items():
        integer = parameters[name].get("type") == "integer"
        jsonschema.validate(int(value) if integer else value, parameters[name])
    if not request.content:
        assert "requestBody" not in operation
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = json.loads(request.content)
    _names_only_what_is_described(body, schema)
    jsonschema.validate(body, schema)


def _names_only_what_is_described(body: dict[str, Any], schema: dict[str, Any]) -> None:
    """A misspelt field would pass the schema, and be overlooked by Zoom."""
    for name, value in body.items():
        assert name in schema["properties"]
        if isinstance(value, dict):
            _names_only_what_is_described(value, schema["properties"][name])


_OF_TYPE = {"string": "text", "integer": 1, "number": 1, "boolean": False}


def _example(schema: dict[str, Any]) -> Any:
    """An answer of that shape, of the examples beside its fields."""
    if "example" in schema:
        return schema["example"]
    if schema.get("type") in _OF_TYPE:
        return _OF_TYPE[schema["type"]]
    if schema.get("type") == "array":
        return [_example(schema["items"])]
    inner = {name: _example(one) for name, one in schema.get("properties", {}).items()}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())[:1]):
        inner |= _example(part)
    return inner


def _answer(operation: dict[str, Any]) -> httpx.Response:
    status = next(one for one in operation["responses"] if one.startswith("2"))
    content = operation["responses"][status].get("content", {}).get("application/json")
    if content is None:
        return httpx.Response(int(status))
    said = _example(content["schema"])
    if "next_page_token" in said:
        said["next_page_token"] = ""
    return httpx.Response(int(status), json=said)


@pytest.mark.parametrize("called", CALLS)
async def test_requests_and_answers_are_as_zoom_describes_them(
    called: str, operations: list[tuple[str, re.Pattern[str], dict[str, Any]]]
) -> None:
    seen = []

    def described(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        found = [
            operation
            for method, pattern, operation in operations
            if method == request.method and pattern.fullmatch(path)
        ]
        assert len(found) == 1
        _check(request, found[0])
        seen.append(found[0]["operationId"])
        return _answer(found[0])

    await CALLS[called](client_of(described))
    assert seen == [called.partition(" ")[0]]


async def test_every_described_error_is_understood(
    operations: list[tuple[str, re.Pattern[str], dict[str, Any]]],
) -> None:
    known = {124: TokenRejected, 200: PaidOnly, 3001: NotFound, 1001: NotFound}
    understood = 0
    for _, _, operation in operations:
        for status, response in operation["responses"].items():
            for said in _errors(response) if status.startswith("4") else []:
                kind = RateLimited if status == "429" else known.get(said["code"], ZoomRefused)
                error = await _error_of(int(status), said)
                assert isinstance(error, kind), said
                understood += 1
    assert understood > 50


def _errors(response: dict[str, Any]) -> list[dict[str, Any]]:
    content = response.get("content", {}).get("application/json", {})
    return [one["value"] for one in content.get("examples", {}).values()]


async def _error_of(status: int, said: dict[str, Any]) -> ZoomError:
    with pytest.raises(ZoomError) as caught:
        await client_of(lambda _: httpx.Response(status, json=said)).me()
    return caught.value
