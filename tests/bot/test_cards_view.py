"""A class as its group and its teacher read it, each text written out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.speech import Say, Speech
from bot.views.answer_card import answer_card
from bot.views.class_card import cancelled_notice, class_card
from bot.views.message import View
from school.model import LessonState, Planned
from school.recurrence import Frequency, Repeat
from services.contents_for_students import CancelledNotice, ClassCard
from services.contents_for_teachers import AnswerCard, Delivery, SeriesInfo
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
    calendar_url="https://bot.example.org/calendar/l7.ics",
    repeat=None,
    is_announced=True,
)
ANSWER = AnswerCard(
    lesson_id=7,
    version=3,
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
MON_WED = Repeat(Frequency.WEEKLY, weekdays=(0, 2))
HEAD = "<b>Tajweed</b> · Tue 24 Nov, 18:00–18:45 (Addis Ababa)"


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def labels(view: View) -> list[str]:
    return list(buttons(view)) if view.keyboard else []


def behind(view: View) -> dict[str, object]:
    return {label: one.callback_data for label, one in buttons(view).items()}


def test_a_scheduled_class(say: Say) -> None:
    view = class_card(say, CARD)
    assert view.text == f"📗 <b>Tajweed</b> with Aisha\n{RANGE}"
    assert labels(view) == ["Join class", "Add to calendar"]
    assert buttons(view)["Join class"].url == "https://zoom.us/j/1"
    assert buttons(view)["Add to calendar"].url == "https://bot.example.org/calendar/l7.ics"


def test_a_class_that_starts_soon(say: Say) -> None:
    view = class_card(say, replace(CARD, starts_soon=True))
    assert view.text == f"📗 <b>Tajweed</b> with Aisha · <b>starts soon</b>\n{RANGE}"


def test_a_class_of_a_series_says_how_often_it_is(say: Say) -> None:
    view = class_card(say, replace(CARD, repeat=MON_WED))
    assert view.text == f"📗 <b>Tajweed</b> with Aisha\n{RANGE}\nRepeats every Mon and Wed"


def test_while_a_class_is_being_made_anew_nobody_can_join(say: Say) -> None:
    creating = replace(CARD, state=LessonState.CREATING, join_url=None)
    view = class_card(say, creating)
    assert view.text == f"📗 <b>Tajweed</b> with Aisha\n{RANGE}"
    assert view.keyboard is None
    assert labels(class_card(say, replace(CARD, calendar_url=None))) == ["Join class"]


@pytest.mark.parametrize(
    "state", sorted(set(LessonState) - {LessonState.ENDED, LessonState.CANCELLED})
)
def test_a_class_that_left_the_group_says_no_more(say: Say, state: LessonState) -> None:
    view = class_card(say, replace(CARD, is_announced=False, state=state))
    assert view.text == ("📗 <b>Tajweed</b> with Aisha\nThis class is no longer announced here.")
    assert view.keyboard is None


def test_what_was_held_in_a_group_stays_true_there(say: Say) -> None:
    left = replace(CARD, is_announced=False, state=LessonState.ENDED)
    assert class_card(say, left).text.startswith("📗 <b>Tajweed</b> with Aisha · ended")
    off = replace(left, state=LessonState.CANCELLED)
    assert class_card(say, off).text.startswith("📕 <b>Tajweed</b> with Aisha · cancelled")


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
    next_one = replace(notice, next_at=datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    assert cancelled_notice(say, next_one).text == (
        "📕 <b>Tajweed</b> on Tue 24 Nov is cancelled.\n"
        'Next: <tg-time unix="1795705200" format="wDt">Thu 26 Nov, 18:00 (Addis Ababa)</tg-time>'
    )


def test_the_teachers_card_when_all_is_sent(say: Say) -> None:
    view = answer_card(say, ANSWER)
    assert view.text == f"{HEAD}\nSent to 2 of 2 groups."
    assert labels(view) == ["Start class", "Reschedule", "Cancel class", "⋯"]
    assert behind(view) == {
        "Start class": "1:lesson.start:7",
        "Reschedule": "1:change.time:7:3",
        "Cancel class": "1:lesson.ask:7:3",
        "⋯": "1:change.menu:7:3",
    }


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (MON_WED, "Repeats every Mon and Wed: 10 classes ahead, until 30 Dec 2026."),
        (Repeat(Frequency.MONTHLY), "Repeats every month on day 24: 10 classes ahead, until"),
    ],
)
def test_the_teachers_card_of_a_series(say: Say, repeat: Repeat, said: str) -> None:
    series = SeriesInfo(repeat, 10, datetime(2026, 12, 30, 15, 0, tzinfo=UTC), goes_on=False)
    text = answer_card(say, replace(ANSWER, series=series)).text
    assert text.splitlines()[:2][0] == HEAD
    assert text.splitlines()[1].startswith(said)
    assert "60" not in text
    one = replace(series, ahead=1)
    assert "1 class ahead" in answer_card(say, replace(ANSWER, series=one)).text
    last = replace(series, ahead=0)
    assert "ahead" not in answer_card(say, replace(ANSWER, series=last)).text


def test_a_series_that_is_too_long_for_zoom_is_said_to_go_on(say: Say) -> None:
    series = SeriesInfo(MON_WED, 60, datetime(2027, 6, 16, 15, 0, tzinfo=UTC), goes_on=True)
    assert answer_card(say, replace(ANSWER, series=series)).text == (
        f"{HEAD}\nRepeats every Mon and Wed: 60 classes ahead, until 16 Jun 2027.\n"
        "Sent to 2 of 2 groups.\n\n"
        "Zoom plans at most 60 dates at once. I add the next ones by myself in time; "
        "they get a new link."
    )


def test_who_gave_a_class_away_cannot_start_it(say: Say) -> None:
    given = answer_card(say, replace(ANSWER, given_to="Musa"))
    assert given.text == f"{HEAD}\nMusa gives this class for you.\nSent to 2 of 2 groups."
    assert labels(given) == ["Reschedule", "Cancel class", "⋯"]
    taken = answer_card(say, replace(ANSWER, given_by="Musa"))
    assert taken.text == f"{HEAD}\nYou give this class for Musa.\nSent to 2 of 2 groups."
    assert "Start class" in labels(taken)
    live = answer_card(say, replace(ANSWER, given_to="Musa", state=LessonState.LIVE))
    assert live.keyboard is None
    reconnect = Problem.RECONNECT
    stuck = replace(ANSWER, given_to="Musa", state=LessonState.CREATING, problem=reconnect)
    view = answer_card(say, stuck)
    assert view.text.endswith(
        "Zoom does not let me in for Musa. Once they have typed /connect, I go on."
    )
    assert labels(view) == ["Discard"]


_RESETS = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("problem", "said", "offered"),
    [
        (None, "", []),
        (
            Problem.UNAVAILABLE,
            "\nZoom is not answering. Your change is saved; I try again by myself.",
            ["Try now", "Discard change"],
        ),
        (
            Problem.RECONNECT,
            (
                "\nZoom no longer lets me in as aisha@example.org. "
                "Connect again and I will go on where we stopped."
            ),
            ["Connect Zoom", "Discard change"],
        ),
        (
            Problem.DAILY_LIMIT,
            (
                "\nYou have reached Zoom&#39;s limit of 100 changes a day. "
                "Your change is saved, and I make it when the limit resets: "
                '<tg-time unix="1795478400" format="wDt">Tue 24 Nov, 03:00 (Addis Ababa)</tg-time>.'
            ),
            ["Do it then", "Discard change"],
        ),
        (
            Problem.REFUSED,
            (
                "\nZoom does not take this change. Discard it, or try again; "
                "if that does not help, tell your admin."
            ),
            ["Try now", "Discard change"],
        ),
    ],
)
def test_a_change_that_zoom_was_not_told_of_yet(
    say: Say, problem: Problem | None, said: str, offered: list[str]
) -> None:
    changing = replace(ANSWER, is_changing=True, problem=problem, next_try_at=_RESETS)
    view = answer_card(say, changing)
    assert view.text == (f"{HEAD}\nSent to 2 of 2 groups.\n\nBeing changed at Zoom…{said}")
    assert labels(view) == [*offered, "Start class", "Reschedule", "Cancel class", "⋯"]


def test_what_leads_out_of_a_change_that_cannot_be_told(say: Say) -> None:
    limited = replace(ANSWER, is_changing=True, problem=Problem.DAILY_LIMIT)
    behind_each = behind(answer_card(say, limited))
    assert behind_each["Do it then"] == "1:lesson.keep:7"
    assert behind_each["Discard change"] == "1:lesson.revert:7"


def test_a_class_deleted_inside_zoom_is_made_again_or_cancelled(say: Say) -> None:
    view = answer_card(say, replace(ANSWER, is_gone=True, is_changing=True))
    assert view.text == f"{HEAD}\n\nIt was deleted inside Zoom. Make it again, or cancel it?"
    assert behind(view) == {
        "Make it again": "1:lesson.remake:7",
        "Cancel class": "1:lesson.ask:7:3",
    }


def test_while_many_groups_are_told_a_bar_grows(say: Say) -> None:
    told = tuple(Delivery(f"Group {number}", number < 12, None) for number in range(40))
    text = answer_card(say, replace(ANSWER, deliveries=told)).text
    assert text == f"{HEAD}\nSent to 12 of 40 groups.\n▰▰▰▱▱▱▱▱▱▱"
    lost = tuple(replace(one, trouble=Trouble.REMOVED) for one in told if not one.is_shown)
    settled = answer_card(say, replace(ANSWER, deliveries=(*told[:12], *lost)))
    assert "▰" not in settled.text


def test_where_a_group_failed_it_can_be_tried_again(say: Say) -> None:
    failed = (*ANSWER.deliveries, Delivery("Sisters", False, Trouble.TOPIC_CLOSED))
    view = answer_card(say, replace(ANSWER, deliveries=failed))
    assert labels(view)[0] == "Try again"
    assert behind(view)["Try again"] == "1:lesson.resend:7"


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
    assert labels(view) == ["Do it then", "Discard"]
    assert behind(view)["Discard"] == "1:lesson.discard:7:3"


def test_the_teachers_card_while_and_after_the_class(say: Say) -> None:
    live = answer_card(say, replace(ANSWER, state=LessonState.LIVE))
    assert live.text == ("<b>Tajweed</b> · <b>live now</b>\nTue 24 Nov, 18:00–18:45 (Addis Ababa)")
    assert labels(live) == ["Start class"]
    ended = replace(ANSWER, state=LessonState.ENDED, lasted=timedelta(minutes=47))
    assert answer_card(say, ended).text == "<b>Tajweed</b> · ended\nTue 24 Nov · 47 min"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (None, ""),
        (
            Problem.UNAVAILABLE,
            "\n\nZoom does not answer; I will delete the meeting there as soon as it does.",
        ),
        (
            Problem.DAILY_LIMIT,
            (
                "\n\nYou have reached Zoom&#39;s limit of 100 changes a day. "
                "Its meeting is still there, and I delete it when the limit resets: "
                '<tg-time unix="1795478400" format="wDt">Tue 24 Nov, 03:00 (Addis Ababa)</tg-time>.'
            ),
        ),
        (
            Problem.REFUSED,
            (
                "\n\nZoom did not let me delete its meeting. It is still in your Zoom account; "
                "you can delete it there."
            ),
        ),
        (
            Problem.RECONNECT,
            "\n\nIts meeting is still in your Zoom account: I may not delete it there.",
        ),
    ],
)
def test_a_cancelled_class_whose_meeting_is_still_there(
    say: Say, problem: Problem | None, said: str
) -> None:
    cancelled = replace(ANSWER, state=LessonState.CANCELLED, problem=problem, next_try_at=_RESETS)
    head = "<b>Tajweed</b> · cancelled\nTue 24 Nov, 18:00–18:45 (Addis Ababa)"
    assert answer_card(say, cancelled).text == f"{head}{said}"


def test_a_cancellation_can_be_undone_while_the_class_is_ahead(say: Say) -> None:
    cancelled = replace(ANSWER, state=LessonState.CANCELLED, can_undo=True)
    view = answer_card(say, cancelled)
    assert view.text == (
        "<b>Tajweed</b> · cancelled\nTue 24 Nov, 18:00–18:45 (Addis Ababa)\n\n"
        "By mistake? Undo brings it back; it may get a new link."
    )
    assert behind(view) == {
        "Undo": "1:lesson.undo:7",
        "The students called it off": "1:dispute.ask:7",
    }
