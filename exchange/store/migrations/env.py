"""Alembic's way in: the connection is handed over by `exchange.store.migrate`, the address is never read from a file."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from exchange.store.tables import metadata
from exchange.store.types import Scaled, UtcDateTime


def _render(kind: str, item: object, autogen: Any) -> str | Literal[False]:
    """Write the project's column types as what they are in the database, so that old migrations outlive the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Scaled):
        return "sa.BigInteger()"
    return False


def _compare(ctx: object, inspected: object, column: object, found: object, wanted: object) -> bool | None:
    return False if isinstance(wanted, TypeDecorator) else None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=_render,
    compare_type=_compare,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
