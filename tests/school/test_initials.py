"""Names that are stored as initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.device_names import is_proper_name
from school.initials import initials
from school.names import clean_name


@pytest.mark.parametrize(
    ("name", "shortened"),
    [
        ("Amina Musa", "A. M."),
        ("  amina   musa ", "A. M."),
        ("Khadija", "K."),
        ("Abdul-Rahman O'Neil", "A. O."),
        ("(Amina) Ali", "A. A."),
        ("أمينة موسى", "أ. م."),
        ("مُحَمَّد", "مُ."),
        ("አሚና ሙሳ", "አ. ሙ."),
        ("किरण", "कि."),
        ("Ömer", "Ö."),
        ("ßeta", "ß."),
        ("🌸 Amina 🌸", "A."),
        ("🌸", "🌸"),
        ("Amina 2", "A. 2"),
        ("0911223344", "0"),
        ("Amina 0911223344", "A."),
        ("iPhone 12", "iPhone 12"),
        ("Khadija’s iPhone", "K. iPhone"),
        ("SM-A515F", "SM-A515F"),
        ("Guest", "Guest"),
        ("A. M.", "A. M."),
        ("", ""),
    ],
)
def test_a_name_comes_down_to_its_first_letters(name: str, shortened: str) -> None:
    assert initials(name) == shortened


@given(st.text())
def test_shortening_again_changes_nothing(name: str) -> None:
    assert initials(initials(name)) == initials(name)


@given(st.text())
def test_something_is_left_of_whoever_had_a_name_and_never_a_word_of_it(name: str) -> None:
    short = initials(name)
    assert bool(short) == bool(clean_name(name))
    assert len(short) <= max(len(clean_name(name)) + 2 * len(clean_name(name).split()), 1)


@pytest.mark.parametrize(
    "name", ["Amina Musa", "Khadija", "አሚና", "iPhone 12", "Guest", "Khadija’s iPhone", "SM-A515F"]
)
def test_whether_a_person_bears_it_is_known_as_before(name: str) -> None:
    assert is_proper_name(initials(name)) == is_proper_name(name)
