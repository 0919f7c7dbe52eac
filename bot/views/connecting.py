"""What a teacher reads while connecting a Zoom account, and when it is connected."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from services.connecting import ConnectLink
from services.granting import Connected
from zoom.models import BASIC_PLAN
from zoom.oauth import REQUIRED_SCOPES

CONNECT = "connect"
DISCONNECT = "disconnect"


def connect_button(say: Say) -> InlineKeyboardButton:
    """Begins a connection, wherever a teacher needs one."""
    return InlineKeyboardButton(
        say.label("Connect Zoom"), callback_data=callback_data.encode(CONNECT)
    )


def open_page(say: Say, link: ConnectLink) -> View:
    """The link stands behind the button alone, and cannot be passed on."""
    text = say(
        "Open this page to connect your Zoom account. "
        "The link is yours alone and works for {lifetime}.",
        lifetime=link.lifetime,
    )
    button = InlineKeyboardButton(say.label("Open page"), url=link.url)
    return View(text, InlineKeyboardMarkup([[button]]), is_protected=True)


def connected(say: Say, result: Connected, add_to_group_url: str) -> View:
    """Which account it is, what it lacks, what comes next."""
    keyboard = [
        [InlineKeyboardButton(say.label("Add me to a group"), url=add_to_group_url)],
        [
            InlineKeyboardButton(
                say.label("Not yours? Disconnect"),
                callback_data=callback_data.encode(DISCONNECT, result.account_id),
            )
        ],
    ]
    text = paragraphs(_account(say, result), _missing(say, result), _next(say))
    return View(text, InlineKeyboardMarkup(keyboard))


def pressed_by_another(say: Say) -> View:
    """For the one who began; whoever pressed reads the error."""
    text = say(
        "Somebody else opened the last step of your Zoom connection, so I stopped it; "
        "nothing was connected. Start again, and do not pass the page on."
    )
    return View(text, InlineKeyboardMarkup([[connect_button(say)]]))


def _account(say: Say, result: Connected) -> Markup:
    if result.plan == BASIC_PLAN:
        account = say(
            "Zoom connected: {email} (Basic plan: classes end after 40 minutes).",
            email=say.bold(result.email),
        )
    else:
        account = say("Zoom connected: {email}.", email=say.bold(result.email))
    if result.replaced_email is None:
        return account
    return lines(account, say("It takes the place of {email}.", email=result.replaced_email))


def _missing(say: Say, result: Connected) -> Markup | None:
    if not result.missing_scopes:
        return None
    named = [say(REQUIRED_SCOPES[scope]) for scope in result.missing_scopes]
    return lines(
        say("Zoom did not let me do everything I need to. I cannot yet:"),
        *(say("· {permission}", permission=one) for one in named),
        say("Send /connect again and allow all of it, or show this to your admin."),
    )


def _next(say: Say) -> Markup:
    return say("Next: add me to your students' group, then make a class with /newclass.")
