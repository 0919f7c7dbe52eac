"""The guide, and what the school says about privacy, terms and support."""

from hashlib import sha256

import pytest

from storage.schema import metadata
from tests.msgids import every_msgid
from tests.oracles import oracle
from tests.web.site import PROFILE, Seen, Site
from web.documents import DOCUMENTS, GUIDE, PRIVACY, SUPPORT, TERMS, Document
from web.privacy import WITHOUT_PEOPLE, kept

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.path[1:])

POLICY = {
    4: "This page says what Darulkubra stores",
    7: "Teachers: your Zoom user ID",
    8: "your Zoom user ID",
    9: "e-mail address",
    10: "display name",
    11: "and the access keys that Zoom gives us",
    13: "Classes: meeting number",
    14: "meeting number",
    15: "topic",
    16: "planned and real start and end",
    17: "Dates and lengths",
    18: "when you joined and left",
    19: "whether it is on or over",
    21: "How we use it",
    22: "to create and manage Zoom meetings on the teacher's behalf",
    23: "to measure how long classes last, for attendance and for pay",
    24: "to send class invitations to students",
    25: "to show whether a class is on or over",
    26: "to give teachers and administrators their reports",
    28: "The whole database is encrypted.",
    29: "Zoom's access keys are renewed automatically",
    30: "we keep to what is good practice in protecting data",
    31: "Only people whom the school has authorised have access",
    33: "We do not sell your data",
    34: "sell your data",
    35: "share it with advertisers",
    36: "or use it for marketing",
    37: "and with nobody else",
    38: "We share it with Zoom, as far as connecting to Zoom requires",
    39: "unless the law or a legal process requires it",
    41: "What you can do",
    42: "/disconnect Disconnects your Zoom account.",
    43: "/deletemydata Shows what would be deleted",
    44: "/mydata Shows what is stored about you",
    45: "/profile Shows and corrects how we know you",
    47: "What we ask Zoom for",
    48: "the program creates, changes and deletes classes in that teacher's account",
    49: "reads the details and participants of these classes",
    50: "how long they lasted",
    51: "is told by Zoom when a class starts, when somebody joins or leaves, and when it ends",
    53: "for accounting",
    54: "Until you disconnect Zoom",
    55: "Its access keys are deleted at once.",
    56: "audit",
    58: "not directed to children under 13, and we do not knowingly collect anything about them",
    60: "the new one is shown on this page with a new date",
    62: "Questions about privacy: privacy@example.org",
    63: "privacy@example.org",
    64: "Website: https://example.org",
    66: "By using the bot with your Zoom account you agree to this policy.",
}
"""What our page says for each line of the policy that the school has published."""

WORDED = {
    "/guide": "5f993ad8449d 2026-11-26",
    "/privacy": "06fa41475a9c 2026-11-26",
    "/terms": "4b02db94dce2 2026-11-26",
    "/support": "0a659b2d9e2d 2026-11-26",
}
"""The words of each page, at the day that it bears."""


async def read(site: Site, document: Document, language: str = "en") -> Seen:
    return Seen((await site.get(f"{document.path}?lang={language}")).text)


@each_document
async def test_it_speaks_for_the_school_and_is_dated(site: Site, document: Document) -> None:
    answer = await site.get(document.path)
    assert answer.status == 200
    page = Seen(answer.text)
    assert page.of("h1") == [{}]
    assert PROFILE.name in page.text
    day = document.worded_on
    assert f"Last updated: {day:%B} {day.day}, {day.year}" in page.text


@each_document
def test_new_words_have_a_new_day(document: Document) -> None:
    """Set the day in web/documents.py to today's, and the words here to what this computes."""
    sources = {f"web/templates/{document.template}"}
    sources |= {"web/privacy.py"} if document is PRIVACY else set()
    said = sorted(str(msgid) for msgid, found in every_msgid().items() if found.files & sources)
    words = sha256("\n".join(said).encode()).hexdigest()[:12]
    assert WORDED[document.path] == f"{words} {document.worded_on}"


@each_document
async def test_each_leads_to_all_others_and_to_help(site: Site, document: Document) -> None:
    links = {link["href"] for link in (await read(site, document)).of("a")}
    assert links >= {f"{each.path}?lang=en" for each in DOCUMENTS}
    assert "mailto:support@example.org" in links


@each_document
async def test_no_link_leads_nowhere(site: Site, document: Document) -> None:
    page = await read(site, document)
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    for link in page.of("a"):
        target = link["href"] or ""
        if target.startswith("#"):
            assert target[1:] in ids
        elif target.startswith(("/", "?")):
            path = target if target.startswith("/") else document.path + target
            assert (await site.get(path)).status == 200


# The reader's language


@each_document
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("am", "ltr")])
async def test_it_is_in_the_language_that_the_reader_asked_for(
    site: Site, document: Document, language: str, direction: str
) -> None:
    by_address = (await site.get(f"{document.path}?lang={language}", Accept_Language="en")).text
    by_browser = (await site.get(document.path, Accept_Language=language)).text
    for page in (Seen(by_address), Seen(by_browser)):
        assert page.of("html") == [{"lang": language, "dir": direction}]


