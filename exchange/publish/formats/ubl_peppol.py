"""
The catalogue as Peppol's "catalogue without response": UBL 2.1 within the rules of transaction T19 of BIS Catalogue 3.

Source
  https://docs.peppol.eu/poacc/upgrade-3/ and the rules PEPPOL-T19; schemas/ubl.py states the mapping.
Caveats
  The network knows parties by an electronic address and has no Indonesian scheme of them: the office needs a GLN (0088) or another
  address that it was given. A catalogue for everybody is made out to the office itself, for handing on; one for a partner wants the
  partner's address, which the office sets, too.
  A line knows its producer by name alone; all else about it, its district and what has no element stands in item properties.
  A price that was agreed under a contract bears UNCL 5387's code CON; the rules want a coded unit with a quantity, so one whose unit has
  no code is a property in words.
  A price that lapsed before the catalogue's day is left out, since the rules hold a price's validity to the catalogue's. They know no
  terms without a price either: the lead time of a product without one is a property.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from exchange.publish.base import Format, Head, NotOffered
from exchange.publish.columns import prices_said
from exchange.publish.nodes import DECLARATION, ROOT_BEGIN, ROOT_END, group, text
from exchange.publish.ubl_parts import (
    Record,
    at_least_one,
    certificates,
    country,
    issued_on,
    link,
    named,
    negotiated,
    photos,
    prices,
    properties,
    terms,
)
from schemas import ubl
from schemas.ubl import known_unit, safe_ident

SETTING = "EXCHANGE_PEPPOL_ENDPOINT"
PARTNERS = "EXCHANGE_PEPPOL_PARTNERS"
_PRODUCER = ("ident", "nib", "legal_form", "district")


class UblPeppol(Format):
    """One cac:CatalogueLine for each product, its producer as the item's manufacturer."""

    name = "ubl_peppol"
    title = "UBL 2.1 Catalogue, Peppol BIS Catalogue 3"
    media_type = "application/xml"
    suffix = ".xml"
    conforms_to = "urn:fdc:peppol.eu:poacc:trns:catalogue:3"

    def lacking(self, head: Head) -> str | None:
        """Both parties need an electronic address."""
        if not head.endpoint:
            return f"Profil Peppol mewajibkan alamat elektronik penerbit; kantor belum mengisi {SETTING}."
        if head.receiver is not None and not head.receiver.endpoint:
            return f"Profil Peppol mewajibkan alamat elektronik penerima; alamat {head.receiver.name} belum diketahui."
        return None

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Stream the document; raises NotOffered without addresses, NothingToPublish where there is no product."""
        why = self.lacking(head)
        if why is not None:
            mend = f"isi {SETTING} dengan GLN kantor, misalnya 0088:1234567890128."
            if head.endpoint and head.receiver is not None:
                known = head.receiver.ident or "NAMA"
                mend = f"mintalah kantor penerbit mengisi {PARTNERS} dengan alamat mitra, misalnya {known}=0088:4006381333931."
            raise NotOffered(why, mend=f"Pakai format ubl, atau {mend}")
        lines, day = at_least_one(products), issued_on(head)
        out.write((DECLARATION + ROOT_BEGIN + _header(head, day)).encode())
        count = 0
        for body in lines:
            out.write(_line(orjson.loads(body), head, day).encode())
            count += 1
        out.write(ROOT_END.encode())
        return count


def _party(name: str, endpoint: str, called: str, city: str = "") -> str:
    scheme, _, ident = endpoint.partition(":")
    address = group("PostalAddress", text("CityName", city), country("Country"))
    return group(name, text("EndpointID", ident, schemeID=scheme), address, group("PartyLegalEntity", text("RegistrationName", called)))


def _header(head: Head, day: str) -> str:
    to = head.receiver
    parts = (
        text("CustomizationID", ubl.PEPPOL_CUSTOMIZATION),
        text("ProfileID", ubl.PEPPOL_PROFILE),
        text("ID", f"IKM-{head.region}"),
        text("ActionCode", ubl.ACTION_REPLACE),
        text("Name", f"Katalog produk IKM {head.region_name}"),
        text("IssueDate", day),
        text("VersionID", head.state),
        group("ValidityPeriod", text("StartDate", day)),
        _party("ProviderParty", head.endpoint, head.office, head.region_name),
        _party("ReceiverParty", to.endpoint, to.name) if to else _party("ReceiverParty", head.endpoint, head.office, head.region_name),
        group("TradingTerms", text("Information", f"{head.terms} Lisensi data: {head.licence}")),
    )
    return "".join(parts)


def _line(product: Record, head: Head, day: str) -> str:
    unit, ident = known_unit(product.get("unit_code")), text("ID", safe_ident(product["sku"]))
    return group(
        "CatalogueLine",
        ident,
        text("ActionCode", ubl.ACTION_ADD),
        text("OrderableIndicator", "false" if product.get("is_sample") else "true"),
        text("OrderableUnit", unit),
        text("MinimumOrderQuantity", product.get("minimum_order"), unitCode=unit) if unit else "",
        terms(product, unit, _prices(product, day), typed=False),
        negotiated(product, first=day),
        group("Item", _item(product, ident, unit, head, day)),
    )


def _prices(product: Record, day: str) -> list[tuple[str, str]]:
    until = product.get("price_valid_until")
    return prices(product) if until is None or until >= day else []


def _item(product: Record, ident: str, unit: str | None, head: Head, day: str) -> str:
    producer = product.get("producer") or {}
    parts = (
        text("Description", product.get("description")),
        text("Name", product["name"]) or text("Name", safe_ident(product["sku"])),
        *[text("Keyword", word) for word in product.get("keywords") or ()],
        group("SellersItemIdentification", ident),
        photos(product, head, whole=False),
        link(ubl.PHOTO, product.get("photo"), ubl.PEPPOL_PHOTO),
        country("OriginCountry"),
        *[_class(product, *each) for each in ubl.CLASSIFICATIONS],
        properties(_members(product, producer, unit, head, day)),
        group("ManufacturerParty", named(producer.get("name"))),
        certificates(product, ubl.PEPPOL_CERTIFICATE),
    )
    return "".join(parts)


def _members(product: Record, producer: Record, unit: str | None, head: Head, day: str) -> Iterator[tuple[str, str, Any]]:
    """What has no element of its own, as (member, title, value)."""
    for member, title in ubl.PROPERTIES.items():
        if member != "minimum_order" or not unit:
            yield member, title, product.get(member)
    told: Record = {f"producer.{member}": producer.get(member) for member in _PRODUCER} | {"region": head.region}
    # of two prices each tells which it is by the other; one alone that is the half of a range cannot
    kinds = [kind for kind, _ in _prices(product, day)]
    if not kinds:
        told["lead_time_days"] = product.get("lead_time_days")
    elif len(kinds) == 1 and kinds[0] != ubl.PRICE_ONE:
        told["price_type"] = kinds[0]
    uncoded = [one for one in product.get("negotiated_prices") or () if known_unit(one["unit_code"]) is None]
    told["negotiated_prices"] = prices_said(uncoded) or None
    for member, title in ubl.PEPPOL_PROPERTIES.items():
        yield member, title, told.get(member)


def _class(product: Record, member: str, edition: str, name: str) -> str:
    known = ubl.PEPPOL_CLASSES.get(name)
    more = {"listID": known or ubl.MUTUALLY_DEFINED, "listName": None if known else name, "listVersionID": product.get(edition)}
    return group("CommodityClassification", text("ItemClassificationCode", product.get(member), **more))
