"""A search of demands finds what a plain look at the records finds: by the index, by what waits for it, and by both, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access.policy import Tier, bits
from exchange.access.segments import refresh_demands
from exchange.demand.entries import day_number, month_key, name_number, region_code, region_number
from exchange.demand.indexing import catch_up, lag
from exchange.demand.ordering import DemandOrder
from exchange.demand.searching import OVERLAY, Search
from exchange.demand.spans import number_of
from exchange.demand.wants import DemandWant
from exchange.reports.causes import CAUSES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS, OTHER, UNREAD
from exchange.store.base import Store
from exchange.store.demand_sorts import SORTS, Sorted, replace_sorts
from exchange.store.demands import DemandRow
from exchange.store.postings import SIZE, mask_of, merged, pack, unpack
from exchange.store.sources import SourceRow
from schemas.business import SECTORS
from schemas.demand import CATEGORIES, STATUSES
from schemas.reading.searching import read_query

from .plans import HOME, NOW, SEEN, TIERS, WORDS, budget_of, change, fill, has, plain, speaks_of, within  # isort: skip

MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

FACETS = ["region", "status", "category", "source", "sector", "outcome", "cause", "need", "deadline"]
TESTS: dict[str, Any] = {
    "q": speaks_of,
    "region": lambda record, code: (record["region"] or "") == code or (record["region"] or "").startswith(code + "."),
    "status": lambda record, word: record["status"] == word,
    "category": lambda record, word: record["category"] == word,
    "source": lambda record, name: record["source"] == name,
    "budget_from": lambda record, low: within(budget_of(record), Decimal(low), None),
    "budget_to": lambda record, high: within(budget_of(record), None, Decimal(high)),
    "deadline_from": lambda record, day: within(record["selection_end"], date.fromisoformat(day), None),
    "deadline_to": lambda record, day: within(record["selection_end"], None, date.fromisoformat(day)),
    "since": lambda record, hours: record["updated_at"] >= NOW + timedelta(hours=hours),
    "need_from": lambda record, month: within(needed_in(record), month, None),
    "need_to": lambda record, month: within(needed_in(record), None, month),
    "sector": lambda record, word: sorted_as(record["id"], "sector") == word,
    "outcome": lambda record, word: sorted_as(record["id"], "outcome") == word,
    "cause": lambda record, word: sorted_as(record["id"], "cause") == word,
    "once": lambda record, _yes: sorted_as(record["id"], "outcome") not in (None, "twin"),
}
ASKED: dict[str, st.SearchStrategy[Any]] = {
    "q": st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).filter(lambda its: set(its) != {"untuk"}),
                   st.sampled_from(["", " "])).map(lambda told: " ".join(told[0]) + told[1]),
    "region": st.sampled_from(["33", "33.74", "36", "36.72", "12"]),
    "status": st.sampled_from(STATUSES),
    "category": st.sampled_from(CATEGORIES),
    "source": st.sampled_from(sorted(SEEN)),
    "budget_from": st.sampled_from(["0", "1500000.5", "1500000.5001", "50000000"]),
    "budget_to": st.sampled_from(["0", "1500000.4999", "50000000", "999999999999"]),
    "deadline_from": st.sampled_from(["2026-03-31", "2026-04-01", "2026-12-02"]),
    "deadline_to": st.sampled_from(["2026-03-30", "2026-06-30", "2026-12-31"]),
    "since": st.integers(0, 4),
    "need_from": st.sampled_from(["2025-12", "2026-03", "2026-04", "2027-01"]),
    "need_to": st.sampled_from(["2025-11", "2025-12", "2026-03", "2026-12"]),
    "sector": st.sampled_from(SORTS["sector"]),
    "outcome": st.sampled_from(SORTS["outcome"]),
    "cause": st.sampled_from(SORTS["cause"]),
    "once": st.just(True),
}  # fmt: skip
SEARCHES = st.lists(st.sampled_from(sorted(ASKED)), max_size=4, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: ASKED[name] for name in names})
)


def needed_in(record: dict[str, Any]) -> str | None:
    days = [record[f"{name}_{end}"] for name in ("use", "contract", "selection") for end in ("start", "end")]
    said = next((day for day in days if day), record["published_at"] and record["published_at"] + timedelta(hours=7))
    return f"{said:%Y-%m}" if said else None


def sorted_as(number: int, name: str) -> str | None:
    """How demands are sorted here: every seventh is not."""
    outcome = SORTS["outcome"][number % 5 if number % 3 else -1] if number % 7 else None
    if name == "cause":
        return SORTS["cause"][number % 4] if outcome == "unmet" else None
    return outcome if name == "outcome" or outcome is None else SORTS["sector"][number % 4]


def sort_all(store: Store) -> None:
    found = Sorted()
    with store.work() as session:
        for number in session.scalars(select(DemandRow.id)):
            outcome = sorted_as(number, "outcome")
            if outcome:
                found.note(number, sorted_as(number, "sector") or "", outcome, sorted_as(number, "cause"))
        replace_sorts(session, found)


def want_of(store: Store, tier: Tier, asked: dict[str, Any]) -> DemandWant:
    with store.read() as session:
        ids = {name: number for number, name in session.execute(select(SourceRow.id, SourceRow.name))}
    told = {name: asked.get(name) for name in ("region", "status", "category", "sector", "outcome", "cause")}
    told["once"] = "once" in asked
    money = {name: int(Decimal(asked[name]) * 10_000) for name in ("budget_from", "budget_to") if name in asked}
    days = {name: day_number(date.fromisoformat(asked[name])) for name in ("deadline_from", "deadline_to") if name in asked}
    months = {name: number_of(asked[name]) for name in ("need_from", "need_to") if name in asked}
    since = int((NOW + timedelta(hours=asked["since"])).timestamp() * 1_000_000) if "since" in asked else None
    words, source = read_query(asked["q"]) if "q" in asked else None, ids[asked["source"]] if "source" in asked else None
    return DemandWant(reader=bits([tier]), words=words, source=source, since=since, **told, **money, **days, **months)


@pytest.fixture(params=["index", "both", "overlay"])
def filled(request, store):
    """Demands that the index knows, that it knows in part and in an older form, and that it knows nothing of."""
    fill(store, 1, 90)
    if request.param != "overlay":
        catch_up(store, HOME)
        change(store, 2, 25)
        fill(store, 3, 20)
    sort_all(store)
    if request.param == "index":
        catch_up(store, HOME)
        with store.read() as session:
            assert lag(session) == 0
    return store


@MANY
@given(data=st.data(), asked=SEARCHES, tier=st.sampled_from(TIERS), limit=st.integers(1, 40), down=st.booleans())
def test_pages_of_any_order_join_to_what_a_plain_look_at_the_readable_records_gives(filled, data, asked, tier, limit, down):
    orders = ["ident", "budget", "deadline", "changed"] + ["relevance"] * ("q" in asked)
    column = data.draw(st.sampled_from(orders))
    down = down and column != "relevance"
    records = [each for each in plain(filled) if tier in each["readers"] and all(TESTS[name](each, asked[name]) for name in asked)]
    with filled.read() as session:
        search = Search(session, want_of(filled, tier, asked), HOME, ranked=column == "relevance")
        assert search.behind() == 0
        found, after = [], None
        while page := search.page(DemandOrder(column, down), limit=limit, after=after):
            found += page
            after = page[-1]
        assert search.count() == len(records)
        assert search.newest(limit) == sorted((each["id"] for each in records), reverse=True)[:limit]
    assert [each.ident for each in found] == _in_order(records, column, down, asked)


def _in_order(records: list[dict[str, Any]], column: str, down: bool, asked: dict[str, Any]) -> list[str]:
    def value(record: dict[str, Any]) -> Any:
        if column == "relevance":
            words = read_query(asked["q"])
            assert words is not None
            return -sum(8 if has(record["in_title"], word, beginning=False) or _begins(record, words, word) else 1 for word in words.roots)
        return {"ident": 0, "budget": budget_of(record), "deadline": record["selection_end"], "changed": record["updated_at"]}[column]

    def _begins(record: dict[str, Any], words: Any, word: str) -> bool:
        return word == words.roots[-1] and words.beginning is not None and has(record["in_title"], words.beginning, beginning=True)

    by_name = records[::-1] if down else records
    known = sorted((each for each in by_name if value(each) is not None), key=value, reverse=down)
    return [each["ident"] for each in known + [each for each in by_name if value(each) is None]]


@MANY
@given(asked=SEARCHES, tier=st.sampled_from(TIERS), facet=st.sampled_from(FACETS))
def test_a_facet_counts_what_all_filters_but_its_own_leave(filled, asked, tier, facet):
    others = {name: value for name, value in asked.items() if not name.startswith(facet)}
    records = [each for each in plain(filled) if tier in each["readers"] and all(TESTS[name](each, others[name]) for name in others)]
    with filled.read() as session:
        search = Search(session, want_of(filled, tier, asked), HOME)
        if facet == "need":
            assert {month_key(month): count for month, count in search.months().items()} == _told(map(needed_in, records))
            return
        if facet == "deadline":
            spans = {"all": (None, None), "late": (date(2026, 6, 30).toordinal(), None), "early": (None, date(2026, 6, 29).toordinal())}
            ends = [each["selection_end"] for each in records if each["selection_end"]]
            late = sum(end >= date(2026, 6, 30) for end in ends)
            assert search.deadlines(spans) == {"all": len(ends), "late": late, "early": len(ends) - late}
            return
        told = search.counts([facet])[facet]
    assert dict(told) == _told(sorted_as(each["id"], facet) if facet in SORTS else each[facet] for each in records)
    assert told == sorted(told, key=lambda each: (-each[1], each[0].encode()))


def _told(values: Iterable[Any]) -> Counter[Any]:
    return Counter(value for value in values if value)


def test_the_words_that_demands_are_sorted_by_are_those_of_the_reports():
    assert {"sector": ALL_SECTORS, "outcome": tuple(OUTCOMES), "cause": tuple(CAUSES)} == SORTS
    assert SORTS["sector"] == (*SECTORS, OTHER, UNREAD)


def test_where_more_waits_than_is_put_over_the_index_it_says_so_and_shows_nothing_that_was_closed(store):
    fill(store, 1, 60)
    catch_up(store, HOME)
    with store.work() as session:
        rows = list(session.scalars(select(DemandRow).where(DemandRow.state == "live").order_by(DemandRow.id)))
        for row in rows[:3]:
            row.source = session.get(SourceRow, row.source_id)
            row.state = "withdrawn"
        closed = {row.ident for row in rows[:3]}
        session.flush()
        refresh_demands(session, rows[:3], HOME)
    fill(store, 9, OVERLAY)
    with store.read() as session:
        search = Search(session, DemandWant(reader=bits([Tier.STAFF])), HOME)
        found = {each.ident for each in search.page(DemandOrder("ident"), limit=500)}
        assert search.behind() > OVERLAY * 0.6
        assert len(found) == len(rows) - 3 == search.count()
        public = Search(session, DemandWant(reader=bits([Tier.PUBLIC])), HOME)
        assert 0 < public.behind() < search.behind(), "a reader is told of changes that it may know of"
    assert not found & closed


NUMBERS = st.sets(st.one_of(st.integers(0, SIZE - 1), st.integers(0, 40)), min_size=1, max_size=60)


@given(members=NUMBERS, many=st.booleans())
def test_packed_members_come_back_and_the_same_members_are_the_same_bytes(members, many):
    if many:
        members |= set(range(100, 2000))
    body = pack(members)
    assert unpack(body).tolist() == sorted(members) == np.flatnonzero(mask_of([body])).tolist()
    assert pack(sorted(members, reverse=True)) == body
    assert len(body) <= SIZE // 8


@given(
    name=st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=12),
    other=st.sampled_from(["d-0", "d-ff", "c", "e", "d-"]),
)
def test_keys_of_names_are_ordered_like_the_names(name, other):
    for left, right in ((name, other), ("d-" + name, other), ("d-" + name, "d-" + name + "0")):
        if left.encode() < right.encode():
            assert name_number(left) <= name_number(right)
        elif left.encode() > right.encode():
            assert name_number(left) >= name_number(right)


@pytest.mark.parametrize("code", ["36.72", "36", "11.01", "91.10"])
def test_regions_as_numbers_come_back(code):
    assert region_code(region_number(code)) == code
    assert merged({}, [], {}) == {}
