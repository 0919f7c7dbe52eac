import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.names import clean_name, normalised_name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Tajweed \n for\tall ", "Tajweed for all"),
        ("\u202eTajweed\u202c", "Tajweed"),
        ("\u2067تجويد\u2069", "تجويد"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("\x00bell\x07", "bell"),
        ("👩\u200d🏫 class", "👩\u200d🏫 class"),  # joiners hold an emoji together
        ("می\u200cخواهم", "می\u200cخواهم"),  # and keep Persian letters apart
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_would_disturb_others(
    typed: str, shown: str
) -> None:
    assert clean_name(typed) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_name_is_clean_and_can_be_stored(text: str) -> None:
    cleaned = clean_name(text)
    assert clean_name(cleaned) == cleaned
    assert not set(cleaned) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\n")
    cleaned.encode()  # lone surrogates would raise


@given(st.text())
def test_a_normalised_name_is_its_own_normal_form(text: str) -> None:
    assert normalised_name(normalised_name(text)) == normalised_name(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Mn"])))
def test_case_and_spaces_do_not_make_another_name(text: str) -> None:
    assert normalised_name(f"  {text}  ") == normalised_name(text)
    assert normalised_name(text.casefold()) == normalised_name(text)
