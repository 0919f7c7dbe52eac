"""How many meetings are made on a teacher's account in a day, below what Zoom itself allows."""

from datetime import datetime, timedelta

from school.errors import SchoolError
from school.text import Moment
from services.people import Teacher
from storage import meetings
from storage.database import Transaction

MOST_MADE_A_DAY = 60
"""Zoom takes 100 creates and updates a day of each user: the rest is for moving and renaming.

A series is one meeting, so it counts once.
"""


class TooManyToday(SchoolError):
    """So many are the most; what has been made stays."""

    def __init__(self, teacher: Teacher, now: datetime) -> None:
        super().__init__(
            "You have made {count} classes today, which is the most for one day. "
            "You can make more from {when}.",
            count=MOST_MADE_A_DAY,
            when=Moment(_begin_of_next_day(now), teacher.zone),
        )


class TooManyForAnother(SchoolError):
    """The other teacher's account is to be left some room too."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "{name} cannot take more classes today. Choose somebody else, or try again tomorrow.",
            name=name,
        )


async def check_own_room(tx: Transaction, teacher: Teacher) -> None:
    """Raises TooManyToday where the teacher has made as many as one day takes."""
    if not await has_room(tx, teacher.person_id):
        raise TooManyToday(teacher, tx.now)


async def has_room(tx: Transaction, host_id: int) -> bool:
    """Whether one more meeting may be made on that teacher's account today."""
    begin_of_day = _begin_of_next_day(tx.now) - timedelta(days=1)
    return await meetings.count_made_since(tx, host_id, begin_of_day) < MOST_MADE_A_DAY


def _begin_of_next_day(now: datetime) -> datetime:
    """Zoom's days begin at midnight in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
