"""Catalogues of other publishers: each line is an offer, told by the elements of the standard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import Limits, Refused, Skip, SourceError
from connectors.kit.simulator import Canned
from connectors.ubl import Ubl
from schemas.supply import SupplySchema

CATALOGUE = (Path(__file__).parent / "recordings" / "ubl" / "katalog" / "katalog.xml").read_text("utf-8")
SOURCE = Ubl({"url": "https://sumber.example/umpan"})


@pytest.fixture
def pull(partner, fetching):
    """The listings of a script of answers."""

    def go(script: dict[str, str], limits: Limits | None = None) -> list[Any]:
        served = partner({path: [Canned(body.encode())] for path, body in script.items()})
        fetch = fetching(served.base, **({"limits": limits} if limits else {}))
        return list(Ubl({"url": f"{served.base}/a"}).listings(fetch, None))

    return go


@pytest.fixture
def offers(pull):
    """The offers of one catalogue, by their numbers there."""

    def go(document: str = CATALOGUE) -> dict[str, dict[str, Any]]:
        return {raw.reference: SupplySchema().load(SOURCE.supply(raw)) for raw in pull({"/a": document})}

    return go


def test_a_line_is_an_offer_with_its_producer_class_price_unit_and_minimum_order(offers):
    offer = offers()["Catalogue:KAT-CONTOH:1"]
    assert (offer["sku"], offer["name"], offer["region"]) == ("EMP-01", "Emping Melinjo", "33.74")
    assert offer["description"] == "Emping melinjo, dikemas vakum.\nBerat bersih: 250 gram"
    assert offer["producer"] == {"name": "KUB Melinjo Contoh", "district": "Kecamatan Contoh", "ident": None, "legal_form": None}
    assert offer["classifications"] == [{"scheme": "KBKI", "code": "2143001004", "edition": "2015", "title": None}]
    assert (str(offer["price_min"]), str(offer["price_max"]), offer["currency"]) == ("25000", "25000", "IDR")
    assert str(offer["price_valid_until"]) == "2026-12-31"
    assert (offer["unit_code"], str(offer["minimum_order"]), offer["lead_time_days"]) == ("C62", "12", 14)
    assert offer["halal"] == "ID00000000000001"


@pytest.mark.parametrize(
    ("own", "line", "until"),
    [("2026-12-31", None, "2026-12-31"), (None, "2026-11-30", "2026-11-30"), ("2026-12-31", "2026-11-30", "2026-11-30"),
     ("2026-10-31", "2026-11-30", "2026-10-31"), (None, None, "None")],
)  # fmt: skip
def test_a_price_holds_no_longer_than_its_line(offers, own, line, until):
    price = "<cac:ValidityPeriod><cbc:EndDate>2026-12-31</cbc:EndDate></cac:ValidityPeriod>"
    assert price in "".join(each.strip() for each in CATALOGUE.splitlines()), "the recording says it once, and the line nothing"
    body = re.sub(r">\s+<", "><", CATALOGUE).replace(price, price.replace("2026-12-31", own) if own else "", 1)
    period = f"<cac:LineValidityPeriod><cbc:EndDate>{line}</cbc:EndDate></cac:LineValidityPeriod>" if line else ""
    at = "<cac:RequiredItemLocationQuantity>"
    assert str(offers(body.replace(at, period + at, 1))["Catalogue:KAT-CONTOH:1"]["price_valid_until"]) == until


def test_what_a_line_does_not_say_is_not_known(offers):
    offer = offers()["Catalogue:KAT-CONTOH:2"]
    said = {name: value for name, value in offer.items() if value not in (None, [], False)}
    assert said == {"sku": "2", "name": "Rak Arsip Besi", "region": "33.74", "currency": "IDR"}


def test_a_catalogue_is_no_demand(pull):
    for raw in pull({"/a": CATALOGUE}):
        assert raw.supply
        with pytest.raises(Skip, match="penawaran"):
            SOURCE.translate(raw)


def test_persons_of_a_catalogue_are_not_read(pull):
    said = "".join(str(raw.body) for raw in pull({"/a": CATALOGUE}))
    assert "Pejabat Karangan" not in said
    assert "Orang Karangan" not in said
    assert "contoh.invalid" not in said


def test_a_line_that_is_deleted_is_taken_back(pull):
    changed = CATALOGUE.replace("<cbc:ID>2</cbc:ID>", "<cbc:ID>2</cbc:ID><cbc:ActionCode>Delete</cbc:ActionCode>")
    assert [(raw.reference, raw.gone, raw.supply) for raw in pull({"/a": changed})] == [
        ("Catalogue:KAT-CONTOH:1", False, True), ("Catalogue:KAT-CONTOH:2", True, True),
    ]  # fmt: skip


@pytest.mark.parametrize("order", [("/1", "/2"), ("/2", "/1")])
def test_of_two_issues_of_a_catalogue_each_line_of_the_later_one_holds(pull, order):
    later = CATALOGUE.replace("2026-03-02", "2026-03-09").replace("Emping Melinjo<", "Emping Besar<")
    found = pull({"/a": f'["{order[0]}", "{order[1]}"]', "/1": CATALOGUE, "/2": later})
    assert [SOURCE.supply(raw)["name"] for raw in found if raw.reference.endswith(":1")] == ["Emping Besar"]


def test_the_same_line_of_a_newer_issue_has_not_changed(pull):
    before, after = (pull({"/a": CATALOGUE.replace("2026-03-02", day)}) for day in ("2026-03-02", "2026-04-02"))
    assert [raw.content_hash() for raw in before] == [raw.content_hash() for raw in after]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<cbc:MinimumOrderQuantity unitCode="C62">12', '<cbc:MinimumOrderQuantity unitCode="KGM">12', {"minimum_order": None}),
        ('<cbc:BaseQuantity unitCode="C62">1<', '<cbc:BaseQuantity unitCode="C62">10<',
         {"unit_code": None, "unit_said": "10 unit", "minimum_order": None}),
        ('unitCode="WEE">2', 'unitCode="HUR">2', {"lead_time_days": None}),
        ('unitCode="WEE">2', 'unitCode="DAY">2.5', {"lead_time_days": None}),
        ('currencyID="IDR">25000.00', 'currencyID="">25000.00', {"price_min": None, "price_max": None}),
        ('currencyID="IDR">25000.00', 'currencyID="IDR">0', {"price_min": None, "price_max": None}),
        ('schemeID="ID:KEMENDAGRI">33.74', 'schemeID="ID:KEMENDAGRI">99.99', {"region": None}),
    ],
)  # fmt: skip
def test_nothing_is_converted_or_guessed(offers, old, new, told):
    assert old in CATALOGUE
    offer = offers(CATALOGUE.replace(old, new))["Catalogue:KAT-CONTOH:1"]
    assert {name: offer[name] for name in told} == told


def test_prices_of_several_territories_are_the_least_and_the_most(offers):
    price = '<cac:Price><cbc:PriceAmount currencyID="{}">{}</cbc:PriceAmount></cac:Price>'

    def prices(*more: tuple[str, int]) -> tuple[str, str]:
        terms = "".join(f"<cac:RequiredItemLocationQuantity>{price.format(*each)}</cac:RequiredItemLocationQuantity>" for each in more)
        offer = offers(CATALOGUE.replace("</cac:RequiredItemLocationQuantity>", f"</cac:RequiredItemLocationQuantity>{terms}"))
        offer = offer["Catalogue:KAT-CONTOH:1"]
        return str(offer["price_min"]), str(offer["price_max"])

    assert prices(("IDR", 31000), ("IDR", 24000)) == ("24000", "31000")
    assert prices(("USD", 2)) == ("None", "None")


def test_a_line_without_a_name_is_refused_and_the_others_stay(pull):
    found = pull({"/a": CATALOGUE.replace("<cbc:Name>Rak Arsip Besi</cbc:Name>", "<cbc:BrandName>X</cbc:BrandName>")})
    assert SOURCE.supply(found[0])["sku"] == "EMP-01"
    with pytest.raises(Refused, match="nama barang"):
        SOURCE.supply(found[1])


def test_more_lines_than_the_bound_end_the_reading(pull):
    with pytest.raises(SourceError, match="baris katalog"):
        pull({"/a": CATALOGUE}, Limits(listings=1, tries=1))
