"""A statement as it is to stand on paper: every word and amount, ready to be drawn."""

from datetime import datetime

from bot.speech import Say
from bot.views.pay_steps import exactly, percent_words
from bot.views.rates import month_name, rate_words
from bot.views.statement_pdf import (
    Fact,
    StatementAdjustment,
    StatementHeadings,
    StatementLine,
    StatementPaper,
    StatementTotal,
)
from bot.views.statement_words import adjustment_words, carried_words, state_name
from school.model import SchoolProfile
from school.pay import Outcome, PayLine
from school.periods import school_day
from services.statements import StatementPage


def statement_paper(
    say: Say, page: StatementPage, profile: SchoolProfile, made_at: datetime
) -> StatementPaper:
    """All of it; a class that was called off and paid nothing is left out."""
    title = say.label("Statement, {month}", month=month_name(say, page.month))
    lines = [one for one in page.content.lessons if one.paid or one.outcome is not _OFF]
    return StatementPaper(
        language=say.language,
        is_rtl=say.locale.character_order == "right-to-left",
        made_at=made_at,
        school=profile.name,
        title=title,
        state=state_name(say, page.state),
        facts=tuple(_facts(say, page)),
        headings=StatementHeadings(
            day=say.label("Day"),
            lesson=say.label("Class"),
            time=say.label("Paid time"),
            rate=say.label("Rate"),
            amount=say.label("Amount"),
        ),
        lines=tuple(_line(say, page, one) for one in lines),
        nothing=say.label("No classes."),
        adjustments_title=say.label("Adjustments"),
        adjustments=tuple(_adjustments(say, page)),
        totals=tuple(_totals(say, page)),
        notes=tuple(_notes(say, page)),
        foot=say.label("{name} · {title}", name=page.teacher.name, title=title),
        page=say.label("Page {page} of {pages}", page="{page}", pages="{pages}"),
    )


_OFF = Outcome.CANCELLED


def _facts(say: Say, page: StatementPage) -> list[Fact]:
    facts = [Fact(say.label("Teacher"), page.teacher.name)]
    stored = page.stored
    if stored is None:
        return facts
    for words, at in (
        (say.label("Accepted"), stored.accepted_at if not page.has_lapsed else None),
        (say.label("Locked"), stored.locked_at),
    ):
        if at is not None:
            facts.append(Fact(words, say.full_day(school_day(at, page.zone))))
    if stored.paid_on is not None:
        value = say.full_day(stored.paid_on)
        if stored.reference:
            value = say.label("{day}, reference {reference}", day=value, reference=stored.reference)
        facts.append(Fact(say.label("Paid"), value))
    return facts


def _line(say: Say, page: StatementPage, line: PayLine) -> StatementLine:
    topic = page.topics.get(line.lesson.course_id) or say.label("A class")
    rate = line.rate
    return StatementLine(
        day=say.plain(school_day(line.lesson.planned.starts_at, page.zone)),
        lesson=say.plain(topic),
        time=exactly(say, line.paid),
        rate="–" if rate is None else rate_words(say, rate.money, rate.per).striptags(),
        amount="–" if line.amount is None else say.plain(line.amount),
        remarks=" · ".join(_remarks(say, line)),
    )


def _remarks(say: Say, line: PayLine) -> list[str]:
    found = []
    if line.outcome is not Outcome.TAUGHT and line.percent:
        found.append(
            say.label("not taught; paid {percent}", percent=percent_words(say, line.percent))
        )
    elif line.outcome is not Outcome.TAUGHT:
        found.append(say.label("not taught"))
    if line.lateness_percent:
        percent = percent_words(say, line.lateness_percent)
        late = exactly(say, line.lesson.late_by)
        found.append(say.label("began {late} late: {percent} less", late=late, percent=percent))
    if line.lesson.is_waived:
        found.append(say.label("lateness waived"))
    if line.lesson.is_inferred:
        found.append(say.label("≈ partly filled in"))
    if line.lesson.is_corrected:
        found.append(say.label("corrected"))
    if line.rate is None:
        found.append(say.label("no rate was set"))
    return found


def _adjustments(say: Say, page: StatementPage) -> list[StatementAdjustment]:
    return [
        StatementAdjustment(
            say.plain(one.day),
            say.plain(str(adjustment_words(say, one).striptags())),
            say.plain(one.money),
        )
        for one in page.content.adjustments
    ] + [
        StatementAdjustment(
            "", str(carried_words(say, one.month).striptags()), say.plain(one.money)
        )
        for one in page.content.carried
    ]


def _totals(say: Say, page: StatementPage) -> list[StatementTotal]:
    return [StatementTotal(say.label("Total"), say.plain(one)) for one in page.content.totals]


def _notes(say: Say, page: StatementPage) -> list[str]:
    notes = [
        say.label(
            "Days are those of {zone}.", zone=page.zone.key.rpartition("/")[2].replace("_", " ")
        )
    ]
    if any(one.amount < 0 for one in page.content.totals):
        notes.append(
            say(
                "Where the total is less than nothing, it is carried on to the next statement."
            ).striptags()
        )
    return notes
