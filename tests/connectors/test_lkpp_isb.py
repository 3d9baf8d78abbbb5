"""Both vintages of the service bus's plans, by hand and as they really came."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from connectors.kit import Refused, Skip
from connectors.kit.rup import codes_in
from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "lkpp_isb"
ISB = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "isb"


@pytest.fixture
def pull(partner, fetching):
    """The listings of a body, by reference, and the run's facts."""

    def listings(body: bytes, **settings: str):
        served = partner({"/umpan": [Canned.gzipped(body)]})
        source = LkppIsb({"url": f"{served.base}/umpan", **settings})
        fetch = fetching(served.base)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts

    return listings


@pytest.fixture
def new(pull):
    source, listings, _ = pull((RECORDINGS / "2025.json").read_bytes())

    def one(reference: str):
        return DemandSchema().load(source.translate(listings[reference]))

    one.references = tuple(listings)
    return one


@pytest.fixture
def old(pull):
    source, listings, _ = pull((RECORDINGS / "2021.json").read_bytes())
    return lambda reference: DemandSchema().load(source.translate(listings[reference]))


def test_a_package_keeps_everything_that_a_demand_has(new):
    demand = new("70000001")
    assert (demand["title"], demand["status"], demand["category"], demand["method"]) == (
        "Belanja ATK Kantor",
        "planned",
        "goods",
        "E-Purchasing",
    )
    assert demand["buyer"] == {"name": "Kab. Contoh Raya", "code": "D9001", "unit": "DINAS CONTOH"}
    assert (str(demand["budget"]["amount"]), demand["budget"]["currency"], demand["budget"]["basis"]) == (
        "15000000",
        "IDR",
        "package_ceiling",
    )
    assert {name: period["precision"] for name, period in demand["periods"].items()} == dict.fromkeys(
        ("selection", "contract", "use"), "month"
    )
    assert str(demand["periods"]["contract"]["end"]) == "2025-05-01"
    assert demand["eligibility"] == {"domestic_product": True, "small_business": True}
    assert demand["published_at"].isoformat() == "2025-01-04T22:31:51+07:00"
    assert demand["related"] == {"rup": ["70000001"]}
    assert [(item["position"], item["text"], item["specification"]) for item in demand["items"]] == [
        (1, "Map", "Folio"),
        (2, "Tinta", None),
        (4, "Pensil", "2B"),
    ]
    assert (demand["quantity_said"], demand["items"][0]["quantity"]) == ("1 Paket", None)


def test_a_volume_belongs_to_the_single_item_or_to_each_at_its_place(new):
    (bench,) = new("70000002")["items"]
    assert (bench["text"], bench["specification"], bench["quantity"]["amount"], bench["quantity"]["unit"]) == (
        "Bangku taman",
        "besi cor 150 cm",
        12,
        "H87",
    )
    assert [item["quantity"]["said"] for item in new("70000003")["items"]] == ["1000 Batang", "1000 Batang", "830 Batang"]


def test_lists_that_do_not_align_keep_all_words(new):
    heading = new("70000004")
    assert ([item["text"] for item in heading["items"]], heading["description"]) == (
        ["Lampu", "Kabel", "Sakelar"],
        "Penyediaan alat listrik kantor",
    )
    unequal = new("70000005")
    assert ([item["text"] for item in unequal["items"]], unequal["description"]) == (["Paranet", "NPK", "Dolomit"], "lebar 3 m; butiran")


def test_several_codes_several_kinds_markup_and_a_ceiling_of_nothing_are_survived(new):
    demand = new("70000006;70000007")
    assert demand["related"] == {"rup": ["70000006", "70000007"]}
    assert (demand["category"], demand["budget"]) == ("mixed", None)
    assert demand["items"][0]["text"] == "Meja rapat & kursi lengkap"
    assert demand["eligibility"] == {"domestic_product": False, "small_business": False}


def test_a_code_written_as_a_fraction_a_day_and_the_right_spelling_are_read(new):
    demand = new("40382289")
    assert [item["text"] for item in demand["items"]] == ["Peta dasar", "Peta tematik"]
    assert (demand["periods"]["contract"]["precision"], demand["category"]) == ("day", "consulting")
    assert new("70000011")["items"][0]["text"] == "Kompor biogas"


@pytest.mark.parametrize("reference", ["70000008", "70000009"])
def test_only_announced_active_and_not_deleted_packages_are_demand(new, reference):
    with pytest.raises(Skip):
        new(reference)


