"""The sheets of a report's files that are about money, and the notes on all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.speech import Say
from bot.views.report_sheets import COUNT, DAY, LENGTH, NAME, TIME, WORDS, local
from bot.views.report_tables import Column, Formula, Row, Table
from school.intervals import Span
from school.model import AttendanceRules
from school.money import Money
from school.pay import CalledOffBy, Outcome, PayLine
from school.pay_rules import Basis, Per
from school.periods import Period
from school.reports import LATE_START
from school.text import Text
from services.paying import PaidLine
from services.report_rows import TitledCorrection

_AMOUNT, _CURRENCY = "N", "O"  # the columns of the sheet of pay that sums are made over
_FIRST_ROW = 2
_NOTES_WIDTH = 100


class PaySheet:
    """The sheet of pay, teacher after teacher, and sums over the rows of each."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.name = say.label("Pay")
        self._rows = 0
        self._of_all = defaultdict[str, Decimal](Decimal)
        self.of_teachers: dict[int, dict[str, Formula]] = {}

    def table(self, lines: Iterable[tuple[int, str, Sequence[PaidLine]]], zone: ZoneInfo) -> Table:
        """`lines` are (teacher id, name, pay lines); sums are known once its rows were taken."""
        label = self._say.label
        columns = [
            Column(label("Teacher"), NAME),
            Column(label("Day"), DAY),
            Column(label("Class"), NAME),
            Column(label("Paid as"), WORDS),
            Column(label("Counted by"), WORDS),
            Column(label("Counted"), LENGTH),
            Column(label("Rounded"), LENGTH),
            Column(label("Paid time"), LENGTH),
            Column(label("Rate"), LENGTH),
            Column(label("Per"), COUNT),
            Column(label("Percent"), COUNT),
            Column(label("Less for lateness, percent"), COUNT),
            Column(label("How sure"), WORDS),
            Column(label("Amount"), LENGTH),
            Column(label("Currency"), COUNT),
        ]
        return Table(columns, self._written(lines, zone), footer=self._totals)

    def _written(
        self, lines: Iterable[tuple[int, str, Sequence[PaidLine]]], zone: ZoneInfo
    ) -> Iterator[Row]:
        words = _pay_words(self._say)
        for teacher_id, name, own in lines:
            first = self._rows + _FIRST_ROW
            sums = defaultdict[str, Decimal](Decimal)
            for one in own:
                self._rows += 1
                money = one.line.amount
                if money is not None:
                    sums[money.currency] += money.amount
                yield _pay_row(words, name, one, zone)
            last = self._rows + _FIRST_ROW - 1
            self.of_teachers[teacher_id] = {
                currency: self._sum(currency, amount, first, last, elsewhere=True)
                for currency, amount in sums.items()
            }
            for currency, amount in sums.items():
                self._of_all[currency] += amount

    def _totals(self, first: int, last: int) -> Iterator[Row]:
        """A sum for each currency: they are never added up together."""
        for currency, amount in sorted(self._of_all.items()):
            total = self._sum(currency, amount, first, last, elsewhere=False)
            yield (self._say.label("All"), *(None for _ in range(12)), total, currency)

    def _sum(
        self, currency: str, amount: Decimal, first: int, last: int, *, elsewhere: bool
    ) -> Formula:
        sheet = "'{}'!".format(self.name.replace("'", "''")) if elsewhere else ""
        amounts = f"{sheet}${_AMOUNT}${first}:${_AMOUNT}${last}"
        currencies = f"{sheet}${_CURRENCY}${first}:${_CURRENCY}${last}"
        quoted = currency.replace('"', '""')  # three capital letters, wherever it comes from
        text = f'=SUMIFS({amounts},{currencies},"{quoted}")'
        return Formula(text, Money(currency, amount).rounded.amount)


def _pay_row(
    words: Mapping[Outcome | Basis | Per | str, str], name: str, one: PaidLine, zone: ZoneInfo
) -> Row:
    line, lesson = one.line, one.line.lesson
    rate, amount = line.rate, line.amount
    return (
        name,
        local(lesson.planned.starts_at, zone).date(),
        words["deleted"] if one.topic is None else one.topic,
        words[line.outcome],
        words[line.rules.rules.basis],
        line.counted,
        line.rounded,
        line.paid,
        rate.money.amount if rate else words["no rate"],
        words[rate.per] if rate else "",
        _plain(line.percent),
        _plain(line.lateness_percent),
        _certainty(words, line),
        amount.amount if amount else None,
        amount.currency if amount else "",
    )


def _plain(percent: Decimal) -> int | Decimal:
    """A whole number where it is one."""
    return int(percent) if percent == int(percent) else percent


