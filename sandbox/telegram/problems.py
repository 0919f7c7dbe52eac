"""Refusals: to the bot in Telegram's own words, to the people in ours."""

from http import HTTPStatus

from sandbox.wire import Json

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
SECOND_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Refused(Exception):
    """The API answers `ok: false` with this code and description."""

    def __init__(self, code: int, description: str, **parameters: Json) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class NotPossible(Exception):
    """A person cannot do this now: the button is not there, the right is missing."""


def bad_request(text: str, **parameters: Json) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> Refused:
    return Refused(HTTPStatus.FORBIDDEN, f"Forbidden: {text}")


def conflict(text: str) -> Refused:
    return Refused(HTTPStatus.CONFLICT, f"Conflict: {text}")


def too_many_requests(retry_after: int) -> Refused:
    """Wait `retry_after` whole seconds before the next request to that chat."""
    return Refused(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after}",
        retry_after=retry_after,
    )
