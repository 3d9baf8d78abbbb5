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
from schemas import ubl
from schemas.ubl import cac, cbc, known_unit, safe, safe_ident, web_address

Node = tuple[str, dict[str, str], Any]
Record = dict[str, Any]

_NO_ATTRIBUTES: dict[str, str] = {}
_NOTHING: list[Node] = []
_JAKARTA = ZoneInfo("Asia/Jakarta")
_READERS = {ubl.PUBLIC_RECEIVER: "Umum", "agreed": "Daerah dengan Kesepakatan Bersama", "staff": "Petugas"}


class Ubl(Format):
    """One cac:CatalogueLine for each product, with its producer, classes, price, terms and certificates."""

    name = "ubl"
    title = "UBL 2.1 Catalogue"
    media_type = "application/xml"
    suffix = ".xml"

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
                    _put(xml, node)
                for body in chain([first], lines):
                    _put(xml, _line(orjson.loads(body), head))
                    count += 1
        return count


def _put(xml: Any, node: Node) -> None:
    """Write one node of (qualified name, attributes, text or child nodes)."""
    tag, attributes, content = node
    with xml.element(tag, attributes):
        if isinstance(content, str):
            xml.write(content)
        else:
            for child in content:
                _put(xml, child)


def _text(name: str, value: Any, **attributes: str | None) -> list[Node]:
    """A basic component; nothing where there is nothing to say, since the standard knows no empty element."""
    said = "" if value is None else safe(value if isinstance(value, str) else str(value))
    if not said:
        return _NOTHING
    if not attributes:
        return [(cbc(name), _NO_ATTRIBUTES, said)]
    told = {key: safe(each) for key, each in attributes.items() if each}
    return [(cbc(name), {key: each for key, each in told.items() if each}, said)]


def _group(name: str, *parts: Iterable[Node]) -> list[Node]:
    """An aggregate; nothing where it would be empty."""
    children = [node for part in parts for node in part]
    return [(cac(name), _NO_ATTRIBUTES, children)] if children else _NOTHING


def _named(text: str | None) -> list[Node]:
    return _group("PartyName", _text("Name", text))


def _identified(ident: str | None, scheme: str) -> list[Node]:
    return _group("PartyIdentification", _text("ID", ident and safe_ident(ident), schemeID=scheme))


def _header(head: Head) -> list[Node]:
    changed = head.changed_at.astimezone(_JAKARTA)
    provider = _group(
        "ProviderParty",
        _identified(head.region, ubl.SCHEME_REGION),
        _named(head.office),
        _group("PostalAddress", _text("CityName", head.region_name), _country("Country")),
        _group("Contact", _text("ElectronicMail", head.contact)),
    )
    receiver = _group("ReceiverParty", _identified(head.tier, ubl.SCHEME_READER), _named(_READERS.get(head.tier, head.tier)))
    return [
        *_text("UBLVersionID", ubl.UBL_VERSION),
        *_text("CustomizationID", ubl.CUSTOMIZATION),
        *_text("ProfileID", ubl.PROFILE),
        *_text("ID", f"IKM-{head.region}"),
        *_text("ActionCode", ubl.ACTION_REPLACE),
        *_text("Name", f"Katalog produk IKM {head.region_name}"),
        *_text("IssueDate", changed.date().isoformat()),
        *_text("IssueTime", changed.isoformat(timespec="seconds")[11:]),
        *_text("Note", f"Lisensi data: {head.licence}"),
        *_text("Note", "Harga bersifat indikatif. Produk bertanda data contoh bukan penawaran."),
        *_text("VersionID", head.version),
        *_text("LineCountNumeric", head.products),
        *provider,
        *receiver,
    ]


def _country(name: str) -> list[Node]:
    return _group(name, _text("IdentificationCode", ubl.COUNTRY, listID="ISO3166-1:Alpha2"))


