"""Wherever a person can stand in the database, they stand no more once they have left."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete as delete_
from sqlalchemy import select

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.corrections import DisputeKind, DisputeState
from school.model import LessonState, PostKind
from services import own_attendance, roster, roster_names
from services.erasure_list import bring_in_step
from services.erasures_listed import write_down
from services.events import apply_waiting
from services.folding import fold_anew
from services.leaving import delete, preview
from services.office import Office
from services.people import Caller, Teacher, TelegramUser, as_teacher, who_is
from services.post_contents import DisputeNotice
from storage import chats, disputes, posts
from storage.attendance import presences_of
from storage.database import Database
from storage.erasing_students import reports_of
from storage.erasure_file import ErasureFile
from storage.schema import zoom_event
from storage.sealing import DataKeys
from tests.clocks import SettableClock
from tests.lessons import made_class, set_state
from tests.services.connections import connected
from tests.services.people_of_the_school import ADMIN, AISHA, MUSA, made_teacher
from tests.services.publishing import publish
from tests.services.test_erasure_list import backed_up, replaced
from tests.services.test_leaving import (
    HOUR,
    class_of,
    given,
    id_of,
    meeting_of,
)
from tests.services.test_leaving import aisha as connected_aisha
from tests.services.test_leaving import musa as connected_musa
from tests.services.test_roster import (
    DAY,
    GROUP,
    KHADIJA,
    Course,
    on_the_list,
    student_called,
    taught,
)
from tests.stored import places_with
from tests.zoom_reports import Held, reported

__all__ = ["connected_aisha", "connected_musa"]

Who = tuple[str, dict[str, str]]


async def leaves(office: Office, user: TelegramUser) -> None:
    read = await preview(office, user)
    assert read is not None
    await delete(office, user, read.person_id)


async def places(office: Office, text: str) -> set[str]:
    async with office.database.reading() as tx:
        return await places_with(tx, text)


def plain(name: str, number: str, **who: str) -> Who:
    """As Zoom has it: numbers and uuids that say nothing of a name."""
    return name, {"user_id": number, "participant_uuid": f"uuid-{number}", **who}


# A teacher


@pytest.fixture
async def aisha_zoom(office: Office, aisha_at_zoom: ZoomPerson) -> ZoomPerson:
    """Connected."""
    await connected(office, AISHA, aisha_at_zoom)
    return aisha_at_zoom


async def held_by_musa(
    office: Office, clock: SettableClock, *came: Who, host_id: str = "musas-zoom"
) -> int:
    """A class of Musa's, an hour from now, that is over."""
    made = await made_class(office, {}, teacher=MUSA, topic="Fiqh", starts_at=clock() + HOUR)
    held = Held(made.meeting_id, made.planned.starts_at, host_id=host_id)
    clock.forward(HOUR + timedelta(minutes=41))
    stays = [body for name, who in came for body in held.stay(name, 5, 35, **who)]
    await reported(office, held.started(), *stays, held.ended(40))
    await apply_waiting(office)
    return made.lesson_id


