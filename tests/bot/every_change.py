"""Messages about changing and listing classes, with values as long as people make them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import product

from bot.speech import Say
from bot.views import changing, lessons
from bot.views.message import View
from school.recurrence import Frequency, Repeat
from school.text import Text
from services.cancelling import MayCancel
from services.change_pages import ChangePage, TimePassed
from services.changing import ClassDetails
from services.listing import ClassList, ListedClass
from services.overlapping import Overlaps
from services.substituting import Substitute
from storage.change_forms import Change, ChangeForm, ChangeStep
from storage.forms import Form
from tests.bot.test_lessons_views import BEGINNERS, FIQH

COUNTS = (0, 1, 2, 5, 11, 60)
_LARGEST = 2**63 - 1
_LONG = "Tajweed " * 25
_NAME = "Ahmed أ" * 9 + "!"
_MONDAY = date(2026, 11, 23)
EVERY_DAY = Repeat(Frequency.WEEKLY, 2, tuple(range(7)), until=date(2027, 11, 30))
NOW = ClassDetails(
    lesson_id=FIQH.lesson_id,
    course_id=1,
    version=3,
    topic="Fiqh",
    planned=FIQH.planned,
    zone=FIQH.zone,
    repeat=EVERY_DAY,
    groups=(BEGINNERS,),
    is_own_course=True,
    is_gone=False,
)


def page(step: ChangeStep, form: ChangeForm, now: ClassDetails = NOW) -> ChangePage:
    return ChangePage(Form(7, 1, 5, 2, step, form), now, _MONDAY)


def every_change(say: Say) -> Iterator[View]:
    yield from _forms(say)
    yield from _lists(say)
    for ahead in COUNTS:
        yield lessons.really_cancel(say, MayCancel(replace(FIQH, topic=_LONG), ahead, 2**63 - 1))


def _forms(say: Say) -> Iterator[View]:
    now = replace(NOW, lesson_id=_LARGEST, topic=_LONG)
    for step, what, for_all in product(ChangeStep, Change, (True, False)):
        form = ChangeForm(
            _LARGEST,
            9,
            what,
            for_all=for_all,
            day=_MONDAY,
            time=time(18),
            last_day=_MONDAY,
            length=timedelta(minutes=1440),
            topic=_LONG,
            chat_ids=(-_LARGEST,),
            person_id=_LARGEST,
            month=_MONDAY.replace(day=1) if for_all else None,
        )
        for count in COUNTS:
            plain = page(step, form, now)
            full = replace(
                plain,
                draft=replace(plain.draft, id=_LARGEST, version=99),
                groups=(replace(BEGINNERS, id=-_LARGEST, title="أخوات A " * 16),) * count,
                teachers=(Substitute(_LARGEST, _NAME),) * count,
                lessons=(replace(FIQH, lesson_id=_LARGEST, topic=_LONG),) * count,
                to=FIQH.planned.ends_at,
                overlaps=Overlaps(
                    (replace(FIQH, topic=_LONG),) * count, None if for_all else _NAME
                ),
                is_repeated=True,
                has_changed=True,
            )
            yield changing.change(say, full)
    said = Text("{time} today has passed. Tomorrow at {time}?", {"time": time(18)})
    yield changing.change(say, replace(full, problem=said))
    for ahead in range(3):
        yield changing.time_passed(say, TimePassed(full, said, _MONDAY + timedelta(days=ahead)))


def _lists(say: Say) -> Iterator[View]:
    yield lessons.class_list(say, ClassList((), 0, 1))
    listed = ListedClass(_LARGEST, _LONG, FIQH.planned, FIQH.zone, None)
    for one in (
        listed,
        replace(listed, repeat=EVERY_DAY),
        replace(listed, given_to=_NAME),
        replace(listed, given_by=_NAME),
    ):
        yield lessons.class_list(say, ClassList((one,) * 10, 1, 3))
