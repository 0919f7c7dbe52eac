"""Who of those in a lesson is who on the course's list of students.

A mark that Zoom gives (registration, account, e-mail) says for certain who somebody is, once it
is known to be a student's. Failing that, a name does: the student's own, or another one that the
teacher said is theirs, where exactly one person and one student claim it and no mark says
otherwise. Whatever is not certain stays a person apart, marked doubtful; nobody is silently
merged. The outcome depends on the sets of people and of students alone.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from school.identity import HOST, Key


class Mark(StrEnum):
    """By what a student is recognised; all but the name are the kinds of school.identity's keys."""

    NAME = "name"
    ZOOM = "zoom"
    EMAIL = "email"
    REGISTRANT = "registrant"


@dataclass(frozen=True, slots=True)
class KnownStudent:
    """Somebody on a list: `names` are normalised; `keys` are the marks that are known as theirs.

    Not `is_student`, it is somebody who comes and is no student, as the teacher has said.
    """

    student_id: int
    names: frozenset[str]
    keys: frozenset[Key] = frozenset()
    is_student: bool = True


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody in a lesson, by all that Zoom said of them.

    `ambiguous`: a guest whose name several others there bear, so that it says nothing.
    """

    names: frozenset[str]  # normalised; without the empty one
    keys: frozenset[Key]
    ambiguous: bool = False

    @property
    def is_host(self) -> bool:
        return HOST in self.keys


@dataclass(frozen=True, slots=True)
class Recognition:
    """Who somebody is, None where nobody on the list is certain; `doubtful` where several may."""

    student: KnownStudent | None = None
    doubtful: bool = False


NOBODY = Recognition()
DOUBTFUL = Recognition(doubtful=True)


def recognised(comers: Sequence[Comer], roster: Iterable[KnownStudent]) -> list[Recognition]:
    """Who each of `comers` is. Several can be the same student: by marks, or by different names.

    Two who have marks are one student only where a mark of each is known to be that student's.
    """
    return _Matching(comers, roster).outcome()


class _Matching:
    """One lesson's people beside one list."""

    def __init__(self, comers: Sequence[Comer], roster: Iterable[KnownStudent]) -> None:
        self._comers = comers
        self._by_key = defaultdict[Key, dict[int, KnownStudent]](dict)
        self._by_name = defaultdict[str, dict[int, KnownStudent]](dict)
        for student in roster:
            for key in student.keys:
                self._by_key[key][student.student_id] = student
            for name in student.names:
                self._by_name[name][student.student_id] = student

    def outcome(self) -> list[Recognition]:
        found = [self._by_marks(comer) for comer in self._comers]
        open_ = [
            at for at, comer in enumerate(self._comers) if found[at] is NOBODY and not comer.is_host
        ]
        possible = {at: self._by_names(self._comers[at]) for at in open_}
        claims = self._claims(found, possible)
        for at, students in possible.items():
            found[at] = self._sole(at, students, claims)
        return self._with_one_mark_each(found, set(open_))

    def _by_marks(self, comer: Comer) -> Recognition:
        """NOBODY where no mark says anything; two students' marks on one person are a doubt."""
        if comer.is_host:
            return NOBODY
        students: dict[int, KnownStudent] = {}
        for key in comer.keys:
            students |= self._by_key.get(key, {})
        match list(students.values()):
            case []:
                return NOBODY
            case [student]:
                return Recognition(student)
            case _:
                return DOUBTFUL

    def _by_names(self, comer: Comer) -> dict[int, KnownStudent]:
        """Whoever bears one of the names, unless they are known by another mark of that kind."""
        if comer.ambiguous:
            return {}
        students: dict[int, KnownStudent] = {}
        for name in comer.names:
            students |= self._by_name.get(name, {})
        kinds = {kind for kind, _ in comer.keys}
        return {
            student_id: student
            for student_id, student in students.items()
            if not kinds & {kind for kind, _ in student.keys}
        }

    def _claims(
        self, found: Sequence[Recognition], possible: dict[int, dict[int, KnownStudent]]
    ) -> dict[tuple[int, str], int]:
        """How many people may be a student by one and the same name."""
        claims = defaultdict[tuple[int, str], int](int)
        for at, comer in enumerate(self._comers):
            student = found[at].student
            students = possible.get(at) or ({student.student_id: student} if student else {})
            for student_id, one in students.items():
                for name in comer.names & one.names:
                    claims[student_id, name] += 1
        return claims

    def _sole(
        self,
        at: int,
        students: dict[int, KnownStudent],
        claims: dict[tuple[int, str], int],
    ) -> Recognition:
        match list(students.values()):
            case []:
                return NOBODY
            case [student]:
                shared = self._comers[at].names & student.names
                is_alone = all(claims[student.student_id, name] == 1 for name in shared)
                return Recognition(student) if is_alone else DOUBTFUL
            case _:
                return DOUBTFUL

    def _with_one_mark_each(self, found: list[Recognition], by_name: set[int]) -> list[Recognition]:
        """By their names, two people who both have marks are never the same student."""
        marked = defaultdict[int, int](int)
        for at, one in enumerate(found):
            if one.student and self._comers[at].keys:
                marked[one.student.student_id] += 1
        return [
            DOUBTFUL
            if at in by_name
            and one.student
            and self._comers[at].keys
            and marked[one.student.student_id] > 1
            else one
            for at, one in enumerate(found)
        ]


# Who may be meant by a name that is not known

_ALIKE = 0.6
"""From so alike on, of 1, a name is taken for a hint."""
_SHORTEST_HINT = 3
"""Letters of a word that is a hint by itself."""
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who may be behind an unknown name; `names` are normalised."""

    student_id: int
    names: frozenset[str]
    is_absent: bool  # from the lesson, as far as is known


def likeliest_first(name: str, candidates: Collection[Candidate]) -> list[Candidate]:
    """By how alike the names are; those who were there by another name come after the absent."""
    return sorted(
        candidates,
        key=lambda one: (-_likelihood(name, one), sorted(one.names), one.student_id),
    )


def is_likely(name: str, candidate: Candidate) -> bool:
    """Whether it may be asked "Is this …?" at once."""
    return candidate.is_absent and alike(name, candidate.names) >= _ALIKE


def _likelihood(name: str, candidate: Candidate) -> float:
    return alike(name, candidate.names) + (0.5 if candidate.is_absent else 0.0)


def alike(name: str, names: Iterable[str]) -> float:
    """How much a normalised name is like the nearest of `names`, of 1.

    "khadija's iphone" is as good as "khadija".
    """
    words = {word for word in _WORDS.findall(name) if len(word) >= _SHORTEST_HINT}
    return max(
        (
            1.0 if words & set(one.split()) else SequenceMatcher(None, name, one).ratio()
            for one in names
        ),
        default=0.0,
    )
