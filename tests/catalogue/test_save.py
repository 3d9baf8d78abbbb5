"""What an import writes, what it leaves alone, and refused rows mended and uploaded again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import func, select

from exchange.access.segments import differences
from exchange.catalogue.intake import import_file
from exchange.catalogue.mended import REASON, write_mended
from exchange.catalogue.outcome import Known, Report
from exchange.catalogue.save import known_of, save
from exchange.cli import main
from exchange.settings import Settings
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.changes import ChangeRow
from exchange.store.products import ProductRow
from exchange.store.proposals import ProposalRow
from exchange.store.segments import SegmentRow

TODAY = date(2026, 6, 30)
FIRMS = ["NIB", "Nama IKM", "Badan Usaha", "TK", "Data Contoh"]
PRODUCTS = ["NIB", "Nama IKM", "Nama Produk", "Satuan", "Harga", "Kapasitas", "Uraian"]
ONE = ["9120000000101", "CV Satu", "CV", 5, "ya"]
TWO = ["9120000000102", "CV Dua", "CV", 7, None]
DESK = ["9120000000101", "CV Satu", "Meja tulis jati", "unit", "1,2 jt", "10 unit/bulan", "dari jati"]


def put(store: Store, data: bytes, name: str = "a.xlsx") -> tuple[Report, dict[str, int]]:
    with store.work() as session:
        report = import_file(data, name, known_of(session), TODAY)
        return report, save(session, report, "uji")


def count(store: Store, table: Any) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def all_counts(store: Store) -> list[int]:
    return [count(store, table) for table in (BusinessRow, ProductRow, ChangeRow, AuditRow, ProposalRow, SegmentRow)]


def test_the_same_file_again_changes_nothing_and_tells_nobody(store: Store, book: Callable[..., bytes]) -> None:
    put(store, book(FIRMS, ONE, TWO))
    put(store, book(PRODUCTS, DESK))
    doubtful = book(PRODUCTS, [*DESK[:4], "9 jt", None, None], ["9120000000101", None, "Meja tulis kayu jati", "unit", 5000])
    _, saved = put(store, doubtful)
    assert saved["proposals"] == 2
    before = all_counts(store)
    for data in (book(FIRMS, ONE, TWO), book(PRODUCTS, DESK), doubtful):
        _, saved = put(store, data)
        assert set(saved.values()) == {0}
    assert all_counts(store) == before


def test_nothing_empty_overwrites_and_a_doubtful_price_is_not_published(store: Store, book: Callable[..., bytes]) -> None:
    put(store, book(FIRMS, ONE))
    put(store, book(PRODUCTS, DESK))
    put(store, book(PRODUCTS, ["9120000000101", None, "MEJA TULIS JATI", None, "9 jt", "-", None]))
    with store.read() as session:
        (product,) = known_of(session).products.values()
        bodies = session.scalars(select(SegmentRow.body).where(SegmentRow.kind == "product")).all()
    assert (product["price_min"], product["capacity_max"], product["description"], product["unit_said"]) == (
        1_200_000,
        10,
        "dari jati",
        "unit",
    )
    assert bodies and all(b"9000000" not in body for body in bodies)


def test_a_changed_firm_gives_its_products_a_new_version_and_a_place_in_the_feed(
    store: Store, settings: Settings, book: Callable[..., bytes]
) -> None:
    put(store, book(FIRMS, ONE))
    put(store, book(PRODUCTS, DESK))
    _, saved = put(store, book(FIRMS, ["9120000000101", "CV Satu", "PT", 5, "ya"]))
    assert (saved["businesses_changed"], saved["refreshed"]) == (1, 1)
    with store.read() as session:
        product = session.scalars(select(ProductRow)).one()
        assert product.version == 2
        assert session.scalars(select(ChangeRow.version).where(ChangeRow.kind == "product").order_by(ChangeRow.id)).all() == [1, 2]
        assert differences(session, settings.home_region) == []


def test_only_a_firm_that_agreed_has_segments_for_the_public(store: Store, book: Callable[..., bytes]) -> None:
    put(store, book(FIRMS, ONE, TWO))
    with store.read() as session:
        firms = {row.ident: row.name for row in session.scalars(select(BusinessRow))}
        public = session.scalars(select(SegmentRow.ident).where(SegmentRow.kind == "business", SegmentRow.tier == "public")).all()
    assert [firms[ident] for ident in public] == ["CV Satu"]


def test_refused_rows_come_back_mended_and_are_taken(book: Callable[..., bytes], tmp_path: Path) -> None:
    known = Known({"9120000000101": {"nib": "9120000000101", "name": "CV Satu"}})
    report = import_file(
        book(PRODUCTS, DESK, [*DESK[:4], "0", None, "=1+1 teks"], [None, None, "Kursi", "unit", 5000]), "a.xlsx", known, TODAY
    )
    path = tmp_path / "perbaiki.xlsx"
    assert write_mended(report, path) == 2
    sheet = load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*PRODUCTS, REASON]
    assert (sheet["G2"].value, sheet["G2"].data_type) == ("=1+1 teks", "s")
    assert "harga 0" in str(sheet["H2"].value) and "pemilik" in str(sheet["H3"].value)
    workbook = load_workbook(path)
    workbook.worksheets[0]["E2"], workbook.worksheets[0]["A3"] = "1,3 jt", "9120000000101"
    workbook.save(path)
    again = import_file(path.read_bytes(), path.name, known, TODAY)
    assert (again.count("reject"), again.unknown_columns, len(again.products)) == (0, {}, 2)


def test_formula_like_text_stays_text_on_its_way_out_and_in(tmp_path: Path) -> None:
    rows = f'{";".join(PRODUCTS)}\n9120000000101;;Meja;unit;0;;=HYPERLINK("http://x")\n;;+62;unit;1000;;@SUM(A1)\n'
    known = Known({"9120000000101": {"nib": "9120000000101", "name": "CV Satu"}})
    path = tmp_path / "m.xlsx"
    assert write_mended(import_file(rows.encode(), "a.csv", known, TODAY), path) == 2
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert {'=HYPERLINK("http://x")', "@SUM(A1)", "+62"} <= {cell.value for cell in cells}


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", settings.url())
    monkeypatch.setenv("EXCHANGE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("EXCHANGE_TODAY", TODAY.isoformat())

    def call(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(main, ["catalogue", *words])
        return result.exit_code, result.stdout, result.stderr

    return call


def test_the_command_reports_as_json_alone_and_exits_by_what_was_refused(
    run: Any, book: Callable[..., bytes], tmp_path: Path, store: Store
) -> None:
    good, bad = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    good.write_bytes(book(FIRMS, ONE, TWO))
    bad.write_bytes(book(FIRMS, ["123", "CV Tiga", "CV", 5, None]))
    code, out, _ = run("import", str(good), "--dry-run", "--json")
    assert (code, json.loads(out)["accepted"], count(store, BusinessRow)) == (0, 2, 0)
    code, out, _ = run("import", str(good), "--consent-on", "2026-06-01", "--consent-basis", "BA 7", "--json")
    report = json.loads(out)
    assert (code, report["saved"]["businesses_new"], report["rows"]) == (0, 2, 2)
    assert report["report"][0]["sheet"] == "Sheet1" and report["report"][0]["value"]["nib"] == "9120000000101"
    code, out, _ = run("import", str(bad), "--json", "--mended", str(tmp_path / "m.xlsx"))
    assert (code, json.loads(out)["refused"]) == (1, 1)
    assert (tmp_path / "m.xlsx").exists()
    with store.read() as session:
        assert {row.name: row.consent_basis for row in session.scalars(select(BusinessRow))} == {"CV Satu": "data contoh", "CV Dua": "BA 7"}


def test_misuse_and_unreadable_files_exit_2_with_one_sentence(run: Any, tmp_path: Path) -> None:
    pdf = tmp_path / "a.xlsx"
    pdf.write_bytes(b"%PDF-1.7")
    for words in (["import", str(pdf)], ["import", str(tmp_path / "tiada.xlsx")], ["import", str(pdf), "--consent-on", "2026-06-01"]):
        code, out, err = run(*words)
        assert (code, out) == (2, "") and err and "Traceback" not in err


def test_amounts_and_texts_that_have_no_room_are_left_out_and_the_rest_is_saved(store: Store, book: Callable[..., bytes]) -> None:
    head = [*FIRMS, "Sentra", "Kecamatan"]
    put(store, book(head, [*ONE, "s" * 500, "k" * 500]))
    long = "; ".join(f"SNI {number}:2015" for number in range(1000, 1100))
    columns = [*PRODUCTS, "Min Order", "Berat (kg)", "No. SNI"]
    report, _ = put(store, book(columns, [*DESK[:5], 100 / 3, "kayu", 1e15, 0.1234567891, long]))
    assert report.rows[0].action == "accept_with_warning"
    with store.read() as session:
        known = known_of(session)
    (product,) = known.products.values()
    assert (str(product["capacity_max"]), product["minimum_order"], product["sni"]) == ("33.333333", None, None)
    assert (known.businesses[ONE[0]]["cluster"], known.businesses[ONE[0]]["district"]) == (None, None)
