"""The filters of a list in words: what was asked for when it was written to a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exchange.web.figured import sector_word
from exchange.web.shown import region
from exchange.web.words import word

_NAMES: Final[Mapping[str, LazyString]] = {
    "cari": _l("kata yang dicari"), "daerah": _l("daerah"), "sektor": _l("sektor"), "status": _l("keadaan"), "kategori": _l("kategori"),
    "tutup": _l("batas waktu"), "cakupan": _l("perjanjian"), "sumber": _l("sumber"), "dari": _l("dari"), "sampai": _l("sampai"),
}  # fmt: skip
# of which kind of words a filter's value is one; that of `status` says the list
_KINDS: Final = {"kategori": "category", "tutup": "closing", "cakupan": "coverage"}
_STATES: Final = {"permintaan": "demand_status", "kecocokan": "match"}


def in_words(listed: str, filters: Mapping[str, str]) -> list[str]:
    """Each filter that narrows as `daerah: Kota Semarang (33.74)`; listed: of which list it is (`reports.exporting.LISTINGS`)."""
    return [f"{_NAMES.get(name, name)}: {_value(listed, name, value)}" for name, value in filters.items() if value]


def _value(listed: str, name: str, value: str) -> str:
    if name == "daerah":
        return region(value)
    if name == "sektor":
        return sector_word(value)
    kind = _STATES.get(listed) if name == "status" else _KINDS.get(name)
    return str(word(value, kind)) if kind else value
