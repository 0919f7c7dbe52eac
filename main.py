"""The command line: runs the school's bot, plays the demo, checks the settings, handles keys.

The only place that reads the clock, and that puts the program together.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from school.model import Clock, SchoolProfile
from settings import Settings, SettingsProblem, TelegramUpdates, load
from storage.errors import DatabaseProblem
from storage.sealing import DataKeyProblem, DataKeys, new_data_key

if TYPE_CHECKING:
    from httpx import AsyncClient

    from bot.application import TelegramBot
    from services.office import Office
    from web.health import Check
    from zoom.oauth import ZoomOAuth

log = logging.getLogger("main")

_TO_END_S = 9.0  # of the ten seconds that a supervisor gives
_POLL_AGE_S = 120.0
_MUCH_WAITING = 4_000


def utc_now() -> datetime:
    """The program's clock; everything else is given it."""
    return datetime.now(UTC)


def main(arguments: Sequence[str]) -> int:
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
        _complain(problem.problems)
    except (DatabaseProblem, DataKeyProblem) as problem:
        _complain([str(problem)])
    return 2


def _complain(problems: Sequence[str]) -> None:
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
    from bot.application import open_bot, username_of
    from services.office import Office
    from storage.database import Database
    from storage.inbox import Inbox
    from web.application import build, serving
    from zoom.client import ZoomApi
    from zoom.webhooks import WebhookReceiver
    from zoom.wire import new_http_client

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        keys = DataKeys.parse(settings.data_key.get_secret_value())
        database = await enter(Database.open(settings.database_url, keys, clock))
        http = await enter(new_http_client())
        telegram_at = settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url
        office = Office(
            database=database,
            profile=_profile(settings, await username_of(*telegram_at)),
            clock=clock,
            zoom=ZoomApi(http, base_url=settings.zoom_api_url, clock=clock),
            oauth=_oauth(settings, http),
        )
        elsewhere = stack.enter_context(_another_process())
        telegram = await enter(open_bot(*telegram_at, office, elsewhere))
        pushed = settings.telegram_updates is TelegramUpdates.WEBHOOK
        app = build(
            office,
            inbox=await enter(Inbox.open(database)),
            receiver=WebhookReceiver(settings.webhook_secrets, clock),
            handle_telegram_update=telegram.updates.handle if pushed else None,
            telegram_secret=settings.telegram_webhook_secret.get_secret_value(),
            readiness=lambda: _readiness(office, telegram, pushed=pushed),
            translations=telegram.desk.speech.catalogues,
        )
        port = await enter(serving(app, settings.http_host, settings.http_port))
        await enter(_at_work(office, telegram, pushed=pushed))
        yield Program(office, port)


def _oauth(settings: Settings, http: "AsyncClient") -> "ZoomOAuth":
    from zoom.oauth import ZoomOAuth

    return ZoomOAuth(
        http,
        client_id=settings.zoom_client_id,
        client_secret=settings.zoom_client_secret.get_secret_value(),
        base_url=settings.zoom_oauth_url,
        redirect_uri=settings.redirect_uri,
    )


def _profile(settings: Settings, bot_username: str) -> SchoolProfile:
    return SchoolProfile(
        name=settings.school_name,
        zone=settings.zone,
        language=settings.school_language,
        public_url=settings.public_url,
        bot_username=bot_username,
        admin_ids=settings.admin_ids,
        support_email=settings.support_email,
        support_url=settings.support_url,
        privacy_contact=settings.privacy_contact,
    )


@contextmanager
def _another_process() -> Iterator[Executor]:
    """Where pictures and workbooks are made: its memory goes when the work is done."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=4) as pool:
        yield pool


@asynccontextmanager
async def _at_work(
    office: "Office", telegram: "TelegramBot", *, pushed: bool
) -> AsyncIterator[None]:
    """The workers, and the clock that tells them to look; a worker that dies ends the program."""
    from services.events import apply_waiting
    from services.settling import settle_due
    from services.working import clock_strikes, keep_working

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as workers:
        endless = [
            workers.create_task(keep_working(name, bell, partial(step, office)))
            for name, bell, step in (
                ("event worker", office.bell.inbox, apply_waiting),
                ("reconciler", office.bell.courses, settle_due),
            )
        ]
        ending = [workers.create_task(telegram.publisher.run(stop))]
        if not pushed:
            ending.append(workers.create_task(telegram.updates.run(stop)))
        with clock_strikes(office):
            try:
                yield
            finally:
                stop.set()
                office.bell.posts.ring()
                await asyncio.wait(ending)
                for task in endless:
                    task.cancel()


async def _readiness(
    office: "Office", telegram: "TelegramBot", *, pushed: bool
) -> Sequence["Check"]:
    from storage.zoom_events import count_waiting
    from web.health import Check

    async with office.database.reading() as tx:
        events = await count_waiting(tx)
    checks = [
        Check("database", ok=True),
        Check("events_waiting", events.waiting < _MUCH_WAITING, events.waiting),
    ]
    if not pushed:
        age = telegram.updates.last_poll_age
        checks.append(Check("telegram_polled_s", age is not None and age < _POLL_AGE_S, age))
    return checks


# The commands


def _run() -> int:
    settings = load()
    _log_to_stderr(settings.log_level)
    return _in_loop(_run_until_told(settings))


async def _run_until_told(settings: Settings) -> int:
    """Until SIGTERM or SIGINT; then what is under way is finished, for a few seconds at most."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with program(settings, utc_now) as running:
        log.info("ready on port %d", running.port)
        await told.wait()
        log.info("ending")
        loop.call_later(_TO_END_S, _end_hard)
    return 0


