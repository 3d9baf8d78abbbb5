"""The annex of negotiated prices: every line of the list is there, with the digest by which the record is found again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from exchange.agreements.prices.lines import Line
from exchange.reports.blocks import Para, Table
from exchange.reports.price_annex import price_annex


def test_each_line_is_told_with_its_order_and_days():
    lines = [
        Line(sku="A", unit="MTK", unit_said="m2", price=Decimal("600000.5"), quantity_max=Decimal("99.5"), valid_from=date(2027, 1, 1)),
        Line(sku="B", unit="KGM", unit_said=None, price=Decimal(1000), quantity_min=Decimal(100), quantity_max=Decimal(200), note="franko"),
    ]
    blocks = price_annex("III", lines, {"A": "Pagar besi"}, version=2, digest="ab" * 32)
    (table,) = (block for block in blocks if isinstance(block, Table))
    told = [["".join(run.text for run in cell) for cell in row] for row in table.rows]
    assert told == [
        ["1", "Pagar besi (A)", "m2", "600.000,50", "sampai 99,5", "mulai 1 Januari 2027", "–"],
        ["2", "B (B)", "KGM", "1.000,00", "100 sampai 200", "tanpa batas", "franko"],
    ]
    assert all(len(row) == len(table.columns) for row in table.rows)
    said = next("".join(run.text for run in block.runs) for block in blocks if isinstance(block, Para))
    assert "versi 2" in said and "ab" * 32 in said


def test_without_lines_there_is_no_annex():
    assert price_annex("III", [], {}, version=1, digest="") == ()
