"""A process of its own on the school's database, which asks for a teacher's token.

It takes its order as a line of JSON, says when it is ready, and goes on when it is told to.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from school.model import SchoolProfile
from services.office import Office
from services.zoom_access import access_token
from storage.database import Database
from storage.sealing import DataKeys
from tests.clocks import SettableClock
from zoom.client import ZoomApi
from zoom.oauth import ZoomOAuth
from zoom.wire import new_http_client

_ROOT = Path(__file__).parents[2]
_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What such a process is to do, and with what; `now` is ISO."""

    database_path: str
    data_key: str
    zoom_url: str
    client_id: str
    client_secret: str
    person_id: int
    now: str


@dataclass(frozen=True, slots=True)
class Another:
    """The process, seen from outside."""

    process: asyncio.subprocess.Process

    async def asks(self) -> None:
        """Now, with several tasks at once."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        await self.process.stdin.drain()

    async def got(self) -> str:
        """The hash of the token that all of its tasks were given."""
        assert self.process.stdout is not None
        said = (await self.process.stdout.readline()).decode().strip()
        await self.process.wait()
        return said

    async def is_killed(self) -> None:
        self.process.kill()
        await self.process.wait()


async def another_process(order: Order) -> Another:
    """Started, with the database open, and waiting."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.another_process"),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
    await process.stdin.drain()
    assert await process.stdout.readline() == b"ready\n"
    return Another(process)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def _main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    clock = SettableClock(datetime.fromisoformat(order.now))
    keys = DataKeys.parse(order.data_key)
    async with (
        Database.open(f"sqlite:///{order.database_path}", keys, clock) as database,
        new_http_client() as http,
    ):
        office = Office(
            database=database,
            profile=_profile(),
            clock=clock,
            zoom=ZoomApi(http, base_url=f"{order.zoom_url}/v2", clock=clock),
            oauth=ZoomOAuth(
                http,
                client_id=order.client_id,
                client_secret=order.client_secret,
                base_url=f"{order.zoom_url}/oauth",
                redirect_uri="https://bot.example.org/zoom/callback",
            ),
        )
        _say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        asking = (access_token(office, order.person_id) for _ in range(_AT_ONCE))
        (token,) = set(await asyncio.gather(*asking))
        _say(hash_of(token))


def _profile() -> SchoolProfile:
    return SchoolProfile(
        name="Darulkubra",
        zone=ZoneInfo("Africa/Addis_Ababa"),
        language="en",
        public_url="https://bot.example.org",
        bot_username="darulkubra_bot",
        admin_ids=frozenset(),
        support_email="support@example.org",
        support_url="https://example.org",
        privacy_contact="privacy@example.org",
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
