"""
The catalogue as JSON-LD in the words of schema.org: a DataFeed whose items are products with their offers and makers.

Source
  schema.org 30.0: DataFeed, Product, Offer, UnitPriceSpecification, Organization, Certification, PropertyValue,
  QuantitativeValue, CategoryCode. Units: UN/ECE Rec 20, as schema.org's unitCode asks.
Caveats
  The context stands inside, so that no reader needs the network; with it a decimal keeps its digits.
  schema.org has no word for the legal form of a firm; it is in no other words here.
  An offer without a price has no price, never zero. Made-up products say so in `disambiguatingDescription`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, BinaryIO

import orjson

from exchange.publish import names
from exchange.publish.base import Format, Head
from exchange.publish.ubl_parts import price_list
from schemas import ubl

Record = dict[str, Any]

_DECIMAL = {"@type": "http://www.w3.org/2001/XMLSchema#decimal"}
_ADDRESS = {"@type": "@id"}
_DAY = {"@type": "https://schema.org/Date"}
CONTEXT: Record = {
    "@vocab": "https://schema.org/",
    **dict.fromkeys(("price", "minPrice", "maxPrice", "minValue", "maxValue"), _DECIMAL),
    **dict.fromkeys(("license", "image", "url", "contentUrl"), _ADDRESS),
    "dateModified": {"@type": "https://schema.org/DateTime"},
    **dict.fromkeys(("priceValidUntil", "validFrom", "validThrough"), _DAY),
    "eligibleCustomerType": _ADDRESS,
}
# GoodRelations, whose kinds of customer schema.org takes over: offices of governments
PARTNER = "http://purl.org/goodrelations/v1#PublicInstitution"
SAMPLE = "Data contoh; bukan penawaran."


class Jsonld(Format):
    """Who publishes under which licence, then a DataFeedItem for each product."""

    name = "jsonld"
    title = "JSON-LD (schema.org)"
    media_type = "application/ld+json"
    suffix = ".jsonld"
    conforms_to = "https://schema.org/"
    version = "3"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Stream the document; an empty catalogue is a feed without items."""
        feed = orjson.dumps({"@context": CONTEXT} | _feed(head))
        out.write(feed[:-1] + b',"dataFeedElement":[')
        count = 0
        for count, body in enumerate(products, start=1):
            out.write((b"\n" if count == 1 else b",\n") + orjson.dumps(_item(orjson.loads(body), head)))
        out.write(b"\n]}\n")
        return count


def _said(kind: str, **members: Any) -> Record:
    """A node of that type with the members that say something."""
    return {"@type": kind} | {name: value for name, value in members.items() if value not in (None, "", [])}


def _feed(head: Head) -> Record:
    home = _said("AdministrativeArea", name=head.region_name, identifier=_identified("Kemendagri", head.region))
    publisher = _said("GovernmentOrganization", name=head.office, email=head.contact, areaServed=home) | {"@id": names.office(head)}
    return {"@id": names.distribution(head, "jsonld")} | _said(
        "DataFeed",
        name=f"Katalog produk IKM {head.region_name}",
        inLanguage="id",
        license=names.iri(head.licence),
        usageInfo=head.terms,
        publisher=publisher,
        dateModified=head.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if head.version else None,
        version=head.state,
    )


def _identified(kind: str, value: str | None) -> Record | None:
    return {"@type": "PropertyValue", "propertyID": kind, "value": value} if value else None


def _item(product: Record, head: Head) -> Record:
    firm = _maker(product.get("producer") or {}, head)
    made = {"@id": names.product(head, product["sku"])} | _said(
        "Product",
        sku=product["sku"],
        name=product.get("name"),
        description=product.get("description"),
        disambiguatingDescription=SAMPLE if product.get("is_sample") else None,
        keywords=product.get("keywords"),
        image=_images(product, head),
        category=list(_classes(product)),
        manufacturer=firm,
        weight=_said("QuantitativeValue", value=product["weight_kg"], unitCode="KGM") if product.get("weight_kg") else None,
        hasCertification=list(_certificates(product)),
        additionalProperty=list(_properties(product)),
        offers=_offers(product, firm),
    )
    return _said("DataFeedItem", dateModified=product.get("updated_at"), item=made)


def _images(product: Record, head: Head) -> list[Record] | str | None:
    """The photos that the node serves, else the address of one that lies elsewhere."""
    told = product.get("photos") or []
    return [_image(photo, head) for photo in told] if told else names.iri(product.get("photo"))


def _image(photo: Record, head: Head) -> Record:
    sides = {name: {"@type": "QuantitativeValue", "value": photo[name], "unitCode": "E37"} for name in ("width", "height")}
    return _said(
        "ImageObject",
        contentUrl=names.photo(head, photo),
        encodingFormat=photo["media_type"],
        sha256=photo["sha256"],
        contentSize=str(photo["size"]),
        caption=photo["caption"],
        **sides,
    )


