"""The figures as one table, beside what was aimed at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec

from benchmarks.broadcast import Broadcast
from benchmarks.classes import Classes
from benchmarks.lessons import PARTICIPANTS, Lessons
from benchmarks.machine import Machine
from benchmarks.reporting import RATE, TermReport
from benchmarks.starting import Starting
from benchmarks.webhooks import CONNECTIONS, Webhooks

_FOLD_AIMED_AT = 2_000  # events

Row = tuple[str, str, str]
"""What was measured, how much it was, how much it should be."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run."""

    machine: Machine
    measured_at: datetime
    starting: Starting
    classes: Classes
    broadcast: Broadcast
    webhooks: Webhooks
    lessons: Lessons
    term: TermReport


def written(figures: Figures) -> str:
    """As a Markdown page."""
    machine = figures.machine
    lines = [
        "# Figures",
        "",
        f"Measured on {figures.measured_at:%Y-%m-%d %H:%M} UTC at commit {machine.commit}, by",
        "`make bench`, against the stand-ins. The load, the program and the stand-ins share",
        f"the cores of one machine: {machine}.",
        "",
        "| measure | measured | aim |",
        "|---|---:|---:|",
        *(f"| {measure} | {value} | {aim} |" for measure, value, aim in _rows(figures)),
        "",
        *_notes(figures),
        "",
    ]
    return "\n".join(lines)


def _rows(figures: Figures) -> Iterator[Row]:
    yield from _of_starting(figures.starting)
    yield from _of_webhooks(figures.webhooks)
    yield from _of_broadcast(figures.broadcast)
    yield from _of_classes(figures.classes)
    yield from _of_lessons(figures.lessons)
    yield from _of_term(figures.term)


def _of_starting(starting: Starting) -> Iterator[Row]:
    yield "start to ready", f"{starting.again_s:.2f} s", "1.5 s"
    yield "first start to ready, with a new database", f"{starting.first_s:.2f} s", ""
    yield "memory when idle", f"{starting.idle_mb:.0f} MB", "under 120 MB"


def _of_webhooks(webhooks: Webhooks) -> Iterator[Row]:
    stored, bare, applied = webhooks.stored, webhooks.bare, webhooks.applied
    yield (
        f"webhook events made durable, {CONNECTIONS} connections",
        f"{stored.per_second:,.0f}/s",
        "8,000/s",
    )
    yield "— p50 and p99", _both(stored.within_ms(50), stored.within_ms(99)), ""
    yield "— by a receiver that stores nothing", f"{bare.per_second:,.0f}/s", ""
    yield "— made durable, of that", f"{stored.per_second / bare.per_second:.0%}", ""
    yield "— while they become attendance", f"{applied.per_second:,.0f}/s", ""
    yield "— then p50 and p99", _both(applied.within_ms(50), applied.within_ms(99)), ""
    for rate, answers in webhooks.at_rates.items():
        times = _both(answers.within_ms(50), answers.within_ms(99))
        yield f"events at {rate:,}/s, p50 and p99", times, "p99 under 50 ms" * (rate == 1_000)
    acknowledged = sum(len(answers.seconds) for answers in webhooks.taken)
    yield (
        "events acknowledged, and found in the database",
        f"{acknowledged:,} and {webhooks.kept:,}",
        "none lost",
    )
    yield "stored events turned into attendance", f"{webhooks.applied_per_second:,.0f}/s", ""
    yield "synced writes of one page, this disk", f"{webhooks.disk_per_second:,.0f}/s", ""


def _of_broadcast(broadcast: Broadcast) -> Iterator[Row]:
    late = broadcast.lasted_s / broadcast.optimum_s - 1
    yield (
        f"a class to {broadcast.cards} groups, first card to last",
        f"{broadcast.lasted_s:.2f} s ({late:+.1%})",
        f"{broadcast.optimum_s:.2f} s, within 5 %",
    )
    yield "— from the order to the last card", f"{broadcast.ordered_s:.2f} s", ""
    yield "— refused by Telegram's budgets (429)", f"{broadcast.refused}", "0"


