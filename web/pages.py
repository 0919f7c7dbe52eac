"""The pages that people read: one template each, in the reader's language."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from school.errors import SchoolError
from school.model import SchoolProfile
from school.names import clean_name
from school.text import Text
from services.connecting import STEP_LIFETIME, AttemptPage, Finish
from web.documents import DOCUMENTS, Document
from web.privacy import kept
from web.security import CONTENT_POLICY, page_policy
from web.wording import Translations, Wording, Wordings

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = _TEMPLATES / "style.css"

# Title and sentence of what can go wrong before a use case is asked.
_NOT_FOUND = (
    Text("There is nothing here."),
    Text("Check the address, or go back to Telegram and open the link again."),
)
_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: (
        Text("This address cannot be read."),
        Text("Go back to Telegram and open the link again."),
    ),
    HTTPStatus.FORBIDDEN: (
        Text("This has to be pressed on our own page."),
        Text("Go back to Telegram and open the link again."),
    ),
    HTTPStatus.NOT_FOUND: _NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: (
        Text("This page cannot be used that way."),
        Text("Go back to Telegram and open the link again."),
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        Text("That took too long."),
        Text("Check your connection and try again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        Text("That is too large."),
        Text("Go back to Telegram and open the link again."),
    ),
}


class Pages:
    """Renders every page; knows the school and its readers' languages."""

    def __init__(self, profile: SchoolProfile, translations: Translations) -> None:
        self._profile = profile
        self._wordings = Wordings(translations, profile.language)
        self._style = _STYLE.read_bytes()
        self._kept: dict[tuple[str | None, str, bool], str] = {}
        """Pages by what they are, their language, and whether links name that; some dozens."""
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["school"] = profile
        self._templates.globals["style"] = f"/style.css?{sha256(self._style).hexdigest()[:8]}"
        self._templates.globals["documents"] = DOCUMENTS
        self._templates.globals["isolated"] = _isolated
        self._templates.globals["command"] = _command
        self._templates.globals["button"] = _button
        self._templates.globals["linked"] = _linked
        self._templates.filters["cleaned"] = clean_name

    def connect(
        self, request: web.Request, attempt: AttemptPage, authorize_url: str
    ) -> web.Response:
        """Whose Telegram account is about to be connected, and the button that goes on to Zoom."""
        page = self._page(request, "connect.html", attempt=attempt)
        page.headers[CONTENT_POLICY] = page_policy(form_leads_to=authorize_url)
        # Without a referrer, browsers send the form with `Origin: null`, which proves nothing.
        page.headers[hdrs.REFERRER_POLICY] = "same-origin"
        return page

    def finish(self, request: web.Request, finish: Finish) -> web.Response:
        """The way back to Telegram: a link, or a code to type."""
        code = f"{finish.typed_code[:3]} {finish.typed_code[3:]}"
        return self._page(request, "finish.html", finish=finish, code=code, lifetime=STEP_LIFETIME)

    def showing(self, document: Document) -> Handler:
        """Answers GET of a document's path."""
        said_of_data = kept(self._profile)

        async def show(request: web.Request) -> web.StreamResponse:
            page = self._page(
                request,
                document.template,
                kept_as=document.path,
                document=document,
                kept=said_of_data,
                lifetime=STEP_LIFETIME,
            )
            page.headers[hdrs.CACHE_CONTROL] = "no-cache"
            return page

        return show

    async def style(self, _request: web.Request) -> web.Response:
        """The look of all pages; its address changes with it."""
        return web.Response(
            body=self._style,
            content_type="text/css",
            charset="utf-8",
            headers={hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"},
        )

    def of_error(self, request: web.Request, error: SchoolError, status: int) -> web.Response:
        """What a use case has to say to the person."""
        return self._problem(request, status, Text("This did not work."), error.text)

    def of_status(self, request: web.Request, status: int) -> web.Response:
        """What was wrong with the request itself."""
        title, sentence = _PROBLEMS.get(HTTPStatus(status), _NOT_FOUND)
        return self._problem(request, status, title, sentence)

    def of_failure(self, request: web.Request, reference: str) -> web.Response:
        """Our own mistake; `reference` is in the log."""
        sentence = Text(
            "If it happens again, tell your admin: <strong>{reference}</strong>.",
            {"reference": reference},
        )
        title = Text("Something went wrong on our side.")
        return self._problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, title, sentence)

    def _problem(
        self, request: web.Request, status: int, title: Text, sentence: Text
    ) -> web.Response:
        is_constant = not (sentence.values or sentence.plural)
        page = self._page(
            request,
            "problem.html",
            kept_as=f"{title.msgid}\n{sentence.msgid}" if is_constant else None,
            title=title,
            explanation=sentence,
        )
        page.set_status(status)
        return page

    def _page(
        self, request: web.Request, template: str, *, kept_as: str | None = None, **values: object
    ) -> web.Response:
        """What has a `kept_as` is the same for all readers of a language, and rendered once.

        Anybody may ask for such a page as often as they like, and rendering holds everybody up.
        """
        asked = self._wordings.asked_for(request)
        wording = asked or self._wordings.for_reader(request)
        key = (kept_as, wording.language, asked is not None)
        html = self._kept.get(key)
        if html is None:
            html = self._rendered(template, wording, asked, values)
            if kept_as is not None:
                self._kept[key] = html
        return web.Response(
            text=html,
            content_type="text/html",
            headers={hdrs.VARY: hdrs.ACCEPT_LANGUAGE, CONTENT_POLICY: page_policy()},
        )

    def _rendered(
        self, template: str, wording: Wording, asked: Wording | None, values: Mapping[str, object]
    ) -> str:
        return self._templates.get_template(template).render(
            values,
            _=wording.say,
            sentence=wording.sentence,
            wording=wording,
            languages=self._wordings.all,
            page_at=_page_at(asked),
        )


def _page_at(asked: Wording | None) -> Callable[[str, str], Markup]:
    """Makes links to our own pages; a language that was asked for by the address goes along."""
    suffix = f"?lang={asked.language}" if asked else ""

    def link(path: str, words: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(path + suffix, words)

    return link


def _isolated(name: str) -> Markup:
    """A name whose writing direction does not turn the sentence around it."""
    return Markup("<bdi>{}</bdi>").format(name)


def _command(name: str) -> Markup:
    """What people type to the bot."""
    return Markup("<code>{}</code>").format(name)


def _button(label: str) -> Markup:
    """What is written on a button, in the words of that button."""
    return Markup("<strong>{}</strong>").format(label)


def _linked(contact: str, words: str = "") -> Markup:
    """An e-mail or web address to press, as `words` if there are any; anything else as it is."""
    if contact.startswith(("https://", "http://")):
        address = contact
    elif "@" in contact and " " not in contact and not contact.startswith("@"):
        address = f"mailto:{contact}"
    else:
        return _isolated(contact)
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(address, words or contact)
