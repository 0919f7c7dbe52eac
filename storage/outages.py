"""When the program was not there to hear what Zoom reported."""

from datetime import datetime

from sqlalchemy import select

from school.intervals import Span
from storage.database import Transaction
from storage.schema import outage


async def gaps_in(tx: Transaction, within: Span) -> tuple[Span, ...]:
    """The outages that overlap a span, clipped to it, by time."""
    rows = await tx.connection.execute(
        select(outage.c.from_at, outage.c.until_at)
        .where(outage.c.from_at < within[1], outage.c.until_at > within[0])
        .order_by(outage.c.from_at)
    )
    found: list[tuple[datetime, datetime]] = [(row.from_at, row.until_at) for row in rows]
    return tuple((max(begin, within[0]), min(end, within[1])) for begin, end in found)
