"""Negotiated prices in the standard formats: in UBL within the rules of both profiles, in JSON-LD as offers, and no loss to readers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from lxml import etree

from connectors.kit.ubl.catalogue import offer
from connectors.kit.xml_values import Values
from exchange.access.callers import Within
from exchange.access.openings import PriceList
from exchange.access.policy import Tier
from exchange.publish.base import Receiver
from exchange.publish.columns import prices_said
from exchange.publish.write import build
from exchange.store.agreements import AgreementRow, add_case
from exchange.store.prices import PriceListRow, PriceRow
from schemas import ubl

NS = {"cac": ubl.CAC, "cbc": ubl.CBC}
LIST = PriceList("KS-2026-0001", 1, date(2026, 1, 1), date(2099, 12, 31))
TO = Receiver("33.74", "Pemerintah Kota Contoh", "0088:4006381333931", "kota-contoh", Within(frozenset({"logam"}), ("25",), (LIST,)))
BARE = Receiver("33.74", "Pemerintah Kota Contoh", "0088:4006381333931", "kota-contoh", Within(frozenset({"logam"}), ("25",)))


@pytest.fixture
def priced(catalogue):
    """Two grades for A-1, one of them over; a price in a unit without a code for it besides."""
    with catalogue.work() as session:
        row = AgreementRow(instrument="ksdd", category="sukarela", title="Pagar", counterpart="Kota", state="pelaksanaan", made_by="uji")
        add_case(session, row, 2026)
        made = PriceListRow(agreement_id=row.id, number=1, since=None, basis="lampiran", made_by="uji", digest="0" * 64)
        session.add(made)
        session.flush()
        told: list[dict[str, Any]] = [
            {"unit": "MTK", "unit_said": "m2", "price": Decimal("410000.5"), "quantity_max": Decimal("99.5"), "note": "franko gudang"},
            {"unit": "MTK", "unit_said": "m2", "price": Decimal(390000), "quantity_min": Decimal(100)},
            {"unit": "MTK", "unit_said": "m2", "price": Decimal(1), "valid_until": date(2026, 1, 2), "quantity_min": Decimal(5000)},
            {"unit": None, "unit_said": "lembar besar", "price": Decimal(777000)},
        ]
        session.add_all(PriceRow(list_id=made.id, position=place, sku="A-1", **one) for place, one in enumerate(told, 1))
    return catalogue


def line_of(data: bytes, sku: str = "A-1") -> Any:
    root = etree.fromstring(data)
    return next(one for one in root.iter(ubl.cac("CatalogueLine")) if one.findtext(f"{{{ubl.CBC}}}ID") == sku)


def said(line: Any, path: str) -> list[str]:
    return [node if isinstance(node, str) else node.text for node in line.xpath(path, namespaces=NS)]


def test_ubl_tells_each_grade_with_its_order_days_and_list(priced, settings, xsd):
    data = build(priced, settings, "ubl", Tier.CONTRACTED, TO).path.read_bytes()
    xsd.assertValid(etree.fromstring(data))
    terms = "cac:RequiredItemLocationQuantity[cac:Price/cbc:PriceType='negotiated']"
    line = line_of(data)
    assert said(line, f"{terms}/cac:Price/cbc:PriceAmount") == ["410000.5", "390000", "1", "777000"]
    assert said(line, f"{terms}/cbc:MaximumQuantity[@unitCode='MTK']") == ["99.5"]
    assert said(line, f"{terms}/cbc:MinimumQuantity[@unitCode='MTK']") == ["100", "5000"]
    assert set(said(line, f"{terms}/cac:Price/cac:PriceList/cbc:ID")) == {"KS-2026-0001/1"}
    assert set(said(line, f"{terms}/cac:Price/cac:ValidityPeriod/cbc:StartDate")) == {"2026-01-01"}
    assert "Harga PKS KS-2026-0001/1: franko gudang" in said(line, "cbc:Note")
    assert said(line_of(data, "A-2"), f"{terms}/cac:Price/cbc:PriceAmount") == []


@pytest.mark.parametrize("name", ["ubl", "ubl_peppol"])
def test_our_connector_reads_the_same_offer_with_the_prices_and_without(priced, settings, name):
    def offers(receiver: Receiver) -> list[dict[str, Any]]:
        root = etree.fromstring(build(priced, settings, name, Tier.CONTRACTED, receiver).path.read_bytes())
        return [offer(Values({ubl.CAC: "cac", ubl.CBC: "cbc"}).of(one)) for one in root.iter(ubl.cac("CatalogueLine"))]

    with_prices, without = offers(TO), offers(BARE)
    assert with_prices == without
    assert (with_prices[0]["price_min"], with_prices[0]["price_max"]) == ("550000.5", "850000")


def test_the_paths_of_the_mapping_lead_past_negotiated_prices(priced, settings):
    line = line_of(build(priced, settings, "ubl", Tier.CONTRACTED, TO).path.read_bytes())
    assert [said(line, ubl.PATHS[name]) for name in ("price_min", "price_max", "price_valid_until")] == [
        ["550000.5"],
        ["850000"],
        ["2026-12-31"],
    ]


def test_the_peppol_profile_bears_the_code_of_a_contract_price_and_days_within_the_catalogues(priced, settings, xsd):
    data = build(priced, settings, "ubl_peppol", Tier.CONTRACTED, TO).path.read_bytes()
    xsd.assertValid(etree.fromstring(data))
    line = line_of(data)
    terms = "cac:RequiredItemLocationQuantity[cac:Price/cbc:PriceType='CON']"
    assert said(line, f"{terms}/cac:Price/cbc:PriceAmount") == ["410000.5", "390000"], (
        "what is over, and what has no coded unit, is not there"
    )
    day = said(etree.fromstring(data), "cbc:IssueDate")[0]
    assert all(start > day for start in said(line, f"{terms}/cac:Price/cac:ValidityPeriod/cbc:StartDate"))
    words = said(line, "cac:Item/cac:AdditionalItemProperty[cbc:NameCode='negotiated_prices']/cbc:Value")
    assert words == ["KS-2026-0001/1: 777000 IDR/lembar besar, .., 2026-01-01..2099-12-31"]


def test_the_peppol_profile_with_negotiated_prices_breaks_none_of_the_compiled_rules(priced, settings, shared):
    saxonche = pytest.importorskip("saxonche")
    found = sorted((shared / "standards" / "peppol").glob("PEPPOLBIS-T19-*.xslt"))
    if not found:
        pytest.skip("the compiled rules T19 are not at hand")
    processor = saxonche.PySaxonProcessor(license=False)
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(found[-1]))
    data = build(priced, settings, "ubl_peppol", Tier.CONTRACTED, TO).path.read_bytes()
    for document, broken in ((data, False), (data.replace(b"<cbc:PriceType>CON<", b"<cbc:PriceType>XX<"), True)):
        report = etree.fromstring(rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=document.decode())).encode())
        failed = [each.get("id") or each.get("test") for each in report.xpath("//*[local-name()='failed-assert']")]
        assert bool(failed) is broken, failed


def test_json_ld_has_an_offer_for_public_institutions_beside_the_one_for_all(priced, settings, graph):
    data = build(priced, settings, "jsonld", Tier.CONTRACTED, TO).path.read_bytes()
    items = {one["item"]["sku"]: one["item"] for one in orjson.loads(data)["dataFeedElement"]}
    indicative, *agreed = items["A-1"]["offers"]
    assert "eligibleCustomerType" not in indicative and isinstance(items["A-2"]["offers"], dict)
    assert [one["price"] for one in agreed] == ["410000.5", "390000", "1", "777000"]
    assert agreed[1]["eligibleQuantity"] == {"@type": "QuantitativeValue", "minValue": "100", "unitCode": "MTK", "unitText": "m2"}
    assert agreed[0]["identifier"]["value"] == "KS-2026-0001/1" and agreed[0]["validThrough"] == "2099-12-31"
    made = graph(data)
    schema, institution = "https://schema.org/", "http://purl.org/goodrelations/v1#PublicInstitution"
    told = made.query(f"SELECT ?p WHERE {{ ?o <{schema}eligibleCustomerType> <{institution}> ; <{schema}price> ?p }}")
    assert {str(row[0]) for row in told} == {"410000.5", "390000", "1", "777000"}


def test_staff_read_no_price_of_who_has_no_contract_in_force_and_their_cell_says_nothing(priced, settings):
    data = build(priced, settings, "ndjson", Tier.STAFF).path.read_bytes()
    assert {orjson.loads(line)["negotiated_prices"] for line in data.splitlines()} == {None}


def test_a_cell_parts_prices_even_where_a_note_holds_the_sign_between_them():
    one = {"agreement": "KS-2026-0001", "version": 2, "price": "1000", "currency": "IDR", "unit_code": None, "unit_said": None,
           "quantity_min": None, "quantity_max": None, "valid_from": None, "valid_until": None, "note": "a; b"}  # fmt: skip
    assert prices_said([one, one]) == "KS-2026-0001/2: 1000 IDR/, .., .. (a\\; b); KS-2026-0001/2: 1000 IDR/, .., .. (a\\; b)"
