"""Whose a product is: by NIB, from a merged cell, or by the one firm of that name."""

from __future__ import annotations

from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from schemas.reading.names import firm_key, name_key, read_firm_name


def owner_of(row: RowCells, desk: Desk) -> str | None:
    """The NIB of the firm that makes the product; None where the row is refused, with the reason on it."""
    nib = row.take("nib", desk.nib_of)
    name = None if row.cell("firm").above else row.take("firm", read_firm_name)
    if nib is None and row.report.warnings and row.has("nib"):
        _refuse(row, row.report.warnings[-1])
        return None
    if nib is None:
        return _by_name(row, desk, name)
    if nib not in desk.firms:
        _refuse(row, f"NIB {nib} tidak ada pada daftar IKM di berkas ini maupun basis data")
        return None
    owner = desk.firms[nib]["name"]
    if name and name_key(name) != name_key(owner) and firm_key(name) != firm_key(owner):
        others = [other for other in desk.firms_named(name) if other != nib]
        if others:
            _refuse(row, f"NIB {nib} milik {owner}, sedangkan {name} ber-NIB {others[0]}: pemilik tidak jelas")
            return None
        row.warn("firm", f"{name} berbeda dari pemilik NIB itu ({owner}); yang dipakai NIB")
    return nib


def _by_name(row: RowCells, desk: Desk, name: str | None) -> str | None:
    if not name:
        _refuse(row, "NIB dan nama IKM kosong, bukan sel gabungan: pemilik produk tidak diketahui")
        return None
    found = desk.firms_named(name)
    if len(found) != 1:
        said = "tidak ada usaha dengan nama itu" if not found else f"ada {len(found)} usaha dengan nama itu"
        _refuse(row, f"NIB kosong dan {said} ({name})")
        return None
    row.warn("firm", f"NIB kosong, dicocokkan lewat nama (satu calon, {desk.firms[found[0]]['name']}); mohon dipastikan")
    return found[0]


def _refuse(row: RowCells, reason: str) -> None:
    mend = "Isi NIB usaha yang ada di katalog atau di lembar IKM berkas ini; usaha yang belum ada ditambahkan dahulu."
    row.refuse("nib" if row.has("nib") or not row.has("firm") else "firm", reason, mend)
