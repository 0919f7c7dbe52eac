"""What is to be done about grants while nobody asks: some are to end, some to be kept alive."""

from services.office import Office
from services.renewing import renew_due
from services.revoking import revoke_due


async def tend_grants(office: Office) -> int:
    """Tell Zoom which grants are over, and renew those that will be needed; how many of both."""
    return await revoke_due(office) + await renew_due(office)
