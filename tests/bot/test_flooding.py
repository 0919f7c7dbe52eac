"""How much one person and one group may ask for, by a clock that tests move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram import ChatMemberLeft as Left
from telegram import ChatMemberMember as Member

from bot import flooding
from bot.flooding import Pace, Patience, Verdict
from tests.clocks import SettableClock

LET_IN, WARNED, IGNORED = Verdict
WHEN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ZAYD, AISHA = (User(number, name, is_bot=False) for number, name in ((5, "Zayd"), (6, "Aisha")))
GROUP, OTHER_GROUP = Chat(-100, "supergroup"), Chat(-200, "supergroup")
PACE = Pace(
    at_once=4, a_minute=6, group_at_once=6, group_a_minute=6, member_at_once=2, member_a_minute=2
)

_numbers = count(1)


@pytest.fixture
def patience(clock: SettableClock) -> Patience:
    return Patience(clock, _warn, PACE)


async def _warn(update: Update) -> None:
    del update


def member(number: int) -> User:
    return User(number, "Someone", is_bot=False)


def typed(user: User, chat: Chat | None = None, **more: object) -> Update:
    number = next(_numbers)
    there = chat or Chat(user.id, "private")
    return Update(number, Message(number, WHEN, there, from_user=user, **more))  # type: ignore[arg-type]


def pressed(user: User, chat: Chat | None = None) -> Update:
    number = next(_numbers)
    below = Message(number, WHEN, chat or Chat(user.id, "private"))
    return Update(number, callback_query=CallbackQuery(str(number), user, "x", message=below))


def removed(user: User) -> Update:
    there, bot = Chat(user.id, "private"), User(1, "Bot", is_bot=True)
    change = ChatMemberUpdated(there, user, WHEN, Member(bot), Left(bot))
    return Update(next(_numbers), my_chat_member=change)


def judged(patience: Patience, made: Callable[[], Update], times: int) -> list[Verdict]:
    return [patience.judge(made()) for _ in range(times)]


def test_who_is_too_fast_is_warned_once_and_then_ignored(patience: Patience) -> None:
    assert judged(patience, lambda: typed(ZAYD), 7) == [LET_IN] * 4 + [WARNED] + [IGNORED] * 2


def test_pressing_and_typing_count_together(patience: Patience) -> None:
    assert judged(patience, lambda: pressed(ZAYD), 3) == [LET_IN] * 3
    assert judged(patience, lambda: typed(ZAYD), 2) == [LET_IN, WARNED]


def test_nobody_else_is_meant(patience: Patience) -> None:
    judged(patience, lambda: typed(ZAYD), 9)
    assert judged(patience, lambda: typed(AISHA), 4) == [LET_IN] * 4


def test_a_moment_of_calm_is_not_enough_and_half_a_store_is(
    patience: Patience, clock: SettableClock
) -> None:
    judged(patience, lambda: typed(ZAYD), 5)
    clock.forward(timedelta(seconds=19))
    assert patience.judge(typed(ZAYD)) is IGNORED
    clock.forward(timedelta(seconds=20))
    assert judged(patience, lambda: typed(ZAYD), 3) == [LET_IN, LET_IN, WARNED]


def test_who_goes_on_is_ignored_for_as_long_as_that(
    patience: Patience, clock: SettableClock
) -> None:
    judged(patience, lambda: typed(ZAYD), 5)
    for _ in range(100):
        clock.forward(timedelta(seconds=5))
        assert patience.judge(typed(ZAYD)) is IGNORED


def test_a_steady_hand_is_never_warned(patience: Patience, clock: SettableClock) -> None:
    for _ in range(100):
        clock.forward(timedelta(seconds=10))
        assert patience.judge(typed(ZAYD)) is LET_IN


def test_many_who_use_up_a_groups_store_are_warned_there_and_answered_elsewhere(
    patience: Patience,
) -> None:
    crowd = [member(number) for number in range(10, 18)]
    verdicts = [patience.judge(typed(one, GROUP)) for one in crowd]
    assert verdicts == [LET_IN] * 6 + [WARNED, IGNORED]
    assert patience.judge(typed(crowd[1], OTHER_GROUP)) is LET_IN
    assert patience.judge(typed(crowd[0])) is LET_IN


def test_one_who_floods_a_group_does_not_use_up_its_store(patience: Patience) -> None:
    said = judged(patience, lambda: typed(ZAYD, GROUP), 50)
    assert said == [LET_IN] * 2 + [WARNED] + [IGNORED] * 47
    assert judged(patience, lambda: typed(AISHA, GROUP), 2) == [LET_IN] * 2


def test_a_member_who_never_stops_is_warned_once_and_all_others_are_answered(
    clock: SettableClock,
) -> None:
    """With the usual pace: a command every three seconds, for half an hour."""
    patience = Patience(clock, _warn)
    zayd, others = [], []
    for number in range(600):
        zayd.append(patience.judge(typed(ZAYD, GROUP)))
        if number % 10 == 9:
            others.append(patience.judge(typed(member(100 + number % 40), GROUP)))
        clock.forward(timedelta(seconds=3))
    assert set(others) == {LET_IN}
    assert zayd.count(WARNED) == 1
    assert set(zayd[zayd.index(WARNED) + 1 :]) == {IGNORED}


def test_no_rhythm_of_one_member_shuts_the_group(clock: SettableClock) -> None:
    for pause_s in (1, 5, 10, 15, 19, 20, 25, 30, 45):
        patience = Patience(clock, _warn)
        for number in range(200):
            patience.judge(typed(ZAYD, GROUP))
            if number * pause_s % 60 < pause_s:
                assert patience.judge(typed(member(100 + number), GROUP)) is LET_IN, pause_s
            clock.forward(timedelta(seconds=pause_s))


def test_who_is_too_fast_in_one_group_is_answered_elsewhere(patience: Patience) -> None:
    judged(patience, lambda: typed(ZAYD, GROUP), 50)
    assert patience.judge(typed(ZAYD, OTHER_GROUP)) is LET_IN
    assert patience.judge(typed(ZAYD)) is LET_IN


def test_a_crowd_that_goes_on_is_answered_again_as_the_groups_store_fills(
    patience: Patience, clock: SettableClock
) -> None:
    """What is ignored there uses up nothing: else a few could keep it shut for everybody."""
    verdicts = []
    for number in range(10, 250):
        verdicts.append(patience.judge(typed(member(number), GROUP)))
        clock.forward(timedelta(seconds=5))
    assert verdicts[-60:].count(LET_IN) >= 20


def test_who_writes_as_the_group_does_not_use_up_its_store(patience: Patience) -> None:
    shared = User(1087968824, "Group", is_bot=True)
    said = judged(patience, lambda: typed(shared, GROUP, sender_chat=GROUP), 9)
    assert said == [LET_IN] * 2 + [WARNED] + [IGNORED] * 6
    assert judged(patience, lambda: typed(AISHA, GROUP), 2) == [LET_IN] * 2


def test_who_writes_as_a_group_is_counted_as_that_group(patience: Patience) -> None:
    shared = User(1087968824, "Group", is_bot=True)  # it stands for the admins of all groups
    judged(patience, lambda: typed(shared, GROUP, sender_chat=GROUP), 9)
    as_other = typed(shared, OTHER_GROUP, sender_chat=OTHER_GROUP)
    assert patience.judge(as_other) is LET_IN


def test_what_happened_to_the_bot_is_heard_however_often(patience: Patience) -> None:
    judged(patience, lambda: typed(ZAYD), 9)
    assert patience.judge(removed(ZAYD)) is LET_IN
    assert not patience.is_lost_with(removed(ZAYD))
    moved = typed(ZAYD, GROUP, migrate_to_chat_id=-300)
    assert patience.judge(moved) is LET_IN


def test_what_still_waits_is_lost_with_the_warning(patience: Patience) -> None:
    waiting = typed(ZAYD)
    assert patience.judge(waiting) is LET_IN
    assert not patience.is_lost_with(waiting)
    judged(patience, lambda: typed(ZAYD), 9)
    assert patience.is_lost_with(waiting)
    assert not patience.is_lost_with(typed(AISHA))


def test_a_clock_that_is_put_back_locks_nobody_out(
    patience: Patience, clock: SettableClock
) -> None:
    judged(patience, lambda: typed(ZAYD), 5)
    clock.forward(-timedelta(days=1))
    assert patience.judge(typed(ZAYD)) is IGNORED
    clock.forward(timedelta(minutes=1))
    assert patience.judge(typed(ZAYD)) is LET_IN


def test_no_number_of_people_fills_the_memory(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flooding, "_MOST_KNOWN", 50)
    for number in range(1, 500):
        patience.judge(typed(member(number), GROUP))
    assert len(patience._stores) == 50
