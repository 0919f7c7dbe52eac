"""Series: the library against the stand-in for Zoom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.zoom_person import ZoomPerson
from tests.zoom.stand_in import CAIRO, HALF_AN_HOUR, Zoom, a_series, aisha, in_cairo, zoom
from zoom.errors import Invalid
from zoom.models import MeetingChanges
from zoom.recurrence import Recurrence, RecurrenceKind

__all__ = ["aisha", "zoom"]


def mondays_and_wednesdays(first: datetime, count: int) -> list[datetime]:
    """At the local time of the first, whatever the clocks do."""
    days = (first.date() + timedelta(days=n) for n in range(7 * count))
    return [_on(day, first) for day in days if day.weekday() in {0, 2}][:count]


def _on(day: date, like: datetime) -> datetime:
    return datetime.combine(day, like.time(), CAIRO).astimezone(UTC)


async def test_a_series_keeps_its_local_time_when_the_clocks_change(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    client = await zoom.as_(aisha)
    made = await a_series(client)
    assert made.is_recurring
    dates = mondays_and_wednesdays(in_cairo("04-19"), 10)
    assert [one.starts_at for one in made.occurrences] == dates
    assert (dates[3].hour, dates[4].hour) == (17, 16)
    assert [(one.id, one.starts_at) async for one in client.upcoming_meetings()] == [
        (made.id, starts_at) for starts_at in dates
    ]


async def test_one_date_moves_one_is_deleted_and_the_others_stay(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    await zoom.people.no_per_second_limits()
    client = await zoom.as_(aisha)
    made = await a_series(client)
    moved, gone, *others = made.occurrences
    changes = MeetingChanges(starts_at=in_cairo("04-20", 8), zone=CAIRO, length=HALF_AN_HOUR)
    await client.update_meeting(made.id, changes, moved.id)
    await client.delete_meeting(made.id, gone.id)

    first, second, *rest = (await client.meeting(made.id)).occurrences
    assert (first.id, first.starts_at, first.length) == (
        moved.id,
        in_cairo("04-20", 8),
        HALF_AN_HOUR,
    )
    assert (second.id, second.is_deleted) == (gone.id, True)
    assert rest == others
    listed = [one.starts_at async for one in client.upcoming_meetings()]
    assert listed == [first.starts_at, *(one.starts_at for one in others)]

    for deleted_again in (
        client.delete_meeting(made.id, gone.id),
        client.update_meeting(made.id, changes, gone.id),
    ):
        with pytest.raises(Invalid):
            await deleted_again


async def test_a_series_is_planned_anew_as_a_whole(zoom: Zoom, aisha: ZoomPerson) -> None:
    client = await zoom.as_(aisha)
    made = await a_series(client)
    await client.delete_meeting(made.id, made.occurrences[0].id)
    anew = MeetingChanges(
        topic="Fiqh 2",
        starts_at=in_cairo("05-03", 20),
        zone=CAIRO,
        length=HALF_AN_HOUR,
        recurrence=Recurrence(
            kind=RecurrenceKind.WEEKLY,
            weekdays=frozenset({0, 2}),
            until=in_cairo("05-12", 20),
        ),
    )
    await client.update_meeting(made.id, anew)
    after = await client.meeting(made.id)
    assert (after.topic, after.join_url) == ("Fiqh 2", made.join_url)
    assert [(one.starts_at, one.length, one.is_deleted) for one in after.occurrences] == [
        (starts_at, HALF_AN_HOUR, False)
        for starts_at in mondays_and_wednesdays(in_cairo("05-03", 20), 4)
    ]


async def test_more_dates_than_zoom_holds_are_invalid(zoom: Zoom, aisha: ZoomPerson) -> None:
    daily = Recurrence(kind=RecurrenceKind.DAILY, until=in_cairo("06-18"))  # 61 days
    client = await zoom.as_(aisha)
    with pytest.raises(Invalid):
        await client.create_meeting(
            replace(zoom.wanted(), starts_at=in_cairo("04-19"), zone=CAIRO, recurrence=daily)
        )
