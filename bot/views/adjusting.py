"""/adjust: the form, and what came of it."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows
from bot.views.message import View, lines, paragraphs
from bot.views.pay_steps import exactly
from bot.views.rates import month_name, told_words
from school.letters import PayEntry
from school.money import Money
from school.pay import AdjustmentKind
from school.statements import month_key
from services.adjusting import AdjustmentMade, LateClass, Withdrawn
from services.adjustment_forms import AdjustPage, Asked, asked, entry_of

FORM, WITHDRAW = "adjust.form", "adjust.withdraw"
"""The actions of the buttons; those of the form are `adjust.form.…`."""

_MOST_TEACHERS = 40
_MOST_LATE = 20


def form(say: Say, page: AdjustPage) -> View:
    """The present question, or everything once more before it counts."""
    said = page.form.said
    match asked(said):
        case Asked.TEACHER:
            question = say("Which teacher?")
            rows = [
                [_answer(one.name, page, "teacher", one.id)]
                for one in page.candidates[:_MOST_TEACHERS]
            ]
        case Asked.KIND:
            question = say("What is it?")
            rows = [
                [_answer(_kind_name(say, kind), page, "kind", kind.value)]
                for kind in AdjustmentKind
            ]
        case Asked.LESSON:
            question, rows = _late_ones(say, page)
        case Asked.AMOUNT:
            currency = say.bold(said.currency)
            question, rows = say("How much? Type the amount, in {currency}.", currency=currency), []
        case Asked.REASON:
            question, rows = say("Why? Type it in one message: the teacher reads it."), []
        case Asked.NOTHING:
            return _confirmation(say, page)
    return View(paragraphs(_head(say, page), question), _keyboard(say, page, rows))


def made(say: Say, done: AdjustmentMade) -> View:
    """To the admin, who may take it back."""
    what = entry_words(say, done.entry)
    text = say("{name}: {what}.", name=say.bold(done.teacher.name), what=what)
    label = say.label("Withdraw")
    data = callback_data.encode(WITHDRAW, done.adjustment_id)
    button = InlineKeyboardButton(label, callback_data=data)
    return View(
        lines(text, reason_words(say, done.entry), told_words(say, done.teacher)),
        InlineKeyboardMarkup([[button]]),
    )


def withdrawn(say: Say, done: Withdrawn) -> View:
    """To the admin."""
    what = entry_words(say, done.entry)
    said = say("Withdrawn: {what}. It does not count.", what=what)
    return View(lines(said, told_words(say, done.teacher)))


def discarded(say: Say) -> View:
    return View(say("Discarded. Nothing was changed."))


def _head(say: Say, page: AdjustPage) -> Markup | None:
    said = page.form.said
    if page.teacher is None:
        return None
    name = say.bold(page.teacher.name)
    if said.kind is None:
        return say("For {name}", name=name)
    kind = _kind_name(say, said.kind)
    if said.money is None:
        return say("{kind} for {name}", kind=kind, name=name)
    return say("{kind} for {name}: {amount}", kind=kind, name=name, amount=said.money)


def _kind_name(say: Say, kind: AdjustmentKind) -> str:
    match kind:
        case AdjustmentKind.BONUS:
            return say.label("Bonus")
        case AdjustmentKind.DEDUCTION:
            return say.label("Deduction")
        case AdjustmentKind.WAIVER:
            return say.label("Waive a lateness")


def _late_ones(say: Say, page: AdjustPage) -> tuple[Markup, Rows]:
    if not page.late:
        return say("There is no class of this or the last month with a deduction for lateness."), []
    rows = [
        [_answer(_late_label(say, one), page, "lesson", one.line.lesson.lesson_id)]
        for one in page.late[:_MOST_LATE]
    ]
    return say("Which class?"), rows


def _late_label(say: Say, one: LateClass) -> str:
    lesson = one.line.lesson
    return say.label(
        "{day} · {topic} · {late} late",
        day=one.day,
        topic=one.topic or say.label("A class"),
        late=exactly(say, lesson.late_by),
    )


def _confirmation(say: Say, page: AdjustPage) -> View:
    said, teacher = page.form.said, page.teacher
    assert teacher is not None
    assert said.kind is not None
    what = entry_words(say, entry_of(page))
    closed = say(
        "Its month is locked, so that statement does not change. The difference comes as a line in "
        "the next one."
    )
    text = paragraphs(
        say("{name}: {what}.", name=say.bold(teacher.name), what=say.bold(what)),
        say("“{words}”", words=said.reason or ""),
        _about_currency(say, page, teacher.name),
        closed if page.is_closed else None,
    )
    rows = [[_answer(say.label("Save"), page, "save", style="success")]]
    if page.lesson is None:
        rows.extend(_other_month(say, page))
    return View(text, _keyboard(say, page, rows))


def _about_currency(say: Say, page: AdjustPage, name: str) -> Markup | None:
    said = page.form.said
    if page.is_apart and said.kind is AdjustmentKind.DEDUCTION:
        return say(
            "{name} earns nothing in {currency}, so there is no pay that this can be taken from.",
            name=name,
            currency=said.currency,
        )
    if page.is_apart:
        return say(
            "{name} earns nothing in {currency}, so this is paid as a sum of its own.",
            name=name,
            currency=said.currency,
        )
    if said.money is not None and len(page.earns_in) > 1:
        return say("{name} earns in {currencies}.", name=name, currencies=say.listed(page.earns_in))
    return None


def _other_month(say: Say, page: AdjustPage) -> Rows:
    chosen = page.form.said.day or page.today
    others = [day for day in page.months if month_key(day) != month_key(chosen)]
    return [
        [
            _answer(
                say.label("Count it in {month}", month=month_name(say, month_key(day))),
                page,
                "day",
                f"{day:%Y%m%d}",
            )
        ]
        for day in others
    ]


def entry_words(say: Say, entry: PayEntry) -> Markup:
    """`a bonus of 500.00 ETB, in November 2026`."""
    if entry.kind is AdjustmentKind.WAIVER:
        return say("a lateness is waived") if entry.late_by is None else _waiver(say, entry)
    month = month_name(say, month_key(entry.day))
    if entry.kind is AdjustmentKind.BONUS:
        return say("a bonus of {amount}, in {month}", amount=_amount(entry), month=month)
    return say("a deduction of {amount}, in {month}", amount=_amount(entry), month=month)


def reason_words(say: Say, entry: PayEntry) -> Markup | None:
    return say("“{words}”", words=entry.reason) if entry.reason else None


def _amount(entry: PayEntry) -> Money:
    assert entry.money is not None, "only a waiver has no amount"
    return entry.money


def _waiver(say: Say, entry: PayEntry) -> Markup:
    assert entry.late_by is not None
    topic, late = entry.topic or say.label("A class"), exactly(say, entry.late_by)
    if entry.money is None or not entry.money.amount:
        return say(
            "{topic}, {day}: {late} late, and nothing is taken off",
            topic=topic,
            day=entry.day,
            late=late,
        )
    return say(
        "{topic}, {day}: {late} late, and {amount} is not taken off",
        topic=topic,
        day=entry.day,
        late=late,
        amount=entry.money,
    )


def _keyboard(say: Say, page: AdjustPage, rows: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([*rows, [_answer(say.label("Discard"), page, "discard")]])


def _answer(
    label: str, page: AdjustPage, what: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    data = callback_data.encode(f"{FORM}.{what}", page.form.id, page.form.version, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)
