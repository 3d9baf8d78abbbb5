"""
The catalogue as a UBL 2.1 Catalogue, streamed line by line.

Source
  schemas/ubl.py states the mapping.
Caveats
  The standard asks for at least one line, so an empty catalogue has no document.
  A unit that is in no list is said in words and never coded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import orjson
from lxml import etree

from exchange.publish.base import Format, Head, NothingToPublish
from exchange.publish.nodes import NO_ATTRIBUTES, Node, group, put, text
from schemas import ubl
from schemas.ubl import cac, known_unit, safe, safe_ident, web_address

Record = dict[str, Any]

_JAKARTA = ZoneInfo("Asia/Jakarta")
_READERS = {ubl.PUBLIC_RECEIVER: "Umum", "agreed": "Daerah dengan Kesepakatan Bersama", "staff": "Petugas"}


class Ubl(Format):
    """One cac:CatalogueLine for each product, with its producer, classes, price, terms and certificates."""

    name = "ubl"
    title = "UBL 2.1 Catalogue"
    media_type = "application/xml"
    suffix = ".xml"
    conforms_to = "http://docs.oasis-open.org/ubl/os-UBL-2.1/"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Stream the document; raises NothingToPublish before the first byte where there is no product."""
        lines = iter(products)
        first = next(lines, None)
        if first is None:
            raise NothingToPublish(
                "Katalog kosong: UBL mensyaratkan paling sedikit satu produk.",
                mend="Impor produk dari usaha yang setuju dipublikasikan, atau pakai format json.",
            )
        count = 0
        with etree.xmlfile(out, encoding="utf-8") as xml:
            xml.write_declaration()
            with xml.element(f"{{{ubl.CATALOGUE}}}Catalogue", nsmap=ubl.NAMESPACES):
                for node in _header(head):
                    put(xml, node)
                for body in chain([first], lines):
                    put(xml, _line(orjson.loads(body), head))
                    count += 1
        return count


def _named(name: str | None) -> list[Node]:
    return group("PartyName", text("Name", name))


def _identified(ident: str | None, scheme: str) -> list[Node]:
    return group("PartyIdentification", text("ID", ident and safe_ident(ident), schemeID=scheme))


def _header(head: Head) -> list[Node]:
    changed = head.changed_at.astimezone(_JAKARTA)
    provider = group(
        "ProviderParty",
        _identified(head.region, ubl.SCHEME_REGION),
        _named(head.office),
        group("PostalAddress", text("CityName", head.region_name), _country("Country")),
        group("Contact", text("ElectronicMail", head.contact)),
    )
    receiver = group("ReceiverParty", _identified(head.tier, ubl.SCHEME_READER), _named(_READERS.get(head.tier, head.tier)))
    return [
        *text("UBLVersionID", ubl.UBL_VERSION),
        *text("CustomizationID", ubl.CUSTOMIZATION),
        *text("ProfileID", ubl.PROFILE),
        *text("ID", f"IKM-{head.region}"),
        *text("ActionCode", ubl.ACTION_REPLACE),
        *text("Name", f"Katalog produk IKM {head.region_name}"),
        *text("IssueDate", changed.date().isoformat()),
        *text("IssueTime", changed.isoformat(timespec="seconds")[11:]),
        *text("Note", f"Lisensi data: {head.licence}"),
        *text("Note", "Harga bersifat indikatif. Produk bertanda data contoh bukan penawaran."),
        *text("VersionID", head.version),
        *text("LineCountNumeric", head.products),
        *provider,
        *receiver,
    ]


def _country(name: str) -> list[Node]:
    return group(name, text("IdentificationCode", ubl.COUNTRY, listID="ISO3166-1:Alpha2"))


def _line(product: Record, head: Head) -> Node:
    unit, ident = known_unit(product.get("unit_code")), safe_ident(product["sku"])
    children = [
        *text("ID", ident),
        *text("ActionCode", ubl.ACTION_ADD),
        *chain.from_iterable(text("Note", said) for said in _notes(product)),
        *text("OrderableIndicator", "false" if product.get("is_sample") else "true"),
        *text("OrderableUnit", unit),
        *(text("MinimumOrderQuantity", product.get("minimum_order"), unitCode=unit) if unit else ()),
        *group("SellerSupplierParty", group("Party", *_producer(product.get("producer") or {}))),
        *_terms(product, unit),
        *group("Item", *_item(product, ident, head)),
    ]
    return cac("CatalogueLine"), NO_ATTRIBUTES, children


