from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import BadRequest
from exchange.matching import purchases as room
from exchange.matching.learn_orders import Choice, choice, learn
from exchange.matching.orders import FEATURES, Catalogue, Listed, Plan, ranked, shipped_weights, volume
from exchange.matching.purchases import mean_measures, measured, purchases, read_folder, usable

PAIRS = ["kd_rup", "kd_produk", "klpd", "namapaket", "spesifikasi", "keterangan", "volume", "jumlahpagu"]
PRODUCTS = ["kd_produk", "nama_klpd", "nama_produk", "nama_komoditas", "nama_penyedia", "harga", "setuju_tolak_tanggal"]
GOODS = [
    ("Meja belajar kayu", 700000),
    ("Kursi lipat besi", 250000),
    ("Bibit cabai rawit", 1500),
    ("Genteng tanah liat", 4200),
    ("Sapu ijuk", 18000),
]


def _text(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _rows() -> tuple[list[list[str]], list[list[str]]]:
    """Three made-up regions with the same five goods of two sellers each; one plan for each of the first four goods."""
    pairs, products = [], []
    for number, region in enumerate(("Kabupaten Arau", "Kabupaten Biru", "Kota Cendana")):
        for at, (name, price) in enumerate(GOODS):
            for seller in (0, 1):
                key = str(1000 * (number + 1) + 10 * at + seller)
                cell = json.dumps([{"harga": price * (1 + seller)}])
                products.append([key, region, name, f"Barang {region}", f"Toko {seller}", cell, f"2022-1{seller}-01 08:00:00"])
            if at < 4:
                words = name.split()[0]
                pairs.append(
                    [
                        str(36900000 + 10 * number + at),
                        str(1000 * (number + 1) + 10 * at),
                        region,
                        f"Belanja {words}",
                        "",
                        name,
                        "3 Buah",
                        str(3 * price),
                    ]
                )
    return pairs, products


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pairs, products = _rows()
    (tmp_path / "pairs.csv").write_text(_text(PAIRS, pairs), "utf-8")
    (tmp_path / "products.csv").write_text(_text(PRODUCTS, products), "utf-8")
    return tmp_path


def test_the_measures_are_those_counted_by_hand() -> None:
    order = np.arange(100)
    ndcg, at_10, at_50, reciprocal = measured(np.array([1, 20, 70]), order)
    assert ndcg == pytest.approx((1 / np.log2(3)) / (1 + 1 / np.log2(3) + 1 / 2))
    assert (at_10, at_50, reciprocal) == (pytest.approx(1 / 3), pytest.approx(2 / 3), 0.5)
    assert measured(np.arange(12), order)[0] == pytest.approx(1.0)
    assert measured(np.array([99]), order) == (0.0, 0.0, 0.0, 0.01)
    assert mean_measures([]) == {"n": 0, "ndcg_at_10": None, "recall_at_10": None, "recall_at_50": None, "mrr": None}
    assert mean_measures([(1.0, 1.0, 1.0, 1.0), (0.0, 0.5, 1.0, 0.25)]) == {
        "n": 2,
        "ndcg_at_10": 0.5,
        "recall_at_10": 0.75,
        "recall_at_50": 1.0,
        "mrr": 0.625,
    }


@given(st.permutations(range(40)), st.sets(st.integers(0, 39), min_size=1, max_size=15))
def test_no_ranking_is_better_than_the_one_with_the_ordered_first(order: list[int], ordered: set[int]) -> None:
    places = np.array(sorted(ordered))
    best = np.concatenate([places, np.setdiff1d(np.arange(40), places)])
    found, ideal = measured(places, np.array(order)), measured(places, best)
    assert ideal[0] == pytest.approx(1.0)
    assert all(0 <= one <= most + 1e-12 for one, most in zip(found, ideal, strict=True))


def test_a_plan_with_an_order_from_another_region_only_does_not_count(folder: Path) -> None:
    pairs, _ = _rows()
    pairs.append(["36900999", "2000", "Kabupaten Arau", "Belanja meja", "", "", "1", "1"])
    pairs.append(["36900998", "nowhere", "Kabupaten Arau", "Belanja meja", "", "", "1", "1"])
    (folder / "pairs.csv").write_text(_text(PAIRS, pairs), "utf-8")
    assert purchases(folder)["n"] == 12


@pytest.mark.parametrize("fit", [False, True])
def test_the_ordered_products_of_plain_plans_stand_first(folder: Path, fit: bool) -> None:
    told = purchases(folder, fit=fit)
    assert told["n"] == 12
    assert told["mrr"] == 1.0
    assert told["recall_at_10"] == 1.0


@pytest.mark.parametrize("fit", [False, True])
def test_another_order_of_the_rows_changes_nothing(folder: Path, fit: bool) -> None:
    pairs, products = _rows()
    pairs.append([pairs[0][0], pairs[0][1], pairs[0][2], "Belanja meja lain", *pairs[0][4:]])
    products.append([products[0][0], *products[0][1:2], "Meja tulis", *products[0][3:]])
    (folder / "pairs.csv").write_text(_text(PAIRS, pairs), "utf-8")
    (folder / "products.csv").write_text(_text(PRODUCTS, products), "utf-8")
    first = purchases(folder, fit=fit)
    features = [one.features for one in usable(read_folder(folder))]
    shuffle = random.Random(4)
    shuffle.shuffle(pairs)
    shuffle.shuffle(products)
    (folder / "pairs.csv").write_text(_text(PAIRS, pairs), "utf-8")
    (folder / "products.csv").write_text(_text(PRODUCTS, products), "utf-8")
    assert purchases(folder, fit=fit) == first
    for one, other in zip(features, usable(read_folder(folder)), strict=True):
        np.testing.assert_array_equal(one, other.features)


def test_a_fold_never_learns_from_the_region_it_is_tested_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = usable(read_folder(folder))
    own = {id(one.features): one.region for one in known}
    made: dict[int, str] = {}
    learned: list[set[str]] = []

    def remember(features: np.ndarray, ordered: np.ndarray) -> Choice:
        one = choice(features, ordered)
        made[id(one)] = own[id(features)]
        return one

    def spy(choices: list[Choice]) -> np.ndarray:
        learned.append({made[id(one)] for one in choices})
        return np.full(len(FEATURES), float(len(learned)))

    monkeypatch.setattr(room, "choice", remember)
    monkeypatch.setattr(room, "learn", spy)
    weights = room._weights(known)
    for one, given_weights in zip(known, weights, strict=True):
        assert learned[int(given_weights[0]) - 1] == {other.region for other in known} - {one.region}


def test_compressed_files_are_read_like_plain_ones(folder: Path) -> None:
    plain = purchases(folder)
    for name in ("pairs", "products"):
        text = (folder / f"{name}.csv").read_bytes()
        (folder / f"{name}.csv").unlink()
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text))
    assert purchases(folder) == plain


