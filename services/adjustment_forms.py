"""/adjust: the form for a bonus, a deduction or a waiver, from one line or step by step."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from school.errors import NotUnderstood
from school.letters import PayEntry
from school.names import clean_name
from school.pay import AdjustmentKind
from school.pay_phrases import check_amount, parse_adjustment, parse_amount
from school.statements import month_key
from services.adjusting import (
    AdjustmentMade,
    LateClass,
    add,
    late_class,
    late_classes,
    made_before,
    waiver_entry,
)
from services.currencies import currencies_earned, usual_currency
from services.office import Office
from services.pay_forms import (
    FormOver,
    FormPlace,
    form_at,
    form_of,
    open_now,
    saved_by,
    teachers_by_name,
    teachers_meant,
    today_of,
    unsaved,
)
from services.people import Caller, require_admin
from storage import forms, people, statements
from storage.adjustments import NewAdjustment
from storage.database import Transaction
from storage.pay_forms import ADJUSTMENT, AdjustmentForm, PayForm
from storage.people import Person

_LONGEST_REASON = 300


class Asked(StrEnum):
    """What the form asks for next."""

    TEACHER = "teacher"
    KIND = "kind"
    LESSON = "lesson"
    AMOUNT = "amount"
    REASON = "reason"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AdjustPage:
    """A form as it stands: what is said, and what can be chosen.

    `late` are classes of this and the last month with a deduction that can be waived. `months` are
    the days by which it can be counted in this or in the last month. `is_closed`: the month it
    belongs to is, so that it comes as a line of the next statement. `earns_in` are the currencies
    that the teacher is paid in then, by name.
    """

    form: PayForm[AdjustmentForm]
    teacher: Person | None
    candidates: tuple[Person, ...]
    late: tuple[LateClass, ...]
    lesson: LateClass | None
    months: tuple[date, ...]
    is_closed: bool
    earns_in: tuple[str, ...]
    today: date

    @property
    def is_apart(self) -> bool:
        """Whether there is no pay in its currency that it could be added to or taken from."""
        said = self.form.said
        return bool(self.teacher and said.money) and said.currency not in self.earns_in


async def begin(
    office: Office, caller: Caller, text: str, request_key: str
) -> AdjustPage | AdjustmentMade:
    """/adjust: with all that is needed it is made at once; what is open or doubtful is asked."""
    admin_id = require_admin(office, caller)
    phrase = parse_adjustment(text)
    reason = _reason(phrase.reason) if phrase.reason else None
    async with office.database.writing() as tx:
        if (before := await made_before(tx, office, request_key)) is not None:
            return before
        found, rest = await teachers_meant(tx, phrase.teacher)
        if rest:
            raise NotUnderstood(
                "I do not understand “{words}”. Write, for example: {example}",
                words=rest,
                example="/adjust Aisha bonus 500 ETB Ramadan",
            )
        said = AdjustmentForm(
            currency=phrase.currency or office.profile.currency,
            is_currency_open=phrase.currency is None,
            person_id=found[0].id if len(found) == 1 else None,
            candidates=tuple(one.id for one in found) if len(found) > 1 else (),
            kind=phrase.kind,
            amount=phrase.amount,
            reason=reason,
            day=today_of(office),
        )
        said = await _in_usual_currency(tx, office, said)
        _checked(said)
        page = await _page(tx, office, unsaved(admin_id, said))
        is_clear = phrase.is_sure and _is_currency_clear(page, phrase.currency)
        if asked(said) is Asked.NOTHING and is_clear:
            answer: AdjustPage | AdjustmentMade = await _make(tx, page, admin_id, request_key)
        else:
            form = await forms.begin(tx, ADJUSTMENT, admin_id, request_key, said)
            answer = replace(page, form=form)
    office.bell.letters.ring()
    return answer


async def choose_teacher(office: Office, place: FormPlace, person_id: int) -> AdjustPage:
    return await _choose(office, place, person_id=person_id)


async def choose_kind(office: Office, place: FormPlace, kind: AdjustmentKind) -> AdjustPage:
    return await _choose(office, place, kind=kind)


async def choose_day(office: Office, place: FormPlace, day: date) -> AdjustPage:
    """By which it is counted in this or the last month."""
    return await _choose(office, place, day=day)


async def choose_lesson(office: Office, place: FormPlace, lesson_id: int) -> AdjustPage:
    """Whose lateness is waived."""
    async with office.database.writing() as tx:
        form = await form_at(tx, ADJUSTMENT, place)
        page = await _page(tx, office, form)
        if lesson_id not in {one.line.lesson.lesson_id for one in page.late}:
            raise FormOver
        said = replace(form.said, lesson_id=lesson_id)
        return await _page(tx, office, await forms.save(tx, form, said))


async def typed(office: Office, caller: Caller, text: str) -> AdjustPage | None:
    """What an admin typed, if their form waits for an amount or a reason; None if not."""
    admin_id = require_admin(office, caller)
    async with office.database.writing() as tx:
        form = await open_now(tx, ADJUSTMENT, admin_id)
        if form is None:
            return None
        match asked(form.said):
            case Asked.AMOUNT:
                amount, currency = parse_amount(text)
                said = replace(form.said, amount=amount, currency=currency or form.said.currency)
            case Asked.REASON:
                said = replace(form.said, reason=_reason(text))
            case _:
                return None
        _checked(said)
        return await _page(tx, office, await forms.save(tx, form, said))


async def make(office: Office, place: FormPlace) -> AdjustmentMade:
    """What the form says counts; a second press makes nothing new."""
    async with office.database.writing() as tx:
        before = await made_before(tx, office, saved_by(place.form_id))
        if before is not None:
            return before
        page = await _page(tx, office, await form_at(tx, ADJUSTMENT, place))
        if asked(page.form.said) is not Asked.NOTHING:
            raise FormOver
        made = await _make(tx, page, place.admin_id, saved_by(place.form_id))
        await forms.forget(tx, place.form_id)
    office.bell.letters.ring()
    return made


async def present(office: Office, place: FormPlace) -> AdjustPage:
    """The form as it stands, for whoever pressed a button of an earlier state."""
    async with office.database.reading() as tx:
        return await _page(tx, office, await form_of(tx, ADJUSTMENT, place))


def asked(said: AdjustmentForm) -> Asked:
    """What is still open, in the order of the form."""
    if said.person_id is None:
        return Asked.TEACHER
    if said.kind is None:
        return Asked.KIND
    if said.kind is AdjustmentKind.WAIVER and said.lesson_id is None:
        return Asked.LESSON
    if said.kind is not AdjustmentKind.WAIVER and said.amount is None:
        return Asked.AMOUNT
    return Asked.REASON if said.reason is None else Asked.NOTHING


def entry_of(page: AdjustPage) -> PayEntry:
    """What the form says, when nothing is missing any more."""
    said = page.form.said
    assert said.kind is not None
    if page.lesson is not None:
        return waiver_entry(page.lesson, said.reason)
    return PayEntry(said.kind, said.day or page.today, said.money, None, None, said.reason or "")


async def _choose(office: Office, place: FormPlace, **said: object) -> AdjustPage:
    async with office.database.writing() as tx:
        form = await form_at(tx, ADJUSTMENT, place)
        new = replace(form.said, **said)  # type: ignore[arg-type]
        new = await _in_usual_currency(tx, office, new)
        _checked(new)
        page = await _page(tx, office, await forms.save(tx, form, new))
        if new.day is not None and new.day not in page.months:
            raise FormOver
        return page


async def _in_usual_currency(
    tx: Transaction, office: Office, said: AdjustmentForm
) -> AdjustmentForm:
    """In that of the teacher, once there is one, if none was typed."""
    if said.person_id is None or not said.is_currency_open:
        return said
    currency = await usual_currency(tx, office, said.person_id)
    return replace(said, currency=currency, is_currency_open=False)


def _is_currency_clear(page: AdjustPage, typed_currency: str | None) -> bool:
    return not page.is_apart and (typed_currency is not None or len(page.earns_in) == 1)


def _checked(said: AdjustmentForm) -> None:
    if said.amount is None:
        return
    check_amount(said.amount, said.currency)
    if not said.amount:
        raise NotUnderstood("Nothing is no amount. How much is it?")


def _reason(text: str) -> str:
    reason = clean_name(text)[:_LONGEST_REASON]
    if not reason:
        raise NotUnderstood("A reason belongs to it: the teacher reads it.")
    return reason


async def _page(tx: Transaction, office: Office, form: PayForm[AdjustmentForm]) -> AdjustPage:
    said, today = form.said, today_of(office)
    teacher = await people.find_by_id(tx, said.person_id) if said.person_id is not None else None
    if said.person_id is not None and teacher is None:
        raise FormOver
    candidates = [await people.get_person(tx, one) for one in said.candidates]
    if teacher is None and not candidates:
        candidates = list(await teachers_by_name(tx))
    late: tuple[LateClass, ...] = ()
    if teacher is not None and asked(said) is Asked.LESSON:
        late = await late_classes(tx, office, teacher.id, today)
    lesson = await late_class(tx, office, said.lesson_id)
    closed = await statements.closed_months(tx, teacher.id) if teacher else ()
    end_of_last_month = today.replace(day=1) - timedelta(days=1)
    is_last_open = month_key(end_of_last_month) not in closed
    day = _day(lesson, said, today)
    earns_in = await currencies_earned(tx, office, teacher.id, day) if teacher else ()
    return AdjustPage(
        form=form,
        teacher=teacher,
        candidates=tuple(candidates),
        late=late,
        lesson=lesson,
        months=(today, end_of_last_month) if is_last_open else (today,),
        is_closed=month_key(day) in closed,
        earns_in=tuple(sorted(earns_in)),
        today=today,
    )


def _day(lesson: LateClass | None, said: AdjustmentForm, today: date) -> date:
    """A waiver belongs to the month of its class."""
    if lesson is not None:
        return lesson.day
    return said.day or today


async def _make(
    tx: Transaction, page: AdjustPage, admin_id: int, request_key: str
) -> AdjustmentMade:
    said = page.form.said
    assert said.person_id is not None
    assert said.kind is not None
    assert said.reason is not None
    is_waiver = said.kind is AdjustmentKind.WAIVER
    new = NewAdjustment(
        person_id=said.person_id,
        kind=said.kind,
        day=_day(page.lesson, said, page.today),
        money=None if is_waiver else said.money,
        lesson_id=said.lesson_id if is_waiver else None,
        reason=said.reason,
    )
    return await add(tx, new, page.lesson, by=admin_id, request_key=request_key)
