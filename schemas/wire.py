"""What leaves through the API: the records as callers read them, pages of them, and problems.

A member that a caller's tier may not read is absent; which tier reads what is the service's field policy alone.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.agreement import MatchCoverage
from schemas.business import BusinessSchema
from schemas.demand import DemandSchema
from schemas.fields import Exact, Region, choice
from schemas.match import MatchSchema
from schemas.product import PhotoSchema, ProductSchema

RUN_STATES = ("running", "complete", "partial", "unproven", "failed")
CHANGE_KINDS = ("business", "demand", "product")
SOURCE_HEALTH = ("good", "failing", "lapsed")
LEVELS = ("provinsi", "kabupaten", "kota")


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


def _version() -> fields.Integer:
    return fields.Integer(metadata=_says("Grows with every change of the record."))


def _updated() -> fields.AwareDateTime:
    return fields.AwareDateTime(metadata=_says("When it last changed, UTC."))


class Producer(Schema):
    """What a product tells of its firm."""

    ident = fields.String(metadata=_says("Public name of the firm, as in /api/v1/businesses/{ident}."))
    name = fields.String()
    legal_form = fields.String(allow_none=True)
    nib = fields.String(metadata=_says("Absent for sole proprietors."))
    district = fields.String(allow_none=True, metadata=_says("Kecamatan."))


class NegotiatedPrice(Schema):
    """A price that was agreed under a contract (PKS), for an order of so much on those days."""

    agreement = fields.String(required=True, metadata=_says("The case of cooperation, as in /api/v1/agreements/{ident}."))
    version = fields.Integer(required=True, metadata=_says("Version of that case's price list."))
    price = Exact(required=True, metadata=_says("Rupiah for one unit."))
    currency = choice("IDR", required=True)
    unit_code = fields.String(required=True, allow_none=True, metadata=_says("UN/ECE Rec 20 code; null where the unit has none."))
    unit_said = fields.String(required=True, allow_none=True, metadata=_says("Unit as people write it."))
    quantity_min = Exact(required=True, allow_none=True, metadata=_says("Least quantity of the order, included; null: any."))
    quantity_max = Exact(required=True, allow_none=True, metadata=_says("Largest quantity of the order, included; null: any."))
    valid_from = fields.Date(required=True, allow_none=True, metadata=_says("First day."))
    valid_until = fields.Date(required=True, allow_none=True, metadata=_says("Last day."))
    note = fields.String(required=True, allow_none=True)


class Photo(PhotoSchema):
    """One photo of a product, as this node serves it."""


class Product(ProductSchema):
    """One product of an IKM."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        exclude = ("nib",)

    producer = fields.Nested(Producer)
    capacity_band = fields.String(
        allow_none=True, metadata=_says("The power of ten that the largest capacity lies in, per capacity_period: 100-1000.")
    )
    negotiated_prices = fields.List(
        fields.Nested(NegotiatedPrice),
        allow_none=True,
        metadata=_says("In the scope of the caller's own contract (PKS) alone: what was agreed under it; null where nothing was."),
    )
    photos = fields.List(
        fields.Nested(Photo),
        metadata=_says("The photos that this node serves of it, at most 12, the one to show first comes first; empty where there is none."),
    )
    state = fields.String(metadata=_says("Whether it is on offer: active."))
    version = _version()
    updated_at = _updated()


class Business(BusinessSchema):
    """One firm that agreed to be published."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        exclude = ()

    ident = fields.String(metadata=_says("Public name of the firm."))
    version = _version()
    updated_at = _updated()


class AlsoSeen(Schema):
    """Another demand that may be the same one; proposed by the system until staff confirm or reject it."""

    ident = fields.String(required=True, metadata=_says("Public name of the other demand."))
    source = fields.String(required=True)
    reference = fields.String(required=True)
    title = fields.String(required=True)
    kind = choice("same_listing", "same_need", required=True)
    reason = fields.String(required=True, metadata=_says("Why it was proposed, Indonesian."))
    state = choice("proposed", "confirmed", "rejected", required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class Demand(DemandSchema):
    """One demand."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        exclude = ()

    ident = fields.String(metadata=_says("Public name of the demand."))
    source = fields.String(metadata=_says("Name of the source that it came from."))
    source_health = choice(
        *SOURCE_HEALTH,
        metadata=_says(
            "How the source fares now; `lapsed`: it has not answered for long, and this is its last good data. Not on the feed."
        ),
    )
    source_last_good_at = fields.AwareDateTime(
        allow_none=True, metadata=_says("When the source last brought a list, UTC; null where it never did. Where `source_health` stands.")
    )
    state = choice("live", "withdrawn")
    held = fields.Boolean(metadata=_says("The source no longer names it, and nobody let it go yet."))
    also_seen = fields.List(
        fields.Nested(AlsoSeen),
        metadata=_says("For staff, of one demand: as what else it is seen; absent where nothing is linked."),
    )
    first_seen_at = fields.AwareDateTime()
    version = _version()
    updated_at = _updated()


