"""The negotiated prices of a contract as an annex (lampiran) of its paper: which list it is, and each line of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.agreements.prices.basis import DRAFT
from exchange.agreements.prices.lines import Line
from exchange.agreements.prices.record import line_of
from exchange.reports import words
from exchange.reports.blocks import Block, Column, PageBreak, Para, Table, plain
from exchange.reports.parts import attachment
from exchange.store.prices import newest_list
from exchange.store.products import products_by_sku

_COLUMNS = (
    Column("No.", 0.9, "center"), Column("Produk", 3.4), Column("Satuan", 1.5), Column("Harga satuan (Rp)", 2.4, "right"),
    Column("Jumlah", 2.3), Column("Berlaku", 3.0), Column("Catatan", 2.2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Annexed:
    """The list that a contract was drafted with. names: of its products by SKU, as the catalogue has them today."""

    lines: Sequence[Line]
    names: Mapping[str, str]
    version: int
    digest: str


def annexed(session: Session, agreement_id: int) -> Annexed | None:
    """The newest version that is part of the contract's text; None without one. What came after its signature is no part of it."""
    found = newest_list(session, agreement_id, basis=DRAFT)
    if found is None:
        return None
    products = products_by_sku(session, {line.sku for line in found[1]})
    names = {sku: row.name for sku, row in products.items()}
    return Annexed([line_of(one) for one in found[1]], names, found[0].number, found[0].digest)


def price_annex(number: str, lines: Sequence[Line], names: Mapping[str, str], *, version: int, digest: str) -> tuple[Block, ...]:
    """
    The annex on a page of its own; nothing where there are no lines.

    number: of the annex, such as `III`. names: of products by SKU. version, digest: of the list, by which the node's record is found again.
    """
    if not lines:
        return ()
    rows = tuple(
        (
            plain(str(place)),
            plain(f"{names.get(line.sku, line.sku)} ({line.sku})"),
            plain(line.unit_said or line.unit or "–"),
            plain(words.figures(line.price, 2)),
            plain(_span(*(None if one is None else words.figures(one) for one in (line.quantity_min, line.quantity_max)))),
            plain(_span(*(None if one is None else words.day(one) for one in (line.valid_from, line.valid_until)))),
            plain(line.note or "–"),
        )
        for place, line in enumerate(lines, 1)
    )
    said = f"Daftar harga versi {version}, SHA-256 {digest}. Jumlah dan hari yang disebut termasuk di dalamnya; harga dalam rupiah (IDR)."
    return (PageBreak(), attachment(number, "Daftar Harga"), Para(plain(said)), Table(_COLUMNS, rows))


def _span(low: str | None, high: str | None) -> str:
    if low is None and high is None:
        return "tanpa batas"
    return f"sampai {high}" if low is None else f"mulai {low}" if high is None else f"{low} sampai {high}"
