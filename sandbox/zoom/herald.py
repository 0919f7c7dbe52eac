"""Decides which events the app hears of: of people who added it, within what they granted."""

from datetime import timedelta

from .events import Event, deauthorized
from .model import JsonObject, ZoomUser
from .postman import Postman, sign
from .world import World


class Herald:
    def __init__(self, world: World, postman: Postman, client_id: str) -> None:
        self._world = world
        self._postman = postman
        self._client_id = client_id
        self._last_ts = 0

    def tell(self, user: ZoomUser, event: Event, *, late: timedelta = timedelta()) -> None:
        """Emits an event about that user's meetings, if the app is to hear of it."""
        if user.granted is None or event.scope not in user.granted:
            self._world.counts["events_not_subscribed"] += 1
            return
        if event.paid_only and not user.paid:
            return
        payload: JsonObject = {"account_id": user.account_id} | event.payload
        body: JsonObject = {
            "event": event.name,
            "payload": payload,
            "event_ts": self._event_ts(late),
        }
        if "participant" in event.name:  # another service at Zoom, with another order of fields
            body = {name: body[name] for name in ("payload", "event_ts", "event")}
        self._postman.post(event.name, body, late=late)

    def tell_deauthorized(self, user: ZoomUser) -> None:
        now = self._world.clock()
        signature = sign(self._postman.secret, str(now.timestamp()), user.id.encode())
        body = deauthorized(user, self._client_id, signature.removeprefix("v0="), now)
        self._postman.post("app_deauthorized", body)

    def _event_ts(self, late: timedelta) -> int:
        """Milliseconds; never the same twice, even while a test's clock stands still."""
        now = int((self._world.clock() + late).timestamp() * 1000)
        self._last_ts = max(self._last_ts + 1, now)
        return self._last_ts
