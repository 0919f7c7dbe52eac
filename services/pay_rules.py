"""/payrules: by which rules lessons are paid, changed on a form with a worked example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from school.letters import RulesSet
from school.model import Planned
from school.money import Money
from school.pay import CalledOffBy, LessonFacts, PayLine, pay_line
from school.pay_phrases import parse_tiers, tier
from school.pay_rules import (
    Basis,
    LatenessTier,
    PayRules,
    Per,
    Rate,
    Rounding,
    RulesVersion,
    rules_on,
)
from services import letters
from services.office import Office
from services.pay_forms import (
    FormOver,
    FormPlace,
    form_at,
    form_of,
    next_month,
    open_now,
    saved_by,
    teachers_by_name,
    today_of,
)
from services.people import Caller, require_admin
from storage import forms, pay, people
from storage.audit import note
from storage.database import Transaction
from storage.pay_forms import RULES, PayForm, RulesForm

PAGES = ("basis", "rounding", "cap", "minimum", "lateness", "noshow", "cancel", "from")
"""The settings, each on a page of its own."""

USUAL_TIERS: tuple[tuple[LatenessTier, ...], ...] = (
    (),
    (tier(3, 5), tier(10, 10), tier(20, 25)),
    (tier(5, 10), tier(15, 20)),
)

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "basis": tuple(Basis),
        "step": ("1", "5", "15"),
        "rounding": tuple(Rounding),
        "cap": ("none", "0", "5", "10", "15"),
        "minimum": ("0", "10", "15", "30"),
        "tiers": ("0", "1", "2"),
        "noshow": ("100", "50", "0"),
        "wait": ("10", "15", "20"),
        "notice": ("2", "12", "24"),
        "cancelled": ("100", "50", "0"),
    }
)
"""What can be pressed for each question; minutes, hours or per cent."""


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The form as it stands. `present` are today's rules, `coming` those already saved for later.

    `example` is what a made-up class is paid by the rules of the form.
    """

    form: PayForm[RulesForm]
    present: RulesVersion
    coming: RulesVersion | None
    example: PayLine
    days: tuple[date, date]  # from which they may hold


@dataclass(frozen=True, slots=True)
class RulesSaved:
    """Rules that hold from a day on; `told` is how many teachers hear of it."""

    rules: PayRules
    valid_from: date
    told: int


async def begin(office: Office, caller: Caller, request_key: str) -> RulesPage:
    """The form, as the rules are today."""
    admin_id = require_admin(office, caller)
    today = today_of(office)
    async with office.database.writing() as tx:
        present = rules_on(today, await pay.rules_versions(tx))
        said = RulesForm(rules=present.rules, valid_from=today.replace(day=1))
        return await _page(tx, office, await forms.begin(tx, RULES, admin_id, request_key, said))


async def turn_to(office: Office, place: FormPlace, name: str) -> RulesPage:
    """Look at one setting, or ("") at all of them."""
    if name not in {"", *PAGES}:
        raise FormOver
    return await _changed(office, place, lambda said: replace(said, page=name))


async def choose(office: Office, place: FormPlace, question: str, value: str) -> RulesPage:
    """One of CHOICES."""
    if value not in CHOICES.get(question, ()):
        raise FormOver
    return await _changed(
        office, place, lambda said: replace(said, rules=_SETTERS[question](said.rules, value))
    )


async def choose_day(office: Office, place: FormPlace, day: date) -> RulesPage:
    """From when they hold."""
    if day not in days_offered(today_of(office)):
        raise FormOver
    return await _changed(office, place, lambda said: replace(said, valid_from=day))


