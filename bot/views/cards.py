"""A class as its group and its teacher see it, through its whole life."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.connecting import connect_button
from bot.views.lessons import ASK, CANCEL, RETRY, START
from bot.views.message import View, lines, paragraphs
from school.model import LessonState
from school.text import Moment
from services.post_contents import AnswerCard, CancelledNotice, ClassCard, Delivery
from services.posts import Trouble
from services.problems import Problem

_MOST_TROUBLES = 10


def class_card(say: Say, card: ClassCard) -> View:
    """The card in a group: scheduled, live, ended or cancelled."""
    match card.state:
        case LessonState.LIVE:
            return View(_live(say, card), _join(say, card))
        case LessonState.ENDED:
            return View(
                lines(say("📗 {class_} · ended", class_=_class(say, card)), _was(say, card))
            )
        case LessonState.CANCELLED:
            head = say("📕 {class_} · cancelled", class_=_class(say, card))
            return View(lines(head, say.time_range(card.planned, card.zone)))
        case LessonState.CREATING | LessonState.SCHEDULED:
            head = say("📗 {class_}", class_=_class(say, card))
            return View(lines(head, say.time_range(card.planned, card.zone)), _join(say, card))


def cancelled_notice(say: Say, notice: CancelledNotice) -> View:
    """A message of its own, because edits do not ring."""
    day = notice.planned.starts_at.astimezone(notice.zone).date()
    if notice.topic is None:
        return View(say("📕 The class on {day} is cancelled.", day=day))
    topic = say.bold(notice.topic)
    next_one = None
    if notice.next_at is not None:
        next_one = say("Next: {moment}", moment=Moment(notice.next_at, notice.zone))
    return View(lines(say("📕 {topic} on {day} is cancelled.", topic=topic, day=day), next_one))


def answer_card(say: Say, card: AnswerCard) -> View:
    """The teacher's own card: how it stands, and what can be done."""
    match card.state:
        case LessonState.CREATING:
            return _being_created(say, card)
        case LessonState.SCHEDULED:
            return _scheduled(say, card)
        case LessonState.LIVE:
            head = say("{topic} · {live}", topic=_topic(say, card), live=say.bold(say("live now")))
            return View(lines(head, _when(say, card)), _row(_start(say, card)))
        case LessonState.ENDED:
            head = say("{topic} · ended", topic=_topic(say, card))
            return View(lines(head, _lasted(say, card)))
        case LessonState.CANCELLED:
            head = say("{topic} · cancelled", topic=_topic(say, card))
            return View(paragraphs(lines(head, _when(say, card)), _left_at_zoom(say, card)))


# The group's card


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


def _join(say: Say, card: ClassCard) -> InlineKeyboardMarkup | None:
    if card.join_url is None:
        return None
    return _row(InlineKeyboardButton(say.label("Join class"), url=card.join_url))


# The teacher's card


def _topic(say: Say, card: AnswerCard) -> Markup:
    return say.bold(say("A class") if card.topic is None else card.topic)


def _when(say: Say, card: AnswerCard) -> Markup:
    return say.zoned_range(card.planned, card.zone)


def _heading(say: Say, card: AnswerCard) -> Markup:
    return say("{topic} · {when}", topic=_topic(say, card), when=_when(say, card))


def _lasted(say: Say, card: AnswerCard) -> Markup:
    day = card.planned.starts_at.astimezone(card.zone).date()
    if card.lasted is None:
        return say("{day}", day=day)
    return say("{day} · {length}", day=day, length=card.lasted)


def _scheduled(say: Say, card: AnswerCard) -> View:
    text = paragraphs(
        lines(_heading(say, card), _sent(say, card), *_troubles(say, card)),
        _plan_warning(say, card),
    )
    cancel = _button(say.label("Cancel class"), ASK, card)
    return View(text, _row(_start(say, card), cancel))


def _sent(say: Say, card: AnswerCard) -> Markup | None:
    if not card.deliveries:
        return None
    return say.many(
        "Sent to {done} of {count} group.",
        "Sent to {done} of {count} groups.",
        len(card.deliveries),
        done=sum(1 for one in card.deliveries if one.is_shown and one.trouble is None),
    )


def _troubles(say: Say, card: AnswerCard) -> list[Markup]:
    troubled = [one for one in card.deliveries if one.trouble is not None]
    said = [_trouble(say, one) for one in troubled[:_MOST_TROUBLES]]
    if more := len(troubled) - len(said):
        said.append(say.many("and {count} more group", "and {count} more groups", more))
    return said


