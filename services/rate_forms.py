"""/rate: the form for a new rate, from one typed line or step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from school.day_phrases import nearest_day_of
from school.errors import NotUnderstood
from school.names import clean_name, normalised_name
from school.pay_phrases import check_amount, parse_amount, parse_rate
from school.pay_rules import Rate
from services.currencies import usual_currency
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
    teachers_meant,
    today_of,
    unsaved,
)
from services.people import Caller, require_admin
from services.rates import (
    RateHistory,
    RateList,
    RateSaved,
    closed_from,
    history_shown,
    list_rates,
    rate_on,
    set_before,
    set_rate,
    teacher_of,
)
from storage import forms, pay, people
from storage.database import Transaction
from storage.pay import NewRate
from storage.pay_forms import RATE, PayForm, RateForm
from storage.people import Person

_MOST_COURSES = 8


@dataclass(frozen=True, slots=True)
class RatePage:
    """A form as it stands: what is said, and what can be chosen.

    `before` is what holds on the chosen day now; `closed` the months that it reaches back into
    though they are closed.
    """

    form: PayForm[RateForm]
    teacher: Person | None
    candidates: tuple[Person, ...]
    courses: Mapping[int, str | None]  # topics of the latest ones, by id
    currencies: tuple[str, ...]
    before: Rate | None
    closed: tuple[str, ...]
    today: date


RateAnswer = RateList | RateHistory | RatePage | RateSaved


async def begin(office: Office, caller: Caller, text: str, request_key: str) -> RateAnswer:
    """/rate: alone the list of teachers; with all that is needed, a new rate at once.

    Where its day is far off, or in a month that is closed, it is shown first.
    """
    admin_id = require_admin(office, caller)
    if not clean_name(text):
        return await list_rates(office, caller)
    phrase = parse_rate(text, today=today_of(office))
    async with office.database.writing() as tx:
        found, rest = await teachers_meant(tx, phrase.rest)
        usual = await usual_currency(tx, office, found[0].id if len(found) == 1 else None)
        said = RateForm(
            currency=phrase.currency or usual,
            per=phrase.per,
            amount=phrase.amount,
            valid_from=phrase.valid_from,
        )
        _checked(said)
        if len(found) == 1:
            said = await _of_course(tx, replace(said, person_id=found[0].id), rest)
        else:
            said = replace(said, candidates=tuple(one.id for one in found))
        is_bare = (said.per, said.amount, said.valid_from) == (None, None, None)
        if len(found) == 1 and is_bare and not rest:
            return await history_shown(tx, office, admin_id, found[0])
        # Whoever types a rate in one line means all classes, if they name none.
        said = replace(said, is_course_chosen=True)
        page = await _page(tx, office, unsaved(admin_id, said))
        is_clear = phrase.is_sure and not page.closed
        if page.teacher and missing(page) is None and is_clear:
            answer: RateAnswer = await _save(tx, page, admin_id, request_key)
        else:
            form = await forms.begin(tx, RATE, admin_id, request_key, said)
            answer = replace(page, form=form)
    office.bell.letters.ring()
    return answer


async def change(office: Office, caller: Caller, person_id: int, request_key: str) -> RatePage:
    """Begin a new rate of a teacher's, with buttons."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        teacher = await teacher_of(tx, person_id)
        currency = await usual_currency(tx, office, teacher.id)
        said = RateForm(currency=currency, person_id=teacher.id)
        form = await forms.begin(tx, RATE, admin_id, request_key, said)
        return await _page(tx, office, form)


async def choose(office: Office, place: FormPlace, **said: object) -> RatePage:
    """One more answer, by its field of the form."""
    async with office.database.writing() as tx:
        form = await form_at(tx, RATE, place)
        return await _answered(tx, office, form, replace(form.said, **said))  # type: ignore[arg-type]


async def go_back(office: Office, place: FormPlace) -> RatePage:
    """Ask the last question again."""
    async with office.database.writing() as tx:
        form = await form_at(tx, RATE, place)
        page = await _page(tx, office, form)
        return await _answered(tx, office, form, _without_last(page))


