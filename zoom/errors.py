"""What can go wrong with Zoom, by what the caller may do about it.

ZoomError
 ├── ZoomUnreachable        certainly not done: nothing was sent; safe to repeat
 ├── ZoomUncertain          perhaps done: the answer was lost, or was a 5xx; look before repeating
 ├── ZoomRefused            certainly not done: Zoom said no (4xx)
 │    ├── Invalid           a field of the request is not as Zoom wants it
 │    ├── NotFound          the meeting or user is not, or no longer, there
 │    ├── NotAllowed        the user may not host meetings
 │    ├── PaidOnly          not on the user's plan
 │    ├── ScopeMissing      the user did not grant this permission
 │    ├── TokenRejected     the access token expired or was revoked
 │    ├── InvalidGrant      the user's grant is over: only connecting again helps
 │    └── InvalidClient     our client id or secret is wrong: only the settings help
 ├── RateLimited            too many calls this second
 ├── DailyLimitReached      too many changes for this user today (GMT)
 ├── Malformed              Zoom said something that does not make sense
 └── SignatureRejected      a webhook that Zoom did not send, or not just now

Their texts are safe to log: they name the call, the status and Zoom's number, never a token, a
code, a link, or anything that people typed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta


class ZoomError(Exception):
    """Something went wrong with Zoom."""


class ZoomUnreachable(ZoomError):
    """No connection came about, so Zoom did nothing; the same call may be made again."""

    def __init__(self, call: str, reason: str) -> None:
        super().__init__(f"{call}: Zoom could not be reached ({reason})")


class ZoomUncertain(ZoomError):
    """The call was sent, and what became of it is not known: Zoom may have done it."""

    def __init__(self, call: str, reason: str) -> None:
        super().__init__(f"{call}: Zoom gave no usable answer ({reason})")


class ZoomRefused(ZoomError):
    """Zoom said no, and did nothing.

    `status` is HTTP's; `code` is Zoom's own number, 0 where it gave none; `fields` names the
    wrong fields of the request. `said` is Zoom's sentence: it may name people, so it is neither
    shown nor logged by itself.
    """

    def __init__(
        self,
        call: str,
        *,
        status: int = 0,
        code: int = 0,
        said: str = "",
        fields: Sequence[str] = (),
    ) -> None:
        named = f"; fields: {', '.join(fields)}" if fields else ""
        super().__init__(f"{call}: {type(self).__name__} (HTTP {status}, code {code}{named})")
        self.status = status
        self.code = code
        self.said = said
        self.fields = tuple(fields)


class Invalid(ZoomRefused):
    """A field of the request is not as Zoom wants it; `fields` says which, where Zoom does."""


class NotFound(ZoomRefused):
    """The meeting or user is not, or no longer, there."""


class NotAllowed(ZoomRefused):
    """The user may not host or plan meetings."""


class PaidOnly(ZoomRefused):
    """The user's plan does not include this."""


class ScopeMissing(ZoomRefused):
    """The user did not grant this permission; connecting again can."""


class TokenRejected(ZoomRefused):
    """The access token expired or was revoked, and a new one did not help."""


class InvalidGrant(ZoomRefused):
    """The grant is over, or a code was used or too old: the user must connect again."""


class InvalidClient(ZoomRefused):
    """Zoom does not know our client id and secret."""


class RateLimited(ZoomError):
    """Too many calls this second; nothing was done. `retry_after` is how long to wait."""

    def __init__(self, call: str, retry_after: timedelta) -> None:
        super().__init__(f"{call}: too many calls; again in {retry_after.total_seconds():.1f} s")
        self.retry_after = retry_after


class DailyLimitReached(ZoomError):
    """The user's changes of this day (GMT) are used up; nothing was done.

    `resets_at` is when Zoom takes them again, in UTC.
    """

    def __init__(self, call: str, resets_at: datetime) -> None:
        super().__init__(f"{call}: no more changes before {resets_at:%Y-%m-%d %H:%M} UTC")
        self.resets_at = resets_at


class Malformed(ZoomError):
    """An answer or event of Zoom's that does not make sense; the text names the field."""


class SignatureRejected(ZoomError):
    """A request that Zoom did not sign, or signed too long ago; the text says which rule failed."""
