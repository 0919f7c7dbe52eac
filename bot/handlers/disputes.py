"""A teacher says that a class was counted wrong; an admin accepts, changes or declines."""

from telegram import Update

from bot.callback_data import not_current
from bot.context import Context
from bot.views import disputes as views
from school.corrections import DisputeKind, DisputeState, WhyNothing
from school.model import Role
from services import correcting, disputing, nothing_taught
from services.correcting import WhyAsked
from services.disputing import WordsAsked
from services.people import as_teacher


async def ask(update: Update, context: Context) -> None:
    """[Something is wrong]: the teacher says what."""
    del update
    teacher = as_teacher(context.office, context.caller)
    found = await disputing.ask(context.office, teacher, context.press.number(0))
    await context.reply(views.question(context.say, found))


async def choose(update: Update, context: Context) -> None:
    """One of the answers."""
    del update
    press, office = context.press, context.office
    teacher = as_teacher(office, context.caller)
    try:
        kind = DisputeKind(press.word(1))
    except ValueError:
        raise not_current() from None
    answer = await disputing.choose(office, teacher, press.number(0), kind, context.request_key)
    if isinstance(answer, WordsAsked):
        await context.show(views.words_asked(context.say, answer))
    else:
        await context.show(views.raised(context.say))


async def close(update: Update, context: Context) -> None:
    """Nothing is wrong after all."""
    del update
    await context.show(views.nothing_wrong(context.say))


async def accept(update: Update, context: Context) -> None:
    """[Accept], for admins; what they see is drawn anew by itself."""
    del update
    dispute_id = context.press.number(0)
    await disputing.accept(context.office, context.caller, dispute_id, context.request_key)


async def answer(update: Update, context: Context) -> None:
    """[Other minutes] or [Decline], for admins: both need a reason."""
    del update
    press = context.press
    try:
        state = DisputeState(press.word(1))
    except ValueError:
        raise not_current() from None
    asked = await disputing.begin_answer(
        context.office, context.caller, press.number(0), state, context.request_key
    )
    await context.reply(views.answer_asked(context.say, asked))


async def correct(update: Update, context: Context) -> None:
    """[Correct], for admins, on a class that was opened."""
    del update
    planned = await correcting.begin(
        context.office, context.caller, context.press.number(0), context.request_key
    )
    await context.reply(views.correction_asked(context.say, planned))


async def say_why(update: Update, context: Context) -> None:
    """For admins who said that nothing was taught: one of the reasons."""
    del update
    press, office, caller = context.press, context.office, context.caller
    try:
        why = WhyNothing(press.word(1))
    except ValueError:
        raise not_current() from None
    answer = office, caller, press.number(0), why, context.request_key
    if not (await disputing.say_why(*answer) or await correcting.say_why(*answer)):
        raise nothing_taught.gone()
    await context.show(views.answered(context.say))


async def typed(context: Context) -> bool:
    """Take a typed text as what was asked for; False if nothing was."""
    office, caller, key = context.office, context.caller, context.request_key
    if caller.role is Role.ADMIN and (
        taken := await disputing.answer(office, caller, context.typed, key)
        or await correcting.typed(office, caller, context.typed, key)
    ):
        say = context.say
        view = views.why_asked(say, taken) if isinstance(taken, WhyAsked) else views.answered(say)
        await context.reply(view)
        return True
    if not caller.is_teacher:
        return False
    found = await disputing.typed(office, as_teacher(office, caller), context.typed, key)
    if found is not None:
        await context.reply(views.raised(context.say))
    return found is not None
