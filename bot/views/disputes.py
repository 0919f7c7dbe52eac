"""Something is wrong with a class: what its teacher can say, and what the admins see of it."""

from datetime import timedelta

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.hours import TIMELINE
from bot.views.message import View, lines, paragraphs
from bot.views.news import topic_of
from school.corrections import DisputeKind, DisputeState, WhyNothing
from services.contents_for_teachers import CorrectedNotice, Verdict
from services.correcting import WhyAsked
from services.disputing import AnswerAsked, Disputable, WordsAsked
from services.post_contents import DisputeNotice

ASK, CHOOSE, NEVER_MIND = "dispute.ask", "dispute.say", "dispute.close"
"""The actions of the teacher's buttons."""

ACCEPT, ANSWER, WHY = "dispute.accept", "dispute.answer", "dispute.why"
"""The actions of the admins' buttons."""


def question(say: Say, one: Disputable) -> View:
    """Asks the teacher what is wrong."""
    text = say(
        "What is wrong with {topic}, {when}?",
        topic=say.bold(topic_of(say, one.topic)),
        when=say.zoned_range(one.planned, one.zone),
    )
    rows = [[_button(_kind(say, kind), CHOOSE, one.lesson_id, kind.value)] for kind in one.kinds]
    return View(text, InlineKeyboardMarkup([*rows, [_button(say.label("Nothing"), NEVER_MIND)]]))


def words_asked(say: Say, asked: WordsAsked) -> View:
    if asked.kind is DisputeKind.LENGTH:
        return View(
            say(
                "How long did you really teach, and why? Type it in one message, such as: "
                "{example}",
                example=say.label("{length}, sound was lost", length=asked.planned.length),
            )
        )
    return View(say("Tell your admin what is wrong, in one message."))


def raised(say: Say) -> View:
    return View(say("Your admins have it now. You will read here what they decide."))


def nothing_wrong(say: Say) -> View:
    return View(say("Nothing was sent."))


def answer_asked(say: Say, asked: AnswerAsked) -> View:
    if asked.state is DisputeState.CHANGED:
        return View(
            say(
                "Type the minutes that count and why, in one message, such as: {example}",
                example=say.label("{length}, as agreed by phone", length=asked.claimed),
            )
        )
    return View(say("Type why not, in one message. The teacher reads it."))


def why_asked(say: Say, asked: WhyAsked) -> View:
    """For an admin who typed that nothing was taught: it makes a difference to pay."""
    text = lines(
        say("Nothing was taught. What was it?"),
        say("Where no student came, the wait is paid by the rules; else nothing is."),
    )
    rows = [[_button(_why(say, why), WHY, asked.lesson_id, why.value)] for why in WhyNothing]
    return View(text, InlineKeyboardMarkup(rows))


def _why(say: Say, why: WhyNothing) -> str:
    match why:
        case WhyNothing.NOBODY_CAME:
            return say.label("No student came, the teacher waited")
        case WhyNothing.TEACHER_AWAY:
            return say.label("The teacher was not there")
        case WhyNothing.NOT_COUNTED:
            return say.label("It does not count, as a test")


def answered(say: Say) -> View:
    return View(say("Done. The teacher is told."))


def dispute_notice(say: Say, one: DisputeNotice) -> View:
    """For the admins; once decided, without buttons."""
    head = say(
        "{teacher} says that something is wrong with {topic}, {when}:",
        teacher=say.bold(one.teacher_name or say("A teacher")),
        topic=say.bold(topic_of(say, one.topic)),
        when=say.zoned_range(one.planned, one.zone),
    )
    text = paragraphs(
        lines(head, _claim(say, one)), lines(*_evidence(say, one)), _decision(say, one)
    )
    return View(text, _buttons(say, one) if one.dispute.is_open else None)


def verdict(say: Say, one: Verdict) -> View:
    """For the teacher."""
    names = {
        "topic": say.bold(topic_of(say, one.topic)),
        "when": say.zoned_range(one.planned, one.zone),
    }
    match one.dispute.state:
        case DisputeState.ACCEPTED if one.dispute.kind is DisputeKind.CALLED_OFF:
            said = say("{topic}, {when}, now counts as called off by the students.", **names)
        case DisputeState.DECLINED:
            said = say("{topic}, {when}, stays as it was counted.", **names)
        case _:
            said = say("{topic}, {when}, now counts {length} taught.", length=one.counted, **names)
    return View(lines(said, _answer(say, one.dispute.answer)))