def _trouble(say: Say, delivery: Delivery) -> Markup:
    group = say.bold(delivery.group)
    match delivery.trouble:
        case Trouble.REMOVED:
            return say("{group}: I was removed. Add me again, and I post it.", group=group)
        case Trouble.NO_RIGHTS:
            return say("{group}: I may not write there. Allow it, then type /link.", group=group)
        case Trouble.TOPIC_CLOSED:
            return say("{group}: its topic is closed. Type /link in an open one.", group=group)
        case Trouble.UNCERTAIN:
            return say("{group}: Telegram did not confirm it. Please look there.", group=group)
        case Trouble.GONE | Trouble.BLOCKED:
            return say("{group}: I cannot find it. Add me again, and I post it.", group=group)
        case Trouble.REFUSED | None:
            return say("{group}: Telegram did not take the message.", group=group)


def _plan_warning(say: Say, card: AnswerCard) -> Markup | None:
    if card.plan_limit is None:
        return None
    return say(
        "{length} is longer than your Zoom plan allows; Zoom will end the class after {limit}.",
        length=card.planned.length,
        limit=card.plan_limit,
    )


def _being_created(say: Say, card: AnswerCard) -> View:
    text = lines(_heading(say, card), _creation(say, card))
    discard = _button(say.label("Discard"), CANCEL, card)
    match card.problem:
        case None:
            return View(text)
        case Problem.UNAVAILABLE | Problem.REFUSED | Problem.NO_HOSTING:
            return View(text, _row(_button(say.label("Try now"), RETRY, card), discard))
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return View(text, _row(connect_button(say), discard))
        case Problem.DAILY_LIMIT | Problem.TOO_LATE:
            return View(text, _row(discard))


def _creation(say: Say, card: AnswerCard) -> Markup:
    match card.problem:
        case None:
            return say("Being created at Zoom…")
        case Problem.UNAVAILABLE:
            return say(
                "Zoom is not answering. Your class is saved and I will try again in a minute."
            )
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return _connect_again(say, card)
        case Problem.DAILY_LIMIT:
            return _daily_limit(say, card)
        case Problem.NO_HOSTING | Problem.REFUSED:
            return _refused(say, card)
        case Problem.TOO_LATE:
            return _too_late(say)


def _connect_again(say: Say, card: AnswerCard) -> Markup:
    if card.problem is Problem.PERMISSION:
        return say(
            "Zoom has not given me the permission for this. "
            "Connect again, allow everything on its page, and I will go on."
        )
    if card.problem is Problem.RECONNECT and card.zoom_email is not None:
        return say(
            "Zoom no longer lets me in as {email}. "
            "Connect again and I will go on where we stopped.",
            email=card.zoom_email,
        )
    return say("Your Zoom account is not connected. Connect it and I will go on where we stopped.")


def _refused(say: Say, card: AnswerCard) -> Markup:
    if card.problem is Problem.NO_HOSTING:
        return say("Your Zoom account may not host meetings. Ask whoever manages it at Zoom.")
    return say(
        "Zoom does not take this class as it is. Discard it and make it anew; "
        "if that does not help, tell your admin."
    )


def _too_late(say: Say) -> Markup:
    return say("Its time passed before Zoom could make it. Type /newclass for a new one.")


def _left_at_zoom(say: Say, card: AnswerCard) -> Markup | None:
    match card.problem:
        case None:
            return None
        case Problem.TOO_LATE:
            return _too_late(say)
        case Problem.RECONNECT | Problem.NOT_CONNECTED | Problem.PERMISSION:
            return say("Its meeting is still in your Zoom account: I may not delete it there.")
        case _:
            return say("Zoom does not answer; I will delete the meeting there as soon as it does.")


def _daily_limit(say: Say, card: AnswerCard) -> Markup:
    if card.next_try_at is None:
        return say("You have reached Zoom's limit of 100 changes a day. I will go on tomorrow.")
    return say(
        "You have reached Zoom's limit of 100 changes a day. "
        "Your class is saved and I will go on when it resets: {moment}.",
        moment=Moment(card.next_try_at, card.zone),
    )


def _start(say: Say, card: AnswerCard) -> InlineKeyboardButton:
    return _button(say.label("Start class"), START, card)


def _button(label: str, action: str, card: AnswerCard) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, card.lesson_id))


def _row(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([buttons])
