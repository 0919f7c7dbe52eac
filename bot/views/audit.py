"""What was done and by whom, as admins read it: under pseudonyms, a page at a time or as a file."""

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from types import MappingProxyType
from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.erasures import look_button
from bot.views.message import Attachment, View, lines, paragraphs
from bot.views.report_csv import as_text
from school.text import Text
from services.auditing import AuditPage
from storage.audit import PROGRAM, AuditEntry

PAGE, EXPORT = "audit.page", "audit.export"
"""The actions of the buttons."""

_OF_A_TIME = re.compile(r"(?P<action>.+) (?:of|from) (?P<time>\d{4}-\d{2}(?:-\d{2})?)")

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        # About people and their accounts
        "invited a teacher": Text("invited a teacher"),
        "invited a student": Text("invited a student"),
        "became a teacher": Text("became a teacher"),
        "became a student": Text("became a student"),
        "saw the list of teachers": Text("opened the list of teachers"),
        "saw a teacher": Text("opened the page of a teacher"),
        "removed a teacher": Text("removed a teacher"),
        "left a teacher": Text("left a teacher"),
        "removed a student": Text("ended teaching a student in private"),
        "confirmed a student": Text("confirmed who a student is"),
        "unlinked a student": Text("parted a student from a Telegram account"),
        "connected Zoom": Text("connected Zoom"),
        "disconnected Zoom": Text("disconnected Zoom"),
        "Zoom ended a grant": Text("noticed that Zoom ended a connection"),
        "deleted their data": Text("deleted their data"),
        "asked for their data": Text("asked for all that is stored about them"),
        "changed their name": Text("changed their name"),
        "doubted their attendance": Text("said that their attendance is wrong"),
        "took a name of theirs off a list": Text("took a name of theirs off a list"),
        "asked to be taken out of attendance": Text("asked to be taken out of attendance"),
        "withdrew a request about attendance": Text("withdrew a request about attendance"),
        "looked for a name in attendance": Text("looked for a name in attendance"),
        "erased a name from attendance": Text("deleted a name from attendance"),
        "declined to erase a name": Text("declined to delete a name from attendance"),
        # About classes
        "confirmed a class": Text("confirmed the times of a class"),
        "disputed a class": Text("said that something is wrong with a class"),
        "accepted a dispute": Text("agreed that something is wrong with a class"),
        "changed a dispute": Text("corrected a class in another way than was asked"),
        "declined a dispute": Text("declined to correct a class"),
        "corrected a class": Text("corrected a class"),
        # About pay
        "set a rate": Text("set a rate"),
        "set pay rules": Text("set the rules of pay"),
        "added a bonus": Text("added a bonus"),
        "added a deduction": Text("added a deduction"),
        "added a waiver": Text("waived a deduction for being late"),
        "withdrew a bonus": Text("withdrew a bonus"),
        "withdrew a deduction": Text("withdrew a deduction"),
        "withdrew a waiver": Text("deducted for being late after all"),
        "asked to accept a statement": Text("asked a teacher to accept a statement"),
        "accepted a statement": Text("accepted a statement"),
        "locked a statement": Text("locked a statement"),
        "paid a statement": Text("marked a statement as paid"),
        "corrected a payment": Text("corrected how a statement was paid"),
        "took back the day of a payment": Text("took back the day noted for a payment"),
        # What admins looked at, or took along
        "saw a report": Text("opened a report"),
        "exported a report": Text("took a report along as files"),
        "saw the list of rates": Text("opened the list of rates"),
        "saw rates": Text("opened a teacher's rates"),
        "saw the list of statements": Text("opened the list of statements"),
        "saw a statement": Text("opened a teacher's statement"),
        "exported a statement": Text("took a teacher's statement along"),
        "saw the pay of a class": Text("opened the pay of a class"),
        "saw who was in a class": Text("opened who was in a class"),
        "saw the audit log": Text("opened this list"),
        "exported the audit log": Text("took this list along"),
        # What the program did by itself
        "erased again after a restore": Text("deleted again what an older copy brought back"),
        "shortened names": Text("shortened stored names to initials"),
    }
)
"""What is noted, as it is told."""


def page(say: Say, found: AuditPage, zone: ZoneInfo) -> View:
    """The entries in the reader's zone, the newest first; and a way to who waits for an answer."""
    waiting = _waiting(say, found)
    if not found.entries:
        keyboard = InlineKeyboardMarkup(waiting) if waiting else None
        return View(say("Nothing was noted yet."), keyboard)
    text = paragraphs(
        say.bold(say("What was done, the latest first")),
        lines(*(_line(say, one, zone) for one in found.entries)),
        say(
            "Times of {city}. Everybody stands under a made-up name; your own is in /mydata.",
            city=say.city(zone),
        ),
    )
    turns = []
    if found.page > 0:
        turns.append(_button(say.label("‹ Newer"), PAGE, found.page - 1))
    if found.page + 1 < found.pages:
        turns.append(_button(say.label("Older ›"), PAGE, found.page + 1))
    export = _button(say.label("Export"), EXPORT)
    return View(text, InlineKeyboardMarkup([*waiting, *([turns] if turns else []), [export]]))


def _waiting(say: Say, found: AuditPage) -> list[list[InlineKeyboardButton]]:
    if found.oldest_request is None:
        return []
    return [[look_button(say, found.oldest_request, found.open_requests)]]


def exported(say: Say, entries: Iterable[AuditEntry], zone: ZoneInfo, today: date) -> View:
    """All of them in a file; the text goes before it."""
    table = _csv(say, entries, zone)
    attachment = Attachment(f"audit-{today.isoformat()}.csv", table)
    return View(say("Here is all that was noted, the oldest first."), None, attachment)


def in_words(say: Say, action: str) -> tuple[str, str | None]:
    """What was done, in the reader's language, and the month or day that it was about.

    What an earlier version has noted may have no words here: it stands as it is.
    """
    found = _OF_A_TIME.fullmatch(action)
    known, time = (found["action"], found["time"]) if found else (action, None)
    text = WORDS.get(known)
    return (action, None) if text is None else (say.plain(text), time)


def _line(say: Say, one: AuditEntry, zone: ZoneInfo) -> Markup:
    local = one.at.astimezone(zone)
    what, time = in_words(say, one.action)
    about = " ".join(word for word in (one.subject, time) if word)
    if not about:
        return say(
            "{day}, {time} · {who}: {what}",
            day=say.full_day(local.date()),
            time=local.time(),
            who=_actor(say, one),
            what=what,
        )
    return say(
        "{day}, {time} · {who}: {what} ({about})",
        day=say.full_day(local.date()),
        time=local.time(),
        who=_actor(say, one),
        what=what,
        about=about,
    )


def _actor(say: Say, one: AuditEntry) -> str:
    return say.label("the program") if one.actor == PROGRAM else one.actor


def _csv(say: Say, entries: Iterable[AuditEntry], zone: ZoneInfo) -> bytes:
    text = StringIO(newline="")
    written = csv.writer(text)
    headings = (
        say.label("When"),
        say.label("Who"),
        say.label("What"),
        say.label("About"),
        say.label("Month or day"),
    )
    written.writerow([as_text(one) for one in headings])
    for one in entries:
        what, time = in_words(say, one.action)
        at = one.at.astimezone(zone).isoformat(" ", "seconds")
        written.writerow(
            [as_text(cell) for cell in (at, _actor(say, one), what, one.subject, time)]
        )
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _button(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
