"""What stands behind buttons, and what people may make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callback_data import decode, encode
from school.errors import Outdated

IDS = st.integers(min_value=-(2**62), max_value=2**62)
WORDS = st.text(st.characters(blacklist_characters=":", max_codepoint=0x7E), max_size=8)


@given(draft=IDS, chat=IDS, word=WORDS)
def test_arguments_come_back_as_they_went(draft: int, chat: int, word: str) -> None:
    press = decode(encode("form.group", draft, chat, word))
    assert press.action == "form.group"
    assert (press.number(0), press.number(1), press.word(2)) == (draft, chat, word)


@given(draft=IDS)
def test_the_longest_that_a_form_needs_fits(draft: int) -> None:
    assert len(encode("form.length", draft, 10_000, -1_001_234_567_890)) <= 64


def test_what_would_not_fit_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        encode("form.topic", "é" * 30)
    with pytest.raises(ValueError, match="colon"):
        encode("form.time", "18:00")


@pytest.mark.parametrize("data", [None, "", "1", "1:", "0:form.day:1", "2:form.day", "form.day:1"])
def test_what_we_did_not_make_is_not_current(data: str | None) -> None:
    with pytest.raises(Outdated, match="no longer current"):
        decode(data)


@pytest.mark.parametrize(
    "word", ["", "-", "--1", "1_0", " 1", "+1", "٣", "A", "1.5", "zzzzzzzzzzzzzzzzzz"]
)
def test_a_forged_number_is_not_current(word: str) -> None:
    with pytest.raises(Outdated):
        decode(f"1:lesson.start:{word}").number(0)


def test_a_missing_argument_is_not_current() -> None:
    with pytest.raises(Outdated):
        decode("1:lesson.start").number(0)


@given(data=st.text(max_size=64))
def test_anything_typed_is_either_a_press_or_not_current(data: str) -> None:
    try:
        press = decode(data)
        press.number(0)
    except Outdated:
        return
    assert abs(press.number(0)) < 2**63
