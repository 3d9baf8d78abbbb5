"""Search finds what a plain look at the records finds that the caller reads: for each filter, order, count and tier, on both databases."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access.segments import differences, rebuild, refresh_businesses, refresh_products
from exchange.store.products import products_by_sku
from exchange.store.search import TERM, EntryRow

from . import searching  # isort: skip

PATHS = {"product": "/api/v1/products", "business": "/api/v1/businesses"}
IDENT = {"product": "sku", "business": "ident"}
MANY = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def texts() -> st.SearchStrategy[str]:
    words = st.lists(st.sampled_from(searching.WORDS), min_size=1, max_size=3)
    some = words.filter(lambda each: not set(each) <= {"untuk", "dan"})
    return st.tuples(some, st.sampled_from(["", " "])).map(lambda told: " ".join(told[0]) + told[1])


def codes(name: str) -> st.SearchStrategy[str]:
    known = [code for code in searching.CODES[name] if code]
    return st.sampled_from(known).flatmap(lambda code: st.integers(1, len(code)).map(lambda length: code[:length]))


SHARED: dict[str, st.SearchStrategy[str]] = {
    "q": texts(),
    "sector": st.sampled_from(["logam", "pangan", "kimia"]),
    "kbli": codes("kbli"),
    "district": st.sampled_from(["cibeber", "CITANGKIL", "Pulomerak"]),
    "changed_since": st.integers(0, 4).map(lambda hour: f"2026-11-01T{hour:02}:00:00Z"),
}
ONLY: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "product": {
        "kbki": codes("kbki"),
        "hs": codes("hs"),
        "producer": st.sampled_from(["ikm-s1-0", "ikm-s1-2", "ikm-nobody"]),
        "price_min": st.sampled_from(["0", "1000", "1000.5", "5000", "99999"]),
        "price_max": st.sampled_from(["0", "999", "1000", "5000", "30000"]),
        "capacity": st.sampled_from(["0", "0.5", "1", "10", "99", "100", "150", "180", "500", "1000", "1001", "9999", "10000"]),
        "certificate": st.lists(st.sampled_from(["sni", "halal", "distribution_permit"]), min_size=1, unique=True).map(",".join),
        "tkdn_min": st.sampled_from(["0", "40", "41", "100"]),
        "lead_time_max": st.sampled_from(["0", "6", "7", "60"]),
    },
    "business": {"scale": st.sampled_from(["mikro", "kecil", "menengah"]), "cluster": st.sampled_from(["sentra las", "SENTRA lain"])},
}
SORTS = {
    "product": ["sku", "name", "price_min", "lead_time_days", "tkdn_percent", "updated_at"],
    "business": ["ident", "name", "updated_at"],
}
FACETS = {"product": ["sector", "kbli", "kbki", "hs", "district", "producer"], "business": ["sector", "scale", "district"]}


@st.composite
def searches(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    kind = draw(st.sampled_from(["product", "product", "business"]))
    known = SHARED | ONLY[kind]
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True))
    return kind, {name: draw(known[name]) for name in names}


@pytest.fixture
def callers(visitor, staff, store):
    searching.fill(store, 1)
    with store.work() as session:  # a second is what a record tells of its time, and these were made within one
        rows = list(products_by_sku(session, ["LGM-1", "LGM-2", "PGN-1", "SLT-1", "OFF-1"]).values())
        firms = {row.business_id: row.business for row in rows}.values()
        for row in (*rows, *firms):
            row.updated_at = searching.DAY
        session.flush()
        refresh_businesses(session, firms)
        refresh_products(session, rows)
    return {"public": visitor, "staff": staff}


@MANY
@given(asked=searches(), who=st.sampled_from(["public", "staff"]))
def test_a_search_finds_what_the_callers_own_records_say(callers, asked, who):
    kind, filters = asked
    everything = searching.read_all(callers[who], PATHS[kind])
    found = callers[who].get(PATHS[kind], query_string=filters | {"limit": 200})
    want = [each[IDENT[kind]] for each in searching.wanted(everything, filters)]
    if found.status_code == 400:
        assert want == []
        assert {each["parameter"] for each in found.get_json()["errors"]} <= {"district", "kbli", "kbki", "hs"}
        return
    assert found.get_json()["items"] == [each for each in everything if each[IDENT[kind]] in set(want)]


@MANY
@given(data=st.data(), asked=searches(), who=st.sampled_from(["public", "staff"]), limit=st.integers(1, 9), down=st.booleans())
def test_pages_of_any_order_join_to_the_sorted_whole(callers, data, asked, who, limit, down):
    kind, filters = asked
    sort = "-" * down + data.draw(st.sampled_from(SORTS[kind]))
    want = searching.in_order(searching.wanted(searching.read_all(callers[who], PATHS[kind]), filters), sort, IDENT[kind])
    if want:
        found = searching.read_all(callers[who], PATHS[kind], **filters, sort=sort, limit=limit)
        assert [each[IDENT[kind]] for each in found] == want


@MANY
@given(data=st.data(), asked=searches(), who=st.sampled_from(["public", "staff"]))
def test_a_facet_counts_what_all_filters_but_its_own_leave(callers, data, asked, who):
    kind, filters = asked
    facet = data.draw(st.sampled_from(FACETS[kind]))
    everything = searching.read_all(callers[who], PATHS[kind])
    others = {name: value for name, value in filters.items() if name != facet}
    answer = callers[who].get(PATHS[kind], query_string=filters | {"facets": facet})
    if answer.status_code == 400:
        return
    told = {"district": searching._district, "producer": lambda record: record["producer"]["ident"]}.get(
        facet, lambda record: record[facet]
    )
    counts = Counter(value for each in searching.wanted(everything, others) if (value := told(each)))
    listed = answer.get_json()["facets"][facet]
    assert {each["value"]: each["count"] for each in listed} == counts
    assert listed == sorted(listed, key=lambda each: (-each["count"], each["value"].casefold().encode()))


@pytest.mark.parametrize("sort", ["name", "-name", "price_min", "-price_min", "updated_at", "-lead_time_days", "relevance"])
def test_a_record_comes_once_in_every_order_while_others_are_added(visitor, store, sort):
    searching.fill(store, 1)
    asked = {"sort": sort, "limit": 3} | ({"q": "pagar"} if sort == "relevance" else {})
    before = {each["sku"] for each in searching.read_all(visitor, PATHS["product"], **asked | {"limit": 200})}
    seen: list[str] = []
    cursor, more = None, 2
    while True:
        page = visitor.get(PATHS["product"], query_string=asked | ({"cursor": cursor} if cursor else {})).get_json()
        seen += [each["sku"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        if more < 5:
            searching.fill(store, more, firms=2, products=6)
            more += 1
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_the_best_comes_first_and_pages_join(visitor, store):
    searching.fill(store, 1)
    whole = [each["sku"] for each in searching.read_all(visitor, PATHS["product"], q="pagar", sort="relevance")]
    assert whole == [each["sku"] for each in searching.read_all(visitor, PATHS["product"], q="pagar", sort="relevance", limit=2)]
    assert set(whole) == {each["sku"] for each in searching.read_all(visitor, PATHS["product"], q="pagar")}
    records = {each["sku"]: each for each in searching.read_all(visitor, PATHS["product"])}
    named = ["pagar" in records[sku]["name"].casefold() for sku in whole]
    assert True in named and False in named
    assert named == sorted(named, reverse=True), "a name counts for more than a description"


def test_words_are_found_by_their_root_in_any_order_and_while_they_are_typed(visitor):
    def skus(**asked: str) -> list[str]:
        return [each["sku"] for each in searching.read_all(visitor, PATHS["product"], **asked)]

    assert skus(q="besi pagar") == skus(q="PAGAR untuk besi") == skus(q="pemagaran besi") == ["LGM-1"]
    assert skus(q="jendel") == skus(q="jendelanya") == ["LGM-2"]
    assert skus(q="jendel ") == []
    assert skus(q="karya logam") == ["LGM-1", "LGM-2"], "the producer's name"
    assert skus(q="pagar jendela") == ["LGM-2"], "the keyword pagar, the name jendela"
    assert skus(q="kue besi") == []


def test_what_cannot_be_searched_is_refused_with_the_way_out(visitor):
    for query, parameter, near in (
        ({"q": "dan untuk"}, "q", None),
        ({"q": "%"}, "q", None),
        ({"q": " ".join(f"kata{n}" for n in range(13))}, "q", None),
        ({"sort": "prize_min"}, "sort", "price_min"),
        ({"sort": "relevance"}, "sort", "sku"),
        ({"facets": "sector,distrik"}, "facets", "district"),
        ({"fields": "sku,nama"}, "fields", "name"),
        ({"fields": ""}, "fields", None),
        ({"certificate": "halla"}, "certificate", "halal"),
        ({"price_min": "1e3"}, "price_min", None),
        ({"tkdn_min": "101"}, "tkdn_min", None),
        ({"kbli": "99999"}, "kbli", None),
        ({"kbli": "25919"}, "kbli", "25910"),
        ({"kbki": "9999999"}, "kbki", None),
        ({"hs": "730899"}, "hs", "730890"),
        ({"district": "Citangkel"}, "district", "Citangkil"),
        ({"sektor": "logam"}, "sektor", "sector"),
    ):
        answer = visitor.get(PATHS["product"], query_string=query)
        assert answer.status_code == 400, query
        (fault,) = answer.get_json()["errors"]
        assert fault["parameter"] == parameter, query
        if near:
            assert fault["nearest"] == near, query


def test_members_are_told_in_part_and_hidden_ones_refused_with_what_is_missing(visitor, staff):
    whole = visitor.get("/api/v1/products?limit=2")
    part = visitor.get("/api/v1/products?limit=2&fields=name,sku,price_min")
    assert part.get_json()["items"] == [{name: each[name] for name in ("name", "sku", "price_min")} for each in whole.get_json()["items"]]
    assert part.get_json()["next"] == whole.get_json()["next"], "a cursor is of the filters and the order alone"
    assert part.headers["ETag"] != whole.headers["ETag"]
    empty = [visitor.get(f"/api/v1/products?q=tidakada{more}").headers["ETag"] for more in ("", "&fields=sku")]
    assert len(set(empty)) == 2
    again = visitor.get("/api/v1/products?limit=2&fields=name,sku,price_min", headers={"If-None-Match": part.headers["ETag"]})
    assert again.status_code == 304
    refused = visitor.get("/api/v1/products?fields=sku,capacity_max")
    assert refused.status_code == 400
    assert "PKS" in refused.get_json()["detail"] and "petugas" in refused.get_json()["detail"]
    assert "capacity_max" in staff.get("/api/v1/products?fields=sku,capacity_max").get_json()["items"][0]
    assert visitor.get("/api/v1/businesses?fields=telephone").status_code == 400
    assert [set(each) for each in visitor.get("/api/v1/businesses?fields=ident,nib").get_json()["items"]].count({"ident"}) == 1
    assert visitor.get("/api/v1/demands?fields=title,held").status_code == 400
    assert set(visitor.get("/api/v1/demands?fields=title").get_json()["items"][0]) == {"title"}


def test_a_facet_or_an_order_of_staff_is_unknown_to_the_public(visitor, staff):
    answer = visitor.get("/api/v1/products?facets=sector,state")
    assert answer.status_code == 400
    assert "state" not in answer.get_json()["errors"][0]["detail"]
    counts = staff.get("/api/v1/products?facets=state,district").get_json()["facets"]
    assert {each["value"] for each in counts["state"]} == {"active", "withdrawn"}
    public = visitor.get("/api/v1/products?facets=district").get_json()["facets"]["district"]
    assert {each["value"] for each in public} == {"Citangkil", "Cibeber"}, "no district of a firm that did not agree"


def test_a_cursor_belongs_to_its_order(visitor):
    cursor = visitor.get("/api/v1/products?limit=1&sort=name").get_json()["next"]
    assert (
        visitor.get("/api/v1/products", query_string={"cursor": cursor, "sort": "name", "fields": "sku", "facets": "sector"}).status_code
        == 200
    )
    for sort in ("-name", "sku", "price_min"):
        assert visitor.get("/api/v1/products", query_string={"cursor": cursor, "sort": sort}).status_code == 400


def test_keys_of_other_shapes_are_refused(visitor):
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    for sort in ("price_min", "name", "updated_at"):
        cursor = visitor.get("/api/v1/products", query_string={"limit": 1, "sort": sort}).get_json()["next"]
        mark, _ = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        wrong: list[Any] = ["LGM-1", [True, "LGM-1"], [2**63, "LGM-1"], [1.5, "x"], [["a"], "x"], [1, "\0"], [1], {}]
        for key in [*wrong, ["a" * 121, "x"], [None, "x"] if sort != "price_min" else None]:
            forged = urlsafe_b64encode(orjson.dumps([mark, key])).rstrip(b"=").decode()
            assert visitor.get("/api/v1/products", query_string={"cursor": forged, "sort": sort}).status_code == 400, key


@pytest.mark.parametrize("query", ["q=pagar", "q=pagar&sort=relevance", "sort=-price_min", "kbli=25&capacity=5&sort=lead_time_days"])
@pytest.mark.parametrize("facets", ["", "sector", "sector,district,kbli"])
def test_a_search_takes_four_statements_and_one_a_facet(visitor, statements, query, facets):
    with statements() as seen:
        assert visitor.get(f"/api/v1/products?{query}{'&facets=' + facets if facets else ''}").status_code == 200
    assert len(seen) <= 4 + len([name for name in facets.split(",") if name]), seen


def test_what_is_searched_follows_the_record(visitor, store):
    def skus(text: str) -> list[str]:
        return [each["sku"] for each in visitor.get("/api/v1/products", query_string={"q": text}).get_json()["items"]]

    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.name = "Gerbang lipat"
        row.business.name = "CV Baru Sekali"
        session.flush()
        refresh_businesses(session, [row.business])
        refresh_products(session, [row])
    assert skus("gerbang") == skus("baru sekali") == ["LGM-1"]
    assert skus("besi") == [], "the old name is forgotten"
    assert "LGM-1" in skus("hollow pagar"), "the description and the keyword still say so"
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.state = "withdrawn"
        session.flush()
        refresh_products(session, [row])
    assert skus("gerbang") == []


def test_the_doctor_sees_and_mends_what_is_searched(store, world):
    with store.work() as session:
        assert differences(session, "36.72") == []
        entry = session.scalars(select(EntryRow).where(EntryRow.ident == "LGM-1")).one()
        session.execute(TERM.delete().where(TERM.c.entry_id == entry.id, TERM.c.term == "pagar"))
        entry_other = session.scalars(select(EntryRow).where(EntryRow.ident == "LGM-2")).one()
        entry_other.price_low = 1
    with store.work() as session:
        assert differences(session, "36.72") == ["product:LGM-1", "product:LGM-2"]
        rebuild(session, "36.72")
        assert differences(session, "36.72") == []
