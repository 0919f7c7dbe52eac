"""The form that changes a class, the list of classes and the question before a cancellation."""

from dataclasses import replace

import pytest

from bot.speech import Say, Speech
from bot.views import changing, lessons
from services.cancelling import MayCancel
from services.change_pages import may_change_all
from services.listing import ClassList, ListedClass
from storage.change_forms import Change, ChangeForm, ChangeStep
from tests.bot.every_change import EVERY_DAY, NOW, every_change, page
from tests.bot.keyboards import buttons
from tests.bot.test_lessons_views import FIQH

LISTED = ListedClass(77, "Fiqh", FIQH.planned, FIQH.zone, None)
_LONGEST_MESSAGE, _LONGEST_DATA, _MOST_BUTTONS = 4096, 64, 100


@pytest.fixture
def say() -> Say:
    return Speech("en").school


def test_every_message_about_changes_fits_telegrams_limits(say: Say) -> None:
    for view in every_change(say):
        assert len(view.text.striptags().encode("utf-16-le")) // 2 <= _LONGEST_MESSAGE
        found = [one for row in view.keyboard.inline_keyboard for one in row]  # type: ignore[union-attr]
        assert len(found) <= _MOST_BUTTONS
        assert all(len(str(one.callback_data).encode()) <= _LONGEST_DATA for one in found)


def test_the_menu_has_only_what_the_teacher_may_change(say: Say) -> None:
    menu = ChangeForm(77, 3)
    assert list(buttons(changing.change(say, page(ChangeStep.MENU, menu)))) == [
        *("Length", "Topic", "Groups", "Skip dates", "Another teacher", "Other dates"),
        *("Students", "‹ Back"),
    ]
    single = replace(NOW, repeat=None)
    assert list(buttons(changing.change(say, page(ChangeStep.MENU, menu, single)))) == [
        *("Length", "Topic", "Groups", "Another teacher", "Students", "‹ Back"),
    ]
    given = replace(NOW, is_own_course=False)
    assert list(buttons(changing.change(say, page(ChangeStep.MENU, menu, given)))) == [
        *("Length", "Another teacher", "‹ Back"),
    ]
    assert not may_change_all(given)


def test_only_skipping_is_styled_as_dangerous(say: Say) -> None:
    for what in Change:
        form = ChangeForm(77, 3, what, chat_ids=(-1,), topic="Fiqh")
        view = changing.change(say, page(ChangeStep.CONFIRM, form))
        styles = [one.style for one in buttons(view).values() if one.style]
        assert styles == (["danger"] if what is Change.SKIP else ["success"])


def test_a_series_is_one_entry_with_its_rule_and_next_date(say: Say) -> None:
    series = replace(LISTED, repeat=replace(EVERY_DAY, interval=1, weekdays=(0, 2)))
    view = lessons.class_list(say, ClassList((series, LISTED), 0, 1))
    assert view.text == (
        "Your classes:\n"
        "· <b>Fiqh</b>: every Mon and Wed · next Tue 24 Nov, 17:30\n"
        "· <b>Fiqh</b>: Tue 24 Nov, 17:30–18:30 (Addis Ababa)\n"
        "Press one to see or change it. /newclass makes another."
    )
    assert list(buttons(view)) == ["Fiqh · Tue 24 Nov", "Repeat last class", "Lists of students"]


def test_classes_given_for_and_by_others_are_marked(say: Say) -> None:
    away, for_other = replace(LISTED, given_to="Musa"), replace(LISTED, given_by="Aisha")
    text = lessons.class_list(say, ClassList((away, for_other), 0, 1)).text
    assert "(Addis Ababa), given by Musa" in text
    assert "(Addis Ababa), for Aisha" in text


@pytest.mark.parametrize(
    ("number", "labels"), [(0, ["1 of 3", "›"]), (1, ["‹", "2 of 3", "›"]), (2, ["‹", "3 of 3"])]
)
def test_a_long_list_has_pages(say: Say, number: int, labels: list[str]) -> None:
    found = buttons(lessons.class_list(say, ClassList((LISTED,), number, 3)))
    assert list(found)[1:-2] == labels


def test_cancelling_a_series_asks_whether_all_is_meant(say: Say) -> None:
    found = buttons(lessons.really_cancel(say, MayCancel(FIQH, 8, 3)))
    assert [(label, found[label].style) for label in found] == [
        ("Cancel this class", "danger"),
        ("Cancel all 8", "danger"),
        ("Keep", None),
    ]
