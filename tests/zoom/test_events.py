"""What each of Zoom's events is read as: one file in events/ per case."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import oracle
from zoom.webhooks import (
    HANDLED,
    IGNORED,
    AppDeauthorized,
    Envelope,
    Event,
    Ignored,
    Malformed,
    MeetingDeleted,
    MeetingEnded,
    MeetingStarted,
    MeetingUpdated,
    Participant,
    ParticipantJoined,
    ParticipantJoinedBreakout,
    ParticipantLeft,
    ParticipantLeftBreakout,
    ParticipantWaits,
    ParticipantWaitsNoMore,
    Unknown,
    UrlValidation,
    peek,
    read,
)

EVENTS = Path(__file__).parent / "events"

MEETING = 82031645907
UUID = "q8Rt/5bWQ0yC3mVn2LpXaA=="
ROOM = "nB7yqk1JTf2wZ0aPdR5sLg=="
HOST = "hN3kXq_TQ9aisha0Zx1aaA"
ACCOUNT = "acc7Tn0QSVq1schoolAB"


def at(clock_time: str, day: int = 24) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock_time}").replace(tzinfo=UTC)


def of_meeting(reported_at: datetime) -> tuple[int, str, str, datetime]:
    return MEETING, HOST, ACCOUNT, reported_at


STARTED_AT = at("15:02:10")
AHMED = Participant("16781312", "6B1F0A52-9C1D-4E7B-8A55-0E2D7C90B113", "Ahmed")
AHMED_IN_ROOM = Participant("33570816", "6B1F0A52-9C1D-4E7B-8A55-0E2D7C90B113", "Ahmed")
KHADIJA = Participant(
    "16781312",
    "6B1F0A52-9C1D-4E7B-8A55-0E2D7C90B113",
    "خديجة",
    registrant_id="rG4-khadija_7",
    email="khadija@example.org",
)
AISHA = Participant(
    "16778240",
    "A0C2E7D4-11F3-4B6E-9D0A-5B7A9E3C2F01",
    "Aisha Q",
    zoom_user_id=HOST,
    email="aisha@example.org",
)

READ_AS: dict[str, Event] = {
    "started": MeetingStarted(*of_meeting(at("15:02:12.418")), UUID, STARTED_AT),
    "ended": MeetingEnded(
        *of_meeting(at("15:49:32.007")), UUID, STARTED_AT, at("15:49:31"), end_is_reported=True
    ),
    "ended_without_end_time": MeetingEnded(
        *of_meeting(at("15:49:32.007")), UUID, STARTED_AT, at("15:49:32.007"), end_is_reported=False
    ),
    "joined_as_host": ParticipantJoined(
        *of_meeting(at("15:02:12.900")), UUID, STARTED_AT, AISHA, at("15:02:10")
    ),
    "joined_as_guest": ParticipantJoined(
        *of_meeting(at("15:03:45.120")), UUID, STARTED_AT, AHMED, at("15:03:44")
    ),
    "joined_as_registrant": ParticipantJoined(
        *of_meeting(at("15:05:01")), UUID, STARTED_AT, KHADIJA, at("15:05:00")
    ),
    "joined_by_date_time": ParticipantJoined(
        *of_meeting(at("15:03:45.120")), UUID, STARTED_AT, AHMED, at("15:03:44")
    ),
    "left": ParticipantLeft(
        *of_meeting(at("15:20:09.002")),
        UUID,
        STARTED_AT,
        AHMED,
        at("15:20:08"),
        free_limit_reached=False,
    ),
    "left_at_the_free_limit": ParticipantLeft(
        *of_meeting(at("15:42:11")),
        UUID,
        STARTED_AT,
        AHMED,
        at("15:42:10"),
        free_limit_reached=True,
    ),
    "joined_breakout": ParticipantJoinedBreakout(
        *of_meeting(at("15:25:00.441")),
        UUID,
        STARTED_AT,
        AHMED_IN_ROOM,
        "16781312",
        ROOM,
        at("15:25:00"),
    ),
    "left_breakout": ParticipantLeftBreakout(
        *of_meeting(at("15:33:21.009")),
        UUID,
        STARTED_AT,
        AHMED_IN_ROOM,
        "16781312",
        ROOM,
        at("15:33:20"),
        free_limit_reached=False,
    ),
    "waits_before_host": ParticipantWaits(
        *of_meeting(at("14:58:00.250")),
        UUID,
        None,
        Participant("", "", "Ahmed"),
        at("14:58:00.250"),
        before_host=True,
    ),
    "waits_no_more_before_host": ParticipantWaitsNoMore(
        *of_meeting(at("15:02:10.900")),
        "",
        None,
        Participant("", "", "Khadija", registrant_id="rG4-khadija_7"),
        at("15:02:10.900"),
        before_host=True,
    ),
    "waiting_room_joined": ParticipantWaits(
        *of_meeting(at("15:03:02")), UUID, STARTED_AT, AHMED, at("15:03:01"), before_host=False
    ),
    "waiting_room_left": ParticipantWaitsNoMore(
        *of_meeting(at("15:04:31")), UUID, STARTED_AT, AHMED, at("15:04:30"), before_host=False
    ),
    "updated": MeetingUpdated(*of_meeting(at("06:00:00.456"))),
    "deleted_altogether": MeetingDeleted(*of_meeting(at("06:01:40")), ()),
    "deleted_once_planned": MeetingDeleted(*of_meeting(at("06:01:40")), ()),
    "deleted_on_one_date": MeetingDeleted(*of_meeting(at("06:01:40")), ("1796137200000",)),
    "app_deauthorized": AppDeauthorized(HOST, ACCOUNT, "cl13nt_School", at("08:15:00.250", day=30)),
    "url_validation": UrlValidation("Zp0vT2mKQx6sAisha0_w"),
    "admitted": Ignored("meeting.participant_admitted"),
    "recording_completed": Unknown("recording.completed"),
}


def body_of(case: str) -> bytes:
    return (EVENTS / f"{case}.json").read_bytes()


def changed(case: str, *path: str, to: object) -> bytes:
    """The case's body with one value replaced; None takes it out."""
    body = json.loads(body_of(case))
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(body).encode()


