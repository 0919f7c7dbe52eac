"""Every message that the bot composes, with values as long as people make them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views import (
    answer_card,
    audit,
    class_card,
    connecting,
    doubts,
    groups,
    leaving,
    lessons,
    newclass,
    news,
    notices,
    privacy,
    problems,
    report,
    report_choosing,
    summary,
    unsure,
    waiting,
    welcome,
)
from bot.views.message import View
from school.errors import NotConnected
from school.model import LessonState, Role
from school.recurrence import Frequency, Repeat
from school.text import Text
from services.auditing import ON_A_PAGE, AuditPage
from services.classes import HostLink
from services.connecting import ConnectLink
from services.contents_for_students import (
    BackNotice,
    CancelledNotice,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    SkippedNotice,
)
from services.contents_for_teachers import Delivery, HeldOrNot, NoLongerYours, SeriesInfo, Unsure
from services.forms import Doubt, Passed
from services.granting import Connected
from services.groups import Linked, Unlinked
from services.people import Invitation
from services.posts import Trouble
from services.problems import Problem
from services.reporting import Ambiguous, Candidate, Choices
from storage.audit import PROGRAM, AuditEntry
from storage.class_forms import ClassForm, Step
from storage.reports import Of, Scope
from tests.bot.every_change import every_change
from tests.bot.test_cards_view import ANSWER, CARD, PLANNED
from tests.bot.test_leaving_views import DONE, FULL
from tests.bot.test_lessons_views import BEGINNERS, FIQH
from tests.bot.test_newclass_views import MONDAY, WHOLE, page
from tests.bot.test_report_views import LESSON, NEVER_HELD, book, of
from tests.bot.test_summary_view import CLASS, student
from tests.bot.test_welcome_view import PROFILE, caller
from tests.bot.views_of_disconnecting import views_of_disconnecting
from tests.bot.views_of_erasures import views_of_erasures
from tests.bot.views_of_hours import views_of_hours
from tests.bot.views_of_letters import views_of_letters
from tests.bot.views_of_own_data import views_of_own_data
from tests.bot.views_of_pay import views_of_pay
from tests.bot.views_of_people import views_of_people
from tests.bot.views_of_rosters import views_of_rosters
from tests.bot.views_of_teachers import views_of_teachers
from zoom.oauth import REQUIRED_SCOPES

COUNTS = (0, 1, 2, 5, 11, 100)  # each of the Arabic plural forms
LARGEST = 2**63 - 1
NAME, TOPIC, TITLE, EMAIL = (
    "Ahmed أ" * 9 + "!",
    "Tajweed " * 25,
    "أخوات A " * 16,
    "a" * 240 + "@b.example",
)
LINK = "https://zoom.us/j/1?pwd=2"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Argentina/ComodRivadavia")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVERY_DAY_OF_WEEK = Repeat(Frequency.WEEKLY, 2, tuple(range(7)))


def every_view(say: Say) -> Iterator[View]:
    yield from _audit(say)
    yield from _cards(say)
    yield from _connecting(say)
    yield from _groups(say)
    yield from _leaving(say)
    yield from views_of_erasures(say)
    yield from _lessons(say)
    yield from _newclass(say)
    yield from views_of_own_data(say)
    yield from views_of_people(say)
    yield from views_of_pay(say)
    yield from views_of_letters(say)
    yield from views_of_rosters(say)
    yield from views_of_teachers(say)
    yield from _report(say)
    yield from _summary(say)
    yield from _welcome(say)
    yield from views_of_hours(say, ZONE, NOW, NAME, TOPIC)
    yield problems.school_error(say, NotConnected("{topic} · ended", topic=TOPIC))
    yield problems.unexpected(say, "K7Q2")


def _audit(say: Say) -> Iterator[View]:
    actions = [*audit.WORDS, "locked a statement of 2026-11", "of an earlier version"]
    entries = [AuditEntry(NOW, "K7Q2-9FXM", one, f"PM3T-X2WA {LARGEST}") for one in actions]
    entries += [AuditEntry(NOW, PROGRAM, one, None) for one in actions]
    for start in range(0, len(entries), ON_A_PAGE):
        some = tuple(entries[start : start + ON_A_PAGE])
        yield audit.page(say, AuditPage(some, start, len(entries)), ZONE)
        yield audit.page(say, AuditPage(some, start, len(entries), start + 1, 2**62 - 1), ZONE)
    yield audit.page(say, AuditPage((), 0, 1), ZONE)
    yield audit.exported(say, entries, ZONE, NOW.date())


def _cards(say: Say) -> Iterator[View]:
    for state, count in product(LessonState, COUNTS):
        card = replace(
            CARD,
            topic=TOPIC,
            teacher_name=NAME,
            zone=ZONE,
            state=state,
            here_now=count,
            lasted=count * HOUR or None,
            student_count=count,
        )
        yield class_card.class_card(say, card)
        yield class_card.class_card(say, replace(card, topic=None, teacher_name=None))
        yield class_card.class_card(say, replace(card, starts_soon=True, repeat=EVERY_DAY_OF_WEEK))
        yield class_card.class_card(say, replace(card, is_announced=False))
    for topic, next_at in product((TOPIC, None), (None, NOW)):
        for is_all in (False, True):
            off = CancelledNotice(topic, PLANNED, ZONE, next_at, all_cancelled=is_all)
            yield class_card.cancelled_notice(say, off)
    yield from _news(say)
    troubled = tuple(Delivery(TITLE, False, trouble) for trouble in Trouble)
    for state, problem, count in product(LessonState, (None, *Problem), COUNTS):
        answer = replace(
            ANSWER,
            lesson_id=LARGEST,
            topic=TOPIC,
            zone=ZONE,
            state=state,
            problem=problem,
            zoom_email=EMAIL,
            next_try_at=NOW if count else None,
            plan_limit=HOUR,
            lasted=HOUR,
            deliveries=troubled[:count] + troubled * count,
        )
        yield answer_card.answer_card(say, answer)
        series = SeriesInfo(EVERY_DAY_OF_WEEK, count, NOW, goes_on=bool(count))
        changing = replace(answer, version=LARGEST, is_changing=True, series=series, can_undo=True)
        yield answer_card.answer_card(say, replace(changing, given_to=NAME))
        yield answer_card.answer_card(say, replace(changing, given_by=NAME))
        yield answer_card.answer_card(say, replace(changing, is_gone=True))


def _news(say: Say) -> Iterator[View]:
    for topic, url, name in product((TOPIC, None), (LINK, None), (NAME, None)):
        yield news.news(say, BackNotice(topic, PLANNED, ZONE, url))
        yield news.news(say, HandedNotice(topic, name, PLANNED, ZONE, url))
        yield news.news(say, NoLongerHere(topic))
        yield news.news(say, Overtaken(topic))
        yield notices.notice(say, NoLongerYours(topic, PLANNED, ZONE))
        for rule in (None, EVERY_DAY_OF_WEEK, Repeat(Frequency.MONTHLY)):
            yield news.news(say, MovedNotice(topic, PLANNED, NOW, ZONE, url, rule, ZONE))
    for count, next_at, is_back in product(COUNTS, (None, NOW), (True, False)):
        yield news.news(say, SkippedNotice(TOPIC, NOW, NOW + DAY, count, ZONE, next_at, is_back))


def _connecting(say: Say) -> Iterator[View]:
    yield connecting.open_page(say, ConnectLink("https://b.example/z", timedelta(minutes=5)))
    for plan, missing, replaced in product((1, 2), ((), tuple(REQUIRED_SCOPES)), (None, EMAIL)):
        yield connecting.connected(
            say, Connected(LARGEST, EMAIL, plan, missing, replaced), "https://t.me/b"
        )
    yield from views_of_disconnecting(say)
    yield connecting.pressed_by_another(say)


def _groups(say: Say) -> Iterator[View]:
    for was_linked in (True, False):
        yield groups.linked(say, Linked(TITLE, was_linked))
    for announced in COUNTS:
        yield groups.unlinked(say, Unlinked(-(2**62), 2**62, announced))
    yield groups.unlinked(say, None)
    yield groups.stopped(say)
    yield groups.stopped_from_here(say)
    yield groups.linked_from_here(say, Linked(TITLE, was_linked=False))
    chat = replace(BEGINNERS, title=TITLE)
    yield groups.group_list(say, [], PROFILE)
    yield groups.group_list(say, [chat, replace(chat, lost_reason="removed")] * 10, PROFILE)
    yield groups.choose_group(say)
    yield groups.add_me_first(say, PROFILE)


def _leaving(say: Say) -> Iterator[View]:
    for count in COUNTS:
        held = replace(FULL.holdings, drafts=count, accounted=count)
        found = replace(FULL, person_id=LARGEST, holdings=held, upcoming=count, live=count)
        yield leaving.preview(say, replace(found, is_admin=bool(count)))
        done = replace(DONE, left_at_zoom=count, told_zoom=bool(count), is_admin=bool(count))
        yield leaving.receipt(say, done, PROFILE)
    yield leaving.nothing_held(say, PROFILE)
    yield leaving.kept(say)


def _lessons(say: Say) -> Iterator[View]:
    yield lessons.host_link(say, HostLink(TOPIC, "https://zoom.us/s/1"))
    yield from every_change(say)


def _newclass(say: Say) -> Iterator[View]:
    chats = [replace(BEGINNERS, id=-LARGEST + number, title=TITLE) for number in range(5)]
    chosen = tuple(chat.id for chat in chats[:3])
    answered = replace(WHOLE, topic=TOPIC, chat_ids=chosen, unclear_groups=(TITLE, NAME))
    forms = (
        answered,
        replace(answered, is_guided=False, groups_chosen=False),
        replace(answered, month=MONDAY, time=None),
        ClassForm(is_guided=True),
        replace(answered, repeat=EVERY_DAY_OF_WEEK),
        replace(answered, repeat=replace(EVERY_DAY_OF_WEEK, count=1)),
        replace(answered, repeat=Repeat(Frequency.DAILY, 2, until=MONDAY + 100 * DAY)),
        replace(answered, repeat=Repeat(Frequency.MONTHLY), repeat_chosen=False),
    )
    for step, known in product(Step, forms):
        yield newclass.form(say, page(step, known, *chats, topics={LARGEST: TOPIC}))
    draft = page(Step.CONFIRM, answered).draft
    others = (replace(FIQH, topic=TOPIC),) * 9
    yield doubts.doubt(say, Doubt(draft, others, is_repeated=True, zone=ZONE))
    in_series = replace(draft, said=replace(answered, repeat=EVERY_DAY_OF_WEEK))
    yield doubts.doubt(say, Doubt(in_series, others, True, ZONE, skipped_on=MONDAY))
    said = Text("{time} today has passed. Tomorrow at {time}?", {"time": time(18, 0)})
    for ahead in range(3):
        day = MONDAY + timedelta(days=ahead)
        yield doubts.passed(say, Passed(draft, said, day, MONDAY))
    yield newclass.discarded(say)


def _report(say: Say) -> Iterator[View]:
    for count in COUNTS:
        rows = [
            replace(one, lesson_id=number, teacher_id=number, teacher=NAME)
            for number, one in enumerate([LESSON, NEVER_HELD] * count)
        ]
        yield report.summary(say, book(*rows))
        scope = Scope(Of.GROUP, -(10**15))
        yield report.summary(say, book(*rows, scope=scope, about=NAME))
        yield report.nothing(say, book(*rows, period=of("last month")))
        named = tuple(Candidate(scope, NAME, NAME) for _ in range(min(count, 20)))
        for kind in (Of.TEACHER, Of.COURSE, Of.GROUP):
            yield report_choosing.choices(say, Choices(of("2026-11"), kind, named, 1, 3))
        yield report_choosing.ambiguous(say, Ambiguous(of("2026-11"), NAME, named, count))
        yield report.in_parts(say, count)
    today = date(2026, 11, 23)
    yield report_choosing.first_day(say, Scope(Of.TEACHER, 2**62), today, today)
    yield report_choosing.last_day(say, Scope(Of.TEACHER, 2**62), today, today, today)
    yield report.progress(say, 0.4)
    yield waiting.being_made(say)
    yield waiting.given_up(say)


def _summary(say: Say) -> Iterator[View]:
    marked = replace(
        student(NAME, 90),
        late_by=HOUR,
        left_early_by=HOUR,
        inferred=True,
        overlapping=True,
        ambiguous=True,
    )
    for count in COUNTS:
        students = tuple(replace(marked, returns=count, student_id=at) for at in range(count * 3))
        of_many = replace(
            CLASS,
            topic=TOPIC,
            students=students,
            is_teacher_inferred=bool(count),
            known_as=dict.fromkeys(range(1, count, 2), "Another " * 8),
            absent=(NAME,) * count,
            unknown=(NAME,) * count,
        )
        yield summary.summary(say, of_many)
        gaps = tuple((NOW + at * HOUR, NOW + at * HOUR + HOUR / 2) for at in range(count % 12))
        for is_asking in (True, False):
            doubts_ = Unsure(gaps, is_asking=is_asking, may_confirm=not is_asking)
            yield summary.summary(
                say, replace(of_many, lesson_id=LARGEST, zone=ZONE, unsure=doubts_)
            )
        yield summary.summary(say, replace(of_many, unsure=Unsure(is_confirmed=True)))
        yield summary.summary(say, replace(of_many, students=(), absent=(), is_forgotten=True))
        for topic, is_settled in product((TOPIC, None), (True, False)):
            nobody_heard = HeldOrNot(
                LARGEST, topic, PLANNED, ZONE, gaps or ((NOW, NOW),), is_settled
            )
            yield unsure.held_or_not(say, nobody_heard)


def _welcome(say: Say) -> Iterator[View]:
    profile = replace(PROFILE, name=NAME, support_email=EMAIL, privacy_contact=EMAIL)
    for role, is_teacher in product(Role, (True, False)):
        person = caller(role, is_teacher=is_teacher, name=NAME)
        yield welcome.greeting(say, person, profile)
        yield welcome.help_page(say, person, profile)
    yield welcome.new_teacher(say, person, profile)
    yield privacy.short_policy(say, profile)
    yield welcome.invitation(say, Invitation("https://t.me/b?start=t-1", NOW), ZONE)
    yield welcome.zones(say, person)
    yield welcome.zone_kept(say, person)
