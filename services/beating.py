"""Writing down that the program is there, so that it is known later when it was not.

Several processes write into one row: as long as any of them is there, there is no outage.
"""

import logging

from services.askable import ask_about_outage
from services.heart import LONGEST_PAUSE
from services.office import Office
from storage import outages

_log = logging.getLogger(__name__)


async def beat(office: Office) -> int:
    """The program is there now; where it was not since its last beat, that becomes an outage.

    Always 0: nothing more is to be done until the next beat.
    """
    if not office.heart.may_beat():
        return 0
    was_away = office.heart.was_away()
    async with office.database.writing() as tx:
        last = await outages.last_beat(tx)
        is_outage = was_away and last is not None and tx.now - last > LONGEST_PAUSE
        if is_outage and last is not None:
            await outages.add_outage(tx, (last, tx.now))
            await ask_about_outage(tx, (last, tx.now))
            _log.warning("nobody was there to hear Zoom from %s to %s", last, tx.now)
        await outages.beat(tx)
    office.heart.beats()
    if is_outage:
        office.bell.asking.ring()
        office.bell.posts.ring()
    return 0
