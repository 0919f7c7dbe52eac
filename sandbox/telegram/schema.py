"""Which parameters each method has, and of which type: Bot API 10.0.

Telegram ignores a parameter that it does not know; this stand-in refuses it, so that a
misspelling is found here. An object type that is named but not described below is one that the
stand-in cannot play, and is refused too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.telegram.problems import bad_request
from sandbox.wire import Json

_METHODS = """
getMe:
getUpdates: offset Integer, limit Integer, timeout Integer, allowed_updates [String]
setWebhook: url! String, certificate InputFile, ip_address String, max_connections Integer,
  allowed_updates [String], drop_pending_updates Boolean, secret_token String
deleteWebhook: drop_pending_updates Boolean
getWebhookInfo:
setMyCommands: commands! [BotCommand], scope BotCommandScope, language_code String
getMyCommands: scope BotCommandScope, language_code String
deleteMyCommands: scope BotCommandScope, language_code String
setMyDescription: description String, language_code String
setMyShortDescription: short_description String, language_code String
getMyDescription: language_code String
getMyShortDescription: language_code String
sendMessage: business_connection_id String, chat_id! Integer|String, message_thread_id Integer,
  direct_messages_topic_id Integer, text! String, parse_mode String, entities [MessageEntity],
  link_preview_options LinkPreviewOptions, disable_notification Boolean, protect_content Boolean,
  allow_paid_broadcast Boolean, message_effect_id String,
  suggested_post_parameters SuggestedPostParameters, reply_parameters ReplyParameters,
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
sendPhoto: business_connection_id String, chat_id! Integer|String, message_thread_id Integer,
  direct_messages_topic_id Integer, photo! InputFile|String, caption String, parse_mode String,
  caption_entities [MessageEntity], show_caption_above_media Boolean, has_spoiler Boolean,
  disable_notification Boolean, protect_content Boolean, allow_paid_broadcast Boolean,
  message_effect_id String, suggested_post_parameters SuggestedPostParameters,
  reply_parameters ReplyParameters,
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
sendDocument: business_connection_id String, chat_id! Integer|String, message_thread_id Integer,
  direct_messages_topic_id Integer, document! InputFile|String, thumbnail InputFile|String,
  caption String, parse_mode String, caption_entities [MessageEntity],
  disable_content_type_detection Boolean, disable_notification Boolean, protect_content Boolean,
  allow_paid_broadcast Boolean, message_effect_id String,
  suggested_post_parameters SuggestedPostParameters, reply_parameters ReplyParameters,
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
editMessageText: business_connection_id String, chat_id Integer|String, message_id Integer,
  inline_message_id String, text! String, parse_mode String, entities [MessageEntity],
  link_preview_options LinkPreviewOptions, reply_markup InlineKeyboardMarkup
editMessageCaption: business_connection_id String, chat_id Integer|String, message_id Integer,
  inline_message_id String, caption String, parse_mode String, caption_entities [MessageEntity],
  show_caption_above_media Boolean, reply_markup InlineKeyboardMarkup
editMessageReplyMarkup: business_connection_id String, chat_id Integer|String, message_id Integer,
  inline_message_id String, reply_markup InlineKeyboardMarkup
deleteMessage: chat_id! Integer|String, message_id! Integer
answerCallbackQuery: callback_query_id! String, text String, show_alert Boolean, url String,
  cache_time Integer
sendChatAction: business_connection_id String, chat_id! Integer|String, message_thread_id Integer,
  action! String
