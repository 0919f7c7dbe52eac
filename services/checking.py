"""Whether the database and Zoom will work with these settings."""

from school.model import Clock
from storage.database import Database
from storage.errors import DatabaseProblem
from storage.sealing import DataKeyProblem, DataKeys
from zoom.errors import InvalidClient, InvalidGrant, ZoomError
from zoom.oauth import ZoomOAuth


async def database_problem(url: str, data_key: str, clock: Clock) -> str | None:
    """One sentence for whoever runs the program; None if it opens, made where it was not."""
    try:
        async with Database.open(url, DataKeys.parse(data_key), clock):
            return None
    except (DatabaseProblem, DataKeyProblem) as problem:
        return str(problem)


async def zoom_problem(oauth: ZoomOAuth) -> str | None:
    """Makes a token request that must fail: how it fails tells whether Zoom knows the app."""
    try:
        await oauth.refresh("only to see whether the app is known")
    except InvalidGrant:
        return None
    except InvalidClient:
        return (
            "Zoom does not know ZOOM_CLIENT_ID with this ZOOM_CLIENT_SECRET. "
            "marketplace.zoom.us → Manage → your app → Basic Information has both."
        )
    except ZoomError as error:
        return (
            f"Zoom does not answer at ZOOM_OAUTH_URL ({type(error).__name__}). Check this "
            "machine's way to the internet, and try again."
        )
    return None
