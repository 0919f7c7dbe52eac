"""Leaving the school: what goes, what stays, the receipt."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.disconnecting import zoom_is_told_later
from bot.views.message import View, lines, paragraphs
from school.model import SchoolProfile
from services.leaving import Preview, Receipt

DELETE, KEEP = "leaving.delete", "leaving.keep"


def preview(say: Say, found: Preview) -> View:
    """What a deletion takes and leaves, before anything is done."""
    keyboard = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    say.label("Delete my data"),
                    callback_data=callback_data.encode(DELETE, found.person_id),
                    style="danger",
                ),
                InlineKeyboardButton(say.label("Keep"), callback_data=callback_data.encode(KEEP)),
            ]
        ]
    )
    return View(paragraphs(_goes(say, found), _stays(say, found), _admin(say, found)), keyboard)


def _goes(say: Say, found: Preview) -> Markup:
    held = found.holdings
    return lines(
        say("This will delete:"),
        say("· your Zoom connection (and tell Zoom)") if held.has_zoom else None,
        say("· your name, language and settings, and your links to groups"),
        _some(
            say,
            found.announced,
            "· {count} class that I announce to you here; it takes place without you being told",
            "· {count} classes that I announce to you here; they take place without you being told",
        ),
        _some(
            say,
            held.rosters,
            "· your name on {count} list of students, and in the classes that you attended",
            "· your name on {count} lists of students, and in the classes that you attended",
        ),
        _some(say, held.drafts, "· {count} unfinished form", "· {count} unfinished forms"),
        _some(
            say,
            found.upcoming,
            "· {count} upcoming class (your groups will be told)",
            "· {count} upcoming classes (your groups will be told)",
        ),
        _some(
            say,
            found.given_back,
            "· {count} class that you give for another teacher; it goes back to them",
            "· {count} classes that you give for other teachers; they go back to them",
        ),
        _some(
            say,
            found.live,
            "· the link to {count} class that is on; it is counted up to this moment",
            "· the links to {count} classes that are on; they are counted up to this moment",
        ),
        say("· topics and links of your classes, and the names of students in them")
        if held.accounted or found.upcoming or found.live
        else None,
    )


def _some(say: Say, count: int, singular: str, plural: str) -> Markup | None:
    return say.many(singular, plural, count) if count else None


def _stays(say: Say, found: Preview) -> Markup | None:
    count = found.holdings.accounted + found.live
    if not count:
        return None
    return say.many(
        "This will stay for the school's accounts until {month}, without your name: "
        "the date and length of {count} class, and students' minutes without their names.",
        "This will stay for the school's accounts until {month}, without your name: "
        "dates and lengths of {count} classes, and students' minutes without their names.",
        count,
        month=say.month(found.kept_until),
    )


def _admin(say: Say, about: Preview | Receipt) -> Markup | None:
    """The settings name the admins, so somebody who writes as one is known again."""
    if not about.is_admin:
        return None
    return say(
        "You are an admin of this school: when you write to me again, your name is stored again. "
        "To end that, have your number taken out of ADMIN_IDS first."
    )


def nothing_held(say: Say, profile: SchoolProfile) -> View:
    return View(
        say(
            "I hold nothing under your Telegram account. If you joined classes, your name as "
            "typed in Zoom may be in attendance records. To have it deleted, write to {contact}.",
            contact=profile.privacy_contact,
        )
    )


def receipt(say: Say, done: Receipt, profile: SchoolProfile) -> View:
    """What was done, and a number to ask about it."""
    said = [
        say(
            "Done. Your data was deleted on {day}, {time}. Receipt: {number}.",
            day=say.full_day(done.erased_at.astimezone(profile.zone).date()),
            time=done.erased_at.astimezone(profile.zone).time(),
            number=say.bold(done.number),
        ),
        _admin(say, done) or _way_back(say, done),
    ]
    if done.told_zoom is False:
        said.append(zoom_is_told_later(say))
    if done.left_at_zoom:
        said.append(
            say.many(
                "{count} meeting could not be deleted in Zoom. Delete it there.",
                "{count} meetings could not be deleted in Zoom. Delete them there.",
                done.left_at_zoom,
            )
        )
    return View(paragraphs(*said))


def _way_back(say: Say, done: Receipt) -> Markup:
    if done.taught:
        return say("To teach again, ask your admin for an invitation.")
    return say("To be told of classes here again, ask your teacher for an invitation.")


def kept(say: Say) -> View:
    return View(say("Nothing was deleted."))
