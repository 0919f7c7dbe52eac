"""What /report answers with at once: the headline figures, and the way to other ones."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.calendar import month_buttons
from bot.views.message import View, lines, paragraphs
from bot.views.statement_list import list_button
from bot.views.statement_words import money_words
from school.periods import Period, school_day
from school.reports import Figures, Report
from services.reporting import Ambiguous, Candidate, Choices, Found, Order
from storage.reports import Of, Scope

NAMED = "report.period"
SHOW = "report.show"
PICK = "report.pick"
DATES = "report.dates"
FIRST_DAY = "report.first"
LAST_DAY = "report.last"
CSV = "report.csv"
IDLE = "report.idle"

_MOST_NAMES = 15
_LONGEST_LABEL = 40
_NAMES = ("this week", "last week", "this month", "last month", "this term", "last term")
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_YEARS_BACK = 10


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


def choices(say: Say, found: Choices) -> View:
    """The names that a report can be narrowed to, page by page."""
    period = period_name(say, found.period)
    match found.of:
        case Of.TEACHER:
            text = say("Whose classes, {period}?", period=period)
        case Of.COURSE:
            text = say("Which class, {period}?", period=period)
        case _:
            text = say("Which group, {period}?", period=period)
    if not found.candidates:
        text = say("No classes were planned in these days.")
    rows = _candidates(say, found.period, found.candidates)
    if found.pages > 1:
        rows.append(_pages(say, found))
    return View(text, InlineKeyboardMarkup(rows))


def ambiguous(say: Say, found: Ambiguous) -> View:
    """Several are called as typed: asks which is meant."""
    more = (
        say.many(
            "{count} more is not shown: type more of the name.",
            "{count} more are not shown: type more of the name.",
            found.more,
        )
        if found.more
        else None
    )
    text = lines(say("Which {name} do you mean?", name=say.bold(found.name)), more)
    return View(text, InlineKeyboardMarkup(_candidates(say, found.period, found.candidates)))


def first_day(say: Say, scope: Scope, month: date, today: date) -> View:
    """Asks from which day on."""
    rows = month_buttons(
        say,
        month,
        today,
        earliest=today.replace(year=today.year - _YEARS_BACK, day=1),
        on_day=lambda day: _data(LAST_DAY, day, day, scope),
        on_month=lambda other: _data(FIRST_DAY, other, other, scope),
        idle=callback_data.encode(IDLE),
    )
    text = lines(
        say("From which day on?"),
        say("You can also type them: {example}", example=say.code(_EXAMPLE)),
    )
    return View(text, InlineKeyboardMarkup(rows))


def last_day(say: Say, scope: Scope, first: date, month: date, today: date) -> View:
    """Asks to which day."""
    rows = month_buttons(
        say,
        month,
        today,
        earliest=first,
        on_day=lambda day: _data(SHOW, first, day, scope),
        on_month=lambda other: _data(LAST_DAY, first, other, scope),
        idle=callback_data.encode(IDLE),
    )
    text = say("From {day} to which day?", day=say.full_day(first))
    return View(text, InlineKeyboardMarkup(rows))


_EXAMPLE = "/report 2026-11-01 2026-11-15"


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


def pressed_name(press: callback_data.Press) -> str:
    """What a period's button stands for, as it is typed. Raises Outdated."""
    number = press.number(0)
    if number not in range(len(_NAMES)):
        raise callback_data.not_current()
    return _NAMES[number]


def pressed_scope(press: callback_data.Press, position: int) -> Scope:
    """What stays chosen; buttons of an earlier version had nothing. Raises Outdated."""
    if len(press.args) <= position:
        return Scope()
    return Scope(pressed_of(press, position), press.number(position + 1))


def pressed_of(press: callback_data.Press, position: int) -> Of:
    try:
        return Of(press.word(position))
    except ValueError:
        raise callback_data.not_current() from None


def pressed_day(press: callback_data.Press, position: int) -> date:
    """Raises Outdated for what is no day of these times."""
    number = press.number(position)
    if not date(_FIRST_YEAR, 1, 1).toordinal() <= number <= date(_LAST_YEAR, 1, 1).toordinal():
        raise callback_data.not_current()
    return date.fromordinal(number)


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
        _button(label, callback_data.encode(NAMED, number, scope.of, scope.id))
        for number, label in enumerate(labels)
    ]
    picks = [
        _button(say.label("Teacher…"), _pick(Of.TEACHER, period, 0)),
        _button(say.label("Class…"), _pick(Of.COURSE, period, 0)),
        _button(say.label("Group…"), _pick(Of.GROUP, period, 0)),
    ]
    others = [_button(say.label("Other dates…"), callback_data.encode(DATES, scope.of, scope.id))]
    if scope.of is not Of.ALL:
        all_ = _data(SHOW, period.first_day, period.last_day, Scope())
        others.append(_button(say.label("All classes"), all_))
    if has_file:
        csv = _data(CSV, period.first_day, period.last_day, scope)
        others.append(_button(say.label("CSV"), csv))
    statements = [list_button(say)]
    return InlineKeyboardMarkup([named[:2], named[2:4], named[4:], picks, others, statements])


def _candidates(
    say: Say, period: Period, candidates: Sequence[Candidate]
) -> list[list[InlineKeyboardButton]]:
    return [
        [_button(_label(say, one), _data(SHOW, period.first_day, period.last_day, one.scope))]
        for one in candidates
    ]


def _label(say: Say, one: Candidate) -> str:
    name = _short(one.name if one.name is not None else say.label("(deleted)"))
    if one.hint is None:
        return name
    return say.label("{name} · {hint}", name=name, hint=_short(one.hint))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"


def _pages(say: Say, found: Choices) -> list[InlineKeyboardButton]:
    number = say.label("{number} of {count}", number=found.page + 1, count=found.pages)
    row = [_button(number, callback_data.encode(IDLE))]
    if found.page > 0:
        row.insert(0, _button("‹", _pick(found.of, found.period, found.page - 1)))
    if found.page + 1 < found.pages:
        row.append(_button("›", _pick(found.of, found.period, found.page + 1)))
    return row


def _pick(of: Of, period: Period, page: int) -> str:
    first, last = period.first_day.toordinal(), period.last_day.toordinal()
    return callback_data.encode(PICK, of, first, last, page)


def _data(action: str, first: date, last: date, scope: Scope) -> str:
    return callback_data.encode(action, first.toordinal(), last.toordinal(), scope.of, scope.id)


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)
