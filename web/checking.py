"""Whether the public address leads to the program."""

from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout

_PATIENCE = ClientTimeout(total=10)


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
        f"{public_url} does not lead to the running program. Start it with `make run`, and have "
        "your reverse proxy pass requests on to HTTP_HOST:HTTP_PORT."
    )
