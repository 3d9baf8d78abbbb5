"""Look at a source before anyone approves it, as the command line shows it. Saves no demand."""

from __future__ import annotations

from typing import Any

from exchange.settings import Settings
from exchange.store.sources import SourceRow
from exchange.sync.looking import look

_SHOWN = ("reference", "outcome", "reason", "demand", "supply")


def preview(settings: Settings, source: SourceRow, limit: int = 20) -> dict[str, Any]:
    """
    Ask a source once and translate its first listings.

    Returns:
        `reachable`, `reasons` (what came instead, and what to do), `requests`, `bytes`, and `listings`: at most `limit`
        of them, each with `reference` and what `outcome` tells.
    """
    return brief(source, look(settings, source, limit, settings.total_timeout), limit)


def brief(source: SourceRow, seen: dict[str, Any], limit: int) -> dict[str, Any]:
    """Of what a look saw, that which `preview` tells."""
    listings = [{name: each[name] for name in _SHOWN} for each in seen["listings"][:limit]]
    return {"source": source.name} | {name: seen[name] for name in ("reachable", "reasons", "requests", "bytes")} | {"listings": listings}
