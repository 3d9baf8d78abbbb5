"""The law of the report: what is streamed equals what is counted by hand over all rows, on both databases."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event

from exchange.reports.asked import judged_demands, shelf_reader
from exchange.reports.plan import reports
from exchange.reports.unmet import Wanted, reckon
from exchange.store import unmet as store_unmet
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.links import DemandLinkRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.unmet import Window

HOME = "36.72"
REGIONS = (None, "33.74", "33.28", "36.04", HOME)
TITLES = ("Pengadaan genset", "Belanja pakaian batik", "Belanja jasa konsultansi pengawasan", "Belanja modal lainnya", "Obat-obatan")
PASSED = {"criterion": "lead_time", "change": None, "says": "Batas waktu sudah lewat.", "score": 0.0}
BLOCKS = {
    "certificate": {
        "criterion": "certificates",
        "change": ("offer", "halal", None, "Halal belum ada."),
        "says": "Belum ada halal.",
        "score": 0.3,
    },
    "capacity": {"criterion": "quantity", "change": ("offer", "capacity_min", "9", "Naikkan."), "says": "Kurang.", "score": 0.4},
    "price": {"criterion": "price", "change": ("demand", "budget.amount", "9", "Naikkan pagu."), "says": "Mahal.", "score": 0.5},
    "lead_time": {"criterion": "lead_time", "change": ("offer", "lead_time_days", "9", "Percepat."), "says": "Lama.", "score": 0.6},
    "distance": {"criterion": "distance", "change": None, "says": "Terlalu jauh.", "score": 0.1},
    "other": {"criterion": "milik_sendiri", "change": None, "says": "Tidak boleh.", "score": None},
    "passed": PASSED,
}

match = st.fixed_dictionaries(
    {
        "product": st.integers(0, 3),
        "score": st.integers(40, 99),
        "state": st.sampled_from([*9 * ["proposed"], "accepted", "rejected", "rejected", "retired"]),
        "verdict": st.sampled_from([*3 * ["unfit", "near_miss", "unfit", "near_miss"], "fit", "ask", None]),
        "blocks": st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, max_size=3, unique_by=lambda one: BLOCKS[one]["criterion"]),
    }
)
demand = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "category": st.sampled_from(["goods", "services", None]),
        "region": st.sampled_from(REGIONS),
        "amount": st.sampled_from([None, 0, 5, 7, 5]),
        "currency": st.sampled_from(["IDR", "IDR", "USD"]),
        "use_start": st.sampled_from([None, date(2026, 3, 1), date(2027, 1, 1)]),
        "contract_end": st.sampled_from([None, date(2026, 12, 31)]),
        "published_at": st.sampled_from([None, datetime(2026, 12, 31, 16, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)]),
        "status": st.sampled_from([*5 * ["planned", "open"], "closed"]),
        "state": st.sampled_from([*9 * ["live"], "withdrawn"]),
        "matched": st.sampled_from([*9 * [True], False]),
        "matches": st.lists(match, max_size=3, unique_by=lambda one: one["product"]),
    }
)
worlds = st.lists(demand, min_size=3, max_size=9).flatmap(
    lambda them: st.tuples(
        st.just(them),
        st.lists(
            st.tuples(*(2 * [st.integers(0, max(0, len(them) - 1))]), st.sampled_from(["proposed", "confirmed", "rejected"])), max_size=5
        ),
    )
)
windows = st.builds(
    Window,
    home=st.just(HOME),
    first=st.sampled_from([None, None, None, None, date(2026, 3, 1), date(2026, 3, 2), date(2027, 1, 1)]),
    last=st.sampled_from([None, None, None, date(2026, 12, 31), date(2027, 1, 1)]),
    region=st.sampled_from([None, None, None, None, "33", "33.74", "3"]),
)


@pytest.fixture
def shelf(store):
    """Four products of two firms and one source; the demands come with each world."""
    with store.work() as session:
        session.add(SourceRow(id=1, name="contoh", connector="table", region="33.75", state="approved"))
        for at, sector in enumerate(("logam", "pangan")):
            session.add(BusinessRow(id=at + 1, nib=f"91200000200{at:02}", name=f"CV {at}", sector=sector, ident=f"ikm-{at}"))
        session.flush()
        for at in range(4):
            sector = ("logam", "logam", "pangan", None)[at]
            session.add(ProductRow(id=at + 1, sku=f"P-{at}", name=f"Barang {at}", sector=sector, keywords=[], business_id=at // 2 + 1))
    return store


def mark(block: dict[str, Any]) -> list[Any]:
    change = block["change"]
    return [block["criterion"], "T", block["score"], 1.0, False, None, None, block["says"], True, False, change and list(change)]


def put(store, world) -> None:
    demands, links = world
    with store.work() as session:
        for table in (DemandLinkRow, MatchRow, DemandRow):
            session.execute(delete(table))
        for at, one in enumerate(demands):
            row = DemandRow(
                id=at + 1, ident=f"d-{at}", source_id=1, reference=str(at), title=one["title"], buyer_name="Dinas", region=one["region"],
                category=one["category"], items=[], budget_amount=one["amount"], budget_currency=one["currency"] if one["amount"] else None,
                use_start=one["use_start"], contract_end=one["contract_end"], published_at=one["published_at"], status=one["status"],
                state=one["state"], matched_version=int(one["matched"]), content_hash="0", raw_answer="0", raw_position=0,
                connector_version="1",
            )  # fmt: skip
            session.add(row)
        session.flush()
        for at, one in enumerate(demands):
            for its in one["matches"]:
                session.add(
                    MatchRow(demand_id=at + 1, product_id=its["product"] + 1, score=Decimal(its["score"]) / 100, state=its["state"],
                             verdict=its["verdict"], marks=[mark(BLOCKS[name]) for name in its["blocks"]], model="m", demand_version=1,
                             product_version=1, reason="Bukan itu.")
                )  # fmt: skip
        for low, high in sorted({(min(a, b), max(a, b)) for a, b, _ in links if a != b}):
            state = next(its for a, b, its in links if {a, b} == {low, high})
            session.add(DemandLinkRow(low_id=low + 1, high_id=high + 1, kind="same_need", reason="sama", state=state))


def by_hand(one: dict[str, Any], reader) -> dict[str, Any]:
    """What becomes of one demand, from the words of the report's definition and nothing of its code."""
    stand = [its for its in one["matches"] if its["state"] == "proposed"]
    told: dict[str, Any] = {"outcome": "unmet", "cause": None, "sector": "tidak_terbaca", "alone": True, "opens": set()}
    open_now = one["status"] in ("planned", "open")
    serves = any(its["verdict"] in ("fit", "ask") for its in stand)
    if any(its["state"] == "accepted" for its in one["matches"]) or (open_now and one["matched"] and serves):
        return told | {"outcome": "served"}
    if not open_now:
        return told | {"outcome": "closed"}
    if not one["matched"] or any(its["verdict"] is None for its in stand):
        return told | {"outcome": "unmatched"}
    sectors = ("logam", "logam", "pangan", None)
    if stand:
        ways = []
        for its in stand:
            blocks = [(name, BLOCKS[name]) for name in its["blocks"] if name != "passed"]
            single = len(blocks) == 1 and blocks[0][1]["change"] is not None
            ways.append((0 if not blocks else 1 if single else 2, -its["score"], its["product"], blocks))
            if single and blocks[0][1]["change"][0] == "offer":
                told["opens"].add((blocks[0][0], its["product"]))
        sort, _score, product, blocks = min(ways, key=lambda way: way[:3])
        told["sector"] = sectors[product] or "tidak_terbaca"
        if sort == 0:
            return told | {"outcome": "late"}
        main = min(blocks, key=lambda each: (each[1]["change"] is None, each[1]["score"] or 0))
        return told | {"cause": main[0], "alone": len(blocks) == 1}
    refused = sorted((its for its in one["matches"] if its["state"] == "rejected"), key=lambda its: (-its["score"], its["product"]))
    if refused:
        return told | {"cause": "rejected", "sector": sectors[refused[0]["product"]] or "tidak_terbaca"}
    if one["category"] == "services" or "jasa" in one["title"]:
        return told | {"outcome": "not_goods"}
    its_class = reader.of_text(one["title"])
    return told | {"cause": "no_product" if its_class else "unnamed", "sector": reader.sector(its_class)}


