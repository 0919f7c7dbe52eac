"""What calendars have in them after all that teachers do to their classes."""

from datetime import timedelta

from sandbox.zoom_people import ZoomPerson
from services import cancelling, changing, groups
from services.calendar_links import chat_calendar_url, lesson_calendar_url, teacher_calendar_url
from services.calendars import CalendarEntry, CalendarFile, calendar_file
from services.changing import Wish
from services.office import Office
from services.people import Teacher
from storage import chats, people, planning
from storage.schema import chat
from tests.services.people_of_the_school import AISHA
from tests.services.teaching import BEGINNERS, PLANNED, made, standing, teacher_with


async def file_at(office: Office, url: str) -> CalendarFile | None:
    return await calendar_file(office, url.rpartition("/")[2].removesuffix(".ics"))


async def entry_of(office: Office, lesson_id: int) -> CalendarEntry:
    url = lesson_calendar_url(office.database.vault, office.profile, lesson_id)
    found = await file_at(office, url)
    assert found is not None
    (entry,) = found.entries
    return entry


async def wish(office: Office, teacher: Teacher, lesson_id: int) -> Wish:
    return Wish(teacher, lesson_id, (await standing(office, lesson_id)).course.version)


async def test_every_change_of_a_class_raises_its_sequence(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    lesson_id = await made(office, aisha)
    new = await entry_of(office, lesson_id)
    assert new.planned == PLANNED
    assert new.join_url is not None

    later = PLANNED.starts_at + timedelta(days=1)
    await changing.move(office, await wish(office, aisha, lesson_id), later)
    moved = await entry_of(office, lesson_id)
    assert (moved.uid, moved.planned.starts_at) == (new.uid, later)

    await changing.set_length(office, await wish(office, aisha, lesson_id), timedelta(minutes=30))
    shorter = await entry_of(office, lesson_id)
    assert shorter.planned.length == timedelta(minutes=30)

    await changing.rename(office, await wish(office, aisha, lesson_id), "Fiqh")
    renamed = await entry_of(office, lesson_id)
    assert renamed.topic == "Fiqh"

    await cancelling.cancel(office, aisha, lesson_id, for_all=False)
    off = await entry_of(office, lesson_id)
    assert (off.uid, off.is_cancelled, off.join_url) == (new.uid, True, None)

    await cancelling.undo(office, aisha, lesson_id)
    back = await entry_of(office, lesson_id)
    assert not back.is_cancelled
    sequences = [one.sequence for one in (new, moved, shorter, renamed, off, back)]
    assert sequences == sorted(set(sequences))


async def test_an_unlinked_group_has_no_calendar_until_it_is_linked_again(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    await made(office, aisha)
    url = chat_calendar_url(office.database.vault, office.profile, BEGINNERS.id)
    assert await file_at(office, url) is not None
    await groups.unlink(office, aisha, BEGINNERS.id)
    assert await file_at(office, url) is None
    await groups.link(office, aisha, BEGINNERS, administers=True)
    found = await file_at(office, url)
    assert found is not None
    assert (found.name, len(found.entries)) == (BEGINNERS.title, 1)


async def test_a_students_own_calendar_is_in_the_students_language(office: Office) -> None:
    aisha = await teacher_with(office, AISHA, None)
    student = 77
    async with office.database.writing() as tx:
        person = await people.add_person(tx, student, "Bilal", None)
        await people.set_person_language(tx, person.id, "am")
        await chats.remember_chat(tx, student, "private")
        await chats.link_chat(tx, student, aisha.person_id)
    url = chat_calendar_url(office.database.vault, office.profile, student)
    found = await file_at(office, url)
    assert found is not None
    assert (found.language, found.name) == ("am", None)
    async with office.database.writing() as tx:
        await tx.connection.execute(chat.update().values(language="ar"))
    found = await file_at(office, url)
    assert found is not None
    assert found.language == "ar"


async def test_a_class_deleted_in_zoom_has_no_link(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    lesson_id = await made(office, aisha)
    async with office.database.writing() as tx:
        await planning.mark_gone(tx, [lesson_id])
    entry = await entry_of(office, lesson_id)
    assert (entry.join_url, entry.is_cancelled) == (None, False)


async def test_a_link_to_join_is_not_in_what_programs_print(
    office: Office, aisha_at_zoom: ZoomPerson
) -> None:
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    await made(office, aisha)
    url = teacher_calendar_url(office.database.vault, office.profile, aisha.person_id)
    assert "zoom" not in repr(await file_at(office, url))
