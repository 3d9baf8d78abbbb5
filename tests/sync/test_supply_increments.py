"""A UBL source that tells what changed: what it deletes is withdrawn, and its silence about the rest says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned, serve
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.sync.offers import CHANGED, GONE, NEW
from exchange.sync.report import Report
from exchange.sync.run import sync_source

HEAD = (
    '<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>K</cbc:ID>{}'
    "<cbc:IssueDate>2026-03-0{}</cbc:IssueDate>{}"
)


def document(day: int, *lines: tuple[str, str], action: str = "", previous: str = "") -> str:
    """A catalogue of that day; lines: number and name, or number and `Delete`."""
    head = HEAD.format(
        f"<cbc:ActionCode>{action}</cbc:ActionCode>" if action else "",
        day,
        f"<cbc:PreviousVersionID>{previous}</cbc:PreviousVersionID>" if previous else "",
    )
    made = [
        f"<cac:CatalogueLine><cbc:ID>{number}</cbc:ID>"
        + (
            "<cbc:ActionCode>Delete</cbc:ActionCode><cac:Item/>"
            if name == "Delete"
            else f"<cac:Item><cbc:Name>{name}</cbc:Name></cac:Item>"
        )
        + "</cac:CatalogueLine>"
        for number, name in lines
    ]
    return head + "".join(made) + "</Catalogue>"


WHOLE = document(1, ("1", "Meja"), ("2", "Kursi"), ("3", "Rak"), ("4", "Lemari"), action="Replace")


@pytest.fixture
def pull(store, settings) -> Iterator[Callable[..., Report]]:
    """Pulls a UBL source that answers this document, so many days from now."""
    with serve(feeds=(), script={"/katalog.xml": [Canned(b"")]}) as served:
        with store.work() as session:
            options = {"url": f"{served.base}/katalog.xml"}
            session.add(SourceRow(name="tegal", connector="ubl", region="33.76", options=options, local=True, state="approved"))
        begun = utcnow()

        def go(text: str, days: int) -> Report:
            served.script["/katalog.xml"] = [Canned(text.encode())]
            return sync_source(store, settings, "tegal", clock=lambda: begun + timedelta(days=days))

        yield go


@pytest.fixture
def offered(store) -> Callable[[], dict[str, tuple[str, str]]]:
    """Name and state of what is kept, by number."""

    def look() -> dict[str, tuple[str, str]]:
        with store.read() as session:
            return {row.sku: (row.name, row.state) for row in session.scalars(select(SupplyRow))}

    return look


@pytest.mark.parametrize("sign", [{"action": "Update"}, {"action": "Update", "previous": "v1"}, {"previous": "v1"}])
def test_an_increment_changes_what_it_names_and_nothing_else_however_many_days_it_stands_there(pull, offered, sign: dict[str, Any]):
    assert pull(WHOLE, 0).state == "complete"
    change = document(2, ("2", "Kursi lipat"), ("3", "Delete"), ("5", "Bangku"), **sign)
    report = pull(change, 1)
    assert report.state == "complete"
    assert {each: report.skips[each] for each in (NEW, CHANGED, GONE)} == {NEW: 1, CHANGED: 1, GONE: 1}
    for day in (2, 3, 4):
        pull(change, day)
    assert offered() == {
        "1": ("Meja", "live"), "2": ("Kursi lipat", "live"), "3": ("Rak", "withdrawn"), "4": ("Lemari", "live"), "5": ("Bangku", "live"),
    }  # fmt: skip


def test_an_increment_and_the_whole_catalogue_after_it_agree(pull, offered):
    pull(WHOLE, 0)
    pull(document(2, ("3", "Delete"), action="Update"), 1)
    pull(document(3, ("1", "Meja"), ("2", "Kursi"), ("4", "Lemari"), action="Replace"), 2)
    assert {number: state for number, (_, state) in offered().items()} == {"1": "live", "2": "live", "3": "withdrawn", "4": "live"}
    pull(document(4, ("3", "Rak"), action="Update"), 3)
    assert offered()["3"] == ("Rak", "live"), "what is shown again is on offer again"
