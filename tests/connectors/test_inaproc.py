"""Rows of the national gateway's four datasets of demand, by hand and as they really came."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from connectors.inaproc import Inaproc
from connectors.kit import Refused, Skip, SourceError
from connectors.kit.simulator import Canned
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "inaproc"
GIVEN = {"token": "token-karangan-0001", "kode_klpd": "D9001", "tahun": "2026"}


@pytest.fixture
def pull(partner, fetching):
    """A connector over one answer, its listings by reference, and the run's facts."""

    def pulled(value, **given):
        served = partner({"/api/v1/x": [Canned.json(value)]})
        source = Inaproc({"url": f"{served.base}/api/v1/x"} | GIVEN | given)
        fetch = fetching(*source.approved(), headers=source.headers)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts

    return pulled


@pytest.fixture
def recorded(pull):
    """The demand of one row of a recorded dataset, by its code."""

    def of(case: str, *files: str):
        rows = []
        for file in files or ("1.json",):
            document = json.loads((RECORDINGS / case / file).read_text("utf-8"))
            rows += document if isinstance(document, list) else document["data"]
        source, listings, _ = pull(rows, page="https://rencana.example/paket/{reference}")
        return lambda code: DemandSchema().load(source.translate(listings[code]))

    return of


def test_a_package_is_read_as_the_older_bus_s_is(recorded):
    demand = recorded("plan")("70000001")
    assert (demand["title"], demand["status"], demand["category"], demand["method"]) == (
        "Belanja Mebel Kantor",
        "planned",
        "goods",
        "e-Purchasing",
    )
    assert demand["buyer"] == {"name": "Kota Contoh", "code": "D9001", "unit": "DINAS CONTOH"}
    assert [(item["text"], item["specification"]) for item in demand["items"]] == [("Meja", "kayu jati"), ("Kursi", "rangka besi")]
    assert demand["quantity_said"] == "1 Paket"
    assert demand["published_at"].isoformat() == "2026-01-05T09:07:06.500000+07:00"
    assert demand["periods"]["contract"]["precision"] == "month"
    assert demand["related"] == {"rup": ["70000001"]}
    assert demand["url"] == "https://rencana.example/paket/70000001"


def test_markup_in_texts_becomes_plain_and_a_ceiling_of_nothing_is_not_said(recorded):
    demand = recorded("plan")("70000002")
    assert (demand["title"], demand["budget"]) == ("Belanja Bahan Baku & Penolong", None)
    (item,) = demand["items"]
    assert (item["text"], item["specification"], item["quantity"]["amount"], item["quantity"]["unit"]) == (
        "Tepung terigu",
        "protein sedang",
        250,
        "KGM",
    )


def test_several_plan_codes_the_other_name_of_the_buyer_s_code_and_a_spoken_time_are_read(recorded):
    demand = recorded("plan", "1.json", "2.json")("70000004;70000005")
    assert demand["related"] == {"rup": ["70000004", "70000005"]}
    assert demand["buyer"]["code"] == "D9001"
    assert demand["published_at"].isoformat() == "2026-05-07T00:00:00+07:00"
    assert (demand["category"], demand["eligibility"]["small_business"]) == ("mixed", False)


@pytest.mark.parametrize(("code", "word"), [("70000003", "dihapus"), ("70000006", "Terinisiasi")])
def test_packages_in_other_states_are_no_demand(code, word, recorded):
    with pytest.raises(Skip, match=word):
        recorded("plan", "1.json", "2.json")(code)


def test_a_ceiling_that_is_no_number_is_refused(recorded):
    with pytest.raises(Refused) as caught:
        recorded("plan", "1.json", "2.json")("70000007")
    assert caught.value.rule == "budget_unreadable"


def test_a_self_managed_package_says_who_carries_it_out_and_lists_the_goods_that_it_buys(recorded):
    demand = recorded("self_managed")
    first = demand("43000001")
    assert first["method"] == "Swakelola tipe 2 oleh BALAI CONTOH, Kab. Contoh Raya"
    assert first["description"] == "Bagian lain: Belanja Jasa Profesi"
    assert [(item["position"], item["text"]) for item in first["items"]] == [(2, "Belanja Bahan Pelatihan")]
    assert str(first["periods"]["contract"]["end"]) == "2026-12-01"
    second = demand("43000002")
    assert (second["method"], [item["text"] for item in second["items"]]) == ("Swakelola tipe 1", ["Bahan praktik"])


