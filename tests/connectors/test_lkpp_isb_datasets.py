"""The bus's other datasets: self-managed packages and announcements of selections, in both vintages, known by their fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import Refused, ShapeChanged, Skip
from connectors.kit.faults import faults
from connectors.kit.self_managed import names_goods
from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "lkpp_isb"


@pytest.fixture
def pull(partner, fetching):
    """The source, the listings of rows by reference, and the run's facts; the address says nothing about the dataset."""

    def listings(rows):
        served = partner({"/umpan": [Canned(json.dumps(rows).encode())]})
        source = LkppIsb({"url": f"{served.base}/umpan"})
        fetch = fetching(served.base)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts

    return listings


def recorded(name: str) -> list[dict]:
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def demands(pull):
    """A recording's demands by reference; what is none is its reason."""

    def of(name: str):
        source, listings, _ = pull(recorded(name))
        told = {}
        for reference, raw in listings.items():
            try:
                told[reference] = DemandSchema().load(source.translate(raw))
            except Skip as skipped:
                told[reference] = skipped.reason
            except Refused as refused:
                told[reference] = refused.rule
        return told

    return of


def test_a_self_managed_package_is_a_demand_for_the_goods_that_its_lines_name(demands):
    told = demands("swakelola_2025")
    meeting = told["43100001"]
    assert [(item["position"], item["text"]) for item in meeting["items"]] == [
        (2, "Belanja Makanan dan Minuman Rapat"),
        (4, "Belanja Alat Tulis Kantor"),
    ]
    assert (meeting["description"], meeting["method"]) == (
        "Bagian lain: Honorarium Narasumber; Belanja Perjalanan Dinas Biasa",
        "Swakelola tipe 1",
    )
    assert (str(meeting["periods"]["contract"]["end"]), meeting["periods"]["contract"]["precision"]) == ("2025-11-01", "month")
    assert (meeting["status"], meeting["budget"]["basis"], meeting["related"]) == ("planned", "package_ceiling", {"rup": ["43100001"]})
    road = told["43100003"]
    assert [item["text"] for item in road["items"]] == ["Pasir pasang", "Semen 40 kg"]
    assert road["method"] == "Swakelola tipe 4 oleh Kelompok Masyarakat Karangan, Kab. Contoh Raya"


def test_a_self_managed_package_without_lines_is_judged_by_its_title(demands):
    clothes = demands("swakelola_2025")["43100004"]
    assert (clothes["title"], clothes["items"]) == ("Belanja Pakaian Dinas Lapangan", [])


@pytest.mark.parametrize("code", ["43100002", "43100005"])
def test_work_that_buys_nothing_is_no_demand_for_us(demands, code):
    assert demands("swakelola_2025")[code] == "Swakelola: dikerjakan sendiri oleh instansi, dan tidak menyebut barang yang dibeli."


def test_a_deleted_self_managed_package_is_skipped_for_that(demands):
    assert demands("swakelola_2025")["43100006"] == "Paket sudah dihapus di sumber."


def test_older_self_managed_packages_are_announced_when_they_have_a_date_of_it_and_the_last_one_holds(pull, demands):
    told = demands("swakelola_2021")
    assert [item["text"] for item in told["21000001"]["items"]] == ["Bibit mahoni", "Pupuk kompos"]
    assert told["21000002"].startswith("Swakelola: dikerjakan sendiri")
    assert told["21000003"].startswith("Paket belum atau tidak lagi diumumkan")
    assert told["21000004"] == "Paket tidak aktif di sumber."
    assert told["21000001"]["buyer"] == {"name": "Pemerintah Daerah Kabupaten Contoh Jaya", "code": "D9002", "unit": "Kecamatan Contoh"}
    assert pull(recorded("swakelola_2021"))[2].superseded == 1


@pytest.mark.parametrize(
    ("line", "goods"),
    [
        ("Belanja Bahan-Bahan Bangunan dan Konstruksi", True),
        ("Belanja Barang Cetakan", True),
        ("ATK dan Komputer Supplies [242.0 PKT]", True),
        ("Belanja Barang Non Operasional Lainnya", False),
        ("Belanja Barang untuk Bantuan Lainnya yang Memiliki Karakteristik Bantuan Pemerintah", False),
        ("Honorarium penyusunan bahan ajar", False),
        ("Belanja Perjalanan Dinas Biasa", False),
        ("Penyusunan bahan kebijakan", False),
        ("Evaluasi catatan keuangan", False),
    ],
)
def test_a_line_names_goods_or_it_does_not(line, goods):
    assert names_goods(line) is goods


def test_a_running_tender_is_open_with_the_estimate_and_every_package_that_it_is_for(demands):
    told = demands("tender_2025")
    running = told["9100901"]
    assert (running["status"], running["category"], running["method"], running["place"]) == ("open", "goods", "Tender", "SD Negeri Contoh")
    assert (str(running["budget"]["amount"]), running["budget"]["basis"]) == ("598123456.75", "owner_estimate")
    assert running["related"] == {"rup": ["70000001", "70000003"], "tender": ["9100901"]}
    assert running["buyer"] == {"name": "Kab. Contoh Raya", "code": "D9001", "unit": "DINAS CONTOH"}
    assert running["published_at"].isoformat() == "2025-03-01T20:00:00+07:00"
    assert (running["eligibility"]["small_business"], running["periods"]["use"]) == (True, None)


