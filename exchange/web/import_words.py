"""The words of the pages of imports: parts, states, what a doubt is answered, and what became of a line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from exchange.web.shown import day, money, number, waiting_value

PART_WORDS: dict[str, object] = {
    "refused": _l("Ditolak"),
    "doubt": _l("Meragukan"),
    "firm_new": _l("IKM baru"),
    "firm_changed": _l("IKM berubah"),
    "product_new": _l("Produk baru"),
    "product_changed": _l("Produk berubah"),
    "same": _l("Tetap"),
    "skipped": _l("Dilewati"),
}
IMPORTS: dict[str, dict[str, object]] = {
    "import": {
        "reading": _l("sedang dibaca"),
        "preview": _l("menunggu keputusan"),
        "taking": _l("sedang disimpan"),
        "taken": _l("diambil"),
        "discarded": _l("dibuang"),
        "broken": _l("tidak terbaca"),
    },
    "fate": {
        "orphan": _l("tidak diambil: IKM-nya tidak diambil"),
        "waiting": _l("menunggu di Usulan"),
        "known": _l("tidak ditanyakan lagi: sudah pernah, atau sudah begitu"),
        "decided": _l("sudah diputuskan sebelumnya"),
        "apply": _l("diterapkan"),
        "create": _l("menjadi produk baru"),
        "reject": _l("ditolak"),
        "failed": _l("belum dapat dilakukan, menunggu di Usulan"),
    },
}
YES, NO = _l("ya"), _l("tidak")
# codes that the fields of a line hold, by themselves unlike each other
CODES: dict[str, object] = {
    "logam": _l("Logam"),
    "kimia": _l("Kimia"),
    "pangan": _l("Pangan"),
    "energi": _l("Energi"),
    "mikro": _l("mikro"),
    "kecil": _l("kecil"),
    "menengah": _l("menengah"),
    "hari": _l("hari"),
    "minggu": _l("minggu"),
    "bulan": _l("bulan"),
    "tahun": _l("tahun"),
}


_DAYS = frozenset({"price_valid_until", "visited_on", "consented_on", "consent_refused_on"})
_NUMBERS = frozenset({"workers", "lead_time_days", "latitude", "longitude"})


def value_said(value: Any, field: str) -> str | None:
    """A value of an import's line, which is JSON, as the reader writes such values; None where nothing is said."""
    if value in (None, "", []):
        return None
    if isinstance(value, bool):
        return str(YES if value else NO)
    try:
        if field in _DAYS:
            return day(date.fromisoformat(str(value)))
        if field == "investment":
            return money(str(value))
        if field in _NUMBERS:
            return number(Decimal(str(value)))
    except (ValueError, ArithmeticError):
        return str(value)
    return (
        str(CODES[str(value)]) if field in {"sector", "scale", "capacity_period"} and str(value) in CODES else waiting_value(value, field)
    )