async def test_a_language_that_we_do_not_have_is_the_browsers_instead(site: Site) -> None:
    answer = await site.get("/terms?lang=xx", Accept_Language="ar-EG, en;q=0.2")
    assert Seen(answer.text).of("html") == [{"lang": "ar", "dir": "rtl"}]


@each_document
async def test_the_other_languages_are_offered_by_their_own_names(
    site: Site, document: Document
) -> None:
    page = await read(site, document, "ar")
    offered = [link for link in page.of("a") if "lang" in link]
    assert [link["href"] for link in offered] == ["?lang=am", "?lang=ar", "?lang=en"]
    assert [link["lang"] for link in offered if "aria-current" in link] == ["ar"]
    assert {"አማርኛ", "العربية", "English"} <= {word.strip() for word in page.words}


async def test_a_chosen_language_goes_along_and_a_browsers_own_need_not(site: Site) -> None:
    chosen = (await read(site, SUPPORT, "ar")).of("a")
    assert "/privacy?lang=ar" in [link["href"] for link in chosen]
    by_browser = Seen((await site.get("/support", Accept_Language="ar")).text).of("a")
    assert "/privacy" in [link["href"] for link in by_browser]


async def test_a_language_can_be_chosen_without_a_cookie(site: Site) -> None:
    answer = await site.get("/guide?lang=ar")
    assert not answer.cookies
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["ar", "am"])
@each_document
async def test_nothing_of_it_stays_english(site: Site, document: Document, language: str) -> None:
    english, page = await read(site, document), await read(site, document, language)
    ours = {words.strip() for words in english.words if len(words.split()) > 2}
    assert not ours & {words.strip() for words in page.words} - {
        "/newclass Tajweed tomorrow 18:00 45m"
    }
    assert "{" not in page.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ar", ("يعمل لمدة 5 دقائق", "30 يومًا")),
        ("am", ("ለ5 ደቂቃዎች ይሠራል", "30 ቀናት")),
    ],
)
async def test_lengths_are_written_as_the_language_writes_them(
    site: Site, language: str, said: tuple[str, ...]
) -> None:
    page = await read(site, PRIVACY, language)
    assert all(one in page.text for one in said)


# What is said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (GUIDE, "An administrator of the school sends you an invitation"),
        (GUIDE, "Send /connect to the bot"),
        (GUIDE, "works for 5 minutes"),
        (GUIDE, "Sign in at Zoom."),
        (GUIDE, "/newclass Tajweed tomorrow 18:00 45m"),
        (GUIDE, "What students see"),
        (GUIDE, "Send /disconnect to the bot."),
        (GUIDE, "Choose Manage, and there Added Apps. Find Darulkubra's app and press Remove."),
        (GUIDE, "What happens to your data then"),
        (GUIDE, "the access keys that Zoom gave us are deleted at once"),
        (TERMS, "Teachers whom the school has invited"),
        (TERMS, "not directed to children under 13"),
        (TERMS, "Zoom's terms, Telegram's terms"),
        (TERMS, "What we do not answer for"),
        (TERMS, "the new ones are shown on this page with a new date"),
        (TERMS, "The law of the country in which Darulkubra has its seat applies."),
        (SUPPORT, "E-mail support@example.org"),
        (SUPPORT, "Website https://example.org"),
        (SUPPORT, "Questions about your data privacy@example.org"),
        (SUPPORT, "mostly answer within three of them"),
        (SUPPORT, "You found a security problem"),
        (PRIVACY, "Did you join a class without ever writing to the bot?"),
        (PRIVACY, "told again until it has taken it in"),
        (PRIVACY, "shown to their own teachers and to the school's administrators only"),
        (PRIVACY, "30 days; reports about a meeting we do not know yet: 1 hour"),
        (PRIVACY, "Works for 5 minutes"),
        (PRIVACY, "Until the class begins or is cancelled; 2 days after it at the latest"),
    ],
)
async def test_it_says_what_people_and_zoom_want_to_know(
    site: Site, document: Document, said: str
) -> None:
    assert said in (await read(site, document)).text


@pytest.mark.parametrize("said", POLICY.values(), ids=list(POLICY))
async def test_the_privacy_page_keeps_what_the_school_has_published(site: Site, said: str) -> None:
    assert said in (await read(site, PRIVACY)).text


async def test_nothing_that_was_published_is_left_out_or_copied(site: Site) -> None:
    published = oracle("policy/privacy-policy.txt").read_text("utf-8").splitlines()
    headings = {1, 2, 3, 5, 6, 12, 20, 27, 32, 40, 46, 52, 57, 59, 61, 65}
    assert sorted(headings | set(POLICY)) == list(range(1, len(published) + 1))
    page = (await read(site, PRIVACY)).text.lower()
    sentences = [part.strip(" .-") for line in published for part in line.split(". ")]
    copied = [one for one in sentences if len(one.split()) > 5 and one.lower() in page]
    assert copied == []


def test_every_table_is_explained_on_the_privacy_page_once() -> None:
    explained = [table for entry in kept(PROFILE) for table in entry.tables]
    assert sorted([*explained, *WITHOUT_PEOPLE]) == sorted(metadata.tables)


@each_document
async def test_a_reader_is_not_told_apart_from_others(site: Site, document: Document) -> None:
    answer = await site.get(document.path)
    assert not {"Set-Cookie", "ETag", "Last-Modified"} & set(answer.headers)
