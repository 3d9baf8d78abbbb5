"""What a partner sends and gets of its own demand, its matches and its answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.agreement import MatchCoverage
from schemas.demand import DemandSchema, Strict
from schemas.fields import SUM, Exact, choice
from schemas.match import VERDICTS, MarkSchema

ANSWERS = ("interested", "declined", "ordered")
MOST_ROWS = 1000


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


class BroughtDemand(DemandSchema):
    """A demand as a partner sends it; `reference` is the partner's own id of it."""

    class Meta(DemandSchema.Meta):  # noqa: D106 - marshmallow's own idiom
        exclude = ()

    reference = fields.String(
        required=True, validate=validate.Length(1, 200), metadata=_says("The partner's own id of it, for good; of characters that print.")
    )


class OwnDemand(DemandSchema):
    """A demand that the partner brought."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        exclude = ()

    ident = fields.String(metadata=_says("Public name of the demand."))
    source = fields.String(metadata=_says("Under which name the node keeps this partner's demand."))
    state = choice("live", "withdrawn")
    version = fields.Integer(metadata=_says("Grows with every change of the record."))
    updated_at = fields.AwareDateTime(metadata=_says("When it last changed, UTC."))


class DemandRows(Strict):
    """Several demands at once, each taken or refused by itself."""

    demands = fields.List(
        fields.Nested(BroughtDemand), required=True, validate=validate.Length(1, MOST_ROWS), metadata=_says(f"1 to {MOST_ROWS} demands.")
    )


class RowOutcome(Schema):
    """What became of one row."""

    position = fields.Integer(required=True, metadata=_says("Its place in the request, from 0."))
    outcome = choice("new", "changed", "unchanged", "refused", required=True)
    reference = fields.String(metadata=_says("As it was sent; absent where it could not be read."))
    ident = fields.String(metadata=_says("Public name of the demand; absent where the row was refused."))
    version = fields.Integer()
    rule = fields.String(metadata=_says("Which rule a refused row breaks, in stable words."))
    detail = fields.String(metadata=_says("What is wrong with it."))


class RowOutcomes(Schema):
    """One outcome for each row, in their order, and how many there are of each."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(RowOutcome), required=True)


class Money(Strict):
    """A sum."""

    amount = Exact(required=True, validate=validate.Range(min=0), metadata={"pattern": SUM})
    currency = fields.String(load_default="IDR", validate=validate.Regexp("^[A-Z]{3}$"))


class MatchAnswer(Strict):
    """What a partner answers to a match: interested, declined with a reason, or ordered with a value."""

    answer = choice(*ANSWERS, required=True)
    reason = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 2000), metadata=_says("Wanted where it is declined.")
    )
    value = fields.Nested(Money, load_default=None, allow_none=True, metadata=_says("Wanted where it is ordered, and there alone."))


class OwnMatch(Schema):
    """A match of one of the partner's own demands with a product that its contract covers."""

    id = fields.Integer(required=True)
    demand = fields.String(required=True, metadata=_says("Public name of the partner's demand."))
    demand_title = fields.String(required=True)
    product = fields.String(required=True, metadata=_says("SKU."))
    product_name = fields.String(required=True)
    sector = fields.String(required=True, allow_none=True)
    producer = fields.String(required=True, metadata=_says("Public name of the firm, as in /api/v1/businesses/{ident}."))
    score = fields.Float(required=True, metadata=_says("How well they fit, 0 to 1."))
    verdict = choice(*VERDICTS, required=True, allow_none=True)
    flip = fields.String(required=True, allow_none=True, metadata=_says("The one change that would make a near miss fit, Indonesian."))
    marks = fields.List(fields.Nested(MarkSchema), required=True, metadata=_says("Why: each criterion with both sides' values."))
    coverage = fields.Nested(MatchCoverage, required=True)
    answer = fields.Nested(MatchAnswer, required=True, allow_none=True, metadata=_says("What the partner answered; null before."))
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class MatchCount(Schema):
    """How many of the partner's demands have a match of one commodity."""

    sector = fields.String(required=True, allow_none=True)
    kbli = fields.String(required=True, allow_none=True, metadata=_says("KBLI 2020 class of the products."))
    matches = fields.Integer(required=True)
    demands = fields.Integer(required=True)


class MatchCounts(Schema):
    """Matches of the partner's own demand by commodity."""

    items = fields.List(fields.Nested(MatchCount), required=True)
