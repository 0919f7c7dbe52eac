"""Where Zoom reports what happens in meetings: stored first, answered then, applied later."""

import logging
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus

from aiohttp import hdrs, web

from school.model import Clock
from services.office import Office
from storage.inbox import Inbox, InboxFailed, InboxFull, IncomingEvent, Stored
from storage.zoom_accounts import zoom_user_index
from web.security import body_of, refuse_large
from zoom.webhooks import Challenge, Envelope, Malformed, SignatureRejected, WebhookReceiver

_RETRY_AFTER_S = "60"
_TIME_BYTES = 6  # milliseconds since 1970

_REFUSALS_TOLD = 5  # lines of the log in a minute
_MINUTE = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class _Refusals:
    """Says in the log why webhooks were refused: a few lines a minute, however many they are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock()
        self._told = 0
        self._untold = 0

    def tell(self, why: str) -> None:
        """`why` is of our own words."""
        now = self._clock()
        if not timedelta() <= now - self._since < _MINUTE:
            if self._untold:
                _log.warning("%d more webhooks were refused", self._untold)
            self._since, self._told, self._untold = now, 0, 0
        if self._told < _REFUSALS_TOLD:
            self._told += 1
            _log.warning("a webhook was refused: %s", why)
        else:
            self._untold += 1


class ZoomWebhook:
    """Answers so that Zoom does the right thing: it repeats after 5xx, and never after 4xx.

    204 nothing more to do: stored, not ours, or of no use · 200 the answer to a challenge ·
    401 not by Zoom, or too old · 408, 413 no body, or too large · 503 not stored, send it again
    """

    def __init__(self, office: Office, inbox: Inbox, receiver: WebhookReceiver) -> None:
        self._clock = office.clock
        self._bell = office.bell.inbox
        self._heart = office.heart
        self._vault = office.database.vault
        self._inbox = inbox
        self._receiver = receiver
        self._refusals = _Refusals(office.clock)

    async def receive(self, request: web.Request) -> web.Response:
        """POST /zoom/webhook."""
        refuse_large(request)
        headers = request.headers.items()
        try:
            self._receiver.check(headers)  # nobody waits for the body of a stranger
            body = await body_of(request)
            said = self._receiver.receive(headers, body)
        except SignatureRejected as error:
            self._refusals.tell(str(error))
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        except Malformed as error:
            # It is Zoom's own, so the same would come again. Without knowing what or which
            # meeting it is about, it could not be counted, and need not be ours to keep.
            _log.error("a webhook cannot be read: %s (%s)", error, sha256(body).hexdigest())
            return web.Response(status=HTTPStatus.NO_CONTENT)
        if isinstance(said, Challenge):
            return web.Response(body=said.answer, content_type="application/json")
        if not said.is_handled:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return await self._store(said, body)

    async def _store(self, said: Envelope, body: bytes) -> web.Response:
        event = IncomingEvent(
            digest=_digest(said, body),
            meeting_id=said.meeting_id,
            host_index=zoom_user_index(self._vault, said.host_id) if said.host_id else None,
            body=body,
            received_at=self._clock(),
        )
        try:
            stored = await self._inbox.store(event)
        except (InboxFull, InboxFailed) as error:
            _log.warning("a webhook was not stored: %s", type(error).__name__)
            self._heart.misses()
            return web.Response(
                status=HTTPStatus.SERVICE_UNAVAILABLE, headers={hdrs.RETRY_AFTER: _RETRY_AFTER_S}
            )
        if stored is Stored.WAITING:
            self._bell.ring()
        return web.Response(status=HTTPStatus.NO_CONTENT)


def _digest(said: Envelope, body: bytes) -> bytes:
    """What tells events apart; a repeated delivery has the same.

    The event's own time comes first: so new events lie side by side in the index, and a commit
    writes few of its pages, however many events there are.
    """
    return said.reported_ms.to_bytes(_TIME_BYTES, "big") + sha256(body).digest()
