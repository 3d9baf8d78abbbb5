"""The migrations and the models say the same."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload

import exchange.store
from exchange.access.segments import differences, refresh_businesses, refresh_products
from exchange.store import migrate
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.photos import PRODUCT, VISIT, PhotoRow
from exchange.store.products import ProductRow
from exchange.store.runs import AnswerRow, RunRow
from exchange.store.search import EntryRow
from exchange.store.segments import SegmentRow
from exchange.store.sources import SourceRow


def test_a_database_brought_up_by_migrations_equals_the_models(store: Store):
    assert migrate.is_current(store)
    assert migrate.differences(store) == []


def test_migrations_run_down_and_up_again(store: Store):
    migrate.downgrade(store, "base")
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store)
    assert migrate.differences(store) == []


def test_upgrading_twice_changes_nothing(store: Store):
    migrate.upgrade(store)
    assert migrate.is_current(store)


def test_the_newest_migration_is_the_one_that_the_store_asks_for():
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrate._config()).get_current_head() == migrate.HEAD


def test_what_is_kept_survives_the_way_down_and_up_again(store: Store):
    with store.work() as session:
        source = SourceRow(name="mitra", connector="lkpp_isb", region="33.74", state="approved")
        session.add(source)
        session.flush()
        run = RunRow(source_id=source.id, connector_version="1")
        session.add(run)
        session.flush()
        session.add(AnswerRow(run_id=run.id, digest="0" * 64, url="https://…", status=200, size=1))
        kept = {
            "content_hash": "0",
            "raw_answer": "0",
            "raw_position": 0,
            "connector_version": "1",
            "buyer_name": "Dinas",
            "status": "open",
        }
        for number, since in enumerate((None, utcnow())):
            ident = f"d-{number}"
            session.add(
                DemandRow(ident=ident, source_id=source.id, reference=ident, title="Rak", missing_since=since, held_why="kept", **kept)
            )
    migrate.downgrade(store, "0003")
    migrate.upgrade(store)
    with store.read() as session:
        assert session.scalars(select(DemandRow.held_why).order_by(DemandRow.id)).all() == [None, "guard"], "a person must look again"
        assert session.scalars(select(AnswerRow.digest)).all() == ["0" * 64]
        assert session.scalars(select(RunRow.night_id)).all() == [None]


def test_what_is_searched_is_made_of_the_records_that_are_kept(store: Store):
    at = datetime(2026, 11, 1, 5, 6, 7, 891_234, tzinfo=UTC)
    with store.work() as session:
        firms = [
            BusinessRow(nib="9120000011111", name="CV Straße", district="Straße " * 11, cluster="Sentra Las", kbli=["25111", "25119"],
                        consented_on=date(2026, 1, 5), updated_at=at),
            BusinessRow(nib="9120000022222", name="PT Diam", updated_at=at),
        ]  # fmt: skip
        products = [
            ProductRow(sku=f"A-{number}", name="Pagar besi", business=firms[number % 2], keywords=["las", "mengelas"], updated_at=at,
                       price_max=Decimal("1000.5"), capacity_max=Decimal("0.25"), tkdn_percent=Decimal("40.5"), halal="ID1", hs="730890")
            for number in range(3)
        ]  # fmt: skip
        session.add_all([*firms, *products])
        session.flush()
        refresh_businesses(session, firms)
        refresh_products(session, products)
    migrate.downgrade(store, "0007")
    migrate.upgrade(store)
    with store.work() as session:
        assert differences(session, "36.72") == []
        products = list(session.scalars(select(ProductRow).options(joinedload(ProductRow.business))))
        refresh_products(session, products)
        assert len(session.scalars(select(EntryRow.id)).all()) == 5, "numbered on behind what the migration made"


def test_finished_products_tell_their_photos_after_the_migration_as_after_a_rebuild(store):
    at = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    with store.work() as session:
        firm = BusinessRow(nib="9120000011111", name="CV Contoh", consented_on=date(2026, 1, 5), updated_at=at)
        products = [ProductRow(sku=f"A-{number}", name="Pagar", business=firm, updated_at=at) for number in range(3)]
        session.add_all([firm, *products])
        session.flush()
        kept = {"kind": PRODUCT, "owner_id": products[0].id, "thumb": "0" * 64, "width": 4, "height": 3, "size": 9, "made_by": "petugas"}
        session.add_all(
            [
                PhotoRow(**kept, position=2, sha256="a" * 64, alt="Kedua"),
                PhotoRow(**kept, position=1, sha256="b" * 64, alt="Straße “besi”"),
                PhotoRow(**kept, position=3, sha256="c" * 64, alt="Dihapus", removed_at=at, removed_by="petugas"),
                PhotoRow(**kept | {"kind": VISIT}, position=1, sha256="d" * 64, alt="Bengkel"),
            ]
        )
        session.flush()
        refresh_businesses(session, [firm])
        refresh_products(session, products)
    migrate.downgrade(store, "0028")
    with store.read() as session:
        assert not any(b"photos" in body for body in session.scalars(select(SegmentRow.body)))
    migrate.upgrade(store)
    with store.read() as session:
        assert differences(session, "36.72") == []
        assert any(b"Kedua" in body for body in session.scalars(select(SegmentRow.body)))


STORE = sorted(path.stem for path in Path(exchange.store.__file__).parent.glob("*.py") if "ForeignKey(" in path.read_text())


@pytest.mark.parametrize("module", STORE)
def test_a_table_brings_those_that_it_points_to(module):
    """A command imports what it needs and nothing else."""
    said = f"import exchange.store.{module}; from exchange.store.base import Row; print(len(Row.metadata.sorted_tables))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
