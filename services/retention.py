"""How long things are kept, and the daily clearing of what is past its time."""

from datetime import timedelta

from services.office import Office
from storage import connect_attempts, drafts, updates, zoom_events

ACCOUNTS_KEPT_YEARS = 5
"""Dates and lengths of classes, for the school's accounts."""
FORMS_KEPT = timedelta(hours=24)
"""A guided form that nobody goes on with."""
UPDATES_REMEMBERED = timedelta(days=2)
"""Telegram repeats an update for a day at most."""


async def clear_old(office: Office) -> None:
    """Delete what is past its time; safe to repeat, also after a long pause."""
    async with office.database.writing() as tx:
        await zoom_events.forget_old(tx)
        await drafts.forget_drafts(tx, tx.now - FORMS_KEPT)
        await connect_attempts.forget_expired(tx)
        await updates.forget_updates(tx, tx.now - UPDATES_REMEMBERED)
    await office.database.forget()
