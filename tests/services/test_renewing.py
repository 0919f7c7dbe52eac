"""Tokens that are new before they are needed, and grants that do not end unused."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sandbox.zoom_people import ZoomPeople, ZoomPerson
from school.model import LessonState
from services.grants import tend_grants
from services.office import Office
from services.renewing import renew_due
from storage.schema import lesson, letter, zoom_account
from storage.zoom_accounts import ZoomAccount
from tests.clocks import SettableClock
from tests.lessons import made_class
from tests.services.connections import account_of, connected
from tests.services.people_of_the_school import AISHA, MUSA

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def present(office: Office) -> ZoomAccount:
    account = await account_of(office, AISHA)
    assert account is not None
    return account


async def refreshes(zoom: ZoomPeople) -> int:
    return int((await zoom.statistics()).get("refreshes", 0))


async def tries(office: Office) -> int:
    async with office.database.reading() as tx:
        counted = await tx.connection.execute(select(zoom_account.c.renewal_tries))
        return int(counted.scalar_one())


async def letters(office: Office) -> int:
    async with office.database.reading() as tx:
        return len((await tx.connection.execute(select(letter.c.id))).all())


async def minutes_pass(office: Office, clock: SettableClock, count: int) -> None:
    for _ in range(count):
        clock.forward(MINUTE)
        await renew_due(office)


async def test_a_class_begins_with_a_token_that_lasts_into_it(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    starts_at = clock.now + DAY
    await made_class(office, {}, starts_at=starts_at)
    clock.forward(DAY - 2 * HOUR)
    await minutes_pass(office, clock, 60)
    assert await refreshes(zoom) == 0  # it would be old by then
    await minutes_pass(office, clock, 60)
    assert (await present(office)).tokens.access_expires_at >= starts_at + 10 * MINUTE
    assert await refreshes(zoom) == 1


async def test_while_a_class_is_on_there_is_always_a_token(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    made = await made_class(office, {}, starts_at=clock.now + 10 * MINUTE)
    async with office.database.writing() as tx:
        live = {"state": LessonState.LIVE, "length_seconds": 3 * 3600}
        await tx.connection.execute(
            update(lesson).where(lesson.c.id == made.lesson_id).values(**live)
        )
    for _ in range(18):
        await minutes_pass(office, clock, 10)
        assert (await present(office)).tokens.access_expires_at > clock.now + 9 * MINUTE
    assert await refreshes(zoom) <= 4


@pytest.mark.parametrize("state", [LessonState.CANCELLED, LessonState.ENDED])
async def test_a_class_that_is_off_or_over_needs_none(
    office: Office,
    zoom: ZoomPeople,
    aisha_at_zoom: ZoomPerson,
    clock: SettableClock,
    state: LessonState,
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await made_class(office, {}, starts_at=clock.now + DAY)
    async with office.database.writing() as tx:
        await tx.connection.execute(update(lesson).values(state=state))
    clock.forward(DAY - HOUR)
    await minutes_pass(office, clock, 120)
    assert await refreshes(zoom) == 0


async def test_while_zoom_is_away_it_is_asked_seldom(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await made_class(office, {}, starts_at=clock.now + DAY)
    clock.forward(DAY - 45 * MINUTE)
    await zoom.fault("status", "token", times=None)
    await minutes_pass(office, clock, 45)
    assert await tries(office) == 5  # with 2, 4, 8 and 16 minutes between them
    await zoom.no_faults()
    await minutes_pass(office, clock, 30)
    assert (await refreshes(zoom), await tries(office)) == (1, 0)
    assert not (await present(office)).is_broken


async def test_one_that_fails_does_not_keep_the_others_from_being_renewed(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    musa_at_zoom = await zoom.user("musa@example.org", name="Musa")
    for user, at_zoom in ((AISHA, aisha_at_zoom), (MUSA, musa_at_zoom)):
        await connected(office, user, at_zoom)
        await made_class(office, {}, teacher=user, starts_at=clock.now + DAY)
    clock.forward(DAY - 45 * MINUTE)
    await zoom.fault("status", "token", times=1)
    await minutes_pass(office, clock, 2)
    assert await refreshes(zoom) == 1
    await minutes_pass(office, clock, 2)
    assert await refreshes(zoom) == 2


async def test_an_unused_grant_is_renewed_after_sixty_days(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    clock.forward(59 * DAY)
    await renew_due(office)
    assert await refreshes(zoom) == 0
    for _ in range(300):
        clock.forward(DAY)
        await renew_due(office)
    assert await refreshes(zoom) == 5
    assert not (await present(office)).is_broken


async def test_so_it_is_after_a_month_in_which_the_program_was_off(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    clock.forward(89 * DAY)
    assert await tend_grants(office) == 1
    assert await tend_grants(office) == 0
    assert await refreshes(zoom) == 1


async def test_a_grant_that_ended_is_told_once_and_asked_for_no_more(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    clock.forward(91 * DAY)
    assert await renew_due(office) == 1
    assert (await present(office)).is_broken
    for _ in range(5):
        clock.forward(61 * DAY)
        assert await renew_due(office) == 0
    assert await letters(office) == 1
    assert (await zoom.statistics())["refused_refreshes"] == 1
    await connected(office, AISHA, aisha_at_zoom)
    await aisha_at_zoom.grant_ends()
    clock.forward(61 * DAY)
    assert await renew_due(office) == 1
    assert await letters(office) == 2


async def test_tokens_of_a_short_life_are_not_renewed_all_the_time(
    office: Office, zoom: ZoomPeople, aisha_at_zoom: ZoomPerson, clock: SettableClock
) -> None:
    await connected(office, AISHA, aisha_at_zoom)
    await made_class(office, {}, starts_at=clock.now + 45 * MINUTE)
    for _ in range(40):
        async with office.database.writing() as tx:
            await tx.connection.execute(
                update(zoom_account).values(access_expires_at=clock.now + 2 * MINUTE)
            )
        await minutes_pass(office, clock, 1)
    assert await refreshes(zoom) <= 4
