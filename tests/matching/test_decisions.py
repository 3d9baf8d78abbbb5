"""What is read of the decisions of staff: which teach, which are left out, and how they are counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from exchange.matching.decisions import Decisions
from exchange.matching.reasons import REASONS, about_the_deal, teaches
from exchange.matching.run import rematch
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product

HOME = "36.72"
GOODS = ["Rak arsip besi", "Genset diesel 10 kVA", "Tiang PJU 7 meter", "Kompos padat", "Meja siswa", "Beras medium"]

Judge = Callable[..., None]
Read = Callable[[], Decisions]


def by_title(row: MatchRow) -> str:
    return "rejected" if "pada judul permintaan" in row.marks[0]["says"] else "accepted"


def test_a_rejection_for_the_price_teaches_nothing_about_the_thing(node: Store, judge: Judge, decided: Read) -> None:
    judge(by_title, reason="Harganya di atas pagu")
    counts = decided().counts
    assert (counts.rejected, counts.about_deal > 0, counts.accepted > 0) == (0, True, True)
    assert counts.unreadable == counts.undecided == 0


@pytest.mark.parametrize(
    "reason",
    ["Harganya terlalu mahal", "jumlahnya di atas kapasitas", "sudah ada penyedia tetap", "Pengiriman ke luar pulau", "belum punya SNI"],
)
def test_a_reason_about_the_deal_is_known(reason: str) -> None:
    assert about_the_deal(reason)


@pytest.mark.parametrize(
    "reason",
    [
        *("bukan barang yang diminta", "ukuran tidak sesuai", "yang diminta jasa", "", None, "keliru", "tidak cocok", "salah alamat"),
        *("bukan rak arsip, dan harganya mahal", "jenis barangnya lain, jumlahnya pun terlalu banyak", "spesifikasi berbeda"),
    ],
)
def test_a_reason_that_names_the_thing_or_nothing_counts(reason: str | None) -> None:
    assert not about_the_deal(reason)


@pytest.mark.parametrize(("code", "reason", "taught"), [
    ("wrong_product", None, True), ("wrong_specification", "harganya pun mahal", True), ("wrong_sector", None, True),
    ("buyer_gone", "bukan barangnya", False), ("price", None, False), ("too_far", None, False), ("duplicate", None, False),
    ("other", "harganya mahal", False), ("other", "bukan barang yang diminta", True), (None, "harganya mahal", False),
    (None, "keliru", True),
])  # fmt: skip
def test_a_code_says_what_a_rejection_teaches_and_words_only_where_it_leaves_that_open(code: str, reason: str, taught: bool) -> None:
    assert teaches(code, reason) is taught


def test_a_rejection_since_the_buyer_is_gone_teaches_nothing_whatever_is_written_beside_it(
    node: Store, judge: Judge, decided: Read
) -> None:
    judge(by_title, reason="bukan barang yang diminta")
    assert decided().counts.rejected > 0
    for code, taught in REASONS.items():
        with node.work() as session:
            for row in session.scalars(select(MatchRow).where(MatchRow.state == "rejected")):
                row.reason_code = code
        assert (decided().counts.rejected > 0) is (taught != "nothing"), code


def test_a_decided_product_that_went_and_a_demand_that_closed_are_still_learned_from(node: Store, judge: Judge, decided: Read) -> None:
    judge(by_title)
    before = decided()
    with node.work() as session:
        for product in session.scalars(select(ProductRow)):
            product.state, product.version = "withdrawn", product.version + 1
        for row in session.scalars(select(DemandRow)):
            row.status, row.version = "closed", row.version + 1
    rematch(node, home_region=HOME)
    after = decided()
    assert (after.inputs == before.inputs).all()
    assert after.counts == before.counts


def test_a_decided_pair_that_no_word_joins_any_more_is_left_out_and_counted(node: Store, judge: Judge, decided: Read) -> None:
    judge(by_title)
    before = decided().counts
    with node.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.reference == "0")).one()
        row.title, row.items, row.version = "Kapal", [], row.version + 1
    after = decided().counts
    assert after.unreadable == before.unreadable + 1
    assert after.accepted == before.accepted - 1


def test_what_is_undecided_of_a_closed_demand_counts_as_undecided(node: Store, judge: Judge, decided: Read) -> None:
    with node.read() as session:
        last = session.scalars(select(MatchRow.id).order_by(MatchRow.id.desc())).first()
        shared = session.get_one(MatchRow, last).demand_id
    with node.work() as session:
        firm = session.scalars(select(BusinessRow)).one()
        for number, name in enumerate(GOODS):
            apply_product(session, {"sku": f"Q{number}", "nib": firm.nib, "name": name, "keywords": []}, firm)
    rematch(node, home_region=HOME)
    judge(lambda row: "accepted" if row.id == last else None)
    assert decided().counts.undecided == 1
    with node.work() as session:
        session.get_one(DemandRow, shared).status = "closed"
    rematch(node, home_region=HOME)
    assert decided().counts.undecided == 1