def _certainty(words: Mapping[Outcome | Basis | Per | str, str], line: PayLine) -> str:
    if line.lesson.is_corrected:
        return words["corrected"]
    return words["inferred"] if line.lesson.is_inferred else ""


def _pay_words(say: Say) -> Mapping[Outcome | Basis | Per | str, str]:
    return {
        Outcome.TAUGHT: say.label("taught"),
        Outcome.NO_SHOW: say.label("no student came"),
        Outcome.TOO_SHORT: say.label("no student came, and the teacher did not wait"),
        Outcome.APART: say.label("never together"),
        Outcome.TEACHER_ABSENT: say.label("the teacher was absent"),
        Outcome.LATE_CANCEL: say.label("called off late by the students"),
        Outcome.CANCELLED: say.label("called off"),
        Outcome.NOT_COUNTED: say.label("does not count"),
        Outcome.NOT_HELD: say.label("not held"),
        Basis.TAUGHT: say.label("time taught"),
        Basis.TEACHER: say.label("teacher's time"),
        Basis.ACTUAL: say.label("time held"),
        Basis.SCHEDULED: say.label("time planned"),
        Per.HOUR: say.label("hour"),
        Per.LESSON: say.label("class"),
        "no rate": say.label("no rate"),
        "deleted": say.label("(deleted)"),
        "corrected": say.label("corrected by a person"),
        "inferred": say.label("partly inferred"),
    }


def corrections_table(
    say: Say,
    corrections: Iterable[TitledCorrection],
    zone: ZoneInfo,
) -> Table:
    """Every correction of the lessons of the report, with what was found before."""
    columns = [
        Column(say.label("When"), TIME),
        Column(say.label("By"), NAME),
        Column(say.label("Day"), DAY),
        Column(say.label("Teacher"), NAME),
        Column(say.label("Class"), NAME),
        Column(say.label("Taught, as found"), LENGTH),
        Column(say.label("Taught"), LENGTH),
        Column(say.label("Teacher present"), LENGTH),
        Column(say.label("Held"), LENGTH),
        Column(say.label("Late by"), LENGTH),
        Column(say.label("Called off by"), WORDS),
        Column(say.label("Confirmed as it was"), COUNT),
        Column(say.label("Reason"), NAME),
    ]
    return Table(columns, [_correction_row(say, one, zone) for one in corrections])


def _correction_row(say: Say, one: TitledCorrection, zone: ZoneInfo) -> Row:
    entry, said = one.entry, one.entry.correction
    by_students = said.called_off_by is CalledOffBy.STUDENTS
    return (
        local(said.added_at, zone),
        entry.by,
        local(entry.starts_at, zone).date(),
        one.teacher,
        say.label("(deleted)") if one.topic is None else one.topic,
        entry.taught_found,
        said.taught,
        said.teacher_present,
        said.actual,
        said.late_by,
        say.label("the students") if by_students else "",
        say.label("yes") if said.is_confirmation else "",
        entry.reason or "",
    )


def notes_table(
    say: Say, period: Period, rules: AttendanceRules, gaps: Iterable[Span], now: datetime
) -> Table:
    """What the figures mean, and what is missing from them."""
    zone = period.zone
    notes = [
        Text(
            "This file is about the days {first} to {last}, of the school's zone {zone}.",
            {
                "first": period.first_day.isoformat(),
                "last": period.last_day.isoformat(),
                "zone": zone.key,
            },
        ),
        Text("It was made on {at}.", {"at": local(now, zone)}),
        Text("“Taught” is the time that the teacher and at least one student were there together."),
        Text(
            "“Partly inferred”: Zoom did not report every coming and going, so some time was "
            "filled in from the start or the end of the class."
        ),
        Text(
            "A late start is a class whose teacher came more than {length} after its time.",
            {"length": LATE_START},
        ),
        Text(
            "A student is late after {length}, and present from {percent} % of the time taught.",
            {"length": rules.late_after, "percent": rules.present_percent},
        ),
        Text("Lengths are exact to the second; nothing is rounded before pay is."),
        Text(
            "Pay here is what the rates and rules come to now. What is paid stands in each "
            "teacher's statement."
        ),
        *_gaps(gaps, zone),
    ]
    rows = [(say.plain(note),) for note in notes]
    return Table([Column(say.label("Notes"), _NOTES_WIDTH)], rows)


def _gaps(gaps: Iterable[Span], zone: ZoneInfo) -> list[Text]:
    return [
        Text(
            "No events came from {begin} to {end}; figures of classes then may be too low.",
            {"begin": local(begin, zone), "end": local(end, zone)},
        )
        for begin, end in gaps
        if end > begin
    ]
