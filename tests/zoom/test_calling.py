"""How one call is made: tokens, what is repeated and what never is, limits, time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.zoom.wires import MEETING, NOW, USER, Pauses, Script, Tokens, client_of, problem
from zoom.client import ZoomClient
from zoom.errors import (
    DailyLimitReached,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    PaidOnly,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.models import MeetingChanges, NewMeeting

Action = Callable[[ZoomClient], Awaitable[object]]

NEW = NewMeeting(
    topic="Secret topic",
    starts_at=NOW + timedelta(days=1),
    zone=ZoneInfo("Africa/Addis_Ababa"),
    length=timedelta(minutes=45),
)
OK = httpx.Response(200, json=USER)
CREATED = httpx.Response(201, json=MEETING)
DONE = httpx.Response(204)

REPEATABLE: dict[str, tuple[Action, httpx.Response]] = {
    "reading": (lambda zoom: zoom.me(), OK),
    "changing": (lambda zoom: zoom.update_meeting(7, MeetingChanges(topic="New")), DONE),
    "deleting": (lambda zoom: zoom.delete_meeting(7), DONE),
    "ending": (lambda zoom: zoom.end_meeting(7), DONE),
}

NEVER_SENT = [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout("")]
PERHAPS_DONE = [
    httpx.ReadTimeout(""),
    httpx.WriteTimeout(""),
    httpx.ReadError(""),
    httpx.WriteError(""),
    httpx.RemoteProtocolError(""),
    httpx.Response(500),
    httpx.Response(503, text="<html>"),
    httpx.Response(302, headers={"location": "https://elsewhere.example"}),
]


def creating(zoom: ZoomClient) -> Awaitable[object]:
    return zoom.create_meeting(NEW)


async def test_a_call_carries_the_token() -> None:
    wire = Script(OK)
    await client_of(wire).me()
    assert wire.requests[0].headers["authorization"] == "Bearer token-0"


@pytest.mark.parametrize("answer", [problem(401, 124), problem(401, 401), httpx.Response(401)])
async def test_a_rejected_token_is_renewed_and_the_call_made_once_more(
    answer: httpx.Response,
) -> None:
    wire, tokens = Script(answer, CREATED), Tokens()
    await client_of(wire, tokens=tokens).create_meeting(NEW)
    assert tokens.rejected == ["token-0"]
    assert [one.headers["authorization"] for one in wire.requests] == [
        "Bearer token-0",
        "Bearer token-1",
    ]


async def test_a_second_rejected_token_is_the_end() -> None:
    wire, tokens = Script(problem(401, 124)), Tokens()
    with pytest.raises(TokenRejected):
        await client_of(wire, tokens=tokens).me()
    assert len(wire.requests) == 2
    assert tokens.rejected == ["token-0"]


@pytest.mark.parametrize("name", REPEATABLE)
@pytest.mark.parametrize("failure", [*NEVER_SENT, *PERHAPS_DONE], ids=repr)
async def test_what_may_be_done_twice_is_repeated(
    name: str, failure: Exception | httpx.Response
) -> None:
    action, answer = REPEATABLE[name]
    wire = Script(failure, failure, answer)
    await action(client_of(wire))
    assert len(wire.requests) == 3


@pytest.mark.parametrize("failure", PERHAPS_DONE, ids=repr)
async def test_a_creation_that_may_have_been_done_is_not_repeated(
    failure: Exception | httpx.Response,
) -> None:
    wire = Script(failure, CREATED)
    with pytest.raises(ZoomUncertain):
        await creating(client_of(wire))
    assert len(wire.requests) == 1


@pytest.mark.parametrize("failure", NEVER_SENT, ids=repr)
async def test_a_creation_that_was_never_sent_is_repeated(failure: Exception) -> None:
    wire = Script(failure, CREATED)
    await creating(client_of(wire))
    assert len(wire.requests) == 2


@pytest.mark.parametrize(
    ("failure", "error"),
    [(NEVER_SENT[0], ZoomUnreachable), (PERHAPS_DONE[0], ZoomUncertain)],
)
async def test_after_five_tries_it_has_failed(failure: Exception, error: type[ZoomError]) -> None:
    wire = Script(failure)
    with pytest.raises(error):
        await client_of(wire).me()
    assert len(wire.requests) == 5


@pytest.mark.parametrize(
    ("chance", "pauses"), [(1.0, [0.5, 1, 2, 4]), (0.5, [0.25, 0.5, 1, 2]), (0.0, [0, 0, 0, 0])]
)
async def test_pauses_grow_and_are_anything_up_to_their_length(
    chance: float, pauses: list[float]
) -> None:
    slept = Pauses()
    with pytest.raises(ZoomUncertain):
        await client_of(Script(httpx.Response(502)), pauses=slept, chance=chance).me()
    assert slept.seconds == pauses


@pytest.mark.parametrize("action", [creating, REPEATABLE["ending"][0]])
async def test_all_tries_together_end_in_time(
    action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoom.calling._LONGEST_S", 0.05)
    tries = 0

    async def never(_: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        await asyncio.Event().wait()
        raise AssertionError

    http = httpx.AsyncClient(transport=httpx.MockTransport(never))
    zoom = client_of(Script(OK))
    zoom._caller._http = http
    async with asyncio.timeout(30):
        with pytest.raises(ZoomUncertain):
            await action(zoom)
    assert tries == 1


async def test_no_pause_goes_beyond_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoom.calling._LONGEST_S", 1.5)
    wire, slept = Script(httpx.Response(502)), Pauses()
    with pytest.raises(ZoomUncertain):
        await client_of(wire, pauses=slept, chance=1.0).me()
    assert slept.seconds == [0.5, 1]


# Limits

PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
PER_DAY = (
    "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests "
    "permitted for this particular user. You may resume these requests at GMT 00:00:00."
)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        (None, 1),
        ("3", 3),
        ("0", 1),
        ("", 1),
        ("soon", 1),
        ("-5", 1),
        ("9" * 400, 1),
        ("2026-11-23T14:00:04Z", 4),
        ("2026-11-23T13:59:00Z", 1),
        ("2026-11-23T14:00:04", 1),
        ("Mon, 23 Nov 2026 14:00:06 GMT", 6),
    ],
)
async def test_a_limit_per_second_is_waited_for(retry_after: str | None, seconds: float) -> None:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    wire, slept = Script(problem(429, 429, PER_SECOND, headers=headers), CREATED), Pauses()
    await creating(client_of(wire, pauses=slept))
    assert slept.seconds == [seconds]


async def test_those_who_wait_for_a_limit_do_not_come_back_together() -> None:
    wire, slept = Script(problem(429, 429, PER_SECOND), OK), Pauses()
    await client_of(wire, pauses=slept, chance=0.5).me()
    assert slept.seconds == [1.25]


async def test_a_limit_that_lasts_is_told_and_not_waited_for() -> None:
    wire, slept = Script(problem(429, 429, headers={"retry-after": "11"})), Pauses()
    with pytest.raises(RateLimited) as caught:
        await client_of(wire, pauses=slept).me()
    assert caught.value.retry_after == timedelta(seconds=11)
    assert slept.seconds == []


async def test_a_limit_that_goes_on_is_given_up() -> None:
    wire = Script(problem(429, 4001, PER_SECOND))
    with pytest.raises(RateLimited):
        await client_of(wire).me()
    assert len(wire.requests) == 5


@pytest.mark.parametrize(
    ("answer", "now", "resets_at"),
    [
        (problem(429, 429, PER_DAY), NOW, datetime(2026, 11, 24, tzinfo=UTC)),
        (
            problem(429, 429, headers={"x-ratelimit-type": "Daily-limit"}),
            datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (
            problem(429, 429, PER_DAY),
            datetime(2026, 11, 24, 1, 0, tzinfo=ZoneInfo("Africa/Addis_Ababa")),
            datetime(2026, 11, 24, tzinfo=UTC),
        ),
        (
            problem(429, 429, PER_DAY, headers={"retry-after": "2026-11-24T00:00:10Z"}),
            NOW,
            datetime(2026, 11, 24, 0, 0, 10, tzinfo=UTC),
        ),
    ],
)
async def test_a_limit_per_day_is_told_at_once_with_its_end(
    answer: httpx.Response, now: datetime, resets_at: datetime
) -> None:
    wire = Script(answer)
    with pytest.raises(DailyLimitReached) as caught:
        await creating(client_of(wire, now=now))
    assert caught.value.resets_at == resets_at
    assert len(wire.requests) == 1


# Refusals


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 300, Invalid),
        (404, 3001, NotFound),
        (404, 1001, NotFound),
        (400, 3161, NotAllowed),
        (400, 200, PaidOnly),
        (400, 4711, ScopeMissing),
        (401, 4711, ScopeMissing),
        (400, 3000, ZoomRefused),
        (403, 2306, ZoomRefused),
    ],
)
async def test_each_refusal_is_told_by_its_kind_and_not_repeated(
    status: int, code: int, kind: type[ZoomRefused]
) -> None:
    wire = Script(problem(status, code, "No."))
    with pytest.raises(ZoomRefused) as caught:
        await creating(client_of(wire))
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, caught.value.said) == (status, code, "No.")
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[]", b'{"code":"x","message":5,"errors":7}', b'{"errors":[1]}']
)
async def test_a_refusal_that_does_not_say_why_is_still_one(content: bytes) -> None:
    with pytest.raises(ZoomRefused) as caught:
        await client_of(Script(httpx.Response(400, content=content))).me()
    assert caught.value.code == 0


async def test_a_refusal_names_the_wrong_fields() -> None:
    errors = [{"field": "settings.jbh_time", "message": "Invalid"}, {"field": "duration"}]
    answer = httpx.Response(400, json={"code": 300, "message": "Failed.", "errors": errors})
    with pytest.raises(Invalid) as caught:
        await creating(client_of(Script(answer)))
    assert caught.value.fields == ("settings.jbh_time", "duration")
    assert "settings.jbh_time, duration" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        problem(400, 300, "Secret topic is not token-0"),
        problem(401, 124, "token-0"),
        problem(429, 429, "token-0"),
        problem(429, 429, "daily token-0"),
        httpx.Response(500, text="token-0 Secret topic"),
        httpx.Response(201, text="token-0 Secret topic"),
        httpx.LocalProtocolError("Illegal header value b'Bearer token-0'"),
        httpx.ConnectError("token-0"),
    ],
    ids=repr,
)
async def test_no_error_carries_a_token_or_what_people_typed(answer: Exception) -> None:
    with pytest.raises(ZoomError) as caught:
        await creating(client_of(Script(answer)))
    for secret in ("token-", "Secret"):
        assert secret not in f"{caught.value} {caught.value!r}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b'{"id":"x"}'])
async def test_a_success_that_makes_no_sense_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed, match="reading the user"):
        await client_of(Script(httpx.Response(200, content=content))).me()
