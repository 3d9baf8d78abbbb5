"""SiRUP's public search: one line a package, and answers that are no list at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.kit import Refused, SourceError
from connectors.kit.simulator import Canned
from connectors.sirup_search import SirupSearch
from schemas.demand import DemandSchema

PAGES = Path(__file__).parent / "recordings" / "sirup_search" / "pages"
PATH = "/sirup/caripaketctr/search"


@pytest.fixture
def pull(partner, fetching):
    """A connector over answers in order, its listings by reference, the run's facts, and what was asked."""

    def pulled(*answers: Canned, query: str = "", **given):
        served = partner({PATH: list(answers)})
        source = SirupSearch({"url": f"{served.base}{PATH}{query}"} | given)
        fetch = fetching(*source.approved(), headers=source.headers)
        return source, {raw.reference: raw for raw in source.listings(fetch, None)}, fetch.facts, served.asked

    return pulled


@pytest.fixture
def recorded(pull):
    answers = [Canned((PAGES / f"{number}.json").read_bytes()) for number in range(1, 6)]
    return pull(*answers, query="?length=2", page="https://rencana.example/paket?idPaket={reference}")


@pytest.fixture
def one(recorded):
    source, listings, *_ = recorded
    return lambda code: DemandSchema().load(source.translate(listings[code]))


def test_overlapping_pages_give_each_package_once_and_the_count_proves_the_whole(recorded):
    _, listings, facts, asked = recorded
    assert list(listings) == ["62000001", "62000002", "62000003", "62000004", "62000005"]
    assert (facts.total, facts.last_page, len(asked)) == (5, True, 5)
    assert [listings[code].position for code in listings] == [0, 1, 1, 1, 1]


def test_a_line_is_a_planned_demand_with_its_month_and_place(one):
    demand = one("62000001")
    assert (demand["title"], demand["status"], demand["category"], demand["method"]) == (
        "Belanja Alat Tulis",
        "planned",
        "goods",
        "Pengadaan Langsung",
    )
    assert demand["buyer"] == {"name": "Kota Contoh", "code": "D9001", "unit": "Sekretariat Daerah"}
    assert demand["place"] == "Provinsi Contoh, Contoh (Kota)"
    assert (str(demand["budget"]["amount"]), demand["budget"]["basis"]) == ("10700000", "package_ceiling")
    selection = demand["periods"]["selection"]
    assert (str(selection["start"]), str(selection["end"]), selection["precision"]) == ("2026-01-01", "2026-01-01", "month")
    assert demand["related"] == {"rup": ["62000001"]}
    assert demand["eligibility"] == {"domestic_product": True, "small_business": True}
    assert demand["url"] == "https://rencana.example/paket?idPaket=62000001"


def test_markup_and_indonesian_months_are_read(one):
    assert one("62000002")["title"] == "Belanja Makan & Minum"
    assert [str(one(code)["periods"]["selection"]["start"]) for code in ("62000002", "62000003")] == ["2026-08-01", "2026-08-01"]


def test_what_a_line_does_not_say_stays_unsaid(one):
    assert (one("62000003")["budget"], one("62000003")["eligibility"]["domestic_product"]) == (None, None)
    assert one("62000004")["periods"]["selection"] is None


def test_a_month_that_is_none_is_refused(one):
    with pytest.raises(Refused) as caught:
        one("62000005")
    assert caught.value.rule == "month_unreadable"


@pytest.mark.parametrize("body", [b"", b'""', b"null", b" \n", b'\xef\xbb\xbf""'])
def test_an_empty_text_is_no_empty_list_and_says_what_to_do(body, pull):
    with pytest.raises(SourceError) as caught:
        pull(Canned(body))
    assert (caught.value.rule, caught.value.state) == ("empty_body", "failed")
    assert "lkpp_isb" in caught.value.mend


@pytest.mark.parametrize("body", [{}, [], {"data": {}}, {"data": ["teks"]}, {"data": [{"nama": "Meja"}]}, {"data": [], "error": "galat"}])
def test_another_shape_is_no_empty_list(body, pull):
    with pytest.raises(SourceError) as caught:
        pull(Canned.json(body))
    assert caught.value.rule in {"shape_changed", "wrong_answer"}


def test_an_empty_list_ends_the_run_and_counts_nothing(pull):
    _, listings, facts, _ = pull(Canned.json({"recordsTotal": 0, "recordsFiltered": 0, "data": []}))
    assert (listings, facts.total, facts.last_page) == ({}, 0, True)


def test_the_filtered_count_holds_before_that_of_all_packages(pull):
    rows = json.loads((PAGES / "1.json").read_text("utf-8"))["data"]
    *_, facts, asked = pull(Canned.json({"recordsTotal": 3210751, "recordsFiltered": 2, "data": rows}))
    assert (facts.total, len(asked)) == (2, 1)


def test_the_search_is_asked_as_its_own_page_asks_it(recorded):
    source, *_, asked = recorded
    assert asked[0].headers["X-Requested-With"] == "XMLHttpRequest"
    assert asked[0].headers["Referer"].endswith("/sirup/caripaketctr/index")
    assert source.headers("https://lain.example/") == {}


def test_the_real_lines_are_planned_demands_and_two_of_many_prove_nothing(pull, shared):
    document = json.loads((shared / "data" / "inaproc" / "sirup-search-sample.json").read_text("utf-8"))
    following = [Canned.json(document | {"data": document["data"][first:]}) for first in (1, 2)]
    source, listings, facts, _ = pull(Canned.json(document), *following)
    assert [DemandSchema().load(source.translate(raw))["status"] for raw in listings.values()] == ["planned", "planned"]
    assert facts.total == 39065
