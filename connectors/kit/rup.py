"""
A package of a procurement plan (RUP), as the national service bus and its successor write it.

`NEW` and `OLD` say which field bears what in the two vintages; the same names serve every connector that reads such
rows. A ceiling of 0 says nothing and is left out. Months are written as their first days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.kit.dates import WIB, instant, period
from connectors.kit.errors import Refused, Skip
from connectors.kit.lists import aligned, is_placeholder, items, left_out, split_list
from connectors.kit.numbers import digits, exact
from connectors.kit.quantities import read_quantity, told_in, wire
from connectors.kit.text import cut, line, tidy

Names = Mapping[str, Any]
"""Which field of a row bears what; a period has two."""

NEW: Names = {
    "reference": "kd_rup", "title": "nama_paket", "buyer_code": "kd_klpd", "buyer": "nama_klpd", "unit": "nama_satker",
    "announced": "status_umumkan_rup", "active": "status_aktif_rup", "deleted": "status_delete_rup",
    "budget": "pagu", "kind": "jenis_pengadaan", "method": "metode_pengadaan", "volume": "volume_pekerjaan",
    "text": "urarian_pekerjaan", "specification": "spesifikasi_pekerjaan", "domestic": "status_pdn", "small": "status_ukm",
    "published": "tgl_pengumuman_paket", "selection": ("tgl_awal_pemilihan", "tgl_akhir_pemilihan"),
    "contract": ("tgl_awal_kontrak", "tgl_akhir_kontrak"), "use": ("tgl_awal_pemanfaatan", "tgl_akhir_pemanfaatan"),
}  # fmt: skip
OLD: Names = {
    "reference": "idrup", "title": "namapaket", "buyer_code": "kd_klpd", "buyer": "klpd", "unit": "namasatker",
    "announced": "statusumumkan", "active": "statusaktifpaket", "deleted": "statusdeletepaket",
    "budget": "jumlahpagu", "kind": "jenispengadaan", "method": "metodepengadaan", "volume": "volume",
    "text": "keterangan", "specification": "spesifikasi", "domestic": "statuspdn", "small": "statususahakecil",
    "published": "tanggalpengumuman", "selection": ("tanggalawalpemilihan", "tanggalakhirpemilihan"),
    "contract": ("tanggalawalpekerjaan", "tanggalakhirpekerjaan"), "use": ("tanggalkebutuhan", "tanggalkebutuhan"),
}  # fmt: skip
PERSONAL = frozenset({"*ppk*", "*kpa", "kpa_*", "nip", "nip_*", "*username*", "*email*", "*telepon*", "no_hp", "nohp"})
"""Fields of plan rows that are about persons."""

_UNKEPT = re.compile(r"[\x00-\x20\x7f]")
_CATEGORIES = {
    "barang": "goods", "jasa lainnya": "services", "jasa konsultansi": "consulting", "jasa konsultasi": "consulting",
    "pekerjaan konstruksi": "works", "pekerjaan konstruksi terintegrasi": "works", "konstruksi": "works",
}  # fmt: skip
_YES = {"pdn": True, "non-pdn": False, "ukm": True, "non-ukm": False, "usahakecil": True, "bukanusahakecil": False}


def package(reference: str, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """
    An announced, active package in the wire form of `schemas.demand.DemandSchema`.

    Raises:
        Skip: it is not announced, not active or deleted.
        Refused: it has no code, no title, no buyer, or a ceiling or date that cannot be read.
    """
    skip_unless_announced(row, names)
    codes = code_of(row.get(names["reference"]))
    if not codes:
        raise Refused("reference_missing", f"Kolom {names['reference']} kosong: paket tanpa kode tidak dapat dikenali lagi.")
    title = line(row.get(names["title"]))
    buyer = line(row.get(names["buyer"])) or line(row.get("nama_klpd"))
    buyer_code = line(row.get(names["buyer_code"]))
    if not title or not (buyer or buyer_code):
        raise Refused("title_or_buyer_missing", f"Kolom {names['title']} atau nama pemerintah daerahnya kosong.")
    volume = line(row.get(names["volume"]))
    found, description = _wanted(row, names, volume)
    return {
        "reference": reference,
        "title": cut(title, 2000),
        "description": description,
        "buyer": {"name": cut(buyer or buyer_code, 400), "code": buyer_code or None, "unit": line(row.get(names["unit"])) or None},
        "category": category(row.get(names["kind"])),
        "items": found,
        "quantity_said": None if is_placeholder(volume) else volume,
        "budget": ceiling(row.get(names["budget"])),
        "periods": {each: period(*(row.get(name) for name in names[each]), months=True) for each in ("selection", "contract", "use")},
        "eligibility": {"domestic_product": _yes(row.get(names["domestic"])), "small_business": _yes(row.get(names["small"]))},
        "method": line(row.get(names["method"])) or None,
        "status": "planned",
        "published_at": instant(row.get(names["published"]), WIB),
        "url": None,
        "related": {"rup": codes_in(codes)},
    }


def skip_unless_announced(row: Mapping[str, Any], names: Names) -> None:
    """Raise Skip for a package that is a draft, revised away, deleted or not active."""
    announced = line(row.get(names["announced"])).casefold()
    if announced != "terumumkan":
        raise Skip(f"Paket belum atau tidak lagi diumumkan ({row.get(names['announced']) or 'tanpa status'}).")
    if _truth(row.get(names["deleted"])):
        raise Skip("Paket sudah dihapus di sumber.")
    if not _truth(row.get(names["active"])):
        raise Skip("Paket tidak aktif di sumber.")


def code_of(value: Any) -> str:
    """A code as text, empty where there is none; exports write whole numbers as `40382289.0`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or isinstance(value, bool | list | dict) else str(value).strip()
    return text.removesuffix(".0")


