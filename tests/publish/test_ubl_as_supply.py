"""Our own catalogue, read by our own connectors: by the UBL documents and by the change feed it is the same supply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from connectors.kit import Fetch, RawListing
from connectors.kit.simulator import Canned, serve
from connectors.kit.wire import offer_of
from connectors.ubl import Ubl
from exchange.access.policy import Tier
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.publish.increments import build_increment
from exchange.publish.picture import head_of
from exchange.publish.write import build
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.products import products_by_sku, products_of_business
from exchange.store.segments import all_segments
from schemas.supply import SupplySchema

SCHEMA = SupplySchema()
NODE = "https://simpul.example"


@pytest.fixture
def settings(settings):
    """Of a node whose address is set, so that records have links."""
    return replace(settings, base_url=NODE)


def listed(paths: Iterable[Path]) -> tuple[list[RawListing], bool]:
    """What the connector `ubl` lists of documents that are served over HTTP, and whether it took them for changes alone."""
    documents = {f"/{place}.xml": [Canned(path.read_bytes())] for place, path in enumerate(paths)}
    with serve(feeds=(), script=documents | {"/daftar": [Canned(orjson.dumps(sorted(documents)))]}) as served:
        connector = Ubl({"url": f"{served.base}/daftar"})
        with Fetch(lambda body, meta: "0" * 64, connector.approved(), local=True) as fetch:
            found = list(connector.listings(fetch, None))  # type: ignore[arg-type]
            changes_only = fetch.facts.changes_only
    assert all(raw.supply for raw in found)
    assert len({raw.reference for raw in found}) == len(found)
    return found, changes_only


def by_documents(*paths: Path) -> dict[str, dict[str, Any]]:
    """The offers in these documents, by SKU."""
    connector = Ubl({"url": NODE})
    offers = [connector.supply(raw) for raw in listed(paths)[0] if not raw.gone]
    return {offer["sku"]: SCHEMA.load(offer) for offer in offers}


def by_feed(store: Store, tier: Tier) -> dict[str, dict[str, Any]]:
    """What the connector `exchange_node` makes of the same products."""
    with store.read() as session:
        records = [orjson.loads(body) for _, _, body in all_segments(session, "product", tier)]
    told = {}
    for record in records:
        offer, fault = offer_of(record, record["sku"], f"{NODE}/api/v1/products/{record['sku']}")
        assert fault is None
        told[record["sku"]] = SCHEMA.load(offer)
    return told


def assert_same(read: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]], region: str, **other: Any) -> None:
    assert read.keys() == told.keys()
    for sku, offer in told.items():
        assert read[sku]["region"] == region
        unit = {"unit_said": read[sku]["unit_said"]} if offer["unit_said"] is None else {}
        assert read[sku] | {"region": None} == offer | unit | other, sku


@pytest.mark.parametrize("world", ["catalogue", "sample"])
@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.AGREED, Tier.STAFF])
def test_the_document_and_the_feed_tell_the_same_supply(request, settings, world, tier):
    store = request.getfixturevalue(world)
    told = by_feed(store, tier)
    assert len(told) > 1
    assert (told[min(told)]["capacity_max"] is not None) is (tier is Tier.STAFF)
    assert_same(by_documents(build(store, settings, "ubl", tier).path), told, settings.home_region)


def without_lapsed(offer: dict[str, Any], day: date) -> dict[str, Any]:
    until = offer["price_valid_until"]
    lapsed = until is not None and until < day
    return offer | ({"price_min": None, "price_max": None, "price_valid_until": None} if lapsed else {})


@pytest.mark.parametrize("world", ["catalogue", "sample"])
@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.STAFF])
def test_the_peppol_profile_tells_the_same_supply_but_links_and_lapsed_prices(request, settings, world, tier):
    store = request.getfixturevalue(world)
    with store.read() as session:
        day = head_of(session, settings, tier).changed_at.astimezone(ZoneInfo("Asia/Jakarta")).date()
    told = {sku: without_lapsed(offer, day) for sku, offer in by_feed(store, tier).items()}
    priced = [offer for offer in told.values() if offer["price_max"] is not None]
    assert priced
    read = by_documents(build(store, settings, "ubl_peppol", tier).path)
    assert_same(read, told, settings.home_region, url=None)


@pytest.mark.parametrize("name", ["ubl", "ubl_peppol"])
def test_names_of_firms_and_goods_that_look_like_a_persons_number_are_names(catalogue, offer, settings, name):
    with catalogue.work() as session:
        firm = session.query(BusinessRow).filter_by(name="Usaha CV").one()
        firm.ident = "ikm-083390894762"
        refresh_products(session, products_of_business(session, firm.id))
        number = firm.id
    for sku in ("081234567890", "081234567891", "3672010101900001"):
        offer(sku, number, halal="ID" + sku, sni="3672010101900001")
    read = by_documents(build(catalogue, settings, name).path)
    assert {"081234567890", "081234567891", "3672010101900001"} < read.keys()
    one = read["081234567890"]
    assert (one["producer"]["ident"], one["halal"], one["sni"]) == ("ikm-083390894762", "ID081234567890", "3672010101900001")


def everything_happens(store: Store) -> None:
    with store.work() as session:
        rows = products_by_sku(session)
        rows["A-1"].name, rows["A-2"].state, rows["D-1"].state = "Berganti nama", "withdrawn", "active"
        refresh_products(session, [rows["A-1"], rows["A-2"], rows["D-1"]])
        for name, agreed in (("Usaha PT", True), ("Usaha UD", False)):
            firm = session.query(BusinessRow).filter_by(name=name).one()
            firm.consented_on = date(2026, 1, 2) if agreed else None
            refresh_businesses(session, [firm])
            refresh_products(session, products_of_business(session, firm.id))


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.STAFF])
def test_a_full_catalogue_and_its_increment_are_read_as_the_catalogue_of_now(catalogue, settings, tier):
    full = build(catalogue, settings, "ubl", tier).path
    with catalogue.read() as session:
        since = head_of(session, settings, tier).state
    everything_happens(catalogue)
    increment = build_increment(catalogue, settings, since, tier).path
    found, changes_only = listed([full, increment])
    assert not changes_only, "a whole catalogue is among them"
    assert_same(by_documents(full, increment), by_feed(catalogue, tier), settings.home_region)
    assert len([raw for raw in found if raw.gone]) == (3 if tier is Tier.PUBLIC else 0), "staff read on what is hidden from others"


def test_an_increment_alone_names_what_changed_and_takes_back_what_it_deletes(catalogue, settings):
    full = build(catalogue, settings, "ubl").path
    references = {raw.reference for raw in listed([full])[0]}
    with catalogue.read() as session:
        since = head_of(session, settings, Tier.PUBLIC).state
    everything_happens(catalogue)
    found, changes_only = listed([build_increment(catalogue, settings, since, Tier.PUBLIC).path])
    assert changes_only
    gone = {raw.reference for raw in found if raw.gone}
    assert gone == {f"Catalogue:IKM-36.72:{sku}" for sku in ("A-2", "B-1", "B-2")}
    assert gone < references
    assert {raw.reference for raw in found if not raw.gone} == {f"Catalogue:IKM-36.72:{sku}" for sku in ("A-1", "C-1", "D-1")}


def test_a_line_of_an_increment_is_the_same_listing_as_in_the_whole_catalogue(catalogue, settings):
    with catalogue.read() as session:
        since = head_of(session, settings, Tier.PUBLIC).state
    everything_happens(catalogue)
    changed = {
        raw.reference: raw.content_hash()
        for raw in listed([build_increment(catalogue, settings, since, Tier.PUBLIC).path])[0]
        if not raw.gone
    }
    whole = {raw.reference: raw.content_hash() for raw in listed([build(catalogue, settings, "ubl").path])[0]}
    assert changed.items() <= whole.items()
    assert changed


def test_an_older_whole_catalogue_beside_a_newer_one_brings_nothing_back(catalogue, settings):
    old = build(catalogue, settings, "ubl").path
    everything_happens(catalogue)
    new = build(catalogue, settings, "ubl").path
    aged = old.with_name("lama.xml")
    aged.write_bytes(old.read_bytes().replace(b"<cbc:IssueDate>20", b"<cbc:IssueDate>19"))
    for order in ((aged, new), (new, aged)):
        assert by_documents(*order).keys() == by_feed(catalogue, Tier.PUBLIC).keys()