def naive(world, window: Window, reader) -> tuple[dict[str, int], dict[tuple[str, str], list[Any]]]:
    demands, links = world
    ids = [at for at, one in enumerate(demands) if one["state"] == "live"]
    told = {at: by_hand(demands[at], reader) for at in ids}

    def day(one):
        if one["use_start"] or one["contract_end"]:
            return one["use_start"] or one["contract_end"]
        at = one["published_at"]
        return None if at is None else date(2026, 12, 31) if at.hour < 17 else date(2027, 1, 1)

    def inside(one):
        where, when = one["region"] or "33.75", day(one)
        if window.region and where != window.region and not where.startswith(window.region + "."):
            return False
        if (window.first or window.last) and when is None:
            return False
        return where != HOME and (not window.first or when >= window.first) and (not window.last or when <= window.last)

    group = {at: {at} for at in ids}
    firsts = {}
    for a, b, state in links:
        firsts.setdefault(frozenset((a, b)), state)
    for pair, state in firsts.items():
        if len(pair) == 2 and state != "rejected" and pair <= set(ids):
            a, b = pair
            joined = group[a] | group[b]
            for each in joined:
                group[each] = joined
    rank = ["served", "late", "unmet", "nothing", "not_goods", "unmatched", "closed"]

    def order(at):
        its = told[at]
        return rank.index("nothing" if its["cause"] in ("no_product", "unnamed") else its["outcome"]), at

    outcomes: dict[str, int] = defaultdict(int)
    cells: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, Decimal(0), 0, 0])
    for at in ids:
        if not inside(demands[at]):
            continue
        members = [each for each in group[at] if inside(demands[each])]
        elsewhere = any(told[each]["outcome"] == "served" for each in group[at]) and not any(
            told[each]["outcome"] == "served" for each in members
        )
        if elsewhere or min(members, key=order) != at:
            outcomes["twin"] += 1
            continue
        its = told[at]
        outcomes[its["outcome"]] += 1
        if its["outcome"] == "unmet":
            cell = cells[its["sector"], its["cause"]]
            known = demands[at]["amount"] if demands[at]["amount"] and demands[at]["currency"] == "IDR" else None
            cell[0] += 1
            cell[1] += known or 0
            cell[2] += known is None
            cell[3] += its["alone"]
    return dict(outcomes), dict(cells)


