"""What letters say, each as its reader will see it."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.adjusting import entry_words, reason_words
from bot.views.connecting import connect_button
from bot.views.disconnecting import classes_kept
from bot.views.erasures import LOOK
from bot.views.message import View, lines, paragraphs
from bot.views.pay_rules import rule_words
from bot.views.rates import month_name, rate_from
from bot.views.roster import STUDENT
from bot.views.statement_buttons import SHOW
from bot.views.statement_words import money_words, payment_words
from school.letters import (
    AdjustmentWithdrawn,
    AttendanceDoubted,
    ErasureAsked,
    ErasureDeclined,
    Letter,
    NameErased,
    NameNotFound,
    PayAdjusted,
    PaymentCorrected,
    RateSet,
    RulesSet,
    StatementAccepted,
    StatementLapsed,
    StatementLocked,
    StatementPaid,
    StatementReady,
    TeachingEnded,
    ZoomEnded,
    ZoomRemoved,
)


def letter_view(say: Say, letter: Letter) -> View:  # noqa: C901, PLR0911, PLR0912  a table
    """The message in which somebody reads it."""
    match letter:
        case RateSet():
            return _rate_set(say, letter)
        case RulesSet():
            return _rules_set(say, letter)
        case PayAdjusted():
            return _pay_adjusted(say, letter)
        case AdjustmentWithdrawn():
            return _adjustment_withdrawn(say, letter)
        case StatementReady():
            return _statement_ready(say, letter)
        case StatementAccepted():
            return _statement_accepted(say, letter)
        case StatementLapsed():
            return _statement_lapsed(say, letter)
        case StatementLocked():
            return _statement_locked(say, letter)
        case StatementPaid():
            return _statement_paid(say, letter)
        case PaymentCorrected():
            return _payment_corrected(say, letter)
        case AttendanceDoubted():
            return _attendance_doubted(say, letter)
        case ZoomEnded():
            return _zoom_ended(say, letter)
        case ZoomRemoved():
            return _zoom_removed(say, letter)
        case TeachingEnded():
            return _teaching_ended(say, letter)
        case ErasureAsked():
            return _erasure_asked(say, letter)
        case NameErased():
            return _name_erased(say, letter)
        case NameNotFound():
            return View(_looked(say))
        case ErasureDeclined():
            return _erasure_declined(say, letter)


def _rate_set(say: Say, letter: RateSet) -> View:
    said = say("Your rate: {rate}.", rate=say.bold(rate_from(say, letter)))
    return View(lines(said, say("Ask your admin if it is not what you agreed on.")))


def _rules_set(say: Say, letter: RulesSet) -> View:
    head = say(
        "New rules of pay, for classes from {day} on:",
        day=say.bold(say.full_day(letter.valid_from)),
    )
    both = zip(rule_words(say, letter.before), rule_words(say, letter.rules), strict=True)
    return View(paragraphs(head, lines(*(new for old, new in both if new != old))))


def _pay_adjusted(say: Say, letter: PayAdjusted) -> View:
    what = say.bold(entry_words(say, letter.entry))
    said = say("For your pay: {what}.", what=what)
    return View(lines(said, reason_words(say, letter.entry)))


def _adjustment_withdrawn(say: Say, letter: AdjustmentWithdrawn) -> View:
    what = say.bold(entry_words(say, letter.entry))
    return View(say("No longer for your pay: {what}. An admin has withdrawn it.", what=what))


def _statement_ready(say: Say, letter: StatementReady) -> View:
    said = say(
        "Your statement of {month} is ready: {sums}. Please look it over and accept it, or say "
        "what is wrong.",
        month=say.bold(month_name(say, letter.month)),
        sums=money_words(say, letter.sums),
    )
    return _with_statement(say, letter, said)


def _statement_accepted(say: Say, letter: StatementAccepted) -> View:
    said = say(
        "{name} accepted the statement of {month}: {sums}.",
        name=say.bold(letter.name),
        month=month_name(say, letter.month),
        sums=money_words(say, letter.sums),
    )
    return _with_statement(say, letter, said)


def _statement_lapsed(say: Say, letter: StatementLapsed) -> View:
    said = say(
        "Your statement of {month} has changed since you accepted it: it comes to {sums} now. "
        "Please look it over and accept it again, or say what is wrong.",
        month=say.bold(month_name(say, letter.month)),
        sums=money_words(say, letter.sums),
    )
    return _with_statement(say, letter, said)


def _statement_locked(say: Say, letter: StatementLocked) -> View:
    said = say(
        "Your statement of {month} is locked: {sums}. It does not change any more.",
        month=say.bold(month_name(say, letter.month)),
        sums=money_words(say, letter.sums),
    )
    return _with_statement(say, letter, said)


def _statement_paid(say: Say, letter: StatementPaid) -> View:
    said = say(
        "{month} is paid: {sums}.",
        month=say.bold(month_name(say, letter.month)),
        sums=money_words(say, letter.sums),
    )
    paid = payment_words(say, letter.paid_on, letter.reference)
    return _with_statement(say, letter, lines(said, paid))


def _payment_corrected(say: Say, letter: PaymentCorrected) -> View:
    said = say(
        "An admin has put right how {month} was paid. The sum is the same: {sums}.",
        month=say.bold(month_name(say, letter.month)),
        sums=money_words(say, letter.sums),
    )
    paid = payment_words(say, letter.paid_on, letter.reference)
    return _with_statement(say, letter, lines(said, paid))


def _attendance_doubted(say: Say, letter: AttendanceDoubted) -> View:
    said = say(
        "{name} says that something is wrong with their attendance in {topic}:",
        name=say.bold(letter.name),
        topic=letter.topic or say("your class"),
    )
    data = callback_data.encode(STUDENT, letter.student_id)
    button = InlineKeyboardButton(say.label("Open"), callback_data=data)
    text = lines(said, say("“{words}”", words=letter.words))
    return View(text, InlineKeyboardMarkup([[button]]))


def _zoom_ended(say: Say, letter: ZoomEnded) -> View:
    text = say(
        "Zoom no longer lets me in as {email}, so I cannot make or change your classes, or count "
        "who comes. Connect again and I will go on where we stopped.",
        email=say.bold(letter.email),
    )
    return View(text, InlineKeyboardMarkup([[connect_button(say)]]))


def _zoom_removed(say: Say, letter: ZoomRemoved) -> View:
    removed = say(
        "You removed me in Zoom, so I have deleted my access to {email}. To go on, connect again.",
        email=say.bold(letter.email),
    )
    text = paragraphs(removed, classes_kept(say, letter.upcoming))
    return View(text, InlineKeyboardMarkup([[connect_button(say)]]))


def _teaching_ended(say: Say, letter: TeachingEnded) -> View:
    head = say(
        "Your admin has taken you off the list of teachers. Thank you for every class you gave."
    )
    off = say.many(
        "{count} class of yours that was still to come is cancelled, and your students are told.",
        "{count} classes of yours that were still to come are cancelled, and your students are "
        "told.",
        letter.upcoming,
    )
    zoom = say("Your Zoom account is disconnected: I have deleted my access.")
    kept = say(
        "What you taught and earned stays in the school's accounts. /mydata shows what is stored "
        "about you, and /deletemydata deletes it."
    )
    done = lines(off if letter.upcoming else None, zoom if letter.had_zoom else None)
    text = paragraphs(head, done, kept, say("Is this a mistake? Write to your admin."))
    data = callback_data.encode(SHOW, letter.teacher_id, letter.month)
    button = InlineKeyboardButton(say.label("Your statement"), callback_data=data)
    return View(text, InlineKeyboardMarkup([[button]]))


def _erasure_asked(say: Say, letter: ErasureAsked) -> View:
    """The name stands where it is asked for, so that it can be taken away again."""
    data = callback_data.encode(LOOK, letter.request_id)
    button = InlineKeyboardButton(say.label("Look"), callback_data=data)
    said = say("Somebody asks to be taken out of attendance under the name they had in Zoom.")
    return View(said, InlineKeyboardMarkup([[button]]))


def _looked(say: Say) -> Markup:
    return say(
        "The admins have looked and deleted what was yours under that name, if there was any."
    )


def _name_erased(say: Say, letter: NameErased) -> View:
    again = say("If you join a class again, you are in its attendance again.")
    if letter.lessons is None:
        receipt = say("Receipt: {number}.", number=say.bold(letter.receipt))
        return View(lines(_looked(say), receipt, again))
    said = say.many(
        "Done. The name that you gave was taken out of {count} class. Receipt: {number}.",
        "Done. The name that you gave was taken out of {count} classes. Receipt: {number}.",
        letter.lessons,
        number=say.bold(letter.receipt),
    )
    kept = say("The minutes stay for the school's accounts, without a name.")
    return View(lines(said, kept if letter.lessons else None, again))


def _erasure_declined(say: Say, letter: ErasureDeclined) -> View:
    return View(
        lines(
            say("Your request to be taken out of attendance was declined. An admin says:"),
            say("“{words}”", words=letter.reason),
        )
    )


_AboutStatement = (
    StatementReady
    | StatementAccepted
    | StatementLapsed
    | StatementLocked
    | StatementPaid
    | PaymentCorrected
)


def _with_statement(say: Say, letter: _AboutStatement, said: Markup) -> View:
    data = callback_data.encode(SHOW, letter.teacher_id, letter.month)
    button = InlineKeyboardButton(say.label("Open"), callback_data=data)
    return View(said, InlineKeyboardMarkup([[button]]))
