"""/payrules: the rules of pay as a form, with a worked example that follows each choice."""

from collections.abc import Mapping

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows, in_rows
from bot.views.message import View, lines, paragraphs
from bot.views.pay_steps import exactly, pay_steps, percent_words
from school.pay_rules import Basis, LatenessTier, PayRules, Rounding
from school.text import Text
from services.pay_rules import CHOICES, PAGES, USUAL_TIERS, RulesPage, RulesSaved, chosen

FORM = "payrules"
"""The action of the buttons, `payrules.…`."""

_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "basis": ("basis",),
    "rounding": ("step", "rounding"),
    "cap": ("cap",),
    "minimum": ("minimum",),
    "lateness": ("tiers",),
    "noshow": ("noshow", "wait"),
    "cancel": ("cancelled", "notice"),
    "from": (),
}
"""What is asked on each page."""


def form(say: Say, page: RulesPage) -> View:
    """All rules, or one setting with its choices; and what the example comes to."""
    name = page.form.said.page
    if name:
        text = paragraphs(say.bold(_page_name(say, name)), _hint(say, name), _example(say, page))
        return View(text, InlineKeyboardMarkup(_choices(say, page, name)))
    text = paragraphs(
        say("Rules of pay, from {day} on", day=say.bold(say.full_day(page.form.said.valid_from))),
        lines(*rule_words(say, page.form.said.rules)),
        _example(say, page),
        _standing(say, page),
    )
    return View(text, InlineKeyboardMarkup(_menu(say, page)))


def saved(say: Say, done: RulesSaved) -> View:
    """They hold now, or will."""
    head = say("Saved. From {day} on:", day=say.bold(say.full_day(done.valid_from)))
    told = say.many("I am telling {count} teacher.", "I am telling {count} teachers.", done.told)
    rules = lines(*rule_words(say, done.rules))
    return View(paragraphs(head, rules, told if done.told else None))


def outlived(say: Say, page: RulesPage) -> str:
    """Over the chat, where the month from which they were to hold is over."""
    text = Text(
        "That month is over by now. These rules would hold from {day} on; nothing is saved yet.",
        {"day": page.form.said.valid_from},
    )
    return say.plain(text)


def discarded(say: Say) -> View:
    return View(say("Discarded. The rules stay as they were."))


def rule_words(say: Say, rules: PayRules) -> list[Markup]:
    """One line for each setting."""
    return [
        say("Paid by: {basis}", basis=_basis_name(say, rules.basis)),
        _rounding(say, rules),
        _cap(say, rules),
        _minimum(say, rules),
        say("Lateness: {steps}", steps=_tiers(say, rules.tiers)),
        say(
            "No student came: {percent} of the planned time from the teacher's coming on, after a "
            "wait of {wait}",
            percent=percent_words(say, rules.no_show_percent),
            wait=exactly(say, rules.no_show_wait),
        ),
        say(
            "Called off by students less than {notice} before: {percent} of the planned time",
            notice=exactly(say, rules.late_cancel),
            percent=percent_words(say, rules.late_cancel_percent),
        ),
    ]


def _example(say: Say, page: RulesPage) -> Markup:
    lesson = page.example.lesson
    planned = exactly(say, lesson.planned.length)
    assert page.example.rate is not None
    rate = page.example.rate.money
    if page.form.said.page == "cancel":
        head = say(
            "Example: planned {planned}, called off by the students 1 h before, at {rate} an hour",
            planned=planned,
            rate=rate,
        )
    elif page.form.said.page == "noshow":
        head = say(
            "Example: planned {planned}, the teacher came {late} late and waited {waited}, nobody "
            "came, at {rate} an hour",
            planned=planned,
            late=exactly(say, lesson.late_by),
            waited=exactly(say, lesson.waited),
            rate=rate,
        )
    else:
        head = say(
            "Example: planned {planned}, taught {taught}, began {late} late, at {rate} an hour",
            planned=planned,
            taught=exactly(say, lesson.taught),
            late=exactly(say, lesson.late_by),
            rate=rate,
        )
    return lines(head, pay_steps(say, page.example))


def _standing(say: Say, page: RulesPage) -> Markup:
    coming = None
    if page.coming is not None:
        coming = say(
            "From {day} on, other rules are saved already.",
            day=say.full_day(page.coming.valid_from),
        )
    return lines(say("Nothing changes until you press Save."), coming)


