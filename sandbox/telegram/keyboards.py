"""What buttons may be."""

from urllib.parse import urlsplit

from sandbox.telegram.html import utf16_length
from sandbox.telegram.problems import Refused, bad_request
from sandbox.wire import JsonObject, as_object, as_rows, as_text

_STYLES = frozenset({"danger", "success", "primary"})
_ROW_LIMIT = 8
_BUTTON_LIMIT = 100
_DATA_LIMIT = 64  # bytes
_COPY_LIMIT = 256
_NOT_KINDS = frozenset({"text", "style", "icon_custom_emoji_id"})


def inline_keyboard(markup: JsonObject | None) -> JsonObject | None:
    """The checked keyboard without empty rows; None where nothing is left of it."""
    rows = [row for row in as_rows((markup or {}).get("inline_keyboard")) if row]
    for row in rows:
        for button in row:
            _check_inline(button)
    _check_size(rows)
    return {"inline_keyboard": rows} if rows else None


def reply_keyboard(markup: JsonObject, *, private: bool) -> JsonObject:
    rows = [row for row in as_rows(markup.get("keyboard")) if row]
    if not rows:
        raise bad_request("reply keyboard is empty")
    for row in rows:
        for button in row:
            _check_reply(button, private=private)
    _check_size(rows)
    return markup


def _check_inline(button: JsonObject) -> None:
    _check_face(button)
    kinds = button.keys() - _NOT_KINDS
    if not kinds:
        raise _problem(
            "inline keyboard button", "Text buttons are unallowed in the inline keyboard"
        )
    if len(kinds) > 1:
        raise _problem("inline keyboard button", "exactly one type of button is allowed")
    _check_kind(kinds.pop(), button)


def _check_kind(kind: str, button: JsonObject) -> None:
    match kind:
        case "callback_data":
            length = len(as_text(button["callback_data"]).encode())
            if not 1 <= length <= _DATA_LIMIT:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            _check_url(as_text(button["url"]))
        case "copy_text":
            length = utf16_length(as_text(as_object(button["copy_text"])["text"]))
            if not 1 <= length <= _COPY_LIMIT:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "switch_inline_query" | "switch_inline_query_current_chat":
            pass
        case _:
            raise bad_request(f"the stand-in cannot play a button of the kind {kind}")


def _check_url(url: str) -> None:
    """Web addresses and tg: links; any host, so that a local demo's pages can be linked."""
    parts = urlsplit(url)
    web = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
    if not web and parts.scheme != "tg":
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_reply(button: JsonObject, *, private: bool) -> None:
    _check_face(button)
    kinds = button.keys() - _NOT_KINDS
    if len(kinds) > 1:
        raise _problem("keyboard button", "exactly one type of button is allowed")
    if kinds and not private:
        raise _problem("keyboard button", "such buttons are allowed in private chats only")
    if kinds - {"request_chat"}:
        raise bad_request(f"the stand-in cannot play a button of the kind {kinds.pop()}")


def _check_face(button: JsonObject) -> None:
    if not as_text(button["text"]).strip():
        raise _problem("inline keyboard button", "Text buttons must have non-empty text")
    if "style" in button and button["style"] not in _STYLES:
        raise _problem("inline keyboard button", "Invalid button style specified")
    if "icon_custom_emoji_id" in button:
        raise bad_request("DOCUMENT_INVALID")  # only for bots with a bought username


def _check_size(rows: list[list[JsonObject]]) -> None:
    if any(len(row) > _ROW_LIMIT for row in rows) or sum(map(len, rows)) > _BUTTON_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")


def _problem(what: str, why: str) -> Refused:
    return bad_request(f"can't parse {what}: {why}")
