"""Zoom's OAuth server as the stand-in plays it: consent, codes, rotation, revocation."""

import base64
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.zoom_people import ZoomRefused

from .zoom_stage import CLIENT, REDIRECT, Stage, set_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as ready:
        yield ready


async def test_allow_leads_back_with_a_code_and_the_state(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    callback = urlsplit(await aisha.allows(stage.authorize_url()))
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == REDIRECT
    query = parse_qs(callback.query)
    assert query["state"] == ["a-state"]
    assert set(query) == {"code", "state"}


async def test_decline_leads_back_with_an_error_and_no_code(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    query = parse_qs(urlsplit(await aisha.declines(stage.authorize_url())).query)
    assert query == {"error": ["access_denied"], "state": ["a-state"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "another"},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": "https://evil.example/"},
        {"response_type": "token"},
        {"state": ""},
        {"code_challenge": ""},
        {"code_challenge": "too-short"},
        {"code_challenge_method": "plain"},
        {"scope": "meeting:read:meeting"},
    ],
)
async def test_a_wrong_authorize_link_gets_no_consent_page(
    stage: Stage, wrong: dict[str, str]
) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    with pytest.raises(ZoomRefused, match="Invalid request"):
        await aisha.allows(stage.authorize_url(**wrong))


async def test_a_repeated_parameter_is_refused(stage: Stage) -> None:
    page = await stage.http.get(f"{stage.authorize_url()}&state=another")
    assert page.status_code == 400


async def test_the_consent_page_is_for_whoever_is_signed_in(stage: Stage) -> None:
    await stage.zoom.user("aisha@example.org", name="Aisha Q")
    page = await stage.http.get(stage.authorize_url())
    assert "Sign in" in page.text
    stranger = {"email": "nobody@example.org", "next": "/oauth/authorize?x"}
    signed_in = await stage.http.post(f"{stage.sandbox.oauth_url}/login", data=stranger)
    assert signed_in.status_code == 403


async def test_signing_in_leads_nowhere_else(stage: Stage) -> None:
    form = {"email": "aisha@example.org", "next": "https://evil.example/"}
    answer = await stage.http.post(f"{stage.sandbox.oauth_url}/login", data=form)
    assert answer.status_code == 400


async def test_a_forged_decision_gives_no_code(stage: Stage) -> None:
    form = {"ticket": "made-up", "decision": "allow"}
    answer = await stage.http.post(f"{stage.sandbox.oauth_url}/authorize", data=form)
    assert answer.status_code == 400


async def test_a_code_becomes_a_pair_of_tokens_with_the_granted_scopes(stage: Stage) -> None:
    aisha = await stage.zoom.user(
        "aisha@example.org", name="Aisha Q", scopes=["user:read:user", "meeting:read:meeting"]
    )
    tokens = await stage.connect(aisha)
    assert tokens.pop("access_token") != tokens.pop("refresh_token")
    assert tokens == {
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "meeting:read:meeting user:read:user",
        "api_url": stage.sandbox.url,
    }


async def test_a_code_is_good_once(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    code = await stage.code_for(aisha)
    assert (await stage.exchange(code)).status_code == 200
    again = await stage.exchange(code)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


async def test_a_code_lives_five_minutes(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    in_time, too_late = await stage.code_for(aisha), await stage.code_for(aisha)
    stage.clock.move(minutes=4, seconds=59)
    assert (await stage.exchange(in_time)).status_code == 200
    stage.clock.move(seconds=1)
    assert (await stage.exchange(too_late)).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "another-verifier-of-forty-three-characters-12"},
        {"code_verifier": "short"},
        {"redirect_uri": REDIRECT + "?"},
        {"client_id": CLIENT[0]},
    ],
)
async def test_a_code_is_bound_to_its_challenge_and_redirect(
    stage: Stage, wrong: dict[str, str]
) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    answer = await stage.exchange(await stage.code_for(aisha), **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


async def test_the_app_must_name_itself_and_keep_secrets_out_of_the_url(stage: Stage) -> None:
    url = f"{stage.sandbox.oauth_url}/token"
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    in_url = await stage.http.post(url, params=form, auth=CLIENT)
    nameless = await stage.http.post(url, data=form)
    wrong = await stage.http.post(url, data=form, auth=(CLIENT[0], "wrong"))
    as_json = await stage.http.post(url, json=form, auth=CLIENT)
    answers: list[httpx.Response] = [in_url, nameless, wrong, as_json]
    assert [one.status_code for one in answers] == [400] * 4
    assert [one.json()["error"] for one in answers] == [
        "invalid_request",
        "invalid_client",
        "invalid_client",
        "invalid_request",
    ]


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Bearer x", "Basic é"])
async def test_a_broken_authorization_header_is_refused(stage: Stage, header: str) -> None:
    answer = await stage.http.post(
        f"{stage.sandbox.oauth_url}/token",
        data={"grant_type": "refresh_token", "refresh_token": "x"},
        headers={b"Authorization": header.encode()},
    )
    assert answer.json()["error"] == "invalid_client"


async def test_basic_is_base64_of_id_and_secret(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    tokens = await stage.connect(aisha)
    basic = base64.b64encode(":".join(CLIENT).encode()).decode()
    answer = await stage.http.post(
        f"{stage.sandbox.oauth_url}/token",
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200


async def test_a_refresh_token_dies_when_used(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    first = (await stage.connect(aisha))["refresh_token"]
    second = await stage.token(grant_type="refresh_token", refresh_token=first)
    again = await stage.token(grant_type="refresh_token", refresh_token=first)
    assert again.status_code == 400
    assert again.json() == {"reason": "Invalid Token!", "error": "invalid_grant"}
    third = await stage.token(
        grant_type="refresh_token", refresh_token=second.json()["refresh_token"]
    )
    assert third.status_code == 200
    statistics = await stage.zoom.statistics()
    assert (statistics["exchanges"], statistics["refreshes"]) == (1, 2)
    assert statistics["refused_refreshes"] == 1


async def test_a_refresh_token_lives_ninety_days(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    tokens = await stage.connect(aisha)
    stage.clock.move(days=90)
    answer = await stage.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


async def test_an_access_token_lives_an_hour(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    api = await stage.api(aisha)
    stage.clock.move(seconds=3599)
    assert (await api.call("GET", "/users/me")).status_code == 200
    stage.clock.move(seconds=1)
    answer = await api.call("GET", "/users/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == 124


async def test_revoking_ends_both_tokens(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    tokens = await stage.connect(aisha)
    revoked = await stage.revoke(tokens["access_token"])
    assert revoked.json() == {"status": "success"}
    refreshed = await stage.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    statistics = await stage.zoom.statistics()
    assert statistics["revokes"] == 1
    assert statistics["grants"] == {"aisha@example.org": 0}


async def test_revoking_ends_whatever_the_person_granted(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    former = await stage.connect(aisha)
    await stage.connect(aisha)
    assert (await stage.zoom.statistics())["grants"] == {"aisha@example.org": 2}
    revoked = await stage.revoke(former["access_token"])
    assert revoked.json() == {"status": "success"}
    assert (await stage.zoom.statistics())["grants"] == {"aisha@example.org": 0}


async def test_only_a_token_that_can_be_used_revokes(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    tokens = await stage.connect(aisha)
    stage.clock.move(seconds=3600)
    for token in (tokens["access_token"], tokens["refresh_token"], "another"):
        refused = await stage.revoke(token)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    statistics = await stage.zoom.statistics()
    assert (statistics.get("revokes", 0), statistics["refused_revokes"]) == (0, 3)
    assert statistics["grants"] == {"aisha@example.org": 1}


async def test_a_grant_that_ended_at_zoom_is_dead_for_both_tokens(stage: Stage) -> None:
    aisha = await stage.zoom.user("aisha@example.org", name="Aisha Q")
    tokens = await stage.connect(aisha)
    await aisha.grant_ends()
    refreshed = await stage.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json() == {"reason": "Invalid Token!", "error": "invalid_grant"}
    called = await stage.http.get(
        f"{stage.sandbox.api_url}/users/me",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert (called.status_code, called.json()["code"]) == (401, 124)
