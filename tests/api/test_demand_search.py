"""Demands are searched as products are: every reader by the words of what it reads, and what cannot be asked is named with a way on."""

from __future__ import annotations

import pytest

from exchange.demand.indexing import catch_up
from exchange.store.sources import SourceRow

PATH = "/api/v1/demands"


@pytest.fixture(params=["behind", "caught up"])
def indexed(request, store, world):
    """The index has taken in nothing of the world, or all of it: the answers are the same."""
    if request.param == "caught up":
        catch_up(store, "36.72")
    return world


def test_a_reader_finds_by_the_words_of_what_it_reads_alone(indexed, visitor, staff):
    def found(client, **asked) -> list[str]:
        answer = client.get(PATH, query_string=asked)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["behind"] == 0
        return [each["ident"] for each in answer.get_json()["items"]]

    for words, ident in (("kebutuhan tertutup", indexed.private_demand), ("belanja daerah", indexed.pulled_demand)):
        assert found(staff, q=words) == [ident]
        assert found(visitor, q=words) == []
        for facet in ("region", "status", "category", "source"):
            told = visitor.get(PATH, query_string={"q": words, "facets": facet}).get_json()["facets"]
            assert told == {facet: []}, "a count tells of nothing that is not read"
            assert staff.get(PATH, query_string={"q": words, "facets": facet}).get_json()["facets"][facet][0]["count"] == 1
    assert found(visitor, sort="-updated_at") == [indexed.own_demand]
    assert indexed.own_demand in found(staff, facets="region")
    sources = visitor.get(PATH, query_string={"facets": "source"}).get_json()["facets"]["source"]
    assert sources == [{"value": "perusahaan", "count": 1}]


@pytest.mark.parametrize(
    ("query", "parameter", "near"),
    [
        ({"q": "untuk"}, "q", None),
        ({"q": "?!"}, "q", None),
        ({"q": " ".join(f"kata{n}" for n in range(13))}, "q", None),
        ({"q": "pagar", "sort": "relevanse"}, "sort", "relevance"),
        ({"sort": "relevance"}, "sort", "ident"),
        ({"sort": "budjet"}, "sort", "budget"),
        ({"facets": "region,statuss"}, "facets", "status"),
        ({"deadline_from": "besok"}, "deadline_from", None),
        ({"deadline_to": "1800-01-01"}, "deadline_to", None),
        ({"deadline": "2026-01-01"}, "deadline", "deadline_to"),
        ({"q": "pagar", "region": "36.99"}, "region", None),
    ],
)
def test_what_cannot_be_asked_is_named(visitor, world, query, parameter, near):
    answer = visitor.get(PATH, query_string=query)
    assert answer.status_code == 400
    body = answer.get_json()
    assert body["mend"]
    (fault,) = body["errors"]
    assert fault["parameter"] == parameter
    if near:
        assert fault["nearest"] == near


def test_a_cursor_belongs_to_its_words_and_order(indexed, staff):
    first = staff.get(PATH, query_string={"sort": "budget", "limit": 1}).get_json()
    assert first["next"]
    onward = staff.get(PATH, query_string={"sort": "budget", "limit": 1, "cursor": first["next"]})
    assert onward.status_code == 200
    assert onward.get_json()["items"][0]["ident"] != first["items"][0]["ident"]
    for other in ({"sort": "-budget"}, {"sort": "budget", "q": "belanja"}, {}):
        assert staff.get(PATH, query_string={"cursor": first["next"]} | other).status_code == 400


def test_an_answer_that_is_kept_is_made_anew_when_the_index_moves(store, world, visitor):
    from sqlalchemy import select

    from exchange.access.segments import refresh_demands
    from exchange.demand.searching import OVERLAY
    from exchange.store.demands import DemandRow

    def count() -> int:
        return len(visitor.get(PATH, query_string={"q": "penanda ulang", "limit": 200}).get_json()["items"])

    catch_up(store, "36.72")
    with store.work() as session:
        source = session.scalars(select(SourceRow).where(SourceRow.name == "perusahaan")).one()
        rows = [
            DemandRow(ident=f"d-{number:016x}", source_id=source.id, source=source, reference=f"U-{number}", title="Penanda ulang",
                      buyer_name="Dinas", status="open", items=[], content_hash="0" * 64, raw_answer="0" * 64, raw_position=number,
                      connector_version="1")
            for number in range(1000, 1000 + OVERLAY + 1)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        refresh_demands(session, rows, "36.72")
    assert count() == 0
    assert visitor.get(PATH, query_string={"q": "penanda ulang"}).get_json()["behind"] == OVERLAY + 1
    catch_up(store, "36.72")
    assert count() == 200


@pytest.mark.parametrize("query", ["q=kebutuhan", "q=kebu", "sort=-budget", "facets=region,status,category,source&q=dinas&sort=relevance"])
def test_a_search_takes_at_most_eight_statements_and_one_a_facet(indexed, staff, statements, query):
    with statements() as seen:
        assert staff.get(f"{PATH}?{query}").status_code == 200
    assert len(seen) <= 8 + len(query.partition("facets=")[2].partition("&")[0].split(",")) * ("facets" in query), seen
