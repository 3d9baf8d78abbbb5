"""A database with the newest shape and nothing in it, whatever was there before."""

from __future__ import annotations

from sqlalchemy import MetaData, text

from exchange.store import migrate
from exchange.store.base import Store


def emptied(url: str) -> Store:
    """The store of this database once everything in it is dropped and the newest shape is made. Whoever asks closes it."""
    store = Store(url)
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # functions of triggers outlive their tables: the schema goes with all in it
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            everything = MetaData()
            everything.reflect(connection)
            everything.drop_all(connection)
    migrate.upgrade(store)
    return store