def codes_in(codes: str) -> list[str]:
    """The codes of a field that can hold several, `60832782;45828523`; without blanks and control characters, which no store keeps."""
    return [cut(code, 200) for code in _UNKEPT.sub("", codes).split(";") if code]


def category(value: Any) -> str | None:
    """The kind of procurement by the plan's word for it; `mixed` where it names several, None where the word is on no list."""
    kinds = {_CATEGORIES.get(each.strip().casefold()) for each in line(value).split(";") if each.strip()}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), None)


def ceiling(value: Any) -> dict[str, Any] | None:
    """The package's ceiling in rupiah; None where it is absent or 0; raises Refused where it is no sum."""
    if value is None or line(str(value)) == "":
        return None
    amount = exact(value)
    if amount is None or amount < 0:
        raise Refused("budget_unreadable", f"Pagu tidak terbaca: {str(value)[:40]!r}; yang diharapkan bilangan rupiah 0 atau lebih.")
    return {"amount": digits(amount), "currency": "IDR", "basis": "package_ceiling"} if amount else None


def page_for_people(pattern: str, reference: str) -> str | None:
    """The listing's page for people, where staff gave a pattern of its address with `{reference}`."""
    return pattern.replace("{reference}", quote(reference, safe="")) if pattern.startswith(("https://", "http://")) else None


def _wanted(row: Mapping[str, Any], names: Names, volume: str) -> tuple[list[dict[str, Any]], str | None]:
    """The items, and the text that found no place in them."""
    text = row.get(names["text"]) or row.get("uraian_pekerjaan")
    pairs, rest = aligned(split_list(text), split_list(row.get(names["specification"])))
    volumes = [read_quantity(each) for each in volume.split(";")]
    if len(volumes) != len(pairs):
        volumes = [None] * len(pairs)
    told = [each or told_in(f"{said} {more or ''}") for each, (said, more) in zip(volumes, pairs, strict=True)]
    return items(pairs, [wire(each) for each in told]), "\n".join(filter(None, (tidy(rest), left_out(len(pairs))))) or None


def _truth(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in {"true", "1", "ya"}) or value == 1


def _yes(value: Any) -> bool | None:
    return _YES.get(line(value).lower().replace(" ", ""))
