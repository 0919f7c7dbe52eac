"""When people are reminded of a lesson, and until when that is of use."""

from datetime import datetime, timedelta

DAY_BEFORE = timedelta(days=1)
"""When a lesson's card is shown at the latest, and chats that want it are reminded."""

DAY_REMINDER_UNTIL = timedelta(hours=1)
"""Before the start: later than that, the other reminder is near."""

SOON = timedelta(minutes=15)
"""Before the start: the card says that it begins soon."""

TEACHER_BEFORE = timedelta(minutes=10)
"""Before the start: the teacher is reminded."""

NUDGES_AFTER = (timedelta(minutes=3), timedelta(minutes=10))
"""After a start at which nothing began."""

ALARM_AFTER = timedelta(minutes=15)
"""After a start at which nothing began, the admins are told."""

FREE_LIMIT = timedelta(minutes=40)
"""When Zoom ends a meeting on a free plan."""

LIMIT_WARNING_AFTER = timedelta(minutes=35)
"""After a meeting on a free plan was started."""

# A chat that was just told of the lesson in another way needs no reminder.
TOLD_BEFORE_DAY_REMINDER = timedelta(hours=1)
TOLD_BEFORE_REMINDER = timedelta(minutes=5)


def nudge_due(starts_at: datetime, now: datetime) -> datetime | None:
    """The latest moment to nudge a teacher that has come; None before the first."""
    come = [starts_at + after for after in NUDGES_AFTER if starts_at + after <= now]
    return max(come, default=None)


def knew_long_before(told_at: datetime | None, due_at: datetime, before: timedelta) -> bool:
    """Whether a chat was told, and not just before a reminder was due, or since."""
    return told_at is not None and told_at <= due_at - before