async def typed(office: Office, caller: Caller, text: str) -> RatePage | None:
    """What an admin typed, if their form waits for an amount or a day; None if not."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        form = await open_now(tx, RATE, admin_id)
        if form is None:
            return None
        page = await _page(tx, office, form)
        match missing(page):
            case "amount":
                amount, currency = parse_amount(text)
                said = replace(form.said, amount=amount, currency=currency or form.said.currency)
            case "valid_from":
                said = replace(form.said, valid_from=nearest_day_of(text, today=page.today))
            case _:
                return None
        return await _answered(tx, office, form, said)


async def save(office: Office, place: FormPlace) -> RateSaved:
    """What the form says holds from its day on; a second press makes nothing new."""
    async with office.database.writing() as tx:
        if (before := await set_before(tx, place.admin_id, saved_by(place.form_id))) is not None:
            return before
        page = await _page(tx, office, await form_at(tx, RATE, place))
        if page.teacher is None or missing(page) is not None:
            raise FormOver
        saved = await _save(tx, page, place.admin_id, saved_by(place.form_id))
        await forms.forget(tx, place.form_id)
    office.bell.letters.ring()
    return saved


async def present(office: Office, place: FormPlace) -> RatePage:
    """The form as it stands, for whoever pressed a button of an earlier state."""
    async with office.database.reading() as tx:
        return await _page(tx, office, await form_of(tx, RATE, place))


def missing(page: RatePage) -> str | None:
    """The field that the form asks for next."""
    said = page.form.said
    if said.person_id is None:
        return "person_id"
    if said.per is None:
        return "per"
    if said.amount is None:
        return "amount"
    if not said.is_course_chosen and len(page.courses) > 1:
        return "course"
    return "valid_from" if said.valid_from is None else None


def days_offered(today: date) -> tuple[date, date, date]:
    """The first of this month, today, and the first of the next month."""
    return today.replace(day=1), today, next_month(today)


def _without_last(page: RatePage) -> RateForm:
    said = page.form.said
    if said.valid_from is not None:
        return replace(said, valid_from=None)
    if said.is_course_chosen and len(page.courses) > 1:
        return replace(said, is_course_chosen=False, course_id=None)
    return replace(said, amount=None) if said.amount is not None else replace(said, per=None)


async def _answered(
    tx: Transaction, office: Office, form: PayForm[RateForm], said: RateForm
) -> RatePage:
    _checked(said)
    page = await _page(tx, office, await forms.save(tx, form, said))
    if said.course_id is not None and said.course_id not in page.courses:
        raise FormOver
    return page


def _checked(said: RateForm) -> None:
    if said.amount is not None:
        check_amount(said.amount, said.currency)


async def _page(tx: Transaction, office: Office, form: PayForm[RateForm]) -> RatePage:
    said, today = form.said, today_of(office)
    teacher = await teacher_of(tx, said.person_id) if said.person_id is not None else None
    candidates = [await people.get_person(tx, one) for one in said.candidates]
    if teacher is None and not candidates:
        candidates = list(await teachers_by_name(tx))
    courses = await pay.courses_of(tx, teacher.id, _MOST_COURSES) if teacher else {}
    before: Rate | None = None
    closed: tuple[str, ...] = ()
    if teacher and said.valid_from:
        before = await rate_on(tx, teacher.id, said.course_id, said.valid_from)
        closed = await closed_from(tx, teacher.id, said.valid_from)
    return RatePage(
        form=form,
        teacher=teacher,
        candidates=tuple(candidates),
        courses=courses,
        currencies=await _currencies(office, tx),
        before=before,
        closed=closed,
        today=today,
    )


async def _save(tx: Transaction, page: RatePage, admin_id: int, request_key: str) -> RateSaved:
    said = page.form.said
    assert said.person_id is not None
    assert said.per is not None
    assert said.money is not None
    assert said.valid_from is not None
    new = NewRate(said.person_id, said.course_id, said.valid_from, said.per, said.money)
    topic = page.courses.get(said.course_id) if said.course_id is not None else None
    return await set_rate(tx, new, topic, by=admin_id, request_key=request_key)


async def _of_course(tx: Transaction, said: RateForm, rest: str) -> RateForm:
    """With the teacher's class that the rest of a line names."""
    wanted = normalised_name(rest).removeprefix("in ").removeprefix("for ")
    if not wanted:
        return said
    assert said.person_id is not None
    courses = await pay.courses_of(tx, said.person_id, _MOST_COURSES)
    known = [(normalised_name(topic or ""), course_id) for course_id, topic in courses.items()]
    exact = [course_id for name, course_id in known if name == wanted]
    found = exact or [course_id for name, course_id in known if name.startswith(wanted)]
    if len(found) != 1:
        raise NotUnderstood(
            "I do not understand “{words}”. Write, for example: {example}",
            words=rest,
            example="/rate Aisha 250 ETB per hour from 2026-11-01",
        )
    return replace(said, course_id=found[0])


async def _currencies(office: Office, tx: Transaction) -> tuple[str, ...]:
    """The school's first, then those in use."""
    used = await pay.currencies_used(tx)
    return tuple(dict.fromkeys([office.profile.currency, *used]))[:6]
