"""Every message about a teacher's own hours, and about what is wrong in them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import disputes, hours, notices
from bot.views.message import View
from school.attendance import Sureness
from school.corrections import DisputeKind, DisputeState, Measures
from school.model import LessonState, Planned
from school.money import Money
from school.pay import CalledOffBy
from school.periods import month_of
from school.reports import Figures
from services.contents_for_teachers import CorrectedNotice, Verdict
from services.correcting import WhyAsked
from services.disputing import AnswerAsked, Disputable, WordsAsked
from services.hours import Hours, ListedLesson, OpenedLesson
from services.post_contents import DisputeNotice
from storage.attendance import Outcome
from storage.disputes import Dispute
from tests.bot.test_report_views import LESSON, NEVER_HELD

_HOUR = timedelta(hours=1)


def views_of_hours(
    say: Say, zone: ZoneInfo, now: datetime, name: str, topic: str
) -> Iterator[View]:
    planned = Planned(now - 3 * _HOUR, _HOUR)
    found = Outcome(
        *(planned.starts_at, planned.ends_at, _HOUR, _HOUR, _HOUR, _HOUR, 100, 0),
        Sureness.INFERRED,
    )
    yield from _hours(say, zone, now, name, topic)
    yield from _opened(say, zone, now, name, topic, planned, found)
    yield from _disputes(say, zone, name, topic, planned, found)


def _hours(say: Say, zone: ZoneInfo, now: datetime, name: str, topic: str) -> Iterator[View]:
    del name
    for count, is_over in product((0, 1, 2, 5, 11, 100), (True, False)):
        length = count * _HOUR
        figures = Figures(count, count, count, length, length, length, length, count)
        yield hours.month(
            say,
            Hours(
                period=month_of(date(2026, 10 if is_over else 11, 1), zone),
                figures=figures,
                lessons=tuple(ListedLesson(row, topic) for row in (LESSON, NEVER_HELD) * 4),
                page=1,
                pages=3,
                pay=(Money("ETB", Decimal("1234567.5")), Money("SAR", Decimal(-1))),
                as_of=now,
            ),
            2**62,
        )


def _opened(
    say: Say,
    zone: ZoneInfo,
    now: datetime,
    name: str,
    topic: str,
    planned: Planned,
    found: Outcome,
) -> Iterator[View]:
    counted = Measures(_HOUR, _HOUR, _HOUR, _HOUR, CalledOffBy.TEACHER, True, True)
    one = OpenedLesson(
        lesson_id=2**62,
        topic=topic,
        planned=planned,
        zone=zone,
        state=LessonState.ENDED,
        outcome=found,
        counted=counted,
        teacher_name=name,
        instances=(),
        people=(),
        gaps=((planned.starts_at, planned.ends_at),) * 3,
        paid=None,
        is_own=True,
        can_dispute=True,
        can_confirm=True,
        can_correct=True,
        as_of=now,
    )
    yield hours.opened(say, one)
    yield hours.opened(say, replace(one, is_own=False))
    yield hours.opened(say, replace(one, is_forgotten=True))
    nothing = Outcome(None, None, None, None, None, None, 0, 0, None)
    for state in LessonState:
        yield hours.opened(say, replace(one, state=state, outcome=nothing, topic=None))


def _disputes(
    say: Say, zone: ZoneInfo, name: str, topic: str, planned: Planned, found: Outcome
) -> Iterator[View]:
    yield disputes.question(say, Disputable(2**62, topic, planned, zone, tuple(DisputeKind)))
    yield disputes.raised(say)
    yield disputes.correction_asked(say, _HOUR)
    yield disputes.why_asked(say, WhyAsked(2**62))
    yield notices.notice(say, CorrectedNotice(topic, planned, zone, _HOUR, "words " * 80))
    yield disputes.nothing_wrong(say)
    yield disputes.answered(say)
    for kind in (DisputeKind.LENGTH, DisputeKind.OTHER):
        yield disputes.words_asked(say, WordsAsked(kind, planned))
    for state in (DisputeState.CHANGED, DisputeState.DECLINED):
        yield disputes.answer_asked(say, AnswerAsked(state, _HOUR))
    for kind, state, words in product(DisputeKind, DisputeState, ("words " * 80, None)):
        claimed = None if kind is DisputeKind.CALLED_OFF else _HOUR
        said = Dispute(
            *(2**62, 1, 1, kind, words, claimed, planned.ends_at, state, 1, words),
        )
        yield notices.notice(
            say, DisputeNotice(said, topic, name, planned, zone, found, _HOUR, name)
        )
        yield notices.notice(say, Verdict(said, topic, planned, zone, _HOUR))
