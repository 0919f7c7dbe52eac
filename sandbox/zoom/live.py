"""Meetings as they are held: people come, wait, go, come back, and Zoom tells of it."""

from datetime import timedelta

from . import events
from .errors import ControlProblem
from .herald import Herald
from .model import Breakout, Connection, Instance, Knock, Meeting, ZoomUser
from .world import World

_LEFT = "left the meeting. Reason : left the meeting"
_LOST = "left the meeting. Reason : Network connection error"
HOST_ENDED = "left the meeting. Reason : Host ended the meeting"
TIME_LIMIT = "left the meeting. Reason : Exceeded free meeting minutes limit"


class Rooms:
    """All rooms in which meetings are or were held."""

    def __init__(self, world: World, herald: Herald) -> None:
        self._world = world
        self._herald = herald

    def start(self, meeting: Meeting, meeting_uuid: str = "") -> Connection:
        """The host opens the meeting. Every start has a new uuid."""
        if meeting.live is not None:
            raise ControlProblem("The meeting is already running.")
        instance = self._open(meeting, meeting_uuid)
        host = self._enter(self._connect(instance, meeting.host.name, meeting.host))
        for knock in list(meeting.knocks):
            self._let_in(knock, instance)
        return host

    def join(
        self,
        meeting: Meeting,
        name: str,
        user: ZoomUser | None = None,
        registrant_id: str = "",
        email: str = "",
    ) -> Connection:
        """Somebody connects with one device; into the waiting room, where there is one."""
        if meeting.live is None and user is meeting.host:
            return self.start(meeting)
        instance = meeting.live or self._open_before_host(meeting)
        connection = self._connect(instance, name, user)
        connection.registrant_id = registrant_id
        connection.email = email or connection.email
        return self._arrive(connection)

    def knock(self, meeting: Meeting, name: str, user: ZoomUser | None = None) -> Knock:
        """Somebody comes before the host; once the host is there, they join by themselves."""
        if meeting.live is not None or meeting.settings["join_before_host"]:
            raise ControlProblem("Nobody has to wait: the meeting can be joined.")
        key = self._world.new_uuid().hex
        knock = Knock(self._world.new_word(12), meeting, name, key, user)
        self._world.knocks[knock.id] = knock
        meeting.knocks.append(knock)
        self._tell_of_knock(knock, events.waits_for_host(knock))
        return knock

    def give_up(self, knock: Knock) -> None:
        """They wait no more."""
        if knock not in knock.meeting.knocks:
            raise ControlProblem(f"{knock.name} does not wait for the host.")
        knock.meeting.knocks.remove(knock)
        self._tell_of_knock(knock, events.waits_no_more_for_host(knock))

    def admit(self, connection: Connection) -> None:
        """The host lets somebody in from the waiting room."""
        if not connection.waiting:
            raise ControlProblem(f"{connection.name} is not in the waiting room.")
        self._tell(connection, events.admitted(connection, self._world.clock()))
        self._tell_of_waiting("participant_left_waiting_room", connection)
        self._enter(connection)

    def leave(self, connection: Connection) -> None:
        if connection.waiting:
            connection.left_at = self._world.clock()
            self._tell_of_waiting("participant_left_waiting_room", connection)
        else:
            self._go(connection, _LEFT)

    def vanish(self, connection: Connection, *, noticed_after: timedelta) -> None:
        """The network fails: gone now, but Zoom tells of it only later, after any rejoin."""
        self._go(connection, _LOST, late=noticed_after)

    def enter_breakout(self, connection: Connection, *, reported_as_left: bool) -> None:
        """Into a breakout room; Zoom may also say that the main room was left."""
        if not connection.present or connection.breakout is not None:
            raise ControlProblem(f"{connection.name} is not in the main room.")
        place = Breakout(
            self._world.new_meeting_uuid(), self._world.new_connection_id(), reported_as_left
        )
        now = self._world.clock()
        if reported_as_left:
            connection.left_at = now
            self._tell(connection, events.left(connection, "left the meeting. Reason : breakout"))
            connection.left_at = None
        connection.breakout = place
        self._tell(connection, events.entered_breakout(connection, place, now))

    def leave_breakout(self, connection: Connection) -> Connection:
        """Back to the main room; as another connection, where it had been said to be left."""
        place = self._tell_breakout_left(connection)
        if not place.reported_as_left:
            return connection
        connection.left_at = self._world.clock()
        again = self._connect(connection.instance, connection.name, connection.user)
        again.registrant_id, again.email = connection.registrant_id, connection.email
        return self._enter(again)

    def end(self, meeting: Meeting, reason: str = HOST_ENDED) -> Instance:
        """Everybody is put out, and the meeting is over."""
        instance = meeting.live
        if instance is None:
            raise ControlProblem("The meeting is not running.")
        for connection in instance.connections:
            if connection.present:
                self._go(connection, reason)
            elif connection.waiting:
                self.leave(connection)
        instance.ended_at = self._world.clock()
        self._herald.tell(meeting.host, events.ended(instance))
        return instance

    def _open(self, meeting: Meeting, meeting_uuid: str = "") -> Instance:
        new_uuid = meeting_uuid or self._world.new_meeting_uuid()
        instance = Instance(new_uuid, meeting, self._world.clock())
        meeting.uuid = instance.uuid
        meeting.instances.append(instance)
        self._world.instances[instance.uuid] = instance
        self._herald.tell(meeting.host, events.started(instance))
        return instance

    def _open_before_host(self, meeting: Meeting) -> Instance:
        if not meeting.settings["join_before_host"]:
            raise ControlProblem("The host has not started this meeting.")
        return self._open(meeting)

    def _connect(self, instance: Instance, name: str, user: ZoomUser | None) -> Connection:
        """Signed in to Zoom, a participant has an id; the e-mail is shown within one account."""
        host = instance.meeting.host
        connection = Connection(
            self._world.new_connection_id(),
            str(self._world.new_uuid()).upper(),
            instance,
            name,
            self._world.new_uuid().hex,
            user,
            email=user.email if user and user.account_id == host.account_id else "",
        )
        instance.connections.append(connection)
        self._world.connections[connection.user_id] = connection
        return connection

    def _let_in(self, knock: Knock, instance: Instance) -> None:
        self.give_up(knock)
        connection = self._connect(instance, knock.name, knock.user)
        connection.customer_key = knock.customer_key
        knock.connection = self._arrive(connection)

    def _arrive(self, connection: Connection) -> Connection:
        """Into the waiting room, where there is one."""
        if connection.is_host or not connection.instance.meeting.settings["waiting_room"]:
            return self._enter(connection)
        connection.waiting_since = self._world.clock()
        self._tell_of_waiting("participant_joined_waiting_room", connection)
        return connection

    def _enter(self, connection: Connection) -> Connection:
        connection.joined_at = self._world.clock()
        self._tell(connection, events.joined(connection))
        return connection

    def _go(self, connection: Connection, reason: str, *, late: timedelta = timedelta()) -> None:
        if not connection.present:
            raise ControlProblem(f"{connection.name} is not in the meeting.")
        place = self._tell_breakout_left(connection) if connection.breakout else None
        connection.left_at = self._world.clock()
        if place is None or not place.reported_as_left:
            self._tell(connection, events.left(connection, reason), late=late)

    def _tell_breakout_left(self, connection: Connection) -> Breakout:
        place = connection.breakout
        if place is None:
            raise ControlProblem(f"{connection.name} is not in a breakout room.")
        connection.breakout = None
        now = self._world.clock()
        self._tell(connection, events.left_breakout(connection, place, now, _LEFT))
        return place

    def _tell_of_knock(self, knock: Knock, event: events.Event) -> None:
        """Where there is a waiting room, Zoom is silent until the host comes."""
        meeting = knock.meeting
        if not meeting.settings["waiting_room"]:
            self._herald.tell(meeting.host, event)

    def _tell_of_waiting(self, kind: str, connection: Connection) -> None:
        self._tell(connection, events.in_waiting_room(kind, connection, self._world.clock()))

    def _tell(
        self, connection: Connection, event: events.Event, *, late: timedelta = timedelta()
    ) -> None:
        """Of the host's own comings and goings Zoom is silent on some plans."""
        host = connection.instance.meeting.host
        if not connection.is_host or host.host_events:
            self._herald.tell(host, event, late=late)
