"""A class as its group sees it, through its whole life."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Say
from bot.views.message import View, lines
from school.model import LessonState
from school.recurrence import says
from school.text import Moment
from services.contents_for_students import CancelledNotice, ClassCard


def class_card(say: Say, card: ClassCard) -> View:
    """The card in a group: scheduled, live, ended or cancelled."""
    is_over = card.state in {LessonState.ENDED, LessonState.CANCELLED}
    if not card.is_announced and not is_over:
        return _no_longer_announced(say, card)
    match card.state:
        case LessonState.LIVE:
            return View(_live(say, card), _buttons(_join(say, card)))
        case LessonState.ENDED:
            return View(
                lines(say("📗 {class_} · ended", class_=_class(say, card)), _was(say, card))
            )
        case LessonState.CANCELLED:
            head = say("📕 {class_} · cancelled", class_=_class(say, card))
            return View(lines(head, say.time_range(card.planned, card.zone)))
        case LessonState.CREATING | LessonState.SCHEDULED:
            return _ahead(say, card)


def cancelled_notice(say: Say, notice: CancelledNotice) -> View:
    """A message of its own, because edits do not ring."""
    day = notice.planned.starts_at.astimezone(notice.zone).date()
    if notice.topic is None:
        return View(say("📕 The class on {day} is cancelled.", day=day))
    topic = say.bold(notice.topic)
    if notice.all_cancelled:
        return View(say("📕 All coming classes of {topic} are cancelled.", topic=topic))
    next_one = None
    if notice.next_at is not None:
        next_one = say("Next: {moment}", moment=Moment(notice.next_at, notice.zone))
    return View(lines(say("📕 {topic} on {day} is cancelled.", topic=topic, day=day), next_one))


def _no_longer_announced(say: Say, card: ClassCard) -> View:
    head = say("📗 {class_}", class_=_class(say, card))
    return View(lines(head, say("This class is no longer announced here.")))


def _ahead(say: Say, card: ClassCard) -> View:
    class_ = _class(say, card)
    if card.starts_soon:
        head = say("📗 {class_} · {soon}", class_=class_, soon=say.bold(say("starts soon")))
    else:
        head = say("📗 {class_}", class_=class_)
    when = say.time_range(card.planned, card.zone)
    return View(
        lines(head, when, _rule(say, card)), _buttons(_join(say, card), _calendar(say, card))
    )


def _rule(say: Say, card: ClassCard) -> Markup | None:
    if card.repeat is None:
        return None
    return say("Repeats {rule}", rule=says(card.repeat))


def _class(say: Say, card: ClassCard) -> Markup:
    topic = say.bold(say("A class") if card.topic is None else card.topic)
    if card.teacher_name is None:
        return topic
    return say("{topic} with {teacher}", topic=topic, teacher=card.teacher_name)


def _live(say: Say, card: ClassCard) -> Markup:
    live = say.bold(say("live now"))
    if not card.here_now:
        return say("📗 {class_} · {live}", class_=_class(say, card), live=live)
    return say(
        "📗 {class_} · {live}, {here}",
        class_=_class(say, card),
        live=live,
        here=say.many("{count} here", "{count} here", card.here_now),
    )


def _was(say: Say, card: ClassCard) -> Markup:
    day = card.planned.starts_at.astimezone(card.zone).date()
    if card.lasted is None:
        return say("{day}", day=day)
    return say(
        "{day} · {length} · {students}",
        day=day,
        length=card.lasted,
        students=say.many("{count} student", "{count} students", card.student_count),
    )


def _join(say: Say, card: ClassCard) -> InlineKeyboardButton | None:
    if card.join_url is None:
        return None
    return InlineKeyboardButton(say.label("Join class"), url=card.join_url)


def _calendar(say: Say, card: ClassCard) -> InlineKeyboardButton | None:
    """Once it is certain that the class will be."""
    if card.calendar_url is None or card.state is not LessonState.SCHEDULED:
        return None
    return InlineKeyboardButton(say.label("Add to calendar"), url=card.calendar_url)


def _buttons(*each: InlineKeyboardButton | None) -> InlineKeyboardMarkup | None:
    row = [one for one in each if one is not None]
    return InlineKeyboardMarkup([row]) if row else None
