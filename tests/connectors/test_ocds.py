"""OCDS of every make: by hand with the faults that publishers have, and sixty real documents."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.kit import Fetch, Limits, Refused, Skip, SourceError
from connectors.kit.faults import faults
from connectors.kit.releases import Release, merge
from connectors.kit.simulator import Canned, serve
from connectors.ocds import Ocds
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "ocds"
DOCUMENTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ocds"


@pytest.fixture
def pull(partner, fetching):
    """The listings of a recording, by reference, and the run's facts."""

    def listings(name: str):
        served = partner({f"/{path.name}": [Canned(path.read_bytes())] for path in RECORDINGS.glob("*.json")})
        source = Ocds({"url": f"{served.base}/{name}.json"})
        fetch = fetching(served.base)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts

    return listings


@pytest.fixture
def demand(pull):
    def one(name: str, number: int):
        source, listings, _ = pull(name)
        return DemandSchema().load(source.translate(listings[f"ocds-karang-{number}"]))

    return one


def test_a_tender_over_two_pages_is_one_demand_with_its_amendment(pull, demand):
    _, listings, facts = pull("package_1_1")
    assert (facts.last_page, facts.answers, facts.superseded, len(listings)) == (True, 2, 1, 8)
    found = demand("package_1_1", 1)
    assert (found["title"], found["description"]) == ("Pengadaan rak gudang", "Rak besi\ndan palet")
    assert (found["status"], found["category"], found["place"], found["method"]) == ("open", "goods", "Contoh, Banten", "open")
    assert (found["budget"]["amount"], found["budget"]["basis"]) == (150_000_000, "tender_value")
    rack, pallet = found["items"]
    assert (rack["quantity"]["amount"], rack["quantity"]["unit"], rack["quantity"]["said"]) == (15, "C62", "15 unit")
    assert rack["classifications"] == [{"scheme": "KBKI", "code": "38121101", "edition": "2015", "title": "Rak logam"}]
    assert (pallet["text"], pallet["quantity"]["unit"], pallet["classifications"][0]["edition"]) == ("Palet", None, "2008")
    assert str(found["periods"]["selection"]["end"]) == "2026-01-31"
    assert found["periods"]["contract"]["end"] is None
    assert found["eligibility"]["small_business"] is True


def test_amounts_in_strings_and_under_either_name_are_read(demand):
    planned = demand("package_1_1", 2)
    assert (planned["budget"]["amount"], planned["budget"]["basis"], planned["status"]) == (180_410_000, "planning_budget", "planned")
    assert planned["title"] == "Kebutuhan lampu kantor"
    two = demand("records_1_0", 22)
    assert (two["budget"]["amount"], two["title"], two["status"]) == (920, "Dua rilis", "open")


@pytest.mark.parametrize(
    ("name", "number", "status"),
    [
        ("package_1_1", 4, "cancelled"),
        ("package_1_1", 5, "closed"),
        ("records_1_0", 20, "closed"),
        ("bare_record", 31, "open"),
        ("array", 33, "planned"),
    ],
)
def test_a_process_stands_where_its_outcome_says(name, number, status, demand):
    assert demand(name, number)["status"] == status


def test_an_award_alone_is_no_demand_and_what_cannot_be_named_is_refused(pull):
    source, listings, _ = pull("package_1_1")
    with pytest.raises(Skip):
        source.translate(listings["ocds-karang-3"])
    nameless = next(reference for reference in listings if reference.startswith("tanpa-ocid-"))
    for reference, rule in (("ocds-karang-6", "title_or_buyer_missing"), (nameless, "reference_missing")):
        with pytest.raises(Refused) as caught:
            source.translate(listings[reference])
        assert caught.value.rule == rule


def test_a_record_that_only_links_to_its_releases_is_refused_and_not_lost(pull):
    source, listings, _ = pull("records_1_0")
    with pytest.raises(Refused) as caught:
        source.translate(listings["ocds-karang-21"])
    assert caught.value.rule == "release_empty"


def test_bare_releases_records_and_arrays_are_read(demand):
    bare = demand("bare_release", 30)
    assert (bare["buyer"], bare["items"][0]["text"]) == (
        {"name": "Dinas Karangan", "code": "901", "unit": "Unit Karangan"},
        "Perawatan gedung",
    )
    assert demand("bare_record", 31)["title"] == "Rekaman lepas"
    assert demand("array", 32)["title"] == "Dalam larik"
    assert demand("package_1_1", 7)["published_at"].isoformat() == "2014-02-07T00:00:00+00:00"


