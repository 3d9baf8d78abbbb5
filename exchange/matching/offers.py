"""A product as the matcher reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exchange.matching.index import Document


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """
    What is had; None where it was not said.

    Prices are rupiah for one `unit_said`; `capacity` (the lower bound) is for one `capacity_period`, in that unit like
    `minimum_order`. `certificates` maps `sni`, `halal`, `tkdn`, `permit` to what the firm stated. `firm` is its NIB and
    `sentra` the cluster that it sits in. `lead_time_days`: from order to delivery; `weight_kg`: of one `unit_said`, above 0.

    Two offers are one only if they are the same object, so that what is read of one can be remembered cheaply.
    """

    key: str
    name: str
    document: Document
    unit: str | None = None
    unit_said: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    capacity: Decimal | None = None
    capacity_period: str | None = None
    minimum_order: Decimal | None = None
    certificates: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    region: str | None = None
    lead_time_days: int | None = None
    firm: str | None = None
    firm_name: str | None = None
    sentra: str | None = None
    weight_kg: Decimal | None = None


def read_offer(product: Mapping[str, Any], region: str | None, business: Mapping[str, Any] | None = None) -> Offer:
    """A product in the members of ProductSchema, made in `region`, as an offer, with its firm (BusinessSchema) if given; pure."""
    firm = business or {}
    certificates = {
        "sni": product.get("sni"),
        "halal": product.get("halal"),
        "permit": product.get("distribution_permit"),
        "tkdn": None if product.get("tkdn_percent") is None else f"{product['tkdn_percent']:f}",
    }
    codes = {
        scheme: (str(product[name]), str(product.get(f"{name}_edition") or ""))
        for scheme, name in (("KBLI", "kbli"), ("KBKI", "kbki"), ("HS", "hs"))
        if product.get(name)
    }
    capacity = product.get("capacity_min")
    return Offer(
        key=product["sku"],
        name=product["name"],
        document=Document(product["sku"], product["name"], tuple(product.get("keywords") or ()), product.get("description") or ""),
        unit=product.get("unit_code"),
        unit_said=product.get("unit_said"),
        price_min=product.get("price_min"),
        price_max=product.get("price_max"),
        capacity=product.get("capacity_max") if capacity is None else capacity,
        capacity_period=product.get("capacity_period"),
        minimum_order=product.get("minimum_order"),
        certificates={name: str(said) for name, said in certificates.items() if said},
        codes=codes,
        region=region,
        lead_time_days=product.get("lead_time_days"),
        firm=product.get("nib"),
        firm_name=firm.get("name"),
        sentra=firm.get("cluster"),
        weight_kg=product.get("weight_kg") or None,
    )
