"""What would come of one listing; nothing is saved."""

from __future__ import annotations

from typing import Any

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.demand.intake import Unfit, check
from exchange.sync.offers import Unreadable, offer_of
from schemas.demand import DemandSchema

_GONE = "Sumber mengatakan bahwa data ini sudah tidak ada."


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
