"""Every table, imported once, so that the models are whole for Alembic and for a fresh database."""

from exchange.store import (  # noqa: F401 - imported for their tables
    audit,
    businesses,
    changes,
    demands,
    feed,
    links,
    locks,
    matches,
    nights,
    products,
    profiles,
    proposals,
    quarantine,
    runs,
    segments,
    sources,
    supply,
    uploads,
    users,
)
from exchange.store.base import Row

metadata = Row.metadata
