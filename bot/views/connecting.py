"""What a teacher reads about the Zoom account: connect, connected, disconnected."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from services.connecting import Connected, ConnectLink
from services.disconnecting import Disconnected
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
                say.label("Not yours? Disconnect"), callback_data=callback_data.encode(DISCONNECT)
            )
        ],
    ]
    text = paragraphs(_account(say, result), _missing(say, result), _next(say))
    return View(text, InlineKeyboardMarkup(keyboard))


def disconnected(say: Say, result: Disconnected) -> View:
    text = paragraphs(_ended(say, result), _still_to_come(say, result.upcoming))
    return View(text, InlineKeyboardMarkup([[connect_button(say)]]))


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


def _still_to_come(say: Say, upcoming: int) -> Markup | None:
    if not upcoming:
        return None
    return say.many(
        "{count} class that is still to come stays in Zoom, and its link keeps working. "
        "Start it in Zoom itself: until you connect again, I cannot change it "
        "or count who comes.",
        "{count} classes that are still to come stay in Zoom, and their links keep "
        "working. Start them in Zoom itself: until you connect again, I cannot change "
        "them or count who comes.",
        upcoming,
    )


def _ended(say: Say, result: Disconnected) -> Markup:
    if result.zoom_was_told:
        return say(
            "Disconnected: {email}. I have deleted my access, and Zoom has ended it too.",
            email=result.email,
        )
    return say(
        "Disconnected: {email}. I have deleted my access, but Zoom did not answer when I told "
        "it. {remove_app}",
        email=result.email,
        remove_app=remove_app(say),
    )


def remove_app(say: Say) -> Markup:
    """What a person can do at Zoom where we could not."""
    return say("To end it there too, open marketplace.zoom.us → Manage → Added Apps → Remove.")
