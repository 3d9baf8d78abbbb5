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
from exchange.sync.offers import Unreadable, offer_of
from exchange.sync.registry import connector_for, fetch_for
from schemas.demand import DemandSchema

_GONE = "Sumber mengatakan bahwa data ini sudah tidak ada."


def preview(settings: Settings, source: SourceRow, limit: int = 20) -> dict[str, Any]:
    """
    Ask a source once and translate its first listings.

    Returns:
        `reachable`, `reasons` (what came instead, and what to do), `requests`, `bytes`, and `listings`: at most `limit`
        of them, each with `reference` and what `outcome` tells.
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
    """
    What would come of one listing.

    Returns:
        `outcome`: `saved` with the `demand`, `offered` with the `supply`, each in wire form; or `skipped` or `quarantined` with the
        `reason`. What does not apply is None.
    """
    told: dict[str, Any] = {"outcome": "saved", "reason": None, "demand": None, "supply": None}
    try:
        if raw.gone:
            return told | {"outcome": "skipped", "reason": _GONE}
        if raw.supply:
            return told | {"outcome": "offered", "supply": offer_of(connector, raw)}
        demand = DemandSchema().dump(check(connector.translate(raw)))
    except Skip as skip:
        return told | {"outcome": "skipped", "reason": skip.reason}
    except (Refused, Unfit, Unreadable) as wrong:
        return told | {"outcome": "quarantined", "reason": wrong.message}
    except Exception as error:  # a connector's bug costs one listing
        return told | {"outcome": "quarantined", "reason": f"Konektor gagal membaca data ini ({type(error).__name__})."}
    return told | {"demand": demand}
