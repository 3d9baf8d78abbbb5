"""What a look at an import shows and then takes is what the command makes of the same file; nothing of it depends on which way it came."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import delete, func, select

from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.jobs.import_taking import want
from exchange.jobs.imports import receive
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.changes import ChangeRow
from exchange.store.imports import ImportRow, every_line, tallies
from exchange.store.products import ProductRow
from exchange.store.proposals import ProposalRow
from exchange.store.tables import metadata

TODAY = date(2026, 11, 27)
DEMO = Path(__file__).parents[2] / "exchange" / "demo" / "data"
FIRMS = ["NIB", "Nama IKM", "Bentuk Hukum", "Kecamatan", "Tenaga Kerja", "Persetujuan Publikasi"]
PRODUCTS = ["NIB", "SKU", "Nama Produk", "Satuan", "Harga", "Kapasitas/Bulan"]

nibs = st.sampled_from(["9120000000017", "9120000000025", "912", None])
firms = st.tuples(
    nibs, st.sampled_from(["CV Satu Karya", "UD Dua Rasa", "CV Satu", None]), st.sampled_from(["CV", "UD", None]),
    st.sampled_from(["Citangkil", None]), st.sampled_from([3, 12, "dua belas", None]), st.sampled_from(["2026-02-01", "tidak", "ya", None]),
)  # fmt: skip
products = st.tuples(
    nibs, st.sampled_from(["A-1", "A-2", "kode buruk", None, None]),
    st.sampled_from(["Pagar besi hollow", "Pagar besi holow", "Keripik tempe", "Meja kayu", None]),
    st.sampled_from(["m2", "buah", "dus isi 12", "kodi"]), st.sampled_from(["500.000", "600000 - 700000", "5.000.000", "0", "nego", None]),
    st.sampled_from(["10", "200/hari", None]),
)  # fmt: skip
books = st.tuples(st.lists(firms, max_size=4), st.lists(products, max_size=6))


def book(firms: list[Any], products: list[Any]) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, heads, rows in (("Data IKM", FIRMS, firms), ("Data Produk", PRODUCTS, products)):
        sheet = made.create_sheet(name)
        for row in (heads, *rows):
            sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def kept(store: Store) -> list[Any]:
    """The catalogue, the change feed, the doubts and what is on record about products and firms, without times and random names."""
    with store.read() as session:
        idents = {row.ident: row.nib for row in session.scalars(select(BusinessRow))}
        acts = select(AuditRow).where(AuditRow.kind.in_(("business", "product"))).order_by(AuditRow.id)
        known, doubts = known_of(session), session.scalars(select(ProposalRow).order_by(ProposalRow.id))
        versions = {row.nib: row.version for row in session.scalars(select(BusinessRow))}
        versions |= {row.sku: row.version for row in session.scalars(select(ProductRow))}
        return [
            sorted(known.businesses.items()),
            sorted(known.products.items()),
            versions,
            [(row.kind, row.key, row.reason, row.origin, row.data, row.state) for row in doubts],
            [(row.actor, row.action, row.kind, idents.get(row.ident, row.ident), row.facts) for row in session.scalars(acts)],
            session.scalar(select(func.count()).select_from(ChangeRow)),
        ]


def empty(store: Store) -> None:
    with store.work() as session:
        for table in reversed(metadata.sorted_tables):
            if table.name in {
                "business",
                "product",
                "proposal",
                "audit",
                "segment",
                "change",
                "import_source",
                "catalogue_import",
                "catalogue_import_line",
            }:
                session.execute(delete(table))


def by_command(store: Store, body: bytes) -> None:
    with store.work() as session:
        save(session, import_file(body, "katalog.xlsx", known_of(session), TODAY), "petugas")


def by_page(store: Store, settings: Any, body: bytes) -> None:
    number = receive(store, settings, body, "katalog.xlsx", "petugas")
    with store.read() as session:
        row = session.get_one(ImportRow, number)
    assert row.state == "preview", row.trouble
    want(store, settings, number, row.version, "petugas")
    with store.read() as session:
        assert session.get_one(ImportRow, number).state == "taken"


@example_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=books, second=books)
def test_what_is_looked_at_and_taken_whole_is_what_the_command_imports(store: Store, settings: Any, first: Any, second: Any):
    today = settings.__class__(**{**settings.__dict__, "today": TODAY})
    ways = []
    for way in (by_command, lambda store, body: by_page(store, today, body)):
        empty(store)
        for each in (first, second):
            way(store, book(*each))
        ways.append(kept(store))
    assert ways[0] == ways[1]


def test_every_row_of_a_file_is_one_line_or_a_doubt(store: Store, settings: Any):
    for name in ("businesses.csv", "products.csv"):
        number = receive(store, settings, (DEMO / name).read_bytes(), name, "petugas")
        want(store, settings, number, 2, "petugas")
    with store.read() as session:
        assert tallies(session, 1)["firm_new"] == (64, 64)
        assert {each.line for each in every_line(session, 2)} >= set(range(2, 302))
        assert [row.state for row in session.scalars(select(ImportRow).order_by(ImportRow.id))] == ["taken", "taken"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_dirty_sample_is_shown_as_its_authors_expect(store: Store, settings: Any, shared: Path):
    import json

    expected = json.loads((shared / "sample" / "dirty_expected.json").read_text(encoding="utf-8"))
    today = settings.__class__(**{**settings.__dict__, "today": date.fromisoformat(expected["tanggal_acuan"])})
    for name in ("businesses.csv", "products.csv"):
        want(store, today, receive(store, today, (shared / "sample" / name).read_bytes(), name, "petugas"), 2, "petugas")
    number = receive(store, today, (shared / "sample" / "katalog_ikm_kotor.xlsx").read_bytes(), "katalog_ikm_kotor.xlsx", "petugas")
    with store.read() as session:
        lines = every_line(session, number)
    refused = {(each.sheet, each.line) for each in lines if each.part == "refused"}
    assert refused == {(row["sheet"], row["row"]) for row in expected["rows"] if row["action"] == "reject"}
    assert all(each.body["at"] and each.body["mend"] for each in lines if each.part == "refused")
    skipped = {(row["sheet"], row["row"]) for row in expected["rows"] if row["action"] == "skip"}
    assert skipped <= {(each.sheet, each.line) for each in lines if each.part == "skipped"}
