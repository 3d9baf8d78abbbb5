"""Measuring from the command line: JSON alone on standard output, wrong input in one line that says what and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange.cli import main

PRODUCTS = "sku,nama,kata_kunci\nA-1,Rak arsip besi,rak besi\nA-2,Nasi kotak ayam,nasi box\n"
ROWS = [
    {"demand": {"id": "1", "title": "Pengadaan rak arsip", "kind": "Barang"}, "served": True, "grades": {"A-1": 3, "A-2": 0}},
    {"demand": {"id": "2", "title": "Jasa konsultansi", "kind": "Jasa Konsultansi"}, "served": False, "grades": {"A-1": 0}},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    judged, products = tmp_path / "judged.jsonl", tmp_path / "products.csv"
    judged.write_text("\n".join(map(json.dumps, ROWS)), "utf-8")
    products.write_text(PRODUCTS, "utf-8")
    return judged, products


def test_the_measures_come_as_json_and_the_better_order_is_told(files: tuple[Path, Path]) -> None:
    judged, products = files
    told = CliRunner().invoke(main, ["evaluate", "judged", str(judged), "--catalogue", str(products), "--json"])
    assert told.exit_code == 0, told.output
    report = json.loads(told.stdout)
    assert set(report) == {"all", "without_ink"}
    assert (report["all"]["n"], report["all"]["ndcg_at_10"], report["all"]["served_auc"]) == (2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "baris 1"), ('{"demand": {"id": "1"}}', "baris 1"), ("", "tidak ada baris")],
)
def test_a_line_that_is_no_judged_demand_is_named(files: tuple[Path, Path], text: str, said: str) -> None:
    judged, products = files
    judged.write_text(text, "utf-8")
    told = CliRunner().invoke(main, ["evaluate", "judged", str(judged), "--catalogue", str(products)])
    assert told.exit_code == 2
    assert said in told.output


def test_an_unknown_model_and_a_folder_without_orders_are_named(files: tuple[Path, Path], tmp_path: Path) -> None:
    judged, products = files
    told = CliRunner().invoke(main, ["evaluate", "judged", str(judged), "--catalogue", str(products), "--model", "kata-0"])
    assert told.exit_code == 2
    assert "kata-0" in told.output
    told = CliRunner().invoke(main, ["evaluate", "purchases", str(tmp_path)])
    assert told.exit_code == 2
    assert "csv" in told.output
