"""Quarantine from the command line: causes with an example, one listing, and reading again."""

from __future__ import annotations

import pytest

from connectors.kit.simulator import Canned, serve
from connectors.lkpp_isb import LkppIsb


def package(code, **more):
    names = {"kd_klpd": "D9374", "nama_klpd": "Kota Contoh", "kd_rup": code, "nama_paket": f"Rak {code}", "pagu": code + 1,
             "status_umumkan_rup": "Terumumkan", "status_aktif_rup": True, "status_delete_rup": False}  # fmt: skip
    return names | more


@pytest.fixture
def pulled(exchange):
    """Forty packages of a partner, pulled: three with a ceiling in words, one without a title."""
    rows = [*(package(code, pagu="dua juta") for code in range(3)), package(3, nama_paket=""), *map(package, range(4, 40))]
    with serve(feeds=(), script={"/umpan": [Canned.json(rows)]}) as served:
        url = f"url={served.base}/umpan"
        exchange("source", "add", "smg", "--connector", "lkpp_isb", "--region", "33.74", "--set", url, "--local")
        exchange("source", "approve", "smg", "--without-look", "uji coba")
        assert exchange("sync", "smg", "--json").json()[0]["quarantined"] == 4
        yield served


def test_causes_come_with_counts_and_an_example(exchange, pulled):
    causes = exchange("quarantine", "list", "--json").json()["causes"]
    assert [(cause["rule"], cause["count"], cause["sources"], cause["source"]) for cause in causes] == [
        ("budget_unreadable", 3, 1, "smg"),
        ("title_or_buyer_missing", 1, 1, "smg"),
    ]
    assert "dua juta" in causes[0]["example"]
    assert causes[0]["reference"] == "2"
    assert causes[0]["since"]
    table = exchange("quarantine", "list")
    assert "budget_unreadable" in table.out


def test_one_listing_says_what_read_it_and_whether_its_bytes_are_there(exchange, pulled):
    number = exchange("quarantine", "list", "--json").json()["listings"][0]["id"]
    shown = exchange("quarantine", "show", str(number), "--json").json()
    assert shown["reader"].startswith("lkpp_isb ")
    assert shown["archived"] is True


def test_reading_again_says_what_came_back_and_what_still_breaks_which_rule(exchange, pulled, monkeypatch):
    again = exchange("quarantine", "replay", "--json")
    assert again.code == 1, "some wait on"
    still = {"budget_unreadable": 3, "title_or_buyer_missing": 1}
    counts = {"waiting": 4, "returned": 0, "skipped": 0, "superseded": 0, "expired": 0, "missing": 0, "still": still}
    assert again.json() == {"total": counts, "sources": [{"source": "smg", **counts, "trouble": None}]}

    real = LkppIsb.translate
    monkeypatch.setattr(LkppIsb, "translate", lambda self, raw: real(self, raw._replace(body=raw.body | {"pagu": 7})))
    mended = exchange("quarantine", "replay", "--source", "smg", "--rule", "budget_unreadable", "--json")
    assert (mended.code, mended.json()["total"]["returned"]) == (0, 3)
    shown = exchange("quarantine", "replay")
    assert shown.code == 1
    assert "title_or_buyer_missing" in shown.err
    assert len(pulled.asked) == 1, "nobody asked the source again"


def test_where_nothing_waits_that_is_said(exchange):
    told = exchange("quarantine", "replay")
    assert (told.code, told.out) == (0, "")
    assert exchange("quarantine", "replay", "--source", "lain").code == 2


def test_a_source_with_new_settings_is_read_again_once_it_is_approved(exchange, pulled, monkeypatch):
    real = LkppIsb.translate
    monkeypatch.setattr(LkppIsb, "version", "mended")
    monkeypatch.setattr(LkppIsb, "translate", lambda self, raw: real(self, raw._replace(body=raw.body | {"pagu": 7})))
    update = ("source", "add", "smg", "--update", "--connector", "lkpp_isb", "--region", "33.74", "--local")
    assert exchange(*update, "--set", f"url={pulled.base}/pindah").code == 0
    assert exchange("quarantine", "replay").out == "", "nobody approved it yet"
    approved = exchange("source", "approve", "smg", "--without-look", "uji coba")
    assert "3 dari 4" in approved.err


def test_the_night_tells_what_came_back(exchange, pulled, monkeypatch):
    monkeypatch.setattr(LkppIsb, "version", "mended")
    night = exchange("nightly")
    assert "0 dari 4" in night.out + night.err