def test_fitting_from_a_single_region_is_refused(folder: Path) -> None:
    pairs, _ = _rows()
    (folder / "pairs.csv").write_text(_text(PAIRS, [row for row in pairs if row[2] == "Kota Cendana"]), "utf-8")
    with pytest.raises(BadRequest, match="Hanya satu daerah"):
        purchases(folder, fit=True)
    assert purchases(folder)["n"] == 4


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("pairs.csv", b"", "kolom tidak ada: kd_rup"),
        ("pairs.csv", b"kd_rup,kd_produk\n1,2\n", "kolom tidak ada: klpd"),
        ("pairs.csv", (",".join(PAIRS) + "\n1,2,Kota Cendana\n").encode(), "baris 2: jumlah sel"),
        ("pairs.csv", (",".join(PAIRS) + "\n1,2,Kota Cendana,a,b,c,d,5\n,2,Kota Cendana,a,b,c,d,5\n").encode(), "baris 3: kd_rup kosong"),
        ("pairs.csv", (",".join(PAIRS) + '\n1,2,Kota Cendana,a,b,c,d,"5\n').encode(), "bukan CSV yang utuh"),
        ("products.csv", (",".join(PRODUCTS) + "\n1,Kota Cendana,\xff").encode("latin-1"), "bukan UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadRequest) as refused:
        purchases(folder)
    assert name in refused.value.message
    assert says in refused.value.message
    assert refused.value.mend


def test_a_truncated_archive_is_said_to_be_one(folder: Path) -> None:
    text = (folder / "products.csv").read_bytes()
    (folder / "products.csv").unlink()
    (folder / "products.csv.gz").write_bytes(gzip.compress(text)[:-20])
    with pytest.raises(BadRequest, match="gzip rusak"):
        purchases(folder)


def test_what_is_unknown_of_a_product_neither_helps_nor_stops() -> None:
    catalogue = Catalogue("Kota Cendana", [Listed("1", "Meja kayu"), Listed("2", "")])
    features = catalogue.features(Plan("no number", "Pengadaan meja", budget=None))
    assert np.isfinite(features).all()
    told = dict(zip(FEATURES, features.T, strict=True))
    for name in ("listed_before", "listed_after", "too_dear", "fits_exactly", "fits_nearly", "divides"):
        assert not told[name].any()
    assert told["text"][0] > told["text"][1] == 0


def test_the_price_that_spends_the_budget_fits_and_a_dearer_one_is_too_dear() -> None:
    goods = [Listed(str(at), "Meja", price=price) for at, price in enumerate((1e6, 0.9e6, 3e6, 60e6))]
    told = dict(zip(FEATURES, Catalogue("Kota Cendana", goods).features(Plan("1", "Meja", volume="5 Unit", budget=5e6)).T, strict=True))
    assert list(np.argsort(-told["fits_exactly"])[:2]) == [0, 1]
    assert told["fits_exactly"][0] == told["divides"][0] == pytest.approx(1.0)
    assert list(told["too_dear"] > 0) == [False, False, False, True]


def test_a_seller_who_has_all_that_is_listed_is_before_one_who_has_a_part() -> None:
    goods = [
        Listed("1", "Meja kayu", seller="A"),
        Listed("2", "Kursi besi", seller="A"),
        Listed("3", "Meja kayu", seller="B"),
        Listed("4", "Sapu ijuk", seller="B"),
    ]
    place = list(FEATURES).index("seller_has")
    has = Catalogue("Kota Cendana", goods).features(Plan("1", "Meja kayu", "Meja kayu; Kursi besi"))[:, place]
    assert has[0] == has[1] > has[2] == has[3]


@pytest.mark.parametrize(
    ("said", "amount"), [("5 Unit", 5), ("5.548 rim", 5548), ("1,5 Ton", 1.5), ("-", 1), ("", 1), ("0", 1), ("Unit 3", 1)]
)
def test_a_volume_is_its_first_number(said: str, amount: float) -> None:
    assert volume(said) == amount


@given(st.integers(0, 2**32 - 1))
def test_learned_weights_keep_the_sign_that_sense_gives_them(seed: int) -> None:
    random_numbers = np.random.default_rng(seed)
    plans = [choice(random_numbers.normal(size=(20, len(FEATURES))).astype(np.float32), np.array([3, 7])) for _ in range(3)]
    for weight, sign in zip(learn(plans), FEATURES.values(), strict=True):
        assert weight * sign >= 0


def test_what_always_marks_the_ordered_product_is_learned_to_lead() -> None:
    random_numbers = np.random.default_rng(5)
    plans = []
    for _ in range(40):
        features = random_numbers.normal(size=(600, len(FEATURES))).astype(np.float32)
        features[11, 3] += 6
        plans.append((features, choice(features, np.array([11]))))
    weights = learn([one for _, one in plans], ridge=1.0)
    assert int(np.argmax(np.abs(weights))) == 3
    assert np.mean([ranked(features, weights)[0] == 11 for features, _ in plans]) > 0.9


def test_the_shipped_weights_have_the_signs_of_their_features() -> None:
    assert all(weight * sign >= 0 for weight, sign in zip(shipped_weights(), FEATURES.values(), strict=True))


def test_learning_from_other_regions_finds_more_orders_than_plain_text_search(shared: Path) -> None:
    told = purchases(shared / "data" / "purchases", fit=True)
    assert told["n"] == 437
    assert told["ndcg_at_10"] >= 0.38
    assert told["recall_at_10"] >= 0.5
    assert told["recall_at_50"] >= 0.76
    assert told["mrr"] >= 0.37
