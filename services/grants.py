"""What is to be done about grants while nobody asks: some are to end, some to be kept alive."""

from services.office import Office
from services.removing import finish_removals
from services.renewing import renew_due
from services.revoking import revoke_due


async def tend_grants(office: Office) -> int:
    """Renew those that will be needed, and end those that are over; how many of both.

    A class waits for the first, nobody for the others. While Zoom is away, it is told of none;
    whoever teaches no more loses their tokens here all the same.
    """
    renewed = await renew_due(office)
    revoked = 0 if renewed.zoom_is_away else await revoke_due(office)
    return renewed.done + revoked + await finish_removals(office)
