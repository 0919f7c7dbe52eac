"""A class that is held, as Zoom reports it, and what became of it here."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from school.model import LessonState, PostKind
from services.office import Office
from storage.attendance import Outcome, PresenceRow, outcome_of, presences_of
from storage.courses import find_lesson
from storage.schema import post, zoom_event
from tests.clocks import SettableClock
from tests.lessons import MadeClass, made_class
from tests.zoom_reports import Held

MINUTE = timedelta(minutes=1)
GROUP = -1001
NOTHING_YET = Outcome(None, None, None, None, None, None, 0, 0, None)


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    """A class planned for one hour from now, which is then."""
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + 60 * MINUTE)
    clock.forward(60 * MINUTE)
    return made


@pytest.fixture
def held(made: MadeClass) -> Held:
    return Held(made.meeting_id, made.planned.starts_at)


async def outcome(office: Office, lesson_id: int) -> tuple[LessonState, Outcome]:
    async with office.database.reading() as tx:
        found = await find_lesson(tx, lesson_id)
        assert found is not None
        return found.state, await outcome_of(tx, lesson_id)


async def present(office: Office, lesson_id: int) -> list[PresenceRow]:
    async with office.database.reading() as tx:
        return list(await presences_of(tx, lesson_id))


async def states_of_events(office: Office) -> list[str]:
    async with office.database.reading() as tx:
        return list((await tx.connection.execute(select(zoom_event.c.state))).scalars())


async def posts_wanted(office: Office, lesson_id: int, kind: PostKind) -> list[tuple[int, int]]:
    """The chats that are to show it, each with the wanted version."""
    async with office.database.reading() as tx:
        rows = await tx.connection.execute(
            select(post.c.chat_id, post.c.wanted_version).where(
                post.c.lesson_id == lesson_id, post.c.kind == kind
            )
        )
        return [(chat_id, version) for chat_id, version in rows]


def whole_class(held: Held) -> list[bytes]:
    """Forty minutes; Ahmed is there for thirty of them, Bilal for twenty in two stays."""
    return [
        held.started(),
        *held.host(0, 40),
        *held.stay("Ahmed", 5, 35),
        *held.stay("Bilal", 10, 20, user_id="1"),
        *held.stay("Bilal", 25, 35, user_id="2"),
        held.ended(40),
    ]
