"""Everything that is reached by URL: which path leads where."""

from aiohttp import web

from services.office import Office
from storage.inbox import Inbox
from web.calendar import Calendars
from web.documents import DOCUMENTS
from web.health import Health, Readiness
from web.pages import Pages
from web.security import (
    HEADERS,
    MOST_BODY_BYTES,
    adds_headers,
    explains_errors,
    security_headers,
)
from web.serving import serving
from web.telegram_webhook import HandleUpdate, TelegramWebhook
from web.wording import Translations, Wordings
from web.zoom_connect import ZoomConnect
from web.zoom_webhook import ZoomWebhook
from zoom.webhooks import WebhookReceiver

__all__ = ["build", "serving"]


def build(
    office: Office,
    *,
    inbox: Inbox,
    receiver: WebhookReceiver,
    handle_telegram_update: HandleUpdate | None,
    telegram_secret: str | None,
    readiness: Readiness,
    translations: Translations,
) -> web.Application:
    """The application, to be served; without `handle_telegram_update`, Telegram has no path."""
    pages = Pages(office.profile, translations)
    app = web.Application(middlewares=[explains_errors(pages)], client_max_size=MOST_BODY_BYTES)
    headers = security_headers(office.profile.public_url)
    app[HEADERS] = headers
    app.on_response_prepare.append(adds_headers(headers))

    webhook = ZoomWebhook(office, inbox, receiver)
    connect = ZoomConnect(office, pages)
    calendars = Calendars(office, Wordings(translations, office.profile.language))
    health = Health(readiness)
    app.router.add_post("/zoom/webhook", webhook.receive)
    app.router.add_get("/zoom/connect/{token}", connect.show)
    app.router.add_post("/zoom/connect/{token}", connect.begin)
    app.router.add_get("/zoom/callback", connect.back, allow_head=False)  # it uses the code up
    app.router.add_get("/calendar/{token}.ics", calendars.show)
    for document in DOCUMENTS:
        app.router.add_get(document.path, pages.showing(document))
    app.router.add_get("/style.css", pages.style)
    app.router.add_get("/health/live", health.live)
    app.router.add_get("/health/ready", health.ready)
    if handle_telegram_update is not None:
        telegram = TelegramWebhook(handle_telegram_update, telegram_secret or "")
        app.router.add_post("/telegram/webhook", telegram.receive)
    return app
