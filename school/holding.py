"""Which lesson somebody came for, from when they came: a pure rule of planned times.

A series has one link, which opens at any time. Who opens it on another day, to try it out or by
mistake, holds no lesson: one that is ahead must stay as it was, to be moved, called off and
reminded of, and one that is over keeps its hours, which are paid.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from school.model import Planned

EARLIEST = timedelta(hours=12)
"""Before the planned start: a class brought forward by word of mouth within the day still counts,
and so does the teacher who begins hours early; the evening before is another day."""

LATEST = timedelta(hours=12)
"""After the planned end: likewise, for a class put off until later in the day."""


class PlannedLesson(Protocol):
    """A lesson of a course, and when it is to be."""

    @property
    def lesson_id(self) -> int: ...

    @property
    def planned(self) -> Planned: ...

    @property
    def is_off(self) -> bool: ...


LessonT = TypeVar("LessonT", bound=PlannedLesson)


def lesson_of_start(starts_at: datetime, lessons: Iterable[LessonT]) -> LessonT | None:
    """The lesson that a meeting started at `starts_at` is: the one planned nearest, within bounds.

    None where each is too far away, also for a class that is alone: opened days before, it is not
    over either. The present plan counts, wherever a lesson was moved from. Of two that are equally
    near it is the earlier; of two planned for one time, the one that is not off.
    """
    within = [one for one in lessons if _is_within_bounds(starts_at, one.planned)]
    return min(within, key=lambda one: _distance(starts_at, one), default=None)


def _is_within_bounds(starts_at: datetime, planned: Planned) -> bool:
    return planned.starts_at - EARLIEST <= starts_at <= planned.ends_at + LATEST


def _distance(starts_at: datetime, lesson: PlannedLesson) -> tuple[timedelta, datetime, bool, int]:
    planned_at = lesson.planned.starts_at
    return abs(planned_at - starts_at), planned_at, lesson.is_off, lesson.lesson_id
