"""Questions that wait for a typed answer, until nothing can answer them any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from school.errors import NotAllowed, Outdated
from services.office import Office
from storage import questions


@asynccontextmanager
async def asked_in_vain(office: Office, person_id: int) -> AsyncIterator[None]:
    """A question that nothing can answer any more is asked no longer, and takes no more texts."""
    try:
        yield
    except (Outdated, NotAllowed):
        async with office.database.writing() as tx:
            await questions.forget(tx, person_id)
        raise
