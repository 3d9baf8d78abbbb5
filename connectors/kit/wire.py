"""Records in the wire form of our own schemas, as another node sends them: what is known of them, fit to keep."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from connectors.kit.text import tidy
from schemas.bulk import quick
from schemas.demand import DemandSchema
from schemas.product import MOST_PHOTOS, PhotoSchema
from schemas.supply import SupplySchema
from schemas.ubl import CLASSIFICATIONS
from schemas.wire import Product

_DEMAND = DemandSchema()
_SUPPLY, _PRODUCT, _PHOTO = SupplySchema(), Product(), PhotoSchema()
PHOTOS = "/api/v1/photos"
# what a node's product says in the words in which an offer is kept
_ALIKE = (
    "name", "description", "sector", "unit_said", "unit_code", "price_min", "price_max", "price_valid_until", "minimum_order",
    "lead_time_days", "capacity_min", "capacity_max", "capacity_band", "capacity_period", "tkdn_percent", "sni", "halal",
    "distribution_permit", "keywords", "weight_kg", "photo", "is_sample",
)  # fmt: skip
_FIRM = ("name", "ident", "legal_form", "district")
_MARKS = frozenset({"version", "updated_at", "state"})
# members in people's words, at any depth, as is every text of several words; in them a person's number can stand
_PROSE = frozenset({"title", "description", "place", "quantity_said", "method", "name", "text", "specification", "said", "caption"})


def known_members(schema: Schema, value: Any) -> Any:
    """
    A record with the members that a schema knows, at any depth of it; a newer node may send more.

    What is no object where one should be stays as it is, for the schema to refuse.
    """
    if not isinstance(value, dict):
        return value
    return {name: _known(field, value[name]) for name, field in schema.fields.items() if name in value}


def _known(field: fields.Field[Any], value: Any) -> Any:
    if isinstance(field, fields.Nested):
        return known_members(field.schema, value)
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_known(field.inner, each) for each in value]
    return value


def kept(value: Any, name: str = "") -> Any:
    """A value whose texts can be kept: prose tidied and without persons' numbers, everything else without NUL and half characters."""
    if isinstance(value, str):
        if name in _PROSE or " " in value:
            return tidy(value)
        return value if value.isprintable() else value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [kept(each, name) for each in value]
    if isinstance(value, dict):
        return {kept(key): kept(each, key) for key, each in value.items()}
    return value


def first_fault(errors: Any) -> str:
    """The path of the first error in marshmallow's nested messages, list positions as `[]`."""
    path: list[str] = []
    while isinstance(errors, dict) and errors:
        key, errors = next(iter(errors.items()))
        path.append("[]" if isinstance(key, int) else str(key))
    return ".".join(path)[:120]


def demand_members(record: dict[str, Any]) -> dict[str, Any]:
    """What is known of a demand's record, as it came."""
    members: dict[str, Any] = known_members(_DEMAND, record)
    return members


def demand_of(record: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The demand in the wire form, and the path of what is wrong with it; None where it keeps the shape."""
    demand: dict[str, Any] = kept(demand_members(record))
    if quick(demand) is not None:
        return demand, None
    errors = _DEMAND.validate(demand)
    return demand, first_fault(errors) if errors else None


def product_members(record: dict[str, Any]) -> dict[str, Any]:
    """What is known of a product's record, as it came, without what a node notes down about it."""
    members: dict[str, Any] = known_members(_PRODUCT, record)
    return {name: value for name, value in members.items() if name not in _MARKS}


def _photos(said: Any, base: str | None) -> list[dict[str, Any]]:
    """
    What a node says of its photos, each with its address below the node's own (`base`); nothing is fetched.

    One that is named by another address than the node's, or not in the shape of PhotoSchema, is passed over: a product is not refused for
    its pictures.
    """
    given = [each for each in said if isinstance(each, dict)] if base and isinstance(said, list) else []
    known = [each for each in given[: 2 * MOST_PHOTOS] if not _PHOTO.validate(each) and each["href"] == f"{PHOTOS}/{each['sha256']}"]
    return [
        {"href": f"{base}{each['href']}", "sha256": each["sha256"], "caption": each["caption"][:1000] or None}
        for each in known[:MOST_PHOTOS]
    ]


def offer_of(record: dict[str, Any], sku: str, address: str, base: str | None = None) -> tuple[dict[str, Any], str | None]:
    """
    A node's product as an offer in the wire form, and the path of what is wrong with it; None where it keeps the shape.

    sku: its name there. address: where it can be read there. base: the node's own address, below which its photos lie; None: without them.
    """
    told = kept(product_members(record))
    offer: dict[str, Any] = {name: told[name] for name in _ALIKE if told.get(name) not in (None, "")}
    offer |= {"sku": sku, "url": address if len(address) <= 2000 else None}
    offer["classifications"] = [
        {"scheme": scheme, "code": told[member], "edition": told.get(edition)}
        for member, edition, scheme in CLASSIFICATIONS
        if told.get(member) not in (None, "")
    ]
    producer = told.get("producer")
    if isinstance(producer, dict) and producer.get("name"):
        offer["producer"] = {name: producer[name] for name in _FIRM if producer.get(name) not in (None, "")}
    if photos := _photos(told.get("photos"), base):
        offer["photos"] = photos
    errors = _SUPPLY.validate(offer)
    return offer, first_fault(errors) if errors else None
