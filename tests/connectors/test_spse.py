"""Tender lists by position: names with labels, rounded sums, stages, and the lists of four real services."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Refused, SourceError
from connectors.kit.simulator import Canned
from connectors.spse import Spse
from exchange.matching.needs import read_need
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "spse"
SOURCE = Spse({"url": "https://lpse.contoh.invalid/eproc4/dt/lelang"})


def demand(**row):
    """A row of a tender list, by the names of its columns, as a demand."""
    said = {
        "kode": "1",
        "nama": "Pengadaan Meja",
        "instansi": "Kota Contoh",
        "tahap": "Upload Dokumen Penawaran",
        "evaluasi": "Sistem Gugur",
    }
    return DemandSchema().load(SOURCE.translate(SOURCE.listing("1", "https://x.example/…", said | row, 0, "0" * 64)))


@pytest.fixture
def pull(partner, fetching):
    """A connector over answers in order, its listings by reference, and the run's facts."""

    def pulled(*answers: Canned, query: str = "", **given):
        served = partner({"/eproc4/dt/lelang": list(answers)})
        source = Spse({"url": f"{served.base}/eproc4/dt/lelang{query}"} | given)
        fetch = fetching(*source.approved(), headers=source.headers)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts, served.asked

    return pulled


@pytest.fixture
def recorded(pull):
    """The demand of one row of a recorded list, by its code."""

    def of(case: str, query: str = ""):
        answers = [Canned((RECORDINGS / case / f"{number}.json").read_bytes()) for number in (1, 2)]
        source, listings, *_ = pull(*answers, query=query, page="https://lpse.contoh.invalid/eproc4/lelang/{reference}/pengumumanlelang")
        return lambda code: DemandSchema().load(source.translate(listings[code]))

    return of


def test_a_row_is_a_demand_with_its_buyer_kind_and_estimate(recorded):
    one = recorded("tender", "?length=6")("2006999")
    assert (one["title"], one["status"], one["category"], one["method"]) == ("Belanja Alat Tulis Kantor (Map)", "open", "goods", "Tender")
    assert one["buyer"]["name"] == "Pemerintah Daerah Kota Contoh"
    assert (str(one["budget"]["amount"]), one["budget"]["basis"]) == ("605000000", "owner_estimate")
    assert one["description"] == "Tahun anggaran 2026. Anggaran 605.000.000 ± 50.000."
    assert one["related"] == {"tender": ["2006999"]}
    assert one["url"] == "https://lpse.contoh.invalid/eproc4/lelang/2006999/pengumumanlelang"


def test_a_label_in_the_name_is_kept_beside_it(recorded):
    one = recorded("tender", "?length=6")("2007999")
    assert (one["title"], one["method"]) == ("Pengadaan Mesin & Suku Cadang", "Tender (Tender Ulang)")


@pytest.mark.parametrize(
    ("said", "amount", "margin"),
    [
        ("605 Jt", "605000000", "50.000"),
        ("578,9 Jt", "578900000", "50.000"),
        ("1.000 Jt", "1000000000", "50.000"),
        ("1,2 M", "1200000000", "50.000.000"),
        ("1,25 M", "1250000000", "5.000.000"),
        ("2 T", "2000000000000", "50.000.000.000"),
        ("950 Rb", "950000", "50"),
        ("Rp 600.500.000,00", "600500000", None),
        ("Rp 217.764.799,25", "217764799.25", None),
    ],
)
def test_an_abbreviated_sum_is_carried_with_its_margin_and_a_full_one_as_it_stands(said, amount, margin):
    one = demand(hps=said)
    assert str(one["budget"]["amount"]) == amount
    assert one["description"] == (f"Anggaran {int(amount):,} ± {margin}.".replace(",", ".") if margin else None)


@given(st.integers(1, 9_999), st.sampled_from([("Jt", 10**6), ("M", 10**9)]))
def test_the_true_sum_lies_within_the_margin_of_the_rounded_one(tenths, unit):
    word, factor = unit
    whole, rest = divmod(tenths, 10)
    said = f"{whole:,}".replace(",", ".") + (f",{rest}" if rest else "") + f" {word}"
    one = demand(hps=said)
    margin = int(one["description"].split("± ")[1].rstrip(".").replace(".", ""))
    assert int(one["budget"]["amount"]) == tenths * factor // 10
    assert margin == factor // 20


@pytest.mark.parametrize("said", ["", None, "-", "0", "Nilai HPS belum dibuat", "Rp 0,00"])
def test_a_sum_that_is_not_said_is_the_contract_s_or_none(said):
    assert demand(hps=said, nilai_kontrak="Nilai Kontrak belum dibuat")["budget"] is None
    found = demand(hps=said, nilai_kontrak="Rp 10.000.000,00")["budget"]
    assert (str(found["amount"]), found["basis"]) == ("10000000", "contract_value")


@pytest.mark.parametrize("said", ["sekitar 1 M", "1.2 Jt", "1,234 M", "12.34.567", "-5 Jt", "9" * 30])
def test_a_sum_that_can_be_read_in_no_way_or_in_two_is_refused(said):
    with pytest.raises(Refused) as caught:
        demand(hps=said)
    assert caught.value.rule == "budget_unreadable"


