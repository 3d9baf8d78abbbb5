"""What a night prints: cron mails it, so it is short where all is well, and can be nothing at all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from connectors.kit.simulator import Canned, serve
from exchange.cli.sync import _forgotten
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.sources import SourceRow


@pytest.fixture
def partner(store):
    """One source that answers."""
    with serve(script={"/rusak": [Canned(b"<html><title>Maaf</title></html>")]}) as served:
        add(store, "tegal", served.urls["tegal"])
        yield served


def add(store, name, url):
    with store.work() as session:
        session.add(SourceRow(name=name, connector="ocds", region="33.28", options={"url": url}, local=True, state="approved"))


def test_a_good_night_prints_two_lines_and_with_quiet_nothing(exchange, partner):
    told = exchange("nightly")
    assert (told.code, told.err) == (0, "")
    assert "1 lengkap" in told.out
    assert told.out.endswith("Semua baik.\n")
    assert len(told.out.splitlines()) == 2
    told = exchange("nightly", "--quiet")
    assert (told.code, told.out, told.err) == (0, "", "")


def test_a_night_that_needs_a_person_says_what_and_where_and_leaves_with_one(exchange, store, partner):
    add(store, "rusak", partner.base + "/rusak")
    told = exchange("nightly", "--quiet")
    assert (told.code, told.err) == (1, "")
    assert told.out.startswith("rusak: Sumber mulai gagal")
    assert len(told.out.splitlines()) == 1
    told = exchange("nightly")
    assert told.code == 0, "a source that keeps failing is told about once"
    assert "1 lengkap, 1 gagal" in told.out or "1 gagal, 1 lengkap" in told.out


def test_the_loud_form_shows_the_runs_that_ask_for_a_person_and_no_others(exchange, store, partner):
    add(store, "rusak", partner.base + "/rusak")
    told = exchange("nightly")
    assert told.code == 1
    assert "1 hal perlu dilihat orang." in told.out
    assert "Pengambilan" in told.out
    assert "tegal" not in told.out
    assert "halaman HTML" in told.err or "HTML" in told.err


def test_misuse_leaves_with_two_and_asks_nobody(exchange, partner):
    assert exchange("nightly", "--diam").code == 2
    assert exchange("nightly", EXCHANGE_PORT="x").code == 2
    assert partner.asked == []


def test_the_json_tells_every_source_with_all_its_figures(exchange, partner):
    told = exchange("nightly", "--json").json()
    (row,) = told["sources"]
    assert {"fetched", "new", "changed", "unchanged", "missing", "held", "withdrawn", "quarantined", "duplicates", "bytes", "requests",
            "seconds", "state", "reasons"} <= set(row)  # fmt: skip
    assert (told["needs"], told["all_well"]) == ([], True)


def test_a_night_says_in_one_line_what_went_because_its_days_were_over(exchange, store, partner):
    assert exchange("nightly").code == 0
    with store.work() as session:
        session.execute(update(ChangeRow).values(at=utcnow() - timedelta(days=400)))
    said = exchange("nightly").out.splitlines()
    told = re.compile(
        r"Lewat masa simpan, dihapus: [1-9]\d* perubahan umpan, 0 data dari 0 pengambilan, 0 perubahan permintaan yang tergantikan\."
    )
    assert len(said) == 3 and len([line for line in said if told.fullmatch(line)]) == 1
    assert len(exchange("nightly").out.splitlines()) == 2, "nothing more is to go"


def test_what_is_left_for_another_night_is_said_too():
    gone = {"changes": 0, "runs": 3, "run_listings": 7, "demand_changes": 0, "all": False}
    (line,) = _forgotten(gone)
    assert "7 data dari 3 pengambilan" in line and line.endswith("Sisanya dihapus malam berikutnya.")
    assert _forgotten(gone | {"run_listings": 0, "all": True}) == [] == _forgotten({})