def _hint(say: Say, name: str) -> Markup | None:
    match name:
        case "basis":
            return say("Which time is paid?")
        case "lateness":
            return say(
                "What is taken off when the teacher begins late? Press one, or type your own "
                "steps, such as: {example}",
                example=say.bold("3 min 5 %, 10 min 10 %"),
            )
        case "noshow":
            return say(
                "A teacher who comes late could only teach what is left of the planned time, so no "
                "more than that counts; lateness is taken off as from a class that was taught."
            )
        case "from":
            return say("From when do they hold? Earlier days stay as they are.")
        case _:
            return None


def _menu(say: Say, page: RulesPage) -> Rows:
    buttons = [_button(_page_name(say, name), page, "page", name) for name in PAGES]
    last = [
        _button(say.label("Save"), page, "save", style="success"),
        _button(say.label("Discard"), page, "discard"),
    ]
    return [*in_rows(buttons, 2), last]


def _choices(say: Say, page: RulesPage, name: str) -> Rows:
    rows: Rows = []
    for question in _QUESTIONS[name]:
        buttons = [
            _button(_ticked(say, page, question, value), page, "set", question, value)
            for value in CHOICES[question]
        ]
        rows.extend(in_rows(buttons, 1 if question in {"basis", "tiers"} else 3))
    if name == "from":
        days = [
            _button(_mark(say.full_day(day), day == page.form.said.valid_from), page, "from", at)
            for at, day in enumerate(page.days)
        ]
        rows.append(days)
    return [*rows, [_button(say.label("‹ All rules"), page, "page", "")]]


def _ticked(say: Say, page: RulesPage, question: str, value: str) -> str:
    label = _choice(say, question, value)
    return _mark(label, chosen(page.form.said.rules, question, value))


def _mark(label: str, is_chosen: bool) -> str:
    return f"✓ {label}" if is_chosen else label


def _choice(say: Say, question: str, value: str) -> str:  # noqa: PLR0911  a table
    match question:
        case "basis":
            return _basis_name(say, Basis(value))
        case "rounding":
            return say.label("up") if value == Rounding.UP else say.label("to the nearest")
        case "step" | "wait":
            return say.label("{count} min", count=int(value))
        case "cap":
            return _cap_choice(say, value)
        case "minimum":
            return say.label("{count} min", count=int(value)) if int(value) else say.label("none")
        case "tiers":
            return _tiers(say, USUAL_TIERS[int(value)])
        case "notice":
            return say.label("{count} h before", count=int(value))
        case _:
            return say.label("{percent} %", percent=int(value))


def _cap_choice(say: Say, value: str) -> str:
    if value == "none":
        return say.label("no limit")
    if value == "0":
        return say.label("as planned")
    return say.label("planned + {count} min", count=int(value))


def _page_name(say: Say, name: str) -> str:  # noqa: PLR0911  a table
    match name:
        case "basis":
            return say.label("Which time")
        case "rounding":
            return say.label("Rounding")
        case "cap":
            return say.label("At most")
        case "minimum":
            return say.label("At least")
        case "lateness":
            return say.label("Lateness")
        case "noshow":
            return say.label("No student came")
        case "cancel":
            return say.label("Called off late")
        case _:
            return say.label("From when")


def _basis_name(say: Say, basis: Basis) -> str:
    match basis:
        case Basis.TAUGHT:
            return say.label("teacher and a student together")
        case Basis.TEACHER:
            return say.label("the teacher's presence")
        case Basis.ACTUAL:
            return say.label("the meeting's length")
        case Basis.SCHEDULED:
            return say.label("the planned length")


def _rounding(say: Say, rules: PayRules) -> Markup:
    step = exactly(say, rules.step)
    if rules.rounding is Rounding.UP:
        return say("Rounded up to {step}", step=step)
    return say("Rounded to the nearest {step}", step=step)


def _cap(say: Say, rules: PayRules) -> Markup:
    if rules.cap_over is None:
        return say("At most: no limit")
    if not rules.cap_over:
        return say("At most: as planned")
    return say("At most: {over} more than planned", over=exactly(say, rules.cap_over))


def _minimum(say: Say, rules: PayRules) -> Markup:
    if not rules.minimum:
        return say("At least: what was counted")
    return say("At least: {minimum}, if it was held", minimum=exactly(say, rules.minimum))


def _tiers(say: Say, tiers: tuple[LatenessTier, ...]) -> str:
    if not tiers:
        return say.label("nothing is taken off")
    each = [
        say.label("over {late}: {percent} %", late=exactly(say, one.over), percent=one.percent)
        for one in tiers
    ]
    return " · ".join(each)


def _button(
    label: str, page: RulesPage, what: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    data = callback_data.encode(f"{FORM}.{what}", page.form.id, page.form.version, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)