@pytest.mark.parametrize("case", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_each_event_is_read_as_what_it_says(case: str) -> None:
    assert read(body_of(case)) == READ_AS[case]


def test_no_address_phone_number_or_reason_is_kept() -> None:
    kept = " ".join(repr(read(body_of(case))) for case in READ_AS)
    for hidden in ("198.51.100.7", "192.0.2.4", "+2510", "Reason", "left the breakout"):
        assert hidden not in kept


def test_names_and_addresses_are_not_printed() -> None:
    printed = " ".join(repr(read(body_of(case))) for case in READ_AS)
    for personal in ("Ahmed", "Khadija", "خديجة", "@example.org"):
        assert personal not in printed


@pytest.mark.parametrize(
    ("case", "envelope"),
    [
        ("joined_as_guest", Envelope("meeting.participant_joined", MEETING, HOST, 1795532625120)),
        ("updated", Envelope("meeting.updated", MEETING, HOST, 1795500000456)),
        ("app_deauthorized", Envelope("app_deauthorized", None, "", 1796026500300)),
        (
            "waits_no_more_before_host",
            Envelope("meeting.participant_jbh_waiting_left", MEETING, HOST, 1795532530900),
        ),
        ("admitted", Envelope("meeting.participant_admitted", None, "", 1795532582000)),
        ("recording_completed", Envelope("recording.completed", None, "", 1795536000000)),
    ],
)
def test_peeking_tells_what_an_event_is_about(case: str, envelope: Envelope) -> None:
    assert peek(body_of(case)) == envelope


@pytest.mark.parametrize("said", ['"soon"', "-1", "1e300", "null", "9" * 30])
def test_a_time_of_the_event_that_makes_no_sense_is_left_out_in_peeking(said: str) -> None:
    body = b'{"event": "app_deauthorized", "payload": {}, "event_ts": %s}' % said.encode()
    assert peek(body).reported_ms == 0


def test_what_peeking_calls_handled_is_what_reading_makes_something_of() -> None:
    for case, event in READ_AS.items():
        assert peek(body_of(case)).is_handled is not isinstance(event, Ignored | Unknown)


def test_no_event_is_both_handled_and_ignored() -> None:
    assert not HANDLED.keys() & IGNORED.keys()
    assert all(IGNORED.values())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["payload", "object", "id"], "<PMI>"),
        (["payload", "object", "id"], "8" * 5_000),
        (["payload", "object", "id"], 10**30),
        (["payload", "object", "id"], -5),
        (["payload", "object", "id"], True),
        (["payload", "object", "id"], None),
        (["payload", "object", "uuid"], ""),
        (["payload", "object", "uuid"], 5),
        (["payload", "object", "participant"], "Ahmed"),
        (["payload", "object", "participant", "join_time"], None),
        (["payload", "object", "participant", "join_time"], "yesterday"),
        (["payload", "object", "participant", "join_time"], "2026-11-24T15:03:44"),
        (["payload", "object", "participant", "join_time"], "0001-01-01T00:00:00+23:59"),
        (["payload", "object", "participant", "email"], ["a@example.org"]),
        (["payload", "object"], []),
        (["payload"], None),
        (["event"], ""),
        (["event"], 7),
        (["event_ts"], "soon"),
        (["event_ts"], 10**17),
    ],
)
def test_an_event_that_makes_no_sense_is_malformed(path: list[str], value: object) -> None:
    with pytest.raises(Malformed):
        read(changed("joined_as_guest", *path, to=value))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff\xfe{", b"[" * 100_000])
def test_what_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)
    with pytest.raises(Malformed):
        peek(body)


def test_a_malformed_event_is_told_without_its_values() -> None:
    with pytest.raises(Malformed) as caught:
        read(changed("joined_as_guest", "payload", "object", "participant", "email", to=["secret"]))
    assert "secret" not in str(caught.value)
    assert "email" in str(caught.value)


def test_half_a_surrogate_pair_in_a_name_becomes_a_replacement_character() -> None:
    participant = ["payload", "object", "participant", "user_name"]
    event = read(changed("joined_as_guest", *participant, to="A\ud83dhmed 😀\udc00"))
    assert isinstance(event, ParticipantJoined)
    assert event.participant.name == "A\ufffdhmed 😀\ufffd"


def test_a_connection_id_may_be_a_number() -> None:
    event = read(changed("left", "payload", "object", "participant", "user_id", to=16781312))
    assert isinstance(event, ParticipantLeft)
    assert event.participant == AHMED


@pytest.mark.parametrize("reason", [None, 7, ["left"], ""])
def test_no_leave_is_lost_for_the_wording_of_its_reason(reason: object) -> None:
    path = ["payload", "object", "participant", "leave_reason"]
    assert read(changed("left", *path, to=reason)) == READ_AS["left"]


def test_a_participant_signed_in_elsewhere_is_known_by_the_other_user_id() -> None:
    path = ["payload", "object", "participant", "participant_user_id"]
    event = read(changed("joined_as_guest", *path, to="u5er"))
    assert isinstance(event, ParticipantJoined)
    assert event.participant.zoom_user_id == "u5er"


@pytest.mark.parametrize("plain_token", ["v0:1795000000:{}", ":", "x" * 129, "", 5, None])
def test_a_challenge_that_could_be_something_else_is_not_answered(plain_token: object) -> None:
    with pytest.raises(Malformed):
        read(changed("url_validation", "payload", "plainToken", to=plain_token))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary())
