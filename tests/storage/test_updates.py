"""Which updates have been handled."""

from storage.database import Database
from storage.updates import handled_among, mark_handled


async def test_an_update_is_marked_once_however_often(database: Database) -> None:
    async with database.writing() as tx:
        await mark_handled(tx, 5)
        await mark_handled(tx, 5)
    async with database.reading() as tx:
        assert await handled_among(tx, (4, 5, 6)) == {5}
        assert await handled_among(tx, ()) == frozenset()
