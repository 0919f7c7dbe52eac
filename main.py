"""The command line: runs the school's bot, plays the demo, checks the settings, handles keys.

The only place that reads the clock, and that puts the program together.
"""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

# The rest is imported where it is used: the processes that write files and draw import this module.
if TYPE_CHECKING:
    from httpx import AsyncClient

    from bot.application import TelegramBot
    from bot.budget import Limits
    from bot.flooding import Pace
    from bot.running import Webhook
    from school.model import Clock
    from services.office import Office
    from settings import Settings
    from zoom.oauth import ZoomOAuth

log = logging.getLogger("main")

_SWITCH_S = 0.0005  # between threads
_TO_FINISH_S = 7.0  # for what the workers are at
_TO_END_S = 9.0  # of the ten seconds that a supervisor gives


def utc_now() -> datetime:
    """The program's clock; everything else is given it."""
    return datetime.now(UTC)


def main(arguments: Sequence[str]) -> int:
    """Run one command. Its exit status: 0 done, 1 failed, 2 it could not even begin."""
    from settings import SettingsProblem
    from storage.errors import DatabaseProblem
    from storage.sealing import DataKeyProblem

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


class WorkerDied(Exception):
    """Something that should run as long as the program did not; the text has its reference."""


@asynccontextmanager
async def program(
    settings: "Settings",
    clock: "Clock",
    limits: "Limits | None" = None,
    pace: "Pace | None" = None,
) -> AsyncIterator[Program]:
    """Everything put together and at work, until the context ends.

    What is under way is finished then, unless it ends by an error. `limits` are Telegram's, and
    `pace` is people's, where they are not the usual ones. Raises WorkerDied; at the start
    DatabaseProblem, DataKeyProblem, TelegramProblem, AddressProblem.
    """
    from bot import running
    from bot.application import open_bot
    from bot.checking import username_of
    from bot.elsewhere import FreshProcess
    from services.erasure_list import bring_in_step
    from services.office import Office
    from storage.database import Database
    from storage.erasure_file import ErasureFile
    from storage.inbox import Inbox
    from storage.sealing import DataKeys
    from web.application import build, serving
    from web.checking import explained
    from web.health import readiness
    from zoom.client import ZoomApi
    from zoom.webhooks import WebhookReceiver
    from zoom.wire import new_http_client

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        keys = DataKeys.parse(settings.data_key.get_secret_value())
        database = await enter(
            Database.open(settings.database_url, keys, clock, settings.student_names)
        )
        http = await enter(new_http_client())
        telegram_at = settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url
        office = Office(
            database=database,
            profile=settings.profile(await username_of(*telegram_at)),
            clock=clock,
            zoom=ZoomApi(http, base_url=settings.zoom_api_url, clock=clock),
            oauth=_oauth(settings, http),
            erasure_file=ErasureFile(settings.erasure_list_path),
        )
        stack.push_async_callback(office.unbroken.finished)
        await bring_in_step(office)
        telegram = await enter(open_bot(*telegram_at, office, FreshProcess(), limits, pace))
        webhook = _webhook(settings)
        app = build(
            office,
            inbox=await enter(Inbox.open(database)),
            receiver=WebhookReceiver(settings.webhook_secrets, clock),
            handle_telegram_update=telegram.updates.handle if webhook else None,
            telegram_secret=webhook.secret if webhook else None,
            readiness=readiness(
                office, None if webhook else lambda: telegram.updates.last_poll_age
            ),
            translations=telegram.desk.speech.catalogues,
        )
        with explained(settings.http_host, settings.http_port):
            port = await enter(serving(app, settings.http_host, settings.http_port))
        await running.direct_updates(telegram, webhook)
        await enter(_at_work(office, telegram, is_pushed=webhook is not None))
        yield Program(office, port)


def _webhook(settings: "Settings") -> "Webhook | None":
    from bot.running import Webhook
    from settings import TelegramUpdates

    if settings.telegram_updates is TelegramUpdates.POLLING:
        return None
    secret = settings.telegram_webhook_secret.get_secret_value()
    return Webhook(f"{settings.public_url}/telegram/webhook", secret)


def _oauth(settings: "Settings", http: "AsyncClient") -> "ZoomOAuth":
    from zoom.oauth import ZoomOAuth

    return ZoomOAuth(
        http,
        client_id=settings.zoom_client_id,
        client_secret=settings.zoom_client_secret.get_secret_value(),
        base_url=settings.zoom_oauth_url,
        redirect_uri=settings.redirect_uri,
    )


