"""What /report answers with at once: the headline figures, and the bars of its picture."""

from datetime import timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.message import View, lines, paragraphs
from bot.views.report_chart import MOST_BARS, Bar, Chart
from bot.views.statements import list_button
from school.periods import Period, school_day
from school.reports import Figures, Report, TeacherLine
from services.reporting import Workbook

PERIOD = "report.period"

_MOST_NAMES = 15
_PERIODS = ("this week", "last week", "this month", "last month")


def summary(say: Say, book: Workbook) -> View:
    """The headline figures; the picture and the workbook have the rest."""
    total = book.report.total
    text = paragraphs(
        lines(_title(say, book), _totals(say, book.report)),
        _problems(say, total),
        _names(say, book.report),
        _about_inferred(say, total),
    )
    return View(text, _other_periods(say))


def nothing(say: Say, book: Workbook) -> View:
    """For a period in which no class was held, nor should have been by now."""
    ahead = len(book.lessons)
    if ahead:
        said = say.many(
            "Nothing was held yet. {count} class is planned.",
            "Nothing was held yet. {count} classes are planned.",
            ahead,
        )
    else:
        said = say("No classes were planned in these days.")
    return View(lines(_title(say, book), said), _other_periods(say))


def chart(say: Say, report: Report) -> Chart:
    """The picture: hours per teacher, for as many as can be told apart in it."""
    bars = [_bar(say, number, line) for number, line in enumerate(report.teachers, start=1)]
    period = _period_name(say, report.period)
    title = say.label("Hours taught, {period}", period=period)
    if len(bars) > MOST_BARS:
        title = say.label(
            "Hours taught, {period} (the first {count} teachers)", period=period, count=MOST_BARS
        )
    return Chart(title, say.label("Hours"), tuple(bars[:MOST_BARS]))


def file_name(school: str, period: Period) -> str:
    """ASCII, without what a file system could trip over."""
    name = "".join(letter for letter in school.casefold() if letter.isascii() and letter.isalnum())
    days = f"{period.first_day:%Y-%m}"
    if not period.is_whole_month:
        days = f"{period.first_day.isoformat()}-{period.last_day.isoformat()}"
    return f"{name or 'school'}-{days}.xlsx"


def period_typed(number: int) -> str:
    """What a period's button stands for, as if it had been typed. Raises Outdated."""
    if number not in range(len(_PERIODS)):
        raise callback_data.not_current()
    return _PERIODS[number]


def _title(say: Say, book: Workbook) -> Markup:
    period, now = book.report.period, book.as_of
    name = say.bold(_period_name(say, period))
    if now not in period:
        return name
    today = school_day(now, period.zone)
    if today == period.first_day:
        return say("{period}, so far", period=name)
    return say("{period}, so far ({days})", period=name, days=say.days(period.first_day, today))


def _period_name(say: Say, period: Period) -> str:
    if period.is_whole_month:
        return say.month(period.first_day)
    return say.days(period.first_day, period.last_day)


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


def _bar(say: Say, number: int, line: TeacherLine) -> Bar:
    taught = line.figures.taught
    shown = say.plain(taught)
    return Bar(
        name=line.name,
        otherwise=say.label("Teacher {number}", number=number),
        hours=taught / timedelta(hours=1),
        label=say.label("≈ {length}", length=taught) if line.figures.has_inferred else shown,
    )


def _other_periods(say: Say) -> InlineKeyboardMarkup:
    labels = (
        say.label("This week"),
        say.label("Last week"),
        say.label("This month"),
        say.label("Last month"),
    )
    buttons = [
        InlineKeyboardButton(label, callback_data=callback_data.encode(PERIOD, number))
        for number, label in enumerate(labels)
    ]
    return InlineKeyboardMarkup([buttons[:2], buttons[2:], [list_button(say)]])
