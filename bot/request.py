"""Requests to Telegram that say, when they fail, whether they may have been carried out."""

import json
import logging
from typing import Any

import httpx
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

_CERTAINLY_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_TALKATIVE = {
    "httpx": logging.WARNING,  # each address, and the bot's token is in it
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,  # below that, what people write
}


class NotSent(NetworkError):
    """Telegram has certainly not seen the request: it may be sent again."""


class Uncertain(NetworkError):
    """The request may have been carried out; its answer was lost."""


class TelegramRequest(HTTPXRequest):
    """The library's request over httpx, with failures told apart and nothing secret in them."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises NotSent or Uncertain where there is no answer."""
        try:
            return await super().do_request(
                url,
                method,
                request_data,
                read_timeout,
                write_timeout,
                connect_timeout,
                pool_timeout,
            )
        except NetworkError as failure:
            cause = failure.__cause__
            # What only asks may be sent again, whatever became of it.
            only_asks = url.rpartition("/")[2].startswith("get")
            may_repeat = only_asks or isinstance(cause, _CERTAINLY_NOT_SENT)
            kind = NotSent if may_repeat else Uncertain
            # Without its cause: httpx's errors carry the address, which has the token in it.
            raise kind(type(cause).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library does, without logging an answer that it cannot read."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Telegram's answer makes no sense")
        return answer


def keep_secrets_out_of_the_log() -> None:
    """Libraries log addresses and contents at their lower levels."""
    for name, level in _TALKATIVE.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(level, logger.level))