def test_a_ceiling_that_is_no_number_and_a_row_without_a_code_are_refused(new):
    with pytest.raises(Refused) as caught:
        new("70000010")
    assert caught.value.rule == "budget_unreadable"
    with pytest.raises(Refused) as caught:
        new(next(reference for reference in new.references if reference.startswith("tanpa-kode-")))
    assert caught.value.rule == "reference_missing"


def test_of_an_id_that_comes_twice_the_last_announcement_holds(pull):
    source, listings, facts = pull((RECORDINGS / "2021.json").read_bytes())
    assert (len(listings), facts.superseded) == (7, 2)
    assert source.translate(listings["20000004"])["budget"]["amount"] == "2000000"
    with pytest.raises(Skip, match="Terrevisi"):
        source.translate(listings["20000003"])


@pytest.mark.parametrize("reference", ["20000005", "20000006", "20000007"])
def test_the_old_feed_s_other_states_are_no_demand(old, reference):
    with pytest.raises(Skip):
        old(reference)


def test_the_old_vintage_is_read_alike(old):
    demand = old("20000001")
    assert [item["text"] for item in demand["items"]] == ["Kertas folio", "Lakban bening", "Tinta hitam"]
    assert demand["buyer"]["name"] == "Pemerintah Daerah Kabupaten Contoh Jaya"
    assert demand["eligibility"] == {"domestic_product": True, "small_business": True}
    assert str(demand["periods"]["use"]["start"]) == "2021-12-01"
    assert old("20000002")["quantity_said"] == "1.8 Ls"


def test_the_link_for_people_is_made_only_from_a_pattern_that_staff_gave(pull, new):
    assert new("70000001")["url"] is None
    source, listings, _ = pull((RECORDINGS / "2025.json").read_bytes(), page="https://rencana.example/paket/{reference}")
    assert source.translate(listings["70000001"])["url"] == "https://rencana.example/paket/70000001"


def test_the_day_of_extraction_does_not_make_a_row_changed_and_a_price_does(pull):
    body = (RECORDINGS / "2025.json").read_bytes()
    hashes = [
        {reference: raw.content_hash() for reference, raw in pull(variant)[1].items()}
        for variant in (
            body,
            body.replace(b"2025-06-15", b"2025-11-05"),
            body.replace(b"Pejabat Karangan", b"Pejabat Lain"),
            body.replace(b"15000000", b"16000000"),
        )
    ]
    assert hashes[0] == hashes[1] == hashes[2]
    assert all(hashes[3][reference] != hashes[0][reference] for reference in ("70000001", "70000002"))


def test_one_odd_row_does_not_make_the_feed_another_shape(pull):
    assert (
        len(
            pull(
                b'[{"kd_rup":1,"nama_paket":"a","kd_klpd":"D","pagu":1,"status_umumkan_rup":"","status_aktif_rup":1,"status_delete_rup":0},{"x":1}]'
            )[1]
        )
        == 2
    )


def test_the_codes_of_a_package_hold_nothing_that_no_store_keeps():
    assert codes_in("60832782 ;\0 45828523;;\r\n7\x7f") == ["60832782", "45828523", "7"]


@pytest.fixture(scope="module")
def real() -> dict[str, bytes]:
    if not ISB.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return {path.name[11:-8]: gzip.decompress(path.read_bytes()) for path in sorted(ISB.glob("D197-*.json.gz"))}


def test_two_real_pulls_differ_by_exactly_what_was_counted(real, pull):
    before, after = ({reference: raw.content_hash() for reference, raw in pull(body)[1].items()} for body in real.values())
    common = before.keys() & after.keys()
    changed = sum(before[reference] != after[reference] for reference in common)
    assert (len(before), len(after)) == (5271, 5294)
    assert (len(after.keys() - before.keys()), changed, len(common) - changed, len(before.keys() - after.keys())) == (1131, 65, 4098, 1108)


def test_every_real_row_gives_a_demand_and_nearly_every_one_items(real, pull):
    source, listings, _ = pull(list(real.values())[1])
    schema, counts = DemandSchema(), Counter()
    for number, raw in enumerate(listings.values()):
        demand = source.translate(raw)
        counts["items"] += bool(demand["items"])
        if number % 10 == 0:  # marshmallow is slow; every tenth is a fair share
            schema.load(demand)
    assert counts["items"] >= 5290
