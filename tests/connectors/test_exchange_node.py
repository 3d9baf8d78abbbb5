"""The feed of another node: what changed, what is gone, when to begin anew, and where one stops."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.exchange_node import ExchangeNode, WrongRegion
from connectors.kit import Answer, AnswerMeta, Refused, SettingsError, ShapeChanged, Skip, Window
from connectors.kit.errors import HttpStatus, PagingLoop
from connectors.kit.pages import CutShort
from connectors.kit.simulator import Canned
from schemas.supply import SupplySchema

CHANGES = "/api/v1/changes?limit=500"
ANSWER = Answer(b"", AnswerMeta("https://simpul.example/…", 200, {}, 0, None, True), "0" * 64)
YEAR = Window(None, datetime(2026, 1, 1, tzinfo=UTC))


def entry(ident: str, op: str = "upsert", kind: str = "demand", **record: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": kind, "ident": ident, "version": 1, "op": op}
    return told if op == "delete" else told | {"record": {"title": "Rak arsip", "buyer": {"name": "Dinas Contoh"}} | record}


def part(*items: Any, onward: str = "k-akhir", more: bool = False, region: str = "33.74") -> Canned:
    return Canned.json({"items": list(items), "next": onward, "more": more, "region": region})


def since(cursor: str) -> str:
    return f"{CHANGES}&since={cursor}"


class Node:
    """A node that answers from a script, and a way to read it."""

    def __init__(self, partner: Any, fetching: Any, script: dict[str, list[Canned]]) -> None:
        self.served = partner(script)
        self.fetching = fetching

    def read(self, cursor: str | None = None, **settings: str) -> tuple[list[Any], Any]:
        connector = ExchangeNode({"url": self.served.base, "region": "33.74"} | settings)
        fetch = self.fetching(*connector.approved(), headers=connector.headers, cursor=cursor)
        self.facts, self.came = fetch.facts, []
        for raw in connector.listings(fetch, YEAR):
            self.came.append((raw.reference, raw.gone))
        return self.came, fetch.facts


@pytest.fixture
def node(partner, fetching):
    """Makes a node of a script."""
    return lambda script: Node(partner, fetching, script)


def test_without_a_cursor_everything_is_read_and_the_end_gives_the_cursor(node):
    script = {CHANGES: [part(entry("d-1"), entry("d-2"), onward="k-2", more=True)], since("k-2"): [part(entry("d-3"), onward="k-3")]}
    came, facts = node(script).read()
    assert came == [("d-1", False), ("d-2", False), ("d-3", False)]
    assert (facts.cursor, facts.changes_only, facts.last_page) == ("k-3", False, True)


def test_with_a_cursor_what_changed_is_read_and_what_is_gone_is_said(node):
    came, facts = node({since("k-3"): [part(entry("d-2", title="Rak baru"), entry("d-1", "delete"), onward="k-4")]}).read("k-3")
    assert came == [("d-2", False), ("d-1", True)]
    assert (facts.cursor, facts.changes_only, facts.last_page) == ("k-4", True, True)


def test_a_feed_in_which_nothing_changed_ends_at_once(node):
    came, facts = node({since("k-3"): [part(onward="k-3")]}).read("k-3")
    assert (came, facts.cursor, facts.last_page) == ([], "k-3", True)


@pytest.mark.parametrize("status", [400, 410])
def test_a_cursor_that_is_not_taken_leads_to_a_pass_over_everything_in_the_same_run(node, status):
    gone = Canned(b'{"title":"Kursor"}', status=status, headers={"Content-Type": "application/problem+json"})
    came, facts = node({since("k-lama"): [gone], CHANGES: [part(entry("d-1"), onward="k-baru")]}).read("k-lama")
    assert came == [("d-1", False)]
    assert (facts.cursor, facts.changes_only) == ("k-baru", False)
    assert str(status) in facts.notes[0]


def test_410_to_a_later_page_ends_a_partial_run_without_a_cursor(node):
    """Had it gone on from the beginning, what it named before would pass for named by the new pass."""
    mine = node({since("k-3"): [part(entry("d-1"), onward="k-4", more=True)], since("k-4"): [Canned(b"{}", status=410)]})
    with pytest.raises(CutShort):
        mine.read("k-3")
    assert mine.came == [("d-1", False)]
    assert (mine.facts.cursor, mine.facts.last_page) == (None, False)


def test_410_without_a_cursor_is_a_refusal(node):
    with pytest.raises(HttpStatus):
        node({CHANGES: [Canned(b"{}", status=410)]}).read()


def test_what_comes_again_unchanged_is_passed_over_and_what_changed_meanwhile_is_told(node):
    script = {
        CHANGES: [part(entry("d-1"), entry("d-2"), onward="k-2", more=True)],
        since("k-2"): [part(entry("d-1"), entry("d-2", title="Rak baru"), entry("d-3", "delete"), onward="k-3")],
    }
    came, facts = node(script).read()
    assert came == [("d-1", False), ("d-2", False), ("d-2", False), ("d-3", True)]
    assert facts.superseded == 1


def test_of_several_entries_about_one_record_in_one_answer_the_last_holds(node):
    came, _ = node({CHANGES: [part(entry("d-1"), entry("d-2", "delete"), entry("d-1", "delete"), entry("d-2"))]}).read()
    assert came == [("d-1", True), ("d-2", False)]


@pytest.mark.parametrize("region", ["36.72", "33", None, ["33.74"], "x"])
def test_a_node_of_another_region_gives_nothing(node, region):
    mine = node({CHANGES: [part(entry("d-1"), region=region)]})
    with pytest.raises(WrongRegion, match=r"33\.74"):
        mine.read()
    assert mine.came == []


@pytest.mark.parametrize(
    "document",
    [[], {"items": None}, {"next": ""}, {"next": 5}, {"items": [1]}, {"more": "tidak"}, {"more": None}, {"items": [{}]}, {"items": [[]]}],
)
def test_another_shape_is_named_as_such(node, document):
    right = {"items": [], "next": "k", "more": False, "region": "33.74"}
    with pytest.raises(ShapeChanged):
        node({CHANGES: [Canned.json(right | document if isinstance(document, dict) else document)]}).read()


def test_a_feed_that_leads_in_a_circle_ends(node):
    mine = node({CHANGES: [part(entry("d-1"), onward="k-1", more=True)], since("k-1"): [part(entry("d-2"), onward="k-1", more=True)]})
    with pytest.raises(CutShort, match="ditunjuk lagi"):
        mine.read()
    circle = node({since("k-1"): [part(entry("d-2"), onward="k-1", more=True)]})
    with pytest.raises((PagingLoop, CutShort)):
        circle.read("k-1")


def test_the_token_goes_to_the_node_alone_and_only_over_a_safe_way(partner):
    connector = ExchangeNode({"url": "https://simpul.example/", "region": "33.74", "token": "token-karangan-1"})
    assert connector.headers("https://simpul.example/api/v1/changes") == {"Authorization": "Bearer token-karangan-1"}
    assert connector.headers("https://lain.example/") == {}
    assert ExchangeNode({"url": "https://simpul.example", "region": "33.74"}).headers("https://simpul.example/") == {}
    assert connector.approved() == ("https://simpul.example",)
    for wrong in ({"url": "http://simpul.example"}, {"token": "a b c d e f g h"}, {"region": "Semarang"}, {"url": "ftp://simpul.example"},
                  {"url": "https://simpul.example?x=1"}):  # fmt: skip
        with pytest.raises(SettingsError):
            ExchangeNode({"url": "https://simpul.example", "region": "33.74", "token": "token-karangan-1"} | wrong)


def translated(record: dict[str, Any], ident: str = "d-1") -> dict[str, Any]:
    connector = ExchangeNode({"url": "https://simpul.example", "region": "33.74"})
    return connector.translate(connector.listing(ident, "https://simpul.example/…", record, 0, "0" * 64))


RECORD = {
    "title": "Rak arsip",
    "buyer": {"name": "Dinas Contoh", "code": "D9003"},
    "reference": "61000001",
    "related": {"rup": ["61000001"]},
}


def test_a_demand_keeps_its_public_name_and_the_reference_of_its_own_source():
    demand = translated(RECORD)
    assert demand["reference"] == "d-1"
    assert demand["related"] == {"rup": ["61000001"], "reference": ["61000001"]}
    assert demand["url"] == "https://simpul.example/api/v1/demands/d-1"
    assert translated(RECORD | {"url": "https://sumber.example/61000001"})["url"] == "https://sumber.example/61000001"


def test_members_of_a_newer_node_are_no_hindrance():
    item = {"position": 1, "text": "Rak", "mutu": "baik", "quantity": {"said": "5 buah", "amount": "5", "unit": "H87", "toleransi": 1}}
    demand = translated(RECORD | {"items": [item], "skor": {"a": 1}})
    assert demand["items"] == [{"position": 1, "text": "Rak", "quantity": {"said": "5 buah", "amount": "5", "unit": "H87"}}]


def test_what_is_no_demand_is_refused_by_the_path_that_is_wrong():
    with pytest.raises(Refused, match=r"buyer\.name"):
        translated(RECORD | {"buyer": {"code": "D1"}})
    with pytest.raises(Refused, match=r"items\.\[\]\.text"):
        translated(RECORD | {"items": [{"position": 1}]})


def test_persons_numbers_in_words_do_not_come_through():
    demand = translated(RECORD | {"description": "Hubungi orang@contoh.invalid atau 0812-0000-0000", "telephone": "0812-0000-0000"})
    assert "contoh.invalid" not in json.dumps(demand)
    assert "0812" not in json.dumps(demand)


def test_a_tombstone_is_no_demand():
    connector = ExchangeNode({"url": "https://simpul.example", "region": "33.74"})
    with pytest.raises(Skip):
        connector.translate(connector.tombstone("d-1", "", 0, "0" * 64))


PRODUCT = {
    "sku": "LGM-1", "name": "Pagar hollow", "kbli": "25111", "kbli_edition": "2020", "hs": None, "hs_edition": "2022", "unit_said": "m2",
    "unit_code": "MTK", "price_min": "550000", "price_max": "850000.5", "minimum_order": "10", "capacity_band": "100-1000",
    "keywords": ["pagar"], "version": 3, "updated_at": "2026-01-01T00:00:00Z", "state": "active",
    "producer": {"ident": "ikm-1", "name": "CV Contoh", "legal_form": "CV", "nib": "9120000000017", "district": "Contoh"},
}  # fmt: skip


def test_products_are_offers_and_no_demand(node):
    offered = {"kind": "product", "ident": "LGM-1", "version": 3, "op": "upsert", "record": PRODUCT}
    gone = {"kind": "product", "ident": "LGM-2", "version": 2, "op": "delete"}
    firm = {"kind": "business", "ident": "ikm-1", "version": 1, "op": "upsert", "record": {"ident": "ikm-1", "name": "CV Contoh"}}
    mine = node({CHANGES: [part(offered, firm, gone, entry("d-1"))]})
    connector = ExchangeNode({"url": mine.served.base, "region": "33.74"})
    found = list(connector.listings(mine.fetching(mine.served.base), YEAR))
    assert [(raw.reference, raw.supply, raw.gone) for raw in found] == [
        ("barang:LGM-1", True, False), ("barang:LGM-2", True, True), ("d-1", False, False),
    ]  # fmt: skip
    with pytest.raises(Skip):
        connector.translate(found[0])
    offer = connector.supply(found[0])
    assert offer["producer"] == {"name": "CV Contoh", "ident": "ikm-1", "legal_form": "CV", "district": "Contoh"}
    assert offer["classifications"] == [{"scheme": "KBLI", "code": "25111", "edition": "2020"}]
    assert (offer["sku"], offer["price_max"], offer["capacity_band"]) == ("LGM-1", "850000.5", "100-1000")
    assert offer["url"] == f"{mine.served.base}/api/v1/products/LGM-1"
    assert "9120000000017" not in str(found[0].body)


def test_an_offer_changes_with_what_it_says_and_not_with_its_version():
    connector = ExchangeNode({"url": "https://simpul.example", "region": "33.74"})

    def digest(**more: Any) -> str:
        entry = {"kind": "product", "ident": "LGM-1", "op": "upsert", "record": PRODUCT | more}
        return connector._listing(ANSWER, 0, entry).content_hash()

    assert digest(version=4, updated_at="2026-02-02T00:00:00Z") == digest()
    assert digest(price_min="560000") != digest()


def test_an_offer_of_another_shape_is_refused_by_the_path_that_is_wrong():
    connector = ExchangeNode({"url": "https://simpul.example", "region": "33.74"})
    raw = connector._listing(ANSWER, 0, {"kind": "product", "ident": "LGM-1", "op": "upsert", "record": PRODUCT | {"price_min": "murah"}})
    with pytest.raises(Refused, match="price_min"):
        connector.supply(raw)


def test_photos_of_an_offer_are_links_below_the_nodes_own_address_and_nothing_is_fetched(node):
    digest = "0123456789012345" * 4
    photo = {
        "href": f"/api/v1/photos/{digest}", "sha256": digest, "media_type": "image/jpeg", "width": 64, "height": 48, "size": 900,
        "caption": "Pagar, hubungi 3672010101010001",
    }  # fmt: skip
    odd = [
        photo | {"href": f"https://lain.example/api/v1/photos/{digest}"}, photo | {"href": "javascript:alert(1)"},
        photo | {"sha256": "AB" * 32}, photo | {"href": f"//lain.example/{digest}"}, photo | {"href": f"/api/v1/photos/../{digest}"},
        photo | {"width": "lebar"}, {}, None, "x",
    ]  # fmt: skip
    served = node({CHANGES: [part(entry("LGM-1", kind="product", **PRODUCT | {"photos": [*odd, photo | {"baru": 1}]}))]})
    came, _ = served.read()
    assert came == [("barang:LGM-1", False)], "the feed was all that was asked for"
    connector = ExchangeNode({"url": "https://simpul.example/", "region": "33.74"})

    def read(photos: Any) -> Any:
        told = {"kind": "product", "ident": "LGM-1", "op": "upsert", "record": PRODUCT | {"photos": photos}}
        return SupplySchema().load(connector.supply(connector._listing(ANSWER, 0, told)))["photos"]

    found = read([*odd, photo | {"baru": 1}])
    assert [(one["href"], one["sha256"]) for one in found] == [(f"https://simpul.example/api/v1/photos/{digest}", digest)]
    assert "3672010101010001" not in found[0]["caption"], "a person's number in what is said of it"
    assert len(read([photo] * 500)) == 12
    assert read("foto") == read(None) == read([]) == []
