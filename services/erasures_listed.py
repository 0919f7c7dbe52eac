"""Writing down in the list of erasures what the database has erased."""

import asyncio
import logging

from services.office import Office
from storage import erasures
from storage.errors import DatabaseProblem

log = logging.getLogger(__name__)


async def write_down(office: Office) -> int:
    """Add to the list what was erased since; how many that were. Safe to repeat.

    Call it before anybody is told that something was erased; where the list cannot be written, it
    is tried again when the clock rings.
    """
    try:
        return await add_new(office)
    except (OSError, DatabaseProblem) as error:
        # Its text alone: a traceback would say nothing more, and it may be repeated for long.
        log.error("the list of erasures cannot be written: %s", error)  # noqa: TRY400
        return 0


async def add_new(office: Office) -> int:
    """The same; raises OSError."""
    file = office.erasure_file
    if file is None:
        return 0
    async with office.database.reading() as tx:
        kept = await erasures.all_kept(tx)
    listed = {one.receipt for one in await asyncio.to_thread(file.read)}
    new = [one for one in kept if one.receipt not in listed]
    if new:
        await asyncio.to_thread(file.add, new)
    return len(new)
