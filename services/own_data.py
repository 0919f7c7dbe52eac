"""What is stored about a person, summed up for them; services.own_data_file has all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.office import Office
from services.people import TelegramUser
from storage import courses, own_reading, people, students, zoom_accounts
from storage.audit import note
from storage.database import Transaction
from storage.own_data import COUNTED, PARTS
from storage.own_parts import Counted, Part, Subject, subject_of
from storage.people import Person
from storage.students import Student


@dataclass(frozen=True, slots=True)
class OwnZoom:
    """The Zoom account that somebody has connected; `plan` is Zoom's user type."""

    email: str
    display_name: str
    plan: int
    is_broken: bool
    connected_at: datetime


@dataclass(frozen=True, slots=True)
class OnList:
    """A student that somebody is, as the teacher has confirmed."""

    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class OwnSummary:
    """The few values that matter, and how much there is of the rest, by the keys of PARTS."""

    name: str
    username: str | None
    pseudonym: str
    known_since: datetime
    is_teacher: bool
    is_admin: bool
    zoom: OwnZoom | None
    groups: tuple[str, ...]
    on_lists: tuple[OnList, ...]
    attended_for: timedelta
    counts: Mapping[str, int]

    @property
    def is_unconfirmed(self) -> bool:
        """No teacher has said who they are in a class, and they never taught one."""
        return not (self.is_teacher or self.on_lists or self.counts["lessons"])


@dataclass(frozen=True, slots=True)
class Deleted:
    """Nothing is stored about them but that it was deleted; the newest receipt."""

    receipt: str
    at: datetime


_SUMMED_UP = frozenset(
    {
        *("invitations_made", "courses", "lessons", "attendance", "presence_as_teacher", "rates"),
        *("adjustments", "corrections", "disputes", "statements", "letters", "forms", "log"),
        *("students_on_your_lists", "students_in_private", "requests_to_delete_attendance"),
        *("messages_about_classes", "messages_in_groups"),
    }
)


async def summary(office: Office, user: TelegramUser) -> OwnSummary | Deleted | None:
    """None for somebody of whom nothing is stored. That they asked is noted in the log."""
    async with office.database.reading() as tx:
        person = await people.find_person(tx, user.id)
        if person is None:
            receipt = await own_reading.last_receipt(tx, user.id)
            return Deleted(*receipt) if receipt else None
    async with office.database.writing() as tx:
        await note(tx, person.pseudonym, "asked for their data")
    async with office.database.reading() as tx:
        is_admin = user.id in office.profile.admin_ids
        return await _summary(tx, person, await subject_of(tx, person), is_admin=is_admin)


async def _summary(tx: Transaction, person: Person, who: Subject, *, is_admin: bool) -> OwnSummary:
    parts: tuple[Part | Counted, ...] = (*PARTS, *COUNTED)
    counts = {
        part.key: await own_reading.count(tx, part, who) for part in parts if part.key in _SUMMED_UP
    }
    return OwnSummary(
        name=person.name,
        username=person.username,
        pseudonym=person.pseudonym,
        known_since=person.created_at,
        is_teacher=person.is_teacher,
        is_admin=is_admin,
        zoom=await own_zoom(tx, person),
        groups=await own_reading.titles_of_groups(tx, who),
        on_lists=tuple([await _on_list(tx, one) for one in await _lists(tx, person)]),
        attended_for=await own_reading.attended_for(tx, who),
        counts=counts,
    )


async def own_zoom(tx: Transaction, person: Person) -> OwnZoom | None:
    """The Zoom account that a person has connected."""
    found = await zoom_accounts.find_account(tx, person.id)
    if found is None:
        return None
    profile = found.profile
    return OwnZoom(
        email=profile.email,
        display_name=profile.display_name,
        plan=profile.plan,
        is_broken=found.is_broken,
        connected_at=found.connected_at,
    )


async def _lists(tx: Transaction, person: Person) -> tuple[Student, ...]:
    return await students.students_of_person(tx, person.id)


async def _on_list(tx: Transaction, student: Student) -> OnList:
    course = await courses.get_course(tx, student.course_id)
    return OnList(student.name, course.topic or "")
