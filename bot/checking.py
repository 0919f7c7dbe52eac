"""Whether Telegram will work with these settings."""

from telegram.error import InvalidToken, TelegramError

from bot.application import username_of


async def telegram_problem(token: str, api_url: str) -> str | None:
    """One sentence for whoever runs the program; None if Telegram knows the bot."""
    try:
        await username_of(token, api_url)
    except InvalidToken:
        return "it does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather: /mybots → API Token."
    except TelegramError as error:
        return f"no answer ({type(error).__name__}). Check this machine's way to the internet."
    return None
