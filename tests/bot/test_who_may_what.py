"""Who may what: every command and button, tried by everybody, over HTTP.

Each row says what becomes of it, in the order of PEOPLE:

    y  let through                            P  "in our private chat"   G  "in a group"
    t  "for teachers"    a  "for admins"      o  "only the teacher of this class"
    f  "the form is no longer current"        s  "the button is no longer current"
    r  "an administrator of this group"       n  "I cannot see who you are"
    v  "only this teacher and the admins"     k  "I know no such entry"
    u  "not among your chats"                 w  "only the teacher of these classes"
    -  nothing is answered
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot import callback_data
from bot.application import TelegramBot, routes
from bot.routes import Button, Command, Membership, Route, StaleButton, Told
from sandbox.people import Group, NotSeen, People, Person, Seen
from sandbox.zoom_people import ZoomPerson
from services.office import Office
from services.people import TelegramUser, as_teacher, who_is
from storage.people import add_person
from tests.lessons import made_class
from tests.services.connections import connected
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher

PEOPLE = (
    *("stranger", "student", "teacher", "other teacher"),
    *("group admin", "anonymous group admin", "admin", "former admin"),
)
_ALWAYS_IN_THE_GROUP = {"group admin", "anonymous group admin"}
_MEMBERS = {"student", "teacher", "other teacher", *_ALWAYS_IN_THE_GROUP}
_LAST = "teacher"  # whose press may use something up

TABLE = {
    "added by its button": "- t y r t n - -",
    "/link": "G t y r t n G G",
    "/unlink": "G t y y y n G G",
    "/start": "y y y y P P y y",
    "/help": "y y y y P P y y",
    "/next": "y y y y y y y y",
    "/myattendance": "y y y y P P y y",
    "/language": "y y y y P P y y",
    "/timezone": "y y y y P P y y",
    "/profile": "y y y y P P y y",
    "[profile]": "y y y y s s y y",
    "/privacy": "y y y y P P y y",
    "/mydata": "y y y y P P y y",
    "/deletemydata": "y y y y P P y y",
    "[language]": "y y y y s s y y",
    "[attendance]": "y y y y s s y y",
    "[student.stop]": "y y y y s s y y",
    "[zone]": "y y y y s s y y",
    "[leaving.delete]": "y y y y s s y y",
    "[leaving.keep]": "y y y y s s y y",
    "[erasure]": "y y y y s s y y",
    "/newclass": "t t y y P P t t",
    "/classes": "t t y y P P t t",
    "/groups": "t t y y P P t t",
    "/connect": "t t y y P P t t",
    "/disconnect": "t t y y P P t t",
    "[form]": "t t y f t t t t",
    "[change]": "t t y o t t t t",
    "[roster]": "t t y o t t t t",
    "[group]": "t t y u t t t t",
    "[unlink.stop]": "t t y w t t t t",
    "[student.invite]": "t t y y t t t t",
    "[connect]": "t t y y t t t t",
    "[disconnect]": "t t y y t t t t",
    "[disconnecting.keep]": "t t y y t t t t",
    "[disconnecting.cancel]": "t t y y t t t t",
    "[disconnecting.stay]": "t t y y t t t t",
    "[lesson.show]": "t t y o t t t t",
    "[lesson.start]": "t t y o t t t t",
    "[lesson.ask]": "t t y o t t t t",
    "[lesson.cancel]": "t t y o t t t t",
    "[lesson.cancelall]": "t t y o t t t t",
    "[lesson.page]": "t t y y t t t t",
    "[lesson.keep]": "t t y o t t t t",
    "[lesson.retry]": "t t y o t t t t",
    "[lesson.remake]": "t t y o t t t t",
    "[lesson.again]": "t t y y t t t t",
    "[lesson.discard]": "t t y o t t t t",
    "[lesson.resend]": "t t y o t t t t",
    "[lesson.revert]": "t t y o t t t t",
    "[lesson.undo]": "t t y o t t t t",
    "/hours": "t t y y P P t t",
    "[hours.month]": "t t y y t t t t",
    "[hours.timeline]": "o o y o s s y o",
    "[dispute.ask]": "t t y o t t t t",
    "[dispute.say]": "t t y o t t t t",
    "[dispute.close]": "t t y y t t t t",
    "[correct]": "a a a a a a y a",
    "[dispute.accept]": "a a a a a a y a",
    "[dispute.answer]": "a a a a a a y a",
    "[dispute.why]": "a a a a a a y a",
    "[hours.confirm]": "t t y o t t t t",
    "/invite": "a a a a P P y a",
    "/teachers": "a a a a P P y a",
    "[teachers]": "a a a a a a y a",
    "/report": "a a a a P P y a",
    "[report]": "a a a a a a y a",
    "/rate": "a a a a P P y a",
    "[rate]": "a a a a a a y a",
    "/payrules": "a a a a P P y a",
    "[payrules]": "a a a a a a f a",
    "/adjust": "a a a a P P y a",
    "[adjust]": "a a a a a a k a",
    "[statements]": "a a a a a a y a",
    "[payment.correct]": "a a a a a a y a",
    "[erasures]": "a a a a a a y a",
    "/audit": "a a a a P P y a",
    "[audit]": "a a a a a a y a",
    "[statement]": "v v y v s s y v",
    "[pay.line]": "o o y o s s y o",
    "[every other]": "s s s s s s s s",
    "an unknown command": "y y y y - - y y",
    "a typed answer": "y y y y - - y y",
}
_USED_UP = (
    *("/unlink", "[unlink.stop]", "[leaving.delete]", "[form]", "[student.stop]"),
    *("[disconnecting.keep]", "[disconnecting.cancel]"),
    *("[lesson.cancel]", "[lesson.cancelall]", "[lesson.discard]"),
)
"""Rows after which something is gone that others need: each has a crowd of its own."""
_LASTING = [row for row in TABLE if row not in _USED_UP]
NOBODY_ASKS = {
    "membership": "Telegram tells it of the bot itself",
    "a group that moved": "Telegram tells it of the group",
    "a shared group": "only the button of /groups can bring it; test_groups has it",
}
_REFUSALS = {
    "P": "This works in our private chat",
    "G": "This works in a group",
    "t": "This is for Darulkubra's teachers.",
    "a": "This is for Darulkubra's admins.",
    "o": "Only the teacher of this class can do this.",
    "w": "Only the teacher of these classes can do this.",
    "f": "This form is no longer current.",
    "s": "This button is no longer current.",
    "u": "This chat is not among yours any more.",
    "r": "Only an administrator of this group",
    "k": "I know no such entry.",
    "v": "Only this teacher and the admins can see this statement.",
    "n": "I cannot see who you are while you write as the group.",
    "!": "Something went wrong",
}
_TYPED = {
    "added by its button": "/start@darulkubra_bot link",
    "an unknown command": "/nonsense",
    "a typed answer": "hello",
}
_IN_THE_GROUP = {"added by its button", "/link", "/unlink"}


def _name(route: Route) -> str:
    match route:
        case Command(name=name):
            return f"/{name}"
        case Button(action=action):
            return f"[{action}]"
        case Told(about=about):
            return about
        case StaleButton():
            return "[every other]"
        case Membership():
            return "membership"


def test_every_command_and_button_has_its_row() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        named = [_name(route) for route in routes(elsewhere)]
    assert sorted(named) == sorted([*TABLE, *NOBODY_ASKS])


@dataclass(frozen=True, slots=True)
class Everybody:
    """All of PEOPLE, a group, and a class and a form of the teacher's."""

    people: dict[str, Person]
    group: Group
    data: Callable[[str], str]
    at_hand: dict[str, Seen]  # a message of the bot's where each of them presses


