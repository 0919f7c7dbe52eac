"""A name that somebody chose stands beside what Telegram has, where a teacher says who it is."""

from dataclasses import replace

import pytest

from bot.speech import Speech
from bot.views import roster, roster_names
from services.own_attendance import WhoAreThey
from services.roster import Linking
from storage.people import Person
from tests.bot.keyboards import buttons
from tests.bot.views_of_rosters import PERSON, STUDENT

KHADIJA = replace(PERSON, name="Khadija", username="khadija")


@pytest.mark.parametrize(
    ("person", "said", "label"),
    [
        (KHADIJA, "Khadija (@khadija) asks", "Khadija"),
        (
            replace(KHADIJA, has_own_name=True),
            "Khadija (a name they chose themselves; in Telegram @khadija) asks",
            "Khadija (@khadija)",
        ),
        (
            replace(KHADIJA, has_own_name=True, username=None),
            "Khadija (a name they chose themselves) asks",
            "Khadija (own choice)",
        ),
    ],
)
def test_whoever_chose_their_name_is_shown_as_such(person: Person, said: str, label: str) -> None:
    say = Speech("en").school
    assert said in roster_names.who_are_they(say, WhoAreThey(person, ())).text
    assert label in buttons(roster.whom_to_link(say, Linking(STUDENT, (person,))))