def test_no_bytes_make_reading_fail_otherwise(body: bytes) -> None:
    for parse in (read, peek):
        with contextlib.suppress(Malformed):
            parse(body)


def _paths(value: object, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return [before]
    inner = [path for name, one in value.items() for path in _paths(one, (*before, name))]
    return [*inner, before] if before else inner


_PLACES = [(case, path) for case in sorted(READ_AS) for path in _paths(json.loads(body_of(case)))]


@given(st.sampled_from(_PLACES), _JSON)
def test_no_value_in_any_place_makes_reading_fail_otherwise(
    place: tuple[str, tuple[str, ...]], value: object
) -> None:
    case, path = place
    body = changed(case, *path, to=value)
    for parse in (read, peek):
        with contextlib.suppress(Malformed):
            parse(body)


# Against what Zoom publishes and what was captured, where that is present


def _published() -> list[Path]:
    return sorted(oracle("zoom/payloads").glob("*.json"))


def test_every_published_example_is_read() -> None:
    for path in _published():
        event = read(path.read_bytes())
        assert not isinstance(event, Unknown), path.stem


def test_every_published_example_is_handled_or_ignored_by_name() -> None:
    assert {path.stem for path in _published()} == HANDLED.keys() | IGNORED.keys()


def test_the_published_deletion_is_of_one_date_unless_it_says_all() -> None:
    said = json.loads((oracle("zoom/payloads") / "meeting.deleted.json").read_bytes())
    for operation, gone in (("single", ("ABCDE12345",)), ("all", ())):
        said["payload"]["operation"] = operation
        event = read(json.dumps(said).encode())
        assert isinstance(event, MeetingDeleted)
        assert event.occurrence_ids == gone


@pytest.mark.parametrize(
    ("name", "kind", "before_host"),
    [
        ("participant_jbh_waiting", ParticipantWaits, True),
        ("participant_jbh_waiting_left", ParticipantWaitsNoMore, True),
        ("participant_joined_waiting_room", ParticipantWaits, False),
        ("participant_left_waiting_room", ParticipantWaitsNoMore, False),
    ],
)
def test_published_examples_of_waiting_tell_who_and_where(
    name: str, kind: type[ParticipantWaits | ParticipantWaitsNoMore], before_host: bool
) -> None:
    event = read((oracle("zoom/payloads") / f"meeting.{name}.json").read_bytes())
    assert type(event) is kind
    assert event.before_host is before_host
    assert event.participant.zoom_user_id == "iFxeBPYun6SAiWUzBcEkX"
    assert (event.started_at is None) is before_host


def test_real_events_of_a_paid_account_are_read() -> None:
    captures = sorted(oracle("zoom/payloads/real").glob("*.capture.json"))
    bodies = [json.loads(path.read_bytes())["rawBody"] for path in captures]
    kinds = [type(read(body.encode())) for body in bodies]
    assert kinds == [MeetingEnded, ParticipantJoined, ParticipantLeft, MeetingStarted]


def test_real_events_of_a_free_account_are_read() -> None:
    kinds = []
    for path in sorted(oracle("zoom/payloads/real").glob("basic-*.json")):
        body = json.loads(path.read_bytes())["body"]
        body["payload"]["object"]["id"] = "2345678901"  # its number was taken out
        kinds.append(type(read(json.dumps(body).encode())))
    assert kinds == [MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft]
