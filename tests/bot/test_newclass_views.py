"""The form for a new class as its teacher reads it, each text written out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import callback_data
from bot.speech import Say, Speech
from bot.views import doubts, newclass
from bot.views.message import View
from school.model import Planned
from school.recurrence import Frequency, Repeat
from school.text import Text
from services.classes import UpcomingClass
from services.forms import Doubt, FormPage, Passed
from storage.chats import Chat
from storage.class_forms import ClassForm, Step
from storage.forms import Form
from tests.bot.chats import linked_group
from tests.bot.keyboards import buttons

ADDIS_ABABA = ZoneInfo("Africa/Addis_Ababa")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
BEGINNERS = linked_group(-1001234567890, "Beginners A")
SISTERS = linked_group(-1001234567891, "Sisters")
WHOLE = ClassForm(
    topic="Tajweed",
    chat_ids=(BEGINNERS.id,),
    day=TUESDAY,
    time=time(18, 0),
    length=timedelta(minutes=45),
    is_guided=True,
    groups_chosen=True,
    repeat_chosen=True,
)
MON_WED = Repeat(Frequency.WEEKLY, weekdays=(0, 2))
ONE_LINE = replace(WHOLE, is_guided=False, groups_chosen=False)


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def page(
    step: Step, form: ClassForm, *groups: Chat, topics: dict[int, str] | None = None
) -> FormPage:
    draft = Form(2**62, 7, 1, 3, step, form)
    return FormPage(draft, groups or (BEGINNERS, SISTERS), topics or {}, MONDAY)


def labels(view: View) -> list[str]:
    return list(buttons(view))


def pressed(view: View, label: str) -> tuple[str, tuple[str, ...]]:
    """The action behind a button, and what comes after the form and its version."""
    press = callback_data.decode(str(buttons(view)[label].callback_data))
    assert (press.number(0), press.number(1)) == (2**62, 3)
    return press.action, press.args[2:]


# Step by step


def test_it_begins_with_the_topic_and_those_used_before(say: Say) -> None:
    view = newclass.form(say, page(Step.TOPIC, ClassForm(is_guided=True), topics={5: "Fiqh"}))
    assert view.text == (
        "<b>New class</b> · step 1 of 6\nWhat is the class about? Type it, or choose."
    )
    assert labels(view) == ["Fiqh", "Discard"]
    assert pressed(view, "Fiqh") == ("form.topic", ("5",))


def test_the_groups_are_ticked_as_they_are_chosen(say: Say) -> None:
    form = ClassForm("Tajweed", (SISTERS.id,), is_guided=True)
    view = newclass.form(say, page(Step.GROUPS, form))
    assert view.text == "<b>New class</b> · step 2 of 6\nTopic: Tajweed\nWhich groups?"
    assert labels(view) == ["Beginners A", "✓ Sisters", "All groups", "Next ›", "‹ Back", "Discard"]
    assert pressed(view, "‹ Back") == ("form.goto", ("topic",))


def test_without_a_group_there_is_no_way_on(say: Say) -> None:
    view = newclass.form(say, page(Step.GROUPS, ClassForm("Tajweed", is_guided=True)))
    assert labels(view) == ["Beginners A", "Sisters", "All groups", "‹ Back", "Discard"]


def test_where_there_is_one_group_it_is_not_a_step(say: Say) -> None:
    form = ClassForm("Tajweed", (SISTERS.id,), is_guided=True, groups_chosen=True)
    view = newclass.form(say, page(Step.DAY, form, SISTERS))
    assert view.text.startswith("<b>New class</b> · step 2 of 5\n")
    assert pressed(view, "‹ Back") == ("form.goto", ("topic",))


def test_the_next_days_are_at_hand(say: Say) -> None:
    form = ClassForm("Tajweed", (BEGINNERS.id, SISTERS.id), is_guided=True, groups_chosen=True)
    view = newclass.form(say, page(Step.DAY, form))
    assert view.text == (
        "<b>New class</b> · step 3 of 6\n"
        "Topic: Tajweed\n"
        "Groups: Beginners A and Sisters\n"
        "Which day?"
    )
    assert labels(view)[:5] == ["Today", "Tomorrow", "Wed 25", "Thu 26", "Pick a day"]
    assert pressed(view, "Tomorrow") == ("form.day", ("20261124",))


def test_the_calendar_turns_to_months_ahead_only(say: Say) -> None:
    form = replace(WHOLE, month=date(2026, 11, 1), day=None, time=None, length=None)
    view = newclass.form(say, page(Step.DAY, form))
    assert {"November 2026", "23", "30", "›"} <= set(labels(view))
    assert "22" not in labels(view)  # has passed
    assert "‹" not in labels(view)
    assert pressed(view, "›") == ("form.month", ("20261201",))
    later = newclass.form(say, page(Step.DAY, replace(form, month=date(2027, 11, 1))))
    assert "‹" in labels(later)
    assert "›" not in labels(later)


def test_every_button_has_a_text(say: Say) -> None:
    form = replace(WHOLE, month=date(2026, 11, 1))
    assert all(label.strip() for label in labels(newclass.form(say, page(Step.DAY, form))))


def test_the_time_can_be_pressed_or_typed(say: Say) -> None:
    view = newclass.form(say, page(Step.TIME, replace(WHOLE, time=None, length=None)))
    assert view.text.splitlines()[-2:] == [
        "When: Tue 24 Nov",
        "At what time? Choose, or type one such as 18:30.",
    ]
    assert pressed(view, "18:00") == ("form.time", ("1800",))


def test_the_length_can_be_pressed_or_typed(say: Say) -> None:
    view = newclass.form(say, page(Step.LENGTH, replace(WHOLE, length=None)))
    assert view.text.splitlines()[-2:] == [
        "When: Tue 24 Nov, 18:00",
        "How long? Choose, or type a length such as 50m.",
    ]
    assert labels(view)[:5] == ["30 min", "40 min", "45 min", "1 h", "1 h 30 min"]


def test_how_often_can_be_pressed_or_typed(say: Say) -> None:
    view = newclass.form(say, page(Step.REPEAT, replace(WHOLE, repeat_chosen=False)))
    assert view.text.startswith("<b>New class</b> · step 6 of 6\n")
    assert view.text.endswith("How often? Choose, or type it, such as every Mon,Wed x10.")
    assert labels(view) == [
        *("Once", "Every week", "Every day", "Several days a week…", "‹ Back", "Discard"),
    ]
    assert pressed(view, "Once") == ("form.repeat", ("once",))
    assert pressed(view, "‹ Back") == ("form.goto", ("length",))


def test_days_of_the_week_are_ticked_as_they_are_chosen(say: Say) -> None:
    form = replace(WHOLE, repeat=MON_WED, repeat_chosen=False)
    view = newclass.form(say, page(Step.WEEKDAYS, form))
    assert view.text.splitlines()[0] == "<b>New class</b> · step 6 of 6"
    assert view.text.splitlines()[-1] == "On which days of the week?"
    assert labels(view) == [
        *("✓ Mon", "Tue", "✓ Wed", "Thu", "Fri", "Sat", "Sun", "Next ›", "‹ Back", "Discard"),
    ]
    assert pressed(view, "Thu") == ("form.weekday", ("3",))
    assert pressed(view, "Next ›") == ("form.weekdays", ())
    assert pressed(view, "‹ Back") == ("form.goto", ("repeat",))


@pytest.mark.parametrize(
    ("repeat", "offered"),
    [
        (MON_WED, {"4 weeks": "8", "8 weeks": "g", "12 weeks": "o"}),  # 8, 16, 24 in base 36
        (Repeat(Frequency.WEEKLY, 5, (0,)), {"8 weeks": "2", "12 weeks": "3"}),
        (Repeat(Frequency.DAILY), {"4 weeks": "s", "8 weeks": "1k", "12 weeks": "2c"}),
        (Repeat(Frequency.MONTHLY, 2), {"3 months": "2", "6 months": "3", "12 months": "6"}),
        (Repeat(Frequency.WEEKLY, 50, (0,)), {}),
    ],
)
def test_the_end_is_offered_in_weeks_or_months(
    say: Say, repeat: Repeat, offered: dict[str, str]
) -> None:
    view = newclass.form(say, page(Step.UNTIL, replace(WHOLE, repeat=repeat, repeat_chosen=False)))
    assert view.text.endswith("Until when? Choose, or type it, such as x10 or until 31 Jan.")
    assert labels(view) == [*offered, "Until I stop it", "‹ Back", "Discard"]
    for label, count in (offered | {"Until I stop it": "0"}).items():
        assert pressed(view, label) == ("form.until", (count,))
    assert pressed(view, "‹ Back") == ("form.goto", ("repeat",))


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (replace(MON_WED, count=10), "every Mon and Wed, 10 classes, first Wed 25 Nov"),
        (
            replace(MON_WED, until=date(2026, 12, 9)),
            "every Mon and Wed, until Wed 9 Dec, 5 classes, first Wed 25 Nov",
        ),
        (MON_WED, "every Mon and Wed, until you stop it, first Wed 25 Nov"),
        (Repeat(Frequency.DAILY, count=3), "every day, 3 classes, first Tue 24 Nov"),
        (
            Repeat(Frequency.MONTHLY, count=3),
            "every month on day 24, 3 classes, first Tue 24 Nov",
        ),
    ],
)
def test_at_the_end_the_rule_is_shown_with_its_first_day(
    say: Say, repeat: Repeat, said: str
) -> None:
    view = newclass.form(say, page(Step.CONFIRM, replace(WHOLE, repeat=repeat)))
    first = said.rpartition("first ")[2]
    assert f"When: {first}, 18:00" in view.text
    assert view.text.splitlines()[-2] == f"Repeats: {said}"
    assert pressed(view, "‹ Back") == ("form.goto", ("repeat",))


def test_at_the_end_all_of_it_is_shown_once_more(say: Say) -> None:
    view = newclass.form(say, page(Step.CONFIRM, WHOLE))
    assert view.text == (
        "<b>New class</b>\n"
        "Topic: Tajweed\n"
        "Groups: Beginners A\n"
        "When: Tue 24 Nov, 18:00\n"
        "Length: 45 min\n"
        "Is this right?"
    )
    assert labels(view) == ["Create", "‹ Back", "Discard"]
    assert buttons(view)["Create"].style == "success"


# What a line left open


def test_after_a_line_only_the_groups_are_asked(say: Say) -> None:
    view = newclass.form(say, page(Step.GROUPS, ONE_LINE))
    assert view.text == ("Topic: Tajweed\nWhen: Tue 24 Nov, 18:00\nLength: 45 min\nWhich groups?")
    assert labels(view) == [
        "✓ Beginners A",
        "Sisters",
        "All groups",
        "Create for 1 group",
        "Discard",
    ]
    both = replace(ONE_LINE, chat_ids=(BEGINNERS.id, SISTERS.id))
    view = newclass.form(say, page(Step.GROUPS, both))
    assert labels(view)[-2:] == ["Create for 2 groups", "Discard"]
    assert buttons(view)["Create for 2 groups"].style == "success"


def test_where_more_is_open_than_the_groups_it_goes_on(say: Say) -> None:
    view = newclass.form(say, page(Step.GROUPS, replace(ONE_LINE, length=None)))
    assert "Next ›" in labels(view)
    assert not any(label.startswith("Create") for label in labels(view))


def test_a_name_that_means_no_group_is_repeated(say: Say) -> None:
    form = replace(ONE_LINE, unclear_groups=("Begin", "<b>"))
    view = newclass.form(say, page(Step.GROUPS, form))
    assert view.text.splitlines()[-2:] == [
        "I do not know which group is meant by Begin and &lt;b&gt;.",
        "Which groups?",
    ]


def test_of_very_many_groups_the_chosen_are_shown_and_the_others_can_be_typed(say: Say) -> None:
    many = [replace(SISTERS, id=-number, title=f"Group {number:03}") for number in range(1, 201)]
    form = replace(ONE_LINE, chat_ids=(-199, -200))
    view = newclass.form(say, page(Step.GROUPS, form, *many))
    assert {"✓ Group 199", "✓ Group 200", "Group 001", "All groups"} <= set(labels(view))
    assert len(labels(view)) <= 100  # Telegram takes no more
    assert view.text.endswith("Not in the list? Type the beginning of its name.")


# What speaks against it


def test_a_clash_names_the_other_class(say: Say) -> None:
    planned = Planned(datetime(2026, 11, 24, 14, 30, tzinfo=UTC), timedelta(hours=1))
    other = UpcomingClass(1, "Fiqh", planned, ADDIS_ABABA)
    draft = page(Step.CONFIRM, WHOLE).draft
    view = doubts.doubt(say, Doubt(draft, (other,), is_repeated=False, zone=ADDIS_ABABA))
    assert view.text == "You have “Fiqh” from 17:30 to 18:30 that day."
    assert labels(view) == ["Create anyway", "Change time", "Discard"]
    assert pressed(view, "Create anyway") == ("form.anyway", ())
    assert pressed(view, "Change time") == ("form.goto", ("time",))


def test_what_a_series_clashes_with_is_said_with_its_day(say: Say) -> None:
    planned = Planned(datetime(2026, 11, 30, 14, 30, tzinfo=UTC), timedelta(hours=1))
    others = tuple(UpcomingClass(number, "Fiqh", planned, ADDIS_ABABA) for number in range(7))
    draft = page(Step.CONFIRM, replace(WHOLE, repeat=MON_WED)).draft
    view = doubts.doubt(say, Doubt(draft, others, is_repeated=False, zone=ADDIS_ABABA))
    assert view.text.splitlines() == [
        *["On Mon 30 Nov you have “Fiqh” from 17:30 to 18:30."] * 5,
        "and 2 more",
    ]


def test_a_time_that_a_later_day_of_the_series_skips_is_explained(say: Say) -> None:
    berlin, sunday = ZoneInfo("Europe/Berlin"), date(2027, 3, 28)
    form = replace(WHOLE, time=time(2, 30), repeat=Repeat(Frequency.DAILY))
    draft = page(Step.CONFIRM, form).draft
    found = Doubt(draft, (), is_repeated=False, zone=berlin, skipped_on=sunday)
    assert doubts.doubt(say, found).text == (
        "Clocks skip 02:30 on Sun 28 Mar; that class would begin at 03:30."
    )


def test_a_time_that_comes_twice_is_explained(say: Say) -> None:
    form = replace(WHOLE, day=date(2027, 10, 31), time=time(2, 30))
    draft = page(Step.CONFIRM, form).draft
    view = doubts.doubt(say, Doubt(draft, (), is_repeated=True, zone=ZoneInfo("Europe/Berlin")))
    assert view.text == "Clocks go back on Sun 31 Oct, so 02:30 comes twice. I take the first one."


@pytest.mark.parametrize(
    ("day", "label"),
    [(MONDAY, "Yes, today"), (TUESDAY, "Yes, tomorrow"), (date(2026, 12, 1), "Yes, Tue 1 Dec")],
)
def test_a_time_that_passed_is_offered_for_the_next_day(say: Say, day: date, label: str) -> None:
    problem = Text("{time} today has passed. Tomorrow at {time}?", {"time": time(18, 0)})
    view = doubts.passed(say, Passed(page(Step.DAY, WHOLE).draft, problem, day, MONDAY))
    assert view.text == "18:00 today has passed. Tomorrow at 18:00?"
    assert labels(view) == [label, "Change"]
    assert pressed(view, label) == ("form.day", (f"{day:%Y%m%d}",))
    assert pressed(view, "Change") == ("form.goto", ("day",))


def test_what_was_discarded_made_nothing(say: Say) -> None:
    view = newclass.discarded(say)
    assert view.text == "Discarded. Nothing was made. Type /newclass to begin again."
    assert view.keyboard is None


def test_topics_bring_no_markup(say: Say) -> None:
    view = newclass.form(say, page(Step.CONFIRM, replace(WHOLE, topic="<b>A&B</b>")))
    assert "Topic: &lt;b&gt;A&amp;B&lt;/b&gt;" in view.text
