"""One product of an IKM."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.business import SECTORS
from schemas.demand import Strict
from schemas.fields import Exact, choice, hs, kbki, kbli

CAPACITY_PERIODS = ("hari", "minggu", "bulan", "tahun")
PHOTO_MEDIA = "image/jpeg"
MOST_PHOTOS = 12


class PhotoSchema(Strict):
    """One photo of a product as its node serves it: where its bytes are read, what they are, and what they show."""

    href = fields.String(
        required=True, metadata={"description": "Where the photo is read, from the root of the node: /api/v1/photos/{digest}."}
    )
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z"),
        metadata={"description": "SHA-256 of its bytes; another picture has another name.", "pattern": "^[0-9a-f]{64}$"},
    )
    media_type = choice(PHOTO_MEDIA, required=True)
    width = fields.Integer(required=True, validate=validate.Range(1, 20_000), metadata={"description": "Pixels."})
    height = fields.Integer(required=True, validate=validate.Range(1, 20_000), metadata={"description": "Pixels."})
    size = fields.Integer(required=True, validate=validate.Range(1), metadata={"description": "Bytes."})
    caption = fields.String(required=True, metadata={"description": "What it shows, in words, for those who do not see it; Indonesian."})


class ProductSchema(Strict):
    """
    A product; `sku` names it. Prices are rupiah for one `unit_said`; capacity and minimum order are in that unit too.

    The capacity keeps the period it was said in: a day's output is not a month's without the number of working days.
    """

    sku = fields.String(required=True, validate=validate.Length(1, 60))
    nib = fields.String(required=True, metadata={"description": "NIB of the producer."})
    name = fields.String(required=True, validate=validate.Length(1, 300))
    description = fields.String(load_default=None, allow_none=True)
    sector = choice(*SECTORS, load_default=None, allow_none=True)
    kbli = kbli(load_default=None, allow_none=True)
    kbli_edition = fields.String(load_default="2020")
    kbki = kbki(load_default=None, allow_none=True)
    kbki_edition = fields.String(load_default="2012")
    hs = hs(load_default=None, allow_none=True)
    hs_edition = fields.String(load_default="2022")
    unit_said = fields.String(load_default=None, allow_none=True, metadata={"description": "Unit as people write it: dus isi 24."})
    unit_code = fields.String(load_default=None, allow_none=True, metadata={"description": "UN/ECE Rec 20 code, packages as X + Rec 21."})
    price_min = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0, min_inclusive=False))
    price_max = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0, min_inclusive=False))
    price_valid_until = fields.Date(load_default=None, allow_none=True)
    capacity_min = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    capacity_max = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    capacity_period = choice(*CAPACITY_PERIODS, load_default=None, allow_none=True)
    lead_time_days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 3650))
    minimum_order = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    tkdn_percent = Exact(load_default=None, allow_none=True, validate=validate.Range(0, 100))
    sni = fields.String(load_default=None, allow_none=True)
    halal = fields.String(load_default=None, allow_none=True)
    distribution_permit = fields.String(load_default=None, allow_none=True, metadata={"description": "Izin edar: P-IRT, BPOM, PKD."})
    keywords = fields.List(fields.String(), load_default=list)
    weight_kg = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    photo = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Address of a photo that lies elsewhere, as the firm's own list names it; the node neither fetches nor "
            "keeps it. It stays as it is. The photos that this node serves are in `photos`: read those first."
        },
    )
    is_sample = fields.Boolean(load_default=False)

    @validates_schema
    def _ranges_run_upwards(self, data: dict[str, Any], **kwargs: Any) -> None:
        for low, high in (("price_min", "price_max"), ("capacity_min", "capacity_max")):
            if data.get(low) is not None and data.get(high) is not None and data[high] < data[low]:
                raise ValidationError(f"{high} is below {low}.", high)
