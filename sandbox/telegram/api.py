"""The Bot API over HTTP: one call in, one answer out."""

import asyncio
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from sandbox.telegram import asking, editing, sending
from sandbox.telegram.access import named_chat
from sandbox.telegram.budgets import COUNTED
from sandbox.telegram.call import Call, read_call
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.problems import Refused, too_many_requests
from sandbox.telegram.schema import METHODS
from sandbox.telegram.world import World
from sandbox.wire import Json

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{35,}")


def _set_commands(world: World, call: Call) -> Json:
    scope = call.object("scope") or {}
    if "chat_id" in scope:
        named_chat(world, scope["chat_id"])
    return world.profile.set_commands(call)


_ANSWERS: Mapping[str, Callable[[World, Call], Json]] = MappingProxyType(
    {
        "getMe": asking.get_me,
        "getChat": asking.get_chat,
        "getChatMember": asking.get_chat_member,
        "getChatMemberCount": asking.get_chat_member_count,
        "getChatAdministrators": asking.get_chat_administrators,
        "getFile": asking.get_file,
        "leaveChat": asking.leave_chat,
        "sendMessage": sending.send_message,
        "sendPhoto": sending.send_photo,
        "sendDocument": sending.send_document,
        "sendChatAction": sending.send_chat_action,
        "editMessageText": editing.edit_message_text,
        "editMessageCaption": editing.edit_message_caption,
        "editMessageReplyMarkup": editing.edit_message_reply_markup,
        "deleteMessage": editing.delete_message,
        "answerCallbackQuery": editing.answer_callback_query,
        "setWebhook": lambda world, call: world.webhook.set(call),
        "deleteWebhook": lambda world, call: world.webhook.delete(call),
        "getWebhookInfo": lambda world, _call: world.webhook.info(),
        "setMyCommands": _set_commands,
        "getMyCommands": lambda world, call: world.profile.get_commands(call),
        "deleteMyCommands": lambda world, call: world.profile.delete_commands(call),
        "setMyDescription": lambda world, call: world.profile.set_description(call),
        "getMyDescription": lambda world, call: world.profile.get_description(call),
        "setMyShortDescription": lambda world, call: world.profile.set_short_description(call),
        "getMyShortDescription": lambda world, call: world.profile.get_short_description(call),
    }
)
_NAMES = MappingProxyType({name.lower(): name for name in METHODS})


class Api:
    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request)
            call = await read_call(method, request)
            answer = await self._answer(request, call)
        except Refused as refusal:
            answer = _refusal(refusal)
        self._world.budgets.answers[answer.status] += 1
        return answer

    def _method(self, request: web.Request) -> str:
        self._check_token(request)
        method = _NAMES.get(request.match_info["method"].lower())
        if method is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Not Found: method not found")
        self._world.budgets.calls[method] += 1
        return method

    def _check_token(self, request: web.Request) -> None:
        """A token of the right form that is unknown is 401; anything else is no path at all."""
        token = request.match_info["token"]
        if token == self._token:
            return
        if _TOKEN.fullmatch(token):
            raise Refused(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        raise Refused(HTTPStatus.NOT_FOUND, "Not Found")

    async def _answer(self, request: web.Request, call: Call) -> web.Response:
        """Faults first, then the budget, then the method itself."""
        chat_id = call.integer("chat_id")
        fault = self._world.faults.take(
            FaultKind.TOO_MANY_REQUESTS,
            FaultKind.SERVER_ERROR,
            FaultKind.ECHO,
            FaultKind.DROP_BEFORE,
            FaultKind.DROP_AFTER,
            FaultKind.SLOW,
            method=call.method,
            chat_id=chat_id,
        )
        if fault is not None and fault.kind is FaultKind.DROP_BEFORE:
            return _drop(request)
        if fault is not None:
            _refuse(fault, f"{request.path_qs} {call!r}")
        if call.method in COUNTED and chat_id in self._world.chats:
            self._world.budgets.spend(chat_id or 0)
        result = await self._result(call)
        if fault is not None and fault.kind is FaultKind.DROP_AFTER:
            return _drop(request)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        return web.json_response({"ok": True, "result": result})

    async def _result(self, call: Call) -> Json:
        if call.method == "getUpdates":
            return await self._world.updates.poll(call)
        return _ANSWERS[call.method](self._world, call)

    async def download(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
        except Refused as refusal:
            return _refusal(refusal)
        file = self._world.files.by_path(request.match_info["path"])
        if file is None:
            return _refusal(Refused(HTTPStatus.NOT_FOUND, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")


def _refuse(fault: Fault, asked: str) -> None:
    """The faults that are answers."""
    if fault.kind is FaultKind.TOO_MANY_REQUESTS:
        raise too_many_requests(fault.retry_after)
    if fault.kind is FaultKind.SERVER_ERROR:
        raise Refused(HTTPStatus.BAD_GATEWAY, "Bad Gateway")
    if fault.kind is FaultKind.ECHO:
        raise Refused(HTTPStatus.BAD_REQUEST, f"Bad Request: {asked}")


def _drop(request: web.Request) -> web.Response:
    """Breaks the connection: the client gets no answer at all, whatever is returned here."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refusal(refusal: Refused) -> web.Response:
    body: dict[str, Json] = {
        "ok": False,
        "error_code": int(refusal.code),
        "description": refusal.description,
    }
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.code)