@asynccontextmanager
async def _at_work(
    office: "Office", telegram: "TelegramBot", *, is_pushed: bool
) -> AsyncIterator[None]:
    """The workers, and the clock that tells them to look."""
    from bot import running
    from services.asking import ask_due
    from services.beating import beat
    from services.continuing import continue_series
    from services.erasures_listed import write_down
    from services.events import apply_waiting, try_set_aside_again
    from services.grants import tend_grants
    from services.lapsing import lapse_due
    from services.overdue import close_overdue
    from services.reminding import remind_due
    from services.retention import clear_old
    from services.seeing import look_due
    from services.settling import settle_due
    from services.working import clock_strikes, keep_working

    stop = asyncio.Event()
    await beat(office)
    await try_set_aside_again(office)
    try:
        async with asyncio.TaskGroup() as workers:
            endless = [
                workers.create_task(keep_working(name, bell, partial(step, office), stop))
                for name, bell, step in (
                    ("event worker", office.bell.inbox, apply_waiting),
                    ("reconciler", office.bell.courses, settle_due),
                    ("reminders", office.bell.reminders, remind_due),
                    ("look at Zoom", office.bell.looks, look_due),
                    ("continuing of series", office.bell.series, continue_series),
                    ("closer of overdue classes", office.bell.overdue, close_overdue),
                    ("lapsing of statements", office.bell.lapses, lapse_due),
                    ("clearing", office.bell.clearing, clear_old),
                    ("heart", office.bell.heart, beat),
                    ("list of erasures", office.bell.erasures, write_down),
                    ("tending of grants", office.bell.grants, tend_grants),
                    ("asking of Zoom", office.bell.asking, ask_due),
                )
            ]
            ending = workers.create_task(running.run(telegram, stop, is_pushed=is_pushed))
            with clock_strikes(office):
                yield
            stop.set()
            office.bell.ring_all()
            await asyncio.wait((ending, *endless), timeout=_TO_FINISH_S)
            for task in endless:
                task.cancel()  # what it was at is gone on with at the next start
            await beat(office)
    except ExceptionGroup as died:
        raise WorkerDied(_reported(died)) from None


def _reported(died: ExceptionGroup) -> str:
    """Log each error of the group; one sentence with their references."""
    from services.logbook import report

    references = ", ".join(report(error) for error in _single(died))
    return f"A part of the program failed, so all of it ended. The log has it under {references}."


def _single(error: Exception) -> Iterator[Exception]:
    if not isinstance(error, ExceptionGroup):
        yield error
        return
    for each in error.exceptions:
        yield from _single(each)


# The commands


def _run() -> int:
    from bot.checking import TelegramProblem
    from settings import load
    from web.checking import AddressProblem

    settings = load()
    _log_to_stderr(settings.log_level)
    try:
        return _in_loop(_run_until_told(settings))
    except WorkerDied as died:
        _complain([str(died)])
        return 1
    except (TelegramProblem, AddressProblem) as problem:
        _complain([str(problem)])
        return 2


async def _run_until_told(settings: "Settings") -> int:
    """Until SIGTERM or SIGINT; then what is under way is finished, for a few seconds at most."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with program(settings, utc_now) as running:
        # What stands now stays: passing over it at each garbage collection would stop the loop
        # for longer than people's requests may wait.
        gc.collect()
        gc.freeze()
        log.info("ready on port %d", running.port)
        try:
            await told.wait()
        finally:
            log.info("ending")
            loop.call_later(_TO_END_S, _end_hard)
    return 0


def _end_hard() -> None:
    """Something does not end. What is in the database is safe, whenever the program stops."""
    log.error("did not end in time")
    os._exit(1)


def _demo() -> int:
    _log_to_stderr("ERROR")  # what goes wrong as it should is in the story
    return _in_loop(_play())


async def _play() -> int:
    """The story against the real program, which speaks with the stand-ins over HTTP."""
    from sandbox.demo import perform
    from sandbox.stand_ins import stand_ins
    from sandbox.story import Clockwork
    from settings import given
    from storage.sealing import new_data_key

    clock = Clockwork(utc_now)
    with tempfile.TemporaryDirectory() as folder:
        own = {"DATABASE_URL": f"sqlite:///{folder}/school.db", "DATA_KEY": new_data_key()}
        async with (
            stand_ins(clock) as servers,
            program(given({**servers.variables, **own}), clock),
        ):
            urls = servers.telegram.url, servers.zoom.url
            good = await perform(*urls, clock, print, coloured=sys.stdout.isatty())
    return 0 if good else 1


def _key() -> int:
    from storage.sealing import new_data_key

    print(new_data_key())
    return 0


def _rotate_key() -> int:
    from settings import load

    settings = load()
    _log_to_stderr("WARNING")
    try:
        return _in_loop(_reseal(settings))
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing is lost: `main.py rotate-key` goes on from here.")
        return 1


async def _reseal(settings: "Settings") -> int:
    from storage.database import Database
    from storage.rotation import Progress, rotate
    from storage.sealing import DataKeys

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
    from settings import load

    settings = load()
    _log_to_stderr("ERROR")
    return _in_loop(_look_at(settings))


async def _look_at(settings: "Settings") -> int:
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
        print(f"✓ {name}" if problem is None else f"✗ {problem}")
    return 1 if any(looked_at.values()) else 0


def _log_to_stderr(level: str) -> None:
    from bot.request import keep_secrets_out_of_the_log
    from services.logbook import WordlessFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    keep_secrets_out_of_the_log()


def _in_loop(work: Coroutine[object, object, int]) -> int:
    """On the faster loop where it is installed."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    with suppress(ImportError):
        from uvloop import new_event_loop as factory
    # What comes back from the disk needs the interpreter; a busy loop keeps it for 5 ms otherwise.
    sys.setswitchinterval(_SWITCH_S)
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
