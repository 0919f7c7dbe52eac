"""Calendar files by their addresses: a class to be opened, a chat's or a teacher's to follow."""

import asyncio
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from aiohttp import ETag, hdrs, web

from services.calendar_links import CalendarKind
from services.calendars import CalendarFile, calendar_file
from services.office import Office
from web.calendar_files import rendered
from web.wording import Wordings

_FEEDS_KEPT = "private, max-age=300"
_DISPOSITIONS = {
    CalendarKind.LESSON: 'attachment; filename="class.ics"',
    CalendarKind.CHAT: 'inline; filename="classes.ics"',
    CalendarKind.TEACHER: 'inline; filename="teaching.ics"',
}


class Calendars:
    """Everything under /calendar: whoever has an address may read what it leads to."""

    def __init__(self, office: Office, wordings: Wordings) -> None:
        self._office = office
        self._wordings = wordings
        self._turn = asyncio.Lock()
        """Held while a feed is rendered: several at once would be no faster, only in the way."""

    async def show(self, request: web.Request) -> web.Response:
        """GET /calendar/{token}.ics: as it is now; 304 where the reader has the same already."""
        file = await calendar_file(self._office, request.match_info["token"])
        if file is None:
            raise web.HTTPNotFound
        now = self._office.clock()
        body = await self._rendered(file, now)
        answer = web.Response(
            body=body,
            content_type="text/calendar",
            charset="utf-8",
            headers={hdrs.CONTENT_DISPOSITION: _DISPOSITIONS[file.kind]},
        )
        if not file.is_feed:
            return answer
        tag = _tag(body, now)
        if _is_known(request, tag):
            answer = web.Response(status=HTTPStatus.NOT_MODIFIED)
        answer.etag = tag
        answer.headers[hdrs.CACHE_CONTROL] = _FEEDS_KEPT
        return answer

    async def _rendered(self, file: CalendarFile, now: datetime) -> bytes:
        """One class takes 3 ms, 500 of them 300 ms: too long for everybody else to wait."""
        wording = self._wordings.in_language(file.language)
        school_name = self._office.profile.name
        if not file.is_feed:
            return rendered(file, wording, school_name, now)
        async with self._turn:
            return await asyncio.to_thread(rendered, file, wording, school_name, now)


def _tag(body: bytes, now: datetime) -> ETag:
    """The same as long as nothing but the moment of asking differs: therefore weak."""
    stamp = now.strftime("DTSTAMP:%Y%m%dT%H%M%SZ").encode()
    return ETag(sha256(body.replace(stamp, b"")).hexdigest()[:32], is_weak=True)


def _is_known(request: web.Request, tag: ETag) -> bool:
    known = request.if_none_match or ()
    return any(one.value in {tag.value, "*"} for one in known)
