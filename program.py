"""The program put together and at work, until its context ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

# The rest is imported where it is used: the processes that write files and draw import main, and
# with it this module.
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

_TO_FINISH_S = 7.0  # for what the workers are at


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
            oauth=oauth(settings, http),
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


def oauth(settings: "Settings", http: "AsyncClient") -> "ZoomOAuth":
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
