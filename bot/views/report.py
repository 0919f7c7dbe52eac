"""What /report answers with at once: the headline figures, and the way to other ones."""

from markupsafe import Markup
from telegram import InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.report_buttons import CSV, DATES, NAMED, SHOW, button, data, pick
from bot.views.statement_list import list_button
from bot.views.statement_words import money_words
from school.periods import Period, school_day
from school.reports import Figures, Report
from services.reporting import Found, Order
from storage.reports import Of, Scope

_MOST_NAMES = 15


def summary(say: Say, found: Found) -> View:
    """The headline figures; the pictures and the file have the rest."""
    total = found.report.total
    text = paragraphs(
        lines(_title(say, found), _about(say, found), _totals(say, found.report)),
        _problems(say, total),
        _names(say, found.report),
        _about_inferred(say, total),
    )
    return View(text, _keyboard(say, found.order, has_file=True))


def nothing(say: Say, found: Found) -> View:
    """For a period in which no class was held, nor should have been by now."""
    off = _called_off(say, found)
    if found.ahead:
        said: Markup | None = say.many(
            "Nothing was held yet. {count} class is planned.",
            "Nothing was held yet. {count} classes are planned.",
            found.ahead,
        )
    elif off is None:
        said = say("No classes were planned in these days.")
    else:
        said = None
    text = lines(_title(say, found), _about(say, found), said, off)
    return View(text, _keyboard(say, found.order, has_file=False))


def _called_off(say: Say, found: Found) -> Markup | None:
    if found.called_off is None or not found.called_off.count:
        return None
    return say.many(
        "{count} class was called off. Paid for it: {sums}.",
        "{count} classes were called off. Paid for them: {sums}.",
        found.called_off.count,
        sums=money_words(say, found.called_off.paid),
    )


def progress(say: Say, share: float) -> View:
    """How much of a file that takes long is written."""
    return View(say("Writing the file: {percent} %", percent=int(share * 100)))


def in_parts(say: Say, parts: int) -> View:
    return View(
        say.many(
            "The file is larger than Telegram takes, so it comes in {count} part.",
            "The file is larger than Telegram takes, so it comes in {count} parts.",
            parts,
        )
    )


def file_name(school: str, period: Period, ending: str) -> str:
    """ASCII, without what a file system could trip over."""
    name = "".join(letter for letter in school.casefold() if letter.isascii() and letter.isalnum())
    days = f"{period.first_day:%Y-%m}"
    if not period.is_whole_month:
        days = f"{period.first_day.isoformat()}-{period.last_day.isoformat()}"
    return f"{name or 'school'}-{days}.{ending}"


def period_name(say: Say, period: Period) -> str:
    if period.is_whole_month:
        return say.month(period.first_day)
    return say.days(period.first_day, period.last_day)


def _title(say: Say, found: Found) -> Markup:
    period, now = found.order.period, found.as_of
    name = say.bold(period_name(say, period))
    if now not in period:
        return name
    today = school_day(now, period.zone)
    if today == period.first_day:
        return say("{period}, so far", period=name)
    return say("{period}, so far ({days})", period=name, days=say.days(period.first_day, today))


def _about(say: Say, found: Found) -> Markup | None:
    if found.order.scope.of is Of.ALL:
        return None
    return say("Only {name}", name=say.bold(found.about or say.label("(deleted)")))


def _totals(say: Say, report: Report) -> Markup:
    total = report.total
    return say(
        "{teachers} · {classes} · {taught} taught",
        teachers=say.many("{count} teacher", "{count} teachers", len(report.teachers)),
        classes=say.many("{count} class", "{count} classes", total.held),
        taught=_taught(say, total),
    )


def _taught(say: Say, figures: Figures) -> Markup:
    """Marked where it rests on something that Zoom did not report."""
    if figures.has_inferred:
        return say("≈ {length}", length=figures.taught)
    return say("{length}", length=figures.taught)


def _problems(say: Say, total: Figures) -> Markup:
    missed = say.many(
        "{count} class did not take place", "{count} classes did not take place", total.missed
    )
    late = say.many(
        "{count} class started more than 10 min late",
        "{count} classes started more than 10 min late",
        total.late_starts,
    )
    return lines(missed if total.missed else None, late if total.late_starts else None)


def _names(say: Say, report: Report) -> Markup:
    names = [
        say("{name} {taught}", name=line.name, taught=_taught(say, line.figures))
        for line in report.teachers[:_MOST_NAMES]
    ]
    rest = len(report.teachers) - len(names)
    if rest > 0:
        names.append(say.many("and {count} more", "and {count} more", rest))
    return lines(*names)


def _about_inferred(say: Say, total: Figures) -> Markup | None:
    if not total.has_inferred:
        return None
    return say.many(
        "≈ Zoom did not report every coming and going of {count} class; the file marks it.",
        "≈ Zoom did not report every coming and going of {count} classes; the file marks them.",
        total.inferred,
    )


def _keyboard(say: Say, order: Order, *, has_file: bool) -> InlineKeyboardMarkup:
    """Other periods with the same narrowing, other narrowings of the same period."""
    period, scope = order.period, order.scope
    labels = (
        say.label("This week"),
        say.label("Last week"),
        say.label("This month"),
        say.label("Last month"),
        say.label("This term"),
        say.label("Last term"),
    )
    named = [
        button(label, callback_data.encode(NAMED, number, scope.of, scope.id))
        for number, label in enumerate(labels)
    ]
    picks = [
        button(say.label("Teacher…"), pick(Of.TEACHER, period, 0)),
        button(say.label("Class…"), pick(Of.COURSE, period, 0)),
        button(say.label("Group…"), pick(Of.GROUP, period, 0)),
    ]
    others = [button(say.label("Other dates…"), callback_data.encode(DATES, scope.of, scope.id))]
    if scope.of is not Of.ALL:
        all_ = data(SHOW, period.first_day, period.last_day, Scope())
        others.append(button(say.label("All classes"), all_))
    if has_file:
        csv = data(CSV, period.first_day, period.last_day, scope)
        others.append(button(say.label("CSV"), csv))
    statements = [list_button(say)]
    return InlineKeyboardMarkup([named[:2], named[2:4], named[4:], picks, others, statements])
