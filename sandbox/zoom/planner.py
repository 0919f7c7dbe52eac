"""Plans are made and changed, through the API or in Zoom's own program; either way Zoom tells."""

from . import events, meetings
from .herald import Herald
from .model import RECURRING, Meeting, ZoomUser
from .requests import MeetingBody
from .world import World


class Planner:
    def __init__(self, world: World, herald: Herald) -> None:
        self._world = world
        self._herald = herald

    def create(self, host: ZoomUser, body: MeetingBody) -> Meeting:
        meeting = meetings.create(self._world, host, body)
        self._herald.tell(host, events.created(meeting))
        return meeting

    def change(self, meeting: Meeting, body: MeetingBody, occurrence_id: str | None) -> None:
        """The whole meeting, or one date of it."""
        before = events.comparable(meeting)
        if occurrence_id is None:
            meetings.change(self._world, meeting, body)
        else:
            one = meetings.occurrence_of(meeting, occurrence_id)
            meetings.change_one(self._world, meeting, one, body)
        self._herald.tell(meeting.host, events.updated(meeting, before, self._world.clock()))

    def delete(self, meeting: Meeting, occurrence_id: str | None) -> None:
        """The whole meeting, or one date of it, which stays listed as deleted for ever."""
        if occurrence_id is None:
            meetings.delete(self._world, meeting)
            operation = "all" if meeting.type == RECURRING else "single"
            self._herald.tell(meeting.host, events.deleted(meeting, operation, meeting.occurrences))
            return
        one = meetings.occurrence_of(meeting, occurrence_id)
        one.deleted = True
        self._herald.tell(meeting.host, events.deleted(meeting, "single", [one]))