async def test_a_class_of_another_teacher_that_they_gave(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    host = plain("Aisha", "1", id=aisha_zoom.user_id)
    await held_by_musa(office, clock, host, plain("Omar", "2"), host_id=aisha_zoom.user_id)
    assert await places(office, "aisha") > {"presence.sealed_name", "zoom_event.sealed_body"}
    await leaves(office, AISHA)
    assert await places(office, "aisha") == set()
    assert await places(office, aisha_zoom.user_id) == set()


async def test_what_another_teacher_gave_for_them_stays_that_teachers(
    office: Office, aisha_zoom: ZoomPerson, zoom: ZoomPeople, clock: SettableClock
) -> None:
    await made_teacher(office, MUSA)
    await zoom.no_per_second_limits()
    musas = await zoom.user("musa@example.org", name="Musa", plan=2)
    await connected(office, MUSA, musas)
    made = await made_class(office, {}, teacher=AISHA, starts_at=clock() + HOUR)
    held = Held(made.meeting_id, made.planned.starts_at, host_id=musas.user_id)
    clock.forward(HOUR + timedelta(minutes=41))
    bodies = [held.started(), *held.stay("Omar", 5, 35), held.ended(40)]
    await reported(office, *bodies)
    await apply_waiting(office)
    await leaves(office, AISHA)
    async with office.database.reading() as tx:
        assert "Omar" in {one.name for one in await presences_of(tx, made.lesson_id)}
    assert await places(office, "aisha") == set()
    assert await places(office, aisha_zoom.email) == set()


@pytest.mark.parametrize("mark", ["id", "email"])
async def test_a_class_of_another_teacher_that_they_came_to(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock, mark: str
) -> None:
    known_by = {"id": aisha_zoom.user_id, "email": aisha_zoom.email}[mark]
    guests = plain("Aisha", "1", **{mark: known_by}), plain("Omar", "2")
    lesson_id = await held_by_musa(office, clock, *guests)
    assert "student.sealed_name" in await places(office, "aisha")
    await leaves(office, AISHA)
    assert await places(office, "aisha") == set()
    assert await places(office, known_by) == set()
    async with office.database.reading() as tx:
        rows = [one for one in await presences_of(tx, lesson_id) if not one.is_teacher]
    assert {one.name for one in rows} == {None, "Omar"}
    assert {one.total for one in rows} == {timedelta(minutes=30)}


async def test_others_of_their_name_and_others_on_their_account_stay(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    """Another Aisha, and a child who comes with its mother's account."""
    guests = plain("Aisha", "1", id="another-aisha"), plain("Bilal", "2", id=aisha_zoom.user_id)
    await held_by_musa(office, clock, *guests)
    await leaves(office, AISHA)
    for name in ("aisha", "bilal"):
        assert await places(office, name) > {"presence.sealed_name", "student.sealed_name"}


async def test_a_meeting_on_their_account_that_is_none_of_ours(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    held = Held(777_777, clock(), host_id=aisha_zoom.user_id)
    await reported(office, held.started(), *held.host(0, 5), *held.stay("Omar", 1, 2))
    assert await places(office, "omar") == {"zoom_event.sealed_body"}
    await leaves(office, AISHA)
    assert await places(office, "omar") == set()
    assert await places(office, aisha_zoom.user_id) == set()


async def test_that_they_took_the_app_off_at_zoom(
    office: Office, aisha_zoom: ZoomPerson, clock: SettableClock
) -> None:
    clock.forward(HOUR)
    said = {
        "user_id": aisha_zoom.user_id,
        "account_id": aisha_zoom.account_id,
        "client_id": "school-app",
        "signature": "signature",
        "deauthorization_time": clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    at = int(clock().timestamp() * 1000)
    body = json.dumps({"event": "app_deauthorized", "event_ts": at, "payload": said}).encode()
    await reported(office, body)
    await apply_waiting(office)
    assert await places(office, aisha_zoom.user_id) == set()
    async with office.database.reading() as tx:
        assert await tx.connection.scalar(select(zoom_event.c.state)) == "applied"
    await leaves(office, AISHA)
    assert await places(office, aisha_zoom.account_id) == set()


async def test_that_they_gave_a_class_for_another_is_read_in_no_group(
    office: Office, connected_aisha: Caller, connected_musa: Caller, clock: SettableClock
) -> None:
    lesson_id = await class_of(office, connected_aisha, clock() + HOUR)
    await publish(office)
    await given(office, lesson_id, connected_aisha, connected_musa)
    said = await publish(office)
    assert "Musa" in repr([one.contents for one in said if one.kind is PostKind.HANDED])
    clock.forward(HOUR)
    held = Held(await meeting_of(office, lesson_id), clock())
    clock.forward(HOUR)
    await reported(office, held.started(), *held.stay("Omar", 0, 40), held.ended(40))
    await apply_waiting(office)
    await publish(office)
    await leaves(office, MUSA)
    said = await publish(office)
    assert {PostKind.CARD, PostKind.HANDED} <= {one.kind for one in said if one.chat_id < 0}
    assert "Musa" not in repr(said)


async def test_who_decided_about_a_class_is_read_by_no_other_admin(
    office: Office, clock: SettableClock
) -> None:
    """Hafsa, an admin, leaves; the class is Aisha's."""
    other_admin = 2
    admins = office.profile.admin_ids | {other_admin}
    office = replace(office, profile=replace(office.profile, admin_ids=admins))
    made = await made_class(office, {}, starts_at=clock() + HOUR)
    aisha_id, hafsa = await id_of(office, AISHA), await id_of(office, ADMIN)
    async with office.database.writing() as tx:
        await set_state(tx, made.lesson_id, LessonState.ENDED)
        one = await disputes.add_dispute(
            tx,
            made.lesson_id,
            aisha_id,
            DisputeKind.OTHER,
            words="too short",
            claimed=None,
            request_key="a dispute",
        )
        await disputes.decide(tx, one.id, DisputeState.DECLINED, by=hafsa, answer=None)
        await chats.remember_chat(tx, other_admin, "private")
        await posts.want(tx, PostKind.DISPUTE, made.lesson_id, other_admin)
    assert "Hafsa" in repr(await publish(office))
    await leaves(office, ADMIN)
    [said] = await publish(office)
    assert isinstance(said.contents, DisputeNotice)
    assert (said.contents.decided_by, said.contents.teacher_name) == (None, "Aisha")


# A student


@pytest.fixture
async def course(office: Office, clock: SettableClock) -> Course:
    made = await made_class(office, {GROUP: "Beginners A"}, starts_at=clock() + DAY)
    return Course(office, clock, made)


@pytest.fixture
async def aisha(office: Office, course: Course) -> Teacher:
    del course
    return as_teacher(office, await who_is(office, AISHA))


async def is_confirmed(office: Office, course: Course, aisha: Teacher) -> None:
    """Khadija, who is on the list and on Telegram."""
    person_id = await taught(office, aisha)
    await course.is_held(plain("Khadija", "1"), plain("Omar", "2"))
    khadija = await student_called(office, course, "Khadija")
    await own_attendance.confirm(office, aisha, person_id, khadija.id)


async def test_a_student_who_waited_for_a_class_that_never_began(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await is_confirmed(office, course, aisha)
    held = course.held()
    await course.next_lesson()
    await reported(office, held.knocked("Khadija", 1), held.knocked("Omar", 1))
    await apply_waiting(office)
    await leaves(office, KHADIJA)
    assert await places(office, "khadija") == set()
    assert "zoom_event.sealed_body" in await places(office, "omar")


async def test_where_it_is_not_certain_whose_a_name_is_nothing_of_it_goes(
    office: Office, course: Course, aisha: Teacher
) -> None:
    """Of three by that name, two have accounts that nobody has said are the student's.

    Nor does any of it when the class is folded anew.
    """
    await is_confirmed(office, course, aisha)
    namesakes = [plain("Khadija", "5", id="one"), plain("Khadija", "6", id="other")]
    lesson_id = await course.is_held(*namesakes, plain("Khadija", "7"))
    before = await _reports(office, lesson_id)
    assert before.count("Khadija") == 6
    await leaves(office, KHADIJA)
    await fold_anew(office, lesson_id)
    assert await _reports(office, lesson_id) == before
    async with office.database.reading() as tx:
        names = [one.name for one in await presences_of(tx, lesson_id) if not one.is_teacher]
    assert names == ["Khadija"] * 3
    assert await on_the_list(office, course) == ["Omar"]


async def _reports(office: Office, lesson_id: int) -> str:
    async with office.database.reading() as tx:
        found = await reports_of(tx, lesson_id)
    return "\n".join(sorted(one.body.decode() for one in found))


async def test_what_a_student_attended_under_a_name_that_became_theirs_later(
    office: Office, course: Course, aisha: Teacher
) -> None:
    await is_confirmed(office, course, aisha)
    old = await course.is_held(plain("Umm Bilal", "1"))
    async with office.database.writing() as tx:
        await tx.connection.execute(delete_(zoom_event))
    await course.is_held(plain("Umm Bilal", "3"))
    khadija = await student_called(office, course, "Khadija")
    asked = await roster_names.who_is_this(office, aisha, old)
    await roster_names.is_student(office, aisha, old, asked.token, khadija.id)
    await leaves(office, KHADIJA)
    assert await places(office, "bilal") == set()
    assert await places(office, "khadija") == set()


@pytest.mark.parametrize("signs", [{}, {"id": "of-khadija"}, {"email": "khadija@example.org"}])
async def test_what_zoom_reports_late_of_a_student_brings_nobody_back(
    office: Office, course: Course, aisha: Teacher, signs: dict[str, str]
) -> None:
    """Nor onto the list, which is filled by the first class."""
    person_id = await taught(office, aisha)
    bodies = course.bodies(plain("Khadija", "1", **signs), plain("Omar", "2"))
    lesson_id = await course.next_lesson()
    coming, going = bodies[1:3]
    await reported(office, bodies[0], coming, *bodies[3:])
    await apply_waiting(office)
    khadija = await student_called(office, course, "Khadija")
    await own_attendance.confirm(office, aisha, person_id, khadija.id)
    await leaves(office, KHADIJA)
    again = course.held_before - 1
    held = Held(course.made.meeting_id, course.starts_at - DAY, uuid=f"uuid {again}")
    name, who = plain("Khadija", "3", **signs)
    await reported(office, going, *held.stay(name, 36, 38, **who))
    await apply_waiting(office)
    assert await places(office, "khadija") == set()
    assert await on_the_list(office, course) == ["Omar"]
    async with office.database.reading() as tx:
        rows = await presences_of(tx, lesson_id)
    assert sorted(one.name or "" for one in rows if not one.is_teacher) == ["", "Omar"]
    assert timedelta(minutes=32) in {one.total for one in rows}


async def test_a_student_is_erased_from_a_backup_that_did_not_know_who_they_are(
    office: Office,
    course: Course,
    aisha: Teacher,
    tmp_path: Path,
    clock: SettableClock,
    data_keys: DataKeys,
) -> None:
    person_id = await taught(office, aisha)
    await course.is_held(plain("Khadija", "1"), plain("Omar", "2"))
    backup = backed_up(office, tmp_path)
    khadija = await student_called(office, course, "Khadija")
    await own_attendance.confirm(office, aisha, person_id, khadija.id)
    clock.forward(HOUR)
    await leaves(office, KHADIJA)
    file = ErasureFile(tmp_path / "erasures")
    await write_down(replace(office, erasure_file=file))
    async with Database.open(f"sqlite:///{backup}", data_keys, clock) as database:
        restored = replaced(office, database)
        assert "student.sealed_name" in await places(restored, "khadija")
        await bring_in_step(replace(restored, erasure_file=file))
        assert await places(restored, "khadija") == set()
        assert "student.sealed_name" in await places(restored, "omar")


async def test_who_comes_again_after_it_is_a_student_as_any_other(
    office: Office, course: Course, aisha: Teacher, clock: SettableClock
) -> None:
    await is_confirmed(office, course, aisha)
    await leaves(office, KHADIJA)
    clock.forward(HOUR)
    lesson_id = await course.is_held(plain("Khadija", "1"), plain("Omar", "2"))
    async with office.database.reading() as tx:
        assert "Khadija" in {one.name for one in await presences_of(tx, lesson_id)}


async def test_the_rest_of_the_list_stays(office: Office, course: Course, aisha: Teacher) -> None:
    await is_confirmed(office, course, aisha)
    await roster.add(office, aisha, course.made.course_id, "Zaynab")
    await leaves(office, KHADIJA)
    assert await on_the_list(office, course) == ["Omar", "Zaynab"]
