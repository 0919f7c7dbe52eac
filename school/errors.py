"""What went wrong, said to a person.

SchoolError
 ├── NotAllowed      the person may not do this
 ├── NotUnderstood   what was typed makes no sense
 ├── NotConnected    the teacher has no Zoom account connected
 ├── Reconnect       Zoom no longer accepts the teacher's grant
 ├── ZoomUnavailable Zoom did not answer, or not usefully; trying later may help
 └── Outdated        a button, link or form that is no longer current
"""

from school.text import Text, Value


class SchoolError(Exception):
    """One clear sentence for the person who asked, with the next step in it."""

    def __init__(self, msgid: str, **values: Value) -> None:
        super().__init__(msgid)
        self.text = Text(msgid, values)


class NotAllowed(SchoolError):
    """The person may not do this."""


class NotUnderstood(SchoolError):
    """What was typed makes no sense."""


class NotConnected(SchoolError):
    """The teacher has no Zoom account connected."""


class Reconnect(SchoolError):
    """Zoom no longer accepts the teacher's grant."""


class ZoomUnavailable(SchoolError):
    """Zoom did not answer, or not usefully; trying later may help."""


class Outdated(SchoolError):
    """A button, link or form that is no longer current."""
