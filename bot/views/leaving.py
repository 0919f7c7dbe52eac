"""Leaving the school: what goes, what stays, the receipt."""

from collections.abc import Iterator, Sequence
from datetime import date

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.disconnecting import zoom_is_told_later
from bot.views.erasures import ask_button, pending_words, withdraw_button
from bot.views.message import View, lines, paragraphs
from school.model import SchoolProfile
from services.leaving import Coming, Preview, Receipt

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
            ],
            [withdraw_button(say, found.pending) if found.pending else ask_button(say)],
        ]
    )
    text = paragraphs(
        _goes(say, found), _stays(say, found), _name_in_zoom(say, found), _admin(say, found)
    )
    return View(text, keyboard)


def _name_in_zoom(say: Say, found: Preview) -> Markup:
    """What is under a bare name nobody can know to be theirs."""
    if found.pending is None:
        return say(
            "Attendance under a name that you typed in Zoom, and that your teacher has not "
            "confirmed as yours, is not found by this. Press My name in Zoom for it."
        )
    return lines(
        pending_words(say, found.pending),
        say("If you delete your data, they still do it, but cannot tell you."),
    )


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
        *_next(say, found.next_upcoming, found.upcoming),
        _some(
            say,
            found.given_back,
            "· {count} class that you give for another teacher; it goes back to them",
            "· {count} classes that you give for other teachers; they go back to them",
        ),
        *_next(say, found.next_given_back, found.given_back),
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
    count, attended = found.holdings.accounted + found.live, found.holdings.attended
    accounts = say.many(
        "This will stay for the school's accounts until {month}, without your name: "
        "the date and length of {count} class, and students' minutes without their names.",
        "This will stay for the school's accounts until {month}, without your name: "
        "dates and lengths of {count} classes, and students' minutes without their names.",
        count,
        month=say.month(found.kept_until),
    )
    as_a_student = say.many(
        "Your times in {count} class that you attended will stay until {month}, without your name.",
        "Your times in {count} classes that you attended will stay until {month}, without your "
        "name.",
        attended,
        month=say.month(found.attended_until),
    )
    return lines(
        accounts if count else None,
        say("So will what you earned and what you were paid.") if found.holdings.pay else None,
        as_a_student if attended else None,
    )


def _next(say: Say, classes: Sequence[Coming], count: int) -> Iterator[Markup]:
    """Those that come first, and how many more."""
    for one in classes:
        yield say(
            "– {topic}: {when}",
            topic=one.topic or say("A class"),
            when=say.zoned_range(one.planned, one.zone),
        )
    more = count - len(classes)
    if classes and more:
        yield say.many("– and {count} more", "– and {count} more", more)


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
            "typed in Zoom may be in attendance records. To have it deleted, press the button, "
            "or write to {contact}.",
            contact=profile.privacy_contact,
        ),
        InlineKeyboardMarkup([[ask_button(say)]]),
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
        _done(say, done),
        _kept(say, done.before),
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


def _done(say: Say, done: Receipt) -> Markup:
    before = done.before
    return lines(
        say("· Your Zoom connection is ended, and Zoom was told.") if done.told_zoom else None,
        _some(
            say,
            before.upcoming,
            "· {count} upcoming class was cancelled; your groups are told.",
            "· {count} upcoming classes were cancelled; your groups are told.",
        ),
        _some(
            say,
            before.given_back,
            "· {count} class went back to its own teacher.",
            "· {count} classes went back to their own teachers.",
        ),
        _some(
            say,
            before.live,
            "· {count} class that was on was counted up to that moment.",
            "· {count} classes that were on were counted up to that moment.",
        ),
        _some(
            say,
            before.holdings.rosters,
            "· Your name is off {count} list of students.",
            "· Your name is off {count} lists of students.",
        ),
    )


def _kept(say: Say, before: Preview) -> Markup:
    """What is left, and for how long."""
    count = before.holdings.accounted + before.live
    return lines(
        _some_until(
            say,
            count,
            before.kept_until,
            "Kept until {month}, without your name: the date and length of {count} class.",
            "Kept until {month}, without your name: dates and lengths of {count} classes.",
        ),
        _some_until(
            say,
            before.holdings.attended,
            before.attended_until,
            "Kept until {month}, without your name: your times in {count} class.",
            "Kept until {month}, without your name: your times in {count} classes.",
        ),
        say("This receipt is kept without your name too, for when you ask about it."),
    )


def _some_until(say: Say, count: int, until: date, singular: str, plural: str) -> Markup | None:
    return say.many(singular, plural, count, month=say.month(until)) if count else None


def _way_back(say: Say, done: Receipt) -> Markup:
    if done.taught:
        return say("To teach again, ask your admin for an invitation.")
    return say("To be told of classes here again, ask your teacher for an invitation.")


def kept(say: Say) -> View:
    return View(say("Nothing was deleted."))
