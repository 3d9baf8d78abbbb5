"""Which agreement covers a match: the same answer from the question, from the condition in SQL and from what a partner may read."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event

from exchange.agreements.coverage import STATES, Cover, Coverage, beside, coverage_for, coverage_of, reach_of
from exchange.agreements.covered_counts import covered_counts, narrowed
from exchange.agreements.steps import named
from exchange.store.agreements import AgreementMatchRow, AgreementObjectRow, AgreementRow, AgreementStepRow
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchFilter, MatchRow, count_matches, list_matches
from exchange.store.products import apply_product
from exchange.store.sources import SourceRow

from .cases import OBJECTS, TODAY, go, go_until, new_case  # isort: skip

HOME = "36.72"
REGIONS = [HOME, "36", "33", "33.74", "33.74.01", "33.7", "32.73", None]
SECTORS = ["logam", "pangan", None]
CLASSES = ["25111", "25119", "251", "10710", None]
DAYS = st.integers(-3, 3).map(lambda shift: TODAY + timedelta(days=shift))


@pytest.fixture
def pairs(store):
    """A match of every region, the source's own among them, with every kind of product."""
    with store.work() as session:
        sources = {code: SourceRow(name=f"s-{code}", connector="ocds", region=code, state="approved") for code in ("33.74", HOME)}
        session.add_all(sources.values())
        firm, _ = apply_business(session, {"nib": "9120000011111", "name": "CV Karya", "legal_form": "CV", "sector": "logam"})
        session.flush()
        goods = [
            apply_product(session, {"sku": f"P-{number}", "nib": firm.nib, "name": "Barang", "sector": sector, "kbli": kbli}, firm)[0]
            for number, (sector, kbli) in enumerate((sector, kbli) for sector in SECTORS for kbli in CLASSES)
        ]
        for place, (source, region) in enumerate((source, region) for source in sources.values() for region in REGIONS):
            demand = DemandRow(
                ident=f"d-{place:016x}", source_id=source.id, reference=f"R-{place}", title="Barang", buyer_name="Dinas", region=region,
                category="goods", status="open", items=[], content_hash="0" * 64, raw_answer="ab" * 32, raw_position=place,
                connector_version="1",
            )  # fmt: skip
            session.add(demand)
            session.flush()
            session.add_all(
                MatchRow(demand_id=demand.id, product_id=one.id, score=Decimal(number % 7) / 10, marks=[], model="uji", demand_version=1,
                         product_version=1)
                for number, one in enumerate(goods)
            )  # fmt: skip
    return len(sources) * len(REGIONS) * len(goods)


CASES = st.fixed_dictionaries(
    {
        "instrument": st.sampled_from(["ksdd", "ksdd", "ksdd", "ksdpk", "sinergi"]),
        "region": st.sampled_from(["36", "33", "33.74", "32.73", "36.04", None]),
        "state": st.sampled_from(
            ["identifikasi", "penyusunan_pks", "ttd_pks", "pelaksanaan", "pelaksanaan", "ditangguhkan", "berakhir", "batal"]
        ),
        "papers": st.sampled_from([{}, {"kb": "0" * 64}, {"kb": "0" * 64, "pks": "1" * 64}]),
        "kb_until": st.none() | DAYS,
        "starts_on": st.none() | DAYS,
        "ends_on": st.none() | DAYS,
    }
)  # fmt: skip
THINGS = st.lists(st.tuples(st.sampled_from(["logam", "pangan", None]), st.sampled_from(["25", "251", "25111", "10710", None])), max_size=3)


FILTERS = [
    MatchFilter(), MatchFilter(state="proposed"), MatchFilter(state="proposed", region="33"), MatchFilter(state="proposed", sector="logam"),
    MatchFilter(state="proposed", sector="pangan", region="33.74", least_score=Decimal("0.3")), MatchFilter(least_score=Decimal("0.5")),
    MatchFilter(state="proposed", least_score=Decimal("0.41")), MatchFilter(state="accepted"),
]  # fmt: skip