class Match(MatchSchema):
    """One match of a demand and a product, with the reasons."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        exclude = ()

    id = fields.Integer()
    demand_title = fields.String()
    region = fields.String(allow_none=True, metadata=_says("The buyer's region."))
    product_name = fields.String()
    sector = fields.String(allow_none=True)
    coverage = fields.Nested(MatchCoverage)
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    made_at = fields.AwareDateTime()
    version = _version()
    updated_at = _updated()


class Run(Schema):
    """One run of a source, with its counts."""

    id = fields.Integer(required=True)
    source = fields.String(required=True)
    region = Region(required=True)
    connector = fields.String(required=True)
    connector_version = fields.String(required=True)
    state = choice(*RUN_STATES, required=True)
    reasons = fields.List(fields.String(), required=True, metadata=_says("Why it is in that state, Indonesian."))
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    fetched = fields.Integer(required=True)
    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    missing = fields.Integer(required=True, metadata=_says("Known and not in this answer."))
    held = fields.Integer(required=True, metadata=_says("Of the missing, those not let go."))
    withdrawn = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    duplicates = fields.Integer(required=True, metadata=_says("Shown demands that say the same as an earlier one of the source."))
    requests = fields.Integer(required=True)
    received_bytes = fields.Integer(required=True)


class FeedEntry(Schema):
    """One entry of the change feed: a record as the caller reads it now, or a tombstone."""

    kind = choice(*CHANGE_KINDS, required=True)
    ident = fields.String(required=True, metadata=_says("Public name of the record: the SKU of a product."))
    version = fields.Integer(required=True, metadata=_says("Of the record; of a tombstone the version that went away."))
    op = choice("upsert", "delete", required=True, metadata=_says("`delete` is the tombstone: there is nothing to read any more."))
    record = fields.Dict(
        keys=fields.String(),
        metadata=_says("The record as its own address gives it (Business, Product or Demand). Absent from a tombstone."),
    )


class ChangePage(Schema):
    """A part of the change feed."""

    items = fields.List(fields.Nested(FeedEntry), required=True, metadata=_says("In commit order; may be fewer than `limit`, or none."))
    next = fields.String(required=True, metadata=_says("Give it as `since`: at once where there is more, later where there is not."))
    more = fields.Boolean(required=True, metadata=_says("Whether there is more to read now; false at the end of the feed."))
    region = Region(required=True, metadata=_says("The region that runs this node."))


class RegionLine(Schema):
    """A province, or a regency or city; the point is its centre, degrees WGS 84."""

    code = Region(required=True)
    name = fields.String(required=True)
    level = choice(*LEVELS, required=True)
    parent = fields.String(required=True, allow_none=True)
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))


class Fault(Schema):
    """One thing that is wrong with the request."""

    parameter = fields.String(metadata=_says("Name of the parameter or member."))
    detail = fields.String(required=True)
    nearest = fields.String(metadata=_says("The nearest right name or value, where one is near."))


class Problem(Schema):
    """An error after RFC 9457; sentences are Indonesian."""

    type = fields.String(required=True, metadata=_says("URI reference that names the kind of problem."))
    title = fields.String(required=True)
    status = fields.Integer(required=True, validate=validate.Range(400, 599))
    detail = fields.String(metadata=_says("What happened here."))
    instance = fields.String(metadata=_says("The path that was asked for."))
    mend = fields.String(metadata=_says("What to do next."))
    request_id = fields.String(metadata=_says("What the service's log calls the request."))
    errors = fields.List(fields.Nested(Fault))
    missing = fields.List(fields.String(), metadata=_says("What the caller lacks: token, session, a scope, or stage:…"))
    retry_after = fields.Integer(validate=validate.Range(min=0), metadata=_says("Seconds after which to ask again."))
    resync = fields.String(metadata=_says("Where to begin anew."))


class Health(Schema):
    """That the service answers."""

    status = fields.String(required=True)


class Counted(Schema):
    """How many records have a value."""

    value = fields.String(required=True)
    count = fields.Integer(required=True, validate=validate.Range(min=1))


def page_of(record: type[Schema], *, facets: tuple[str, ...] = (), behind: bool = False) -> type[Schema]:
    """
    A page of a list: `items` in a stable order and the cursor of the next page, null on the last one.

    facets: what the list can count, told where it is asked for. behind: whether it may come from an index that follows the records.
    """
    members: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(record), required=True),
        "next": fields.String(required=True, allow_none=True, metadata=_says("Give it as `cursor` to read on; null on the last page.")),
    }
    if facets:
        counted: type[Schema] = Schema.from_dict(
            {name: fields.List(fields.Nested(Counted)) for name in facets}, name=f"{record.__name__}Facets"
        )
        says = "The values of each facet that was asked for with their counts, the most frequent first."
        members["facets"] = fields.Nested(counted, metadata=_says(says))
    if behind:
        says = "Changes that a list that is searched, ordered or counted has not taken in yet, counted up to 10,000; 0: it is up to date."
        members["behind"] = fields.Integer(metadata=_says(says))
    made: type[Schema] = Schema.from_dict(members, name=f"{record.__name__}Page")
    return made
