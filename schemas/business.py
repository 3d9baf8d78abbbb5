"""One small or medium industry (IKM), as the office keeps it. Firms are published, persons are not."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.demand import Strict
from schemas.fields import Exact, choice, kbli, nib

SECTORS = ("logam", "kimia", "pangan", "energi")
LEGAL_FORMS = ("PT", "CV", "UD", "KUB", "Koperasi", "Perorangan")
SOLE_PROPRIETORS = frozenset({"UD", "Perorangan"})
SCALES = ("mikro", "kecil", "menengah")


class BusinessSchema(Strict):
    """A firm; `nib` names it. What is absent or None was not said, and overwrites nothing."""

    nib = nib(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 300))
    legal_form = choice(*LEGAL_FORMS, load_default=None, allow_none=True)
    sector = choice(*SECTORS, load_default=None, allow_none=True)
    kbli = fields.List(kbli(), load_default=list)
    kbli_edition = fields.String(load_default="2020")
    scale = choice(*SCALES, load_default=None, allow_none=True)
    district = fields.String(load_default=None, allow_none=True, metadata={"description": "Kecamatan."})
    subdistrict = fields.String(load_default=None, allow_none=True, metadata={"description": "Kelurahan."})
    address = fields.String(load_default=None, allow_none=True)
    latitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-11.5, 6.5))
    longitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(94.5, 141.5))
    workers = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))
    investment = Exact(load_default=None, allow_none=True, validate=validate.Range(min=0))
    founded_year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1800, 2200))
    cluster = fields.String(load_default=None, allow_none=True, metadata={"description": "Sentra IKM."})
    visited_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "Last monitoring visit."})
    visit_note = fields.String(load_default=None, allow_none=True)
    training_needs = fields.List(fields.String(), load_default=list)
    telephone = fields.String(load_default=None, allow_none=True, metadata={"description": "Office telephone, no person's."})
    email = fields.String(load_default=None, allow_none=True, metadata={"description": "Office mailbox, no person's."})
    consented_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "Day the firm agreed to be published."})
    consent_refused_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "Day the firm refused; only a later consent undoes it."}
    )
    consent_basis = fields.String(load_default=None, allow_none=True)
    is_sample = fields.Boolean(load_default=False, metadata={"description": "Made up for demonstration."})
