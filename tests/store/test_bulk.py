from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from exchange.store.base import Store, utcnow
from exchange.store.bulk import insert_many, update_many
from exchange.store.demands import DemandRow
from exchange.store.sources import SourceRow

NAMES = ("ident", "reference", "title", "items", "served")
SAME = {
    "source_id": 1, "buyer_name": "Dinas Contoh", "category": "goods", "status": "open", "content_hash": "0", "raw_answer": "0",
    "raw_position": 0, "connector_version": "1", "state": "live", "version": 1, "matched_version": 0,
}  # fmt: skip


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    with opened.work() as session:
        session.add(SourceRow(id=1, name="contoh", connector="table", region="36.04", state="approved"))
    yield opened
    opened.close()


def columns(store: Store) -> dict[str, object]:
    """What every column without a default of the database needs."""
    now = utcnow()
    told = {}
    for column in DemandRow.__table__.columns:
        if column.name in NAMES or column.name == "id" or column.nullable:
            continue
        made = column.default.arg if column.default is not None and not callable(column.default.arg) else None
        told[column.name] = SAME.get(column.name, now if "DATE" in str(column.type).upper() else made if made is not None else [])
    return told


def put(store: Store, rows: list[tuple[object, ...]]) -> None:
    with store.work() as session:
        insert_many(session.connection(), DemandRow.__table__, NAMES, rows, columns(store))  # type: ignore[arg-type]


def test_rows_come_back_as_they_were_handed_over(store: Store) -> None:
    put(store, [(f"d-{at}", str(at), f"Judul “{at}”; 100%s", f'[{{"text": "barang {at}"}}]', at * 250_000) for at in range(3)])
    with store.read() as session:
        found = session.scalars(select(DemandRow).order_by(DemandRow.id)).all()
    assert [row.title for row in found] == [f"Judul “{at}”; 100%s" for at in range(3)]
    assert [row.items for row in found] == [[{"text": f"barang {at}"}] for at in range(3)]
    assert [row.served for row in found] == [Decimal(at) / 4 for at in range(3)]
    assert {row.buyer_name for row in found} == {"Dinas Contoh"}


def test_an_update_changes_the_rows_it_names_and_their_columns_alone(store: Store) -> None:
    put(store, [(f"d-{at}", str(at), "Lama", "[]", None) for at in range(3)])
    with store.work() as session:
        ids = session.scalars(select(DemandRow.id).order_by(DemandRow.id)).all()
        changed = [(ids[0], "Baru", 1_000_000), (ids[2], "Lain", None)]
        update_many(session.connection(), DemandRow.__table__, ("title", "served"), changed, {"matched_model": "kata-0"})  # type: ignore[arg-type]
    with store.read() as session:
        found = session.scalars(select(DemandRow).order_by(DemandRow.id)).all()
    assert [(row.title, row.served, row.matched_model) for row in found] == [
        ("Baru", Decimal(1), "kata-0"),
        ("Lama", None, None),
        ("Lain", None, "kata-0"),
    ]
    assert [row.reference for row in found] == ["0", "1", "2"]


def test_a_row_that_lacks_a_value_is_refused_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(ValueError, match=r"values|argument"):
        put(store, [("d-1", "1", "Judul", "[]", None), ("d-2", "2", "Judul")])
    with store.read() as session:
        assert session.scalars(select(DemandRow)).all() == []


def test_no_rows_are_no_statement(store: Store) -> None:
    put(store, [])
    with store.work() as session:
        update_many(session.connection(), DemandRow.__table__, ("title",), [])  # type: ignore[arg-type]