getFile: file_id! String
getChat: chat_id! Integer|String
getChatMember: chat_id! Integer|String, user_id! Integer
getChatMemberCount: chat_id! Integer|String
getChatAdministrators: chat_id! Integer|String, return_bots Boolean
leaveChat: chat_id! Integer|String
"""

_OBJECTS = """
BotCommand: command! String, description! String
BotCommandScopeDefault: type! String
BotCommandScopeAllPrivateChats: type! String
BotCommandScopeAllGroupChats: type! String
BotCommandScopeAllChatAdministrators: type! String
BotCommandScopeChat: type! String, chat_id! Integer|String
BotCommandScopeChatAdministrators: type! String, chat_id! Integer|String
BotCommandScopeChatMember: type! String, chat_id! Integer|String, user_id! Integer
MessageEntity: type! String, offset! Integer, length! Integer, url String, user User,
  language String, custom_emoji_id String, unix_time Integer, date_time_format String
LinkPreviewOptions: is_disabled Boolean, url String, prefer_small_media Boolean,
  prefer_large_media Boolean, show_above_text Boolean
ReplyParameters: message_id! Integer, chat_id Integer|String, allow_sending_without_reply Boolean,
  quote String, quote_parse_mode String, quote_entities [MessageEntity], quote_position Integer,
  checklist_task_id Integer, poll_option_id String
InlineKeyboardMarkup: inline_keyboard! [[InlineKeyboardButton]]
InlineKeyboardButton: text! String, icon_custom_emoji_id String, style String, url String,
  callback_data String, web_app WebAppInfo, login_url LoginUrl, switch_inline_query String,
  switch_inline_query_current_chat String,
  switch_inline_query_chosen_chat SwitchInlineQueryChosenChat, copy_text CopyTextButton,
  callback_game CallbackGame, pay Boolean
CopyTextButton: text! String
ReplyKeyboardMarkup: keyboard! [[KeyboardButton]], is_persistent Boolean, resize_keyboard Boolean,
  one_time_keyboard Boolean, input_field_placeholder String, selective Boolean
KeyboardButton: text! String, icon_custom_emoji_id String, style String,
  request_users KeyboardButtonRequestUsers, request_chat KeyboardButtonRequestChat,
  request_managed_bot KeyboardButtonRequestManagedBot, request_contact Boolean,
  request_location Boolean, request_poll KeyboardButtonPollType, web_app WebAppInfo
KeyboardButtonRequestChat: request_id! Integer, chat_is_channel! Boolean, chat_is_forum Boolean,
  chat_has_username Boolean, chat_is_created Boolean,
  user_administrator_rights ChatAdministratorRights,
  bot_administrator_rights ChatAdministratorRights, bot_is_member Boolean, request_title Boolean,
  request_username Boolean, request_photo Boolean
ChatAdministratorRights: is_anonymous! Boolean, can_manage_chat! Boolean,
  can_delete_messages! Boolean, can_manage_video_chats! Boolean, can_restrict_members! Boolean,
  can_promote_members! Boolean, can_change_info! Boolean, can_invite_users! Boolean,
  can_post_stories! Boolean, can_edit_stories! Boolean, can_delete_stories! Boolean,
  can_post_messages Boolean, can_edit_messages Boolean, can_pin_messages Boolean,
  can_manage_topics Boolean, can_manage_direct_messages Boolean, can_manage_tags Boolean
ReplyKeyboardRemove: remove_keyboard! Boolean, selective Boolean
ForceReply: force_reply! Boolean, input_field_placeholder String, selective Boolean
"""

_SCOPES = MappingProxyType(
    {
        "default": "BotCommandScopeDefault",
        "all_private_chats": "BotCommandScopeAllPrivateChats",
        "all_group_chats": "BotCommandScopeAllGroupChats",
        "all_chat_administrators": "BotCommandScopeAllChatAdministrators",
        "chat": "BotCommandScopeChat",
        "chat_administrators": "BotCommandScopeChatAdministrators",
        "chat_member": "BotCommandScopeChatMember",
    }
)

_MISSING = MappingProxyType(
    {
        "chat_id": "chat_id is empty",
        "text": "message text is empty",
        "message_id": "message identifier is not specified",
        "user_id": "invalid user_id specified",
        "photo": "there is no photo in the request",
        "document": "there is no document in the request",
        "action": "wrong parameter action in request",
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: `kind` is a type's name, `[kind]` an array of it, `a|b` either."""

    name: str
    kind: str
    required: bool


