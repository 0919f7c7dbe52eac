"""A grant's life: consent address, code, rotation, end."""

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.oracles import oracle
from tests.zoom.wires import Answer, Script
from zoom.errors import (
    InvalidClient,
    InvalidGrant,
    Malformed,
    RateLimited,
    ZoomError,
    ZoomRefused,
    ZoomUncertain,
    ZoomUnreachable,
)
from zoom.oauth import REQUIRED_SCOPES, TokenPair, ZoomOAuth, challenge_of, new_verifier

PAIR = {
    "access_token": "access-2",
    "refresh_token": "refresh-2",
    "token_type": "bearer",
    "expires_in": 3600,
    "scope": "user:read:user meeting:write:meeting",
    "api_url": "https://api.zoom.example",
}
OK = httpx.Response(200, json=PAIR)
BACK = "https://bot.example/zoom/callback?from=zoom"


def oauth_of(wire: Script) -> ZoomOAuth:
    return ZoomOAuth(
        httpx.AsyncClient(transport=httpx.MockTransport(wire)),
        client_id="cl13nt",
        client_secret="s3cr+t/:",
        base_url="https://zoom.example/oauth/",
        redirect_uri=BACK,
    )


def form_of(request: httpx.Request) -> dict[str, list[str]]:
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return parse_qs(request.content.decode(), strict_parsing=True)


def refusal(error: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"reason": "refresh-1 is no good", "error": error})


def test_the_consent_address_has_all_that_zoom_needs() -> None:
    url = urlsplit(oauth_of(Script(OK)).authorize_url(state="st&te", challenge="ch4llenge"))
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://zoom.example/oauth/authorize"
    assert parse_qs(url.query, strict_parsing=True) == {
        "response_type": ["code"],
        "client_id": ["cl13nt"],
        "redirect_uri": [BACK],
        "state": ["st&te"],
        "code_challenge": ["ch4llenge"],
        "code_challenge_method": ["S256"],
    }


def test_verifiers_are_long_allowed_and_never_the_same() -> None:
    verifiers = {new_verifier() for _ in range(100)}
    assert len(verifiers) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


def test_published_verifiers_have_their_published_challenge() -> None:
    for vector in json.loads(oracle("zoom/vectors.json").read_bytes())["pkce"]:
        assert challenge_of(vector["verifier"]) == vector["challenge"]


async def test_a_code_is_exchanged_in_the_body_under_our_name() -> None:
    wire = Script(OK)
    pair = await oauth_of(wire).exchange("c0de", "v3rifier")
    assert wire.calls == ["POST /oauth/token"]
    assert form_of(wire.requests[0]) == {
        "grant_type": ["authorization_code"],
        "code": ["c0de"],
        "redirect_uri": [BACK],
        "code_verifier": ["v3rifier"],
    }
    basic = base64.b64encode(b"cl13nt:s3cr+t/:").decode()
    assert wire.requests[0].headers["authorization"] == f"Basic {basic}"
    assert pair == TokenPair(
        "access-2",
        "refresh-2",
        timedelta(hours=1),
        frozenset({"user:read:user", "meeting:write:meeting"}),
    )


async def test_a_refresh_sends_the_old_token_and_brings_a_new_pair() -> None:
    wire = Script(OK)
    pair = await oauth_of(wire).refresh("refresh-1")
    assert wire.calls == ["POST /oauth/token"]
    assert form_of(wire.requests[0]) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
    }
    assert pair.refresh_token == "refresh-2"


async def test_a_grant_is_revoked_by_its_access_token() -> None:
    wire = Script(httpx.Response(200, json={"status": "success"}))
    await oauth_of(wire).revoke("access-2")
    assert wire.calls == ["POST /oauth/revoke"]
    assert form_of(wire.requests[0]) == {"token": ["access-2"]}


def test_tokens_are_not_printed() -> None:
    printed = repr(TokenPair.from_json(PAIR))
    assert "access-2" not in printed
    assert "refresh-2" not in printed


@pytest.mark.parametrize("status", [400, 401])
async def test_only_invalid_grant_ends_a_grant(status: int) -> None:
    with pytest.raises(InvalidGrant):
        await oauth_of(Script(refusal("invalid_grant", status))).refresh("refresh-1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal("invalid_client", 401), InvalidClient),
        (refusal("invalid_request"), ZoomRefused),
        (refusal("unsupported_grant_type"), ZoomRefused),
        (httpx.Response(403, text="<html>"), ZoomRefused),
        (httpx.Response(400, json=["invalid_grant"]), ZoomRefused),
        (httpx.Response(429), RateLimited),
        (refusal("invalid_grant", 500), ZoomUncertain),
        (httpx.Response(503), ZoomUncertain),
        (httpx.Response(302), ZoomUncertain),
        (httpx.ReadTimeout(""), ZoomUncertain),
        (httpx.RemoteProtocolError(""), ZoomUncertain),
        (httpx.ConnectError(""), ZoomUnreachable),
        (httpx.Response(200, text="<html>"), Malformed),
        (httpx.Response(200, json={**PAIR, "refresh_token": ""}), Malformed),
        (httpx.Response(200, json={**PAIR, "expires_in": "soon"}), Malformed),
    ],
    ids=repr,
)
async def test_nothing_else_ends_a_grant(answer: Answer, error: type[ZoomError]) -> None:
    with pytest.raises(ZoomError) as caught:
        await oauth_of(Script(answer)).refresh("refresh-1")
    assert type(caught.value) is error
    assert "refresh-1" not in str(caught.value)


@pytest.mark.parametrize("answer", [httpx.ReadTimeout(""), httpx.Response(502)], ids=repr)
async def test_a_refresh_that_may_have_rotated_is_not_repeated(answer: Answer) -> None:
    wire = Script(answer, OK)
    with pytest.raises(ZoomUncertain):
        await oauth_of(wire).refresh("refresh-1")
    assert len(wire.requests) == 1


async def test_a_refresh_that_was_never_sent_is_repeated_once() -> None:
    wire = Script(httpx.ConnectError(""), OK)
    await oauth_of(wire).refresh("refresh-1")
    assert len(wire.requests) == 2


def test_every_permission_has_its_reason() -> None:
    assert all(reason.islower() for reason in REQUIRED_SCOPES.values())
    assert all(scope.count(":") == 2 for scope in REQUIRED_SCOPES)


def test_the_read_me_lists_the_permissions_that_are_required() -> None:
    read_me = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+:\w+:\w+)` \| .+ \|$", read_me, re.MULTILINE)
    assert listed == list(REQUIRED_SCOPES)
