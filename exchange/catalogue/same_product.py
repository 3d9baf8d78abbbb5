"""Which product of the catalogue a row speaks of: by SKU, by name, or by nobody's knowledge but the staff's."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from schemas.reading.names import firm_key, name_key
from schemas.reading.text import is_nothing, line

ALIKE = 62  # of 100, words in any order; measured on names of one product written by two hands, which begin at 65
SAME_DESCRIPTION = 90
QUITE_OTHER = 50
_SKU = re.compile(r"[\w./\-]{1,60}")


@dataclass(frozen=True, slots=True)
class Match:
    """sku: the product's; is_new: it is not in the catalogue; is_given: the file names it; similar: what it may be."""

    sku: str | None
    is_new: bool = False
    is_given: bool = False
    similar: dict[str, Any] | None = None


def match_product(row: RowCells, desk: Desk, nib: str, name: str) -> Match | None:
    """The product that a row means; None where the row is refused, with the reason on it."""
    given = row.cell("sku").text
    if given and not is_nothing(given):
        return _by_sku(row, desk, nib, given, name)
    own = desk.products_of(nib)
    same = [product for product in own if name_key(product["name"]) == name_key(name)]
    if len(same) == 1:
        return Match(same[0]["sku"])
    similar = _most_similar(name, row.cell("description").text, own)
    if similar:
        row.warn("name", f"nama mirip {similar['name']} ({similar['sku']}), mungkin produk yang sama: menunggu keputusan petugas")
        return Match(None, True, similar=similar)
    if own:
        row.note("name", "produk baru: tidak ada yang bernama mirip pada usaha ini")
    return Match(new_sku(desk.firms[nib]["name"], name), True)


def _by_sku(row: RowCells, desk: Desk, nib: str, given: str, name: str) -> Match | None:
    sku = line(given)
    if not _SKU.fullmatch(sku):
        row.refuse(
            "sku", f"kode produk “{sku[:80]}” tidak berbentuk kode", "Pakai huruf, angka, titik atau garis tanpa spasi, atau kosongkan."
        )
        return None
    stored = desk.products.get(sku)
    if stored is not None and stored["nib"] != nib:
        owner = desk.firms.get(stored["nib"], {}).get("name", stored["nib"])
        row.refuse("sku", f"kode produk {sku} sudah dipakai produk {owner}", "Kosongkan kodenya, atau pakai kode lain.")
        return None
    if stored is None:
        same = next((each for each in desk.products_of(nib) if name_key(each["name"]) == name_key(name)), None)
        if same is not None:
            row.warn("sku", f"kode {sku} baru, padahal nama itu sudah ada dengan kode {same['sku']}: menunggu keputusan petugas")
            return Match(None, True, similar=same)
    elif name_key(name) != name_key(stored["name"]):
        if fuzz.token_sort_ratio(name_key(name), name_key(stored["name"])) < QUITE_OTHER:
            row.warn("name", f"kode {sku} milik {stored['name']}, nama di baris ini sangat berbeda: menunggu keputusan petugas")
            return Match(None, True, similar=stored)
        row.warn("name", f"berbeda dari nama yang tersimpan untuk kode {sku} ({stored['name']})")
    return Match(sku, stored is None, is_given=True)


def _most_similar(name: str, description: str, own: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The firm's product that this one may be under another name; None where none comes near."""

    def alike(product: dict[str, Any]) -> float:
        names = fuzz.token_sort_ratio(name_key(name), name_key(product["name"]))
        told = line(product.get("description"))
        same = min(len(description), len(told)) > 20 and fuzz.ratio(description.casefold(), told.casefold()) >= SAME_DESCRIPTION
        return max(names, 100.0 if same else 0.0)

    best = max(own, key=alike, default=None)
    return best if best is not None and alike(best) >= ALIKE else None


def new_sku(firm: str, name: str) -> str:
    """
    A code for a product that the file gives none: the same file again makes the same.

    Made from the names, which are public, and not from the NIB, which of sole proprietors is not.
    """
    digest = hashlib.blake2b(f"{firm_key(firm)}\n{name_key(name)}".encode(), digest_size=6).hexdigest()
    return f"PRD-{digest.upper()}"
