"""Products for a need in one's own words, and demands for a product: ranked when it is asked for, never kept."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.fields import choice
from schemas.match import STATES, VERDICTS, MarkSchema
from schemas.wire import Demand, Product


def _score(says: str) -> fields.Float:
    return fields.Float(required=True, validate=validate.Range(0, 1), metadata={"description": says})


def _staff(says: str) -> dict[str, Any]:
    return {"description": says, "x-tiers": ["staff"]}


class SuitingProduct(Schema):
    """A product that suits a need, and the words that met."""

    product = fields.Nested(Product, required=True)
    score = _score("How well it suits; without a login by the words alone, so that it tells nothing that is not published.")
    asked = fields.String(required=True, metadata={"description": "The words of the need that met."})
    offered = fields.String(required=True, metadata={"description": "The product's name or keyword that they met."})
    verdict = choice(*VERDICTS, metadata=_staff("What the criteria come to, see Match."))
    flip = fields.String(allow_none=True, metadata=_staff("Of a near miss, the one change that would turn it."))
    marks = fields.List(fields.Nested(MarkSchema), metadata=_staff("What each criterion says."))


class SuitingProducts(Schema):
    """The products that suit a need, best first."""

    items = fields.List(fields.Nested(SuitingProduct), required=True)


class ProductDemand(Schema):
    """An open demand that a product suits, and why."""

    demand = fields.Nested(Demand, required=True)
    score = _score("As of a match.")
    asked = fields.String(required=True, metadata={"description": "The words of the demand that met."})
    offered = fields.String(required=True, metadata={"description": "The product's name or keyword that they met."})
    verdict = choice(*VERDICTS, required=True, metadata={"description": "What the criteria come to, see Match."})
    flip = fields.String(required=True, allow_none=True, metadata={"description": "Of a near miss, the one change that would turn it."})
    marks = fields.List(fields.Nested(MarkSchema), required=True)
    match = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`id` of the match that is kept of this pair; null where none is."}
    )
    state = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(STATES),
        metadata={"description": "What staff decided of that match; null where none is kept."},
    )


class ProductDemands(Schema):
    """The open demands for one product, best first."""

    product = fields.String(required=True, metadata={"description": "SKU."})
    items = fields.List(fields.Nested(ProductDemand), required=True, metadata={"description": "Empty for a product that is not on offer."})
    weighed = fields.Integer(required=True, validate=validate.Range(min=0), metadata={"description": "How many demands were read for it."})
    cut = fields.Boolean(required=True, metadata={"description": "Whether demands were left out because too many share its words."})
