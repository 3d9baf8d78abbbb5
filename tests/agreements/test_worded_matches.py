"""Matches that speak of words, and the counts beside the filters, are those that a plain look at each row gives, on both databases."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access.segments import refresh_products
from exchange.agreements import worded_matches
from exchange.agreements.coverage import STATES, Coverage, Reach
from exchange.agreements.covered_counts import covered_counts, narrowed
from exchange.agreements.worded_matches import worded_page
from exchange.demand.indexing import catch_up
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.match_tally import BANDS
from exchange.store.matches import MatchFilter, MatchRow, list_matches, matches_by_ids
from exchange.store.products import apply_product
from schemas.reading.searching import read_query

from ..demand.plans import HOME, WORDS, fill, plain, said, speaks_of  # isort: skip

NAMES = ("Pagar besi", "Rak arsip", "Kursi kayu jati", "Kertas HVS", "Etalase kaca", "Barang lain")
SECTORS = ("logam", "furnitur", None)
COVERAGE = Coverage(
    [Reach("KS-1", "33", frozenset(["logam"]), frozenset(), True), Reach("KS-2", "33.28", frozenset(), frozenset(), False)], HOME
)
FILTERS = st.fixed_dictionaries(
    {
        "state": st.sampled_from([None, "proposed", "accepted", "retired"]), "sector": st.sampled_from([None, "logam", "furnitur"]),
        "region": st.sampled_from([None, "33", "33.74", "36"]), "least_score": st.sampled_from([None, *BANDS]),
    }
)  # fmt: skip
LAW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


class World:
    """The database and its matches in plain values, in the order of their list."""

    def __init__(self, store, records: list[dict[str, Any]]) -> None:
        self.store, self.records = store, records


@pytest.fixture
def world(store):
    """Random matches of random demands with products of six names; the index knows all but a few of the demands."""
    fill(store, 5, 24)
    catch_up(store, HOME)
    fill(store, 6, 6)
    seed = random.Random(3)
    with store.work() as session:
        firm, _ = apply_business(session, {"nib": "9120000011111", "name": "CV Karya", "legal_form": "CV", "sector": "logam"})
        products = [
            apply_product(session, {"sku": f"P-{place}", "nib": firm.nib, "name": name, "sector": SECTORS[place % 3]}, firm)[0]
            for place, name in enumerate(NAMES)
        ]
        session.flush()
        refresh_products(session, products)
        session.add_all(
            MatchRow(demand_id=demand, product_id=one.id, score=Decimal(seed.choice((100, 300, 500, 500, 700, 901, 1000))) / 1000, marks=[],
                     model="uji", demand_version=1, product_version=1,
                     state=seed.choice(("proposed", "proposed", "accepted", "rejected", "retired")))
            for demand in session.scalars(select(DemandRow.id).order_by(DemandRow.id)) for one in seed.sample(products, 3)
        )  # fmt: skip
    return World(store, _records(store))


def _records(store) -> list[dict[str, Any]]:
    """All matches in plain values, in the order of their list."""
    demands = {record["id"]: record for record in plain(store)}
    with store.read() as session:
        rows = list(session.scalars(select(MatchRow)))
        its = {row.id: row for state in (None, "retired") for row in list_matches(session, MatchFilter(state=state), limit=10**6)}
    found = [
        {
            "id": row.id, "score": row.score, "state": row.state, "demand": demands[row.demand_id], "sector": its[row.id].product.sector,
            "region": demands[row.demand_id]["region"], "product": {"words": set(said(its[row.id].product.name))},
            "cover": COVERAGE.of_pair(its[row.id].demand, its[row.id].product).state,
        }
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda record: (-record["score"], record["id"]))


def _left(records: list[dict[str, Any]], asked: dict[str, Any], leaving: str = "") -> list[dict[str, Any]]:
    told = asked | {leaving: None}
    return [
        each for each in records
        if (each["state"] == told["state"] if told["state"] else each["state"] != "retired")
        and told["sector"] in (None, each["sector"])
        and (told["region"] is None or f"{each['region']}.".startswith(f"{told['region']}."))
        and (told["least_score"] is None or each["score"] >= told["least_score"])
    ]  # fmt: skip


@LAW
@given(
    asked=FILTERS, text=st.lists(st.sampled_from([word for word in WORDS if word != "untuk"]), min_size=1, max_size=2).map(" ".join),
    shown=st.sampled_from([None, *STATES]), limit=st.integers(1, 9), few=st.booleans(),
)  # fmt: skip
def test_pages_of_words_join_to_what_a_plain_look_gives_whichever_way_they_are_found(world, monkeypatch, asked, text, shown, limit, few):
    store, records = world.store, world.records
    monkeypatch.setattr(worded_matches, "FEW", 4000 if few else -1)
    monkeypatch.setattr(worded_matches, "_STEP", 5)
    speaking = [each for each in _left(records, asked) if speaks_of(each["demand"], text) or speaks_of(each["product"], text)]
    wanted = [each["id"] for each in speaking if shown in (None, each["cover"])]
    found: list[int] = []
    after = None
    with store.read() as session:
        while True:
            told = {"shown": shown, "limit": limit, "after": after}
            page = worded_page(session, COVERAGE, MatchFilter(**asked), read_query(text), HOME, **told)
            if few:
                assert page.counted == {state: sum(each["cover"] == state for each in speaking) for state in STATES}
            assert page.least <= len(wanted)
            if not page.numbers:
                break
            found += page.numbers
            last = matches_by_ids(session, page.numbers)[-1]
            after = (last.score, last.id)
    assert found == wanted


@LAW
@given(asked=FILTERS, shown=st.sampled_from([None, *STATES]), limit=st.integers(1, 9))
def test_counts_beside_the_filters_say_how_many_each_choice_would_leave(world, asked, shown, limit):
    store, records = world.store, world.records
    want = MatchFilter(**asked)
    with store.read() as session:
        counts = covered_counts(session, COVERAGE, want, shown)
        assert counts.by_state == {state: sum(each["cover"] == state for each in _left(records, asked)) for state in STATES}
        for facet, leaving in (("state", "state"), ("sector", "sector"), ("region", "region"), ("band", "least_score")):
            its = [each for each in _left(records, asked, leaving) if shown in (None, each["cover"])]
            band = [str(sum(each["score"] >= least for least in BANDS)) for each in its]
            plainly = Counter(band if facet == "band" else [each[facet] or "" for each in its])
            assert counts.facets[facet] == plainly, facet
        whole = [each["id"] for each in _left(records, asked) if shown in (None, each["cover"])]
        found: list[int] = []
        after = None
        while page := list_matches(session, narrowed(want, COVERAGE, shown, counts), limit=limit, after=after):
            found += [row.id for row in page]
            after = (page[-1].score, page[-1].id)
    assert found == whole


def test_a_score_between_the_bands_is_counted_row_by_row(world):
    store, records = world.store, world.records
    want = MatchFilter(state="proposed", least_score=Decimal("0.4"))
    with store.read() as session:
        counts = covered_counts(session, COVERAGE, replace(want, words=read_query("besi")))
    left = [each for each in records if each["state"] == "proposed" and each["score"] >= Decimal("0.4")]
    assert counts.is_whole
    assert counts.by_state == {state: sum(each["cover"] == state for each in left) for state in STATES}
