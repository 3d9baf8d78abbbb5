"""Every table, imported once, so that the models are whole for Alembic and for a fresh database."""

from exchange.store import (  # noqa: F401 - imported for their tables
    account_links,
    agreements,
    answers,
    audit,
    businesses,
    changes,
    demands,
    exchange_log,
    feed,
    idempotency,
    links,
    locks,
    matches,
    nights,
    partners,
    products,
    profiles,
    proposals,
    quarantine,
    rates,
    runs,
    search,
    segments,
    sources,
    staff_sessions,
    supply,
    trade,
    twins,
    uploads,
    users,
    webhooks,
)
from exchange.store.base import Row

metadata = Row.metadata
