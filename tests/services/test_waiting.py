"""Students who wait for their teacher, from Zoom's events to the teacher's message."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from school.model import LessonState, PostKind
from services.contents_for_students import ClassCard
from services.contents_for_teachers import WaitingNotice
from services.events import apply_waiting
from services.office import Office
from services.retention import WAITING_KEPT, clear_old
from storage import attendance, planning
from storage.courses import find_lesson
from storage.schema import meeting_instance, presence, zoom_event
from tests.clocks import SettableClock
from tests.lessons import MadeClass, add_lesson, announce, made_class
from tests.services.people_of_the_school import AISHA
from tests.services.publishing import Said, publish
from tests.zoom_reports import Held, reported

MINUTE = timedelta(minutes=1)
GROUP, OTHER = -1001, -1002


@pytest.fixture
async def made(office: Office, clock: SettableClock) -> MadeClass:
    """A class that is to begin now, and is announced in two groups."""
    groups = {GROUP: "Beginners A", OTHER: "Sisters"}
    made = await made_class(office, groups, starts_at=clock())
    await announce(office, made, *groups)
    await publish(office)
    return made


@pytest.fixture
def held(made: MadeClass) -> Held:
    return Held(made.meeting_id, made.planned.starts_at)


async def heard(office: Office, *bodies: bytes) -> None:
    await reported(office, *bodies)
    while await apply_waiting(office):
        pass


async def waiting(office: Office, lesson_id: int) -> str | None:
    async with office.database.reading() as tx:
        return await attendance.waiting_in(tx, lesson_id)


async def to_the_teacher(office: Office) -> list[Said]:
    return [one for one in await publish(office) if one.kind is PostKind.WAITING]


def names_in(said: Said) -> tuple[str, ...] | None:
    """None where it says that nobody waits any more."""
    assert isinstance(said.contents, WaitingNotice)
    assert said.chat_id == AISHA.id
    return None if said.contents.is_over else said.contents.names


async def test_the_teacher_reads_who_waits_in_one_message(
    office: Office, made: MadeClass, held: Held
) -> None:
    await heard(office, held.knocked("Ahmed", -2))
    (first,) = await to_the_teacher(office)
    assert (first.is_new, names_in(first)) == (True, ("Ahmed",))
    await heard(office, held.knocked("Bilal", -1))
    (second,) = await to_the_teacher(office)
    assert (second.is_new, names_in(second)) == (False, ("Ahmed", "Bilal"))
    await heard(office, held.gave_up("Ahmed", 0), held.gave_up("Bilal", 0))
    (over,) = await to_the_teacher(office)
    assert (over.is_new, names_in(over)) == (False, None)
    assert await waiting(office, made.lesson_id) is None


async def test_who_waits_again_is_told_of_in_a_new_message(office: Office, held: Held) -> None:
    await heard(office, held.knocked("Ahmed", -5))
    await to_the_teacher(office)
    await heard(office, held.gave_up("Ahmed", -4))
    await to_the_teacher(office)
    await heard(office, held.knocked("Ahmed", -1))
    (again,) = await to_the_teacher(office)
    assert (again.is_new, names_in(again)) == (True, ("Ahmed",))


async def test_waiting_begins_nothing_and_is_no_attendance(
    office: Office, made: MadeClass, held: Held
) -> None:
    await heard(office, held.knocked("Ahmed", -2))
    said = await publish(office)
    assert [one.kind for one in said] == [PostKind.WAITING]
    async with office.database.reading() as tx:
        lesson = await find_lesson(tx, made.lesson_id)
        figures = await attendance.outcome_of(tx, made.lesson_id)
        for table in (presence, meeting_instance):
            assert await tx.connection.scalar(select(func.count()).select_from(table)) == 0
    assert lesson is not None
    assert lesson.state is LessonState.SCHEDULED
    assert (figures.began_at, figures.actual, figures.sureness) == (None, None, None)


async def test_when_the_class_begins_nobody_waits_and_the_figures_are_the_same(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await heard(office, held.knocked("Ahmed", -2))
    await publish(office)
    await heard(office, held.started(), held.gave_up("Ahmed", 0), held.joined("Ahmed", 0))
    over = [one for one in await publish(office) if one.kind is PostKind.WAITING]
    assert [names_in(one) for one in over] == [None]
    clock.forward(40 * MINUTE)
    await heard(office, held.left("Ahmed", 30), held.ended(40))
    async with office.database.reading() as tx:
        figures = await attendance.outcome_of(tx, made.lesson_id)
        ahmed = (await attendance.presences_of(tx, made.lesson_id))[-1]
    assert (figures.actual, figures.student_count) == (40 * MINUTE, 1)
    assert (ahmed.name, ahmed.total) == ("Ahmed", 30 * MINUTE)


async def test_who_knocks_after_zoom_ended_a_class_early_is_told_of(
    office: Office, held: Held, clock: SettableClock
) -> None:
    await heard(office, held.started(), held.joined("Ahmed", 1), held.ended(40))
    await publish(office)
    clock.forward(41 * MINUTE)
    await heard(office, held.knocked("Ahmed", 41))
    (said,) = await to_the_teacher(office)
    assert names_in(said) == ("Ahmed",)
    clock.forward(10 * MINUTE)  # its time is over
    await heard(office, held.knocked("Bilal", 50))
    (over,) = await to_the_teacher(office)
    assert names_in(over) is None


async def test_a_knock_that_comes_after_the_start_was_told_rings_nobody(
    office: Office, held: Held
) -> None:
    await heard(office, held.started())
    await heard(office, held.knocked("Ahmed", -1))
    assert await to_the_teacher(office) == []


async def test_a_knock_is_at_the_lesson_planned_nearest_whatever_instance_it_names(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    next_lesson = await add_lesson(office, made, clock() + timedelta(days=7))
    await heard(office, held.started(), held.ended(45))
    clock.forward(timedelta(days=7))
    await heard(office, held.knocked("Ahmed", 7 * 24 * 60 - 3))  # with the uuid of last time
    assert await waiting(office, made.lesson_id) is None
    assert await waiting(office, next_lesson) == '["Ahmed"]'
    await heard(office, Held(made.meeting_id, clock(), "this time").started())
    assert await waiting(office, next_lesson) is None


@pytest.mark.parametrize("minutes", [-3 * 24 * 60, -12 * 60, -61])
async def test_who_presses_join_long_before_the_class_rings_nobody(
    office: Office, made: MadeClass, clock: SettableClock, minutes: int
) -> None:
    clock.forward(minutes * MINUTE)
    early = Held(made.meeting_id, made.planned.starts_at)
    await heard(office, early.knocked("Ahmed", minutes))
    assert await to_the_teacher(office) == []
    clock.forward((-1 - minutes) * MINUTE)
    await heard(office, early.knocked("Bilal", -1))
    (said,) = await to_the_teacher(office)
    assert names_in(said) == ("Bilal",)


async def test_who_comes_within_the_hour_before_the_class_is_told_of(
    office: Office, held: Held, clock: SettableClock
) -> None:
    clock.forward(-60 * MINUTE)
    await heard(office, held.knocked("Ahmed", -60))
    (said,) = await to_the_teacher(office)
    assert names_in(said) == ("Ahmed",)


@pytest.mark.parametrize(("minutes", "is_kept"), [(-721, False), (-720, True), (766, False)])
async def test_a_knock_is_kept_for_a_lesson_of_its_day_alone(
    office: Office, made: MadeClass, held: Held, minutes: int, is_kept: bool
) -> None:
    await heard(office, held.knocked("Ahmed", minutes))
    async with office.database.reading() as tx:
        (lesson_id,) = (await tx.connection.execute(select(zoom_event.c.lesson_id))).scalars()
    assert lesson_id == (made.lesson_id if is_kept else None)


async def test_a_class_that_is_called_off_is_waited_for_by_nobody(
    office: Office, made: MadeClass, held: Held
) -> None:
    async with office.database.writing() as tx:
        await planning.cancel_lessons(tx, [made.lesson_id])
    await heard(office, held.knocked("Ahmed", 0))
    assert await to_the_teacher(office) == []
    assert await waiting(office, made.lesson_id) is None


async def test_names_of_those_who_waited_in_vain_are_not_kept(
    office: Office, made: MadeClass, held: Held, clock: SettableClock
) -> None:
    await heard(office, held.knocked("Ahmed", 0))
    await clear_old(office)
    assert await waiting(office, made.lesson_id) is not None
    clock.forward(WAITING_KEPT + MINUTE)
    await clear_old(office)
    assert await waiting(office, made.lesson_id) is None


async def test_each_groups_count_follows_at_most_every_half_minute_and_the_end_at_once(
    office: Office, held: Held, clock: SettableClock
) -> None:
    async def cards() -> list[tuple[int, int]]:
        said = await publish(office)
        return sorted(
            (one.chat_id, one.contents.here_now)
            for one in said
            if isinstance(one.contents, ClassCard)
        )

    await heard(office, held.started())
    assert await cards() == [(OTHER, 0), (GROUP, 0)]
    for second in range(1, 30, 4):
        clock.forward(timedelta(seconds=4) if second > 1 else timedelta(seconds=1))
        await heard(office, held.joined(f"Student {second}", second / 60))
        assert await cards() == []
    clock.forward(timedelta(seconds=2))
    assert await cards() == [(OTHER, 8), (GROUP, 8)]
    clock.forward(timedelta(seconds=2))
    await heard(office, held.ended(47))
    said = [one.contents for one in await publish(office) if one.kind is PostKind.CARD]
    assert [one.lasted for one in said if isinstance(one, ClassCard)] == [47 * MINUTE] * 2
