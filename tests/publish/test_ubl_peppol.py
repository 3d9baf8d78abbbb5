"""The Peppol profile keeps what the rules of transaction T19 ask: by their own compiled form where that is at hand, and rule by rule."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from lxml import etree

from exchange.access.callers import Within
from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.errors import NotFound
from exchange.publish.base import Head, NotOffered, Receiver
from exchange.publish.formats.ubl_peppol import UblPeppol
from exchange.publish.write import build
from schemas import ubl
from schemas.codes import rows

HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=1, terms="Sebutkan sumbernya.", state="keadaan",
    endpoint="0088:1234567890128",
)  # fmt: skip
NS = {"c": ubl.CATALOGUE, "cac": ubl.CAC, "cbc": ubl.CBC}
PRODUCT = {
    "sku": "A", "name": "Barang", "unit_code": "KGM", "unit_said": "kg", "minimum_order": "3", "price_min": "1000", "price_max": "2000",
    "price_valid_until": "2026-12-31", "lead_time_days": 5, "kbli": "25111", "kbli_edition": "2020", "hs": "730890", "hs_edition": "2022",
    "halal": "ID1", "keywords": ["x", "y"], "photo": "https://foto.example.id/a.jpg", "capacity_band": "100-1000", "is_sample": True,
    "producer": {"ident": "ikm-1", "name": "CV Contoh", "legal_form": "CV", "nib": "9120000000017", "district": "Citangkil"},
}  # fmt: skip
TEXTS = st.text(max_size=20) | st.sampled_from(["\0", " ", "<&>\"'", "]]>", "\r\n\t", "😀"])
AMOUNTS = st.integers(0, 10**12).map(str)
PRODUCTS = st.fixed_dictionaries(
    {"sku": st.text(min_size=1, max_size=20), "name": TEXTS},
    optional={
        **dict.fromkeys(
            ("description", "unit_said", "sni", "halal", "distribution_permit", "photo", "kbli", "kbki", "hs"), TEXTS | st.none()
        ),
        **dict.fromkeys(("price_min", "price_max", "capacity_max", "minimum_order", "tkdn_percent", "weight_kg"), AMOUNTS | st.none()),
        "unit_code": st.sampled_from(["KGM", "XBX", "PCS", None]),
        "price_valid_until": st.dates(date(2025, 1, 1), date(2027, 1, 1)) | st.none(),
        "lead_time_days": st.integers(0, 3650) | st.none(),
        "is_sample": st.booleans(),
        "keywords": st.lists(TEXTS, max_size=2),
        "producer": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("ident", "name", "nib", "district", "legal_form"), TEXTS | st.none())
        ),
    },
)


def document(*products: dict[str, Any], head: Head = HEAD) -> Any:
    out = io.BytesIO()
    UblPeppol().write((canonical(product) for product in products), out, head)
    return etree.fromstring(out.getvalue())


def said(tree: Any, path: str) -> list[str]:
    return [str(node) if isinstance(node, str) else node.text for node in tree.xpath(path, namespaces=NS)]


class T19:
    """The compiled rules; `failures` lists what a document breaks."""

    def __init__(self, path: Path) -> None:
        saxonche = pytest.importorskip("saxonche")
        self._processor = saxonche.PySaxonProcessor(license=False)
        self._rules = self._processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))

    def failures(self, xml: bytes) -> list[str]:
        node = self._processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self._rules.transform_to_string(xdm_node=node).encode())
        assert report.xpath("//*[local-name()='fired-rule']"), "rules were applied"
        return [each.get("id") or each.get("test") for each in report.xpath("//*[local-name()='failed-assert']")]


@pytest.fixture(scope="module")
def t19(shared: Path) -> T19:
    """The compiled T19 rules; skipped where they or the processor are not at hand."""
    found = sorted((shared / "standards" / "peppol").glob("PEPPOLBIS-T19-*.xslt"))
    if not found:
        pytest.skip("the compiled rules T19 are not at hand")
    return T19(found[-1])


def test_the_sample_catalogue_breaks_none_of_the_compiled_rules_and_is_valid(sample, settings, t19, xsd):
    made = build(sample, settings, "ubl_peppol")
    data = made.path.read_bytes()
    assert made.products == 300
    xsd.assertValid(etree.fromstring(data))
    assert t19.failures(data) == []


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.AGREED, Tier.STAFF])
def test_every_member_of_every_tier_breaks_none_of_the_compiled_rules(catalogue, settings, t19, xsd, tier):
    to = Receiver("36.04", "Kabupaten Serang", "0088:4006381333931")
    for receiver in (None, to):
        data = build(catalogue, settings, "ubl_peppol", tier, receiver).path.read_bytes()
        xsd.assertValid(etree.fromstring(data))
        assert t19.failures(data) == []


@pytest.mark.parametrize("within", [Within(kbli=("25",)), Within(frozenset({"pangan"}))])
def test_a_partners_own_catalogue_with_what_its_contract_opens_breaks_none_of_the_compiled_rules(catalogue, settings, t19, xsd, within):
    to = Receiver("33.74", "Pemerintah Kota Contoh", "0088:4006381333931", "kota-contoh", within)
    data = build(catalogue, settings, "ubl_peppol", Tier.CONTRACTED, to).path.read_bytes()
    tree = etree.fromstring(data)
    xsd.assertValid(tree)
    assert t19.failures(data) == []
    assert said(tree, "/c:Catalogue/cac:ReceiverParty/cbc:EndpointID") == ["4006381333931"]
    exact = "//cac:AdditionalItemProperty[cbc:NameCode='capacity_max']/cbc:Value"
    assert bool(said(tree, exact)) is ("25" in within.kbli), "the exact capacity of the contract's objects alone"


def test_the_compiled_rules_are_able_to_fail(catalogue, settings, t19):
    assert t19.failures(build(catalogue, settings, "ubl").path.read_bytes())
    data = build(catalogue, settings, "ubl_peppol").path.read_bytes()
    assert "PEPPOL-COMMON-R040" in t19.failures(data.replace(b"1234567890128", b"1234567890129"))


@profile(max_examples=25, deadline=None)
@given(product=PRODUCTS)
def test_whatever_people_write_breaks_none_of_the_compiled_rules(t19, product):
    assert t19.failures(etree.tostring(document(product))) == []


@profile(max_examples=150, deadline=None)
@given(product=PRODUCTS)
def test_whatever_people_write_the_document_is_valid_and_has_no_empty_element(xsd, product):
    tree = document(product)
    xsd.assertValid(tree)
    assert not [node.tag for node in tree.iter() if len(node) == 0 and not (node.text or "").strip()]


def test_it_names_the_profile_and_the_transaction():
    tree = document(PRODUCT)
    assert said(tree, "/c:Catalogue/cbc:CustomizationID") == ["urn:fdc:peppol.eu:poacc:trns:catalogue:3"]
    assert said(tree, "/c:Catalogue/cbc:ProfileID") == ["urn:fdc:peppol.eu:poacc:bis:catalogue_wo_response:3"]


def test_both_parties_have_an_address_and_a_registered_name_and_no_other():
    tree = document(PRODUCT)
    for party in ("cac:ProviderParty", "cac:ReceiverParty"):
        assert said(tree, f"/c:Catalogue/{party}/cbc:EndpointID") == ["1234567890128"]
        assert said(tree, f"/c:Catalogue/{party}/cbc:EndpointID/@schemeID") == ["0088"]
        assert said(tree, f"/c:Catalogue/{party}/cac:PartyLegalEntity/cbc:RegistrationName") == ["Dinas"]
        assert said(tree, f"/c:Catalogue/{party}//cac:PartyName/cbc:Name") == []


def test_a_partner_with_an_address_is_the_receiver():
    tree = document(PRODUCT, head=replace(HEAD, receiver=Receiver("36.04", "Kabupaten Serang", "0195:ID123")))
    assert said(tree, "/c:Catalogue/cac:ReceiverParty/cbc:EndpointID") == ["ID123"]
    assert said(tree, "/c:Catalogue/cac:ReceiverParty/cbc:EndpointID/@schemeID") == ["0195"]
    assert said(tree, "/c:Catalogue/cac:ReceiverParty/cac:PartyLegalEntity/cbc:RegistrationName") == ["Kabupaten Serang"]


@pytest.mark.parametrize(
    ("head", "who"),
    [(replace(HEAD, endpoint=""), "EXCHANGE_PEPPOL_ENDPOINT"), (replace(HEAD, receiver=Receiver("36.04", "Serang")), "Serang")],
)
def test_without_an_address_nothing_is_written_and_the_refusal_says_what_is_missing(head, who):
    out = io.BytesIO()
    with pytest.raises(NotOffered, match=who) as refused:
        UblPeppol().write([canonical(PRODUCT)], out, head)
    assert out.getvalue() == b""
    assert ("EXCHANGE_PEPPOL_PARTNERS" if head.receiver else "EXCHANGE_PEPPOL_ENDPOINT") in refused.value.mend
    assert UblPeppol().lacking(head)
    assert UblPeppol().lacking(HEAD) is None


def test_an_office_without_an_address_has_no_file_and_says_so(catalogue, settings):
    with pytest.raises(NotFound):
        build(catalogue, replace(settings, peppol_endpoint=""), "ubl_peppol")
    assert list((settings.data_dir / "publications").glob("*.xml")) == []


def test_the_header_holds_only_what_the_profile_knows():
    known = {"CustomizationID", "ProfileID", "ID", "ActionCode", "Name", "IssueDate", "VersionID", "ValidityPeriod", "ReferencedContract",
             "SourceCatalogueReference", "ProviderParty", "ReceiverParty", "SellerSupplierParty", "ContractorCustomerParty", "TradingTerms",
             "CatalogueLine"}  # fmt: skip
    tree = document(PRODUCT)
    assert {etree.QName(node).localname for node in tree} <= known
    assert said(tree, "/c:Catalogue/cac:ValidityPeriod/cbc:StartDate") == said(tree, "/c:Catalogue/cbc:IssueDate") == ["2026-03-01"]
    assert said(tree, "/c:Catalogue/cac:TradingTerms/*") == [f"Sebutkan sumbernya. Lisensi data: {HEAD.licence}"]


def test_the_producer_is_the_manufacturer_by_name_alone_and_a_line_has_no_seller():
    tree = document(PRODUCT)
    assert said(tree, "//cac:Item/cac:ManufacturerParty/cac:PartyName/cbc:Name") == ["CV Contoh"]
    assert [etree.QName(node).localname for node in tree.xpath("//cac:ManufacturerParty/*", namespaces=NS)] == ["PartyName"]
    assert said(tree, "//cac:CatalogueLine//cac:SellerSupplierParty//*") == []
    assert said(tree, "//cac:CatalogueLine//cac:OriginAddress//*") == []


def properties(tree: Any) -> dict[str, str]:
    found = "//cac:AdditionalItemProperty"
    return dict(zip(said(tree, f"{found}/cbc:NameCode"), said(tree, f"{found}/cbc:Value"), strict=True))


def test_what_the_profile_has_no_element_for_stands_in_properties_with_their_list():
    tree = document(PRODUCT)
    found = properties(tree)
    assert {name: found[name] for name in found if name.startswith("producer.") or name == "region"} == {
        "producer.ident": "ikm-1", "producer.nib": "9120000000017", "producer.legal_form": "CV", "producer.district": "Citangkil",
        "region": "36.72",
    }  # fmt: skip
    assert set(said(tree, "//cac:AdditionalItemProperty/cbc:NameCode/@listID")) == {ubl.PROPERTY_LIST}


def test_a_certificates_kind_is_in_words_and_its_code_is_na():
    tree = document(PRODUCT)
    assert said(tree, "//cac:Certificate/cbc:CertificateTypeCode") == ["NA"]
    assert said(tree, "//cac:Certificate/cbc:CertificateType") == ["Sertifikat halal"]


def test_a_list_of_codes_that_uncl_7143_does_not_know_is_agreed_and_named():
    tree = document(PRODUCT)
    codes = "//cbc:ItemClassificationCode"
    assert dict(zip(said(tree, codes), said(tree, f"{codes}/@listID"), strict=True)) == {"25111": "ZZZ", "730890": "HS"}
    assert said(tree, f"{codes}/@listName") == ["KBLI"]
    assert said(tree, f"{codes}/@listVersionID") == ["2020", "2022"]


def test_a_price_has_no_kind_outside_uncl_5387_and_half_a_range_says_which_half():
    assert said(document(PRODUCT), "//cbc:PriceType") == []
    assert "price_type" not in properties(document(PRODUCT))
    half = document({name: value for name, value in PRODUCT.items() if name != "price_min"})
    assert properties(half)["price_type"] == ubl.PRICE_MOST


@pytest.mark.parametrize(("until", "shown"), [("2026-02-28", []), ("2026-03-01", ["1000", "2000"]), (None, ["1000", "2000"])])
def test_a_price_that_lapsed_before_the_catalogues_day_is_left_out(until, shown):
    assert said(document(PRODUCT | {"price_valid_until": until}), "//cbc:PriceAmount") == shown


def test_a_lead_time_without_a_price_is_a_property_since_terms_need_a_price():
    tree = document({name: value for name, value in PRODUCT.items() if not name.startswith("price_")})
    assert said(tree, "//cac:RequiredItemLocationQuantity/*") == []
    assert properties(tree)["lead_time_days"] == "5"
    assert "lead_time_days" not in properties(document(PRODUCT))


def test_every_quantity_has_a_unit_of_the_list():
    tree = document(PRODUCT, PRODUCT | {"sku": "B", "unit_code": None})
    for name in ("BaseQuantity", "MinimumOrderQuantity", "LeadTimeMeasure"):
        assert len(said(tree, f"//cbc:{name}")) == len(said(tree, f"//cbc:{name}/@unitCode"))
    listed = {row["code"] for row in rows("units.csv")} | {"DAY"}
    assert set(said(tree, "//@unitCode")) <= listed
    assert said(tree, "//cac:CatalogueLine[cbc:ID='B']//cbc:BaseQuantity") == []


def test_dates_are_days_and_an_item_is_known_by_its_sellers_number():
    tree = document(PRODUCT)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in said(tree, "//cbc:StartDate | //cbc:EndDate | //cbc:IssueDate"))
    assert said(tree, "//cac:SellersItemIdentification/cbc:ID") == ["A"]
