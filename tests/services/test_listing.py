"""The list behind /classes: by course, page by page, with what is given to and by others."""

from datetime import timedelta

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.recurrence import parse_repeat
from services import changing, substituting
from services.changing import Wish
from services.classes import ClassOrder, create_class
from services.listing import ENTRIES_ON_A_PAGE, list_classes
from services.office import Office
from services.people import as_teacher
from tests.lessons import ADDIS_ABABA, made_class
from tests.services.people_of_the_school import AISHA, MUSA, made_teacher
from tests.services.teaching import BEGINNERS, PLANNED, made, order, teacher_with


async def test_there_are_as_many_pages_as_are_needed(office: Office) -> None:
    starts_at = office.clock() + timedelta(days=1)
    for number in range(ENTRIES_ON_A_PAGE + 1):
        await made_class(office, {}, starts_at=starts_at + timedelta(hours=number))
    teacher = as_teacher(office, await made_teacher(office, AISHA))
    first = await list_classes(office, teacher, 0)
    assert (len(first.classes), first.page, first.pages) == (10, 0, 2)
    last = await list_classes(office, teacher, 99)
    assert (len(last.classes), last.page, last.pages) == (1, 1, 2)
    assert await list_classes(office, teacher, -5) == first


async def test_a_series_is_one_entry_and_what_others_give_is_listed_by_itself(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await zoom.no_per_second_limits()
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    musa_at_zoom = await zoom.user("musa@example.org", name="Musa")
    musa = await teacher_with(office, MUSA, musa_at_zoom)
    day = PLANNED.starts_at.astimezone(ADDIS_ABABA).date()
    weekly = ClassOrder(
        "Fiqh", PLANNED, (BEGINNERS.id,), "update:9", parse_repeat("daily x4", first=day)
    )
    lesson_id = await create_class(office, aisha, weekly)
    assert lesson_id is not None
    now = await changing.details(office, aisha, lesson_id)
    await substituting.hand_over(office, Wish(aisha, lesson_id, now.version), musa.person_id)
    given, series = (await list_classes(office, aisha, 0)).classes
    assert (given.lesson_id, given.given_to, given.repeat) == (lesson_id, MUSA.name, None)
    assert (series.given_to, series.repeat) == (None, weekly.repeat)
    assert series.planned.starts_at == PLANNED.starts_at + timedelta(days=1)
    (for_aisha,) = (await list_classes(office, musa, 0)).classes
    assert (for_aisha.given_by, for_aisha.given_to, for_aisha.repeat) == (AISHA.name, None, None)


async def test_the_last_class_of_a_series_is_listed_as_one(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson
) -> None:
    await zoom.no_per_second_limits()
    aisha = await teacher_with(office, AISHA, aisha_at_zoom, BEGINNERS)
    await made(office, aisha, order())
    (listed,) = (await list_classes(office, aisha, 0)).classes
    assert (listed.topic, listed.planned, listed.repeat) == ("Tajweed", PLANNED, None)
