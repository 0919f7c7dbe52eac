"""Where a school stores initials, the names that were stored before become initials too."""

import logging

from school.model import StudentNames
from services.office import Office
from services.pacing import Pace
from storage import shortening
from storage.audit import PROGRAM, note
from storage.shortening import Key, NamedIn

_log = logging.getLogger(__name__)


async def keep_names_as_chosen(office: Office) -> int:
    """How many names were shortened; once that is done, nothing is looked at again.

    Initials never become names again: with the choice taken back, names that come are kept whole.
    """
    chosen = office.profile.student_names
    async with office.database.reading() as tx:
        known = await shortening.kept_as(tx)
    if known is chosen:
        return 0
    changed = 0
    if chosen is StudentNames.INITIALS:
        for place in shortening.PLACES:
            changed += await _shorten(office, place)
    async with office.database.writing() as tx:
        await shortening.are_kept_as(tx, chosen)
        if changed:
            await note(tx, PROGRAM, "shortened names")
    if changed:
        _log.info("%d names of students are stored as initials now", changed)
    return changed


async def _shorten(office: Office, place: NamedIn) -> int:
    changed, pace = 0, Pace()
    last: Key | None = None
    while True:
        async with pace.writing(office.database) as tx:
            step = await shortening.shorten_some(tx, place, last, pace.at_once)
        changed, last = changed + step.changed, step.last
        if last is None:
            return changed
