"""Updates that Telegram delivers."""

import pytest

from services.office import Office
from storage.inbox import Inbox
from tests.web.site import TELEGRAM_SECRET, Site, running_site
from web.telegram_webhook import TelegramWebhook

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = b'{"update_id": 7}'


async def delivered(site: Site, body: bytes, *secrets: str) -> int:
    headers = [(HEADER, secret) for secret in secrets]
    return (await site.ask("POST", PATH, body=body, headers=headers)).status


async def test_an_update_is_handled_and_then_confirmed(site: Site) -> None:
    assert await delivered(site, UPDATE, TELEGRAM_SECRET) == 200
    assert site.surroundings.updates == [{"update_id": 7}]


@pytest.mark.parametrize(
    "secrets",
    [(), ("",), ("wrong",), (TELEGRAM_SECRET + "x",), ("é",), (TELEGRAM_SECRET, TELEGRAM_SECRET)],
)
async def test_whoever_does_not_know_the_secret_is_refused(
    site: Site, secrets: tuple[str, ...]
) -> None:
    assert await delivered(site, UPDATE, *secrets) == 401
    assert site.surroundings.updates == []


async def test_an_update_that_could_not_be_handled_is_not_confirmed(site: Site) -> None:
    site.surroundings.failure = RuntimeError("no")
    assert await delivered(site, UPDATE, TELEGRAM_SECRET) == 500


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_update_is_refused(site: Site, body: bytes) -> None:
    assert await delivered(site, body, TELEGRAM_SECRET) == 400
    assert site.surroundings.updates == []


async def test_without_webhook_mode_there_is_no_such_path(office: Office, inbox: Inbox) -> None:
    async with running_site(office, inbox, with_telegram=False) as site:
        assert await delivered(site, UPDATE, TELEGRAM_SECRET) == 404


async def test_an_empty_secret_is_never_accepted(site: Site) -> None:
    with pytest.raises(ValueError, match="without a secret"):
        TelegramWebhook(site.surroundings.handle_update, "")