def _of_classes(classes: Classes) -> Iterator[Row]:
    beyond = classes.median_ms - classes.stand_ins_ms
    yield "`/newclass` to the card in the group, median", f"{classes.median_ms:.0f} ms", ""
    yield "— p95", f"{classes.p95_ms:.0f} ms", ""
    yield "— the stand-ins' own answers", f"{classes.stand_ins_ms:.0f} ms", ""
    yield "— beyond them, median", f"{beyond:.0f} ms", "under 150 ms"


def _of_lessons(lessons: Lessons) -> Iterator[Row]:
    for events, fold_ms in lessons.fold_ms.items():
        aim = "under 20 ms" if events == _FOLD_AIMED_AT else ""
        yield f"a lesson of {PARTICIPANTS} folded, {events:,} events", f"{fold_ms:.1f} ms", aim
    for cost in lessons.costs:
        among = f"among {cost.stays:,} stays"
        yield f"a lesson's events read, folded, saved, {among}", f"{cost.applied_ms:.1f} ms", "flat"
        yield f"its summary, {among}", f"{cost.summary_ms:.1f} ms", "under 20 ms, flat"


def _of_term(term: TermReport) -> Iterator[Row]:
    files = f"{len(term.workbooks)} of {sum(term.workbooks) / 1_000_000:.0f} MB"
    yield f"report of {term.stays:,} stays, to its summary", f"{term.summary_s:.1f} s", "5 s"
    yield "— to the last of its workbooks", f"{term.workbook_s:.1f} s ({files})", ""
    yield "— memory more until the summary", f"{term.summary_mb:.0f} MB", "50 MB"
    yield "— then until the workbook, children too", f"{term.workbook_mb:.0f} MB", "150 MB"
    times = _both(term.answers.within_ms(50), term.answers.within_ms(99))
    yield f"— events at {RATE}/s meanwhile, p50 and p99", times, "p99 under 500 ms"


def _both(half_ms: float, most_ms: float) -> str:
    return f"{half_ms:.1f} and {most_ms:.1f} ms"


def _notes(figures: Figures) -> Iterator[str]:
    webhooks, broadcast = figures.webhooks, figures.broadcast
    if find_spec("rich") is not None:
        yield (
            "- Memory: httpx loads its command line where the development packages are installed, "
            "as here. Without them the program holds 4 MB less."
        )
    yield (
        "- Events are signed joins and leaves in 200 classes. “Made durable”: the meetings are not "
        "known yet, so the events are sealed and committed, and wait. In the other lines they are "
        "known, and the program turns the events into attendance all the while."
    )
    yield (
        "- Answers are timed from when an event was to be sent, whatever the program was doing; "
        "the sender's own clock adds up to 1 ms."
    )
    rounds = ", ".join(
        f"{stored.per_second:,.0f} of {bare.per_second:,.0f}"
        for stored, bare in zip(webhooks.stored.answers, webhooks.bare.answers, strict=True)
    )
    yield f"- Rounds at full speed, each after one of the receiver that stores nothing: {rounds}."
    taken = (*webhooks.taken, figures.term.answers)
    refused = sum(answers.refused for answers in taken)
    lost = sum(answers.lost for answers in taken)
    yield f"- Events refused, to be repeated by Zoom: {refused}; connections broken: {lost}."
    yield (
        "- A lesson among others: thirty students come and go. The term is one of 300 teachers; "
        "its memory is what the program and its children held at most, beyond what they held "
        "before with the same events coming in."
    )
    yield (
        f"- The broadcast took {broadcast.calls} calls until its last card, with what the teacher "
        "reads of it. Telegram takes 30 in any second: 30 at once, and 30 a second later."
    )
