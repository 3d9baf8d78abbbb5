"""`exchange source preview`: what is asked for, what is offered and what cannot be read, each in words and none of it saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.kit.simulator import Canned, serve
from exchange.store.supply import SupplyRow

CATALOGUE = (Path(__file__).parents[1] / "connectors" / "recordings" / "ubl" / "katalog" / "katalog.xml").read_text("utf-8")


@pytest.fixture
def preview(exchange):
    """Looks at a UBL source that answers this document; the rows of its JSON, and its table."""
    with serve(feeds=(), script={"/k.xml": [Canned(b"")]}) as served:
        url = f"url={served.base}/k.xml"
        exchange("source", "add", "tegal", "--connector", "ubl", "--region", "33.76", "--set", url, "--local")

        def look(document):
            served.script["/k.xml"] = [Canned(document.encode())]
            seen = exchange("source", "preview", "tegal", "--json")
            checked = exchange("source", "check", "tegal", "--json").json()
            assert checked["understood"] == sum(each["outcome"] in {"saved", "offered"} for each in seen.json()["listings"])
            return seen.json()["listings"], exchange("source", "preview", "tegal").out

        yield look


def test_what_is_offered_is_shown_as_an_offer_in_its_wire_form_and_in_words(preview, store):
    listings, table = preview(CATALOGUE)
    assert [(each["outcome"], each["reason"], each["demand"]) for each in listings] == [("offered", None, None)] * 2
    its = listings[0]["supply"]
    assert (its["sku"], its["name"], its["producer"]["name"]) == ("EMP-01", "Emping Melinjo", "KUB Melinjo Contoh")
    for said in ("pasokan", "Emping Melinjo", "KUB Melinjo Contoh; IDR 25000", "Rak Arsip Besi"):
        assert said in table
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(SupplyRow)) == 0


def test_an_offer_that_is_taken_back_or_cannot_be_read_says_so(preview, monkeypatch):
    from connectors.ubl import Ubl

    real = Ubl.supply
    monkeypatch.setattr(Ubl, "supply", lambda self, raw: {**real(self, raw), "price_min": "mahal"})
    deleted = CATALOGUE.replace("<cbc:ID>2</cbc:ID>", "<cbc:ID>2</cbc:ID><cbc:ActionCode>Delete</cbc:ActionCode>")
    listings, table = preview(deleted)
    assert [each["outcome"] for each in listings] == ["quarantined", "skipped"]
    assert "price_min" in listings[0]["reason"]
    assert "sudah tidak ada" in listings[1]["reason"]
    assert "tidak terbaca" in table
    assert "dilewati" in table


def test_a_bug_of_the_connector_costs_one_line_of_the_preview(preview, monkeypatch):
    from connectors.ubl import Ubl

    real = Ubl.supply
    monkeypatch.setattr(Ubl, "supply", lambda self, raw: real(self, raw) if raw.reference.endswith(":1") else 1 / 0)
    assert [each["outcome"] for each in preview(CATALOGUE)[0]] == ["offered", "quarantined"]
