"""How often one person may have others written to in a day about what is stored of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from school.errors import SchoolError
from school.text import Moment
from services.office import Office
from storage import audit
from storage.database import Transaction
from storage.people import Person

MOST_A_DAY = 3

_A_DAY = timedelta(days=1)


class AskedEnough(SchoolError):
    """So often is the most; what was asked before stays asked."""

    def __init__(self, again_at: datetime, zone: ZoneInfo) -> None:
        super().__init__(
            "You have asked this {count} times within a day, which is the most. "
            "You can ask again from {when}.",
            count=MOST_A_DAY,
            when=Moment(again_at, zone),
        )


async def check_room(tx: Transaction, office: Office, person: Person, action: str) -> None:
    """Raises AskedEnough where the log has the person do that so often within a day."""
    times = await audit.times_of(tx, person.pseudonym, action, tx.now - _A_DAY)
    if len(times) >= MOST_A_DAY:
        zone = ZoneInfo(person.zone) if person.zone else office.profile.zone
        raise AskedEnough(times[-MOST_A_DAY] + _A_DAY, zone)
