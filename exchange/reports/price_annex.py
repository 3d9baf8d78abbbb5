"""The negotiated prices of a contract as an annex (lampiran) of its paper: which list it is, and each line of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exchange.agreements.prices.lines import Line
from exchange.reports import words
from exchange.reports.blocks import Block, Column, PageBreak, Para, Table, plain
from exchange.reports.parts import attachment

_COLUMNS = (
    Column("No.", 0.9, "center"), Column("Produk", 3.4), Column("Satuan", 1.5), Column("Harga satuan (Rp)", 2.4, "right"),
    Column("Jumlah", 2.3), Column("Berlaku", 3.0), Column("Catatan", 2.2),
)  # fmt: skip


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