def _notes(product: Record) -> Iterator[str]:
    if product.get("is_sample"):
        yield "Data contoh; bukan penawaran."
    if product.get("price_min") is None and product.get("price_max") is None:
        yield "Tanpa harga: belum ada harga indikatif."


def _producer(producer: Record) -> Iterator[Iterable[Node]]:
    yield _identified(producer.get("nib"), ubl.SCHEME_NIB)
    yield _identified(producer.get("ident"), ubl.SCHEME_FIRM)
    yield _named(producer.get("name"))
    yield group("PartyLegalEntity", text("RegistrationName", producer.get("name")), text("CompanyLegalForm", producer.get("legal_form")))


def _prices(product: Record) -> list[tuple[str, str]]:
    least, most = product.get("price_min"), product.get("price_max")
    if least is not None and most is not None and least != most:
        return [(ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)]
    if least is not None and most is not None:
        return [(ubl.PRICE_ONE, least)]
    return [(kind, value) for kind, value in ((ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)) if value is not None]


def _terms(product: Record, unit: str | None) -> Iterator[Node]:
    """Lead time and prices; a range is two aggregates, the lead time stands in the first."""
    lead = list(text("LeadTimeMeasure", product.get("lead_time_days"), unitCode=ubl.DAY))
    prices = _prices(product)
    if not prices:
        yield from group("RequiredItemLocationQuantity", lead)
    for kind, amount in prices:
        price = group(
            "Price",
            text("PriceAmount", amount, currencyID=ubl.CURRENCY),
            text("BaseQuantity", "1", unitCode=unit),
            text("PriceType", kind),
            group("ValidityPeriod", text("EndDate", product.get("price_valid_until"))),
        )
        yield from group("RequiredItemLocationQuantity", lead, price)
        lead = []


def _item(product: Record, ident: str, head: Head) -> Iterator[Iterable[Node]]:
    yield text("Description", product.get("description"))
    yield text("Name", product["name"])
    yield from (text("Keyword", word) for word in product.get("keywords") or ())
    yield group("SellersItemIdentification", text("ID", ident))
    photo = web_address(product.get("photo"))
    if photo:
        link = group("Attachment", group("ExternalReference", text("URI", photo)))
        yield group("ItemSpecificationDocumentReference", text("ID", "photo"), link)
    yield _country("OriginCountry")
    for member, edition, list_id in ubl.CLASSIFICATIONS:
        code = text("ItemClassificationCode", product.get(member), listID=list_id, listVersionID=product.get(edition))
        yield group("CommodityClassification", code)
    yield from _properties(product)
    district = (product.get("producer") or {}).get("district")
    yield group(
        "OriginAddress", text("CitySubdivisionName", district), text("CityName", head.region_name),
        text("CountrySubentityCode", head.region, listID=ubl.SCHEME_REGION), _country("Country"),
    )  # fmt: skip
    yield from _certificates(product)


def _properties(product: Record) -> Iterator[Iterable[Node]]:
    for member, title in ubl.PROPERTIES.items():
        value = product.get(member)
        if member == "minimum_order" and known_unit(product.get("unit_code")):
            continue  # said with its unit in cbc:MinimumOrderQuantity
        if value is None or value is False or not safe(str(value)):
            continue
        said = "true" if value is True else value
        yield group("AdditionalItemProperty", text("Name", title), text("NameCode", member, listID=ubl.PROPERTY_LIST), text("Value", said))


def _certificates(product: Record) -> Iterator[Iterable[Node]]:
    for kind in ubl.CERTIFICATES:
        number = safe(product.get(kind.member) or "")
        if number:
            issuer = kind.issuer or ubl.permit_issuer(number)
            party = group("IssuerParty", _named(issuer))
            yield group(
                "Certificate", text("ID", number), text("CertificateTypeCode", kind.code), text("CertificateType", kind.title), party
            )