def _line(product: Record, head: Head) -> Node:
    unit, ident = known_unit(product.get("unit_code")), safe_ident(product["sku"])
    children = [
        *_text("ID", ident),
        *_text("ActionCode", ubl.ACTION_ADD),
        *chain.from_iterable(_text("Note", said) for said in _notes(product)),
        *_text("OrderableIndicator", "true"),
        *_text("OrderableUnit", unit),
        *(_text("MinimumOrderQuantity", product.get("minimum_order"), unitCode=unit) if unit else ()),
        *_group("SellerSupplierParty", _group("Party", *_producer(product.get("producer") or {}))),
        *_terms(product, unit),
        *_group("Item", *_item(product, ident, head)),
    ]
    return cac("CatalogueLine"), _NO_ATTRIBUTES, children


def _notes(product: Record) -> Iterator[str]:
    if product.get("is_sample"):
        yield "Data contoh; bukan penawaran."
    if product.get("price_min") is None and product.get("price_max") is None:
        yield "Tanpa harga: belum ada harga indikatif."


def _producer(producer: Record) -> Iterator[Iterable[Node]]:
    yield _identified(producer.get("nib"), ubl.SCHEME_NIB)
    yield _identified(producer.get("ident"), ubl.SCHEME_FIRM)
    yield _named(producer.get("name"))
    yield _group("PartyLegalEntity", _text("RegistrationName", producer.get("name")), _text("CompanyLegalForm", producer.get("legal_form")))


def _prices(product: Record) -> list[tuple[str, str]]:
    least, most = product.get("price_min"), product.get("price_max")
    if least is not None and most is not None and least != most:
        return [(ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)]
    if least is not None and most is not None:
        return [(ubl.PRICE_ONE, least)]
    return [(kind, value) for kind, value in ((ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)) if value is not None]


def _terms(product: Record, unit: str | None) -> Iterator[Node]:
    """Lead time and prices; a range is two aggregates, the lead time stands in the first."""
    lead = list(_text("LeadTimeMeasure", product.get("lead_time_days"), unitCode=ubl.DAY))
    prices = _prices(product)
    if not prices:
        yield from _group("RequiredItemLocationQuantity", lead)
    for kind, amount in prices:
        price = _group(
            "Price",
            _text("PriceAmount", amount, currencyID=ubl.CURRENCY),
            _text("BaseQuantity", "1", unitCode=unit),
            _text("PriceType", kind),
            _group("ValidityPeriod", _text("EndDate", product.get("price_valid_until"))),
        )
        yield from _group("RequiredItemLocationQuantity", lead, price)
        lead = []


def _item(product: Record, ident: str, head: Head) -> Iterator[Iterable[Node]]:
    yield _text("Description", product.get("description"))
    yield _text("Name", product["name"])
    yield from (_text("Keyword", word) for word in product.get("keywords") or ())
    yield _group("SellersItemIdentification", _text("ID", ident))
    photo = web_address(product.get("photo"))
    if photo:
        link = _group("Attachment", _group("ExternalReference", _text("URI", photo)))
        yield _group("ItemSpecificationDocumentReference", _text("ID", "photo"), link)
    yield _country("OriginCountry")
    for member, edition, list_id in ubl.CLASSIFICATIONS:
        code = _text("ItemClassificationCode", product.get(member), listID=list_id, listVersionID=product.get(edition))
        yield _group("CommodityClassification", code)
    yield from _properties(product)
    district = (product.get("producer") or {}).get("district")
    yield _group(
        "OriginAddress", _text("CitySubdivisionName", district), _text("CityName", head.region_name),
        _text("CountrySubentityCode", head.region, listID=ubl.SCHEME_REGION), _country("Country"),
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
        yield _group(
            "AdditionalItemProperty", _text("Name", title), _text("NameCode", member, listID=ubl.PROPERTY_LIST), _text("Value", said)
        )


def _certificates(product: Record) -> Iterator[Iterable[Node]]:
    for kind in ubl.CERTIFICATES:
        number = safe(product.get(kind.member) or "")
        if number:
            issuer = kind.issuer or ubl.permit_issuer(number)
            party = _group("IssuerParty", _named(issuer))
            yield _group(
                "Certificate", _text("ID", number), _text("CertificateTypeCode", kind.code), _text("CertificateType", kind.title), party
            )
