"""What becomes of a teacher's classes in a chat where they are no longer to be announced."""

from school.model import PostKind
from services.classes import note_change
from services.news import TOLD
from storage import courses, planning, post_states, posts
from storage.database import Transaction


async def stop_announcing(tx: Transaction, chat_id: int, teacher_id: int) -> None:
    """Within a transaction: none of the teacher's courses are announced in this chat any more.

    Cards that it has say so; those that it has not got yet do not come.
    """
    ahead = await post_states.lessons_ahead_in(tx, chat_id, teacher_id)
    for course_id in await courses.courses_of_teacher_in(tx, teacher_id, chat_id):
        await planning.remove_chats(tx, course_id, {chat_id})
        await note_change(tx, course_id)
    for lesson_id in ahead:
        await posts.forget_unsent(tx, PostKind.CARD, lesson_id, chat_id)
        await posts.bump(tx, lesson_id, (PostKind.ANSWER,))
    await posts.bump_in(tx, chat_id, (PostKind.CARD, *TOLD))
