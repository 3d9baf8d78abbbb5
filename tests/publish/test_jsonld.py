"""The JSON-LD: an RDF reader without a network finds each product again, whatever people wrote."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Literal, Namespace, URIRef
from rdflib.namespace import XSD

from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.publish import names
from exchange.publish.base import Head
from exchange.publish.formats.jsonld import SAMPLE, Jsonld
from exchange.publish.write import build
from exchange.store.segments import all_segments

S = Namespace("https://schema.org/")
NODE = "https://node.contoh.id"
HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=1, base_url=NODE, terms="Sebutkan sumbernya.",
)  # fmt: skip


def written(*products, head=HEAD):
    out = io.BytesIO()
    Jsonld().write((canonical(product) for product in products), out, head)
    return out.getvalue()


def item(product, head=HEAD):
    return orjson.loads(written(product, head=head))["dataFeedElement"][0]["item"]


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.STAFF])
def test_every_product_is_found_again_with_its_name_price_and_producer(tier, sample, settings, graph):
    made = build(sample, settings, "jsonld", tier)
    read = graph(made.path.read_bytes())
    with sample.read() as session:
        products = [orjson.loads(body) for _, _, body in all_segments(session, "product", tier)]
    assert len(products) == made.products == len(set(read.subjects(RDF.type, S.Product))) > 30
    for product in products:
        (node,) = read.subjects(S.sku, Literal(product["sku"]))
        assert str(read.value(node, S.name)) == product["name"]
        price = read.value(read.value(node, S.offers), S.priceSpecification)
        assert [read.value(price, member) for member in (S.minPrice, S.maxPrice)] == [
            Literal(product[member], datatype=XSD.decimal) for member in ("price_min", "price_max")
        ]
        maker = read.value(node, S.manufacturer)
        assert str(read.value(maker, S.name)) == product["producer"]["name"]
        assert read.value(read.value(node, S.offers), S.seller) == maker


def test_the_feed_says_who_publishes_it_under_which_licence(catalogue, settings, graph):
    made = build(catalogue, settings, "jsonld")
    read = graph(made.path.read_bytes())
    (feed,) = read.subjects(RDF.type, S.DataFeed)
    assert read.value(feed, S.license) == URIRef(settings.data_licence)
    assert str(read.value(feed, S.usageInfo)) == settings.data_terms
    assert str(read.value(read.value(feed, S.publisher), S.name)) == settings.office
    assert len(list(read.objects(feed, S.dataFeedElement))) == made.products
    assert str(read.value(feed, S.version)) == made.statement["version"]


def test_all_that_is_said_of_a_product_stands_under_schemas_own_names():
    made = item(
        {
            "sku": "A/1", "name": "Pagar", "kbli": "25111", "kbli_edition": "2020", "hs": "730890", "hs_edition": "2022",
            "unit_code": "MTK", "unit_said": "m2", "price_min": Decimal(5), "price_max": Decimal(5),
            "price_valid_until": "2026-12-31", "lead_time_days": 14,
            "minimum_order": Decimal("6.5"), "tkdn_percent": Decimal("47.2"), "halal": "ID1", "distribution_permit": "P-IRT 1",
            "sni": "SNI 1", "capacity_band": "100-1000", "capacity_period": "bulan", "weight_kg": Decimal("22.5"),
            "photo": "https://foto.example.id/a b.jpg", "is_sample": True, "keywords": ["pagar"], "sector": "logam",
            "producer": {"ident": "u1", "name": "CV Karya", "nib": "9120000000017", "district": "Citangkil"},
        }
    )  # fmt: skip
    firm = f"{NODE}/api/v1/businesses/u1"
    assert made["@id"] == f"{NODE}/api/v1/products/A%2F1"
    assert made["image"] == "https://foto.example.id/a%20b.jpg"
    assert made["disambiguatingDescription"] == SAMPLE
    assert made["weight"] == {"@type": "QuantitativeValue", "value": "22.5", "unitCode": "KGM"}
    assert made["manufacturer"] == {
        "@id": firm, "@type": "Organization", "name": "CV Karya",
        "identifier": {"@type": "PropertyValue", "propertyID": "NIB", "value": "9120000000017"},
        "address": {"@type": "PostalAddress", "addressLocality": "Citangkil", "addressRegion": "Kota Cilegon", "addressCountry": "ID"},
    }  # fmt: skip
    assert [(each["codeValue"], each["inCodeSet"]["name"], each["inCodeSet"]["version"]) for each in made["category"]] == [
        ("25111", "KBLI", "2020"), ("730890", "HS", "2022"),
    ]  # fmt: skip
    assert {each["certificationIdentification"]: each["issuedBy"]["name"] for each in made["hasCertification"]} == {
        "ID1": "BPJPH", "SNI 1": "BSN", "P-IRT 1": "Dinas Kesehatan kabupaten/kota",
    }  # fmt: skip
    told = {each["propertyID"]: each for each in made["additionalProperty"]}
    assert (told["tkdn_percent"]["value"], told["tkdn_percent"]["unitCode"]) == ("47.2", "P1")
    assert (told["capacity"]["minValue"], told["capacity"]["maxValue"], told["capacity"]["unitText"]) == ("100", "1000", "m2 per bulan")
    unit = {"unitCode": "MTK", "unitText": "m2"}
    assert made["offers"] == {
        "@type": "Offer", "price": "5", "priceCurrency": "IDR", "priceValidUntil": "2026-12-31", "seller": {"@id": firm},
        "priceSpecification": {
            "@type": "UnitPriceSpecification", "minPrice": "5", "maxPrice": "5", "priceCurrency": "IDR",
            "referenceQuantity": {"@type": "QuantitativeValue", "value": "1"} | unit,
        },
        "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": "6.5"} | unit,
        "deliveryLeadTime": {"@type": "QuantitativeValue", "value": "14", "unitCode": "DAY"},
    }  # fmt: skip


def test_a_range_is_no_single_price_and_no_price_is_none():
    ranged = item({"sku": "a", "price_min": Decimal(1), "price_max": Decimal(2)})["offers"]
    assert "price" not in ranged
    assert (ranged["priceSpecification"]["minPrice"], ranged["priceSpecification"]["maxPrice"]) == ("1", "2")
    without = item({"sku": "a", "price_valid_until": "2026-12-31", "unit_said": "dus", "unit_code": "ZZZ", "minimum_order": Decimal(3)})[
        "offers"
    ]
    assert without == {"@type": "Offer", "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": "3", "unitText": "dus"}}


def test_who_may_read_the_capacity_reads_it_instead_of_its_band():
    made = item({"sku": "a", "capacity_band": "100-1000", "capacity_min": Decimal(120), "capacity_max": Decimal(180)})
    (told,) = made["additionalProperty"]
    assert (told["minValue"], told["maxValue"]) == ("120", "180")


NASTY = st.one_of(
    st.text(max_size=20),
    st.text(alphabet='@idtype:"{}\\<>/\u202e\x00\n😀# ', max_size=12),
    st.sampled_from(["@id", "</script>", "_:b0", "a:b", "%2F"]),
)


@settings(max_examples=80)
@given(st.fixed_dictionaries({"sku": NASTY.filter(bool), "name": NASTY, "description": NASTY, "keywords": st.lists(NASTY, max_size=3),
    "photo": st.one_of(NASTY, NASTY.map(lambda text: f"https://a/{text}")), "halal": NASTY, "unit_said": NASTY,
    "producer": st.fixed_dictionaries({"ident": NASTY.filter(bool), "name": NASTY})}))  # fmt: skip
def test_whatever_people_write_is_text_and_never_structure(graph, product):
    read = graph(written(product))
    (node,) = read.subjects(RDF.type, S.Product)
    assert str(node).startswith(f"{NODE}/api/v1/products/")
    assert str(read.value(node, S.sku)) == product["sku"]
    assert str(read.value(node, S.name) or "") == product["name"]
    assert {str(each) for each in read.objects(node, S.keywords)} == set(product["keywords"])
    assert set(read.objects(None, RDF.type)) <= {S[kind] for kind in (
        "DataFeed", "DataFeedItem", "Product", "Organization", "GovernmentOrganization", "AdministrativeArea", "PropertyValue",
        "PostalAddress", "Certification", "Offer")}  # fmt: skip
    assert all(str(each).lower().startswith(("http://", "https://")) for each in read.objects(node, S.image))


@settings(max_examples=60)
@given(st.sets(NASTY.filter(bool), min_size=2, max_size=4))
def test_different_products_have_different_names_with_and_without_the_nodes_address(skus):
    for head in (HEAD, replace(HEAD, base_url="")):
        assert len({names.product(head, sku) for sku in skus}) == len(skus)


def test_without_the_nodes_address_names_are_the_regions_and_stay_the_same_on_another_machine():
    made = item({"sku": "A 1", "producer": {"ident": "u1", "name": "x"}}, head=replace(HEAD, base_url=""))
    assert made["@id"] == "urn:trade-exchange:36.72:product:A%201"
    assert made["manufacturer"]["@id"] == "urn:trade-exchange:36.72:business:u1"


def test_the_context_stands_inside_and_every_member_is_a_word_of_it(catalogue, settings):
    said = orjson.loads(build(catalogue, settings, "jsonld").path.read_bytes())
    assert said["@context"]["@vocab"] == str(S)
    assert all(not isinstance(each, str) or not each.endswith(".jsonld") for each in said["@context"].values())


def test_an_empty_catalogue_is_a_feed_without_items(store, settings):
    said = orjson.loads(build(store, settings, "jsonld").path.read_bytes())
    assert said["dataFeedElement"] == []
    assert said["publisher"]["name"] == settings.office
    assert "dateModified" not in said


@pytest.mark.parametrize(("said", "made"), [
    ("https://a/b c", "https://a/b%20c"), ("https://a/é", "https://a/é"), ("https://a/%20", "https://a/%20"), ("javascript:alert(1)", None),
    ("", None), (None, None), ("ftp://a/", None), (" https://a/<x>\n", "https://a/%3Cx%3E"),
])  # fmt: skip
def test_a_web_address_becomes_one_that_rdf_can_hold(said, made):
    assert names.iri(said) == made
