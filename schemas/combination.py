"""What several firms can offer together for one item of a demand; made when it is asked for, never kept."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.fields import Exact, choice

REASONS = ("few", "capacity", "ceiling", "minimum_order")


class Share(Schema):
    """What one firm takes of the whole, by one of its products."""

    product = fields.String(required=True, metadata={"description": "SKU."})
    business = fields.String(required=True, metadata={"description": "Public name of the firm, as in /api/v1/businesses/{ident}."})
    business_name = fields.String(required=True)
    amount = Exact(required=True, metadata={"description": "In the combination's unit; the shares sum to its amount."})
    percent = Exact(required=True, metadata={"description": "Of the amount; the shares sum to 100."})
    cost = Exact(required=True, allow_none=True, metadata={"description": "Rupiah, at the dearer end of the price; null where unknown."})
    lead_time_days = fields.Integer(required=True, allow_none=True)


class Combination(Schema):
    """Two to five firms that make together what none of them makes alone, or why there are none."""

    item = fields.String(required=True, metadata={"description": "The item in the demand's own words."})
    said = fields.String(required=True, metadata={"description": "How much is asked, in the demand's own words."})
    unit = fields.String(required=True, metadata={"description": "What amounts are in, as people write it."})
    shares = fields.List(fields.Nested(Share), required=True, metadata={"description": "Empty where there is no combination."})
    reason = choice(*REASONS, required=True, allow_none=True, metadata={"description": "Why there is none; null where there is one."})
    total_cost = Exact(required=True, allow_none=True, metadata={"description": "Rupiah; null where a price is unknown."})
    latest_lead_days = fields.Integer(
        required=True, allow_none=True, validate=validate.Range(min=0), metadata={"description": "Null where one is unknown."}
    )
    sentra = fields.String(required=True, allow_none=True, metadata={"description": "The cluster that all the firms sit in."})
    within_ceiling = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "True where the budget covers the cost; null where that cannot be told."}
    )
    says = fields.String(required=True, metadata={"description": "The shares, or why there are none, in one Indonesian sentence."})


class Combinations(Schema):
    """What firms can do together for a demand, by its items."""

    demand = fields.String(required=True, metadata={"description": "`ident` of the demand."})
    items = fields.List(fields.Nested(Combination), required=True)
