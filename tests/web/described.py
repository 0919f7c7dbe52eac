"""What web/openapi.yaml says of an answer, held against the answer."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

import web

DESCRIPTION = Path(web.__file__).parent / "openapi.yaml"
_OF_NO_PATH = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


@cache
def description() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text("utf-8"))
    return read


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each method with its path, as the router writes both, and what is said of it."""
    for path, item in description()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method.upper(), path, operation


def disagreements(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
) -> list[str]:
    """What of an answer is not as it is described; `path` may have a query."""
    operation = _operation("GET" if method == "HEAD" else method, urlsplit(path).path)
    if operation is None or status == HTTPStatus.METHOD_NOT_ALLOWED:
        return [] if status in _OF_NO_PATH else [f"{method} {path} is described nowhere"]
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return []  # of no operation: what every one may come to
    described = _resolved(operation["responses"].get(str(status)))
    if described is None:
        return [f"{status} is not described"]
    wrong = list(_wrong_headers(described, headers))
    if body:
        wrong.extend(_wrong_content(described.get("content", {}), headers, body))
    return wrong


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for known, template, operation in operations():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if known == method and re.fullmatch(pattern, path):
            return operation
    return None


def _wrong_headers(described: dict[str, Any], headers: Mapping[str, str]) -> Iterator[str]:
    for name, reference in described.get("headers", {}).items():
        header = _resolved(reference)
        assert header is not None
        if name not in headers:
            if header.get("required"):
                yield f"{name} is missing"
        elif not Draft202012Validator(header["schema"]).is_valid(headers[name]):
            yield f"{name}: {headers[name]}"


def _wrong_content(
    content: dict[str, Any], headers: Mapping[str, str], body: bytes
) -> Iterator[str]:
    kind = headers["Content-Type"].partition(";")[0]
    if kind not in content:
        yield f"{kind} is not described"
        return
    text = body.decode()
    value = yaml.safe_load(text) if kind == "application/json" else text
    schema = {**content[kind]["schema"], "components": description()["components"]}
    yield from (error.message for error in Draft202012Validator(schema).iter_errors(value))


def _resolved(thing: dict[str, Any] | None) -> dict[str, Any] | None:
    if thing is None or "$ref" not in thing:
        return thing
    found: Any = description()
    for step in thing["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolved(found)
