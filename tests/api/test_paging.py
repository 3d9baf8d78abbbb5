from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.access.segments import refresh_products
from exchange.store.base import Store
from exchange.store.products import ProductRow, products_by_sku


def add_products(store: Store, skus: list[str]) -> None:
    with store.work() as session:
        firm = products_by_sku(session, ["LGM-1"])["LGM-1"].business
        rows = [ProductRow(sku=sku, name=f"Barang {sku}", sector="logam", business=firm) for sku in skus]
        session.add_all(rows)
        session.flush()
        refresh_products(session, rows)


def test_each_record_comes_once_while_others_are_added(visitor, store):
    before = [f"A-{n:03}" for n in range(20)]
    add_products(store, before)
    seen, cursor, page = [], None, 0
    while True:
        body = visitor.get("/api/v1/products", query_string={"limit": 7} | ({"cursor": cursor} if cursor else {})).get_json()
        seen += [each["sku"] for each in body["items"]]
        cursor = body["next"]
        page += 1
        add_products(store, [f"A-000-{page}", f"Z-{page}"])  # one before the place that was read, one behind it
        if cursor is None or page > 20:
            break
    assert len(seen) == len(set(seen))
    assert {*before, "LGM-1", "LGM-2", "PGN-1"} <= set(seen)
    assert seen == sorted(seen)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(limit=st.integers(1, 9))
def test_pages_of_any_size_join_to_the_same_list(visitor, limit):
    whole = visitor.get("/api/v1/regions?limit=200&level=provinsi").get_json()["items"]
    assert len(whole) == 38
    joined, cursor = [], None
    for _ in range(60):
        asked = {"limit": limit, "level": "provinsi"} | ({"cursor": cursor} if cursor else {})
        body = visitor.get("/api/v1/regions", query_string=asked).get_json()
        assert len(body["items"]) <= limit
        joined += body["items"]
        cursor = body["next"]
        if cursor is None:
            break
    assert joined == whole


def test_matches_of_equal_score_are_paged_once_each(staff, store):
    from exchange.store.matches import MatchFilter as Want
    from exchange.store.matches import MatchRow, list_matches

    with store.work() as session:
        first = list_matches(session, Want())[0]
        for product in products_by_sku(session).values():
            if product.id != first.product_id:
                session.add(
                    MatchRow(demand_id=first.demand_id, product_id=product.id, score=first.score, marks=[], model="bm25-1",
                             demand_version=1, product_version=1)
                )  # fmt: skip
    seen, address = [], "/api/v1/matches?limit=2"
    while address:
        answer = staff.get(address)
        seen += [each["id"] for each in answer.get_json()["items"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == bool(answer.get_json()["next"])
        address = link.partition("<")[2].partition(">")[0]
    assert len(seen) == len(set(seen)) == 5


def test_the_link_header_keeps_the_filters(visitor):
    answer = visitor.get("/api/v1/products?limit=1&sector=logam")
    assert answer.headers["Link"].endswith('; rel="next"')
    following = visitor.get(answer.headers["Link"].partition("<")[2].partition(">")[0]).get_json()
    assert [each["sku"] for each in following["items"]] == ["LGM-2"]
    assert following["next"] is None


STRANGE = ["x", "e30", "====", "W10", "WyJhIiwxXQ", "bnVsbA", "é", "W251bGwsbnVsbF0", "A" * 599]


def test_a_cursor_of_nobody_is_refused(visitor, staff):
    for cursor, (client, path) in itertools.product(
        STRANGE, ((visitor, "products"), (visitor, "regions"), (staff, "matches"), (staff, "runs"))
    ):
        answer = client.get(f"/api/v1/{path}", query_string={"cursor": cursor})
        assert answer.status_code == 400
        assert answer.get_json()["errors"][0]["parameter"] == "cursor"


def test_a_cursor_belongs_to_its_list_and_filters(visitor):
    cursor = visitor.get("/api/v1/products?limit=1&sector=logam").get_json()["next"]
    assert visitor.get("/api/v1/products", query_string={"cursor": cursor, "sector": "logam", "limit": 9}).status_code == 200
    assert visitor.get("/api/v1/products", query_string={"cursor": cursor}).status_code == 400
    assert visitor.get("/api/v1/businesses", query_string={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("path", ["products", "products?sector=logam&district=Citangkil&q=pagar", "businesses", "demands?region=36"])
def test_a_list_takes_at_most_five_statements_however_long_it_is(visitor, staff, store, statements, path):
    add_products(store, [f"B-{n:03}" for n in range(60)])
    for client in (visitor, staff):
        with statements() as seen:
            assert client.get(f"/api/v1/{path}").status_code == 200
        assert 0 < len(seen) <= 5, seen


@pytest.mark.parametrize("path", ["matches", "runs"])
def test_a_list_for_staff_takes_at_most_five_statements(staff, statements, path):
    with statements() as seen:
        assert staff.get(f"/api/v1/{path}").status_code == 200
    assert 0 < len(seen) <= 5, seen
