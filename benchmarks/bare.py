"""A receiver that checks signatures and stores nothing: what the same machine does at best.

Its port is the first line of its output; it ends with its input.
"""

import asyncio
import sys
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web

from benchmarks.loop import new_loop
from zoom.webhooks import WebhookReceiver


async def serve(secret: str) -> None:
    receiver = WebhookReceiver([secret], lambda: datetime.now(UTC))

    async def receive(request: web.Request) -> web.Response:
        receiver.receive(request.headers.items(), await request.read())
        return web.Response(status=HTTPStatus.NO_CONTENT)

    application = web.Application()
    application.router.add_post("/zoom/webhook", receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(sys.argv[1]))
