"""One demand, as every connector must translate to and as the exchange keeps it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from schemas.fields import SUM, Exact, Region, choice
from schemas.values import Precision

CATEGORIES = ("goods", "services", "works", "consulting", "mixed")
STATUSES = ("planned", "open", "closed", "cancelled")
BASES = ("package_ceiling", "owner_estimate", "tender_value", "planning_budget", "contract_value")


class Strict(Schema):
    """A schema that names a member it does not know instead of ignoring it."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        unknown = RAISE


class QuantitySchema(Strict):
    """How much; `said` keeps the writer's words, `unit` is a Rec 20 code or absent."""

    amount = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    unit = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 3))
    said = fields.String(required=True, validate=validate.Length(1, 400))


class ClassificationSchema(Strict):
    """A code with its list and edition, such as CPV 2008 45000000."""

    scheme = fields.String(required=True, validate=validate.Length(1, 60))
    code = fields.String(required=True, validate=validate.Length(1, 80))
    edition = fields.String(load_default=None, allow_none=True)
    title = fields.String(load_default=None, allow_none=True)


class ItemSchema(Strict):
    """One thing that is asked for; `position` is its place in the listing, from 1."""

    position = fields.Integer(required=True, validate=validate.Range(1, 2**53 - 1))  # what every reader of JSON holds exactly
    text = fields.String(required=True, validate=validate.Length(1, 8000))
    specification = fields.String(load_default=None, allow_none=True)
    quantity = fields.Nested(QuantitySchema, load_default=None, allow_none=True)
    classifications = fields.List(fields.Nested(ClassificationSchema), load_default=list)


class BuyerSchema(Strict):
    """Who asks: an organisation and its unit, never a person."""

    name = fields.String(required=True, validate=validate.Length(1, 400))
    code = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 120))
    unit = fields.String(load_default=None, allow_none=True)


class BudgetSchema(Strict):
    """A sum, its currency (ISO 4217) and what it is the sum of (`basis`)."""

    amount = Exact(required=True, validate=validate.Range(min=0), metadata={"pattern": SUM})
    currency = fields.String(load_default="IDR", validate=validate.Regexp("^[A-Z]{3}$"))
    basis = choice(*BASES, required=True)


class PeriodSchema(Strict):
    """Two days, both included; `precision` says whether the source named a day, a month or a year."""

    start = fields.Date(load_default=None, allow_none=True)
    end = fields.Date(load_default=None, allow_none=True)
    precision = choice(*Precision, load_default="day")

    @validates_schema
    def _ends_after_it_starts(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            raise ValidationError("The period ends before it starts.", "end")


class PeriodsSchema(Strict):
    """When the buyer is chosen, when the contract runs, when the goods are used."""

    selection = fields.Nested(PeriodSchema, load_default=None, allow_none=True)
    contract = fields.Nested(PeriodSchema, load_default=None, allow_none=True)
    use = fields.Nested(PeriodSchema, load_default=None, allow_none=True)


class EligibilitySchema(Strict):
    """Whether domestic products and small businesses are asked for; None where the source is silent."""

    domestic_product = fields.Boolean(load_default=None, allow_none=True)
    small_business = fields.Boolean(load_default=None, allow_none=True)


class DemandSchema(Strict):
    """One demand. `reference` is its id at the source and names it there for good."""

    reference = fields.String(required=True, validate=validate.Length(1, 200))
    title = fields.String(required=True, validate=validate.Length(1, 2000))
    description = fields.String(load_default=None, allow_none=True)
    buyer = fields.Nested(BuyerSchema, required=True)
    region = Region(load_default=None, allow_none=True, metadata={"description": "Buyer's region; the source's own where absent."})
    place = fields.String(load_default=None, allow_none=True, metadata={"description": "Place of delivery, in the source's words."})
    category = choice(*CATEGORIES, load_default=None, allow_none=True)
    items = fields.List(fields.Nested(ItemSchema), load_default=list)
    quantity_said = fields.String(load_default=None, allow_none=True, metadata={"description": "The whole listing's volume as said."})
    budget = fields.Nested(BudgetSchema, load_default=None, allow_none=True)
    periods = fields.Nested(PeriodsSchema, load_default=lambda: PeriodsSchema().load({}))
    eligibility = fields.Nested(EligibilitySchema, load_default=lambda: EligibilitySchema().load({}))
    method = fields.String(load_default=None, allow_none=True, metadata={"description": "Procurement method in the source's words."})
    status = choice(*STATUSES, load_default="open")
    published_at = fields.AwareDateTime(load_default=None, allow_none=True)
    url = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))
    related = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        load_default=dict,
        metadata={"description": "Ids of the same need elsewhere, such as {'rup': ['53980244']}."},
    )
