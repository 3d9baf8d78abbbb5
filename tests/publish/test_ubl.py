"""The UBL catalogue is valid for whatever people write, says what is known and codes nothing that is not."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from lxml import etree

from exchange.access.segments import canonical
from exchange.publish.base import Head, Receiver
from exchange.publish.formats.ubl import Ubl
from exchange.publish.write import build
from schemas import ubl
from schemas.fields import plain

HEAD = Head(
    office="Dinas",
    contact="dinas@contoh.invalid",
    region="36.72",
    region_name="Kota Cilegon",
    licence="https://lisensi.example/by",
    version=7,
    changed_at=datetime(2026, 3, 1, tzinfo=UTC),
    tier="public",
    products=1,
    state="kata-untuk-keadaan-7",
    endpoint="0088:1234567890128",
)
NS = {"c": ubl.CATALOGUE, "cac": ubl.CAC, "cbc": ubl.CBC}
LINE = "/c:Catalogue/cac:CatalogueLine[cbc:ID='{}']"


def document(*products):
    out = io.BytesIO()
    Ubl().write((canonical(product) for product in products), out, HEAD)
    return etree.fromstring(out.getvalue())


def said(tree, path):
    return [node if isinstance(node, str) else node.text for node in tree.xpath(path, namespaces=NS)]


@pytest.fixture
def published(catalogue, settings, xsd):
    """The small catalogue as the public gets it, held to the standard."""
    tree = etree.parse(str(build(catalogue, settings, "ubl").path))
    xsd.assertValid(tree)
    return tree


def test_a_full_line_says_everything_in_its_place(published):
    line = LINE.format("A-1")
    assert said(published, f"{line}/cbc:MinimumOrderQuantity") == ["6"]
    assert said(published, f"{line}/cbc:MinimumOrderQuantity/@unitCode") == ["MTK"]
    terms = f"{line}/cac:RequiredItemLocationQuantity"
    assert said(published, f"{terms}/cbc:LeadTimeMeasure") == ["14"]
    assert said(published, f"{terms}/cbc:LeadTimeMeasure/@unitCode") == ["DAY"]
    assert said(published, f"{terms}/cac:Price/cbc:PriceAmount") == ["550000.5", "850000"]
    assert said(published, f"{terms}/cac:Price/cbc:PriceAmount/@currencyID") == ["IDR", "IDR"]
    assert said(published, f"{terms}/cac:Price/cbc:PriceType") == [ubl.PRICE_LEAST, ubl.PRICE_MOST]
    assert said(published, f"{terms}/cac:Price/cbc:BaseQuantity/@unitCode") == ["MTK", "MTK"]
    assert said(published, f"{terms}/cac:Price/cac:ValidityPeriod/cbc:EndDate") == ["2026-12-31"] * 2
    codes = f"{line}/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode"
    assert said(published, codes) == ["25111", "4219001007", "730890"]
    assert said(published, f"{codes}/@listID") == ["KBLI", "KBKI", "HS"]
    assert said(published, f"{codes}/@listVersionID") == ["2020", "2012", "2022"]
    assert said(published, f"{line}/cac:Item/cbc:Keyword") == ["pagar", "besi"]
    assert said(published, f"{line}/cac:Item/cac:OriginAddress/cbc:CitySubdivisionName") == ["Citangkil"]
    assert said(published, f"{line}/cac:Item//cbc:URI") == ["https://foto.example.id/pagar.jpg"]


def test_certificates_name_their_issuer(published):
    found = LINE.format("A-1") + "/cac:Item/cac:Certificate"
    numbers = said(published, f"{found}/cbc:ID")
    issuers = said(published, f"{found}/cac:IssuerParty/cac:PartyName/cbc:Name")
    assert dict(zip(numbers, issuers, strict=True)) == {
        "ID00110000012345678": "BPJPH",
        "SNI 2052:2017": "BSN",
        "P-IRT 2063672010001-31": "Dinas Kesehatan kabupaten/kota",
    }


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("P-IRT 2063672010001-31", "Dinas Kesehatan kabupaten/kota"),
        ("BPOM RI MD 212336001001", "BPOM"),
        ("NA18230900001", "BPOM"),
        ("PKD 20501810001", "Kementerian Kesehatan"),
        ("KEMENKES RI PKD 20501810001", "Kementerian Kesehatan"),
        ("MDR 1", ubl.NO_ISSUER),
        ("123", ubl.NO_ISSUER),
    ],
)
def test_a_permit_tells_its_issuer_by_its_beginning_and_else_nobody_is_named(number, issuer):
    assert ubl.permit_issuer(number) == issuer


def properties(tree, sku):
    found = LINE.format(sku) + "/cac:Item/cac:AdditionalItemProperty"
    return dict(zip(said(tree, f"{found}/cbc:NameCode"), said(tree, f"{found}/cbc:Value"), strict=True))


def test_the_public_reads_a_band_of_the_capacity_and_the_rest_as_it_is(published):
    found = properties(published, "A-1")
    assert found.pop("updated_at").endswith("Z")
    assert found == {
        "version": "1", "capacity_band": "100-1000", "capacity_period": "bulan", "is_sample": "true",
        "sector": "logam", "tkdn_percent": "47.2",
        "unit_said": "m2", "weight_kg": "22.5",
    }  # fmt: skip
    assert "Data contoh; bukan penawaran." in said(published, LINE.format("A-1") + "/cbc:Note")
    assert said(published, LINE.format("A-1") + "/cbc:OrderableIndicator") == ["false"]
    assert said(published, LINE.format("A-2") + "/cbc:OrderableIndicator") == ["true"]


def test_a_unit_that_is_on_no_list_is_said_in_words_and_never_coded(published):
    line = LINE.format("A-2")
    assert said(published, f"{line}//@unitCode") == []
    assert said(published, f"{line}/cbc:OrderableUnit") == []
    found = properties(published, "A-2")
    assert (found["minimum_order"], found["unit_said"]) == ("3", "dus isi 24")


def test_one_price_is_one_and_half_a_range_says_which_half(published):
    assert said(published, LINE.format("A-2") + "//cbc:PriceType") == [ubl.PRICE_ONE]
    assert said(published, LINE.format("B-1") + "//cbc:PriceType") == [ubl.PRICE_MOST]
    assert said(published, LINE.format("B-2") + "//cbc:PriceAmount") == []
    assert "Tanpa harga: belum ada harga indikatif." in said(published, LINE.format("B-2") + "/cbc:Note")


def test_a_sole_proprietor_is_named_by_the_exchange_and_a_company_by_its_nib_too(published):
    ident = "/cac:SellerSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"
    assert said(published, LINE.format("A-1") + f"{ident}/@schemeID") == [ubl.SCHEME_NIB, ubl.SCHEME_FIRM]
    assert said(published, LINE.format("B-1") + f"{ident}/@schemeID") == [ubl.SCHEME_FIRM]


def test_the_document_says_who_publishes_for_whom_and_as_of_when():
    tree = document({"sku": "A", "name": "Barang"})
    assert said(tree, "/c:Catalogue/cbc:IssueDate") == ["2026-03-01"]
    assert said(tree, "/c:Catalogue/cbc:IssueTime") == ["07:00:00+07:00"]
    assert said(tree, "/c:Catalogue/cbc:VersionID") == ["kata-untuk-keadaan-7"]
    assert said(tree, "/c:Catalogue/cac:ReceiverParty/cac:PartyIdentification/cbc:ID") == [ubl.PUBLIC_RECEIVER]
    assert HEAD.licence in said(tree, "/c:Catalogue/cbc:Note")[0]


def test_the_document_tells_the_terms_the_licence_the_nodes_address_and_since_when_it_holds(xsd):
    out = io.BytesIO()
    head = replace(HEAD, terms="Sebutkan sumbernya.", base_url="https://bursa.contoh.go.id")
    Ubl().write([canonical({"sku": "A/1 b", "name": "Barang"})], out, head)
    tree = etree.fromstring(out.getvalue())
    xsd.assertValid(tree)
    assert said(tree, "/c:Catalogue/cac:TradingTerms/cbc:Information") == ["Sebutkan sumbernya."]
    assert said(tree, "/c:Catalogue/cac:TradingTerms/cbc:Reference") == [HEAD.licence]
    assert said(tree, "/c:Catalogue/cac:ProviderParty/cbc:WebsiteURI") == ["https://bursa.contoh.go.id"]
    assert said(tree, "/c:Catalogue/cac:ValidityPeriod/cbc:StartDate") == ["2026-03-01"]
    assert said(tree, "/c:Catalogue/cac:ValidityPeriod/cbc:EndDate") == [], "nobody knows until when"
    assert said(tree, "//cac:ItemSpecificationDocumentReference[cbc:ID='record']//cbc:URI") == [
        "https://bursa.contoh.go.id/api/v1/products/A%2F1%20b"
    ]


def test_it_is_made_out_to_everybody_of_a_tier_or_to_a_partner_by_its_region_and_name(xsd):
    for receiver, idents, name in (
        (None, {"EXCHANGE:READER": "agreed"}, "Daerah dengan Kesepakatan Bersama"),
        (Receiver("36.04", "Kabupaten Serang"), {"ID:KEMENDAGRI": "36.04", "EXCHANGE:READER": "agreed"}, "Kabupaten Serang"),
    ):
        out = io.BytesIO()
        Ubl().write([canonical({"sku": "A", "name": "Barang"})], out, replace(HEAD, tier="agreed", receiver=receiver))
        tree = etree.fromstring(out.getvalue())
        xsd.assertValid(tree)
        found = "/c:Catalogue/cac:ReceiverParty/cac:PartyIdentification/cbc:ID"
        assert dict(zip(said(tree, f"{found}/@schemeID"), said(tree, found), strict=True)) == idents
        assert said(tree, "/c:Catalogue/cac:ReceiverParty/cac:PartyName/cbc:Name") == [name]


TEXTS = st.text(max_size=40) | st.sampled_from(
    ["\0\x01\x0b", "<&>\"'", "]]>", "😀" * 9, "\ufffe\uffff", " \t\n", "\r", "<!--", "&#0;", "x" * 20_000, "https://a.invalid/\x02?<b>&c"]
)
AMOUNTS = st.decimals(min_value=0, max_value=10**15, allow_nan=False, places=4).map(plain)
OPTIONAL_TEXTS = (
    "description", "unit_said", "unit_code", "sni", "halal", "distribution_permit", "photo", "sector", "kbli", "kbli_edition", "kbki",
    "kbki_edition", "hs", "hs_edition", "capacity_band", "capacity_period", "updated_at", "state",
)  # fmt: skip
OPTIONAL_AMOUNTS = ("price_min", "price_max", "capacity_min", "capacity_max", "minimum_order", "tkdn_percent", "weight_kg")
FIRMS = st.fixed_dictionaries({}, optional=dict.fromkeys(("ident", "name", "nib", "district", "legal_form"), TEXTS | st.none()))
PRODUCTS = st.fixed_dictionaries(
    {"sku": st.text(min_size=1, max_size=60), "name": TEXTS},
    optional={
        **dict.fromkeys(OPTIONAL_TEXTS, TEXTS | st.none()),
        **dict.fromkeys(OPTIONAL_AMOUNTS, AMOUNTS | st.none()),
        "unit_code": st.sampled_from(["KGM", "XBX", "PCS", "<&>", None]),
        "price_valid_until": st.dates() | st.none(),
        "lead_time_days": st.integers(0, 3650) | st.none(),
        "version": st.integers(1, 2**31),
        "is_sample": st.booleans(),
        "keywords": st.lists(TEXTS, max_size=3),
        "producer": FIRMS,
    },
)


@profile(max_examples=200, deadline=None)
@given(product=PRODUCTS)
def test_whatever_people_write_the_document_is_valid(xsd, product):
    tree = document(product)
    xsd.assertValid(tree)
    assert not [node.tag for node in tree.iter() if len(node) == 0 and not (node.text or "").strip()], "an empty element"
    assert set(said(tree, "//@unitCode")) <= {"KGM", "XBX", "DAY"}


@profile(deadline=None)
@given(skus=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), min_size=2, max_size=5, unique=True))
def test_two_products_keep_different_names_however_odd(skus):
    tree = document(*({"sku": sku, "name": "Barang"} for sku in skus))
    read = [" ".join(ident.replace("\t", " ").split(" ")) for ident in said(tree, "/c:Catalogue/cac:CatalogueLine/cbc:ID")]
    assert len(set(read)) == len(skus)


def test_an_office_of_odd_letters_is_named_without_them(xsd):
    out = io.BytesIO()
    odd = replace(HEAD, office="Dinas \x07<b>", contact="\0", licence="\x1f", region_name="\ud7ff&")
    Ubl().write([canonical({"sku": "A", "name": "Barang"})], out, odd)
    tree = etree.fromstring(out.getvalue())
    xsd.assertValid(tree)
    assert said(tree, "//cac:ProviderParty/cac:PartyName/cbc:Name") == ["Dinas <b>"]


@pytest.mark.parametrize("photo", ["javascript:alert(1)", "data:text/html,x", "//host/x", "file:///etc/passwd", "foto.jpg", "http://"])
def test_only_an_address_of_the_web_becomes_a_link(photo):
    assert said(document({"sku": "A", "name": "Barang", "photo": photo}), "//cbc:URI") == []


@profile(deadline=None)
@given(st.text())
def test_what_is_safe_keeps_every_other_character(text):
    kept = ubl.safe(text)
    assert etree.fromstring(etree.tostring(_element(kept))).text in {kept.replace("\r\n", "\n").replace("\r", "\n"), kept or None}
    assert ubl.safe(kept) == kept


def _element(text):
    element = etree.Element("a")
    element.text = text
    return element
