"""
Bring a database to the newest shape, or tell how it differs.

Alembic is imported only where a migration really runs: every command asks whether the database is current, and the
answer should not cost the library's start-up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from exchange.store.base import Store

if TYPE_CHECKING:
    from alembic.config import Config

# the newest migration; a test holds it to the folder
HEAD = "0036"


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store, revision: str = "head") -> None:
    """Run the migrations that this database lacks; two processes at once do it one after the other."""
    from alembic import command

    with store.engine.execution_options(exchange_writes=True).begin() as connection:
        if not store.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(913672002)")
        command.upgrade(_config(connection), revision)


def downgrade(store: Store, revision: str) -> None:
    """Take migrations back down to a revision, `base` for an empty database."""
    from alembic import command

    with store.engine.execution_options(exchange_writes=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(store: Store) -> bool:
    """Whether the database has every migration; False for one that was never set up."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)


def is_empty(store: Store) -> bool:
    """Whether nothing was ever set up in the database."""
    with store.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def differences(store: Store) -> list[Any]:
    """How the database differs from the models, in Alembic's words; empty where they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from exchange.store.tables import metadata

    with store.engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
    return found
