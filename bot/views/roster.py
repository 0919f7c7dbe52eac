"""A course's list of students as its teacher sees it: one message, edited in place."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import callback_data
from bot.speech import Say
from bot.views.form_buttons import Rows, in_rows
from bot.views.message import View, lines, paragraphs
from bot.views.person_names import named, on_a_button, short
from school.roster import Mark
from services.roster import Linked, Linking, ListedStudent, RosterPage, StudentPage
from storage.courses import Course
from storage.people import Person
from storage.students import Alias, Student

SHOW, COURSES, PAGE, STUDENT, ADD, RENAME = (
    "roster.show",
    "roster.list",
    "roster.page",
    "roster.student",
    "roster.add",
    "roster.rename",
)
"""The actions of the buttons; SHOW opens a list in a message of its own."""

OFF, BACK, OTHERS, UNALIAS, LINK, UNLINK, JOIN = (
    "roster.off",
    "roster.back",
    "roster.others",
    "roster.unalias",
    "roster.link",
    "roster.unlink",
    "roster.join",
)
"""More of them; LINK and JOIN open a choice where nobody is chosen yet."""

_PER_PAGE = 20
_MOST_CHOICES = 60  # Telegram shows at most 100 buttons
_MOST_OTHERS = 30
_MOST_ALIASES = 20


def courses(say: Say, found: Sequence[Course]) -> View:
    """The choice of a class whose list is to be shown."""
    if not found:
        return View(say("You have no class yet. Make one with /newclass."))
    rows = [[_button(short(one.topic or ""), PAGE, one.id)] for one in found]
    return View(say("Which class's students?"), InlineKeyboardMarkup(rows))


def page(say: Say, found: RosterPage, number: int = 0) -> View:
    """The students by name, a page of them, each with a button to all about them."""
    course = found.course
    last = max(0, (len(found.students) - 1) // _PER_PAGE)
    number = min(max(number, 0), last)
    shown = found.students[number * _PER_PAGE : (number + 1) * _PER_PAGE]
    rows = in_rows([_button(one.student.name, STUDENT, one.student.id) for one in shown], 2)
    if last:
        turning = ((number - 1, "‹"), (number + 1, "›"))
        rows.append(
            [_button(label, PAGE, course.id, to) for to, label in turning if 0 <= to <= last]
        )
    rows.append([_button(say.label("Add a student"), ADD, course.id)])
    if found.others:
        rows[-1].append(_button(say.label("Not on the list"), OTHERS, course.id))
    return View(_list(say, found, shown), InlineKeyboardMarkup(rows))


def _list(say: Say, found: RosterPage, shown: Sequence[ListedStudent]) -> Markup:
    heading = say(
        "{topic} · {students}",
        topic=say.bold(found.course.topic or say("A class")),
        students=say.many("{count} student", "{count} students", len(found.students)),
    )
    if not found.students:
        return paragraphs(
            heading,
            say("Whoever comes to the first class is put on this list. You can add others before."),
        )
    return paragraphs(
        heading,
        lines(*(_line(say, one) for one in shown)),
        say("Press one to rename, link or take them off."),
    )


def _line(say: Say, one: ListedStudent) -> Markup:
    linked = "🔗 " if one.student.person_id is not None else ""
    name = f"{linked}{one.student.name}"
    if not one.expected:
        return say("· {student}", student=name)
    return say("· {student}: {attended}", student=name, attended=_attended(say, one))


def _attended(say: Say, one: ListedStudent) -> Markup:
    return say.many(
        "at {there} of the last {count} class",
        "at {there} of the last {count} classes",
        one.expected,
        there=one.there,
    )


def others(say: Say, found: RosterPage) -> View:
    """Those who were taken off, and who never were students: they can be put on it."""
    rows: Rows = [
        [_button(say.label("Put {student} on the list", student=one.name), BACK, one.id)]
        for one in found.others[:_MOST_OTHERS]
    ]
    text = paragraphs(
        say("These come, or came, and are not on the list of {topic}:", topic=_topic(say, found)),
        lines(*(_other(say, one) for one in found.others[:_MOST_OTHERS])),
    )
    return View(text, InlineKeyboardMarkup([*rows, [to_list(say, found.course.id)]]))


def _topic(say: Say, found: RosterPage) -> Markup:
    return say.bold(found.course.topic or say("A class"))


def _other(say: Say, one: Student) -> Markup:
    if one.is_visitor:
        return say("· {name}: not a student", name=one.name)
    return say("· {name}: taken off", name=one.name)


def student(say: Say, found: StudentPage) -> View:
    """All about one of them."""
    one = found.student
    text = paragraphs(
        lines(
            say(
                "{student} · {topic}",
                student=say.bold(one.name),
                topic=found.course.topic or say("A class"),
            ),
            _attended(say, found.listed) if found.listed.expected else None,
            _on_telegram(say, found.person),
        ),
        _aliases(say, one.aliases),
    )
    return View(text, InlineKeyboardMarkup(_student_buttons(say, found)))


def _on_telegram(say: Say, person: Person | None) -> Markup:
    if person is None:
        return say("Telegram: not linked. Once linked, they see their own attendance.")
    return say("Telegram: {person}", person=named(say, person))


def _aliases(say: Say, aliases: Sequence[Alias]) -> Markup | None:
    if not aliases:
        return None
    shown = [_alias(say, one) for one in aliases[:_MOST_ALIASES]]
    return say("Also recognised by: {names}.", names=say.listed(shown))


def _alias(say: Say, one: Alias) -> Markup:
    match one.mark:
        case Mark.NAME:
            return say("“{name}”", name=one.value)
        case Mark.EMAIL:
            return say.html(one.value)
        case Mark.ZOOM:
            return say("their Zoom account")
        case Mark.REGISTRANT:
            return say("their registration")


def _student_buttons(say: Say, found: StudentPage) -> Rows:
    one = found.student
    telegram = (
        _button(say.label("Link to Telegram"), LINK, one.id)
        if found.person is None
        else _button(say.label("Unlink Telegram"), UNLINK, one.id)
    )
    forget = [
        _button(_forget_label(say, alias), UNALIAS, one.id, alias.id)
        for alias in one.aliases[:_MOST_ALIASES]
    ]
    on_or_off = (
        _button(say.label("Take off the list"), OFF, one.id)
        if one.is_on
        else _button(say.label("Put on the list"), BACK, one.id)
    )
    return [
        [_button(say.label("Rename"), RENAME, one.id), telegram],
        [_button(say.label("Same as another"), JOIN, one.id), on_or_off],
        *in_rows(forget, 2),
        [to_list(say, one.course_id)],
    ]


def _forget_label(say: Say, one: Alias) -> str:
    match one.mark:
        case Mark.NAME | Mark.EMAIL:
            return f"✕ {short(one.value)}"
        case Mark.ZOOM:
            return say.label("✕ Zoom account")
        case Mark.REGISTRANT:
            return say.label("✕ Registration")


def ask_name(say: Say, back: InlineKeyboardButton, renamed: str | None = None) -> View:
    """What is typed next is a student's name."""
    text = (
        say("Type the student's name as they show it in Zoom.")
        if renamed is None
        else say("Type the new name of {student}. I go on knowing the old one.", student=renamed)
    )
    return View(text, InlineKeyboardMarkup([[back]]))


