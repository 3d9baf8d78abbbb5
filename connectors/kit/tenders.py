"""
Announcements of tenders and other selections (SPSE), as the national service bus and its successor write them.

`TENDER` and `OTHER` say which field bears what. The owner's estimate (HPS) is what the buyer reckons to pay and holds
before the package's ceiling (pagu). A selection that ended stays a demand with status `closed`, one that failed or was
called off with `cancelled`: neither is matched, and one that we showed as open is seen to end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.kit.dates import WIB, instant
from connectors.kit.errors import Refused
from connectors.kit.numbers import digits, exact
from connectors.kit.rup import Names, ceiling, code_of, codes_in
from connectors.kit.text import cut, line

TENDER: Names = {"reference": "kd_tender", "status": "status_tender", "published": "tgl_pengumuman_tender", "scheme": "tender"}
OTHER: Names = {"reference": "kd_nontender", "status": "status_nontender", "published": "tgl_pengumuman_nontender", "scheme": "nontender"}

_STATUSES = {"berlangsung": "open", "selesai": "closed", "gagal/batal": "cancelled", "gagal": "cancelled", "batal": "cancelled"}
_SMALL = {"kecil": True, "non kecil": False, "menengah": False, "besar": False}
_KINDS = (
    ("jasa konsult", "consulting"), ("pekerjaan konstruksi", "works"), ("pengadaan barang", "goods"), ("barang", "goods"),
    ("jasa lainnya", "services"),
)  # fmt: skip


def announcement(reference: str, row: Mapping[str, Any], names: Names, asked_for: str = "") -> dict[str, Any]:
    """
    An announced selection in the wire form of `schemas.demand.DemandSchema`.

    asked_for: the buyer's code that the answer was asked by, for rows that leave it empty.

    Raises:
        Refused: it has no code, no title, no buyer, a status on no list, or a sum or time that cannot be read.
    """
    code = code_of(row.get(names["reference"])) or code_of(row.get("lls_id"))
    if not code:
        raise Refused("reference_missing", f"Kolom {names['reference']} kosong: pengumuman tanpa kode tidak dapat dikenali lagi.")
    title, unit = line(row.get("nama_paket")), line(row.get("nama_satker"))
    buyer = line(row.get("nama_klpd"))
    buyer_code = line(row.get("kd_klpd")) or line(row.get("kode_klpd")) or asked_for
    if not title or not (buyer or buyer_code):
        raise Refused("title_or_buyer_missing", "Kolom nama_paket atau nama pemerintah daerahnya kosong.")
    return {
        "reference": reference,
        "title": cut(title, 2000),
        "buyer": {"name": cut(buyer or buyer_code, 400), "code": cut(buyer_code, 120) or None, "unit": unit or None},
        "place": _place(row),
        "category": category(row.get("jenis_pengadaan")),
        "budget": estimate(row.get("hps")) or ceiling(row.get("pagu")),
        "eligibility": {"small_business": _SMALL.get(line(row.get("kualifikasi_paket")).casefold())},
        "method": line(row.get("mtd_pemilihan")) or None,
        "status": _status(row.get(names["status"]), names["status"]),
        "published_at": instant(row.get(names["published"]), WIB),
        "related": {"rup": codes_in(code_of(row.get("kd_rup"))), names["scheme"]: codes_in(code)},
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


def _place(row: Mapping[str, Any]) -> str | None:
    """Where the work is, in the source's words: the address, then the regency and the province where it does not name them."""
    said = ""
    for name in ("lokasi_pekerjaan", "kabkota", "provinsi"):
        each = line(row.get(name))
        if each and each.casefold() not in said.casefold():
            said = f"{said}, {each}" if said else each
    return said or None
