"""
Announcements of tenders and other selections (SPSE), as the national service bus and its successor write them.

`TENDER` and `OTHER` say which field bears what, `OLD_TENDER` and `OLD_OTHER` in the older vintage. The owner's estimate
(HPS) is what the buyer reckons to pay and holds before the package's ceiling (pagu). A selection that ended stays a demand
with status `closed`, one that failed or was called off with `cancelled`: neither is matched, and one that we showed as open
is seen to end.

The older vintage calls `Aktif` what runs and what came to its end, so it is open; that the year of the budget it is paid
from has passed is seen by the period of its use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.kit.dates import WIB, instant
from connectors.kit.errors import Refused
from connectors.kit.numbers import digits, exact
from connectors.kit.rup import PERSONAL as OF_PLANS
from connectors.kit.rup import Names, ceiling, code_of, codes_in
from connectors.kit.text import cut, line, tidy

TENDER: Names = {
    "reference": "kd_tender", "status": "status_tender", "published": "tgl_pengumuman_tender", "scheme": "tender",
    "title": "nama_paket", "buyer_code": "kd_klpd", "budget": "pagu", "rup": "kd_rup", "kind": "jenis_pengadaan",
    "method": "mtd_pemilihan", "year": "",
}  # fmt: skip
OTHER: Names = {
    **TENDER, "reference": "kd_nontender", "status": "status_nontender", "published": "tgl_pengumuman_nontender", "scheme": "nontender",
}  # fmt: skip
OLD_TENDER: Names = {**TENDER, "status": "nama_status_tender", "rup": "kd_rup_paket", "year": "tahun_anggaran"}
OLD_OTHER: Names = {
    **OTHER, "status": "nama_status_nontender", "published": "tanggal_pengumuman_nontender", "rup": "kd_rup_paket",
    "kind": "kategori_pengadaan", "method": "metode_pengadaan", "year": "tahun_anggaran",
}  # fmt: skip
PERSONAL = OF_PLANS | {"*pokja*", "nama_pp", "*_pp"}
"""Fields of announcements, and of plans, that are about persons."""

_STATUSES = {
    "berlangsung": "open", "aktif": "open", "selesai": "closed", "gagal/batal": "cancelled", "gagal": "cancelled", "batal": "cancelled",
    "ditutup": "cancelled",
}  # fmt: skip
_YEAR = re.compile(r"20\d\d")
_SMALL = {"kecil": True, "non kecil": False, "menengah": False, "besar": False}
_KINDS = (
    ("jasa konsult", "consulting"), ("pekerjaan konstruksi", "works"), ("pengadaan barang", "goods"), ("barang", "goods"),
    ("jasa lainnya", "services"),
)  # fmt: skip


def announcement(reference: str, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """
    An announced selection in the wire form of `schemas.demand.DemandSchema`.

    Raises:
        Refused: it has no code, no title, no buyer, a status on no list, or a sum or time that cannot be read.
    """
    code = code_of(row.get(names["reference"])) or code_of(row.get("lls_id"))
    if not code:
        raise Refused("reference_missing", f"Kolom {names['reference']} kosong: pengumuman tanpa kode tidak dapat dikenali lagi.")
    title, unit = line(row.get("nama_paket")), line(row.get("nama_satker"))
    buyer = line(row.get("nama_klpd"))
    buyer_code = line(row.get("kd_klpd")) or line(row.get("kode_klpd"))
    if not title or not (buyer or buyer_code):
        raise Refused("title_or_buyer_missing", "Kolom nama_paket atau nama pemerintah daerahnya kosong.")
    return {
        "reference": reference,
        "title": cut(title, 2000),
        "description": tidy(row.get("uraian_pekerjaan")) or None,
        "buyer": {"name": cut(buyer or buyer_code, 400), "code": cut(buyer_code, 120) or None, "unit": unit or None},
        "place": _place(row),
        "category": category(row.get(names["kind"])),
        "budget": estimate(row.get("hps")) or ceiling(row.get("pagu")),
        "periods": {"use": _year(row, names["year"])},
        "eligibility": {"small_business": _SMALL.get(line(row.get("kualifikasi_paket")).casefold())},
        "method": line(row.get(names["method"])) or None,
        "status": _status(row.get(names["status"]), names["status"]),
        "published_at": instant(row.get(names["published"]), WIB),
        "related": {"rup": codes_in(code_of(row.get(names["rup"]))), names["scheme"]: codes_in(code)},
    }


def category(value: Any) -> str | None:
    """The kind of procurement by SPSE's word for it (`Pengadaan Barang`, `Jasa Konsultansi Badan Usaha Konstruksi`)."""
    said = line(value).casefold()
    return next((kind for word, kind in _KINDS if said.startswith(word)), None)


def estimate(value: Any) -> dict[str, Any] | None:
    """The owner's estimate in rupiah; None where it is absent or 0; raises Refused where it is no sum."""
    if value is None or line(str(value)) == "":
        return None
    amount = exact(value)
    if amount is None or amount < 0:
        raise Refused("budget_unreadable", f"HPS tidak terbaca: {str(value)[:40]!r}; yang diharapkan bilangan rupiah 0 atau lebih.")
    return {"amount": digits(amount), "currency": "IDR", "basis": "owner_estimate"} if amount else None


def _status(value: Any, name: str) -> str:
    status = _STATUSES.get(line(value).casefold())
    if status is None:
        shown = cut(line(value), 40) or "kosong"
        raise Refused("status_unknown", f"Kolom {name} tidak dikenal: {shown!r}; yang diharapkan Berlangsung, Selesai atau Gagal/Batal.")
    return status


def _year(row: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The year of the budget that pays, where nothing else tells when; None for a contract over several years."""
    said = code_of(row.get(name)) if name else ""
    if not _YEAR.fullmatch(said) or "jamak" in line(row.get("kontrak_tahun")).casefold():
        return None
    return {"start": f"{said}-01-01", "end": f"{said}-12-31", "precision": "year"}


def _place(row: Mapping[str, Any]) -> str | None:
    """Where the work is, in the source's words: the address, then the regency and the province where it does not name them."""
    said = ""
    for name in ("lokasi_pekerjaan", "kabkota", "provinsi"):
        each = line(row.get(name))
        if each and each.casefold() not in said.casefold():
            said = f"{said}, {each}" if said else each
    return said or None
