"""What the bot says about itself: commands by scope and language, descriptions."""

import re
from collections.abc import Iterator

from sandbox.telegram.call import Call
from sandbox.telegram.problems import bad_request
from sandbox.wire import Json, JsonObject, as_list, as_object, as_text

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_COMMAND_DESCRIPTION_LIMIT = 256
_MOST_COMMANDS = 100
_DESCRIPTION_LIMIT = 512
_SHORT_DESCRIPTION_LIMIT = 120

Scope = tuple[Json, ...]
"""A command scope as a key: its type, chat and user."""


class Profile:
    def __init__(self) -> None:
        self._commands: dict[tuple[Scope, str], list[JsonObject]] = {}
        self._descriptions: dict[str, str] = {}
        self._short_descriptions: dict[str, str] = {}

    def set_commands(self, call: Call) -> Json:
        commands = [as_object(command) for command in as_list(call.values["commands"])]
        if len(commands) > _MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            _check_command(command)
        self._commands[_key(call)] = commands
        return True

    def get_commands(self, call: Call) -> Json:
        return self._commands.get(_key(call), [])

    def delete_commands(self, call: Call) -> Json:
        self._commands.pop(_key(call), None)
        return True

    def commands_shown(self, scopes: Iterator[Scope], language: str) -> list[JsonObject]:
        """The first list that is set: narrower scopes first, each first in the language."""
        for scope in scopes:
            for code in (language, ""):
                commands = self._commands.get((scope, code))
                if commands:
                    return commands
        return []

    def set_description(self, call: Call) -> Json:
        return _set(self._descriptions, call, "description", _DESCRIPTION_LIMIT)

    def get_description(self, call: Call) -> Json:
        return {"description": _get(self._descriptions, call)}

    def set_short_description(self, call: Call) -> Json:
        return _set(self._short_descriptions, call, "short_description", _SHORT_DESCRIPTION_LIMIT)

    def get_short_description(self, call: Call) -> Json:
        return {"short_description": _get(self._short_descriptions, call)}


def _set(texts: dict[str, str], call: Call, name: str, limit: int) -> Json:
    if len(call.text(name)) > limit:
        raise bad_request(f"{name} is too long")
    texts[_language(call)] = call.text(name)
    return True


def _get(texts: dict[str, str], call: Call) -> str:
    return texts.get(_language(call)) or texts.get("", "")


def _check_command(command: JsonObject) -> None:
    if not _COMMAND.fullmatch(as_text(command["command"]).removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(as_text(command["description"])) <= _COMMAND_DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _key(call: Call) -> tuple[Scope, str]:
    scope = call.object("scope") or {"type": "default"}
    named = tuple(scope[name] for name in ("type", "chat_id", "user_id") if name in scope)
    return named, _language(call)


def _language(call: Call) -> str:
    code = call.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code
