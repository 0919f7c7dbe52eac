"""What a teacher is asked to type about a roster."""

from dataclasses import dataclass
from enum import StrEnum

from storage.forms import Kind, Only


class NameFor(StrEnum):
    """Whose name is typed."""

    ADDED = "added"  # somebody who is to be on the roster
    RENAMED = "renamed"
    MET = "met"  # who came to a lesson under a name that says nothing


@dataclass(frozen=True, slots=True)
class RosterForm:
    """What waits for a name. `subject_id` is a student, or the lesson of who was met.

    `token` tells who was met there.
    """

    what: NameFor
    course_id: int
    subject_id: int = 0
    token: int = 0


ROSTER = Kind("roster", RosterForm, Only)