def corrected_notice(say: Say, one: CorrectedNotice) -> View:
    """For the teacher, of a class that an admin corrected by themselves."""
    said = say(
        "{topic}, {when}, now counts {length} taught.",
        topic=say.bold(topic_of(say, one.topic)),
        when=say.zoned_range(one.planned, one.zone),
        length=one.counted,
    )
    return View(lines(said, _answer(say, one.reason)))


def correction_asked(say: Say, planned: timedelta) -> View:
    """For the admin."""
    return View(
        say(
            "Type the minutes that count and why, in one message, such as: {example}",
            example=say.label("{length}, as agreed by phone", length=planned),
        )
    )


def _kind(say: Say, kind: DisputeKind) -> str:
    match kind:
        case DisputeKind.CONNECTION:
            return say.label("My connection dropped")
        case DisputeKind.LENGTH:
            return say.label("Wrong length")
        case DisputeKind.CALLED_OFF:
            return say.label("The students called it off")
        case DisputeKind.OTHER:
            return say.label("Something else")


def _claim(say: Say, one: DisputeNotice) -> Markup:
    kind, claimed = _kind(say, one.dispute.kind), one.dispute.claimed
    said = (
        say("{what}: {length} taught", what=kind, length=claimed)
        if claimed is not None
        else say("{what}", what=kind)
    )
    return lines(said, say("“{words}”", words=one.dispute.words) if one.dispute.words else None)


def _evidence(say: Say, one: DisputeNotice) -> list[Markup]:
    zone, found = one.zone, one.outcome
    start = say.clock_time(one.planned.starts_at, zone)
    end = say.clock_time(one.planned.ends_at, zone)
    if found.began_at is None or found.ended_at is None:
        return [say("Planned {start}–{end}", start=start, end=end), say("Zoom reported nothing.")]
    return [
        say(
            "Planned {start}–{end} · held {began}–{ended}",
            start=start,
            end=end,
            began=say.clock_time(found.began_at, zone),
            ended=say.clock_time(found.ended_at, zone),
        ),
        say(
            "Teacher there {present} · taught {taught} · students: {count}",
            present=found.teacher_present or timedelta(),
            taught=found.taught or timedelta(),
            count=found.student_count,
        ),
    ]


def _decision(say: Say, one: DisputeNotice) -> Markup | None:
    if one.dispute.is_open:
        return None
    by = one.decided_by or say("an admin")
    match one.dispute.state:
        case DisputeState.DECLINED:
            said = say("Declined by {admin}.", admin=by)
        case DisputeState.ACCEPTED:
            said = say("Accepted by {admin}: {length} taught count.", admin=by, length=one.counted)
        case _:
            said = say("Changed by {admin}: {length} taught count.", admin=by, length=one.counted)
    return lines(said, _answer(say, one.dispute.answer))


def _answer(say: Say, answer: str | None) -> Markup | None:
    return say("“{words}”", words=answer) if answer else None


def _buttons(say: Say, one: DisputeNotice) -> InlineKeyboardMarkup:
    dispute_id, claimed = one.dispute.id, one.dispute.claimed
    accept = []
    if one.dispute.kind is DisputeKind.CALLED_OFF:
        accept = [_button(say.label("Accept"), ACCEPT, dispute_id, style="success")]
    elif claimed is not None:
        label = say.label("Accept {length}", length=claimed)
        accept = [_button(label, ACCEPT, dispute_id, style="success")]
    return InlineKeyboardMarkup(
        [
            accept,
            [
                _button(say.label("Other minutes"), ANSWER, dispute_id, DisputeState.CHANGED.value),
                _button(say.label("Decline"), ANSWER, dispute_id, DisputeState.DECLINED.value),
            ],
            [_button(say.label("Timeline"), TIMELINE, one.dispute.lesson_id)],
        ]
    )


def _button(
    label: str, action: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    data = callback_data.encode(action, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)
