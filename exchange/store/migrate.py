"""Bring a database to the newest shape, or tell how it differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from exchange.store.base import Store


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store, revision: str = "head") -> None:
    """Run the migrations that this database lacks; two processes at once do it one after the other."""
    with store.engine.execution_options(exchange_writes=True).begin() as connection:
        if not store.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(913672002)")
        command.upgrade(_config(connection), revision)


def downgrade(store: Store, revision: str) -> None:
    """Take migrations back down to a revision, `base` for an empty database."""
    with store.engine.execution_options(exchange_writes=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(store: Store) -> bool:
    """Whether the database has every migration; False for one that was never set up."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == ScriptDirectory.from_config(_config()).get_current_head()


def is_empty(store: Store) -> bool:
    """Whether nothing was ever set up in the database."""
    with store.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def differences(store: Store) -> list[Any]:
    """How the database differs from the models, in Alembic's words; empty where they agree."""
    from exchange.store.tables import metadata

    with store.engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
    return found
