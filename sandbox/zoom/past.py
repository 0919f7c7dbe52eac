"""Zoom's API for what has been held: details, participants, instances. Paid plans only."""

from datetime import datetime
from urllib.parse import unquote

from aiohttp import web

from .access import Door, Endpoint
from .errors import no_such_meeting
from .limits import MEDIUM
from .model import Connection, Instance, JsonObject, ZoomUser, stamp
from .requests import query
from .world import World

_DETAILS = Endpoint("past_meeting", "meeting:read:past_meeting", paid_only=True)
_PARTICIPANTS = Endpoint(
    "past_participants", "meeting:read:list_past_participants", MEDIUM, paid_only=True
)
_INSTANCES = Endpoint("past_instances", "meeting:read:list_past_instances", MEDIUM, paid_only=True)


class PastApi:
    def __init__(self, world: World, door: Door) -> None:
        self._world = world
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [
            route("GET", "/past_meetings/{meeting_id}", _DETAILS, self._details),
            route("GET", "/past_meetings/{meeting_id}/participants", _PARTICIPANTS, self._people),
            route("GET", "/past_meetings/{meeting_id}/instances", _INSTANCES, self._instances),
        ]

    async def _details(self, request: web.Request, user: ZoomUser) -> web.Response:
        query(request)
        instance, ended_at = self._held(request, user)
        meeting = instance.meeting
        stays = [_seconds(one) for one in instance.connections if one.joined_at]
        shown: JsonObject = {
            "id": meeting.id,
            "uuid": instance.uuid,
            "duration": _minutes(int((ended_at - instance.started_at).total_seconds())),
            "start_time": stamp(instance.started_at),
            "end_time": stamp(ended_at),
            "host_id": user.id,
            "dept": "",
            "participants_count": len(stays),
            "source": "Zoom",
            "topic": meeting.topic,
            "total_minutes": sum(_minutes(stay) for stay in stays),
            "type": meeting.type,
            "user_email": user.email,
            "user_name": user.name,
            "has_meeting_summary": False,
        }
        return web.json_response(shown)

    async def _people(self, request: web.Request, user: ZoomUser) -> web.Response:
        asked = query(request, "page_size", "next_page_token")
        instance, _ = self._held(request, user)
        lines = [_participant(one) for one in instance.connections if one.joined_at]
        return self._door.page((user.id, instance.uuid), asked, lines, "participants")

    async def _instances(self, request: web.Request, user: ZoomUser) -> web.Response:
        query(request)
        meeting = self._door.own_meeting(request, user)
        held = [
            {"uuid": one.uuid, "start_time": stamp(one.started_at)}
            for one in meeting.instances
            if self._is_told(one)
        ]
        return web.json_response({"meetings": held})

    def _held(self, request: web.Request, user: ZoomUser) -> tuple[Instance, datetime]:
        """The ended instance in the path, by uuid or (the last one) by the meeting's number."""
        written = request.match_info["meeting_id"]
        instance = self._last(written) if written.isdigit() else self._by_uuid(written)
        if instance is None or not self._is_told(instance) or instance.meeting.host is not user:
            raise no_such_meeting(written)
        assert instance.ended_at is not None
        return instance, instance.ended_at

    def _is_told(self, instance: Instance) -> bool:
        """Zoom takes some time after the end until it tells of a meeting."""
        ended_at = instance.ended_at
        return ended_at is not None and ended_at + self._world.past_after <= self._world.clock()

    def _last(self, meeting_id: str) -> Instance | None:
        ended = [one for one in self._world.meeting(meeting_id).instances if self._is_told(one)]
        return ended[-1] if ended else None

    def _by_uuid(self, written: str) -> Instance | None:
        """The path was decoded once on arrival.

        A uuid with "/" in front or "//" inside must have been encoded twice, else it is torn
        apart on its way.
        """
        if written.startswith("/") or "//" in written:
            return None
        return self._world.instances.get(unquote(written))


def _participant(connection: Connection) -> JsonObject:
    joined_at, left_at = connection.joined_at, connection.left_at
    assert joined_at is not None
    assert left_at is not None  # the instance has ended
    return {
        "id": connection.user.id if connection.user else "",
        "name": connection.name,
        "user_id": connection.user_id,
        "registrant_id": connection.registrant_id,
        "user_email": connection.email,
        "join_time": stamp(joined_at),
        "leave_time": stamp(left_at),
        "duration": _seconds(connection),
        "failover": False,
        "status": "in_meeting",
        "internal_user": connection.is_host,
    }


def _seconds(connection: Connection) -> int:
    assert connection.joined_at is not None
    assert connection.left_at is not None
    return int((connection.left_at - connection.joined_at).total_seconds())


def _minutes(seconds: int) -> int:
    """Zoom counts a minute that has begun."""
    return -(-seconds // 60)
