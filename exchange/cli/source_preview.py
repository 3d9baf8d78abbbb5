"""How `exchange source preview` shows a listing that was looked at."""

from __future__ import annotations

from typing import Any

OUTCOMES = {"saved": "permintaan", "offered": "pasokan", "skipped": "dilewati", "quarantined": "tidak terbaca"}


def preview_row(listing: dict[str, Any]) -> dict[str, str]:
    """A listing as `exchange.sync.outcomes.outcome` tells it, as a row: `reference`, `outcome`, `title` (else why not) and `items`."""
    demand, supply = listing["demand"], listing["supply"]
    title, items = listing["reason"], ""
    if demand:
        title, items = demand["title"], "; ".join(item["text"] for item in demand["items"][:3])
    elif supply:
        title, items = supply["name"], _terms(supply)
    return {"reference": listing["reference"], "outcome": OUTCOMES[listing["outcome"]], "title": title, "items": items}


def _terms(supply: dict[str, Any]) -> str:
    """Who makes it, and at what price, as far as it is said."""
    prices = dict.fromkeys(str(price) for price in (supply["price_min"], supply["price_max"]) if price is not None)
    price = f"{supply['currency']} {' – '.join(prices)}" if prices else ""
    unit = f" per {supply['unit_said']}" if price and supply["unit_said"] else ""
    return "; ".join(part for part in ((supply["producer"] or {}).get("name"), price + unit) if part)
