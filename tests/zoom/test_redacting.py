"""A report with nobody in it but one person."""

import json
from pathlib import Path

import pytest

from zoom.redacting import Mentioned, hosts_of, narrowed, without

SHALLOW = 100  # deeper than anything of Zoom's
EVENTS = sorted((Path(__file__).parent / "events").glob("*.json"))
OWN = frozenset({"hn3kxq_tq9aisha0zx1aaa", "aisha@example.org"})
OTHERS = ("khadija@example.org", "خديجة", "rG4-khadija_7", "198.51.100.7", "+251000000000")


def everybody(one: Mentioned) -> bool:
    del one
    return True


def nobody(one: Mentioned) -> bool:
    del one
    return False


def khadija(one: Mentioned) -> bool:
    return one.registrant_id == "rG4-khadija_7"


def joined() -> bytes:
    return (Path(__file__).parent / "events" / "joined_as_registrant.json").read_bytes()


def test_who_is_meant_is_left_and_the_others_are_counted() -> None:
    found = narrowed(joined(), khadija, frozenset())
    assert found is not None
    assert (len(found.entries), found.others) == (1, 0)
    assert all(other in json.dumps(found.entries, ensure_ascii=False) for other in OTHERS)
    assert "aisha" not in json.dumps(found.whole).casefold()


def test_the_class_is_left_without_who_else_was_there() -> None:
    found = narrowed(joined(), nobody, OWN)
    assert found is not None
    assert (found.entries, found.others) == ((), 1)
    said = json.dumps(found.whole, ensure_ascii=False)
    assert not [other for other in OTHERS if other in said]
    assert "hN3kXq_TQ9aisha0Zx1aaA" in said


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_nobody_at_all_is_left_of_any_event_of_others(path: Path) -> None:
    found = narrowed(path.read_bytes(), nobody, frozenset())
    assert found is not None
    said = json.dumps(found.whole, ensure_ascii=False)
    assert "@" not in said
    assert not [other for other in OTHERS if other in said]


def test_somebody_without_a_name_is_somebody() -> None:
    body = b'{"stays": [{"email": "saleh@example.org"}, {"participant_uuid": "u"}, {"room": 1}]}'
    found = narrowed(body, nobody, frozenset())
    assert found is not None
    assert (found.whole, found.others) == ({"stays": [{"room": 1}]}, 2)


def test_what_is_no_report_says_nothing() -> None:
    assert narrowed(b"nonsense", nobody, frozenset()) is None


@pytest.mark.parametrize("depth", [SHALLOW, 320, 450, 700, 900, 990, 1_500, 100_000])
@pytest.mark.parametrize("level", [b'{"a":', b"["], ids=["objects", "lists"])
def test_what_is_nested_too_deep_for_anybody_is_no_report(level: bytes, depth: int) -> None:
    end = b"}" if level.startswith(b"{") else b"]"
    body = depth * level + b'{"user_name": "Zayd", "host_id": "h"}' + depth * end
    if depth == SHALLOW:
        assert hosts_of(body) == {"h"}
    assert hosts_of(body) <= {"h"}
    for found in (without(body, everybody, "S-1"), narrowed(body, nobody, frozenset())):
        assert found is not None or depth > SHALLOW
        assert found is None or b"Zayd" not in repr(found).encode()
