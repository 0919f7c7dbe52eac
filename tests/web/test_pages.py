"""What all pages have in common: where they take things from, and what they say of errors."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import Template

from school.model import Retention, StudentNames
from services.office import Office
from storage.inbox import Inbox
from tests.web.site import Seen, Site, running_site
from web.documents import DOCUMENTS


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
    assert "Their attendance is stored under the initials of their names." in text
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


async def test_caches_know_that_a_page_depends_on_the_language(site: Site) -> None:
    assert (await site.get("/privacy")).headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    "path", [*(each.path for each in DOCUMENTS), "/nothing", "/zoom/connect/unknown"]
)
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


def rendered_now(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are rendered from here on."""
    rendered: list[str] = []
    render = Template.render

    def noted(template: Template, *values: object, **named: object) -> str:
        rendered.append(str(template.name))
        return render(template, *values, **named)

    monkeypatch.setattr(Template, "render", noted)
    return rendered


@pytest.mark.parametrize(
    "path",
    [*(each.path for each in DOCUMENTS), "/nothing", "/zoom/connect/x", "/zoom/callback?state=x"],
)
async def test_what_anybody_may_ask_for_is_rendered_once_for_each_language(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same each time, headers too; and in each language and way to ask, its own."""
    mark = "&" if "?" in path else "?"
    asked = [(f"{path}{mark}lang={code}", "en") for code in ("en", "ar", "am")]
    asked += [(path, code) for code in ("en", "ar", "am")]
    first = [await site.get(one, Accept_Language=code) for one, code in asked]
    rendered = rendered_now(monkeypatch)
    again = [await site.get(one, Accept_Language=code) for one, code in asked]
    assert rendered == []
    for one, other in zip(first, again, strict=True):
        assert (one.status, one.body, one.cookies) == (other.status, other.body, other.cookies)
        assert {**one.headers, "Date": ""} == {**other.headers, "Date": ""}
    languages = [Seen(one.text).of("html")[0]["lang"] for one in again]
    assert languages == 2 * ["en", "ar", "am"]
    links = [{link["href"] for link in Seen(one.text).of("a")} for one in again]
    assert ["/privacy?lang=ar" in one for one in links] == [code == 1 for code in range(6)]
    assert ["/privacy" in one for one in links] == 3 * [False] + 3 * [True]


async def test_what_is_kept_of_a_page_is_of_this_schools_settings(
    office: Office, inbox: Inbox
) -> None:
    for name in ("Darulkubra", "Another School"):
        profile = replace(office.profile, name=name)
        async with running_site(replace(office, profile=profile), inbox) as site:
            for _ in range(2):
                assert name in (await site.get("/terms")).text
