"""Webhooks of the stand-in for Zoom, as the library reads them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from sandbox.zoom_person import ZoomPerson
from tests.zoom.stand_in import HALF_AN_HOUR, WEBHOOK_SECRET, Zoom, a_series, aisha, zoom
from zoom.models import MeetingChanges
from zoom.webhooks import (
    Challenge,
    Envelope,
    Event,
    Ignored,
    MeetingDeleted,
    MeetingEnded,
    MeetingStarted,
    MeetingUpdated,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantWaits,
    ParticipantWaitsNoMore,
    WebhookReceiver,
    read,
)

__all__ = ["aisha", "zoom"]


@dataclass
class Received:
    """An address for webhooks: what came, once verified."""

    receiver: WebhookReceiver
    events: list[Event]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        said = self.receiver.receive(request.headers.items(), body)
        if isinstance(said, Challenge):
            return web.Response(body=said.answer, content_type="application/json")
        assert isinstance(said, Envelope)
        self.events.append(read(body))
        return web.Response(status=204)


@asynccontextmanager
async def webhooks_of(zoom: Zoom) -> AsyncIterator[Received]:
    received = Received(WebhookReceiver(["newer", WEBHOOK_SECRET], zoom.clock), [])
    application = web.Application()
    application.router.add_post("/zoom/webhook", received.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await zoom.people.webhooks_go_to(f"http://127.0.0.1:{runner.addresses[0][1]}/zoom/webhook")
        yield received
    finally:
        await runner.cleanup()


async def test_who_waits_before_the_host_is_told_of_and_then_joins(
    zoom: Zoom, aisha: ZoomPerson
) -> None:
    async with webhooks_of(zoom) as received:
        made = await (await zoom.as_(aisha)).create_meeting(zoom.wanted())
        room = await zoom.people.meeting_at(made.join_url)
        await room.knock("Ahmed")
        zoom.clock.forward(timedelta(minutes=3))
        await room.start()
        await zoom.people.delivered()

    waits, _, _, waits_no_more, joined = received.events[1:]
    assert isinstance(waits, ParticipantWaits)
    assert (waits.meeting_id, waits.participant.name, waits.before_host) == (
        made.id,
        "Ahmed",
        True,
    )
    assert isinstance(waits_no_more, ParticipantWaitsNoMore)
    assert waits_no_more.at - waits.at >= timedelta(minutes=3)
    assert isinstance(joined, ParticipantJoined)
    assert joined.participant.name == "Ahmed"


async def test_a_deletion_in_zoom_is_of_one_date_or_of_all(zoom: Zoom, aisha: ZoomPerson) -> None:
    async with webhooks_of(zoom) as received:
        made = await a_series(await zoom.as_(aisha))
        room = await zoom.people.meeting_at(made.join_url)
        second = made.occurrences[1].id
        await room.changed_in_zoom(duration_min=30, occurrence_id=made.occurrences[0].id)
        await room.deleted_in_zoom(second)
        await room.deleted_in_zoom()
        await zoom.people.delivered()

    changed, one, every = received.events[1:]
    assert isinstance(changed, MeetingUpdated)
    assert isinstance(one, MeetingDeleted)
    assert one.occurrence_ids == (second,)
    assert isinstance(every, MeetingDeleted)
    assert every.occurrence_ids == ()


async def test_a_class_is_told_event_by_event(zoom: Zoom, aisha: ZoomPerson) -> None:
    async with webhooks_of(zoom) as received:
        client = await zoom.as_(aisha)
        made = await client.create_meeting(zoom.wanted())
        await client.update_meeting(made.id, MeetingChanges(length=HALF_AN_HOUR))
        room = await zoom.people.meeting_at(made.join_url)
        host = await room.start()
        ahmed = await room.join("Ahmed")
        zoom.clock.forward(HALF_AN_HOUR)
        await ahmed.leave()
        await room.end()
        await client.delete_meeting(made.id)
        assert (await zoom.people.delivered()).lost == 0

    told = [one for one in received.events if not isinstance(one, Ignored)]
    assert [type(one) for one in told] == [
        MeetingUpdated,
        MeetingStarted,
        ParticipantJoined,
        ParticipantJoined,
        ParticipantLeft,
        ParticipantLeft,
        MeetingEnded,
        MeetingDeleted,
    ]
    started, aisha_joined, ahmed_joined, ahmed_left = told[1:5]
    assert isinstance(started, MeetingStarted)
    assert (started.meeting_id, started.host_id) == (made.id, aisha.user_id)
    assert started.meeting_uuid == host.meeting_uuid
    assert isinstance(aisha_joined, ParticipantJoined)
    assert aisha_joined.participant.zoom_user_id == aisha.user_id
    assert isinstance(ahmed_joined, ParticipantJoined)
    assert isinstance(ahmed_left, ParticipantLeft)
    assert ahmed_joined.participant == ahmed_left.participant
    assert ahmed_left.left_at - ahmed_joined.joined_at == HALF_AN_HOUR


async def test_the_address_proves_itself_with_the_secret_that_zoom_has(zoom: Zoom) -> None:
    async with webhooks_of(zoom):
        assert await zoom.people.challenge() == ""
