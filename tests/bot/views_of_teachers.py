"""Every message about who teaches, and about removing somebody; as long as can be."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from bot.speech import Say
from bot.views.message import View
from bot.views.teachers import really_remove, removed, teacher_list, teacher_page
from services.removing import Removed
from services.teachers import TeacherPage, ZoomStanding
from tests.bot.views_of_disconnecting import COUNTS
from tests.bot.views_of_people import NOW, TEACHER, ZONE


def page_with(count: int, zoom: ZoomStanding = ZoomStanding.CONNECTED) -> TeacherPage:
    return TeacherPage(
        teacher=TEACHER,
        since=NOW,
        zoom=zoom,
        groups=count,
        students=count,
        upcoming=count,
        given_for_others=count,
        live=count,
        is_admin=count > 1,
    )


def views_of_teachers(say: Say) -> Iterator[View]:
    for count in (0, 1, 20, 21, 100):
        for turned_to in (0, 1, 99):
            yield teacher_list(say, [TEACHER] * count, turned_to)
    for count, zoom in product(COUNTS, ZoomStanding):
        found = page_with(count, zoom)
        yield teacher_page(say, found, ZONE)
        yield teacher_page(say, replace(found, since=None), ZONE)
        yield really_remove(say, found)
        for told in (None, True, False):
            yield removed(say, Removed(found, told, count))
