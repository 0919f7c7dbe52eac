"""Whether Telegram will work with these settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot import application


class TelegramProblem(Exception):
    """Telegram cannot be used; the text is one clear sentence with the next step."""


@contextmanager
def explained() -> Iterator[None]:
    """Turns Telegram's refusals into TelegramProblem: their own words can hold the token."""
    try:
        yield
    except InvalidToken:
        raise TelegramProblem(
            "Telegram does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather: /mybots → API Token."
        ) from None
    except BadRequest as error:
        raise TelegramProblem(
            f"Telegram does not push updates to PUBLIC_URL ({error.message}). Correct it, or "
            "write TELEGRAM_UPDATES=polling."
        ) from None
    except TelegramError as error:
        raise TelegramProblem(
            f"Telegram does not answer at TELEGRAM_API_URL ({type(error).__name__}). Check this "
            "machine's way to the internet, and try again."
        ) from None


async def username_of(token: str, api_url: str) -> str:
    """What the bot is called. Raises TelegramProblem."""
    with explained():
        return await application.username_of(token, api_url)


async def telegram_problem(token: str, api_url: str) -> str | None:
    """One sentence for whoever runs the program; None if Telegram knows the bot."""
    try:
        await username_of(token, api_url)
    except TelegramProblem as problem:
        return str(problem)
    return None
