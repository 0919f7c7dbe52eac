"""The short form of the policy, and the ways to the pages."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from bot.speech import Say, Speech
from bot.views.message import shown_length
from bot.views.pages import guide_button, support_button
from bot.views.privacy import short_policy
from school.model import Retention, SchoolProfile
from tests.bot.keyboards import buttons


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_the_short_policy_is_short_and_says_what_why_how_long_and_who(
    say: Say, profile: SchoolProfile
) -> None:
    text = short_policy(say, profile).text
    said = [line for line in text.split("\n") if line]
    assert len(said) <= 10
    assert shown_length(text) < 800
    assert "What Darulkubra keeps about you" in said[0]
    for about in ("Teachers: ", "Students: ", "What for: ", "How long: ", "Who sees it: "):
        assert any(line.startswith(f"· {about}") for line in said)
    assert "5 years" in text
    assert said[-1] == "Questions: privacy@example.org"


def test_the_short_policy_says_all_the_times_that_are_in_force(
    say: Say, profile: SchoolProfile
) -> None:
    kept = Retention(timedelta(days=14), 12, 24, 18)
    text = short_policy(say, replace(profile, retention=kept)).text
    assert "attendance 1 year, hours and pay 2 years" in text
    assert "Zoom's reports 14 days" in unescape(text)
    assert "the log of who did what 18 months" in text


def test_the_short_policy_names_what_everybody_can_do(say: Say, profile: SchoolProfile) -> None:
    commands = set(re.findall(r"(?<!<)/[a-z]+", short_policy(say, profile).text))
    assert commands == {"/mydata", "/profile", "/disconnect", "/deletemydata"}


@pytest.mark.parametrize("language", ["en", "ar", "am"])
def test_pages_open_in_the_language_of_the_chat(language: str, profile: SchoolProfile) -> None:
    say = Speech("en").to(language)
    policy, terms = buttons(short_policy(say, profile)).values()
    others = guide_button(say, profile), support_button(say, profile)
    assert [one.url for one in (policy, terms, *others)] == [
        f"https://bot.example.org/{page}?lang={language}"
        for page in ("privacy", "terms", "guide", "support")
    ]