@given(world=worlds, window=windows)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_streamed_is_what_is_counted_by_hand(shelf, monkeypatch, world, window):
    monkeypatch.setattr(store_unmet, "PART", 3)
    put(shelf, world)
    with shelf.read() as session:
        reader = shelf_reader(session)
        found = reckon(judged_demands(session, window, reader))
        outcomes, cells = naive(world, window, reader)
    assert {name: each.demands for name, each in found.outcomes.items()} == outcomes
    assert {key: [one.demands, one.value, one.unknown, one.alone] for key, one in found.cells.items()} == cells
    for sums in (found.regions, found.months):
        assert sum(one.demands for one in sums.values()) == found.total.demands
        assert sum((one.value for one in sums.values()), Decimal(0)) == found.total.value


@given(world=worlds)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_training_opens_each_demand_once_and_only_what_one_change_serves(shelf, world):
    put(shelf, world)
    with shelf.read() as session:
        whole = reports(session, Window(home=HOME), Wanted(most=1000))
    unmet = whole.unmet.listed()
    assert len(unmet) == whole.unmet.total.demands
    names = {"certificate": "Sertifikasi halal", "capacity": "Manajemen produksi", "lead_time": "Tata kerja 5S"}
    for cause, begins in names.items():
        row = next((each for each in whole.plan.rows() if each.training.startswith(begins)), None)
        opened = [one for one in unmet if any(each.cause == cause for each in one.openings)]
        assert (row.opens.demands if row else 0) == len(opened)
        assert (row.opens.value if row else 0) == sum(one.value or 0 for one in opened)
        if row:
            firms = {each.firm for one in opened for each in one.openings if each.cause == cause}
            assert set(row.mends) == firms
            assert all(its.demands <= row.opens.demands for its in row.mends.values())
    assert not any(each.cause == "price" for one in unmet for each in one.openings), "a higher budget is not the firm's to change"


def test_statements_grow_with_the_parts_alone(shelf, monkeypatch):
    one = {"title": TITLES[0], "category": "goods", "region": "33.74", "amount": 5, "currency": "IDR", "use_start": None,
           "contract_end": None, "published_at": None, "status": "open", "state": "live", "matched": True, "matches": []}  # fmt: skip
    near = one | {"matches": [{"product": 0, "score": 80, "state": "proposed", "verdict": "near_miss", "blocks": ["certificate"]}]}
    counts = []
    for size in (4, 40, 400):
        put(shelf, ([one, near] * (size // 2), [(0, 1, "proposed")]))
        seen: list[str] = []

        def note(_c, _cur, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(shelf.engine, "before_cursor_execute", note)
        with shelf.read() as session:
            assert reckon(judged_demands(session, Window(home=HOME))).total.demands == size - 1
        event.remove(shelf.engine, "before_cursor_execute", note)
        counts.append(len([each for each in seen if each.lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1] == counts[2] <= 9
