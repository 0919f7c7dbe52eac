"""A process of its own that asks for a teacher's token; for tests, which say when.

Says `ready`, waits for a line, asks ten times at once, and says a digest of each answer.
"""

import asyncio
import hashlib
import sys
from datetime import datetime

from school.errors import SchoolError
from services.office import Office
from services.zoom_access import access_token
from storage.database import Database
from storage.sealing import DataKeys
from tests.offices import at_work, school_profile

AT_ONCE = 10


async def main(
    database_url: str, data_key: str, zoom_url: str, person_id: int, now: datetime
) -> None:
    async with (
        Database.open(database_url, DataKeys.parse(data_key), lambda: now) as database,
        at_work(database, lambda: now, school_profile(), zoom_url) as office,
    ):
        _say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        asked = (_asked(office, person_id) for _ in range(AT_ONCE))
        _say(" ".join(await asyncio.gather(*asked)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _asked(office: Office, person_id: int) -> str:
    try:
        token = await access_token(office, person_id)
    except SchoolError as error:
        return type(error).__name__
    return hashlib.sha256(token.encode()).hexdigest()


if __name__ == "__main__":
    url, key, zoom, person, at = sys.argv[1:]
    asyncio.run(main(url, key, zoom, int(person), datetime.fromisoformat(at)))
