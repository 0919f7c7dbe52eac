"""Telegram's and Zoom's stand-ins in a process of their own; ends with its input.

Its argument says, as JSON, which app and bot they serve; the first line of its output says, as
JSON, where they are.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from sandbox.demo import stand_ins
from sandbox.story import Clockwork


async def serve(app: dict[str, str]) -> None:
    clock = Clockwork(lambda: datetime.now(UTC))
    async with stand_ins(clock, **app) as (telegram, zoom):
        print(json.dumps({"telegram": telegram.url, "zoom": zoom.url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
