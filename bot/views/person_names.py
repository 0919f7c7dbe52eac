"""What people on Telegram are called, where it matters who they really are."""

from markupsafe import Markup

from bot.speech import Say
from storage.people import Person

_LONGEST = 40  # characters on a button


def named(say: Say, person: Person) -> Markup:
    """As they are known here; a name that they chose says so, as anybody can choose any name."""
    if person.has_own_name:
        return _with_chosen_name(say, person)
    if person.username is None:
        return say.html(person.name)
    return say("{name} (@{username})", name=person.name, username=person.username)


def _with_chosen_name(say: Say, person: Person) -> Markup:
    if person.username is None:
        return say("{name} (a name they chose themselves)", name=person.name)
    return say(
        "{name} (a name they chose themselves; in Telegram @{username})",
        name=person.name,
        username=person.username,
    )


def on_a_button(say: Say, person: Person) -> str:
    """The same, shorter."""
    if not person.has_own_name:
        return short(person.name)
    if person.username is None:
        return say.label("{name} (own choice)", name=short(person.name))
    return say.label("{name} (@{username})", name=short(person.name), username=person.username)


def short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