def test_a_running_tender_is_open_with_the_owner_s_estimate_and_its_place(recorded):
    demand = recorded("tender")("4500999")
    assert (demand["status"], demand["category"], demand["method"]) == ("open", "goods", "Tender")
    assert (str(demand["budget"]["amount"]), demand["budget"]["basis"]) == ("1204658403.25", "owner_estimate")
    assert demand["place"] == "Jalan Contoh 1, Kota Contoh, Provinsi Contoh"
    assert demand["related"] == {"rup": ["51000001", "51000002"], "tender": ["4500999"]}
    assert demand["eligibility"]["small_business"] is True
    assert demand["published_at"].isoformat() == "2026-05-03T21:30:00+07:00"


def test_a_tender_that_ended_is_closed_and_one_that_failed_cancelled(recorded):
    demand = recorded("tender")
    ended, failed = demand("4501999"), demand("4502999")
    assert (ended["status"], ended["category"], ended["budget"]["basis"]) == ("closed", "works", "package_ceiling")
    assert (failed["status"], failed["category"], failed["eligibility"]["small_business"]) == ("cancelled", "consulting", None)


def test_a_status_on_no_list_is_refused_and_a_buyer_that_is_not_named_is_the_one_asked_for(recorded):
    demand = recorded("tender")
    with pytest.raises(Refused) as caught:
        demand("4503999")
    assert caught.value.rule == "status_unknown"
    assert demand("4504999")["buyer"] == {"name": "D9001", "code": "D9001", "unit": "Dinas Contoh"}


def test_a_selection_without_tender_is_known_by_either_of_its_codes(recorded):
    demand = recorded("non_tender")
    first = demand("10800000000")
    assert (first["status"], first["category"], first["eligibility"]["small_business"]) == ("open", "services", False)
    assert first["related"] == {"rup": ["62000001"], "nontender": ["10800000000"]}
    assert demand("10800001000")["status"] == "closed"


def test_what_the_gateway_rewrites_in_every_row_does_not_make_a_row_changed(pull):
    row = json.loads((RECORDINGS / "tender" / "1.json").read_text("utf-8"))["data"][0]
    hashes = []
    for more in ({}, {"last_update_ref": "lain", "tanggal_status": "2026-07-01T00:00:00Z", "nama_ppk": "Pejabat Lain"}, {"hps": 7}):
        _, listings, _ = pull([row | more])
        hashes.append(listings["4500999"].content_hash())
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"order_id": "01", "rup_code": "1", "rup_name": "Meja"}, "e-purchasing"),
        ({"kd_rup_lama": 1, "kd_rup_baru": 2}, "kaji ulang"),
        ({"tahun_aktif": "{2013,2014}", "nama_satker": "Dinas"}, "satuan kerja"),
        ({"kd_rup": 1, "mak": "5.1", "status_umumkan_rup": "Terinisiasi"}, "anggaran"),
        ({"apa": 1, "siapa": 2}, "apa, siapa"),
    ],
)
def test_a_dataset_without_demand_is_named_and_the_right_ones_are_told(row, word, pull):
    with pytest.raises(SourceError, match=word) as caught:
        pull([row])
    assert caught.value.rule == "shape_changed"
    assert "tender/pengumuman" in caught.value.mend


def test_a_row_of_no_dataset_among_others_is_its_own_trouble_alone(pull):
    rows = json.loads((RECORDINGS / "self_managed" / "1.json").read_text("utf-8"))
    source, listings, _ = pull([*rows, {"apa": 1}])
    assert len(listings) == 4
    with pytest.raises(Refused) as caught:
        source.translate(next(raw for name, raw in listings.items() if name.startswith("tanpa-kode-")))
    assert caught.value.rule == "dataset_unknown"


def test_the_real_rows_are_demands_or_skipped_or_named_as_another_dataset(pull, shared):
    found: dict[str, Counter] = {}
    for name, rows in json.loads((shared / "data" / "inaproc" / "v1-rows-sample.json").read_text("utf-8")).items():
        kinds = found.setdefault(name.split("/", 1)[1].rsplit("_", 1)[0], Counter())
        try:
            source, listings, _ = pull(rows, kode_klpd="K34")
        except SourceError as error:
            kinds[error.rule] += len(rows)
            continue
        for raw in listings.values():
            try:
                kinds[DemandSchema().load(source.translate(raw))["status"]] += 1
            except Skip:
                kinds["skipped"] += 1
        assert not any("*" in str(raw.body) for raw in listings.values())  # masked persons
    assert found == {
        "ekatalog/paket-e-purchasing": {"shape_changed": 20},
        "tender/pengumuman": {"closed": 15, "cancelled": 5},
        "tender/non-tender-pengumuman": {"closed": 19, "cancelled": 1},
        "rup/paket-swakelola-terumumkan": {"planned": 2, "skipped": 18},
        "rup/master-satker": {"shape_changed": 20},
        "rup/history-kaji-ulang": {"shape_changed": 20},
    }
