"""What a row may change of a firm that is kept, what is doubted of it, and whether the firm agreed to be published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from schemas.reading.names import firm_key

SAMPLE_BASIS = "data contoh"
FARTHEST_MOVE = 0.3  # degrees, some 33 km: beyond a city, so the sign or a digit is wrong
REFUSED_BASIS = "usaha menyatakan tidak setuju"


def merged_firm(row: RowCells, desk: Desk, record: dict[str, Any], stored: dict[str, Any] | None) -> dict[str, Any]:
    """The stored firm with what the row says; nothing empty overwrites, an older visit does not replace a newer."""
    refused = record.pop("consent_refused", False)
    said = {member: value for member, value in record.items() if value not in (None, [])}
    if stored is not None:
        first = desk.seen_firms.get(record["nib"])
        if first is not None:
            said = {m: v for m, v in said.items() if stored.get(m) in (None, []) or m in {"nib", "is_sample"}}
        else:
            _compare(row, said, stored)
    _keep_refusal(row, said, stored or {})
    merged: dict[str, Any] = {"kbli": [], "training_needs": [], "kbli_edition": "2020", "is_sample": False} | (stored or {}) | said
    since = merged.get("consent_refused_on")
    if refused:
        merged |= {"consented_on": None, "consent_basis": REFUSED_BASIS, "consent_refused_on": desk.today}
    elif said.get("consented_on"):
        merged["consent_refused_on"] = None
    elif not merged.get("consented_on"):
        if merged["is_sample"] and since is None:
            merged |= {"consented_on": desk.today, "consent_basis": SAMPLE_BASIS}
        elif desk.consent and (since is None or desk.consent[0] > since):
            merged |= {"consented_on": desk.consent[0], "consent_basis": desk.consent[1], "consent_refused_on": None}
    return merged


def _keep_refusal(row: RowCells, said: dict[str, Any], stored: dict[str, Any]) -> None:
    """A refusal holds until the firm agrees on a later day: an older workbook, or another row of the file, does not undo it."""
    since, day = stored.get("consent_refused_on"), said.get("consented_on")
    if since and day and day <= since:
        row.warn("consented_on", f"usaha menolak diterbitkan pada {since}; persetujuan {day} tidak membatalkannya")
        said.pop("consented_on")
        said.pop("consent_basis", None)


def _compare(row: RowCells, said: dict[str, Any], stored: dict[str, Any]) -> None:
    """Doubts that only the stored record raises; what must not replace it is taken out of `said`."""
    visited: date | None = said.get("visited_on")
    if visited and stored.get("visited_on") and visited < stored["visited_on"]:
        row.warn("visited_on", f"{visited} lebih lama daripada yang tersimpan ({stored['visited_on']}): yang terbaru dipertahankan")
        del said["visited_on"]
        said.pop("visit_note", None)
    form, old_form = said.get("legal_form"), stored.get("legal_form")
    if form and old_form and form != old_form:
        row.warn("legal_form", f"{form} berbeda dari data sebelumnya ({old_form})")
    workers, before = said.get("workers"), stored.get("workers")
    if workers is not None and before and workers != before:
        swapped = sorted(str(workers)) == sorted(str(before))
        if swapped or not before / 2 <= workers <= before * 2:
            doubt = f"{workers} jauh dari data sebelumnya {before} (kemungkinan angka tertukar)"
            row.warn("workers", doubt if swapped else f"{workers} jauh dari data sebelumnya {before}")
    money, kept = said.get("investment"), stored.get("investment")
    if money and kept and not Decimal(kept) / 5 <= money <= Decimal(kept) * 5:
        row.warn("investment", f"Rp {money:f} jauh dari data sebelumnya Rp {Decimal(kept):f}: periksa jumlah nolnya")
    if fuzz.token_sort_ratio(firm_key(said["name"]), firm_key(stored["name"])) < 50:
        row.warn("name", "nama sangat berbeda, nama yang tersimpan dipertahankan sampai dipastikan")
        del said["name"]
    for member, degrees in (("latitude", said.get("latitude")), ("longitude", said.get("longitude"))):
        if degrees is not None and stored.get(member) is not None and abs(degrees - stored[member]) > FARTHEST_MOVE:
            row.warn("position", "koordinat jauh dari yang tersimpan, yang tersimpan dipertahankan")
            said.pop("latitude", None)
            said.pop("longitude", None)
            break
    if said.get("address") and len(said["address"]) < len(stored.get("address") or "") and said["address"] in stored["address"]:
        del said["address"]
