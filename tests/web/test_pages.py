"""The pages that anybody may read."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from school.model import Retention, StudentNames
from services.office import Office
from storage.inbox import Inbox
from storage.schema import metadata
from tests.web.site import PROFILE, Seen, Site, running_site
from web.privacy import WITHOUT_PEOPLE, kept


async def test_the_privacy_page_speaks_for_the_school(site: Site) -> None:
    answer = await site.get("/privacy")
    page = Seen(answer.text)
    assert answer.status == 200
    assert PROFILE.name in page.text
    assert "Last updated: November 23, 2026" in page.text
    links = {link["href"] for link in page.of("a")}
    assert links >= {"mailto:privacy@example.org", "https://example.org"}


@pytest.mark.parametrize(
    "promise",
    [
        "We do not sell your data, share it with advertisers, or use it for marketing.",
        "unless the law or a legal process requires it",
        "Its access keys are deleted at once",
        "not directed to children under 13",
        "Zoom user ID, e-mail address, display name",
        "the name you typed in Zoom, and when you joined and left",
        "for attendance and for pay",
        "for accounting and audit",
        "The whole database is encrypted.",
        "/disconnect",
        "/deletemydata",
    ],
)
async def test_the_privacy_page_keeps_what_the_school_has_promised(
    site: Site, promise: str
) -> None:
    assert promise in Seen((await site.get("/privacy")).text).text


def test_every_table_is_explained_on_the_privacy_page_once() -> None:
    explained = [table for entry in kept(PROFILE) for table in entry.tables]
    assert sorted([*explained, *WITHOUT_PEOPLE]) == sorted(metadata.tables)


async def test_the_privacy_page_tells_the_lengths_that_are_kept_to(site: Site) -> None:
    text = Seen((await site.get("/privacy")).text).text
    assert "30 days; reports about a meeting we do not know yet: 1 hour" in text
    assert "Works for 5 minutes" in text
    assert "Until the class begins or is cancelled; 2 days after it at the latest" in text


async def test_the_privacy_page_tells_what_this_school_has_chosen(
    office: Office, inbox: Inbox
) -> None:
    retention = Retention(timedelta(days=14), 12, 24, 18)
    profile = replace(office.profile, retention=retention, student_names=StudentNames.INITIALS)
    async with running_site(replace(office, profile=profile), inbox) as site:
        text = Seen((await site.get("/privacy")).text).text
    assert "14 days; reports about a meeting we do not know yet: 1 hour" in text
    assert "Dates and lengths: 2 years, for accounting and audit." in text
    assert "1 year. Names go sooner where" in text
    assert "18 months, for audit" in text
    assert "the initials of the name you typed in Zoom" in text
    assert "names in full, an e-mail address or a phone number" in text
    assert "5 years" not in text


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("privacy@example.org", 'href="mailto:privacy@example.org"'),
        ("https://example.org/ask?a=1&b=2", 'href="https://example.org/ask?a=1&amp;b=2"'),
        ("@our_office", "<bdi>@our_office</bdi>"),
        ("javascript:alert(1)", "<bdi>javascript:alert(1)</bdi>"),
        ('"><script>', "<bdi>&#34;&gt;&lt;script&gt;</bdi>"),
    ],
)
async def test_a_contact_can_be_pressed_where_it_is_an_address(
    office: Office, inbox: Inbox, contact: str, link: str
) -> None:
    profile = replace(office.profile, privacy_contact=contact)
    async with running_site(replace(office, profile=profile), inbox) as site:
        page = (await site.get("/privacy")).text
    assert link in page
    Seen(page)


async def test_a_page_is_in_the_readers_direction(site: Site) -> None:
    english = Seen((await site.get("/privacy", Accept_Language="en")).text)
    arabic = Seen((await site.get("/privacy", Accept_Language="ar-EG, en;q=0.2")).text)
    assert english.of("html") == [{"lang": "en", "dir": "ltr"}]
    assert arabic.of("html") == [{"lang": "ar", "dir": "rtl"}]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ar", ("يعمل لمدة 5 دقائق", "30 يومًا", "5 سنوات")),
        ("am", ("ለ5 ደቂቃዎች ይሠራል", "30 ቀናት", "5 ዓመት")),
    ],
)
async def test_the_privacy_page_is_in_the_readers_language(
    site: Site, language: str, said: tuple[str, ...]
) -> None:
    english = Seen((await site.get("/privacy", Accept_Language="en")).text).text
    page = Seen((await site.get("/privacy", Accept_Language=language)).text).text
    assert all(one in page for one in said)
    assert "{" not in page
    ours = {line for line in english.splitlines() if len(line.split()) > 2}
    assert not ours & set(page.splitlines())


async def test_caches_know_that_a_page_depends_on_the_language(site: Site) -> None:
    assert (await site.get("/privacy")).headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/privacy", "/nothing", "/zoom/connect/unknown"])
async def test_a_page_takes_nothing_from_elsewhere_and_runs_nothing(site: Site, path: str) -> None:
    page = Seen((await site.get(path)).text)
    assert page.of("script") == page.of("img") == page.of("style") == []
    assert all((link["href"] or "").startswith("/style.css?") for link in page.of("link"))
    assert not any("style" in attributes for _, attributes in page.tags)


async def test_the_style_is_kept_by_browsers_until_it_changes(site: Site) -> None:
    [link] = Seen((await site.get("/privacy")).text).of("link")
    answer = await site.get(link["href"] or "")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]


async def test_the_style_fits_right_to_left_and_fetches_nothing(site: Site) -> None:
    style = (await site.get("/style.css")).text
    assert not re.search(r"(margin|padding|border)-(left|right)|text-align: (left|right)", style)
    assert "url(" not in style
    assert "@import" not in style


async def test_an_address_that_leads_nowhere_is_said_kindly(site: Site) -> None:
    answer = await site.get("/nothing")
    assert answer.status == 404
    assert "There is nothing here." in Seen(answer.text).text
