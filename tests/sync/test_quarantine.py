"""Rows that cannot be understood or kept: they wait with their bytes, and cost no other row."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from connectors.kit.simulator import Canned
from exchange.store.demands import count_demands
from exchange.store.quarantine import QuarantineRow, waiting_references
from exchange.store.sources import source_by_name
from exchange.sync import run as module
from exchange.sync.archive import Archive

from .conftest import counts, package, packages  # isort: skip


UNSTORABLE = {
    "a year before time": {"tgl_pengumuman_paket": "0001-01-01 00:00:00"},
    "a method of many words": {"metode_pengadaan": "x" * 5000},
    "a title with NUL": {"nama_paket": "rak\0 arsip"},
    "half a surrogate pair": {"nama_satker": "Dinas \ud83d"},
    "an id with NUL": {"kd_rup": "7\0"},
    "an id that is far too long": {"kd_rup": "7" * 3000},
    "a price of a thousand digits": {"pagu": "9" * 1000},
}


@pytest.mark.parametrize("what", UNSTORABLE)
def test_one_row_that_cannot_be_kept_as_it_is_costs_no_other_row(partner, what):
    rows = packages(range(700))
    rows[300] |= UNSTORABLE[what]
    report = partner.pull(Canned(json.dumps(rows).encode()))
    assert report.state == "complete"
    assert report.new + report.quarantined == report.fetched == 700
    assert report.new >= 699
    with partner.store.read() as session:
        assert count_demands(session) == report.new


def test_a_row_that_only_the_database_refuses_is_quarantined_and_counted_once(partner, monkeypatch):
    real = module.Batch.take

    def refuses(self, listings, *more):
        if any(raw.reference == "5" for raw in listings):
            self.session.execute(text("INSERT INTO demand (id) VALUES (1)"))
        return real(self, listings, *more)

    monkeypatch.setattr(module.Batch, "take", refuses)
    report = partner.pull(packages(range(40)))
    assert counts(report) == {"fetched": 40, "new": 39, "quarantined": 1}
    with partner.store.read() as session:
        (row,) = session.scalars(select(QuarantineRow)).all()
        assert (row.reference, row.rule) == ("5", "not_storable")


def test_what_was_understood_before_and_is_again_leaves_the_quarantine(partner):
    partner.pull(packages(range(40)))
    partner.pull([package(0, pagu="dua juta"), *packages(range(1, 40))])
    assert counts(partner.pull(packages(range(40)))) == {"fetched": 40, "unchanged": 40}
    with partner.store.read() as session:
        assert waiting_references(session, source_by_name(session, "mitra").id) == {}


def test_a_row_that_cannot_be_understood_waits_with_its_bytes_and_comes_out_when_it_can(partner):
    report = partner.pull([package(0, pagu="dua juta"), *packages(range(1, 40))])
    assert counts(report) == {"fetched": 40, "new": 39, "quarantined": 1}
    with partner.store.read() as session:
        (row,) = session.scalars(select(QuarantineRow)).all()
        body = json.loads(Archive(partner.settings.data_dir / "archive").read(row.answer))
        assert body[row.position]["pagu"] == "dua juta"
        assert row.rule
    partner.pull()
    with partner.store.read() as session:
        assert len(session.scalars(select(QuarantineRow)).all()) == 1, "the same trouble is not listed twice"
    assert counts(partner.pull(packages(range(40)))) == {"fetched": 40, "new": 1, "unchanged": 39}
    with partner.store.read() as session:
        assert waiting_references(session, source_by_name(session, "mitra").id) == {}


def test_an_older_reading_stays_while_a_newer_one_is_not_understood(partner):
    partner.pull(packages(range(40)))
    report = partner.pull([package(0, pagu="dua juta"), *packages(range(1, 40))])
    assert counts(report) == {"fetched": 40, "unchanged": 39, "quarantined": 1}
    with partner.store.read() as session:
        assert count_demands(session) == 40
