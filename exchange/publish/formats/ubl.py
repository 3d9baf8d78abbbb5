"""
The catalogue as a UBL 2.1 Catalogue, streamed line by line, and what changed of it since an earlier one.

Source
  schemas/ubl.py states the mapping.
Caveats
  The standard asks for at least one line, so an empty catalogue, or one in which nothing changed, has no document.
  A unit that is in no list is said in words and never coded.
  An offer's own last day is not known, its price's is and stands with the price: with cac:LineValidityPeriod readers would drop a product
  whose price lapsed and which is still on offer. So a line has no period, the catalogue has the day since which it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO, NamedTuple

import orjson

from exchange.publish.base import Format, Head
from exchange.publish.nodes import DECLARATION, ROOT_BEGIN, ROOT_END, group, text
from exchange.publish.ubl_parts import (
    JAKARTA,
    Record,
    at_least_one,
    certificates,
    country,
    identified,
    issued_on,
    link,
    named,
    negotiated,
    photos,
    price_list,
    prices,
    properties,
    record_address,
    terms,
)
from schemas import ubl
from schemas.ubl import known_unit, safe_ident

_READERS = {ubl.PUBLIC_RECEIVER: "Umum", "agreed": "Daerah dengan Kesepakatan Bersama", "staff": "Petugas"}


class Step(NamedTuple):
    """What became of one product: body is how the reader reads it now, None where it does so no longer; known: it read it before."""

    sku: str
    known: bool
    body: bytes | None


class Ubl(Format):
    """One cac:CatalogueLine for each product, with its producer, classes, price, terms and certificates."""

    name = "ubl"
    title = "UBL 2.1 Catalogue"
    media_type = "application/xml"
    suffix = ".xml"
    conforms_to = "http://docs.oasis-open.org/ubl/os-UBL-2.1/"
    version = "3"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Stream the document; raises NothingToPublish before the first byte where there is no product."""
        lines = at_least_one(products)
        _begin(out, head, ubl.ACTION_REPLACE)
        count = 0
        for body in lines:
            out.write(_line(orjson.loads(body), head, ubl.ACTION_ADD).encode())
            count += 1
        out.write(ROOT_END.encode())
        return count

    def write_changes(self, steps: Iterable[Step], out: BinaryIO, head: Head, since: str) -> int:
        """
        Stream what changed, one line a product: Add, Update, or Delete, the tombstone; the number of lines.

        steps: one at least, each product once, no product that was neither known before nor is read now. since: the word for the state
        that they follow. head: of the state that they lead to, `products` being the number of steps.
        """
        _begin(out, head, ubl.ACTION_UPDATE, since)
        count = 0
        for step in steps:
            out.write(_step(step, head).encode())
            count += 1
        out.write(ROOT_END.encode())
        return count


def _step(step: Step, head: Head) -> str:
    if step.body is not None:
        return _line(orjson.loads(step.body), head, ubl.ACTION_UPDATE if step.known else ubl.ACTION_ADD)
    ident = text("ID", safe_ident(step.sku))
    return group("CatalogueLine", ident, text("ActionCode", ubl.ACTION_DELETE), group("Item", group("SellersItemIdentification", ident)))


def _begin(out: BinaryIO, head: Head, action: str, since: str = "") -> None:
    out.write((DECLARATION + ROOT_BEGIN + _header(head, action, since)).encode())


def _receiver(head: Head) -> str:
    """Everybody of a tier, or the partner that it is made out to, whose tier is told beside it."""
    tier = identified(head.tier, ubl.SCHEME_READER)
    if head.receiver is None:
        return group("ReceiverParty", tier, named(_READERS.get(head.tier, head.tier)))
    return group("ReceiverParty", identified(head.receiver.region, ubl.SCHEME_REGION), tier, named(head.receiver.name))


