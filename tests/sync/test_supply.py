"""What other regions offer: kept apart by their feed and by their catalogues, and never among our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.kit.simulator import Canned, serve
from exchange.matching.run import rematch
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.in_use import answers_in_use
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.segments import SegmentRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.sync.offers import CHANGED, GONE, NEW, SAME
from exchange.sync.replay import replay
from exchange.sync.report import Report
from exchange.sync.run import sync_source

from .conftest import counts  # isort: skip

RECORDED = Path(__file__).parents[1] / "connectors" / "recordings" / "ubl" / "katalog" / "katalog.xml"
CATALOGUE = RECORDED.read_text("utf-8")


@pytest.fixture
def pull(store, settings) -> Iterator[Callable[..., Report]]:
    """Pulls a UBL source `tegal` that answers this document."""
    with serve(feeds=(), script={"/katalog.xml": [Canned(b"")]}) as served:
        with store.work() as session:
            options = {"url": f"{served.base}/katalog.xml"}
            session.add(SourceRow(name="tegal", connector="ubl", region="33.76", options=options, local=True, state="approved"))

        def go(document: str, **more: Any) -> Report:
            served.script["/katalog.xml"] = [Canned(document.encode())]
            return sync_source(store, settings, "tegal", **more)

        yield go


@pytest.fixture
def offered(store) -> Callable[[], dict[str, tuple[str, str, int]]]:
    """Name, state and version of what is kept, by SKU."""

    def look() -> dict[str, tuple[str, str, int]]:
        with store.read() as session:
            return {row.sku: (row.name, row.state, row.version) for row in session.scalars(select(SupplyRow))}

    return look


def test_a_catalogue_alone_is_a_complete_list_of_offers(pull, offered, store):
    report = pull(CATALOGUE)
    assert (report.state, counts(report), dict(report.skips)) == ("complete", {"fetched": 2, "skipped": 2}, {NEW: 2})
    assert offered() == {"EMP-01": ("Emping Melinjo", "live", 1), "2": ("Rak Arsip Besi", "live", 1)}
    with store.read() as session:
        row = session.scalars(select(SupplyRow).where(SupplyRow.sku == "EMP-01")).one()
        assert (row.region, row.producer, row.record["price_min"], row.record["minimum_order"]) == (
            "33.74",
            "KUB Melinjo Contoh",
            "25000",
            "12",
        )
        assert row.raw_answer in answers_in_use(session)


def test_what_is_said_again_stays_what_it_was_and_what_changed_has_its_next_version(pull, offered):
    pull(CATALOGUE)
    assert dict(pull(CATALOGUE.replace("2026-03-02", "2026-04-02")).skips) == {SAME: 2}
    report = pull(CATALOGUE.replace("25000.00", "26000.00"))
    assert (report.state, dict(report.skips)) == ("complete", {CHANGED: 1, SAME: 1})
    assert offered() == {"EMP-01": ("Emping Melinjo", "live", 2), "2": ("Rak Arsip Besi", "live", 1)}


def test_what_whole_lists_no_longer_name_is_no_longer_on_offer_and_not_forgotten(pull, offered, at):
    begun = utcnow()
    whole = CATALOGUE
    start = whole.index("  <cac:CatalogueLine>\n    <cbc:ID>2</cbc:ID>")
    pull(whole)
    report = pull(whole[:start] + "</Catalogue>")
    assert report.state == "unproven", "half of a list proves nothing"
    assert offered()["2"][1] == "live"
    three = "".join(
        f"<cac:CatalogueLine><cbc:ID>{n}</cbc:ID><cac:Item><cbc:Name>Meja {n}</cbc:Name></cac:Item></cac:CatalogueLine>" for n in (3, 4, 5)
    )
    pull(whole.replace("</Catalogue>", f"{three}</Catalogue>"), clock=at(begun))
    for day in (1, 2):
        assert offered()["2"][1] == "live"
        assert pull(whole[:start] + f"{three}</Catalogue>", clock=at(begun + timedelta(days=day))).state == "complete"
    assert {sku: each[1] for sku, each in offered().items()} == {"EMP-01": "live", "2": "missing", "3": "live", "4": "live", "5": "live"}
    assert pull(whole.replace("</Catalogue>", f"{three}</Catalogue>")).skips[CHANGED] == 1
    assert offered()["2"] == ("Rak Arsip Besi", "live", 2)


def test_a_line_that_is_deleted_is_withdrawn(pull, offered):
    pull(CATALOGUE)
    report = pull(CATALOGUE.replace("<cbc:ID>2</cbc:ID>", "<cbc:ID>2</cbc:ID><cbc:ActionCode>Delete</cbc:ActionCode>"))
    assert dict(report.skips) == {SAME: 1, GONE: 1}
    assert offered()["2"] == ("Rak Arsip Besi", "withdrawn", 2)


def test_an_offer_that_cannot_be_read_waits_with_its_rule_and_comes_back(pull, offered, store, settings, monkeypatch):
    from connectors.kit import Refused
    from connectors.ubl import Ubl

    real = Ubl.supply

    def refuse(self, raw):
        if raw.reference.endswith(":2"):
            raise Refused("price_strange", "Harga tidak dapat dibaca.")
        return real(self, raw)

    monkeypatch.setattr(Ubl, "supply", refuse)
    report = pull(CATALOGUE)
    assert (report.quarantined, set(offered())) == (1, {"EMP-01"})
    with store.read() as session:
        assert session.scalars(select(QuarantineRow.rule)).all() == ["price_strange"]
    monkeypatch.undo()
    replay(store, settings, "sari", name="tegal")
    assert set(offered()) == {"EMP-01", "2"}
    with store.read() as session:
        assert session.scalars(select(QuarantineRow.state)).all() == ["replayed"]


def test_a_connector_s_bug_costs_one_offer_and_not_the_run(pull, offered, monkeypatch):
    from connectors.ubl import Ubl

    real = Ubl.supply
    monkeypatch.setattr(Ubl, "supply", lambda self, raw: real(self, raw) if raw.reference.endswith(":1") else 1 / 0)
    assert (pull(CATALOGUE).quarantined, set(offered())) == (1, {"EMP-01"})


def test_products_of_another_node_are_its_region_s_supply(a, b):
    a.put(1)
    a.offer("LGM-1", "LGM-2", "LGM-3")
    report = b.pull()
    assert (report.state, counts(report), dict(report.skips)) == ("complete", {"fetched": 4, "new": 1, "skipped": 3}, {NEW: 3})
    assert b.supply() == {"LGM-1": "Pagar LGM-1", "LGM-2": "Pagar LGM-2", "LGM-3": "Pagar LGM-3"}
    a.offer("LGM-1", name="Pagar besi")
    a.no_longer_offer("LGM-2")
    assert dict(b.pull().skips) == {CHANGED: 1, GONE: 1}
    assert b.supply() == {"LGM-1": "Pagar besi", "LGM-3": "Pagar LGM-3"}
    assert set(b.supply("withdrawn")) == {"LGM-2"}
    with b.store.read() as session:
        (row,) = session.scalars(select(SupplyRow).where(SupplyRow.sku == "LGM-1")).all()
        assert (row.region, row.producer, row.version) == ("33.74", "CV Karya Logam", 2)


def test_a_new_database_there_leaves_what_it_no_longer_offers_as_not_named(a, b):
    a.put(1)
    a.offer("LGM-1", "LGM-2", "LGM-3", "LGM-4")
    b.pull()
    a.replace([1])
    a.offer("LGM-2", "LGM-3", "LGM-4")
    assert b.pull().state == "complete"
    assert set(b.supply()) == {"LGM-1", "LGM-2", "LGM-3", "LGM-4"}, "one list proves nothing"
    later = utcnow() + timedelta(days=1, hours=1)
    assert b.pull(clock=lambda: later).state == "complete", "what changed since then would have named it"
    assert (set(b.supply()), set(b.supply("missing"))) == ({"LGM-2", "LGM-3", "LGM-4"}, {"LGM-1"})


def test_supply_is_in_no_catalogue_match_nor_publication_of_ours(a, b):
    a.put(1, title="Pagar besi")
    a.offer("LGM-1", name="Pagar besi")
    b.pull()
    rematch(b.store, home_region="36.72", folder=b.settings.index())
    with b.store.read() as session:
        assert session.scalar(select(func.count()).select_from(ProductRow)) == 0
        assert session.scalar(select(func.count()).select_from(MatchRow)) == 0
        assert set(session.scalars(select(SegmentRow.kind))) == {"demand"}
        assert set(session.scalars(select(ChangeRow.kind))) == {"demand"}
