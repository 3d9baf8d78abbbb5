from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching.matcher import THRESHOLD, TOP, Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer

PRODUCTS = {
    "TINTA": ("Tinta printer isi ulang 100 ml hitam", ["isi ulang", "ink refill"]),
    "NASI": ("Nasi kotak menu ayam bakar", ["nasi box", "konsumsi rapat"]),
    "SNACK": ("Snack box 3 macam kue basah", ["kue kotak", "kudapan rapat"]),
    "RAK": ("Rak arsip besi siku 5 susun", ["rak besi", "rak dokumen"]),
    "LEMARI": ("Lemari arsip besi 2 pintu", ["lemari besi", "lemari kantor"]),
    "MEJA": ("Meja siswa rangka besi", ["meja sekolah", "meubelair sekolah"]),
    "BAK": ("Bak dump truck 5 m3", ["bak jungkit", "karoseri"]),
    "TIANG": ("Tiang PJU oktagonal 7 meter galvanis", ["tiang lampu jalan"]),
    "FAME": ("Biodiesel jelantah (FAME) 20 liter", ["minyak jelantah"]),
    "KOMPOS": ("Kompos padat karung 25 kg", ["pupuk kandang", "pupuk organik padat"]),
    "AIR": ("Air minum dalam kemasan botol 600 ml", ["air mineral"]),
    "KARBOL": ("Pembersih lantai karbol wangi 1 liter", ["cairan pel"]),
    "CETAKAN": ("Cetakan paving block hexagonal manual", ["alat cetak paving"]),
}
OFFERS = [read_offer({"sku": sku, "name": name, "keywords": words}, "36.72") for sku, (name, words) in PRODUCTS.items()]
MATCHER = Matcher(OFFERS)


def best(title: str, *items: str, category: str = "goods") -> list[str]:
    listed = [{"position": at, "text": text} for at, text in enumerate(items, 1)]
    need = read_need({"reference": "1", "title": title, "items": listed, "category": category})
    return [match.offer for match in next(iter(MATCHER.match([need])))[1]]


@pytest.mark.parametrize(
    ("title", "items", "wanted"),
    [
        ("Belanja Alat/Bahan untuk Kegiatan Kantor-Bahan Komputer", ("Tinta Printer", "Flashdisk"), "TINTA"),
        ("Belanja Makanan dan Minuman Rapat", ("Snack", "Makan Minum"), "SNACK"),
        ("Belanja Modal Alat Penyimpan Perlengkapan Kantor", ("Lemari Besi/Metal",), "LEMARI"),
        ("Pengadaan Meubelair Meja/Kursi Siswa SD", (), "MEJA"),
        ("Pengadaan Pupuk Kandang/Kompos dalam rangka pengembangan kebun", (), "KOMPOS"),
        ("Belanja Natura", ("Air Mineral",), "AIR"),
        ("Penyediaan Peralatan Rumah Tangga", ("Obat Pel",), "KARBOL"),
        ("Bantuan alat cetak paving", (), "CETAKAN"),
    ],
)
def test_what_a_buyer_means_comes_first(title: str, items: tuple[str, ...], wanted: str) -> None:
    assert best(title, *items)[:1] == [wanted]


@pytest.mark.parametrize(
    ("title", "items", "category"),
    [
        ("Belanja Jasa Pemasangan Rak Arsip Besi", (), "services"),
        ("Belanja Sewa Meja Siswa", (), "goods"),
        ("Rehabilitasi Tiang PJU", (), "works"),
        ("Pemeliharaan Lemari Arsip", (), "goods"),
        ("Penyediaan Barang Cetakan dan Penggandaan", ("Cetakan",), "goods"),
        ("Belanja BBM", ("Bahan Bakar Minyak",), "goods"),
        ("Belanja Alat Listrik", ("Lampu Proyektor",), "goods"),
        ("Belanja Modal", ("Kulkas", "Lemari Es"), "goods"),
        ("Pengadaan Personal Computer", ("All in One PC",), "goods"),
        ("Belanja Kertas HVS", ("HVS 70 gr A4",), "goods"),
    ],
)
def test_what_nothing_here_serves_is_left_unserved(title: str, items: tuple[str, ...], category: str) -> None:
    assert best(title, *items, category=category) == []


