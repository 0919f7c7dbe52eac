"""Classes whose end Zoom never reported: they end by themselves, long after their time."""

import logging

from school.stays import PATIENCE
from services.folding import end_if_overdue
from services.office import Office
from storage import attendance

_log = logging.getLogger(__name__)


async def close_overdue(office: Office) -> int:
    """End every class that is on but must be over by now; how many there were.

    Its cards and the teacher's summary follow. Whatever Zoom still reports of it counts as ever.
    Safe to repeat: a class that may still be on is left alone.
    """
    async with office.database.reading() as tx:
        quiet = await attendance.quiet_live_lessons(
            tx,
            quiet_since=tx.now - PATIENCE,
            began_after=tx.now - office.profile.retention.figures_stand_after,
        )
    return sum([await _ended(office, lesson_id) for lesson_id in quiet])


async def _ended(office: Office, lesson_id: int) -> bool:
    """One class that fails is no reason to leave the others on."""
    try:
        is_ended = await end_if_overdue(office, lesson_id)
    except Exception:  # noqa: BLE001  whatever it was, the others must end
        _log.exception("lesson %d could not be ended", lesson_id)
        return False
    if is_ended:
        _log.warning("lesson %d ended without Zoom's word for it", lesson_id)
    return is_ended
