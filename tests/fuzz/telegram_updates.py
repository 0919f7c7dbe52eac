"""Updates as Telegram may send them: the fields are its, what stands in them is not to be expected.

https://core.telegram.org/bots/api#update . Who writes and presses, and where, is mostly known to
the bot; what they write is mostly nearly right, as that comes furthest.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

_BOT = Path(__file__).parents[2] / "bot"
_COMMANDS = (
    *("start", "help", "next", "myattendance", "language", "timezone", "privacy", "deletemydata"),
    *("newclass", "classes", "groups", "connect", "disconnect", "hours", "link", "unlink"),
    *("invite", "report", "rate", "payrules", "adjust", "mydata", "profile", "audit", "nonsense"),
)
_PHRASES = (
    *("Tajweed tomorrow 18:00 45m", "t-AAAAAAAAAAAAAAAAAAAAAA", "c-", "s-x", "last month"),
    *("2026-11", "2026-11-01 2026-11-15", "daily x999", "every Mon,Wed x10", "9999-12-31 23:59"),
    *(
        "0000-00-00",
        "31 Feb 25:61",
        "#",
        '#"',
        "1e999 ETB",
        "-0",
        "240 ETB per hour from 0001-01-01",
    ),
    *("Aisha bonus 99999999999999999999 ETB x", "riyadh", "../..", "<b>", "&amp;", "%s{name}{0}"),
    *("\u202e", "\x00", "𝔄" * 40, "ﷺ" * 100, "a" * 4096, "١٨:٠٠", "\u2028", "\ud83d"),
)
_HUGE = (0, 1, -1, 2**31, 2**52, -(2**52), 2**63 - 1, 2**63, 2**70)
_STATUSES = ("creator", "administrator", "member", "restricted", "left", "kicked")


@dataclass(frozen=True, slots=True)
class Known:
    """What there is: people by their Telegram numbers, chats, ids of rows, messages of the bot."""

    people: Sequence[int]
    groups: Sequence[int]
    ids: Sequence[int]
    messages: Sequence[int]


def actions() -> list[str]:
    """Everything in the bot's source that looks like the action of a button."""
    found: set[str] = set()
    for path in _BOT.rglob("*.py"):
        found |= set(re.findall(r'"([a-z]+(?:\.[a-z]+)?)"', path.read_text()))
    return sorted(found)


def updates(known: Known) -> st.SearchStrategy[Json]:
    """Without their numbers, which who sends them gives."""
    kinds = [
        *(_with("message", _message(known)) for _ in range(3)),
        *(_with("callback_query", _press(known)) for _ in range(4)),
        _with("my_chat_member", _membership(known)),
        _with("edited_message", _message(known)),
        _with("channel_post", _message(known)),
        _with("chat_member", _membership(known)),
        st.dictionaries(st.sampled_from(["poll", "inline_query", "of_next_year"]), st.just({})).map(
            lambda _: {}
        ),
    ]
    return st.one_of(kinds)


def _with(name: str, value: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return value.map(lambda one: {name: one})


def _words() -> st.SearchStrategy[str]:
    odd = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
    return st.sampled_from(_PHRASES) | odd | st.tuples(st.sampled_from(_PHRASES), odd).map(" ".join)


def _integers() -> st.SearchStrategy[int]:
    return st.sampled_from(_HUGE) | st.integers(-(2**64), 2**64)


def _user(known: Known) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "id": st.sampled_from(known.people) | st.integers(1, 2**52),
            "is_bot": st.sampled_from([False, False, False, True]),
            "first_name": _words(),
        },
        optional={
            "last_name": _words(),
            "username": st.from_regex(r"[a-z0-9_]{5,12}", fullmatch=True),
            "language_code": st.sampled_from(["en", "ar", "am", "xx-YY", "", "zh-hans"]) | _words(),
            "is_premium": st.booleans(),
        },
    )


@st.composite
def _chat(draw: st.DrawFn, known: Known, sender: Json) -> Json:
    if draw(st.integers(0, 3)):
        return {"id": sender["id"], "type": "private", "first_name": sender["first_name"]}
    kind = draw(st.sampled_from(["group", "supergroup", "channel", "private", "of_next_year"]))
    chat: Json = {
        "id": draw(st.sampled_from(known.groups) | st.integers(-(2**52), 2**52)),
        "type": kind,
    }
    if draw(st.booleans()):
        chat["title"] = draw(_words())
    if draw(st.booleans()):
        chat["is_forum"] = draw(st.booleans())
    return chat


@st.composite
def _message(draw: st.DrawFn, known: Known) -> Json:
    sender = draw(_user(known))
    said: Json = {
        "message_id": draw(st.sampled_from(known.messages) | st.integers(0, 2**31)),
        "date": draw(st.integers(0, 2**31)),
        "chat": draw(_chat(known, sender)),
        "from": sender,
    }
    said |= draw(_content(known))
    for name, value in _MORE.items():
        if draw(st.integers(0, 9)) == 0:
            said[name] = draw(value)
    if draw(st.integers(0, 19)) == 0:
        del said["from"]  # as in channels
    return said


