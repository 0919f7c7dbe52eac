"""Brings a database's tables to the state that this program knows."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.errors import DatabaseProblem

HEAD = "0005"
"""The newest revision in migrations/versions/."""

_MIGRATIONS = Path(__file__).parent / "migrations"


async def revision_of(engine: AsyncEngine) -> str | None:
    """The revision that the database has; None for a new one."""
    async with engine.connect() as connection:
        return await connection.run_sync(_stored_revision)


async def migrate(engine: AsyncEngine) -> None:
    """Applies the missing migrations in one transaction, all or none; raises DatabaseProblem."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _stored_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported here: it takes longer than all else at start, and is seldom needed.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    try:
        command.upgrade(configuration, "head")
    except CommandError as error:
        raise DatabaseProblem(
            f"The database was written by a newer version of this program "
            f"(revision {_stored_revision(connection)}, this one knows {HEAD}): "
            "start that version or a later one."
        ) from error
    if connection.dialect.name == "sqlite":
        _check_foreign_keys(connection)


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise DatabaseProblem(
            f"Bringing the database up to date would have left a row of {broken[0]} without what "
            "it refers to, so nothing was changed: report this to the program's authors."
        )