def test_the_words_of_the_state_decide_and_one_on_no_list_is_not_guessed(pull, demands):
    told = demands("tender_2025")
    assert (told["9101901"]["status"], told["9102901"]["status"], told["9103901"]) == ("closed", "cancelled", "status_unknown")
    assert (told["9101901"]["budget"]["basis"], told["9101901"]["category"]) == ("package_ceiling", "works")
    assert told["9104901"] == "budget_unreadable"
    assert [why for reference, why in told.items() if reference.startswith("tanpa-kode-")] == ["reference_missing"]
    assert pull(recorded("tender_2025"))[2].superseded == 1  # the announcement before the last one


def test_other_selections_are_read_alike_with_their_own_codes(demands):
    told = demands("nontender_2025")
    running = told["10700901000"]
    assert (running["status"], running["method"]) == ("open", "Pengadaan Langsung")
    assert running["related"] == {"rup": ["60832782", "45828523"], "nontender": ["10700901000"]}
    assert (told["10701901000"]["status"], told["10702901000"]["status"]) == ("closed", "cancelled")
    assert told["10703901000"]["description"] == "Kertas F4 & map\nhubungi [disamarkan]"
    assert told["10703901000"]["related"]["rup"] == []


def test_the_older_tenders_are_open_unless_called_off_and_end_with_the_year_of_their_budget(demands):
    told = demands("tender_2022")
    active, off, years = told["3200902"], told["3201902"], told["3202902"]
    assert (active["status"], off["status"]) == ("open", "cancelled")
    assert (active["method"], active["category"], str(active["budget"]["amount"])) == ("Tender Cepat", "goods", "440000000")
    assert {name: str(value) for name, value in active["periods"]["use"].items()} == {
        "start": "2022-01-01",
        "end": "2022-12-31",
        "precision": "year",
    }
    assert (years["periods"]["use"], years["related"]["rup"]) == (None, ["30000002", "30000003"])


def test_the_older_other_selections_have_names_of_their_own(demands):
    (only,) = demands("nontender_2022").values()
    assert (only["status"], only["category"], only["method"]) == ("open", "services", "Pengadaan Langsung")
    assert (only["published_at"].isoformat(), only["related"]["rup"]) == ("2022-04-05T08:00:00+07:00", ["30000009"])


def test_the_day_of_extraction_does_not_make_an_announcement_changed_and_its_state_does(pull):
    rows = recorded("tender_2025")[:1]
    pulled_later = {"_event_date": "2025-07-01", "tanggal_status": "2025-07-01", "nama_pokja": "Pejabat Lain"}
    changes = ({}, pulled_later, {"status_tender": "Selesai"})
    before, later, ended = (next(iter(pull([rows[0] | more])[1].values())).content_hash() for more in changes)
    assert before == later != ended


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"tgl_penetapan_pemenang": "2025-04-01"}, "memuat hasil tender, bukan permintaan"),
        ({"no_kontrak": "1/X"}, "memuat kontrak, bukan permintaan"),
    ],
)
def test_a_dataset_of_results_is_told_from_one_of_announcements(pull, more, message):
    with pytest.raises(ShapeChanged, match=message) as caught:
        pull([row | more for row in recorded("tender_2025")])
    assert "pengumuman tender" in caught.value.mend


def test_a_column_that_most_rows_lost_is_named_with_both_of_its_names(pull):
    rows = [{name: value for name, value in row.items() if name != "status_tender"} for row in recorded("tender_2025")]
    with pytest.raises(ShapeChanged, match=r"kolom status_tender \(atau nama_status_tender\) tidak ada"):
        pull(rows)
    with pytest.raises(ShapeChanged, match=r"kolom pagu \(atau jumlahpagu\) tidak ada"):
        pull([{name: value for name, value in row.items() if name != "pagu"} for row in recorded("swakelola_2025")])


def test_a_feed_that_changes_its_vintage_in_the_middle_is_read_whole(pull):
    rows = recorded("tender_2025")[:3] + recorded("tender_2022")
    assert len(pull(rows)[1]) == 6


JSON = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
ANY = st.recursive(JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)


@pytest.mark.parametrize("name", ["swakelola_2025", "swakelola_2021", "tender_2025", "tender_2022", "nontender_2025", "nontender_2022"])
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_a_row_of_any_dataset_gives_a_demand_or_a_stated_reason(name, data):
    row = dict(recorded(name)[0])
    row |= data.draw(st.dictionaries(st.sampled_from(sorted(row)), ANY, max_size=6))
    source = LkppIsb({"url": "https://sumber.example/umpan"})
    assert list(faults(source, [source.listing("acuan", "https://sumber.example/…", row, 0, "0" * 64)])) == []
