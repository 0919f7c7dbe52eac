"""The classes of the coming two weeks, as they are read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.speech import Say, Speech
from bot.views.agenda import agenda
from bot.views.message import LONGEST_TEXT, shown_length
from school.model import LessonState, Planned
from services.agenda import AgendaClass

BEGINS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def a_class(
    days: int = 0,
    topic: str = "Tajweed",
    teacher: str | None = "Aisha",
    state: LessonState = LessonState.SCHEDULED,
) -> AgendaClass:
    planned = Planned(BEGINS + timedelta(days=days), timedelta(minutes=45))
    return AgendaClass(topic, teacher, planned, ZoneInfo("Africa/Addis_Ababa"), state)


def test_days_stand_apart_and_times_are_the_readers(say: Say) -> None:
    text = agenda(say, [a_class(), a_class(topic="Fiqh"), a_class(1)]).text
    first_day, second_day = text.split("\n\n")[1:]
    assert (len(first_day.splitlines()), len(second_day.splitlines())) == (2, 1)
    assert f'<tg-time unix="{int(BEGINS.timestamp())}" format="wDt">' in first_day


def test_what_is_on_or_off_is_marked(say: Say) -> None:
    text = agenda(
        say, [a_class(state=LessonState.LIVE), a_class(1, state=LessonState.CANCELLED)]
    ).text
    live, off = text.splitlines()[2::2]
    assert live.endswith("<b>live now</b>")
    assert off.endswith("cancelled")


def test_a_long_list_is_cut_and_says_so(say: Say) -> None:
    text = agenda(say, [a_class(day % 14) for day in range(33)]).text
    assert text.count("Tajweed") == 20
    assert text.endswith("and 13 more")


def test_the_longest_topics_and_names_fit_into_a_message(say: Say) -> None:
    longest = [a_class(topic="🕌" * 200, teacher="🕌" * 129) for _ in range(33)]
    text = agenda(say, longest).text
    assert shown_length(text) <= LONGEST_TEXT
    assert "more" in text


def test_no_classes_is_said(say: Say) -> None:
    assert agenda(say, []).text == "No classes in the coming two weeks."
