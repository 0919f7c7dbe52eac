"""What speaks against a new class as the form has it: it overlaps, or its time is odd or over."""

from zoneinfo import ZoneInfo

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot.speech import Say
from bot.views.form_buttons import button, compact
from bot.views.message import View, lines
from school.schedule import local_moment
from services.classes import UpcomingClass
from services.forms import Doubt, Passed
from storage.class_forms import Step

_MOST_OVERLAPS = 5


def doubt(say: Say, found: Doubt) -> View:
    """The class overlaps with another one, or its time comes twice that day."""
    draft = found.draft
    row = [
        button(say.label("Create anyway"), "form.anyway", draft),
        button(say.label("Change time"), "form.goto", draft, Step.TIME.value),
        button(say.label("Discard"), "form.discard", draft),
    ]
    said = [*_overlaps(say, found), _clocks_go_back(say, found), _clocks_skip(say, found)]
    return View(lines(*said), InlineKeyboardMarkup([row]))


def _overlaps(say: Say, found: Doubt) -> list[Markup]:
    is_series = found.draft.said.repeat is not None
    said = [
        _overlap(say, other, found.zone, is_series=is_series)
        for other in found.others[:_MOST_OVERLAPS]
    ]
    if more := len(found.others) - len(said):
        said.append(say.many("and {count} more", "and {count} more", more))
    return said


def _overlap(say: Say, other: UpcomingClass, zone: ZoneInfo, *, is_series: bool) -> Markup:
    start = say.clock_time(other.planned.starts_at, zone)
    end = say.clock_time(other.planned.ends_at, zone)
    if is_series:
        return say(
            "On {day} you have “{topic}” from {start} to {end}.",
            day=other.planned.starts_at.astimezone(zone).date(),
            topic=other.topic,
            start=start,
            end=end,
        )
    return say(
        "You have “{topic}” from {start} to {end} that day.",
        topic=other.topic,
        start=start,
        end=end,
    )


def _clocks_go_back(say: Say, found: Doubt) -> Markup | None:
    known = found.draft.said
    if not found.is_repeated or known.first_day is None or known.time is None:
        return None
    return say(
        "Clocks go back on {day}, so {time} comes twice. I take the first one.",
        day=known.first_day,
        time=known.time,
    )


def _clocks_skip(say: Say, found: Doubt) -> Markup | None:
    at, day = found.draft.said.time, found.skipped_on
    if day is None or at is None:
        return None
    later = local_moment(day, at, found.zone).astimezone(found.zone)
    return say(
        "Clocks skip {time} on {day}; that class would begin at {later}.",
        time=at,
        day=day,
        later=later.time(),
    )


def passed(say: Say, found: Passed) -> View:
    """The time has passed; perhaps the same time on another day is meant."""
    draft = found.draft
    row = [
        button(_yes(say, found), "form.day", draft, compact(found.suggested_day)),
        button(say.label("Change"), "form.goto", draft, Step.DAY.value),
    ]
    return View(say.text(found.problem), InlineKeyboardMarkup([row]))


def _yes(say: Say, found: Passed) -> str:
    match (found.suggested_day - found.today).days:
        case 0:
            return say.label("Yes, today")
        case 1:
            return say.label("Yes, tomorrow")
        case _:
            return say.label("Yes, {day}", day=found.suggested_day)
