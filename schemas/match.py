"""A match: one demand, one product, how well they fit and why."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.demand import Strict
from schemas.fields import choice

STATES = ("proposed", "accepted", "rejected", "retired")


class MarkSchema(Strict):
    """
    What one criterion says of the pair.

    `score` is None where it cannot tell: unknown is unknown, never 0. A `gate` multiplies the score, the others are averaged.
    """

    criterion = fields.String(required=True, validate=validate.Length(1, 40), metadata={"description": "Name of the criterion."})
    title = fields.String(required=True, metadata={"description": "Its name for the reader, Indonesian."})
    score = fields.Float(required=True, allow_none=True, validate=validate.Range(0, 1))
    weight = fields.Float(required=True, validate=validate.Range(min=0))
    gate = fields.Boolean(load_default=False)
    need = fields.String(load_default=None, allow_none=True, metadata={"description": "What the demand says, in its own words."})
    offer = fields.String(load_default=None, allow_none=True, metadata={"description": "What the product says."})
    says = fields.String(required=True, metadata={"description": "One Indonesian sentence: why this score, or what is missing."})


class MatchSchema(Strict):
    """One match as it is kept and shown; `model` names the version that made it, so that it can be explained later."""

    demand = fields.String(required=True, metadata={"description": "`ident` of the demand."})
    product = fields.String(required=True, metadata={"description": "SKU."})
    score = fields.Float(required=True, validate=validate.Range(0, 1))
    marks = fields.List(fields.Nested(MarkSchema), required=True)
    model = fields.String(required=True, validate=validate.Length(1, 40))
    state = choice(*STATES, load_default="proposed")
    reason = fields.String(load_default=None, allow_none=True, metadata={"description": "Why staff rejected it."})
    note = fields.String(load_default=None, allow_none=True)
