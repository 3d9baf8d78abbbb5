"""What a partner gets of the deals that serve its own demand, and what it answers to an offer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.demand import Strict
from schemas.fields import Exact, choice

STATES = ("ditawarkan", "ditolak", "dipesan", "sebagian_diterima", "selesai", "batal")
ANSWERS = ("declined", "ordered")
MOST_LINES = 20
QUANTITY = r"^\d{1,10}(\.\d{1,6})?$"


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


def _sum(text: str, **more: Any) -> Exact:
    return Exact(metadata=_says(f"{text}, rupiah."), **more)


class OfferLetter(Schema):
    """The letter of an offer that stands."""

    number = fields.String(required=True)
    date = fields.Date(required=True)
    valid_until = fields.Date(required=True, metadata=_says("The last day on which it can be ordered."))


class OrderLetter(Schema):
    """The order that was taken."""

    number = fields.String(required=True)
    date = fields.Date(required=True)


class FirmContact(Schema):
    """The role contact of a firm."""

    telephone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class DealLine(Schema):
    """One product of one firm in a deal; amounts are in the product's unit."""

    position = fields.Integer(required=True)
    product = fields.String(required=True, metadata=_says("SKU."))
    product_name = fields.String(required=True)
    producer = fields.String(required=True, metadata=_says("Public name of the firm, as in /api/v1/businesses/{ident}."))
    producer_name = fields.String(required=True)
    contact = fields.Nested(FirmContact, metadata=_says("Where the partner's contract (PKS) in force covers the product; else absent."))
    unit = fields.String(required=True, allow_none=True, metadata=_says("UN/ECE Rec 20 code; null where the product's is on no list."))
    unit_said = fields.String(required=True, allow_none=True, metadata=_says("The unit in the firm's own words."))
    quantity = Exact(required=True, metadata=_says("What was offered."))
    price = _sum("For one unit", required=True)
    value = _sum("quantity × price", required=True)
    ordered_quantity = Exact(required=True, allow_none=True, metadata=_says("What was ordered; null before."))
    ordered_value = _sum("What was ordered; null before", required=True, allow_none=True)
    delivered_quantity = Exact(required=True, metadata=_says("What was received so far, corrections counted."))
    delivered_value = _sum("What was received so far", required=True)
    commodity = fields.String(
        required=True, allow_none=True, metadata=_says("The agreement's object that it counts to; null outside of any.")
    )


class OwnDeal(Schema):
    """A deal that serves one of the partner's own demands, from the letter of its offer on."""

    ident = fields.String(required=True)
    demand = fields.String(required=True, metadata=_says("Public name of the partner's demand."))
    demand_title = fields.String(required=True, metadata=_says("As it was when the deal was begun."))
    state = choice(*STATES, required=True)
    letter = fields.Nested(OfferLetter, required=True)
    terms = fields.String(required=True, allow_none=True)
    agreement = fields.String(required=True, allow_none=True, metadata=_says("Under which it trades; null for trade without an agreement."))
    answer = choice("interested", *ANSWERS, required=True, allow_none=True, metadata=_says("The last one to this letter; null before."))
    order = fields.Nested(OrderLetter, required=True, allow_none=True)
    lines = fields.List(fields.Nested(DealLine), required=True)
    offered_value = _sum("Sum of what was offered", required=True)
    ordered_value = _sum("Sum of what was ordered", required=True)
    delivered_value = _sum("Sum of what was received", required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class OrderedLine(Strict):
    """How much of one line is ordered, at the price that was offered."""

    position = fields.Integer(required=True, validate=validate.Range(1, 10**6))
    quantity = Exact(required=True, validate=validate.Range(min=0), metadata={"pattern": QUANTITY} | _says("At most what was offered."))


class DealOrder(Strict):
    """An order. Lines that are not named are not ordered."""

    number = fields.String(required=True, validate=validate.Length(1, 80), metadata=_says("The partner's own number of the order."))
    date = fields.Date(required=True, metadata=_says("From the day of the letter to today, at most until the offer's last day."))
    lines = fields.List(fields.Nested(OrderedLine), required=True, validate=validate.Length(1, MOST_LINES))


class DealAnswer(Strict):
    """What a partner answers to an offer: declined with a reason, or ordered."""

    answer = choice(*ANSWERS, required=True)
    reason = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 2000), metadata=_says("Wanted where it is declined.")
    )
    order = fields.Nested(DealOrder, load_default=None, allow_none=True, metadata=_says("Wanted where it is ordered, and there alone."))
