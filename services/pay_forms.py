"""What the forms about pay have in common: who fills them in, and whom they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from school.errors import NotUnderstood, Outdated
from school.names import clean_name, normalised_name
from school.periods import school_day
from services.office import Office
from services.retention import FORMS_KEPT
from storage import forms
from storage.database import Transaction
from storage.forms import Form, Kind, Only
from storage.pay_forms import PayForm
from storage.people import Person, teachers_and_former

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class FormPlace:
    """The state of a form that a button was drawn for, and which admin pressed it."""

    admin_id: int
    form_id: int
    version: int


class FormOver(Outdated):
    """A form that was saved, discarded, forgotten, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("This form is no longer current.")


class FormMoved(Outdated):
    """A button of an earlier state of a form."""

    def __init__(self) -> None:
        super().__init__("The form has moved on. Here it is as it stands.")


def today_of(office: Office) -> date:
    """The school's."""
    return school_day(office.clock(), office.profile.zone)


def next_month(today: date) -> date:
    """Its first day."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def unsaved(admin_id: int, said: _Said) -> PayForm[_Said]:
    """A form that is never begun, where one line may have said all of it."""
    return Form(0, admin_id, None, 0, Only.OPEN, said)


async def form_of(tx: Transaction, of: Kind[_Said, Only], place: FormPlace) -> PayForm[_Said]:
    """In whatever state it is: for answers that mean the same in each. Raises FormOver."""
    found = await forms.find(tx, of, place.form_id)
    if found is None or found.person_id != place.admin_id:
        raise FormOver
    return found


async def form_at(tx: Transaction, of: Kind[_Said, Only], place: FormPlace) -> PayForm[_Said]:
    """Raises FormOver, or FormMoved for a button that was drawn for an earlier state of it."""
    found = await form_of(tx, of, place)
    if found.version != place.version:
        raise FormMoved
    return found


async def open_now(tx: Transaction, of: Kind[_Said, Only], admin_id: int) -> PayForm[_Said] | None:
    """The form that an admin's typed text may be an answer to."""
    return await forms.latest(tx, of, admin_id, tx.now - FORMS_KEPT)


async def discard(office: Office, place: FormPlace) -> None:
    """Forget a form; once it is saved, there is none."""
    async with office.database.writing() as tx:
        if not await forms.forget(tx, place.form_id, of=place.admin_id):
            raise FormOver


def saved_by(form_id: int) -> str:
    """The request key of what a form makes, so that a second press makes nothing new."""
    return f"form:{form_id}"


async def teachers_by_name(tx: Transaction) -> tuple[Person, ...]:
    """Everybody who teaches now, by name."""
    every = await teachers_and_former(tx)
    return tuple(sorted((one for one in every if one.is_teacher), key=lambda one: one.name))


async def teachers_meant(tx: Transaction, text: str) -> tuple[Sequence[Person], str]:
    """Whom the beginning of `text` names, and the rest of it; as many words as fit are the name.

    Nobody may be meant, or several: whoever has that name; else whoever's name begins with it.
    Raises NotUnderstood where there are words, but no teacher has such a name.
    """
    words = clean_name(text).split()
    known = [(normalised_name(one.name), one) for one in await teachers_and_former(tx)]
    for end in range(len(words), 0, -1):
        wanted = normalised_name(" ".join(words[:end]))
        exact = [one for name, one in known if name == wanted]
        found = exact or [one for name, one in known if name.startswith(wanted)]
        if found:
            return sorted(found, key=lambda one: one.name), " ".join(words[end:])
    if words:
        raise NotUnderstood("I know no teacher called {name}.", name=" ".join(words))
    return (), ""
