"""What people read about what is stored of them: the few values that matter, and counts."""

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from bot.speech import Say
from bot.views.language import native_name
from bot.views.message import View, lines, paragraphs
from school.model import ClockFace, SchoolProfile
from services.own_data import Deleted, OwnSummary
from services.people import Caller
from zoom.models import BASIC_PLAN

_MOST_NAMED = 5  # groups, or lists of students


def summary(say: Say, found: OwnSummary, caller: Caller) -> View:
    """Who they are to the school, and how much there is of everything."""
    return View(
        paragraphs(
            say.bold(say("What is stored about you")),
            lines(*_person(say, found, caller)),
            lines(*_zoom(say, found)),
            lines(*_teaching(say, found)),
            lines(*_attending(say, found)),
            lines(*_rest(say, found)),
            _unconfirmed(say, found),
            say(
                "The file has all of it. Something is wrong? /profile corrects it. "
                "/deletemydata deletes it."
            ),
        )
    )


def _person(say: Say, found: OwnSummary, caller: Caller) -> Iterator[Markup]:
    if found.username is None:
        yield say("Name: {name}", name=say.bold(found.name))
    else:
        username = f"@{found.username}"
        yield say("Name: {name} ({username})", name=say.bold(found.name), username=username)
    yield say("Language: {language}", language=native_name(say.language))
    yield say("Time zone: {zone}", zone=caller.zone.key)
    if caller.clock is ClockFace.ETHIOPIAN:
        yield say("Clock: Ethiopian")
    since = say.full_day(found.known_since.astimezone(caller.zone).date())
    if found.is_admin:
        yield say("You are an admin. Known here since {day}.", day=since)
    elif found.is_teacher:
        yield say("You are a teacher. Known here since {day}.", day=since)
    elif found.on_lists:
        yield say("You are a student. Known here since {day}.", day=since)
    else:
        yield say("Known here since {day}.", day=since)


def _zoom(say: Say, found: OwnSummary) -> Iterator[Markup]:
    zoom = found.zoom
    if zoom is None:
        return
    if zoom.plan == BASIC_PLAN:
        yield say("Zoom: {email} (Basic plan), as {name}", email=zoom.email, name=zoom.display_name)
    else:
        yield say("Zoom: {email}, as {name}", email=zoom.email, name=zoom.display_name)
    if zoom.is_broken:
        yield say("Zoom no longer lets me in. /connect connects it again.")


def _teaching(say: Say, found: OwnSummary) -> Iterator[Markup]:
    count = found.counts
    if lessons := count["lessons"]:
        yield say.many("{count} class that you give", "{count} classes that you give", lessons)
    if found.groups:
        yield say("Groups: {groups}", groups=_named(say, found.groups))
    if private := count["students_in_private"]:
        yield say.many(
            "{count} student in private (their data is theirs, and not in your file)",
            "{count} students in private (their data is theirs, and not in your file)",
            private,
        )
    if rates := count["rates"]:
        yield say.many("Pay: {count} rate", "Pay: {count} rates", rates)
    if statements := count["statements"]:
        yield say.many("{count} statement", "{count} statements", statements)
    corrections = count["corrections"] + count["adjustments"] + count["disputes"]
    if corrections:
        yield say.many(
            "{count} correction, adjustment or message about a class",
            "{count} corrections, adjustments and messages about classes",
            corrections,
        )


def _attending(say: Say, found: OwnSummary) -> Iterator[Markup]:
    if not found.on_lists:
        return
    names = [say("{name} in {topic}", name=one.name, topic=one.topic) for one in found.on_lists]
    yield say("On the list of students: {names}", names=_named(say, names))
    yield say.many(
        "In class {count} time, {length} in all",
        "In class {count} times, {length} in all",
        found.counts["attendance"],
        length=found.attended_for,
    )


def _rest(say: Say, found: OwnSummary) -> Iterator[Markup]:
    count = found.counts
    if messages := count["messages_about_classes"] + count["messages_in_groups"]:
        yield say.many("{count} message about classes", "{count} messages about classes", messages)
    if letters := count["letters"]:
        yield say.many(
            "{count} message to you, on its way or just sent",
            "{count} messages to you, on their way or just sent",
            letters,
        )
    if forms := count["forms"]:
        yield say.many("{count} unfinished form", "{count} unfinished forms", forms)
    if invitations := count["invitations_made"]:
        yield say.many(
            "{count} invitation that you made", "{count} invitations that you made", invitations
        )
    if entries := count["log"]:
        yield say.many("{count} entry in the log", "{count} entries in the log", entries)
        yield say("In the log you are {pseudonym}.", pseudonym=found.pseudonym)


def _named(say: Say, names: tuple[str, ...] | list[Markup]) -> Markup:
    shown = list(names[:_MOST_NAMED])
    more = len(names) - len(shown)
    if more:
        return say.listed([*shown, say.many("{count} more", "{count} more", more)])
    return say.listed(shown)


def _unconfirmed(say: Say, found: OwnSummary) -> Markup | None:
    """Why there is no attendance in it, though they may have attended."""
    if not found.is_unconfirmed:
        return None
    return say(
        "If you join classes as a student, your name in Zoom may be in attendance. I show that "
        "only once your teacher has confirmed who you are, because anybody can take a name: "
        "/myattendance asks them."
    )


def nothing_stored(say: Say) -> View:
    """For somebody whom the bot does not know."""
    return View(
        say(
            "I hold nothing under your Telegram account. If you join classes as a student, your "
            "name in Zoom may be in attendance. Ask your teacher to invite you here and to confirm "
            "who you are: then /mydata shows it. /deletemydata has it deleted."
        )
    )


def nothing_but_a_receipt(say: Say, found: Deleted, profile: SchoolProfile) -> View:
    return View(
        say(
            "I hold nothing under your Telegram account but that your data was deleted on {day}: "
            "receipt {number}.",
            day=say.full_day(found.at.astimezone(profile.zone).date()),
            number=say.bold(found.receipt),
        )
    )


def being_written(say: Say) -> View:
    return View(say("I am writing the file with all that is stored about you."))


def file_name(school: str, day: date) -> str:
    """ASCII, without what a file system could trip over."""
    name = "".join(letter for letter in school.casefold() if letter.isascii() and letter.isalnum())
    return f"{name or 'school'}-my-data-{day.isoformat()}.json"