@pytest.mark.parametrize(
    ("stage", "qualification", "status"),
    [
        ("Pengumuman Pascakualifikasi [...]", "Pascakualifikasi Satu File", "open"),
        ("Download Dokumen Pemilihan [...]", "Pascakualifikasi Satu File", "open"),
        ("Pemberian Penjelasan", "Pascakualifikasi Satu File", "open"),
        ("Upload Dokumen Penawaran", "", "open"),
        ("Pengumuman Prakualifikasi [...]", "Prakualifikasi Dua File", "open"),
        ("Kirim Persyaratan Kualifikasi", "Prakualifikasi Dua File", "open"),
        ("Upload Dokumen Penawaran", "Prakualifikasi Dua File", "closed"),
        ("Evaluasi Dokumen Kualifikasi", "Prakualifikasi Dua File", "closed"),
        ("Pengumuman Hasil Prakualifikasi", "Prakualifikasi Dua File", "closed"),
        ("Pembukaan Dokumen Penawaran", "Pascakualifikasi Satu File", "closed"),
        ("Pengumuman Pemenang", "Pascakualifikasi Satu File", "closed"),
        ("Masa Sanggah", "Pascakualifikasi Satu File", "closed"),
        ("Penandatanganan Kontrak", "Pascakualifikasi Satu File", "closed"),
        ("Tender Sudah Selesai", "Pascakualifikasi Satu File", "closed"),
        ("Paket Sudah Selesai", "", "closed"),
        ("Tender Gagal", "Pascakualifikasi Satu File", "cancelled"),
        ("Seleksi Batal", "Prakualifikasi Satu File", "cancelled"),
    ],
)
def test_a_stage_in_which_a_newcomer_can_make_an_offer_is_open_and_no_other(stage, qualification, status):
    assert demand(tahap=stage, kualifikasi=qualification)["status"] == status


@pytest.mark.parametrize("stage", ["Dijadwalkan kemudian", "", None, "Tender Ulang"])
def test_a_stage_on_no_list_is_refused_and_not_guessed(stage):
    with pytest.raises(Refused) as caught:
        demand(tahap=stage)
    assert caught.value.rule == "stage_unknown"


def test_a_label_that_says_it_failed_holds_before_the_stage():
    assert demand(nama="Pengadaan Kain <span class='label label-danger'>Tender Gagal</span>")["status"] == "cancelled"


def test_nothing_that_is_added_to_a_row_is_taken_for_a_product():
    bare = read_need(demand(hps="") | {"description": None})
    told = read_need(demand(hps="1,7 M", kategori="Pengadaan Barang - TA 2026,2027"))
    assert [phrase.head for phrase in told.phrases] == [phrase.head for phrase in bare.phrases]


def test_selections_without_tender_have_fewer_columns_and_their_own_scheme(recorded):
    one = recorded("non_tender")("11000000999")
    assert (one["status"], one["category"], one["method"]) == ("open", "services", "Pengadaan Langsung")
    assert one["related"] == {"nontender": ["11000000999"]}
    assert str(recorded("non_tender")("11000001999")["budget"]["amount"]) == "950000"


def test_a_row_of_a_strange_width_is_refused_alone_and_a_list_of_them_is_another_shape(pull):
    rows = json.loads((RECORDINGS / "non_tender" / "1.json").read_text("utf-8"))["data"]
    source, listings, *_ = pull(Canned.json({"recordsTotal": 3, "data": rows}))
    with pytest.raises(Refused, match="11 kolom; yang dikenal 12 atau 14") as caught:
        source.translate(next(raw for name, raw in listings.items() if name.startswith("tanpa-kode-")))
    assert caught.value.rule == "columns_unknown"
    with pytest.raises(SourceError, match="11 kolom"):
        pull(Canned.json({"recordsTotal": 2, "data": [row[:11] for row in rows]}))
    with pytest.raises(SourceError, match="posisi"):
        pull(Canned.json({"recordsTotal": 1, "data": [{"kode": "1"}]}))


def test_a_count_that_is_none_is_not_believed(pull):
    rows = json.loads((RECORDINGS / "non_tender" / "1.json").read_text("utf-8"))["data"]
    first, second = ({"recordsTotal": 2**31 - 1, "recordsFiltered": 2**31 - 1, "data": part} for part in (rows, rows[2:]))
    *_, facts, asked = pull(Canned.json(first), Canned.json(second))
    assert (facts.total, facts.last_page, len(asked)) == (None, True, 2)


def test_a_server_that_serves_only_its_own_page_is_named_and_a_robot_check_is_not_taken_for_one(pull):
    for body, word in (
        (b"<!DOCTYPE html><html><body>SPSE</body></html>", "authenticityToken"),
        (b"<html>Just a moment...", "robot"),
    ):
        with pytest.raises(SourceError) as caught:
            pull(Canned(body))
        assert word in caught.value.mend


def test_the_four_real_lists_are_read_whole(pull, shared):
    found = {}
    for path in sorted((shared / "data" / "spse").glob("*.json.gz")):
        document = json.loads(gzip.decompress(path.read_bytes()))
        pages = [document | {"data": document["data"][start : start + 1000]} for start in range(0, len(document["data"]), 999)]
        source, listings, facts, _ = pull(*map(Canned.json, pages), query="?length=1000")
        assert (facts.total, facts.last_page, facts.superseded) == (len(listings), True, 0)
        kinds = found.setdefault(path.name.removesuffix(".json.gz"), Counter())
        for raw in listings.values():
            try:
                told = source.translate(raw)
            except Refused as refused:
                kinds[refused.rule] += 1
                continue
            kinds[told["status"]] += 1
            assert "span" not in told["title"]
            kinds.update(["without a sum"] if told["budget"] is None else [])
            assert told["category"]
    assert found == {
        "kab-bulungan": {"closed": 1634, "open": 2},
        "kab-manokwari": {"closed": 825, "without a sum": 2},
        "kota-bandung": {"closed": 3951, "open": 1, "without a sum": 1},
        "kota-gorontalo": {"closed": 327, "open": 3, "title_or_buyer_missing": 1},
    }
