"""A request's body, in whichever of the four forms, made a checked call."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from sandbox.telegram.problems import bad_request
from sandbox.telegram.schema import METHODS, Field, check_parameters
from sandbox.wire import Json, JsonObject, as_integer, as_list, as_object, as_text

_INTEGER = re.compile(r"[+-]?\d{1,19}")
_FLAGS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method whose parameters have the right types."""

    method: str
    values: JsonObject
    uploads: Mapping[str, Upload]

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        return as_text(self.values.get(name))

    def integer(self, name: str) -> int | None:
        return as_integer(self.values.get(name))

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def object(self, name: str) -> JsonObject | None:
        value = self.values.get(name)
        return None if value is None else as_object(value)

    def strings(self, name: str) -> list[str] | None:
        """The array of that name, or None where the parameter is absent."""
        value = self.values.get(name)
        return None if value is None else [as_text(item) for item in as_list(value)]

    def upload(self, name: str) -> Upload | None:
        """The file for that parameter: as a part of its name, or one it points to."""
        part = self.text(name).removeprefix("attach://")
        return self.uploads.get(part) if part else None


async def read_call(method: str, request: web.Request) -> Call:
    """Query, form, multipart or JSON; refused where it does not fit the method."""
    raw: dict[str, Json] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        raw |= await _json_body(request)
    elif request.content_type == "multipart/form-data":
        await _read_multipart(request, raw, uploads)
    elif request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        raw |= {name: value for name, value in form.items() if isinstance(value, str)}
    for name in uploads.keys() & METHODS[method].keys():
        raw.setdefault(name, f"attach://{name}")
    values = {name: _typed(METHODS[method].get(name), value) for name, value in raw.items()}
    check_parameters(method, values)
    return Call(method, values, uploads)


async def _json_body(request: web.Request) -> JsonObject:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body


async def _read_multipart(
    request: web.Request, raw: dict[str, Json], uploads: dict[str, Upload]
) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart form")
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            raw[part.name] = content.decode()
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, mime_type, content)


def _typed(field: Field | None, value: Json) -> Json:
    """Forms carry text only: numbers, flags and JSON are read out of it."""
    if field is None or not isinstance(value, str):
        return value
    kinds = field.kind.split("|")
    if "Integer" in kinds and _INTEGER.fullmatch(value):
        return int(value)
    if kinds == ["Boolean"]:
        return _FLAGS.get(value, value)
    if "String" in kinds or kinds == ["Integer"] or "InputFile" in kinds:
        return value
    try:
        parsed: Json = json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {field.name} JSON object") from None
    return parsed