def expected(cases: list[tuple[dict[str, Any], list[Any]]], region: str | None, sector: str | None, kbli: str | None) -> str:
    """The state of a pair, written down once more without the parts of the module."""
    if region is not None and (region == HOME or region.startswith(HOME + ".")):
        return "own"
    states = set()
    for case, things in cases:
        if case["instrument"] != "ksdd" or case["region"] is None or case["state"] in {"berakhir", "batal"} or region is None:
            continue
        if region != case["region"] and not region.startswith(case["region"] + "."):
            continue
        classified = [(s, k) for s, k in things if s or k]
        if classified and not any(((kbli or "").startswith(k) if k else s == sector) for s, k in classified):
            continue
        runs = (case["starts_on"] or TODAY) <= TODAY <= (case["ends_on"] or TODAY)
        last = case["ends_on"] if "pks" in case["papers"] else case["kb_until"] if "kb" in case["papers"] else None
        if case["state"] == "pelaksanaan" and classified and runs:
            states.add("covered")
        elif last is None or last >= TODAY:
            states.add("needs")
    return "covered" if "covered" in states else "needs" if "needs" in states else "none"


def keep(session: Any, cases: list[tuple[dict[str, Any], list[Any]]]) -> None:
    for table in (AgreementObjectRow, AgreementMatchRow, AgreementStepRow, AgreementRow):
        session.execute(delete(table))
    for number, (case, things) in enumerate(cases, 1):
        row = AgreementRow(
            ident=f"KS-2026-{number:04}", category="sukarela", title="Pagar", counterpart="Mitra", facts={}, made_by="uji",
            **case,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add_all(
            AgreementObjectRow(agreement_id=row.id, position=place, commodity="Barang", sector=sector, kbli=kbli)
            for place, (sector, kbli) in enumerate(things, 1)
        )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cases=st.lists(st.tuples(CASES, THINGS), max_size=6))
def test_a_list_that_is_narrowed_in_sql_shows_what_each_of_its_rows_says_and_misses_none(store, node, pairs, cases):
    with store.work() as session:
        keep(session, cases)
    with store.read() as session:
        coverage = coverage_of(session, node, TODAY)
        said = {row.id: coverage.of_pair(row.demand, row.product) for row in list_matches(session, MatchFilter(), limit=pairs + 1)}
        assert len(said) == pairs
        for row in list_matches(session, MatchFilter(), limit=pairs):
            region = row.demand.region if row.demand.region is not None else row.demand.source.region
            assert said[row.id].state == expected(cases, region, row.product.sector, row.product.kbli)
        counts = Counter(cover.state for cover in said.values())
        for state in STATES:
            want = MatchFilter(covered=coverage.where(state))
            assert {row.id for row in list_matches(session, want, limit=pairs)} == {
                number for number, cover in said.items() if cover.state == state
            }
            assert count_matches(session, want) == counts[state]
        for want in FILTERS:
            left = list_matches(session, want, limit=pairs)
            told = covered_counts(session, coverage, want)
            assert told.by_state == {state: sum(said[row.id].state == state for row in left) for state in STATES}
            for state in STATES:
                rows = [row.id for row in left if said[row.id].state == state]
                few = told._replace(whole=10**9) if state == "covered" else told
                assert [row.id for row in list_matches(session, narrowed(want, coverage, state, few), limit=pairs)] == rows


def test_the_pages_of_a_narrowed_list_hold_each_match_once(store, node, pairs):
    with store.work() as session:
        run = {"instrument": "ksdd", "region": "33", "state": "pelaksanaan", "papers": {}, "starts_on": None, "ends_on": None}
        keep(session, [(run, [("logam", None), (None, "107")])])
    with store.read() as session:
        want = MatchFilter(covered=coverage_of(session, node, TODAY).where("covered"))
        whole = [row.id for row in list_matches(session, want, limit=pairs)]
        paged: list[int] = []
        place = None
        while part := list_matches(session, want, limit=7, after=place):
            paged += [row.id for row in part]
            place = (part[-1].score, part[-1].id)
        assert paged == whole
        assert 0 < len(whole) < pairs


def test_of_several_contracts_the_longest_counts_and_of_several_cases_the_nearest(store, node):
    def case(number: int, **more: Any) -> AgreementRow:
        base = {"instrument": "ksdd", "region": "33.74", "state": "pelaksanaan", "ends_on": TODAY + timedelta(days=number)}
        return AgreementRow(ident=f"KS-2026-{number:04}", facts={}, papers={}, **base | more)

    metal = [AgreementObjectRow(commodity="Pagar", sector="logam")]
    rows = [case(1), case(9), case(3, ends_on=TODAY + timedelta(days=9))]
    reaches = [reach_of(node.rules, row, metal, TODAY) for row in rows]
    assert Coverage(reaches, HOME).of("33.74", "logam", None) == Cover("covered", "KS-2026-0003", TODAY + timedelta(days=9))
    endless = reach_of(node.rules, case(4, ends_on=None), metal, TODAY)
    assert Coverage([*reaches, endless], HOME).of("33.74", "logam", None) == Cover("covered", "KS-2026-0004", None)
    waiting = [reach_of(node.rules, case(n, state=s, ends_on=None), [], TODAY) for n, s in ((5, "persiapan"), (6, "ttd_kb"), (7, "ttd_kb"))]
    assert Coverage(waiting, HOME).of("33.74", None, None) == Cover(
        "needs", "KS-2026-0006", None, "ttd_kb", "Kesepakatan Bersama ditandatangani"
    )


