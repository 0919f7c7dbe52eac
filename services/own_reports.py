"""What Zoom's stored reports say of one person: nobody else who was in a class with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from school.facts import Participant
from school.identity import Key, strong_keys
from storage import attendance, courses, matching, own_reading, students, zoom_accounts
from storage.database import Transaction
from storage.own_parts import Subject
from storage.own_reading import Report
from storage.sealing import Vault
from storage.student_names import index_of
from storage.students import Student
from zoom.redacting import Mentioned, Narrowed, narrowed


@dataclass(frozen=True, slots=True)
class _Signs:
    """By what a person can be told from others in a lesson.

    `names` are the indexes of those that nobody else there bears.
    """

    vault: Vault = field(repr=False)
    names: frozenset[bytes]
    keys: frozenset[Key]

    @property
    def marks(self) -> frozenset[str]:
        """Their Zoom ids and e-mails."""
        return frozenset(value.casefold() for _, value in self.keys)

    def mean(self, one: Mentioned) -> bool:
        said = Participant(
            zoom_user_id=one.zoom_user_id, email=one.email, registrant_id=one.registrant_id
        )
        own = strong_keys(said, frozenset())
        if own:
            return bool(self.keys.intersection(own))
        return index_of(self.vault, one.name) in self.names


@dataclass(slots=True)
class OwnReports:
    """A person's part in reports; what they are known by is looked up once per lesson."""

    tx: Transaction
    who: Subject
    students: tuple[Student, ...]  # who they are
    account: frozenset[Key]  # marks of their Zoom account
    lessons: frozenset[int]  # held on it
    numbers: frozenset[int]  # of meetings on it
    _known: dict[int, _Signs] = field(default_factory=dict)

    @classmethod
    async def of(cls, tx: Transaction, who: Subject) -> Self:
        found = await zoom_accounts.find_account(tx, who.person_id)
        marks = set[Key]()
        if found is not None:
            said = Participant(zoom_user_id=found.profile.zoom_user_id, email=found.email)
            marks.update(strong_keys(said, frozenset()))
        return cls(
            tx=tx,
            who=who,
            students=await students.students_of_person(tx, who.person_id),
            account=frozenset(marks),
            lessons=await own_reading.lessons_on_their_account(tx, who),
            numbers=await own_reading.numbers_on_their_account(tx, who),
        )

    async def as_teacher(self, report: Report, row: Mapping[str, object]) -> object:
        """All that it says of the class, and of people only of them; None if it is of others."""
        found = await self._narrowed(report, row, self._host_in(report, row))
        if found is None:
            return None
        is_of_another = found.others and not found.entries and _is_event(found.whole)
        return None if is_of_another else found.whole

    async def as_student(self, report: Report, row: Mapping[str, object]) -> object:
        """What it says of them, and nothing of the class; None if that is nothing."""
        found = await self._narrowed(report, row, frozenset())
        if found is None or not found.entries:
            return None
        return {**_heading(found.whole), "about_you": list(found.entries)}

    async def _narrowed(
        self, report: Report, row: Mapping[str, object], more: frozenset[Key]
    ) -> Narrowed | None:
        signs = await self._signs(row["lesson_id"])
        signs = replace(signs, keys=signs.keys | more)
        return narrowed(report.body, signs.mean, signs.marks)

    def _host_in(self, report: Report, row: Mapping[str, object]) -> frozenset[Key]:
        """Zoom's host of a meeting on their account is they, whatever became of the account."""
        if row.get("meeting_id") not in self.numbers and row["lesson_id"] not in self.lessons:
            return frozenset()
        try:
            said = json.loads(report.body)
            host_id = said.get("host_id") or said["payload"]["object"]["host_id"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return frozenset()
        return frozenset({("zoom", str(host_id))}) if host_id else frozenset()

    async def _signs(self, lesson_id: object) -> _Signs:
        if not isinstance(lesson_id, int):
            return _Signs(self.tx.vault, frozenset(), self.account)
        if lesson_id not in self._known:
            self._known[lesson_id] = await self._signs_in(lesson_id)
        return self._known[lesson_id]

    async def _signs_in(self, lesson_id: int) -> _Signs:
        own = await own_reading.places_in(self.tx, lesson_id, self.who)
        keys_in = await matching.keys_in(self.tx, lesson_id)
        names, others = await self._names_on_list(lesson_id), set[bytes | None]()
        keys = set(self.account)
        for row in await attendance.presences_of(self.tx, lesson_id):
            if row.ordinal in own:
                names |= {row.name_index} if row.name_index else set()
                keys |= keys_in.get(row.ordinal, frozenset())
            else:
                others.add(row.name_index)
        for one in self.students:
            keys |= one.keys
        alone = names - others - {index_of(self.tx.vault, "")}
        return _Signs(self.tx.vault, frozenset(alone), frozenset(keys))

    async def _names_on_list(self, lesson_id: int) -> set[bytes]:
        """What they alone are called on the list of the lesson's course."""
        lesson = await courses.find_lesson(self.tx, lesson_id)
        if lesson is None:
            return set()
        hashes = self.who.names.get(lesson.course_id, frozenset())
        own = (one.indexes for one in self.students if one.course_id == lesson.course_id)
        return set(hashes.intersection(frozenset().union(*own)))


def _is_event(said: object) -> bool:
    """Not an answer, which is about a whole meeting."""
    return isinstance(said, dict) and "event" in said


def _heading(said: object) -> dict[str, object]:
    """Which event it was, and when."""
    if not isinstance(said, dict):
        return {}
    return {key: said[key] for key in ("event", "event_ts") if key in said}
