"""The command line: runs the school's bot, plays the demo, checks the settings, handles keys.

The only place that reads the clock, and that puts the program together.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from school.model import Clock, SchoolProfile
from settings import Settings, SettingsProblem, TelegramUpdates, load
from storage.errors import DatabaseProblem
from storage.sealing import DataKeyProblem, DataKeys, new_data_key

if TYPE_CHECKING:
    from services.office import Office

log = logging.getLogger("main")

_TO_END_S = 9.0  # of the ten seconds that a supervisor gives
_HOUSEKEEPING_HOURS = 6
_POLL_AGE_S = 90.0


def main(arguments: list[str]) -> int:
    """Run one command. Its exit status: 0 done, 1 failed, 2 it cannot run with these settings."""
    commands: dict[str, tuple[Callable[[], int], str]] = {
        "run": (_run, "run the bot with the settings from the environment and .env"),
        "demo": (_demo, "play the whole story against the bot, with made-up people"),
        "check": (_check, "say what is wrong with the settings"),
        "key": (_key, "print a new DATA_KEY"),
        "rotate-key": (_rotate_key, "re-seal everything under the first key of DATA_KEY=new,old"),
    }
    parser = argparse.ArgumentParser(prog="main.py", description="The school's Telegram bot.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (_, description) in commands.items():
        subparsers.add_parser(name, help=description, description=description)
    chosen = parser.parse_args(arguments).command
    try:
        return commands[chosen][0]()
    except SettingsProblem as problem:
        _complain(*problem.problems)
    except (DatabaseProblem, DataKeyProblem) as problem:
        _complain(str(problem))
    return 2


def _complain(*problems: str) -> None:
    for problem in problems:
        print(f"✗ {problem}", file=sys.stderr)


# The program


@dataclass(frozen=True, slots=True)
class Program:
    """The running program; `port` is where its pages and webhooks are."""

    office: "Office"
    port: int


@asynccontextmanager
async def program(settings: Settings, clock: Clock) -> AsyncIterator[Program]:
    """Everything put together and at work, until the context ends."""
    from bot.application import TelegramSide, telegram_side
    from bot.request import keep_secrets_out_of_the_log
    from services.office import Office
    from storage.database import Database
    from storage.inbox import Inbox
    from web.application import build, serving
    from zoom.client import ZoomApi
    from zoom.oauth import ZoomOAuth
    from zoom.webhooks import WebhookReceiver
    from zoom.wire import new_http_client

    keep_secrets_out_of_the_log()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        keys = DataKeys.parse(settings.data_key.get_secret_value())
        database = await enter(Database.open(settings.database_url, keys, clock))
        inbox = await enter(Inbox.open(database))
        http = await enter(new_http_client())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
