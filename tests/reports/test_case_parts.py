"""What a case says in other words reaches its papers: whose right a line is, and what the matches know of an object."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from exchange.reports.case_parts import behind, entitled
from exchange.store.agreement_board import Under
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow

HEADS = ("Hak Pihak Kesatu:", "kewajiban pihak kedua:", "HAK PIHAK KEDUA", "Kewajiban Pihak Pertama:")


def test_lines_belong_to_the_side_and_the_kind_that_stands_above_them():
    lines = ["Hak Pihak Kesatu: menerima pembayaran", "Kewajiban Pihak Kedua:", "membayar tepat waktu", "menyiapkan lokasi"]
    assert entitled(lines) == (
        {"first_rights": ("menerima pembayaran",), "second_duties": ("membayar tepat waktu", "menyiapkan lokasi")},
        (),
    )
    assert entitled(["Saling menghormati"]) == ({}, ("Saling menghormati",))


@given(st.lists(st.one_of(st.sampled_from(HEADS), st.text("abc xyz", min_size=1).filter(str.strip)), max_size=12))
def test_no_line_is_lost_and_none_is_told_twice(lines):
    sides, nobody = entitled(lines)
    kept = [line for told in sides.values() for line in told] + list(nobody)
    assert sorted(kept) == sorted(line.strip() for line in lines if line not in HEADS)


def under(*, unit: str = "bulan", items: int = 1) -> Under:
    firm = BusinessRow(name="Bengkel Las Karya")
    product = ProductRow(sku="A-1", name="Pagar besi", business=firm, capacity_max=Decimal("180.5"), capacity_period=unit, unit_said="m2")
    item = {"text": "Pagar", "quantity": {"amount": "12", "unit": "MTK", "said": "12 m2"}}
    return Under("d-1", "A-1", DemandRow(items=[item] * items), product, 1)


def test_an_object_bears_the_need_the_capacity_and_the_maker_that_its_matches_know():
    assert behind("Pagar besi", [under(), under()]) == ("12 m2", "180,5 m2", "Bengkel Las Karya")
    assert behind("Rangka", [under()]) == (None, None, None)
    assert behind("Pagar besi", [under(unit="tahun", items=2)]) == (None, None, "Bengkel Las Karya")
    assert behind("Pagar besi", [Under("d-1", "A-1", None, None, None)]) == (None, None, None)
