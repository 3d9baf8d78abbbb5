"""One thing that another region offers, as connectors translate it and as the exchange keeps it apart from its own catalogue."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.demand import ClassificationSchema, Strict
from schemas.fields import Exact, Region
from schemas.product import MOST_PHOTOS


def _text(longest: int) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(1, longest))


def _amount(**kwargs: Any) -> Exact:
    return Exact(load_default=None, allow_none=True, validate=validate.Range(min=0), **kwargs)


class SupplyProducerSchema(Strict):
    """Who makes it: a firm, never a person. `ident` is its public name at the node that tells of it."""

    name = fields.String(required=True, validate=validate.Length(1, 400))
    ident = _text(120)
    legal_form = _text(80)
    district = _text(200)


class SupplyPhotoSchema(Strict):
    """A photo that lies where it is offered: its address, as a link alone, and what is said of it. Nothing of it was fetched."""

    href = fields.String(required=True, validate=[validate.Length(1, 2000), validate.Regexp(r"(?i)https?://[^\s/]")])
    sha256 = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    caption = _text(1000)


class SupplySchema(Strict):
    """
    One thing on offer. `sku` names it at whoever lists it.

    Prices are for one `unit_said`; minimum order and capacity are in that unit. What is None was not said.
    """

    sku = fields.String(required=True, validate=validate.Length(1, 200))
    name = fields.String(required=True, validate=validate.Length(1, 1000))
    description = _text(20_000)
    producer = fields.Nested(SupplyProducerSchema, load_default=None, allow_none=True)
    region = Region(load_default=None, allow_none=True, metadata={"description": "Where it is made; the source's own region where absent."})
    sector = _text(80)
    classifications = fields.List(fields.Nested(ClassificationSchema), load_default=list)
    unit_said = _text(200)
    unit_code = _text(3)
    price_min = _amount()
    price_max = _amount()
    currency = fields.String(load_default="IDR", validate=validate.Regexp("^[A-Z]{3}$"))
    price_valid_until = fields.Date(load_default=None, allow_none=True)
    minimum_order = _amount()
    lead_time_days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 36_500))
    capacity_min = _amount()
    capacity_max = _amount()
    capacity_band = _text(80)
    capacity_period = _text(20)
    tkdn_percent = Exact(load_default=None, allow_none=True, validate=validate.Range(0, 100))
    sni = _text(400)
    halal = _text(400)
    distribution_permit = _text(400)
    keywords = fields.List(fields.String(), load_default=list)
    weight_kg = _amount()
    photo = _text(2000)
    photos = fields.List(fields.Nested(SupplyPhotoSchema), load_default=list, validate=validate.Length(max=MOST_PHOTOS))
    url = _text(2000)
    is_sample = fields.Boolean(load_default=False)

    @validates_schema
    def _ranges_run_upwards(self, data: dict[str, Any], **kwargs: Any) -> None:
        for low, high in (("price_min", "price_max"), ("capacity_min", "capacity_max")):
            if data.get(low) is not None and data.get(high) is not None and data[high] < data[low]:
                raise ValidationError(f"{high} is below {low}.", high)
