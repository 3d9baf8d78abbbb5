"""Our own catalogue, read by our own connectors: by the UBL document and by the change feed it is the same supply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.kit import Fetch
from connectors.kit.simulator import Canned, serve
from connectors.kit.wire import offer_of
from connectors.ubl import Ubl
from exchange.access.policy import Tier
from exchange.publish.write import build
from exchange.store.base import Store
from exchange.store.segments import all_segments
from schemas.supply import SupplySchema

SCHEMA = SupplySchema()


def by_document(path: Path) -> dict[str, dict[str, Any]]:
    """What the connector `ubl` reads of a document that is served over HTTP."""
    with serve(feeds=(), script={"/katalog.xml": [Canned(path.read_bytes())]}) as served:
        connector = Ubl({"url": f"{served.base}/katalog.xml"})
        with Fetch(lambda body, meta: "0" * 64, connector.approved(), local=True) as fetch:
            found = [raw for raw in connector.listings(fetch, None) if raw.supply]  # type: ignore[arg-type]
    assert len({raw.reference for raw in found}) == len(found)
    return {offer["sku"]: SCHEMA.load(offer) for offer in map(connector.supply, found)}


def by_feed(store: Store) -> dict[str, dict[str, Any]]:
    """What the connector `exchange_node` makes of the same products."""
    with store.read() as session:
        records = [orjson.loads(body) for _, _, body in all_segments(session, "product", Tier.PUBLIC)]
    told = {}
    for record in records:
        offer, fault = offer_of(record, record["sku"], "https://simpul.example/x")
        assert fault is None
        told[record["sku"]] = SCHEMA.load(offer)
    return told


@pytest.mark.parametrize("world", ["catalogue", "sample"])
def test_the_document_and_the_feed_tell_the_same_supply(request, settings, world):
    store = request.getfixturevalue(world)
    read, told = by_document(build(store, settings, "ubl", Tier.PUBLIC).path), by_feed(store)
    assert len(read) == len(told) > 1
    for sku, offer in told.items():
        assert (read[sku]["region"], read[sku]["url"]) == (settings.home_region, None)
        unit = {"unit_said": read[sku]["unit_said"]} if offer["unit_said"] is None else {}
        assert read[sku] | {"region": None, "url": offer["url"]} == offer | unit, sku
