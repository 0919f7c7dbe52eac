"""All that exists at this Zoom: people, meetings, and the making of their ids."""

import base64
import random
import string
import uuid
from collections import Counter
from datetime import timedelta
from typing import TypeVar

from .errors import ControlProblem, no_such_meeting
from .model import Clock, Connection, Instance, Knock, Meeting, ZoomUser

_T = TypeVar("_T")
_LETTERS = string.ascii_letters + string.digits


class World:
    """The state that the API, the OAuth server and the meeting rooms share."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.users: dict[str, ZoomUser] = {}
        self.meetings: dict[int, Meeting] = {}
        self.instances: dict[str, Instance] = {}
        self.connections: dict[str, Connection] = {}
        self.knocks: dict[str, Knock] = {}
        self.counts: Counter[str] = Counter()
        self.past_after = timedelta()  # so long after its end a meeting is in the past API
        self._chance = random.Random()

    def new_word(self, length: int) -> str:
        return "".join(self._chance.choices(_LETTERS, k=length))

    def new_meeting_id(self) -> int:
        """Eleven digits: more than 32 bits hold."""
        return self._chance.randrange(80_000_000_000, 90_000_000_000)

    def new_connection_id(self) -> str:
        return str(self._chance.randrange(16_778_240, 100_000_000))

    def new_meeting_uuid(self) -> str:
        """Base64 of 16 bytes, so it may hold "/" and even begin with one."""
        return base64.b64encode(self._chance.randbytes(16)).decode()

    def new_uuid(self) -> uuid.UUID:
        return uuid.UUID(bytes=self._chance.randbytes(16), version=4)

    def user(self, user_id: str) -> ZoomUser:
        if user_id not in self.users:
            raise ControlProblem(f"There is no Zoom user {user_id}.")
        return self.users[user_id]

    def user_of(self, email: str) -> ZoomUser | None:
        """The user with that address, unless removed."""
        for user in self.users.values():
            if user.email == email.strip().lower() and not user.removed:
                return user
        return None

    def meeting(self, meeting_id: str | int) -> Meeting:
        """The meeting of that number; `ApiProblem` 404/3001 where there is none."""
        text = str(meeting_id)
        found = self.meetings.get(int(text)) if text.isascii() and text.isdigit() else None
        if found is None:
            raise no_such_meeting(meeting_id)
        return found

    def connection(self, user_id: str) -> Connection:
        if user_id not in self.connections:
            raise ControlProblem(f"Nobody is connected as {user_id}.")
        return self.connections[user_id]

    def knock(self, knock_id: str) -> Knock:
        if knock_id not in self.knocks:
            raise ControlProblem(f"Nobody came as {knock_id}.")
        return self.knocks[knock_id]

    def shuffled(self, things: list[_T]) -> list[_T]:
        return self._chance.sample(things, len(things))