def added(say: Say, one: Student) -> View:
    text = say("{student} is on the list, from the next class on.", student=say.bold(one.name))
    return View(text, InlineKeyboardMarkup([[to_list(say, one.course_id)]]))


def taken_off(say: Say, one: Student) -> View:
    text = say(
        "{student} is off the list, and not missed from now on. What they attended stays.",
        student=say.bold(one.name),
    )
    undo = _button(say.label("Undo"), BACK, one.id)
    return View(text, InlineKeyboardMarkup([[undo, to_list(say, one.course_id)]]))


def whom_to_link(say: Say, found: Linking) -> View:
    """The people whom the teacher teaches in private."""
    one = found.student
    rows = [
        [_wide(on_a_button(say, person), LINK, one.id, person.id)]
        for person in found.people[:_MOST_CHOICES]
    ]
    text = (
        say("Who is {student} on Telegram?", student=say.bold(one.name))
        if rows
        else say(
            "I know nobody on Telegram whom you teach in private. Invite {student} from /groups; "
            "once they have opened the invitation, link them here.",
            student=say.bold(one.name),
        )
    )
    return View(text, InlineKeyboardMarkup([*rows, [to_student(say, one)]]))


def you_are_linked(say: Say, found: Linked) -> View:
    """To the student."""
    return View(
        say(
            "Your teacher has confirmed that you are {student} in {topic}. "
            "/myattendance shows your own attendance.",
            student=say.bold(found.student.name),
            topic=say.bold(found.topic or say("A class")),
        )
    )


def whom_to_join(say: Say, found: RosterPage) -> View:
    """Which other entry of the list is the same student."""
    one = found.others[0]
    rows = in_rows(
        [
            _button(other.student.name, JOIN, one.id, other.student.id)
            for other in found.students[:_MOST_CHOICES]
        ],
        2,
    )
    text = say(
        "Who is {student} really? The two become one on the list, and so does their attendance. "
        "This cannot be undone.",
        student=say.bold(one.name),
    )
    return View(text, InlineKeyboardMarkup([*rows, [to_student(say, one)]]))


def to_student(say: Say, one: Student) -> InlineKeyboardButton:
    return _button(say.label("‹ Back"), STUDENT, one.id)


def to_list(say: Say, course_id: int) -> InlineKeyboardButton:
    return _button(say.label("‹ Students"), PAGE, course_id)


def _button(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return _wide(short(label), action, *args)


def _wide(label: str, action: str, *args: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.encode(action, *args))