def _header(head: Head, action: str, since: str) -> str:
    changed = head.changed_at.astimezone(JAKARTA)
    parts = (
        text("UBLVersionID", ubl.UBL_VERSION),
        text("CustomizationID", ubl.CUSTOMIZATION),
        text("ProfileID", ubl.PROFILE),
        text("ID", f"IKM-{head.region}"),
        text("ActionCode", action),
        text("Name", f"Katalog produk IKM {head.region_name}"),
        text("IssueDate", issued_on(head)),
        text("IssueTime", changed.isoformat(timespec="seconds")[11:]),
        text("Note", f"Lisensi data: {head.licence}"),
        text("Note", "Produk bertanda data contoh bukan penawaran."),
        text("VersionID", head.state),
        text("PreviousVersionID", since),
        text("LineCountNumeric", head.products),
        group("ValidityPeriod", text("StartDate", issued_on(head))),
        group(
            "ProviderParty",
            text("WebsiteURI", head.base_url),
            identified(head.region, ubl.SCHEME_REGION),
            named(head.office),
            group("PostalAddress", text("CityName", head.region_name), country("Country")),
            group("Contact", text("ElectronicMail", head.contact)),
        ),
        _receiver(head),
        group("TradingTerms", text("Information", head.terms), text("Reference", head.licence)),
    )
    return "".join(parts)


def _line(product: Record, head: Head, action: str) -> str:
    unit, ident = known_unit(product.get("unit_code")), text("ID", safe_ident(product["sku"]))
    return group(
        "CatalogueLine",
        ident,
        text("ActionCode", action),
        _notes(product),
        text("OrderableIndicator", "false" if product.get("is_sample") else "true"),
        text("OrderableUnit", unit),
        text("MinimumOrderQuantity", product.get("minimum_order"), unitCode=unit) if unit else "",
        group("SellerSupplierParty", group("Party", _producer(product.get("producer") or {}))),
        terms(product, unit, prices(product), typed=True),
        negotiated(product),
        group("Item", _item(product, ident, unit, head)),
    )


def _notes(product: Record) -> str:
    said = text("Note", "Data contoh; bukan penawaran.") if product.get("is_sample") else ""
    if product.get("price_min") is None and product.get("price_max") is None:
        said += text("Note", "Tanpa harga: belum ada harga indikatif.")
    for one in product.get("negotiated_prices") or ():
        said += text("Note", f"Harga PKS {price_list(one)}: {one['note']}" if one["note"] else "")
    return said


def _producer(producer: Record) -> str:
    nib, ident = identified(producer.get("nib"), ubl.SCHEME_NIB), identified(producer.get("ident"), ubl.SCHEME_FIRM)
    name, form = producer.get("name"), text("CompanyLegalForm", producer.get("legal_form"))
    return nib + ident + named(name) + group("PartyLegalEntity", text("RegistrationName", name), form)


def _item(product: Record, ident: str, unit: str | None, head: Head) -> str:
    parts = (
        text("Description", product.get("description")),
        text("Name", product["name"]),
        *[text("Keyword", word) for word in product.get("keywords") or ()],
        group("SellersItemIdentification", ident),
        photos(product, head, whole=True),
        link(ubl.PHOTO, product.get("photo")),
        link(ubl.RECORD, record_address(head, product["sku"])),
        country("OriginCountry"),
        *[_class(product, *each) for each in ubl.CLASSIFICATIONS],
        # the minimum order stands with its unit in cbc:MinimumOrderQuantity where that has a code
        properties(
            (member, title, product.get(member)) for member, title in ubl.PROPERTIES.items() if member != "minimum_order" or not unit
        ),
        _origin(product, head),
        certificates(product),
    )
    return "".join(parts)


def _class(product: Record, member: str, edition: str, list_id: str) -> str:
    code: Any = product.get(member)
    return group("CommodityClassification", text("ItemClassificationCode", code, listID=list_id, listVersionID=product.get(edition)))


def _origin(product: Record, head: Head) -> str:
    return group(
        "OriginAddress",
        text("CitySubdivisionName", (product.get("producer") or {}).get("district")),
        text("CityName", head.region_name),
        text("CountrySubentityCode", head.region, listID=ubl.SCHEME_REGION),
        country("Country"),
    )
