"""The event loop that main.py takes too."""

import asyncio


def new_loop() -> asyncio.AbstractEventLoop:
    """The faster one where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
