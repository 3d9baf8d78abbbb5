"""Certification from the command line: a table or JSON, and an exit code that says how it went."""

from __future__ import annotations

import sys

import pytest

BROKEN = """
from connectors.ocds import Ocds


class Menelan(Ocds):
    name = "menelan"

    @classmethod
    def samples(cls):
        return Ocds.samples()

    def listings(self, fetch, window):
        try:
            yield from super().listings(fetch, window)
        except Exception:
            return
"""


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A connector of another distribution that swallows its errors."""
    (tmp_path / "paket_lain").mkdir()
    (tmp_path / "paket_lain" / "__init__.py").write_text("")
    (tmp_path / "paket_lain" / "menelan.py").write_text(BROKEN)
    (tmp_path / "paket_lain" / "rusak.py").write_text("raise RuntimeError('x')")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "paket_lain.menelan:Menelan"
    for name in [each for each in sys.modules if each.startswith("paket_lain")]:
        del sys.modules[name]


def test_a_connector_that_passes_is_told_in_a_table_and_leaves_with_nothing(exchange):
    told = exchange("certify", "lkpp_isb", "--only", "ordinary", "--only", "gzip_bomb", "--only", "endless_pages")
    assert told.code == 0
    for word in ("ordinary", "Bom gzip", "lulus", "tidak berlaku", "expands_too_much"):
        assert word in told.out


def test_a_connector_of_another_distribution_that_fails_leaves_with_one(exchange, stranger):
    told = exchange("certify", stranger, "--only", "ordinary", "--only", "robot_page")
    assert told.code == 1
    assert "GAGAL" in told.out
    report = exchange("certify", stranger, "--only", "ordinary", "--only", "robot_page", "--json").json()
    (connector,) = report["connectors"]
    assert (report["certified"], connector["connector"], connector["passed"], connector["failed"]) == (False, "menelan", 1, 1)
    (ordinary, robot) = connector["scenarios"]
    assert (ordinary["result"], robot["result"], robot["scenario"]) == ("passed", "failed", "robot_page")
    assert robot["says"].endswith(".")
    assert robot["title"] == "Halaman penguji robot"


def test_all_connectors_are_played_and_only_what_failed_is_told_of_several(exchange):
    told = exchange("certify", "all", "--only", "ordinary", "--json")
    names = {each["connector"] for each in told.json()["connectors"]}
    assert {"lkpp_isb", "ocds"} <= names
    assert told.code == (0 if told.json()["certified"] else 1)


def test_the_scenarios_are_listed_with_what_they_guard(exchange):
    rows = exchange("certify", "--list", "--json").json()
    assert len(rows) >= 100
    assert all(row["title"] and row["documentation"] for row in rows)
    assert "reset_at_every_byte" in exchange("certify", "--list").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Sebut konektor"),
        (("tidak_ada",), "lkpp_isb"),
        (("ocds", "--only", "tidak_ada"), "--list"),
        (("paket_lain.rusak:X",), "RuntimeError"),
        (("paket_tiada.x:X",), "ModuleNotFoundError"),
        (("json:dumps",), "bukan kelas konektor"),
        (("connectors.kit.base:Connector",), "bukan kelas konektor"),
        (("paket_lain.menelan:Tiada",), "AttributeError"),
    ],
)
def test_misuse_leaves_with_two_and_says_what_next(exchange, stranger, words, says):
    told = exchange("certify", *words)
    assert (told.code, told.out) == (2, "")
    assert says in told.err
    assert "Traceback" not in told.err
