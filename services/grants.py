"""What is to be done about grants while nobody asks: some are to end, some to be kept alive."""

from services.office import Office
from services.renewing import renew_due
from services.revoking import revoke_due


async def tend_grants(office: Office) -> int:
    """Renew those that will be needed, and tell Zoom which are over; how many of both.

    A class waits for the first, nobody for the second. While Zoom is away, neither is gone on with.
    """
    renewed = await renew_due(office)
    if renewed.zoom_is_away:
        return renewed.done
    return renewed.done + await revoke_due(office)
