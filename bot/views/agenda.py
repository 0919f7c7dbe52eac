"""The classes of the coming two weeks."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from bot.speech import Say
from bot.views.message import LONGEST_TEXT, View, lines, paragraphs, shown_length
from school.model import LessonState
from services.agenda import AgendaClass

_MOST = 20
_ROOM_FOR_THE_REST = 200  # for the heading, and how many more there are


def agenda(say: Say, classes: Sequence[AgendaClass]) -> View:
    """A line each, the days apart; times are shown to each reader in their own zone."""
    if not classes:
        return View(say("No classes in the coming two weeks."))
    shown = _fitting([(one, _line(say, one)) for one in classes[:_MOST]])
    days = [
        lines(*(line for _, line in of_day))
        for _, of_day in groupby(
            shown, lambda pair: pair[0].planned.starts_at.astimezone(pair[0].zone).date()
        )
    ]
    more = len(classes) - len(shown)
    rest = say.many("and {count} more", "and {count} more", more) if more else None
    return View(paragraphs(say.bold(say("The coming two weeks")), *days, rest))


def unknown_reader(say: Say) -> View:
    """Somebody who neither teaches nor is taught in private."""
    return View(
        say(
            "I do not know which classes are yours. Type /next in your group to see the group's. "
            "If your teacher gave you an invitation, open it."
        )
    )


def _fitting(each: Sequence[tuple[AgendaClass, Markup]]) -> Sequence[tuple[AgendaClass, Markup]]:
    """As many of them as one message holds."""
    free = LONGEST_TEXT - _ROOM_FOR_THE_REST
    for fitting, (_, line) in enumerate(each):
        free -= shown_length(line) + 2  # line breaks
        if free < 0:
            return each[:fitting]
    return each


def _line(say: Say, one: AgendaClass) -> Markup:
    when, class_ = say.time_range(one.planned, one.zone), _class(say, one)
    match one.state:
        case LessonState.CANCELLED:
            return say("📕 {when} · {class_} · cancelled", when=when, class_=class_)
        case LessonState.LIVE:
            live = say.bold(say("live now"))
            return say("📗 {when} · {class_} · {live}", when=when, class_=class_, live=live)
        case _:
            return say("📗 {when} · {class_}", when=when, class_=class_)


def _class(say: Say, one: AgendaClass) -> Markup:
    topic = say.bold(one.topic)
    if one.teacher_name is None:
        return topic
    return say("{topic} with {teacher}", topic=topic, teacher=one.teacher_name)
