"""Look at a source before anyone approves it: what came, and how the first listings would be understood. Saves no demand."""

from __future__ import annotations

from itertools import islice
from typing import Any

from connectors.kit import Connector, RawListing, Refused, Skip, SourceError, Window
from exchange.demand.intake import Unfit, check
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.registry import connector_for, fetch_for
from schemas.demand import DemandSchema


def preview(settings: Settings, source: SourceRow, limit: int = 20) -> dict[str, Any]:
    """
    Ask a source once and translate its first listings.

    Returns:
        `reachable`, `reasons` (what came instead, and what to do), `requests`, `bytes`, and `listings`: at most `limit`
        of them, each with `reference`, `outcome` (`saved`, `skipped` or `quarantined`), `reason` and `demand`.
    """
    connector = connector_for(source)
    archive = Archive(settings.data_dir / "archive")
    seen: list[dict[str, Any]] = []
    reasons: list[str] = []
    with fetch_for(source, connector, lambda body, _meta: archive.keep(body), settings) as fetch:
        try:
            for raw in islice(connector.listings(fetch, Window(since=None, until=utcnow())), limit):
                seen.append({"reference": raw.reference} | outcome(connector, raw))
        except SourceError as error:
            reasons = [error.message, error.mend]
    return {
        "source": source.name,
        "reachable": not reasons,
        "reasons": reasons,
        "requests": fetch.facts.requests,
        "bytes": fetch.facts.bytes_sent,
        "listings": seen,
    }


def outcome(connector: Connector, raw: RawListing) -> dict[str, Any]:
    """What would come of one listing (`saved`, `skipped` or `quarantined`), why, and the demand in wire form where it is understood."""
    try:
        demand = DemandSchema().dump(check(connector.translate(raw)))
    except Skip as skip:
        return {"outcome": "skipped", "reason": skip.reason, "demand": None}
    except (Refused, Unfit) as wrong:
        return {"outcome": "quarantined", "reason": wrong.message, "demand": None}
    except Exception as error:  # a connector's bug costs one listing
        return {"outcome": "quarantined", "reason": f"Konektor gagal membaca data ini ({type(error).__name__}).", "demand": None}
    return {"outcome": "saved", "reason": None, "demand": demand}