TEXTS = [name for name, _ in PRODUCTS.values()] + ["snack", "makan minum", "furnitur kantor", "pupuk", "sewa tenda", "---"]
listings = st.lists(
    st.fixed_dictionaries(
        {
            "reference": st.uuids().map(str),
            "title": st.sampled_from(TEXTS),
            "items": st.lists(st.sampled_from(TEXTS).map(lambda text: {"position": 1, "text": text}), max_size=3),
            "category": st.sampled_from(["goods", "services", "works", None]),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=50, deadline=None)
@given(listings, st.randoms())
def test_a_demand_gets_the_same_matches_alone_in_a_batch_and_in_another_order(demands: list[dict[str, Any]], order: random.Random) -> None:
    needs = [read_need(demand) for demand in demands]
    together = {need.key: matches for need, matches in MATCHER.match(needs)}
    shuffled = order.sample(needs, len(needs))
    other = Matcher(order.sample(OFFERS, len(OFFERS)))
    assert {need.key: matches for need, matches in other.match(shuffled)} == together
    for need in needs:
        assert next(iter(MATCHER.match([need])))[1] == together[need.key]


@settings(max_examples=50, deadline=None)
@given(listings)
def test_matches_stand_best_first_above_the_threshold_and_at_most_ten(demands: list[dict[str, Any]]) -> None:
    for _, matches in MATCHER.match(read_need(demand) for demand in demands):
        scores = [match.score for match in matches]
        assert scores == sorted(scores, reverse=True)
        assert all(THRESHOLD <= score <= 1 for score in scores)
        assert len(matches) <= TOP
        assert len({match.offer for match in matches}) == len(matches)


def test_an_empty_catalogue_and_an_empty_demand_match_nothing() -> None:
    empty = read_need({"reference": "1", "title": "---"})
    assert [matches for _, matches in Matcher([]).match([empty, read_need({"reference": "2", "title": "Beras"})])] == [[], []]
    assert next(iter(MATCHER.match([empty])))[1] == []


def test_the_reason_names_the_words_of_both_sides_and_the_item() -> None:
    need = read_need(
        {"reference": "1", "title": "Belanja Bahan Komputer", "items": [{"position": 1, "text": "Tinta Printer"}], "category": "goods"}
    )
    (match, *_) = next(iter(MATCHER.match([need])))[1]
    assert match.marks[0].says == "“tinta printer” pada butir 1 permintaan bertemu “tinta printer hitam” pada produk."
    assert [mark.criterion for mark in match.marks] == [criterion.name for criterion in MATCHER.criteria]


@pytest.mark.parametrize("top", [1, 2, 3])
def test_the_best_few_are_the_beginning_of_all(top: int) -> None:
    names = [f"{thing} {kind}" for thing in ("Rak arsip", "Lemari arsip", "Meja arsip") for kind in ("besi", "kayu", "besi siku", "kecil")]
    sellers = [
        read_offer(
            {"sku": f"S{at:02}", "name": name, "price_min": Decimal(at * 400_000 + 1), "unit_said": "buah", "minimum_order": Decimal(at)},
            "36.72",
        )
        for at, name in enumerate(names)
    ]
    engine = Matcher(sellers)
    budgets = (100_000, 1_000_000, 3_000_000)
    needs = [
        read_need({"reference": title, "title": title, "budget": {"amount": Decimal(budget)}}, f"{title} {budget}")
        for title in ("Pengadaan rak arsip besi", "Lemari arsip", "Rak dan lemari arsip 3 buah")
        for budget in budgets
    ]
    for (_, few), (_, everything) in zip(engine.match(needs, top=top), engine.match(needs, top=40), strict=True):
        assert few == everything[:top]


@pytest.mark.parametrize(
    ("title", "items", "never"),
    [
        ("Belanja Truk Sampah", (), "BAK"),
        ("Pengadaan dump truck", (), "BAK"),
        ("Pengadaan Meubelair Meja Kerja", (), "LEMARI"),
        ("Belanja Bahan Komputer", ("Tinta/Toner Printer: toner laserjet",), "TINTA"),
        ("Belanja Benih Karbol Wangi", ("karbol wangi",), "KARBOL"),
    ],
)
def test_another_thing_of_the_same_words_is_no_fair_offer(title: str, items: tuple[str, ...], never: str) -> None:
    assert never not in best(title, *items)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Pengadaan Lemari Arsip <span class='label label-warning'>Tender Ulang</span>", "LEMARI"),
        ("BRG.KTR.04 Pengadaan Rak Arsip Besi", "RAK"),
        ("KTR-7. Pengadaan Lemari Arsip", "LEMARI"),
    ],
)
def test_what_an_office_or_a_portal_wrote_around_a_title_changes_nothing(title: str, wanted: str) -> None:
    plain = {"RAK": "Pengadaan Rak Arsip Besi", "LEMARI": "Pengadaan Lemari Arsip"}[wanted]
    assert best(title) == best(plain)
    assert best(title)[0] == wanted


def test_a_specification_that_names_the_thing_leaves_little_of_the_class() -> None:
    def of(specification: str) -> float:
        item = {"text": "Suvenir/Cendera Mata", "specification": specification}
        need = read_need({"reference": "1", "title": "Belanja Suvenir", "items": [item], "category": "goods"})
        return float(engine.pairs([need]).probability.max(initial=0.0))

    engine = Matcher([read_offer({"sku": "LILIN", "name": "Lilin aromaterapi", "keywords": ["souvenir pernikahan"]}, "36.72")])
    assert of("Karangan bunga ukuran standar") < 0.75 * of("ukuran standar")