def test_who_offered_or_won_is_not_kept(pull):
    _, listings, _ = pull("package_1_1")
    kept = str([raw.body for raw in listings.values()])
    for name in ("Penawar", "Pemenang", "tenderers", "suppliers", "contactPoint"):
        assert name not in kept
    assert listings["ocds-karang-3"].body["awards"] == [{"id": "A1", "status": "active"}]


IDS = st.sampled_from(["1", "2", "3"])
WORD = st.text(min_size=1, max_size=5)


def _release(day: int, title: str, rows: dict[str, str]) -> dict:
    items = [{"id": key, "description": text} for key, text in rows.items()]
    return {"ocid": "x", "date": f"2026-01-{day:02d}", "tender": {"title": title, "items": items}}


RELEASES = st.lists(
    st.builds(_release, st.integers(1, 28), WORD, st.dictionaries(IDS, WORD, max_size=3)),
    min_size=1,
    max_size=5,
    unique_by=lambda release: release["date"],
)


@given(RELEASES, st.randoms())
def test_merging_does_not_depend_on_the_order_of_arrival_and_the_newest_word_holds(found, shuffle):
    shuffled = list(found)
    shuffle.shuffle(shuffled)
    merged = merge([Release(each) for each in shuffled]).body
    by_date = sorted(found, key=lambda each: each["date"])
    assert merged == merge([Release(each) for each in found]).body
    assert merged["tender"]["title"] == by_date[-1]["tender"]["title"]
    newest = {item["id"]: item["description"] for each in by_date for item in each["tender"]["items"]}
    assert {item["id"]: item["description"] for item in merged["tender"]["items"]} == newest


def test_a_release_that_the_source_compiled_is_taken_before_ours():
    compiled = Release({"ocid": "x", "date": "2020", "tender": {"title": "lama"}}, compiled=True)
    assert merge([Release({"ocid": "x", "date": "2021", "tender": {"title": "baru"}}), compiled]) is compiled


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["ocid", "releases", "records", "compiledRelease", "tender", "tag", "parties", "roles", "buyer", "id",
                                       "date", "awards", "items", "planning", "links", "next", "name", "title"]), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@given(
    document=st.lists(JSON, max_size=3) | st.dictionaries(st.sampled_from(["releases", "records", "ocid", "tender", "tag", "buyer"]), JSON)
)
@example(document={"releases": [{"ocid": "x", "parties": [{"roles": [{}]}, {"roles": 5}], "tag": [{}], "tender": {"items": [3]}}]})
@example(document={"records": [{"ocid": ["x"], "compiledRelease": {"a": 1, "buyer": "x"}, "releases": 4}]})
@settings(max_examples=60, deadline=None)
def test_any_json_gives_listings_or_a_source_error_and_keeps_the_contract(document):
    with serve(feeds=(), script={"/a": [Canned(orjson.dumps(document))]}) as served:
        source = Ocds({"url": f"{served.base}/a"})
        with Fetch(lambda body, meta: "d", source.approved(), local=True, limits=Limits(tries=1, total=5.0)) as fetch:
            try:
                listings = list(source.listings(fetch, None))
            except SourceError:
                return
    assert [fault for fault in faults(source, listings) if fault != "no listing at all"] == []


def test_all_sixty_real_documents_give_demands_or_a_stated_reason(fetching):
    if not DOCUMENTS.is_dir():
        pytest.skip("../shared is not beside this checkout")
    paths = sorted(DOCUMENTS.glob("*/*.json"))
    script = {f"/{number}": [Canned(_first_page_alone(path))] for number, path in enumerate(paths)}
    demands = reasons = 0
    with serve(feeds=(), script=script) as served:
        for number, path in enumerate(paths):
            source = Ocds({"url": f"{served.base}/{number}"})
            listings = list(source.listings(fetching(served.base), None))
            assert list(faults(source, listings[:10])) == [], path.name
            for raw in listings:
                try:
                    demands += bool(source.translate(raw))
                except (Skip, Refused):
                    reasons += 1
    assert len(paths) == 60
    assert (demands, reasons) == (256, 2)


def _first_page_alone(path: Path) -> bytes:
    """The document without its link to a page that is not at hand."""
    document = orjson.loads(path.read_bytes())
    if isinstance(document, dict):
        document.pop("next_page", None)
    return orjson.dumps(document)
