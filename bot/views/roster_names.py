"""Who somebody is: a name that came to a class, or a person on Telegram."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows, in_rows
from bot.views.message import View, lines, paragraphs
from bot.views.person_names import named, short
from bot.views.roster import to_list
from services.own_attendance import Offered, WhoAreThey
from services.roster_names import Choice, Settled, WhoIsThis
from storage.people import Person

WHO, IS, NEW, NOT, LATER, UNDO = (
    "roster.who",
    "roster.is",
    "roster.new",
    "roster.not",
    "roster.later",
    "roster.undo",
)
"""About a name; WHO without more opens a message of its own."""

ASK, CONFIRM, UNCONFIRM, NOBODY = (
    "roster.ask",
    "roster.confirm",
    "roster.unconfirm",
    "roster.nobody",
)
"""About a person on Telegram."""

_PER_PAGE = 10


def who_button(say: Say, lesson_id: int) -> InlineKeyboardButton:
    """Under a summary that has names nobody knows."""
    return _button(say.label("Who is this?"), WHO, lesson_id)


def who_is_this(say: Say, found: WhoIsThis, page: int = 0) -> View:
    """The likeliest students first; where one is likely, it is asked straight."""
    about = found.lesson_id, found.token
    last = max(0, (len(found.choices) - 1) // _PER_PAGE)
    page = min(max(page, 0), last)
    shown = found.choices[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    likely = next((one for one in shown if one.is_likely), None)
    rows: Rows = []
    if likely is not None:
        rows.append([_is(found, likely, say.label("Yes, {student}", student=likely.name))])
    rows += in_rows([_is(found, one, one.name) for one in shown if one is not likely], 2)
    if last:
        turning = ((page - 1, "‹"), (page + 1, "›"))
        rows.append([_button(label, WHO, *about, to) for to, label in turning if 0 <= to <= last])
    rows.append(
        [
            _button(say.label("A new student"), NEW, *about),
            _button(say.label("Not a student"), NOT, *about),
        ]
    )
    rows.append([_button(say.label("Later"), LATER, *about)])
    return View(paragraphs(_about(say, found), _question(say, found, likely)), _keyboard(rows))


def _is(found: WhoIsThis, one: Choice, label: str) -> InlineKeyboardButton:
    return _button(label, IS, found.lesson_id, found.token, one.student_id)


def _about(say: Say, found: WhoIsThis) -> Markup:
    more = None
    if found.waiting:
        more = say.many(
            "{count} more name to ask about after this one.",
            "{count} more names to ask about after this one.",
            found.waiting,
        )
    return lines(
        say(
            "“{name}” was in {topic} on {day} for {length}.",
            name=say.bold(found.name),
            topic=found.topic or say("A class"),
            day=found.planned.starts_at.astimezone(found.zone).date(),
            length=found.total,
        ),
        more,
    )


def _question(say: Say, found: WhoIsThis, likely: Choice | None) -> Markup:
    if likely is not None:
        return say("Is this your student {student}?", student=say.bold(likely.name))
    if found.choices:
        return say("Which of your students is it?")
    return say("Is it a new student?")


def settled(say: Say, done: Settled) -> View:
    """What was said, and the way back."""
    if done.student_name is None:
        text = say("“{name}” is not a student. I do not ask about it again.", name=done.name)
    elif done.student_name == done.name:
        text = say("{student} is on the list of students now.", student=say.bold(done.name))
    else:
        text = say(
            "“{name}” is {student}. I remember that, and have brought the attendance up to date.",
            name=done.name,
            student=say.bold(done.student_name),
        )
    rows: Rows = [[_button(say.label("Undo"), UNDO, done.student_id, done.said_at, done.lesson_id)]]
    if done.more:
        rows[0].append(_button(say.label("Next name"), WHO, done.lesson_id, 0))
    return View(text, _keyboard([*rows, [to_list(say, done.course_id)]]))


def later(say: Say, found: WhoIsThis) -> View:
    text = say(
        "“{name}” stays unknown for now. Press Who is this? under the class whenever you like.",
        name=found.name,
    )
    return View(
        text, _keyboard([[_button(say.label("‹ Back"), WHO, found.lesson_id, found.token)]])
    )


def ask_name_of_met(say: Say, found: WhoIsThis) -> View:
    """A new student needs a name that says who it is."""
    text = say("What is the name of the student behind “{name}”? Type it.", name=found.name)
    return View(
        text, _keyboard([[_button(say.label("‹ Back"), WHO, found.lesson_id, found.token)]])
    )


# A person on Telegram


def who_are_they(say: Say, found: WhoAreThey, page: int = 0) -> View:
    """To the teacher: which of the students asks to see their attendance."""
    last = max(0, (len(found.offered) - 1) // _PER_PAGE)
    page = min(max(page, 0), last)
    shown = found.offered[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    person = found.person
    rows: Rows = [[_offered(person, one)] for one in shown]
    if last:
        turning = ((page - 1, "‹"), (page + 1, "›"))
        rows.append(
            [_button(label, ASK, person.id, to) for to, label in turning if 0 <= to <= last]
        )
    if found.is_confirmed:
        text = say(
            "{person} sees the attendance of who is marked ✓. Press another name if it is theirs "
            "too, or a marked one to take it back.",
            person=named(say, person),
        )
    else:
        rows.append([_button(say.label("Nobody of mine"), NOBODY, person.id)])
        text = say(
            "{person} asks to see their attendance. Who are they on your list?",
            person=named(say, person),
        )
    return View(text, _keyboard(rows))


def _offered(person: Person, one: Offered) -> InlineKeyboardButton:
    label = f"{short(one.student.name)} · {short(one.topic)}"
    if one.is_theirs:
        return _wide(f"✓ {label}", UNCONFIRM, person.id, one.student.id)
    return _wide(label, CONFIRM, person.id, one.student.id)


def nobody(say: Say, person: Person) -> View:
    """To the teacher."""
    return View(
        say("I told {person} that they are not on your list.", person=named(say, person)),
        _keyboard([[_button(say.label("‹ Back"), ASK, person.id)]]),
    )


def you_are_nobody(say: Say, teacher_name: str) -> View:
    """To who asked."""
    return View(
        say(
            "{teacher} did not find you on the list of students. Ask them, and try "
            "/myattendance again tomorrow.",
            teacher=teacher_name,
        )
    )


def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None


def _button(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return _wide(short(label), action, *args)


def _wide(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