@pytest.fixture
async def everybody(
    office: Office,
    people: People,
    aisha_at_zoom: ZoomPerson,
    receiving: TelegramBot,
    publishing: TelegramBot,
) -> Everybody:
    del receiving, publishing
    crowd = {
        "stranger": await people.person("Zayd"),
        "student": await people.person("Khadija"),
        "teacher": await people.person(AISHA.name, id=AISHA.id),
        "other teacher": await people.person(MUSA.name, id=MUSA.id),
        "group admin": await people.person("Yusuf"),
        "anonymous group admin": await people.person("Idris"),
        "admin": await people.person("Hafsa", id=1),
        "former admin": await people.person("Omar"),
    }
    await made_teacher(office, MUSA)
    async with office.database.writing() as tx:
        former = crowd["former admin"]
        await add_person(tx, former.id, former.name, None)
    await who_is(office, TelegramUser(1, "Hafsa"))
    group = await _group(people, crowd)
    titles = {group.id: group.title, group.id - 1: "Sisters"}
    made = await made_class(office, titles)
    account_id = (await connected(office, AISHA, aisha_at_zoom)).account_id
    yesterday = office.clock() - timedelta(days=1)
    over = (await made_class(office, {}, starts_at=yesterday)).lesson_id
    aisha = as_teacher(office, await who_is(office, AISHA))
    at_hand = {}
    for who, person in crowd.items():
        if who not in _ALWAYS_IN_THE_GROUP:
            await person.types("/help")
            at_hand[who] = await person.sees("/privacy")
    teacher = crowd["teacher"]
    await teacher.types("/link", into=group)
    in_group = await teacher.sees("is linked", in_=group)
    at_hand |= dict.fromkeys(_ALWAYS_IN_THE_GROUP, in_group)
    await teacher.types("/newclass Fiqh tomorrow 09:00 30m")
    form = (await teacher.sees("Which groups?")).button("Discard").value

    made_up = {
        "form": form,
        "disconnect": callback_data.encode("disconnect", account_id),
        "disconnecting.keep": callback_data.encode("disconnecting.keep", account_id),
        "disconnecting.cancel": callback_data.encode("disconnecting.cancel", account_id, 1),
        "disconnecting.stay": callback_data.encode("disconnecting.stay", account_id),
        "change": callback_data.encode("change.menu", made.lesson_id, 1),
        "language": callback_data.encode("language.choose", "en"),
        "group": callback_data.encode("group.show", group.id),
        "unlink.stop": callback_data.encode("unlink.stop", group.id, aisha.person_id),
        "attendance": callback_data.encode("attendance.month", "202611"),
        "roster": callback_data.encode("roster.show", made.course_id),
        "profile": callback_data.encode("profile.language"),
        "zone": callback_data.encode("zone", "Asia/Riyadh"),
        "every other": "of an earlier version",
        "dispute.say": callback_data.encode("dispute.say", made.lesson_id, "other"),
        "dispute.answer": callback_data.encode("dispute.answer", made.lesson_id, "declined"),
        "dispute.why": callback_data.encode("dispute.why", made.lesson_id, "nobody"),
        "hours.month": callback_data.encode("hours.month", 202611, 0),
        "report": callback_data.encode("report.period", 0),
        "rate": callback_data.encode("rate.list", 0),
        "teachers": callback_data.encode("teachers.show", aisha.person_id),
        "statements": callback_data.encode("statements.month", "2026-10", 0),
        "statement": callback_data.encode("statement.show", aisha.person_id, "2026-11"),
        "payment.correct": callback_data.encode("payment.correct", aisha.person_id, "2026-11"),
        "payrules": callback_data.encode("payrules.page", 1, 1, ""),
        "adjust": callback_data.encode("adjust.withdraw", 1),
        "pay.line": callback_data.encode("pay.line", over),
        "erasure": callback_data.encode("erasure.ask"),
        "erasures": callback_data.encode("erasures.look", 1),
        "audit": callback_data.encode("audit.page", 0),
    }

    def data(action: str) -> str:
        return made_up.get(action) or callback_data.encode(action, made.lesson_id)

    return Everybody(crowd, group, data, at_hand)