def test_a_page_of_matches_costs_two_statements_however_many_cases_there_are(store, node):
    def counted() -> int:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        with store.read() as session:
            session.connection()
            event.listen(store.engine, "before_cursor_execute", note)
            coverage_of(session, node, TODAY)
            event.remove(store.engine, "before_cursor_execute", note)
        return len([one for one in seen if not one.startswith("BEGIN")])

    few = counted()
    with store.work() as session:
        for _ in range(12):
            new_case(session, node, objects=OBJECTS)
    assert counted() == few <= 2


def test_a_real_case_is_told_from_its_first_step_to_its_end(store, node):
    def cover(sector: str | None = "logam", kbli: str | None = None, region: str = "33.74", day: date = TODAY) -> Cover:
        with store.read() as session:
            return coverage_of(session, node, day).of(region, sector, kbli)

    assert cover() == Cover("none")
    with store.work() as session:
        ident = new_case(session, node).ident
    assert cover() == Cover("needs", ident, None, "identifikasi", "Identifikasi")
    with store.work() as session:
        go_until(session, node, named(session, ident), "bekukan_pks")
    assert cover().stage == "penyusunan_pks"
    assert cover("pangan", "10710") == Cover("none"), "a case whose objects are other goods will not cover these"
    with store.work() as session:
        for step in ("tandatangani_pks", "laksanakan"):
            row = go(session, node, named(session, ident), step)
        until = row.ends_on
    assert cover() == Cover("covered", ident, until)
    assert cover(None, "25111") == Cover("covered", ident, until)
    assert cover(region="33.75") == Cover("none")
    assert cover(day=until + timedelta(days=1)) == Cover("none"), "over its term it covers nothing, and no step of it would"
    with store.work() as session:
        go(session, node, named(session, ident), "tangguhkan")
    assert cover() == Cover("needs", ident, None, "ditangguhkan", "Ditangguhkan")
    with store.work() as session:
        assert go(session, node, named(session, ident), "akhiri").state == "berakhir"
    assert cover() == Cover("none")


def test_the_mark_of_the_criterion_says_what_holds_today_and_its_score_stays_out():
    marks = [{"criterion": "text", "score": 0.5, "says": "Kata."}, {"criterion": "coverage", "score": None, "says": "Belum.", "need": None}]
    told = beside(marks, Cover("covered", "KS-2026-0001", date(2028, 11, 26)))
    assert told[0] is marks[0]
    assert told[1]["says"] == "Tercakup KS-2026-0001 sampai 2028-11-26. Tidak ikut dinilai."
    assert told[1]["score"] is None


def test_a_partner_is_told_of_its_own_cases_alone(store, node):
    from exchange.access.partners import add_partner, set_stage
    from exchange.access.scopes import SCOPES

    with store.work() as session:
        mine = add_partner(session, "kota-a", "Kota A", "33.74", SCOPES, actor="uji")
        other = add_partner(session, "kota-b", "Kota B", "33.74", SCOPES, actor="uji")
        ident = go_until(session, node, new_case(session, node, mine), "laksanakan").ident
        ids = mine.id, other.id
    with store.read() as session:
        mine_told, others_told = (coverage_for(session, node.rules, one, TODAY) for one in ids)
        assert mine_told.of("99", "logam", None).case == ident, "its own demand, wherever it is delivered"
        assert others_told.of("33.74", "logam", None) == Cover("none")
        assert coverage_of(session, node, TODAY).of("33.74", "logam", None).case == ident
    with store.work() as session:
        set_stage(session, session.get_one(type(other), ids[1]), "contracted", sectors=["logam"], until=TODAY, actor="uji")
    with store.read() as session:
        assert coverage_for(session, node.rules, ids[1], TODAY).of(None, "logam", None) == Cover("covered", None, TODAY)
        assert coverage_for(session, node.rules, ids[1], TODAY + timedelta(days=1)).of(None, "logam", None) == Cover("none")
