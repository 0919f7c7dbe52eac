"""Telegram's and Zoom's stand-ins in a process of their own; ends with its input.

The first line of its output has, as JSON, the variables that lead a program to them.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from sandbox.stand_ins import stand_ins
from sandbox.story import Clockwork


async def serve() -> None:
    async with stand_ins(Clockwork(lambda: datetime.now(UTC))) as servers:
        print(json.dumps({**servers.variables, "zoom": servers.zoom.url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
