"""Words for the fields of records."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from exchange.web.firm_words import FIRM_FIELDS

FIELDS: dict[str, object] = {
    "name": _l("nama"),
    "description": _l("uraian"),
    "sector": _l("sektor"),
    "unit_said": _l("satuan"),
    "price_min": _l("harga terendah"),
    "price_max": _l("harga tertinggi"),
    "price_valid_until": _l("harga berlaku sampai"),
    "capacity_min": _l("kapasitas terendah"),
    "capacity_max": _l("kapasitas tertinggi"),
    "capacity_period": _l("kapasitas per"),
    "lead_time_days": _l("lama pengerjaan (hari)"),
    "minimum_order": _l("pesanan paling sedikit"),
    "tkdn_percent": _l("TKDN, persen"),
    "keywords": _l("kata kunci"),
    "kbli": _l("KBLI"),
    "kbki": _l("KBKI"),
    "hs": _l("kode HS"),
    "unit_code": _l("kode satuan"),
    "sni": _l("SNI"),
    "halal": _l("halal"),
    "distribution_permit": _l("izin edar"),
    "weight_kg": _l("berat (kg)"),
    "photo": _l("alamat foto di tempat lain"),
    "photos": _l("foto"),
    "is_sample": _l("data contoh"),
    "nib": _l("NIB"),
    "telephone": _l("telepon kantor"),
    "email": _l("kotak surat"),
    "address": _l("alamat"),
    "subdistrict": _l("kelurahan"),
    "latitude": _l("lintang"),
    "longitude": _l("bujur"),
    "negotiated_prices": _l("harga yang disepakati"),
    **FIRM_FIELDS,
}
