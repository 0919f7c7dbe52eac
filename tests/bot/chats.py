"""Groups as views are given them."""

from school.model import DayReminder
from storage.chats import Chat


def linked_group(chat_id: int, title: str) -> Chat:
    """A group that its teachers have changed nothing of."""
    return Chat(
        id=chat_id,
        kind="supergroup",
        title=title,
        thread_id=None,
        is_forum=False,
        is_linked=True,
        lost_reason=None,
        language=None,
        zone=None,
        day_reminder=DayReminder.SINGLE,
        reminder_minutes=15,
    )
