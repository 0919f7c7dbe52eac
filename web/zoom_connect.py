"""The pages on which a teacher goes to Zoom and comes back.

Opening a page changes nothing: link previews open pages too. Only the button begins.
"""

from http import HTTPStatus

from aiohttp import hdrs, web

from school.errors import SchoolError
from services.connecting import attempt_page, consent, returned
from services.office import Office
from web.pages import Pages
from web.security import body_of, origin_of, status_of


class ZoomConnect:
    """The way to Zoom and back, for one browser: a cookie ties its two ends together."""

    def __init__(self, office: Office, pages: Pages) -> None:
        self._office = office
        self._pages = pages
        self._authorize_url = office.oauth.authorize_url(state="", challenge="")
        self._origin = origin_of(office.profile.public_url)
        self._is_https = self._origin.startswith("https:")
        # The prefix makes browsers refuse a cookie that another host of the domain has set.
        self._cookie = "__Host-connect" if self._is_https else "connect"

    async def show(self, request: web.Request) -> web.Response:
        """GET /zoom/connect/{token}: whom this would connect."""
        attempt = await attempt_page(self._office, request.match_info["token"])
        return self._pages.connect(request, attempt, self._authorize_url)

    async def begin(self, request: web.Request) -> web.Response:
        """POST /zoom/connect/{token}: on to Zoom."""
        self._refuse_other_sites(request)
        await body_of(request)  # nothing is asked in it
        going = await consent(self._office, request.match_info["token"])
        answer = web.Response(
            status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: going.authorize_url}
        )
        answer.set_cookie(
            self._cookie,
            going.cookie_value,
            max_age=int(going.lifetime.total_seconds()),
            path="/",
            secure=self._is_https,
            httponly=True,
            samesite="Lax",  # Zoom sends the browser back from its own site
        )
        return answer

    async def back(self, request: web.Request) -> web.Response:
        """GET /zoom/callback: Zoom has sent the browser back."""
        query = _each_once(request)
        try:
            finish = await returned(
                self._office,
                state=query.get("state", ""),
                code=query.get("code"),
                cookie=request.cookies.get(self._cookie),
                declined="error" in query,
            )
            page = self._pages.finish(request, finish)
        except SchoolError as error:
            page = self._pages.of_error(request, error, status_of(error))
        page.del_cookie(
            self._cookie, path="/", secure=self._is_https, httponly=True, samesite="Lax"
        )
        return page

    def _refuse_other_sites(self, request: web.Request) -> None:
        """Only the button of our own page begins; browsers say where a form was sent from."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get(hdrs.ORIGIN, self._origin)
        if site != "same-origin" or origin != self._origin:
            raise web.HTTPForbidden


def _each_once(request: web.Request) -> dict[str, str]:
    """The query's parameters; one given twice could be read differently by different readers."""
    query = request.query
    if len(set(query)) != len(query):
        raise web.HTTPBadRequest
    return dict(query)
