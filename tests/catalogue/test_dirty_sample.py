"""The sample catalogue, clean and dirty, held to what its authors expect of a careful import."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known, Report

DEMO = Path(__file__).parents[2] / "exchange" / "demo" / "data"


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "sample" / "dirty_expected.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def clean(shared: Path) -> Known:
    known = Known()
    for name in ("businesses.csv", "products.csv"):
        report = import_file((shared / "sample" / name).read_bytes(), name, known, date(2026, 11, 23))
        assert report.count("reject") == 0
        known = Known(known.businesses | report.businesses, known.products | report.products)
    return known


@pytest.fixture(scope="module")
def dirty(shared: Path, clean: Known, expected: dict[str, Any]) -> Report:
    today = date.fromisoformat(expected["tanggal_acuan"])
    return import_file((shared / "sample" / "katalog_ikm_kotor.xlsx").read_bytes(), "katalog_ikm_kotor.xlsx", clean, today)


def test_the_clean_workbook_and_the_two_csv_give_the_same_64_firms_and_300_products(shared: Path, clean: Known) -> None:
    data = (shared / "sample" / "katalog_ikm_cilegon.xlsx").read_bytes()
    report = import_file(data, "katalog_ikm_cilegon.xlsx", Known(), date(2026, 11, 23))
    assert report.counts() == {"rows": 364, "accepted": 364, "warned": 0, "refused": 0, "skipped": 0}
    assert (len(report.businesses), len(report.products), report.pending, report.unknown_columns) == (64, 300, [], {})
    assert report.products == clean.products
    assert report.businesses == clean.businesses


def test_the_demo_carries_the_same_catalogue() -> None:
    known = Known()
    for name in ("businesses.csv", "products.csv"):
        report = import_file((DEMO / name).read_bytes(), name, known, date(2026, 11, 23))
        assert report.count("accept") == len(report.rows)
        known = Known(known.businesses | report.businesses, known.products | report.products)
    assert (len(known.businesses), len(known.products)) == (64, 300)
    assert all(firm["consent_basis"] == "data contoh" for firm in known.businesses.values())


def test_every_row_of_the_dirty_workbook_ends_and_reads_as_expected(dirty: Report, expected: dict[str, Any]) -> None:
    told = {(row["sheet"], row["row"]): row for row in dirty.as_json()["report"]}
    wrong = []
    for want in expected["rows"]:
        row = told[want["sheet"], want["row"]]
        if row["action"] not in {want["action"], want.get("alternatif")}:
            wrong.append((want["sheet"], want["row"], want["action"], row["action"], row["reason"], row["warnings"]))
        for name, value in want.get("value", {}).items():
            if row["value"] is None or row["value"].get(name) != value:
                wrong.append((want["sheet"], want["row"], name, value, row["value"] and row["value"].get(name)))
    assert wrong == []
    assert len(expected["rows"]) == 95


def test_rows_beyond_the_expected_are_blank_ones(dirty: Report, expected: dict[str, Any]) -> None:
    named = {(row["sheet"], row["row"]) for row in expected["rows"]}
    assert {row.reason for row in dirty.rows if (row.sheet, row.row) not in named} == {"baris kosong"}


def test_every_refusal_says_why_and_every_warning_stands_in_words(dirty: Report) -> None:
    for row in dirty.rows:
        assert (row.reason is not None) == (row.action in {"reject", "skip"})
        assert row.action != "accept_with_warning" or row.warnings
        assert row.action != "accept" or not row.warnings


def test_doubtful_prices_and_products_of_the_dirty_workbook_wait_and_are_not_saved(dirty: Report, clean: Known) -> None:
    assert dirty.pending
    for doubt in dirty.pending:
        if doubt.kind == "price":
            for member in ("price_min", "price_max", "unit_said"):
                assert dirty.products[doubt.key][member] == clean.products[doubt.key][member]
        else:
            assert doubt.data["name"] not in {product["name"] for product in dirty.products.values()}


def test_nothing_that_was_kept_is_emptied_by_the_dirty_workbook(dirty: Report, clean: Known) -> None:
    for kept, saved in ((clean.businesses, dirty.businesses), (clean.products, dirty.products)):
        for key, record in saved.items():
            assert [name for name, value in kept[key].items() if value not in (None, []) and record[name] in (None, [])] == []
