"""Much work on the database, in transactions so short that others hardly wait for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.database import Database, Transaction

_AT_FIRST, _MOST = 20, 500
_LONG_S, _SHORT_S = 0.02, 0.01


class Pace:
    """How many rows are to be worked on at once follows from how long that took."""

    def __init__(self) -> None:
        self.at_once = _AT_FIRST

    @asynccontextmanager
    async def writing(self, database: Database) -> AsyncIterator[Transaction]:
        """One transaction; then a pause of that length, so that the others have their share."""
        clock = asyncio.get_running_loop().time
        async with database.writing() as tx:
            began_at = clock()
            yield tx
        took = clock() - began_at
        if took > _LONG_S:
            self.at_once = max(1, self.at_once // 2)
        elif took < _SHORT_S:
            self.at_once = min(_MOST, self.at_once * 2)
        await asyncio.sleep(took)