def _maker(producer: Record, head: Head) -> Record | None:
    if not producer.get("ident"):
        return _said("Organization", name=producer["name"]) if producer.get("name") else None
    place = _said("PostalAddress", addressLocality=producer.get("district"), addressRegion=head.region_name, addressCountry=ubl.COUNTRY)
    firm = _said("Organization", name=producer.get("name"), identifier=_identified("NIB", producer.get("nib")), address=place)
    return {"@id": names.business(head, producer["ident"])} | firm


def _classes(product: Record) -> Iterator[Record]:
    for member, edition, listed in ubl.CLASSIFICATIONS:
        if product.get(member):
            codes = _said("CategoryCodeSet", name=listed, version=product.get(edition))
            yield _said("CategoryCode", codeValue=product[member], inCodeSet=codes)


def _certificates(product: Record) -> Iterator[Record]:
    for kind in ubl.CERTIFICATES:
        number = product.get(kind.member)
        if number:
            issuer = kind.issuer or ubl.permit_issuer(number)
            by = None if issuer == ubl.NO_ISSUER else {"@type": "Organization", "name": issuer}
            yield _said("Certification", name=kind.title, certificationIdentification=number, issuedBy=by)


def _unit(product: Record) -> Record:
    """What one of the product is, by code where the code is on the list, and in the firm's words."""
    told = {"unitCode": ubl.known_unit(product.get("unit_code")), "unitText": product.get("unit_said")}
    return {name: value for name, value in told.items() if value}


def _properties(product: Record) -> Iterator[Record]:
    if product.get("tkdn_percent") is not None:
        yield _said("PropertyValue", propertyID="tkdn_percent", name="TKDN", value=product["tkdn_percent"], unitCode="P1")
    least, most = product.get("capacity_min"), product.get("capacity_max")
    name, band = "Kapasitas", product.get("capacity_band")
    if least is None and most is None and band:
        name, (least, _, most) = "Kapasitas (pita)", band.partition("-")
    if least is not None or most is not None:
        per = f"{product.get('unit_said') or 'satuan'} per {product.get('capacity_period') or 'periode yang tidak disebutkan'}"
        yield _said("PropertyValue", propertyID="capacity", name=name, minValue=least, maxValue=most, unitText=per)
    for member in ("sector", "state"):
        if product.get(member):
            yield _said("PropertyValue", propertyID=member, name=ubl.PROPERTIES[member], value=product[member])


def _offers(product: Record, firm: Record | None) -> Record | list[Record]:
    """What everybody of the tier may buy it for, and behind it what the partner agreed on under a contract."""
    agreed = [_negotiated(one, firm) for one in product.get("negotiated_prices") or ()]
    return [_offer(product, firm), *agreed] if agreed else _offer(product, firm)


def _negotiated(one: Record, firm: Record | None) -> Record:
    """A price for public institutions, which the partner is, named by the list that it stands in."""
    unit, seller = _unit(one), {"@id": firm["@id"]} if firm and "@id" in firm else None
    order = _said("QuantitativeValue", minValue=one["quantity_min"], maxValue=one["quantity_max"])
    days = {"validFrom": one["valid_from"], "validThrough": one["valid_until"]}
    base = {"@type": "QuantitativeValue", "value": "1"} | unit
    graded = order | unit if len(order) > 1 else None
    price = _said(
        "UnitPriceSpecification", price=one["price"], priceCurrency=one["currency"], referenceQuantity=base, eligibleQuantity=graded, **days
    )
    return _said(
        "Offer", identifier=_identified("PKS", price_list(one)), description=one["note"], price=one["price"],
        priceCurrency=one["currency"], priceSpecification=price, eligibleQuantity=graded, eligibleCustomerType=PARTNER, seller=seller,
        **days,
    )  # fmt: skip


def _offer(product: Record, firm: Record | None) -> Record:
    unit, seller = _unit(product), {"@id": firm["@id"]} if firm and "@id" in firm else None
    least, most = product.get("price_min"), product.get("price_max")
    price = None
    if least is not None or most is not None:
        one = {"@type": "QuantitativeValue", "value": "1"} | unit
        price = _said("UnitPriceSpecification", minPrice=least, maxPrice=most, priceCurrency=ubl.CURRENCY, referenceQuantity=one)
    order, lead = product.get("minimum_order"), product.get("lead_time_days")
    return _said(
        "Offer",
        price=least if least == most else None,
        priceCurrency=ubl.CURRENCY if price else None,
        priceSpecification=price,
        priceValidUntil=product.get("price_valid_until") if price else None,
        eligibleQuantity={"@type": "QuantitativeValue", "minValue": order} | unit if order is not None else None,
        deliveryLeadTime={"@type": "QuantitativeValue", "value": str(lead), "unitCode": ubl.DAY} if lead is not None else None,
        seller=seller,
    )
