"""The answers to how often a new class is repeated, and until when."""

from dataclasses import replace
from datetime import date

from school.errors import NotUnderstood
from school.names import folded
from school.recurrence import Frequency, Repeat, parse_end, parse_repeat
from services.drafting import local_now, page, present_form, take_answer
from services.forms import FormAnswer, FormGone, Place
from services.office import Office
from storage import forms
from storage.class_forms import ClassForm, Step

_ONCE = frozenset({"once", "no", "never"})


async def choose_once(office: Office, place: Place) -> FormAnswer:
    """The class is not repeated."""
    return await take_answer(
        office, place, lambda old: replace(old, repeat=None, repeat_chosen=True)
    )


async def choose_rhythm(office: Office, place: Place, frequency: Frequency) -> FormAnswer:
    """Every day, or every week on the weekday of the chosen day; its end is asked next."""

    def repeated(old: ClassForm) -> ClassForm:
        weekdays = (_first(old, office, place).weekday(),)
        repeat = Repeat(frequency, weekdays=weekdays if frequency is Frequency.WEEKLY else ())
        return replace(old, repeat=repeat, repeat_chosen=False)

    return await take_answer(office, place, repeated)


async def choose_weekdays(office: Office, place: Place) -> FormAnswer:
    """Show the days of the week, that of the chosen day among them already."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        repeat = weekly(draft.said) or Repeat(
            Frequency.WEEKLY, weekdays=(_first(draft.said, office, place).weekday(),)
        )
        form = replace(draft.said, repeat=repeat, repeat_chosen=False)
        draft = await forms.save(tx, draft, form, Step.WEEKDAYS)
    return await page(office, place.teacher, draft)


async def toggle_weekday(office: Office, place: Place, weekday: int) -> FormAnswer:
    """Repeat it on that day of the week, or no longer."""
    async with office.database.writing() as tx:
        draft = await present_form(tx, place)
        repeat = weekly(draft.said)
        if repeat is None or weekday not in range(7):
            raise FormGone
        weekdays = tuple(sorted({*repeat.weekdays} ^ {weekday}))
        if not weekdays:
            raise NotUnderstood("Choose another day first: one has to stay.")
        form = replace(draft.said, repeat=replace(repeat, weekdays=weekdays))
        draft = await forms.save(tx, draft, form, Step.WEEKDAYS)
    return await page(office, place.teacher, draft)


async def confirm_weekdays(office: Office, place: Place) -> FormAnswer:
    return await take_answer(office, place, lambda old: old)


async def choose_count(office: Office, place: Place, count: int | None) -> FormAnswer:
    """The series has so many classes; None: it goes on until somebody ends it."""

    def ended(old: ClassForm) -> ClassForm:
        if old.repeat is None:
            raise FormGone
        repeat = replace(old.repeat, count=count, until=None)
        return replace(old, repeat=repeat, repeat_chosen=True)

    return await take_answer(office, place, ended)


async def type_about_repeat(office: Office, place: Place, step: Step, text: str) -> FormAnswer:
    """How often, or at the last question until when, typed."""
    if step is Step.UNTIL:
        return await _type_end(office, place, text)
    return await _type_rhythm(office, place, text)


async def _type_rhythm(office: Office, place: Place, text: str) -> FormAnswer:
    if folded(text) in _ONCE:
        return await choose_once(office, place)

    def repeated(old: ClassForm) -> ClassForm:
        repeat = _typed_repeat(text, _first(old, office, place))
        is_whole = repeat.count is not None or repeat.until is not None
        return replace(old, repeat=repeat, repeat_chosen=is_whole)

    return await take_answer(office, place, repeated)


def _typed_repeat(text: str, first: date) -> Repeat:
    """A rule, or only its days: "Mon and Wed x10"."""
    try:
        return parse_repeat(text, first=first)
    except NotUnderstood as error:
        try:
            return parse_repeat(f"every {text}", first=first)
        except NotUnderstood:
            raise error from None


async def _type_end(office: Office, place: Place, text: str) -> FormAnswer:
    def ended(old: ClassForm) -> ClassForm:
        if old.repeat is None:
            raise FormGone
        repeat = parse_end(text, old.repeat, first=_first(old, office, place))
        return replace(old, repeat=repeat, repeat_chosen=True)

    return await take_answer(office, place, ended)


def weekly(form: ClassForm) -> Repeat | None:
    """Its repeat, if that is on days of the week."""
    return form.repeat if form.repeat and form.repeat.weekdays else None


def _first(form: ClassForm, office: Office, place: Place) -> date:
    """The day from which on a repeat is to hold."""
    return form.day or local_now(office, place.teacher).date()
