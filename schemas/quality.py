"""How much of what buyers ask for a product or a firm says; for staff alone."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.fields import choice

EFFORT_NAMES = ("answer", "task", "visit", "weeks")


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


def _points(text: str) -> fields.Float:
    return fields.Float(required=True, validate=validate.Range(0, 100), metadata=_says(text))


class QualityPart(Schema):
    """What one criterion gave."""

    criterion = fields.String(required=True, metadata=_says("Name of the criterion."))
    title = fields.String(required=True, metadata=_says("Its name for the reader, Indonesian."))
    members = fields.List(fields.String(), required=True, metadata=_says("Members of the record that it looks at."))
    points = _points("Points that the record has.")
    most = _points("Points that the criterion gives at most.")
    why = fields.String(required=True, metadata=_says("Why buyers or portals want it, Indonesian."))
    asks = fields.String(
        required=True, allow_none=True, metadata=_says("What is missing, as one Indonesian sentence; null where nothing may be asked.")
    )


class QualityImprovement(Schema):
    """One thing to mend."""

    criterion = fields.String(required=True, metadata=_says("Name of the criterion."))
    asks = fields.String(required=True, metadata=_says("What to do, Indonesian."))
    gain = _points("Points that it brings to this score; of a missing sector the least.")
    effort = choice(
        *EFFORT_NAMES, required=True, metadata=_says("`answer`: one question; `task`: minutes; `visit`: a visit; `weeks`: a certificate.")
    )
    minutes = fields.Integer(required=True, validate=validate.Range(min=1), metadata=_says("Work that is reckoned with."))
    product = fields.String(
        required=True, allow_none=True, metadata=_says("SKU of the firm's product to mend; null for the record itself.")
    )


class _Quality(Schema):
    score = _points("Sum of the parts; of a firm half its own parts and half the mean of its products on offer.")
    as_of = fields.Date(required=True, metadata=_says("The day that it holds for: prices run out and visits age."))
    parts = fields.List(fields.Nested(QualityPart), required=True)
    improvements = fields.List(
        fields.Nested(QualityImprovement), required=True, validate=validate.Length(max=3),
        metadata=_says("The three that bring most points for a minute of work, the best first."),
    )  # fmt: skip


class ProductQuality(_Quality):
    """The quality of one product's data."""

    product = fields.String(required=True, metadata=_says("SKU."))


class BusinessQuality(_Quality):
    """The quality of one firm's data, with its products on offer."""

    business = fields.String(required=True, metadata=_says("Public name of the firm."))
    own = _points("Sum of the firm's own parts.")
    products = fields.Integer(required=True, validate=validate.Range(min=0), metadata=_says("How many products are on offer."))
    products_mean = fields.Float(
        required=True, allow_none=True, validate=validate.Range(0, 100), metadata=_says("Mean of their scores; null without any.")
    )
