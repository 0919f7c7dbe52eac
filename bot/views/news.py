"""What a chat is told of afresh: a class moved, is on again, a gap in it, another teacher."""

from datetime import date

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Say
from bot.views.message import View, lines
from school.recurrence import says
from school.text import Moment
from services.contents_for_students import (
    BackNotice,
    HandedNotice,
    MovedNotice,
    NoLongerHere,
    Overtaken,
    SkippedNotice,
)

News = MovedNotice | BackNotice | SkippedNotice | HandedNotice | NoLongerHere | Overtaken


def news(say: Say, contents: News) -> View:
    topic = topic_of(say, contents.topic)
    match contents:
        case MovedNotice():
            return View(_moved(say, contents), join_button(say, contents.join_url))
        case BackNotice(planned=planned, zone=zone):
            head = say("📗 {topic} takes place after all:", topic=topic)
            text = lines(head, say.time_range(planned, zone))
            return View(text, join_button(say, contents.join_url))
        case SkippedNotice():
            return View(_gap(say, contents))
        case HandedNotice():
            return View(_handed(say, contents), join_button(say, contents.join_url))
        case NoLongerHere():
            said = say("This class is no longer announced here.")
            return View(lines(say("📗 {class_}", class_=topic), said))
        case Overtaken():
            text = say("📗 {topic}: see the newer message about this class below.", topic=topic)
            return View(text)


def topic_of(say: Say, topic: str | None) -> Markup:
    return say.bold(say("A class") if topic is None else topic)


def join_button(say: Say, url: str | None) -> InlineKeyboardMarkup | None:
    if url is None:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(say.label("Join class"), url=url)]])


def _moved(say: Say, moved: MovedNotice) -> Markup:
    return lines(
        say("📗 {topic} has moved:", topic=topic_of(say, moved.topic)),
        say.bold(say.time_range(moved.planned, moved.zone)),
        say("It was {moment}.", moment=Moment(moved.was_at, moved.zone)),
        _from_now_on(say, moved),
    )


def _from_now_on(say: Say, moved: MovedNotice) -> Markup | None:
    """The rule's days are those of the class's own zone, so its time is told there too."""
    if moved.rule is None:
        return None
    starts_at = moved.planned.starts_at
    return say(
        "From now on {rule}, {time}.",
        rule=says(moved.rule, starts_at.astimezone(moved.class_zone).date()),
        time=say.zoned_time(starts_at, moved.class_zone),
    )


def _gap(say: Say, gap: SkippedNotice) -> Markup:
    values: dict[str, Markup | date] = {
        "topic": topic_of(say, gap.topic),
        "first": gap.first_at.astimezone(gap.zone).date(),
        "last": gap.last_at.astimezone(gap.zone).date(),
    }
    if gap.is_back:
        return say.many(
            "📗 {topic} takes place after all: {count} class from {first} to {last}.",
            "📗 {topic} takes place after all: {count} classes from {first} to {last}.",
            gap.count,
            **values,
        )
    head = say.many(
        "📕 No {topic} from {first} to {last}: {count} class is cancelled.",
        "📕 No {topic} from {first} to {last}: {count} classes are cancelled.",
        gap.count,
        **values,
    )
    if gap.next_at is None:
        return head
    return lines(head, say("After that: {moment}", moment=Moment(gap.next_at, gap.zone)))


def _handed(say: Say, handed: HandedNotice) -> Markup:
    topic = topic_of(say, handed.topic)
    moment = Moment(handed.planned.starts_at, handed.zone)
    if handed.teacher_name is None:
        return say("📗 {topic} on {moment} has a new link.", topic=topic, moment=moment)
    who: dict[str, Markup | Moment | str] = {
        "topic": topic,
        "moment": moment,
        "teacher": handed.teacher_name,
    }
    if handed.join_url is None:
        return say("📗 {topic} on {moment} is given by {teacher}.", **who)
    return say("📗 {topic} on {moment} is given by {teacher}; it has a new link.", **who)
