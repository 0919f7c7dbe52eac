"""How far a class's announcement has come: to how many groups, and why not to the others."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.speech import Say
from services.contents_for_teachers import Delivery
from services.posts import Trouble

_MOST_TROUBLES = 10
_CELLS = 10
_FULL, _EMPTY = "▰", "▱"


def deliveries(say: Say, each: Sequence[Delivery]) -> list[Markup]:
    """A line with the count, while it grows a bar, and a line for each group that failed."""
    if not each:
        return []
    done = sum(1 for one in each if one.is_shown and one.trouble is None)
    sent = say.many(
        "Sent to {done} of {count} group.",
        "Sent to {done} of {count} groups.",
        len(each),
        done=done,
    )
    bar = [] if _is_settled(each) or len(each) == 1 else [_bar(done, len(each))]
    return [sent, *bar, *_troubles(say, each)]


def has_failed(each: Sequence[Delivery]) -> bool:
    return any(one.trouble is not None for one in each)


def _is_settled(each: Sequence[Delivery]) -> bool:
    return all(one.is_shown or one.trouble is not None for one in each)


def _bar(done: int, count: int) -> Markup:
    full = _CELLS * done // count
    return Markup(_FULL * full + _EMPTY * (_CELLS - full))  # noqa: S704  two signs of our own


def _troubles(say: Say, each: Sequence[Delivery]) -> list[Markup]:
    troubled = [one for one in each if one.trouble is not None]
    said = [_trouble(say, one) for one in troubled[:_MOST_TROUBLES]]
    if more := len(troubled) - len(said):
        said.append(say.many("and {count} more group", "and {count} more groups", more))
    return said


def _trouble(say: Say, delivery: Delivery) -> Markup:
    group = say.bold(delivery.group)
    match delivery.trouble:
        case Trouble.REMOVED:
            return say("{group}: I was removed. Add me again, and I post it.", group=group)
        case Trouble.NO_RIGHTS:
            return say("{group}: I may not write there. Allow it, then type /link.", group=group)
        case Trouble.TOPIC_CLOSED:
            return say("{group}: its topic is closed. Type /link in an open one.", group=group)
        case Trouble.UNCERTAIN:
            return say("{group}: Telegram did not confirm it. Please look there.", group=group)
        case Trouble.GONE | Trouble.BLOCKED:
            return say("{group}: I cannot find it. Add me again, and I post it.", group=group)
        case Trouble.REFUSED | None:
            return say("{group}: Telegram did not take the message.", group=group)