@st.composite
def _content(draw: st.DrawFn, known: Known) -> Json:
    """Mostly a command or an answer."""
    which = draw(st.integers(0, 9))
    if which < 5:
        command = draw(st.sampled_from(_COMMANDS))
        at = draw(st.sampled_from(["", "", "@darulkubra_bot", "@another_bot"]))
        start = f"/{command}{at}"
        text = f"{start} {draw(_words())}" if draw(st.booleans()) else start
        entity = {"type": "bot_command", "offset": 0, "length": len(start)}
        return {"text": text, "entities": [entity, *draw(_entities())]}
    if which < 8:
        return {"text": draw(_words()), "entities": draw(_entities())}
    return draw(st.sampled_from(_SERVICES)) | draw(
        st.sampled_from(
            [
                {},
                {"migrate_to_chat_id": -1_000_000_000_999},
                {"chat_shared": {"request_id": 1, "chat_id": known.groups[0]}},
                {"chat_shared": {"request_id": 2**31 - 1, "chat_id": -5, "title": "x"}},
            ]
        )
    )


def _entities() -> st.SearchStrategy[list[Json]]:
    return st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["bot_command", "mention", "url", "of_next_year"]),
                "offset": st.integers(0, 5_000),
                "length": st.integers(0, 5_000),
            }
        ),
        max_size=2,
    )


_SERVICES: tuple[Json, ...] = (
    {"group_chat_created": True},
    {"new_chat_title": "\u202e" * 50},
    {"left_chat_member": {"id": 123456, "is_bot": True, "first_name": "x"}},
    {"new_chat_members": [{"id": 5, "is_bot": False, "first_name": ""}]},
    {"forum_topic_created": {"name": "x", "icon_color": 0}},
    {"location": {"longitude": 181.0, "latitude": -91.0}},
    {"contact": {"phone_number": "", "first_name": ""}},
    {"photo": []},
    {"caption": "/start", "photo": []},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"of_next_year": {"a": [1]}},
)
_MORE: Mapping[str, st.SearchStrategy[Any]] = {
    "message_thread_id": _integers(),
    "is_topic_message": st.booleans(),
    "edit_date": st.integers(0, 2**31),
    "media_group_id": st.just("1"),
    "author_signature": _words(),
    "sender_chat": st.just({"id": -1, "type": "channel", "title": "x"}),
    "via_bot": st.just({"id": 5, "is_bot": True, "first_name": "x"}),
}


def _data(known: Known) -> st.SearchStrategy[str]:
    """Of buttons: ours, with arguments that may be right, and then perhaps altered."""
    base36 = st.sampled_from([*known.ids, *_HUGE]).map(_base36)
    argument = base36 | st.sampled_from(
        ["", "0", "1", "-1", "202611", "2026-11", "z" * 20, "once", "more", "1800", "\u202e", "٣"]
    )
    ours = st.builds(
        lambda action, arguments: ":".join(("1", action, *arguments)),
        st.sampled_from(actions()),
        st.lists(argument, max_size=5),
    )
    altered = st.builds(
        lambda data, at, new: data[: at % (len(data) + 1)] + new + data[at % (len(data) + 1) + 1 :],
        ours,
        st.integers(0, 100),
        st.text(max_size=3),
    )
    return ours | ours | altered | _words()


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    sign, number = ("-", -number) if number < 0 else ("", number)
    letters = ""
    while number or not letters:
        number, rest = divmod(number, 36)
        letters = digits[rest] + letters
    return sign + letters


@st.composite
def _press(draw: st.DrawFn, known: Known) -> Json:
    sender = draw(_user(known))
    press: Json = {
        "id": str(draw(st.integers(0, 2**63))),
        "from": sender,
        "chat_instance": draw(st.sampled_from(["1", ""])),
    }
    if draw(st.integers(0, 9)):
        press["data"] = draw(_data(known))
    else:
        press["game_short_name"] = "x"
    where = draw(st.integers(0, 9))
    message_id = draw(st.sampled_from(known.messages) | st.integers(1, 2**31))
    chat = draw(_chat(known, sender))
    if where < 8:
        text = draw(_words())
        press["message"] = {"message_id": message_id, "date": 1_795_000_000, "chat": chat}
        press["message"]["text"] = text
    elif where == 8:  # too old for Telegram to say more of it
        press["message"] = {"message_id": message_id, "date": 0, "chat": chat}
    else:
        press["inline_message_id"] = "x"
    return press


@st.composite
def _membership(draw: st.DrawFn, known: Known) -> Json:
    sender = draw(_user(known))
    return {
        "chat": draw(_chat(known, sender)),
        "from": sender,
        "date": draw(st.integers(0, 2**31)),
        "old_chat_member": draw(_member()),
        "new_chat_member": draw(_member()),
    }


def _member() -> st.SearchStrategy[Json]:
    bot = {"id": 123456, "is_bot": True, "first_name": "Darulkubra", "username": "darulkubra_bot"}
    rights = dict.fromkeys(
        (
            *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
            *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
            *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
            *("can_delete_stories", "can_pin_messages", "can_send_messages", "can_send_audios"),
            *("can_send_documents", "can_send_photos", "can_send_videos", "can_send_polls"),
            *("can_send_video_notes", "can_send_voice_notes", "can_send_other_messages"),
            *("can_add_web_page_previews", "can_manage_topics", "is_member", "can_edit_tag"),
            "can_react_to_messages",
        ),
        False,
    )
    return st.builds(
        lambda status, until: {"user": bot, "status": status, **rights, "until_date": until},
        st.sampled_from(_STATUSES),
        st.sampled_from([0, 1, 2**31]),
    )