async def _group(people: People, crowd: dict[str, Person]) -> Group:
    owner = crowd["group admin"]
    others = [crowd[who] for who in _MEMBERS if crowd[who] is not owner]
    group = await people.group("Beginners A", owner=owner, members=others)
    await owner.adds_bot(to=group)
    await owner.promotes_bot(in_=group)
    await owner.promotes(crowd["teacher"], in_=group)
    await owner.promotes(crowd["anonymous group admin"], in_=group, anonymous=True)
    return group


def _named(rows: list[str]) -> str:
    return rows[0] if len(rows) == 1 else "all that lasts"


@pytest.mark.parametrize("rows", [_LASTING, *([row] for row in _USED_UP)], ids=_named)
async def test_each_is_let_through_or_told_why_not(everybody: Everybody, rows: list[str]) -> None:
    found = {what: " ".join(await _answered(everybody, what)) for what in rows}
    assert found == {what: TABLE[what] for what in rows}


async def _answered(everybody: Everybody, what: str) -> list[str]:
    """What becomes of it, in the order of PEOPLE."""
    expected = dict(zip(PEOPLE, TABLE[what].split(), strict=True))
    found: dict[str, str] = {}
    for who in sorted(PEOPLE, key=lambda who: who == _LAST):
        if what.startswith("["):
            found[who] = _outcome(await _pressed(everybody, who, what.strip("[]")))
        else:
            is_answered = expected[who] != "-"
            found[who] = _outcome(await _typed(everybody, who, what, is_answered=is_answered))
    return [found[who] for who in PEOPLE]


def _outcome(answer: str | None) -> str:
    if answer is None:
        return "-"
    return next((sign for sign, said in _REFUSALS.items() if answer.startswith(said)), "y")


async def _pressed(everybody: Everybody, who: str, action: str) -> str:
    person = everybody.people[who]
    press = await person.forges(everybody.data(action), on=everybody.at_hand[who])
    return (await person.sees_toast(press)).text


async def _typed(everybody: Everybody, who: str, what: str, *, is_answered: bool) -> str | None:
    """What the bot answers."""
    person, text = everybody.people[who], _TYPED.get(what, what)
    in_group = who in _ALWAYS_IN_THE_GROUP or (what in _IN_THE_GROUP and who in _MEMBERS)
    if not in_group and what == "added by its button":
        return None  # that is /start, which has a row of its own
    group = everybody.group if in_group else None
    typed = await person.types(text, into=group)
    try:
        answer = await person._finds(
            lambda message: message.from_bot and message.changed > typed.changed,
            "was not answered",
            group,
            5.0 if is_answered else 0.2,
        )
    except NotSeen:
        return None
    return answer.text
