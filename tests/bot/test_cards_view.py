"""A class as its group and its teacher read it, each text written out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.speech import Say, Speech
from bot.views.cards import answer_card, cancelled_notice, class_card
from bot.views.message import View
from school.model import LessonState, Planned
from services.post_contents import AnswerCard, CancelledNotice, ClassCard, Delivery
from services.posts import Trouble
from services.problems import Problem
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
PLANNED = Planned(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), timedelta(minutes=45))
RANGE = (
    '<tg-time unix="1795532400" format="wDt">Tue 24 Nov, 18:00</tg-time> – '
    '<tg-time unix="1795535100" format="t">18:45 (Addis Ababa)</tg-time>'
)
CARD = ClassCard(
    topic="Tajweed",
    teacher_name="Aisha",
    planned=PLANNED,
    zone=ADDIS_ABABA,
    state=LessonState.SCHEDULED,
    starts_soon=False,
    here_now=0,
    lasted=None,
    student_count=0,
    join_url="https://zoom.us/j/1",
    calendar_url=None,
    repeat=None,
    is_announced=True,
)
ANSWER = AnswerCard(
    lesson_id=7,
    version=1,
    topic="Tajweed",
    planned=PLANNED,
    zone=ADDIS_ABABA,
    state=LessonState.SCHEDULED,
    deliveries=(Delivery("Beginners A", True, None), Delivery("Beginners B", True, None)),
    here_now=0,
    lasted=None,
    problem=None,
    next_try_at=None,
    zoom_email="aisha@example.org",
    plan_limit=None,
    is_changing=False,
    is_gone=False,
    can_undo=False,
    series=None,
    given_to=None,
    given_by=None,
)
HEAD = "<b>Tajweed</b> · Tue 24 Nov, 18:00–18:45 (Addis Ababa)"


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def labels(view: View) -> list[str]:
    return list(buttons(view)) if view.keyboard else []


def test_a_scheduled_class(say: Say) -> None:
    view = class_card(say, CARD)
    assert view.text == f"📗 <b>Tajweed</b> with Aisha\n{RANGE}"
    assert buttons(view)["Join class"].url == "https://zoom.us/j/1"


def test_a_live_class(say: Say) -> None:
    live = replace(CARD, state=LessonState.LIVE)
    view = class_card(say, replace(live, here_now=7))
    assert view.text == "📗 <b>Tajweed</b> with Aisha · <b>live now</b>, 7 here"
    assert labels(view) == ["Join class"]
    assert class_card(say, live).text == "📗 <b>Tajweed</b> with Aisha · <b>live now</b>"


def test_an_ended_class(say: Say) -> None:
    ended = replace(
        CARD, state=LessonState.ENDED, lasted=timedelta(minutes=47, seconds=10), student_count=9
    )
    view = class_card(say, ended)
    assert view.text == ("📗 <b>Tajweed</b> with Aisha · ended\nTue 24 Nov · 47 min · 9 students")
    assert labels(view) == []
    one = class_card(say, replace(ended, student_count=1))
    assert one.text.endswith("1 student")


def test_a_cancelled_class(say: Say) -> None:
    view = class_card(say, replace(CARD, state=LessonState.CANCELLED))
    assert view.text == f"📕 <b>Tajweed</b> with Aisha · cancelled\n{RANGE}"
    assert labels(view) == []


def test_a_class_whose_teacher_was_erased(say: Say) -> None:
    erased = replace(
        CARD, topic=None, teacher_name=None, join_url=None, state=LessonState.CANCELLED
    )
    assert class_card(say, erased).text.startswith("📕 <b>A class</b> · cancelled\n")


def test_names_and_topics_are_escaped(say: Say) -> None:
    view = class_card(say, replace(CARD, topic="<b>1 & 2", teacher_name="A<i>"))
    assert view.text.startswith("📗 <b>&lt;b&gt;1 &amp; 2</b> with A&lt;i&gt;\n")


def test_a_cancellation_that_rings(say: Say) -> None:
    notice = CancelledNotice("Tajweed", PLANNED, ADDIS_ABABA, None)
    assert cancelled_notice(say, notice).text == "📕 <b>Tajweed</b> on Tue 24 Nov is cancelled."
    assert cancelled_notice(say, replace(notice, topic=None)).text == (
        "📕 The class on Tue 24 Nov is cancelled."
    )


def test_the_teachers_card_when_all_is_sent(say: Say) -> None:
    view = answer_card(say, ANSWER)
    assert view.text == f"{HEAD}\nSent to 2 of 2 groups."
    assert labels(view) == ["Start class", "Cancel class"]
    assert buttons(view)["Start class"].callback_data == "1:lesson.start:7"
    assert buttons(view)["Cancel class"].callback_data == "1:lesson.ask:7"


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Trouble.REMOVED, "<b>Sisters</b>: I was removed. Add me again, and I post it."),
        (Trouble.NO_RIGHTS, "<b>Sisters</b>: I may not write there. Allow it, then type /link."),
        (Trouble.TOPIC_CLOSED, "<b>Sisters</b>: its topic is closed. Type /link in an open one."),
        (
            Trouble.UNCERTAIN,
            "<b>Sisters</b>: Telegram did not confirm it. Please look there.",
        ),
        (Trouble.GONE, "<b>Sisters</b>: I cannot find it. Add me again, and I post it."),
        (Trouble.REFUSED, "<b>Sisters</b>: Telegram did not take the message."),
    ],
)
def test_the_teachers_card_says_where_it_is_not_shown(
    say: Say, trouble: Trouble, said: str
) -> None:
    troubled = replace(ANSWER, deliveries=(*ANSWER.deliveries, Delivery("Sisters", False, trouble)))
    assert answer_card(say, troubled).text == f"{HEAD}\nSent to 2 of 3 groups.\n{said}"


def test_many_troubles_are_not_all_named(say: Say) -> None:
    lost = tuple(Delivery(f"Group {n}", False, Trouble.REMOVED) for n in range(12))
    text = answer_card(say, replace(ANSWER, deliveries=lost)).text
    assert text.endswith("and 2 more groups")
    assert "Group 9" in text
    assert "Group 10" not in text


def test_one_group_that_is_still_to_come(say: Say) -> None:
    waiting = replace(ANSWER, deliveries=(Delivery("Sisters", False, None),))
    assert answer_card(say, waiting).text == f"{HEAD}\nSent to 0 of 1 group."


def test_a_class_longer_than_the_plan_allows(say: Say) -> None:
    limited = replace(ANSWER, plan_limit=timedelta(minutes=40))
    assert answer_card(say, limited).text == (
        f"{HEAD}\nSent to 2 of 2 groups.\n\n"
        "45 min is longer than your Zoom plan allows; Zoom will end the class after 40 min."
    )


@pytest.mark.parametrize(
    ("problem", "said", "offered"),
    [
        (None, "Being created at Zoom…", []),
        (
            Problem.UNAVAILABLE,
            "Zoom is not answering. Your class is saved and I will try again in a minute.",
            ["Try now", "Discard"],
        ),
        (
            Problem.RECONNECT,
            (
                "Zoom no longer lets me in as aisha@example.org. "
                "Connect again and I will go on where we stopped."
            ),
            ["Connect Zoom", "Discard"],
        ),
        (
            Problem.NOT_CONNECTED,
            "Your Zoom account is not connected. Connect it and I will go on where we stopped.",
            ["Connect Zoom", "Discard"],
        ),
        (
            Problem.REFUSED,
            (
                "Zoom does not take this class as it is. Discard it and make it anew; "
                "if that does not help, tell your admin."
            ),
            ["Try now", "Discard"],
        ),
    ],
)
def test_a_class_that_zoom_does_not_have_yet(
    say: Say, problem: Problem | None, said: str, offered: list[str]
) -> None:
    creating = replace(ANSWER, state=LessonState.CREATING, deliveries=(), problem=problem)
    view = answer_card(say, creating)
    assert view.text == f"{HEAD}\n{said}"
    assert labels(view) == offered


def test_zooms_daily_limit_is_told_with_its_end(say: Say) -> None:
    resets = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    creating = replace(
        ANSWER, state=LessonState.CREATING, problem=Problem.DAILY_LIMIT, next_try_at=resets
    )
    view = answer_card(say, creating)
    assert view.text == (
        f"{HEAD}\nYou have reached Zoom&#39;s limit of 100 changes a day. "
        "Your class is saved and I will go on when it resets: "
        '<tg-time unix="1795478400" format="wDt">Tue 24 Nov, 03:00 (Addis Ababa)</tg-time>.'
    )
    assert labels(view) == ["Discard"]


def test_the_teachers_card_while_and_after_the_class(say: Say) -> None:
    live = answer_card(say, replace(ANSWER, state=LessonState.LIVE))
    assert live.text == ("<b>Tajweed</b> · <b>live now</b>\nTue 24 Nov, 18:00–18:45 (Addis Ababa)")
    assert labels(live) == ["Start class"]
    ended = replace(ANSWER, state=LessonState.ENDED, lasted=timedelta(minutes=47))
    assert answer_card(say, ended).text == "<b>Tajweed</b> · ended\nTue 24 Nov · 47 min"


def test_a_cancelled_class_whose_meeting_is_still_there(say: Say) -> None:
    cancelled = replace(ANSWER, state=LessonState.CANCELLED)
    head = "<b>Tajweed</b> · cancelled\nTue 24 Nov, 18:00–18:45 (Addis Ababa)"
    assert answer_card(say, cancelled).text == head
    assert answer_card(say, replace(cancelled, problem=Problem.UNAVAILABLE)).text == (
        f"{head}\n\nZoom does not answer; I will delete the meeting there as soon as it does."
    )
