"""What each method asks of Zoom, and what it makes of the answer."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.zoom.wires import MEETING, USER, Script, client_of
from zoom.errors import Malformed
from zoom.models import (
    ListedMeeting,
    MeetingChanges,
    NewMeeting,
    Occurrence,
    PastInstance,
    PastMeeting,
    PastParticipant,
    User,
)
from zoom.recurrence import Recurrence, RecurrenceKind

Item = TypeVar("Item")

DONE = httpx.Response(204)
STARTS_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ADDIS = ZoneInfo("Africa/Addis_Ababa")


def new_meeting(
    *,
    topic: str = "Tajweed",
    starts_at: datetime = STARTS_AT,
    zone: ZoneInfo = ADDIS,
    length: timedelta = timedelta(minutes=45),
    agenda: str = "",
    passcode: str | None = None,
    recurrence: Recurrence | None = None,
) -> NewMeeting:
    return NewMeeting(
        topic=topic,
        starts_at=starts_at,
        zone=zone,
        length=length,
        agenda=agenda,
        passcode=passcode,
        recurrence=recurrence,
    )


def repeats(
    kind: RecurrenceKind = RecurrenceKind.DAILY,
    *,
    interval: int = 1,
    weekdays: frozenset[int] = frozenset(),
    monthly_day: int | None = None,
    times: int | None = None,
    until: datetime | None = None,
) -> Recurrence:
    return Recurrence(
        kind=kind,
        interval=interval,
        weekdays=weekdays,
        monthly_day=monthly_day,
        times=times,
        until=until,
    )


WEEKLY, MONTHLY = RecurrenceKind.WEEKLY, RecurrenceKind.MONTHLY


async def every(items: AsyncIterator[Item]) -> list[Item]:
    return [item async for item in items]


async def test_the_user_is_read() -> None:
    wire = Script(httpx.Response(200, json={**USER, "display_name": "Aisha Q", "pmi": 5}))
    assert await client_of(wire).me() == User(
        "hN3kXq", "aisha@example.org", "Aisha Q", plan=1, zone_name="", account_id="acc7"
    )
    assert wire.calls == ["GET /v2/users/me"]


async def test_a_meeting_is_planned_in_utc_with_its_zone_beside() -> None:
    wire = Script(httpx.Response(201, json=MEETING))
    wanted = new_meeting(starts_at=STARTS_AT.astimezone(ADDIS), agenda="Darulkubra · C-7")
    meeting = await client_of(wire).create_meeting(wanted)
    assert wire.calls == ["POST /v2/users/me/meetings"]
    assert wire.body() == {
        "type": 2,
        "topic": "Tajweed",
        "agenda": "Darulkubra · C-7",
        "start_time": "2026-11-24T15:00:00Z",
        "timezone": "Africa/Addis_Ababa",
        "duration": 45,
    }
    assert (meeting.id, meeting.join_url) == (82031645907, MEETING["join_url"])
    assert (meeting.starts_at, meeting.length) == (STARTS_AT, timedelta(minutes=45))


async def test_both_times_of_a_repeated_hour_are_told_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    wire = Script(httpx.Response(201, json=MEETING))
    for starts_at in (first, first.replace(fold=1)):
        await client_of(wire).create_meeting(new_meeting(starts_at=starts_at, zone=berlin))
    starts = [wire.body(index)["start_time"] for index in (0, 1)]
    assert starts == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


async def test_settings_are_sent_only_where_they_are_given() -> None:
    wire = Script(httpx.Response(201, json=MEETING))
    wanted = NewMeeting(
        topic="Tajweed",
        starts_at=STARTS_AT,
        zone=ADDIS,
        length=timedelta(minutes=44, seconds=1),
        passcode="a@_*-9",
        waiting_room=False,
    )
    await client_of(wire).create_meeting(wanted)
    assert wire.body()["settings"] == {"waiting_room": False}
    assert wire.body()["password"] == "a@_*-9"
    assert wire.body()["duration"] == 45


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: new_meeting(topic=""),
        lambda: new_meeting(topic="x" * 201),
        lambda: new_meeting(agenda="x" * 2001),
        lambda: new_meeting(length=timedelta()),
        lambda: new_meeting(length=timedelta(minutes=1440, seconds=1)),
        lambda: new_meeting(starts_at=STARTS_AT.replace(tzinfo=None)),
        lambda: new_meeting(passcode=""),
        lambda: new_meeting(passcode="x" * 11),
        lambda: new_meeting(passcode="pass word"),
        lambda: MeetingChanges(topic="x" * 201),
        lambda: MeetingChanges(length=timedelta(minutes=-1)),
        repeats,
        lambda: repeats(times=0),
        lambda: repeats(times=61),
        lambda: repeats(times=2, until=STARTS_AT),
        lambda: repeats(until=STARTS_AT.replace(tzinfo=None)),
        lambda: repeats(interval=0, times=2),
        lambda: repeats(interval=100, times=2),
        lambda: repeats(weekdays=frozenset({1}), times=2),
        lambda: repeats(monthly_day=1, times=2),
        lambda: repeats(WEEKLY, times=2),
        lambda: repeats(WEEKLY, weekdays=frozenset({7}), times=2),
        lambda: repeats(WEEKLY, weekdays=frozenset({1}), interval=51, times=2),
        lambda: repeats(MONTHLY, times=2),
        lambda: repeats(MONTHLY, monthly_day=0, times=2),
        lambda: repeats(MONTHLY, monthly_day=32, times=2),
        lambda: repeats(MONTHLY, monthly_day=1, interval=11, times=2),
        lambda: new_meeting(recurrence=repeats(until=STARTS_AT - timedelta(seconds=1))),
    ],
)
def test_what_zoom_would_refuse_cannot_be_asked(wrong: Callable[[], object]) -> None:
    with pytest.raises(
        ValueError, match=r"^an? (topic|agenda|meeting|start|passcode|recurrence('s)?) "
    ):
        wrong()


def test_the_longest_of_everything_can_be_asked() -> None:
    new_meeting(
        topic="x" * 200,
        agenda="x" * 2000,
        length=timedelta(minutes=1440),
        passcode="x" * 10,
        recurrence=repeats(WEEKLY, weekdays=frozenset(range(7)), interval=50, times=60),
    )
    repeats(interval=99, until=STARTS_AT)
    repeats(MONTHLY, monthly_day=31, interval=10, times=1)


@pytest.mark.parametrize(
    ("recurrence", "sent"),
    [
        (repeats(interval=2, times=3), {"type": 1, "repeat_interval": 2, "end_times": 3}),
        (
            repeats(WEEKLY, weekdays=frozenset({0, 2, 5, 6}), times=10),
            {"type": 2, "repeat_interval": 1, "weekly_days": "1,2,4,7", "end_times": 10},
        ),
        (
            repeats(MONTHLY, monthly_day=31, until=STARTS_AT.astimezone(ADDIS)),
            {
                "type": 3,
                "repeat_interval": 1,
                "monthly_day": 31,
                "end_date_time": "2026-11-24T15:00:00Z",
            },
        ),
    ],
)
async def test_a_series_is_planned_with_zooms_numbers_for_days(
    recurrence: Recurrence, sent: dict[str, object]
) -> None:
    wire = Script(httpx.Response(201, json=MEETING), DONE)
    zoom = client_of(wire)
    await zoom.create_meeting(new_meeting(recurrence=recurrence))
    await zoom.update_meeting(7, MeetingChanges(starts_at=STARTS_AT, recurrence=recurrence))
    planned, anew = wire.body(0), wire.body(1)
    assert (planned["type"], planned["recurrence"]) == (8, sent)
    assert (planned["start_time"], planned["timezone"]) == ("2026-11-24T15:00:00Z", ADDIS.key)
    assert anew == {"start_time": "2026-11-24T15:00:00Z", "recurrence": sent}


@pytest.mark.parametrize(
    "changes", [MeetingChanges(topic="Fiqh"), MeetingChanges(recurrence=repeats(times=2))]
)
async def test_what_all_dates_share_is_not_asked_of_one(changes: MeetingChanges) -> None:
    wire = Script(DONE)
    with pytest.raises(ValueError, match="one date"):
        await client_of(wire).update_meeting(7, changes, occurrence_id="179")
    assert wire.requests == []


async def test_a_meeting_is_read_with_its_dates() -> None:
    dates = [
        {"occurrence_id": "1795532400000", "start_time": "2026-11-24T15:00:00Z", "duration": 45},
        {
            "occurrence_id": 1796137200000,
            "start_time": "2026-12-01T15:00:00Z",
            "duration": 45,
            "status": "deleted",
        },
    ]
    wire = Script(httpx.Response(200, json={**MEETING, "type": 8, "occurrences": dates}))
    meeting = await client_of(wire).meeting(82031645907)
    assert wire.calls == ["GET /v2/meetings/82031645907"]
    assert meeting.is_recurring
    assert meeting.occurrences == (
        Occurrence("1795532400000", STARTS_AT, timedelta(minutes=45), is_deleted=False),
        Occurrence(
            "1796137200000",
            STARTS_AT + timedelta(days=7),
            timedelta(minutes=45),
            is_deleted=True,
        ),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", None),
        ("join_url", ""),
        ("start_url", 5),
        ("start_time", "soon"),
        ("duration", "long"),
        ("duration", 10**17),
        ("occurrences", {}),
        ("occurrences", ["2026-11-24"]),
        ("occurrences", [{"occurrence_id": "1", "start_time": "2026-11-24T15:00:00Z"}]),
    ],
)
async def test_a_meeting_that_makes_no_sense_is_malformed(name: str, value: object) -> None:
    wire = Script(httpx.Response(200, json={**MEETING, name: value}))
    with pytest.raises(Malformed, match="reading a meeting"):
        await client_of(wire).meeting(7)


async def test_a_meeting_without_a_fixed_time_has_none() -> None:
    without = {name: value for name, value in MEETING.items() if name != "start_time"}
    meeting = await client_of(Script(httpx.Response(200, json=without))).meeting(1)
    assert meeting.starts_at is None
    assert not meeting.is_recurring


async def test_what_lets_people_in_is_not_printed() -> None:
    meeting = await client_of(Script(httpx.Response(200, json=MEETING))).meeting(1)
    for secret in ("letmein", "hostsecret", "Tajweed"):
        assert secret not in repr(meeting)


async def test_each_host_link_is_asked_for_anew() -> None:
    wire = Script(
        httpx.Response(200, json=MEETING),
        httpx.Response(200, json={**MEETING, "start_url": "https://zoom.example/s/2"}),
    )
    zoom = client_of(wire)
    links = [await zoom.start_url(82031645907), await zoom.start_url(82031645907)]
    assert links == [MEETING["start_url"], "https://zoom.example/s/2"]


async def test_only_what_changes_is_sent() -> None:
    wire = Script(DONE)
    changes = MeetingChanges(starts_at=STARTS_AT, zone=ADDIS, length=timedelta(minutes=30))
    await client_of(wire).update_meeting(7, changes)
    await client_of(wire).update_meeting(7, MeetingChanges(agenda=""), occurrence_id="179")
    assert wire.calls == ["PATCH /v2/meetings/7", "PATCH /v2/meetings/7?occurrence_id=179"]
    assert wire.body(0) == {
        "start_time": "2026-11-24T15:00:00Z",
        "timezone": "Africa/Addis_Ababa",
        "duration": 30,
    }
    assert wire.body(1) == {"agenda": ""}


async def test_a_meeting_is_deleted_altogether_or_on_one_date() -> None:
    wire = Script(DONE)
    await client_of(wire).delete_meeting(7)
    await client_of(wire).delete_meeting(7, occurrence_id="179")
    assert wire.calls == ["DELETE /v2/meetings/7", "DELETE /v2/meetings/7?occurrence_id=179"]


async def test_a_meeting_is_ended() -> None:
    wire = Script(DONE)
    await client_of(wire).end_meeting(7)
    assert wire.calls == ["PUT /v2/meetings/7/status"]
    assert wire.body() == {"action": "end"}


async def test_upcoming_meetings_come_from_all_pages() -> None:
    listed = {"id": 1, "topic": "Fiqh", "agenda": "C-1", "start_time": "2026-11-24T15:00:00Z"}
    wire = Script(
        httpx.Response(200, json={"meetings": [listed], "next_page_token": "p/2+="}),
        httpx.Response(200, json={"meetings": [], "next_page_token": "p3"}),
        httpx.Response(200, json={"meetings": [{"id": 2}], "next_page_token": ""}),
    )
    assert await every(client_of(wire).upcoming_meetings()) == [
        ListedMeeting(1, "", "Fiqh", "C-1", STARTS_AT, None),
        ListedMeeting(2, "", "", "", None, None),
    ]
    assert wire.calls == [
        "GET /v2/users/me/meetings?type=upcoming&page_size=300",
        "GET /v2/users/me/meetings?type=upcoming&page_size=300&next_page_token=p%2F2%2B%3D",
        "GET /v2/users/me/meetings?type=upcoming&page_size=300&next_page_token=p3",
    ]


async def test_a_page_that_follows_itself_ends_the_list() -> None:
    wire = Script(httpx.Response(200, json={"meetings": [], "next_page_token": "again"}))
    with pytest.raises(Malformed):
        await every(client_of(wire).upcoming_meetings())
    assert len(wire.requests) == 2


PAST = {
    "id": 82031645907,
    "uuid": "q8Rt",
    "host_id": "hN3kXq",
    "start_time": "2026-11-24T15:02:10Z",
    "end_time": "2026-11-24T15:49:31Z",
}


async def test_a_past_meeting_says_when_it_was_held() -> None:
    wire = Script(httpx.Response(200, json=PAST))
    assert await client_of(wire).past_meeting("q8Rt") == PastMeeting(
        82031645907,
        "q8Rt",
        "hN3kXq",
        datetime(2026, 11, 24, 15, 2, 10, tzinfo=UTC),
        datetime(2026, 11, 24, 15, 49, 31, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("uuid", "in_path"),
    [
        ("q8RtVQ+aA==", "q8RtVQ%2BaA%3D%3D"),
        ("q8/Rt==", "q8%2FRt%3D%3D"),
        ("/q8Rt==", "%252Fq8Rt%253D%253D"),
        ("q8//Rt==", "q8%252F%252FRt%253D%253D"),
    ],
)
async def test_a_uuid_is_encoded_twice_where_its_slashes_could_be_lost(
    uuid: str, in_path: str
) -> None:
    wire = Script(httpx.Response(200, json={**PAST, "participants": []}))
    await client_of(wire).past_meeting(uuid)
    await every(client_of(wire).past_participants(uuid))
    assert wire.calls == [
        f"GET /v2/past_meetings/{in_path}",
        f"GET /v2/past_meetings/{in_path}/participants?page_size=300",
    ]


async def test_past_participants_come_from_all_pages() -> None:
    ahmed = {
        "id": "",
        "name": "Ahmed",
        "user_id": "16781312",
        "user_email": "",
        "join_time": "2026-11-24T15:03:44Z",
        "leave_time": "2026-11-24T15:20:08Z",
        "duration": 984,
        "status": "in_waiting_room",
    }
    aisha = {**ahmed, "id": "hN3kXq", "name": "Aisha Q", "status": "in_meeting"}
    wire = Script(
        httpx.Response(200, json={"participants": [ahmed], "next_page_token": "2"}),
        httpx.Response(200, json={"participants": [aisha]}),
    )
    times = (
        datetime(2026, 11, 24, 15, 3, 44, tzinfo=UTC),
        datetime(2026, 11, 24, 15, 20, 8, tzinfo=UTC),
    )
    assert await every(client_of(wire).past_participants("q8Rt")) == [
        PastParticipant("16781312", "Ahmed", "", "", "", *times, in_waiting_room=True),
        PastParticipant("16781312", "Aisha Q", "hN3kXq", "", "", *times, in_waiting_room=False),
    ]


async def test_past_instances_are_listed() -> None:
    held = {"meetings": [{"uuid": "q8/Rt==", "start_time": "2026-11-24T15:02:10Z"}]}
    wire = Script(httpx.Response(200, json=held))
    assert await client_of(wire).past_instances(7) == (
        PastInstance("q8/Rt==", datetime(2026, 11, 24, 15, 2, 10, tzinfo=UTC)),
    )
    assert wire.calls == ["GET /v2/past_meetings/7/instances"]