async def typed(office: Office, caller: Caller, text: str) -> RulesPage | None:
    """The steps of lateness, if the form looks at them; None if not."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        form = await open_now(tx, RULES, admin_id)
        if form is None or form.said.page != "lateness":
            return None
        rules = replace(form.said.rules, tiers=parse_tiers(text))
        said = replace(form.said, rules=rules)
        return await _page(tx, office, await forms.save(tx, form, said))


async def save(office: Office, place: FormPlace) -> RulesSaved | RulesPage:
    """They hold from their day on; a second press makes nothing new.

    A form may outlive its month, which may be locked by then: it is shown anew, for this month.
    """
    async with office.database.writing() as tx:
        key = saved_by(place.form_id)
        before = await pay.rules_of_request(tx, key, place.admin_id)
        if before is not None:
            return RulesSaved(before.rules, before.valid_from, told=0)
        form = await form_at(tx, RULES, place)
        said, offered = form.said, days_offered(today_of(office))
        if said.valid_from not in offered:
            said = replace(said, valid_from=offered[0])
            return await _page(tx, office, await forms.save(tx, form, said))
        former = rules_on(said.valid_from, await pay.rules_versions(tx))
        await pay.add_rules(tx, said.rules, said.valid_from, by=place.admin_id, request_key=key)
        admin = await people.get_person(tx, place.admin_id)
        await note(tx, admin.pseudonym, f"set pay rules from {said.valid_from.isoformat()}")
        await forms.forget(tx, place.form_id)
        told = await _tell_teachers(tx, said, former.rules, place)
    office.bell.letters.ring()
    return RulesSaved(said.rules, said.valid_from, told)


async def _tell_teachers(
    tx: Transaction, said: RulesForm, former: PayRules, place: FormPlace
) -> int:
    """Of what differs from the day on, if anything does; not the teacher who set it."""
    if said.rules == former:
        return 0
    teachers = [one for one in await teachers_by_name(tx) if one.id != place.admin_id]
    for one in teachers:
        letter = RulesSet(said.valid_from, said.rules, former)
        await letters.write(tx, one.id, letter, f"rules of {saved_by(place.form_id)}")
    return len(teachers)


async def present(office: Office, place: FormPlace) -> RulesPage:
    """The form as it stands, for whoever pressed a button of an earlier state."""
    async with office.database.reading() as tx:
        return await _page(tx, office, await form_of(tx, RULES, place))


def example(rules: PayRules, page: str, currency: str) -> PayLine:
    """A made-up class, such that the setting looked at makes a difference."""
    facts = _EXAMPLE
    if page == "noshow":
        waited = 18 * _MINUTE
        facts = replace(facts, taught=_NOTHING, students=0, teacher_present=waited, waited=waited)
    if page == "cancel":
        facts = replace(
            facts,
            taught=_NOTHING,
            students=0,
            teacher_present=_NOTHING,
            waited=_NOTHING,
            actual=_NOTHING,
            began_at=None,
            called_off_at=facts.planned.starts_at - timedelta(hours=1),
            called_off_by=CalledOffBy.STUDENTS,
        )
    if page == "minimum":
        facts = replace(facts, taught=8 * _MINUTE, actual=9 * _MINUTE, teacher_present=9 * _MINUTE)
    rate = Rate(0, None, _AT.date(), Per.HOUR, Money(currency, Decimal(200)), _AT)
    return pay_line(facts, rate, RulesVersion(None, _AT.date(), rules, _AT))


_NOTHING = timedelta()
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
_EXAMPLE = LessonFacts(
    lesson_id=0,
    course_id=0,
    planned=Planned(_AT, 45 * _MINUTE),
    began_at=_AT + 6 * _MINUTE,
    actual=52 * _MINUTE + 30 * _SECOND,
    teacher_present=51 * _MINUTE + 10 * _SECOND,
    taught=41 * _MINUTE + 40 * _SECOND,
    late_by=6 * _MINUTE,
    waited=39 * _MINUTE,
    students=7,
    called_off_at=None,
    called_off_by=CalledOffBy.TEACHER,
    is_waived=False,
    is_inferred=False,
    is_corrected=False,
)


def _minutes(value: str) -> timedelta:
    return int(value) * _MINUTE


_SETTERS: Mapping[str, Callable[[PayRules, str], PayRules]] = MappingProxyType(
    {
        "basis": lambda rules, value: replace(rules, basis=Basis(value)),
        "step": lambda rules, value: replace(rules, step=_minutes(value)),
        "rounding": lambda rules, value: replace(rules, rounding=Rounding(value)),
        "cap": lambda rules, value: replace(
            rules, cap_over=None if value == "none" else _minutes(value)
        ),
        "minimum": lambda rules, value: replace(rules, minimum=_minutes(value)),
        "tiers": lambda rules, value: replace(rules, tiers=USUAL_TIERS[int(value)]),
        "noshow": lambda rules, value: replace(rules, no_show_percent=Decimal(value)),
        "wait": lambda rules, value: replace(rules, no_show_wait=_minutes(value)),
        "notice": lambda rules, value: replace(rules, late_cancel=timedelta(hours=int(value))),
        "cancelled": lambda rules, value: replace(rules, late_cancel_percent=Decimal(value)),
    }
)


def chosen(rules: PayRules, question: str, value: str) -> bool:
    """Whether that is how the rules are."""
    return _SETTERS[question](rules, value) == rules


def days_offered(today: date) -> tuple[date, date]:
    """From which they may hold: the first of this month, and of the next."""
    return today.replace(day=1), next_month(today)


async def _changed(
    office: Office, place: FormPlace, change: Callable[[RulesForm], RulesForm]
) -> RulesPage:
    async with office.database.writing() as tx:
        form = await form_of(tx, RULES, place)
        return await _page(tx, office, await forms.save(tx, form, change(form.said)))


async def _page(tx: Transaction, office: Office, form: PayForm[RulesForm]) -> RulesPage:
    today = today_of(office)
    versions = await pay.rules_versions(tx)
    later = [one for one in versions if one.valid_from > today]
    return RulesPage(
        form=form,
        present=rules_on(today, versions),
        coming=min(later, key=lambda one: one.valid_from, default=None),
        example=example(form.said.rules, form.said.page, office.profile.currency),
        days=days_offered(today),
    )
