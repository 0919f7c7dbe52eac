"""What Zoom really sent, at the running receiver and through to the figures of a class."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from school.model import LessonState
from services.events import apply_waiting
from services.office import Office
from storage.attendance import Outcome, PresenceRow, outcome_of, presences_of
from storage.courses import find_lesson
from storage.inbox import Inbox
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.oracles import oracle
from tests.web.site import WEBHOOK_SECRET, Site, running_site
from zoom.webhooks import sign

_KINDS = ("started", "participant_joined", "participant_left", "ended")
_PLACEHOLDERS = {
    "<PMI>": "5551112222",
    "<MEETING_UUID>": "a3fU/1x0TtyJ==",
    "<HOST_ID>": "host-of-the-capture",
    "<ACCOUNT_ID>": "an-account",
    "<TOPIC>": "Tajweed",
    "<HOST_EMAIL>": "host@example.org",
    "<IP>": "203.0.113.9",
    "<MEETING_USER_ID>": "16778240",
    "<PARTICIPANT_UUID>": "1F2E3D4C",
}


def captured(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(oracle(f"zoom/payloads/real/{name}.json").read_bytes())
    return found


async def figures(office: Office, made: MadeClass) -> tuple[LessonState, Outcome]:
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, made.lesson_id)
        assert lesson is not None
        return lesson.state, await outcome_of(tx, made.lesson_id)


async def present(office: Office, made: MadeClass) -> tuple[PresenceRow, ...]:
    async with office.database.reading() as tx:
        return await presences_of(tx, made.lesson_id)


async def test_captures_with_their_own_signatures_are_accepted_and_counted(
    office: Office, inbox: Inbox, clock: SettableClock
) -> None:
    captures = [captured(f"meeting-{kind}.capture") for kind in _KINDS]
    meeting = json.loads(captures[0]["rawBody"])["payload"]["object"]
    starts_at = datetime.fromisoformat(meeting["start_time"])
    signed_at = int(captures[0]["headers"]["x-zm-request-timestamp"])
    clock.now = datetime.fromtimestamp(signed_at, UTC)
    made = await made_class(office, {}, starts_at=starts_at, meeting_id=int(meeting["id"]))
    async with running_site(office, inbox, secret=captures[0]["_fixtureSecret"]) as site:
        for capture in captures:
            answer = await site.ask(
                "POST",
                "/zoom/webhook",
                body=capture["rawBody"].encode(),
                headers=list(capture["headers"].items()),
            )
            assert answer.status == 204, capture["event"]
    assert await apply_waiting(office) == len(captures)
    state, outcome = await figures(office, made)
    ended = json.loads(captures[-1]["rawBody"])["payload"]["object"]
    lasted = datetime.fromisoformat(ended["end_time"]) - starts_at
    assert (state, outcome.actual) == (LessonState.ENDED, lasted)
    assert any(one.is_teacher for one in await present(office, made))


async def test_a_capture_out_of_its_time_is_refused(
    office: Office, inbox: Inbox, clock: SettableClock
) -> None:
    capture = captured("meeting-started.capture")
    signed_at = int(capture["headers"]["x-zm-request-timestamp"])
    clock.now = datetime.fromtimestamp(signed_at, UTC) + timedelta(minutes=5, seconds=1)
    async with running_site(office, inbox, secret=capture["_fixtureSecret"]) as site:
        answer = await site.ask(
            "POST",
            "/zoom/webhook",
            body=capture["rawBody"].encode(),
            headers=list(capture["headers"].items()),
        )
    assert answer.status == 401


@pytest.fixture
def free_account() -> list[dict[str, Any]]:
    """Captures of a free account with ids put in again; two instances: one ended, one began."""
    names = (
        "meeting_ended",
        "meeting_started",
        "participant_joined-guest",
        "participant_left-guest",
    )
    bodies = []
    for name in names:
        text = json.dumps(captured(f"basic-{name}")["body"], ensure_ascii=False)
        for placeholder, value in _PLACEHOLDERS.items():
            text = text.replace(placeholder, value)
        bodies.append(json.loads(text))
    bodies[0]["payload"]["object"]["uuid"] = "the-one-before=="
    return bodies


async def test_captures_of_a_free_account_are_accepted_and_counted(
    site: Site, office: Office, clock: SettableClock, free_account: list[dict[str, Any]]
) -> None:
    meeting_id = int(_PLACEHOLDERS["<PMI>"])
    clock.now = datetime(2026, 10, 5, 13, 45, 30, tzinfo=UTC)
    starts_at = datetime(2026, 10, 5, 13, 40, tzinfo=UTC)
    made = await made_class(office, {}, starts_at=starts_at, meeting_id=meeting_id)
    for said in free_account:
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = sign(body, WEBHOOK_SECRET, clock())
        assert (await site.ask("POST", "/zoom/webhook", body=body, headers=headers)).status == 204
    assert await apply_waiting(office) == len(free_account)
    state, outcome = await figures(office, made)
    first, second = timedelta(minutes=1, seconds=31), timedelta(minutes=1, seconds=44)
    assert (state, outcome.actual) == (LessonState.LIVE, first + second)
    teacher, student = await present(office, made)
    assert (teacher.is_teacher, teacher.inferred, teacher.total) == (True, True, first + second)
    assert (student.name, student.total) == ("20231234 홍길동", timedelta(seconds=2))
