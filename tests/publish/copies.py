"""A reader who keeps a copy of the catalogue by full documents and increments, and what happens to the catalogue meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

from lxml import etree

from exchange.access.callers import Within
from exchange.access.policy import Tier
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.publish.base import NothingToPublish, Receiver
from exchange.publish.increments import NothingChanged, build_increment
from exchange.publish.write import build
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.products import products_by_sku, products_of_business
from schemas import ubl

NS = {"c": ubl.CATALOGUE, "cac": ubl.CAC, "cbc": ubl.CBC}


def contracted(*kbli: str, sectors: frozenset[str] = frozenset(), ident: str = "kota-contoh") -> Receiver:
    """A partner with a contract for these objects."""
    return Receiver("33.74", "Kota Contoh", ident=ident, within=Within(sectors, kbli))


VIEWS: list[tuple[Tier, Receiver | None]] = [
    (Tier.PUBLIC, None), (Tier.AGREED, None), (Tier.AGREED, Receiver("33.74", "Kota Contoh", ident="kota-contoh")),
    (Tier.CONTRACTED, contracted("25")), (Tier.CONTRACTED, contracted("99", sectors=frozenset({"pangan"}), ident="kota-lain")),
    (Tier.STAFF, None),
]  # fmt: skip
Lines = dict[str, bytes]


def said(tree: Any, name: str) -> str:
    return str(tree.findtext(f"cbc:{name}", namespaces=NS))


def apply(copy: Lines, tree: Any) -> None:
    """What a reader does with a document: a line that is added was not there, one that is changed or deleted was."""
    if said(tree, "ActionCode") == ubl.ACTION_REPLACE:
        copy.clear()
    for line in tree.iterfind("cac:CatalogueLine", NS):
        [action] = line.findall("cbc:ActionCode", NS)
        sku, what = said(line, "ID"), action.text
        line.remove(action)
        assert (sku in copy) is (what != ubl.ACTION_ADD), (sku, what)
        if what == ubl.ACTION_DELETE:
            assert [node.tag.rpartition("}")[2] for node in line.iter()] == [
                "CatalogueLine",
                "ID",
                "Item",
                "SellersItemIdentification",
                "ID",
            ]
            del copy[sku]
        else:
            copy[sku] = etree.tostring(line)


class Reader:
    """One who keeps a copy by a full catalogue and increments."""

    def __init__(self, store: Store, settings: Any, tier: Tier, receiver: Receiver | None = None) -> None:
        self._store, self._settings, self.tier, self.receiver = store, settings, tier, receiver
        self.copy: Lines = {}
        tree = etree.parse(str(build(store, settings, "ubl", tier, receiver).path)).getroot()
        self.since = said(tree, "VersionID")
        apply(self.copy, tree)

    def catch_up(self, xsd: Any = None) -> list[tuple[str, str]]:
        """Read what changed; SKU and action of each line."""
        try:
            made = build_increment(self._store, self._settings, self.since, self.tier, self.receiver)
        except NothingChanged:
            return []
        tree = etree.parse(str(made.path)).getroot()
        if xsd is not None:
            xsd.assertValid(tree)
        assert (said(tree, "ActionCode"), said(tree, "PreviousVersionID")) == (ubl.ACTION_UPDATE, self.since)
        assert (made.tier, str(made.lines)) == (self.tier, said(tree, "LineCountNumeric"))
        told = [(said(line, "ID"), said(line, "ActionCode")) for line in tree.iterfind("cac:CatalogueLine", NS)]
        self.since = said(tree, "VersionID")
        apply(self.copy, tree)
        return told


def whole(store: Store, settings: Any, tier: Tier, receiver: Receiver | None = None) -> tuple[str | None, Lines]:
    """Version and lines of the full catalogue of now."""
    lines: Lines = {}
    try:
        tree = etree.parse(str(build(store, settings, "ubl", tier, receiver).path)).getroot()
    except NothingToPublish:
        return None, lines
    apply(lines, tree)
    return said(tree, "VersionID"), lines


def consent(store: Store, name: str, *, agreed: bool) -> None:
    with store.work() as session:
        firm = session.query(BusinessRow).filter_by(name=name).one()
        firm.consented_on = date(2026, 1, 2) if agreed else None
        refresh_businesses(session, [firm])
        refresh_products(session, products_of_business(session, firm.id))


def change(store: Store, sku: str, **members: Any) -> None:
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        for member, value in members.items():
            setattr(row, member, value)
        row.version += 1
        refresh_products(session, [row])
