"""In which chats a teacher's classes are announced, and what becomes of them in the others."""

from collections.abc import Sequence
from dataclasses import replace

from school.errors import NotAllowed
from school.model import LessonState, PostKind
from services.changing import Wish, to_change
from services.classes import note_change
from services.news import TOLD
from services.office import Office
from storage import chats, courses, planning, post_states, posts
from storage.courses import Course
from storage.database import Transaction


async def set_groups(office: Office, wish: Wish, chat_ids: Sequence[int]) -> None:
    """The course is announced in these groups, which are the teacher's, and in no others.

    New ones get the cards that the others have; in those left out, the cards say it is over.
    """
    async with office.database.writing() as tx:
        _, course = await to_change(tx, replace(wish, for_all=True))
        had = {chat.id for chat in await courses.chats_of_course(tx, course.id)}
        added, removed = set(chat_ids) - had, had - set(chat_ids)
        for chat_id in added:
            if not await chats.may_post(tx, chat_id, wish.teacher.person_id):
                raise NotAllowed(
                    "One of these groups is no longer yours. Type /groups to see them."
                )
        await planning.add_chats(tx, course.id, sorted(added))
        await planning.remove_chats(tx, course.id, removed)
        await _follow_groups(tx, course, had - removed, added, removed)
        await note_change(tx, course.id)
    office.bell.posts.ring()


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


async def _follow_groups(
    tx: Transaction, course: Course, kept: set[int], added: set[int], removed: set[int]
) -> None:
    ahead = await courses.lessons_ahead(tx, course.id)
    for one in await courses.lessons_of_course(tx, course.id):
        if not one.is_open and one.state is not LessonState.LIVE:
            continue
        shown = set(await post_states.chats_wanting(tx, one.id, PostKind.CARD))
        is_next = one.state is LessonState.SCHEDULED and one in ahead[:1]
        is_announced = bool(shown) if kept or removed else is_next
        for chat_id in sorted(added) if is_announced else ():
            await posts.want(tx, PostKind.CARD, one.id, chat_id)
        await posts.bump(tx, one.id, (PostKind.CARD, PostKind.ANSWER, *TOLD))
        for chat_id in removed & shown:
            await posts.forget_unsent(tx, PostKind.CARD, one.id, chat_id)
