"""A match: one demand, one product, how well they fit and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from schemas.demand import Strict
from schemas.fields import choice

STATES = ("proposed", "accepted", "rejected", "retired")


VERDICTS = ("fit", "ask", "near_miss", "unfit")
SIDES = ("offer", "demand")


class ChangeSchema(Strict):
    """The one change that lets a criterion pass: to the offer (members of a product) or to the demand."""

    side = choice(*SIDES, required=True)
    member = fields.String(required=True, metadata={"description": "Of the product or demand, such as minimum_order or budget.amount."})
    to = fields.String(
        required=True, allow_none=True, metadata={"description": "Its new value; null where only its owner knows it, as of a certificate."}
    )
    says = fields.String(required=True, metadata={"description": "One Indonesian sentence with both sides' values."})


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
    blocks = fields.Boolean(load_default=False, metadata={"description": "Whether the pair is no fit because of it."})
    asks = fields.Boolean(load_default=False, metadata={"description": "Whether something required could not be compared: ask."})
    change = fields.Nested(ChangeSchema, load_default=None, allow_none=True)


# A mark is kept as its members in this order; one that ends early has the schema's defaults from there on.
KEPT_MARK = ("criterion", "title", "score", "weight", "gate", "need", "offer", "says", "blocks", "asks", "change")
KEPT_CHANGE = ("side", "member", "to", "says")
_MARK_ENDS = {"blocks": False, "asks": False, "change": None}


def whole_mark(kept: dict[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """A kept mark as MarkSchema states it; one that was kept as such is given back as it is."""
    if isinstance(kept, dict):
        return kept
    mark = dict(zip(KEPT_MARK, kept, strict=False))
    if mark.get("change") is not None:
        mark["change"] = dict(zip(KEPT_CHANGE, mark["change"], strict=True))
    return _MARK_ENDS | mark if len(kept) < len(KEPT_MARK) else mark


class FitnessSchema(Strict):
    """
    Whether a match may be called fit.

    `fit`: all that is asked was compared and met. `ask`: nothing speaks against it, but something could not be compared.
    `near_miss`: one thing blocks, and `change` would turn it. `unfit`: more than that.
    """

    verdict = choice(*VERDICTS, required=True)
    blockers = fields.List(fields.String(), load_default=list, metadata={"description": "Names of the criteria that block."})
    asks = fields.List(fields.String(), load_default=list, metadata={"description": "Names of the criteria that must be asked."})
    change = fields.Nested(ChangeSchema, load_default=None, allow_none=True)


class MatchSchema(Strict):
    """One match as it is kept and shown; `model` names the version that made it, so that it can be explained later."""

    demand = fields.String(required=True, metadata={"description": "`ident` of the demand."})
    product = fields.String(required=True, metadata={"description": "SKU."})
    score = fields.Float(required=True, validate=validate.Range(0, 1))
    verdict = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(VERDICTS),
        metadata={"description": "What the criteria come to, see FitnessSchema; null where it was matched before verdicts were kept."},
    )
    flip = fields.String(load_default=None, allow_none=True, metadata={"description": "Of a near miss, the one change that would turn it."})
    marks = fields.List(fields.Nested(MarkSchema), required=True)
    model = fields.String(required=True, validate=validate.Length(1, 40))
    state = choice(*STATES, load_default="proposed")
    reason = fields.String(load_default=None, allow_none=True, metadata={"description": "Why staff rejected it."})
    note = fields.String(load_default=None, allow_none=True)
