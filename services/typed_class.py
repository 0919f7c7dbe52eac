"""What one typed line says about a class, for a teacher with these groups."""

from collections.abc import Sequence
from datetime import datetime

from school.errors import SchoolError
from school.names import normalised_name
from school.when import parse_class
from storage.chats import Chat
from storage.class_forms import ClassForm


def form_of_line(line: str, groups: Sequence[Chat], *, now: datetime) -> ClassForm:
    """The form as far as the line fills it in; an empty line begins a guided one.

    `now` is the present in the teacher's zone. Raises NotUnderstood where the line makes no
    sense, and SchoolError where it names a group that the bot cannot write in.
    """
    if not line.strip():
        only = _only_one(groups)
        return ClassForm(is_guided=True, chat_ids=only, groups_chosen=bool(only))
    asked = parse_class(line, now=now)
    chosen, unclear = (
        named_groups(asked.groups, groups) if asked.groups else (_only_one(groups), ())
    )
    return ClassForm(
        topic=asked.topic,
        chat_ids=chosen,
        day=asked.day,
        time=asked.time,
        length=asked.length,
        groups_chosen=bool(chosen) and not unclear,
        unclear_groups=unclear,
        repeat=asked.repeat,
        repeat_chosen=True,
    )


def named_groups(
    names: Sequence[str], groups: Sequence[Chat]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The chats that typed names mean, and the names that mean none or several of them."""
    chosen: list[int] = []
    unclear: list[str] = []
    for name in names:
        meant = _meant(name, groups)
        if len(meant) == 1:
            chosen.append(_writable(meant[0]).id)
        else:
            unclear.append(name)
    return tuple(dict.fromkeys(chosen)), tuple(unclear)


def _meant(name: str, groups: Sequence[Chat]) -> list[Chat]:
    """Those of that name, or else those whose name begins so."""
    wanted = normalised_name(name)
    titled = [(normalised_name(group.title or ""), group) for group in groups]
    exact = [group for title, group in titled if title == wanted]
    return exact or [group for title, group in titled if title.startswith(wanted)]


def _writable(group: Chat) -> Chat:
    if not group.is_reachable:
        raise SchoolError(
            "I cannot write in {group} now. Add me to it again and type /link there.",
            group=group.title or "",
        )
    return group


def _only_one(groups: Sequence[Chat]) -> tuple[int, ...]:
    """Where there is no choice, nothing is asked."""
    reachable = [group.id for group in groups if group.is_reachable]
    return tuple(reachable) if len(reachable) == 1 else ()
