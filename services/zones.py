"""Time zones by what people call them."""

import asyncio
from zoneinfo import available_timezones

from school.errors import NotUnderstood
from school.names import clean_name


async def zone_named(typed: str) -> str:
    """The zone that is meant by `Asia/Riyadh`, or just `riyadh`.

    Raises NotUnderstood where there is none.
    """
    return await asyncio.to_thread(_named, typed)  # it reads hundreds of files


def _named(typed: str) -> str:
    wanted = "_".join(typed.split()).casefold()
    zones = sorted(available_timezones())
    exact = [zone for zone in zones if zone.casefold() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.casefold().endswith(f"/{wanted}")]
    if found := exact or cities:
        # The same city can be listed under an older name too, such as US/… for America/….
        return found[0]
    raise NotUnderstood(
        "I do not know the time zone {typed}. Write a region and city, "
        "such as Africa/Addis_Ababa or Asia/Riyadh.",
        typed=clean_name(typed),
    )
