"""What is said as the time of a class comes, and what its teacher has to know or decide."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.disputes import corrected_notice, dispute_notice, verdict
from bot.views.lessons import ASK, CANCEL, MAKE_AGAIN, START
from bot.views.message import View, lines
from bot.views.news import join_button, topic_of
from services.contents_for_students import Reminder
from services.contents_for_teachers import (
    CorrectedNotice,
    GoneNotice,
    LimitWarning,
    NoLongerYours,
    Nudge,
    StartReminder,
    Verdict,
    WaitingNotice,
)
from services.post_contents import Alarm, DisputeNotice

Notice = (
    Reminder
    | StartReminder
    | Nudge
    | WaitingNotice
    | LimitWarning
    | GoneNotice
    | NoLongerYours
    | Alarm
    | DisputeNotice
    | Verdict
    | CorrectedNotice
)

_MOST_NAMES = 10


def notice(say: Say, contents: Notice) -> View:
    match contents:
        case Reminder():
            return View(_reminder(say, contents), join_button(say, contents.join_url))
        case Alarm():
            return _alarm(say, contents)
        case DisputeNotice():
            return dispute_notice(say, contents)
        case Verdict():
            return verdict(say, contents)
        case CorrectedNotice():
            return corrected_notice(say, contents)
        case _:
            return _to_teacher(say, contents)


# To the students


def _reminder(say: Say, reminder: Reminder) -> Markup:
    topic = topic_of(say, reminder.topic)
    if reminder.teacher_name is not None:
        topic = say("{topic} with {teacher}", topic=topic, teacher=reminder.teacher_name)
    if reminder.is_day_before:
        head = say("🔔 {class_} is coming up:", class_=topic)
    else:
        head = say("🔔 {class_} begins soon:", class_=topic)
    return lines(head, say.time_range(reminder.planned, reminder.zone))


# To the teacher


def _to_teacher(
    say: Say,
    contents: StartReminder | Nudge | WaitingNotice | LimitWarning | GoneNotice | NoLongerYours,
) -> View:
    topic = topic_of(say, contents.topic)
    match contents:
        case StartReminder(planned=planned, zone=zone):
            at = planned.starts_at.astimezone(zone).time()
            text = say("{topic} begins at {time}.", topic=topic, time=at)
            return View(text, _start(say, contents.lesson_id))
        case Nudge():
            return View(_nudge(say, contents), _start(say, contents.lesson_id))
        case WaitingNotice():
            return _waiting(say, contents)
        case LimitWarning(ends_at=ends_at, zone=zone):
            text = say(
                "Zoom ends {topic} at {time}, as your plan is free. To go on, start it again: "
                "your students come back by the same link, and the time counts as one class.",
                topic=topic,
                time=ends_at.astimezone(zone).time(),
            )
            return View(text, _start(say, contents.lesson_id))
        case GoneNotice():
            return _gone(say, contents)
        case NoLongerYours(planned=planned, zone=zone):
            when = say.zoned_range(planned, zone)
            head = say("{topic} · {when}", topic=topic, when=when)
            return View(lines(head, say("You no longer give this class.")))


def _nudge(say: Say, nudge: Nudge) -> Markup:
    return say(
        "{topic} was to begin {length} ago and has not started. Your students may be waiting.",
        topic=topic_of(say, nudge.topic),
        length=nudge.late_by,
    )


def _waiting(say: Say, waiting: WaitingNotice) -> View:
    topic = topic_of(say, waiting.topic)
    if waiting.is_over:
        return View(say("{topic}: nobody waits any more.", topic=topic))
    count = len(waiting.names)
    if count == 1:
        text = say("{name} is waiting for {topic}.", name=waiting.names[0], topic=topic)
        return View(text, _start(say, waiting.lesson_id))
    text = lines(
        say.many(
            "{count} student is waiting for {topic}.",
            "{count} students are waiting for {topic}.",
            count,
            topic=topic,
        ),
        say.listed(waiting.names[:_MOST_NAMES]),
    )
    return View(text, _start(say, waiting.lesson_id))


def _gone(say: Say, gone: GoneNotice) -> View:
    topic = topic_of(say, gone.topic)
    when = say.zoned_range(gone.planned, gone.zone)
    if gone.is_settled:
        return View(say("You have decided about {topic}, {when}.", topic=topic, when=when))
    if gone.count == 1:
        text = say("{topic}, {when}, was deleted inside Zoom.", topic=topic, when=when)
    else:
        text = say.many(
            "{count} class of {topic} was deleted inside Zoom, the first on {when}.",
            "{count} classes of {topic} were deleted inside Zoom, the first on {when}.",
            gone.count,
            topic=topic,
            when=when,
        )
    buttons = [
        InlineKeyboardButton(
            say.label("Make it again"),
            callback_data=callback_data.encode(MAKE_AGAIN, gone.lesson_id),
        ),
        InlineKeyboardButton(
            say.label("Cancel class"),
            callback_data=callback_data.encode(
                CANCEL if gone.count == 1 else ASK, gone.lesson_id, gone.version
            ),
            style="danger",
        ),
    ]
    return View(lines(text, say("What is to become of it?")), InlineKeyboardMarkup([buttons]))


def _start(say: Say, lesson_id: int) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(
        say.label("Start class"), callback_data=callback_data.encode(START, lesson_id)
    )
    return InlineKeyboardMarkup([[button]])


# To the admins


def _alarm(say: Say, alarm: Alarm) -> View:
    if alarm.teacher_name is None:
        return View(
            say(
                "{topic} was to begin {length} ago and has not started.",
                topic=topic_of(say, alarm.topic),
                length=alarm.late_by,
            )
        )
    return View(
        say(
            "{topic} with {teacher} was to begin {length} ago and has not started.",
            topic=topic_of(say, alarm.topic),
            teacher=alarm.teacher_name,
            length=alarm.late_by,
        )
    )
