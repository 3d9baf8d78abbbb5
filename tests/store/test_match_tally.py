"""The counts of matches by kind are those of the rows after whatever was written, by whichever way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from exchange.store import migrate
from exchange.store.base import utcnow
from exchange.store.bulk import insert_many, update_many
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.match_tally import MatchTallyRow, retally, tally_faults
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product
from exchange.store.sources import SourceRow

REGIONS, SECTORS, CLASSES = ("33.74", "33", None), ("logam", "pangan", None), ("25111", "10710", None)
STATES = ("proposed", "accepted", "rejected", "retired")
NUMBERS = st.integers(0, 10**6)


@pytest.fixture
def rows(store):
    """Ids of sources, demands and products; no match yet."""
    with store.work() as session:
        sources = [SourceRow(name=f"s-{number}", connector="ocds", region="33.74", state="approved") for number in range(2)]
        session.add_all(sources)
        firm, _ = apply_business(session, {"nib": "9120000011111", "name": "CV Karya", "legal_form": "CV", "sector": "logam"})
        session.flush()
        products = [
            apply_product(session, {"sku": f"P-{n}", "nib": firm.nib, "name": "Barang", "sector": "logam"}, firm)[0] for n in range(4)
        ]
        demands = [
            DemandRow(ident=f"d-{place:016x}", source_id=sources[place % 2].id, reference=f"R-{place}", title="Barang", buyer_name="Dinas",
                      region=REGIONS[place % 3], category="goods", status="open", items=[], content_hash="0" * 64, raw_answer="ab" * 32,
                      raw_position=place, connector_version="1")
            for place in range(6)
        ]  # fmt: skip
        session.add_all(demands)
        session.flush()
        return [one.id for one in sources], [one.id for one in demands], [one.id for one in products]


def _change(session, rows, change):
    """One change of one sort, by the way that the service takes: bulk, a statement over many rows, or a row of the session."""
    sources, demands, products = rows
    sort, at, to, number = change
    demand, product = demands[at % len(demands)], products[to % len(products)]
    if sort == "insert":
        stored = {tuple(row) for row in session.execute(select(MatchRow.demand_id, MatchRow.product_id))}
        new = [(demand, one, number, STATES[to]) for one in products if (demand, one) not in stored]
        names = ("demand_id", "product_id", "score", "state")
        same = {"marks": [], "model": "uji", "demand_version": 1, "product_version": 1, "version": 1}
        insert_many(session.connection(), MatchRow.__table__, names, new, same | {"made_at": utcnow(), "updated_at": utcnow()})
    elif sort == "many":
        session.execute(update(MatchRow).where(MatchRow.demand_id == demand).values(state=STATES[to]))
    elif sort == "bulk":
        ids = session.scalars(select(MatchRow.id).where(MatchRow.product_id == product)).all()
        update_many(session.connection(), MatchRow.__table__, ("score", "state"), [(one, number, STATES[at % 4]) for one in ids])
    elif sort == "delete":
        session.execute(delete(MatchRow).where(MatchRow.demand_id == demand))
    elif sort == "demand":
        row = session.get_one(DemandRow, demand)
        row.region, row.source_id = REGIONS[to % 3], sources[number % 2]
    elif sort == "product":
        row = session.get_one(ProductRow, product)
        row.sector, row.kbli = SECTORS[at % 3], CLASSES[number % 3]
    else:
        session.get_one(SourceRow, sources[at % 2]).region = "32.73"
    session.flush()


SORTS = st.sampled_from(["insert", "insert", "insert", "many", "bulk", "delete", "demand", "product", "source"])
CHANGES = st.lists(st.tuples(SORTS, st.integers(0, 5), st.integers(0, 3), NUMBERS), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=CHANGES, torn=st.booleans())
def test_the_counts_are_those_of_the_rows_whatever_was_written(store, rows, changes, torn):
    try:
        with store.work() as session:
            for change in changes:
                _change(session, rows, change)
            assert tally_faults(session) == []
            if torn:
                raise InterruptedError
    except InterruptedError:
        pass
    with store.read() as session:
        assert tally_faults(session) == []


def test_a_count_that_is_wrong_is_found_and_mended_and_migrations_count_what_is_there(store, rows):
    with store.work() as session:
        for at in range(6):
            _change(session, rows, ("insert", at, at % 3, 150_000 * at))
        session.execute(update(MatchTallyRow).where(MatchTallyRow.state == "proposed").values(matches=MatchTallyRow.matches + 1))
    with store.work() as session:
        assert tally_faults(session)
        retally(session)
        assert tally_faults(session) == []
    migrate.downgrade(store, "0016")
    migrate.upgrade(store)
    with store.work() as session:
        assert session.scalar(select(MatchTallyRow.id)) is not None
        _change(session, rows, ("many", 1, 3, 0))
        assert tally_faults(session) == []
