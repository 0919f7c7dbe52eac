"""Greetings, help, invitations, and the choice of a time zone."""

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.connecting import connect_button
from bot.views.message import View, lines, paragraphs
from bot.views.pages import guide_button, support_button
from school.model import Role, SchoolProfile
from services.people import Caller, Invitation

ZONE = "zone"
ADDED_BY_BUTTON = "link"
"""What the bot is started with in a group that it was added to by our button."""

# The bot asks to administer the group: only then does Telegram tell it who else does.
_RIGHTS_WANTED = "manage_chat"
ZONES_OFFERED = (
    "Africa/Addis_Ababa",
    "Africa/Nairobi",
    "Africa/Cairo",
    "Asia/Riyadh",
    "Asia/Dubai",
    "Europe/Istanbul",
    "Europe/London",
    "America/New_York",
)


def add_to_group_url(profile: SchoolProfile) -> str:
    """Opens Telegram's list of groups to add the bot to."""
    return (
        f"https://t.me/{profile.bot_username}?startgroup={ADDED_BY_BUTTON}&admin={_RIGHTS_WANTED}"
    )


def new_teacher(say: Say, caller: Caller, profile: SchoolProfile) -> View:
    text = paragraphs(
        say(
            "Welcome, {name}. You can now teach with {school}.",
            name=caller.name,
            school=profile.name,
        ),
        lines(
            say("Two steps and your first class is ready:"),
            say("1. Connect your Zoom account"),
            say("2. Add me to your students' group"),
        ),
    )
    return View(text, _first_steps(say, profile))


def greeting(say: Say, caller: Caller, profile: SchoolProfile) -> View:
    """Who I am to this person, and the first thing to do."""
    text = paragraphs(
        say("Hello, {name}.", name=caller.name),
        _first_thing(say, caller, profile),
        say("/help lists everything you can ask me."),
    )
    return View(text, _first_steps(say, profile) if caller.is_teacher else None)


def help_page(say: Say, caller: Caller, profile: SchoolProfile) -> View:
    """What this person may ask for."""
    text = paragraphs(
        _admins(say) if caller.role is Role.ADMIN else None,
        _teachers(say) if caller.is_teacher else None,
        _everybodys(say),
        say("Questions? Write to {email}.", email=profile.support_email),
    )
    pages = [guide_button(say, profile), support_button(say, profile)]
    return View(text, InlineKeyboardMarkup([pages]))


def invitation(say: Say, made: Invitation, zone: ZoneInfo) -> View:
    text = lines(
        say(
            "Here is an invitation for one teacher. It works once, until {day}.",
            day=made.expires_at.astimezone(zone).date(),
        ),
        say.code(made.link),
    )
    return View(text, pass_on(say, made, say.label("Your invitation to teach with us")))


def pass_on(say: Say, made: Invitation, words: str) -> InlineKeyboardMarkup:
    """To copy the link, or to share it together with `words`."""
    share = urlencode({"url": made.link, "text": words})
    buttons = [
        InlineKeyboardButton(say.label("Copy"), copy_text=CopyTextButton(made.link)),
        InlineKeyboardButton(say.label("Share"), url=f"https://t.me/share/url?{share}"),
    ]
    return InlineKeyboardMarkup([buttons])


def zones(say: Say, caller: Caller) -> View:
    text = lines(
        say("Times you type are meant in {zone}.", zone=say.bold(caller.zone.key)),
        say("Choose another, or type it: /timezone Asia/Riyadh"),
    )
    buttons = [
        InlineKeyboardButton(city(zone), callback_data=callback_data.encode(ZONE, zone))
        for zone in ZONES_OFFERED
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    return View(text, InlineKeyboardMarkup(rows))


def zone_kept(say: Say, caller: Caller) -> View:
    return View(
        say(
            "From now on, times you type are meant in {zone}. "
            "Classes already made stay as they are.",
            zone=say.bold(caller.zone.key),
        )
    )


def _first_thing(say: Say, caller: Caller, profile: SchoolProfile) -> Markup:
    if caller.role is Role.ADMIN:
        return say(
            "You look after {school} here. Invite a teacher with /invite, "
            "and read the hours taught with /report.",
            school=profile.name,
        )
    if caller.is_teacher:
        return say("Make a class with /newclass, and I announce it to your students' groups.")
    return say(
        "I announce {school}'s classes. Students need nothing more than the Join button in "
        "their group. If you teach here, ask your admin for an invitation.",
        school=profile.name,
    )


def _first_steps(say: Say, profile: SchoolProfile) -> InlineKeyboardMarkup:
    add = InlineKeyboardButton(say.label("Add to a group"), url=add_to_group_url(profile))
    return InlineKeyboardMarkup([[connect_button(say), add], [guide_button(say, profile)]])


def _admins(say: Say) -> Markup:
    return lines(
        say("/invite: invite a teacher"),
        say("/teachers: who teaches, and removing somebody"),
        say("/report: hours taught, as a picture and a workbook"),
        say("/rate: what teachers earn"),
        say("/payrules: how pay is worked out"),
        say("/adjust: add to a teacher's pay, or take from it"),
        say("/audit: what was done, under made-up names"),
    )


def _teachers(say: Say) -> Markup:
    return lines(
        say("/newclass: make a class, such as /newclass Tajweed tomorrow 18:00 45m"),
        say("/classes: your classes to come"),
        say("/groups: your groups and students, and how they are told of classes"),
        say("/hours: the hours you taught, and your pay"),
        say("/connect: connect your Zoom account"),
        say("/disconnect: disconnect it"),
    )


def _everybodys(say: Say) -> Markup:
    return lines(
        say("/next: the classes of the coming two weeks; in a group, those of the group"),
        say("/myattendance: the classes you attended"),
        say("/language: the language I speak with you"),
        say("/timezone: the zone your times are meant in"),
        say("/profile: what I know you by, and how to correct it"),
        say("/privacy: what is stored, and why"),
        say("/mydata: see all that is stored about you"),
        say("/deletemydata: delete what is stored about you"),
    )


def city(zone: str) -> str:
    """`Addis Ababa`, for a button."""
    return zone.rpartition("/")[2].replace("_", " ")
