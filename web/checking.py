"""Whether the program can listen, and whether its public address leads to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout

_PATIENCE = ClientTimeout(total=10)


class AddressProblem(Exception):
    """The program cannot listen there; the text is one clear sentence with the next step."""


@contextmanager
def explained(host: str, port: int) -> Iterator[None]:
    """Turns the system's refusals to listen into AddressProblem."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
        raise AddressProblem(
            f"Nothing can listen on {host}:{port} ({why}). Stop what uses it, or change "
            "HTTP_HOST and HTTP_PORT."
        ) from None


async def public_url_problem(public_url: str) -> str | None:
    """One sentence for whoever runs the program; None if it answers there."""
    try:
        async with (
            ClientSession(timeout=_PATIENCE) as session,
            session.get(f"{public_url}/health/live", allow_redirects=False) as answer,
        ):
            if answer.status == HTTPStatus.OK:
                return None
    except (ClientError, TimeoutError):
        pass
    return (
        f"PUBLIC_URL {public_url} does not lead to the running program. Start it with `make run`, "
        "and have your reverse proxy pass requests on to HTTP_HOST:HTTP_PORT."
    )
