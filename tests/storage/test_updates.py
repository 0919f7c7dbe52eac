"""Which updates have been handled."""

from datetime import timedelta

from storage.database import Database
from storage.updates import forget_updates, handled_among, mark_handled
from tests.clocks import SettableClock


async def test_an_update_is_marked_once_however_often(database: Database) -> None:
    async with database.writing() as tx:
        await mark_handled(tx, 5)
        await mark_handled(tx, 5)
    async with database.reading() as tx:
        assert await handled_among(tx, (4, 5, 6)) == {5}
        assert await handled_among(tx, ()) == frozenset()


async def test_old_ones_are_forgotten(database: Database, clock: SettableClock) -> None:
    async with database.writing() as tx:
        await mark_handled(tx, 5)
    clock.forward(timedelta(days=2))
    async with database.writing() as tx:
        await mark_handled(tx, 6)
        assert await forget_updates(tx, tx.now - timedelta(days=1)) == 1
        assert await handled_among(tx, (5, 6)) == {6}
        assert await forget_updates(tx, tx.now) == 0  # before then, not at that moment
