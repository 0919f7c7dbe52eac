"""What teachers earn, as admins see and change it, and what the teacher is told."""

from datetime import date

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows, in_rows
from bot.views.message import View, lines, paragraphs
from school.letters import RateSet
from school.money import Money
from school.pay_phrases import is_far_ahead
from school.pay_rules import Per, Rate
from services.rate_forms import RatePage, days_offered, missing
from services.rates import RateHistory, RateList, RateSaved
from storage.pay_forms import PayForm, RateForm
from storage.people import Person

LIST, SHOW, CHANGE, FORM = "rate.list", "rate.show", "rate.change", "rate.form"
"""The actions of the buttons; those of the form are `rate.form.…`."""

_ON_A_PAGE = 20
_MOST_RATES = 15


def rate_list(say: Say, found: RateList, page: int = 0) -> View:
    """Everybody who teaches, to choose from."""
    if not found.teachers:
        return View(say("Nobody teaches here yet. /invite makes an invitation."))
    shown = found.teachers[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    rows = [
        [_button(_listed(say, one.teacher.name, one.rate), SHOW, one.teacher.id)] for one in shown
    ]
    turns = []
    if page > 0:
        turns.append(_button("‹", LIST, page - 1))
    if (page + 1) * _ON_A_PAGE < len(found.teachers):
        turns.append(_button("›", LIST, page + 1))
    return View(say("Whose rate?"), InlineKeyboardMarkup([*rows, turns] if turns else rows))


def history(say: Say, found: RateHistory) -> View:
    """All that a teacher has earned, the newest first."""
    each = [
        say(
            "From {day}: {rate}",
            day=say.full_day(one.valid_from),
            rate=rate_words(say, one.money, one.per, _course(say, found, one)),
        )
        for one in found.rates[:_MOST_RATES]
    ]
    text = paragraphs(
        say("What {name} earns", name=say.bold(found.teacher.name)),
        lines(*each) if each else say("No rate is set, so nothing can be worked out yet."),
    )
    rows = [
        [_button(say.label("Change"), CHANGE, found.teacher.id)],
        [_button(say.label("‹ All teachers"), LIST, 0)],
    ]
    return View(text, InlineKeyboardMarkup(rows))


def form(say: Say, page: RatePage) -> View:
    """The present question, or everything once more before it holds."""
    asked = missing(page)
    said = page.form.said
    head = say("New rate for {name}", name=say.bold(page.teacher.name)) if page.teacher else None
    if asked == "person_id":
        rows = [
            [_answer(one.name, page, "teacher", one.id)] for one in page.candidates[:_ON_A_PAGE]
        ]
        return View(say("Which teacher?"), _keyboard(say, page, rows, may_go_back=False))
    if asked == "per":
        rows = [
            [
                _answer(say.label("Each hour"), page, "per", Per.HOUR.value),
                _answer(say.label("Each class"), page, "per", Per.LESSON.value),
            ]
        ]
        text = paragraphs(head, say("What is paid for?"))
        return View(text, _keyboard(say, page, rows, may_go_back=False))
    if asked == "amount":
        question = say(
            "How much? Type the amount, in {currency}.", currency=say.bold(said.currency)
        )
        return View(paragraphs(head, question), _keyboard(say, page, _currencies(page)))
    if asked == "course":
        rows = [[_answer(say.label("All classes"), page, "course", 0)]]
        rows += [
            [_answer(_topic(say, topic), page, "course", course_id)]
            for course_id, topic in page.courses.items()
        ]
        return View(paragraphs(head, say("For which classes?")), _keyboard(say, page, rows))
    if asked == "valid_from":
        labels = [say.label("{day}", day=day) for day in days_offered(page.today)]
        days = [
            _answer(label, page, "from", f"{day:%Y%m%d}")
            for label, day in zip(labels, days_offered(page.today), strict=True)
        ]
        question = say("From which day? Press one, or type it.")
        return View(paragraphs(head, question), _keyboard(say, page, in_rows(days, 3)))
    return _confirmation(say, page)


def saved(say: Say, done: RateSaved) -> View:
    """To the admin."""
    name = say.bold(done.teacher.name)
    text = paragraphs(
        say("{name} earns {rate}.", name=name, rate=rate_from(say, done.rate)),
        _about_closed(say, done.closed),
        told_words(say, done.teacher),
    )
    rows = [[_button(say.label("All rates"), SHOW, done.teacher.id)]]
    return View(text, InlineKeyboardMarkup(rows))


def discarded(say: Say) -> View:
    return View(say("Discarded. Nothing was changed."))


def rate_words(say: Say, money: Money, per: Per, course: str | None = None) -> Markup:
    """`250.00 ETB an hour`, perhaps only for one class."""
    if per is Per.HOUR:
        words = say("{amount} an hour", amount=money)
    else:
        words = say("{amount} a class", amount=money)
    return words if course is None else say("{rate}, for {topic}", rate=words, topic=course)


def rate_from(say: Say, rate: RateSet) -> Markup:
    """`250.00 ETB an hour, from 1 Nov 2026 on`."""
    course = _topic(say, rate.topic) if rate.is_for_one_course else None
    return say(
        "{rate}, from {day} on",
        rate=rate_words(say, rate.money, rate.per, course),
        day=say.full_day(rate.valid_from),
    )


def told_words(say: Say, teacher: Person) -> Markup:
    """To the admin: whether the teacher hears of it."""
    if teacher.telegram_user_id is None:
        return say("I cannot reach {name}.", name=teacher.name)
    return say("I am telling {name}.", name=teacher.name)


def month_name(say: Say, month: str) -> str:
    """`November 2026` for "2026-11"."""
    return say.month(date.fromisoformat(f"{month}-01"))


def _confirmation(say: Say, page: RatePage) -> View:
    said, teacher = page.form.said, page.teacher
    assert teacher is not None
    assert said.per is not None
    assert said.money is not None
    assert said.valid_from is not None
    course = _topic(say, page.courses.get(said.course_id)) if said.course_id else None
    sentence = say(
        "{name} will earn {rate}, from {day} on.",
        name=say.bold(teacher.name),
        rate=say.bold(rate_words(say, said.money, said.per, course)),
        day=say.full_day(said.valid_from),
    )
    before = None
    if page.before is not None:
        before = say("Until now: {rate}.", rate=rate_words(say, page.before.money, page.before.per))
    about_day = None
    if said.valid_from < page.today:
        about_day = say("Classes since that day are worked out anew.")
    elif is_far_ahead(said.valid_from, page.today):
        about_day = say("That day is far ahead. Press Save only if you mean it.")
    rows = [[_answer(say.label("Save"), page, "save", style="success")]]
    text = paragraphs(lines(sentence, before, about_day), _about_closed(say, page.closed))
    return View(text, _keyboard(say, page, rows))


def _about_closed(say: Say, closed: tuple[str, ...]) -> Markup | None:
    if not closed:
        return None
    return say(
        "{months}: already locked, so those statements do not change. The difference comes as a "
        "line in the next one.",
        months=say.listed([month_name(say, month) for month in closed]),
    )


def _listed(say: Say, name: str, rate: Rate | None) -> str:
    if rate is None:
        return say.label("{name} · no rate", name=name)
    amount = rate.money
    if rate.per is Per.HOUR:
        return say.label("{name} · {amount} an hour", name=name, amount=amount)
    return say.label("{name} · {amount} a class", name=name, amount=amount)


def _course(say: Say, found: RateHistory, rate: Rate) -> str | None:
    return None if rate.course_id is None else _topic(say, found.topics.get(rate.course_id))


def _topic(say: Say, topic: str | None) -> str:
    return topic or say.label("a class")


def _currencies(page: RatePage) -> Rows:
    said = page.form.said
    buttons = [
        _answer(f"✓ {one}" if one == said.currency else one, page, "currency", one)
        for one in dict.fromkeys([*page.currencies, said.currency])
    ]
    return in_rows(buttons, 3) if len(buttons) > 1 else []


def _keyboard(
    say: Say, page: RatePage, rows: Rows, *, may_go_back: bool = True
) -> InlineKeyboardMarkup:
    last = [_answer(say.label("Discard"), page, "discard")]
    if may_go_back:
        last.insert(0, _answer(say.label("‹ Back"), page, "back"))
    return InlineKeyboardMarkup([*rows, last])


def _answer(
    label: str, page: RatePage, what: str, *args: int | str, style: str | None = None
) -> InlineKeyboardButton:
    drawn_for: PayForm[RateForm] = page.form
    data = callback_data.encode(f"{FORM}.{what}", drawn_for.id, drawn_for.version, *args)
    return InlineKeyboardButton(label, callback_data=data, style=style)


def _button(label: str, action: str, *args: int | str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