def _end_hard() -> None:
    """Something does not end. What is in the database is safe, whenever the program stops."""
    log.error("did not end in time")
    os._exit(1)


def _demo() -> int:
    _log_to_stderr("WARNING")
    return _in_loop(_play())


async def _play() -> int:
    """The story against the real program, which speaks with the stand-ins over HTTP."""
    from sandbox.demo import perform, stand_ins
    from sandbox.story import Clockwork

    clock = Clockwork(utc_now)
    with tempfile.TemporaryDirectory() as folder:
        settings = _demo_settings(Path(folder))
        async with stand_ins(
            clock,
            token=settings.telegram_bot_token.get_secret_value(),
            client_id=settings.zoom_client_id,
            client_secret=settings.zoom_client_secret.get_secret_value(),
            webhook_secret=settings.webhook_secrets[0],
            public_url=settings.public_url,
        ) as (telegram, zoom):
            at = {
                "telegram_api_url": telegram.url,
                "zoom_api_url": zoom.api_url,
                "zoom_oauth_url": zoom.oauth_url,
            }
            async with program(settings.model_copy(update=at), clock):
                coloured = sys.stdout.isatty()
                good = await perform(telegram.url, zoom.url, clock, print, coloured=coloured)
    return 0 if good else 1


def _demo_settings(folder: Path) -> Settings:
    """Made-up secrets and a database that is gone afterwards."""
    from sandbox.story import ADMIN_ID, SCHOOL_ZONE

    port = _free_port()
    return Settings(
        _env_file=None,
        telegram_bot_token=SecretStr("123456:a-token-for-the-stand-in-and-nothing-else"),
        admin_ids=frozenset({ADMIN_ID}),
        zoom_client_id="demo-client",
        zoom_client_secret=SecretStr("demo-client-secret"),
        zoom_webhook_secret=SecretStr("demo-webhook-secret"),
        public_url=f"http://127.0.0.1:{port}",
        http_host="127.0.0.1",
        http_port=port,
        database_url=f"sqlite:///{folder / 'school.db'}",
        data_key=SecretStr(new_data_key()),
        school_timezone=SCHOOL_ZONE.key,
    )


def _free_port() -> int:
    """Taken again by the program a moment later; its address must be known before that."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _key() -> int:
    print(new_data_key())
    return 0


def _rotate_key() -> int:
    settings = load()
    _log_to_stderr("WARNING")
    return _in_loop(_reseal(settings))


async def _reseal(settings: Settings) -> int:
    from storage.database import Database
    from storage.rotation import Progress, rotate

    keys = DataKeys.parse(settings.data_key.get_secret_value())
    if not keys.retired:
        _complain(
            ["DATA_KEY has one key only. Write DATA_KEY=new,old; `main.py key` makes a new one."]
        )
        return 2
    progress = Progress(done=0, total=0, broken=0)
    async with Database.open(settings.database_url, keys, utc_now) as database:
        async for progress in rotate(database):
            print(f"\r{_bar(progress.done, progress.total)}", end="", flush=True)
    print()
    if progress.broken:
        _complain([f"{progress.broken} values open under no key of DATA_KEY; the log names them."])
        return 1
    print("Done. The old key opens nothing any more: drop it from DATA_KEY and start again.")
    return 0


def _bar(done: int, total: int, width: int = 30) -> str:
    filled = width * done // total if total else width
    return f"{'█' * filled}{'░' * (width - filled)} {done} of {total}"


def _check() -> int:
    settings = load()
    _log_to_stderr("ERROR")
    return _in_loop(_look_at(settings))


async def _look_at(settings: Settings) -> int:
    """Try each thing that the program will need; a line each, with the next step where it fails."""
    from bot.checking import telegram_problem
    from services.checking import database_problem, zoom_problem
    from web.checking import public_url_problem
    from zoom.wire import new_http_client

    token = settings.telegram_bot_token.get_secret_value()
    data_key = settings.data_key.get_secret_value()
    async with new_http_client() as http:
        looked_at = {
            "Database": await database_problem(settings.database_url, data_key, utc_now),
            "Telegram": await telegram_problem(token, settings.telegram_api_url),
            "Zoom": await zoom_problem(_oauth(settings, http)),
            "Public address": await public_url_problem(settings.public_url),
        }
    for name, problem in looked_at.items():
        print(f"✓ {name}" if problem is None else f"✗ {name}: {problem}")
    return 1 if any(looked_at.values()) else 0


def _log_to_stderr(level: str) -> None:
    from bot.request import keep_secrets_out_of_the_log

    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    keep_secrets_out_of_the_log()


def _in_loop(work: Coroutine[object, object, int]) -> int:
    """On the faster loop where it is installed."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    with suppress(ImportError):
        from uvloop import new_event_loop as factory
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