Fields = Mapping[str, Field]


def _table(text: str) -> Mapping[str, Fields]:
    owners: dict[str, Fields] = {}
    for line in text.strip().replace(",\n  ", ", ").replace(":\n  ", ": ").splitlines():
        owner, _, rest = line.partition(":")
        fields = [_field(part.strip()) for part in rest.split(",") if part.strip()]
        owners[owner] = MappingProxyType({field.name: field for field in fields})
    return MappingProxyType(owners)


def _field(part: str) -> Field:
    name, _, kind = part.partition(" ")
    return Field(name.removesuffix("!"), kind, name.endswith("!"))


METHODS = _table(_METHODS)
OBJECTS = _table(_OBJECTS)


class _WrongTypeError(Exception):
    pass


def check_parameters(method: str, values: Mapping[str, Json]) -> None:
    """Refuses what `method` does not know, has of another type, or lacks."""
    fields = METHODS[method]
    for name, value in values.items():
        if name not in fields:
            raise bad_request(f'unknown parameter "{name}" of {method}')
        try:
            _check(value, fields[name].kind)
        except _WrongTypeError as problem:
            raise bad_request(f'parameter "{name}" of {method}: {problem}') from None
    for field in fields.values():
        if field.required and field.name not in values:
            raise bad_request(
                _MISSING.get(field.name, f'parameter "{field.name}" of {method} is required')
            )


def _check(value: Json, kind: str) -> None:
    if kind.startswith("["):
        _check_array(value, kind[1:-1])
    elif "|" in kind:
        _check_either(value, kind.split("|"))
    elif kind in _SIMPLE:
        if not _SIMPLE[kind](value):
            raise _WrongTypeError(f"{kind} expected")
    elif kind == "BotCommandScope":
        _check_scope(value)
    else:
        _check_object(value, kind)


def _check_array(value: Json, kind: str) -> None:
    if not isinstance(value, list):
        raise _WrongTypeError(f"Array of {kind} expected")
    for item in value:
        _check(item, kind)


def _check_either(value: Json, kinds: list[str]) -> None:
    """For objects, the alternative is the one whose required field is there."""
    if isinstance(value, dict):
        kinds = [kind for kind in kinds if _could_be(value, kind)] or kinds
    problems = []
    for kind in kinds:
        try:
            _check(value, kind)
        except _WrongTypeError as problem:
            problems.append(str(problem))
        else:
            return
    raise _WrongTypeError(" or ".join(problems))


def _could_be(value: Mapping[str, Json], kind: str) -> bool:
    fields = OBJECTS.get(kind, {})
    return all(field.name in value for field in fields.values() if field.required)


def _check_scope(value: Json) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise _WrongTypeError("BotCommandScope expected")
    _check_object(value, _SCOPES[kind])


def _check_object(value: Json, kind: str) -> None:
    if kind not in OBJECTS:
        raise _WrongTypeError(f"the stand-in cannot play {kind}")
    if not isinstance(value, dict):
        raise _WrongTypeError(f"{kind} expected")
    fields = OBJECTS[kind]
    for name, item in value.items():
        if name not in fields:
            raise _WrongTypeError(f'unknown field "{name}" of {kind}')
        try:
            _check(item, fields[name].kind)
        except _WrongTypeError as problem:
            raise _WrongTypeError(f"{kind}.{name}: {problem}") from None
    for field in fields.values():
        if field.required and field.name not in value:
            raise _WrongTypeError(f'{kind}: can\'t find field "{field.name}"')


_SIMPLE: Mapping[str, Callable[[Json], bool]] = MappingProxyType(
    {
        "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "String": lambda value: isinstance(value, str),
        "Boolean": lambda value: isinstance(value, bool),
        # An upload is taken out of the body before; what is left names a known file.
        "InputFile": lambda value: isinstance(value, str),
    }
)
