"""What every UBL catalogue of ours has in common, whatever its profile: prices and terms, certificates, links, countries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from exchange.publish import names
from exchange.publish.base import Head, NothingToPublish
from exchange.publish.nodes import group, text
from schemas import ubl
from schemas.ubl import known_unit, safe, web_address

Record = dict[str, Any]

JAKARTA = ZoneInfo("Asia/Jakarta")
COUNTRY_LIST = "ISO3166-1:Alpha2"


def at_least_one(products: Iterable[bytes]) -> Iterator[bytes]:
    """The products, of which the standard asks for one at least; raises NothingToPublish before the first byte where there is none."""
    lines = iter(products)
    first = next(lines, None)
    if first is None:
        raise NothingToPublish(
            "Katalog kosong: UBL mensyaratkan paling sedikit satu produk.",
            mend="Impor produk dari usaha yang setuju dipublikasikan, atau pakai format json.",
        )
    return chain([first], lines)


def issued_on(head: Head) -> str:
    """The day of the newest change, in Jakarta."""
    return head.changed_at.astimezone(JAKARTA).date().isoformat()


def identified(ident: str | None, scheme: str) -> str:
    """What a party is called under a scheme; two names never become one."""
    return group("PartyIdentification", text("ID", ident and ubl.safe_ident(ident), schemeID=scheme))


def named(name: str | None) -> str:
    """What a party is called by people."""
    return group("PartyName", text("Name", name))


def country(name: str) -> str:
    """Indonesia, under the aggregate's name."""
    return group(name, text("IdentificationCode", ubl.COUNTRY, listID=COUNTRY_LIST))


def prices(product: Record) -> list[tuple[str, str]]:
    """The kinds of price that a product has, each with its amount: one, two that make a range, the half of a range, or none."""
    least, most = product.get("price_min"), product.get("price_max")
    if least is not None and most is not None and least != most:
        return [(ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)]
    if least is not None and most is not None:
        return [(ubl.PRICE_ONE, least)]
    return [(kind, value) for kind, value in ((ubl.PRICE_LEAST, least), (ubl.PRICE_MOST, most)) if value is not None]


def terms(product: Record, unit: str | None, told: list[tuple[str, str]], *, typed: bool) -> str:
    """
    Lead time and prices; a range is two aggregates, the lead time stands in the first.

    unit: code of the unit that the prices are for, None where it is on no list. told: what `prices` gives. typed: with cbc:PriceType,
    with a base quantity whose unit has no code, and with a lead time that stands without a price.
    """
    lead = text("LeadTimeMeasure", product.get("lead_time_days"), unitCode=ubl.DAY)
    if not told:
        return group("RequiredItemLocationQuantity", lead) if typed else ""
    base = text("BaseQuantity", "1", unitCode=unit) if unit or typed else ""
    until = group("ValidityPeriod", text("EndDate", product.get("price_valid_until")))
    made = []
    for kind, amount in told:
        price = group("Price", text("PriceAmount", amount, currencyID=ubl.CURRENCY), base, text("PriceType", kind) if typed else "", until)
        made.append(group("RequiredItemLocationQuantity", lead, price))
        lead = ""
    return "".join(made)


def negotiated(product: Record, *, first: str | None = None) -> str:
    """
    The prices that were agreed with the partner whom the document is made out to, each with the order that it holds for and its days.

    first: the day that the rules of a profile hold prices to (ISO): what ended before it is left out, what began before it begins with
    it, and its code stands in cbc:PriceType; None: all is told, with the list that it stands in.
    """
    made = []
    for one in product.get("negotiated_prices") or ():
        unit, since, until = known_unit(one["unit_code"]), one["valid_from"], one["valid_until"]
        if first is not None and (unit is None or (until is not None and until < first)):
            continue
        if first is not None and since is not None and since <= first:
            since = None
        amount = text("PriceAmount", one["price"], currencyID=one["currency"]), text("BaseQuantity", "1", unitCode=unit)
        kind, named_list = text("PriceType", ubl.PRICE_CONTRACT), ""
        if first is None:
            code = text("PriceTypeCode", ubl.PRICE_CONTRACT, listID=ubl.PRICE_LIST_ID)
            kind, named_list = code + text("PriceType", ubl.PRICE_NEGOTIATED), group("PriceList", text("ID", price_list(one)))
        days = group("ValidityPeriod", text("StartDate", since), text("EndDate", until))
        order = [
            text(name, one[of], unitCode=unit) for name, of in (("MinimumQuantity", "quantity_min"), ("MaximumQuantity", "quantity_max"))
        ]
        made.append(group("RequiredItemLocationQuantity", *order, group("Price", *amount, kind, days, named_list)))
    return "".join(made)


def price_list(one: Record) -> str:
    """The name of the list that a negotiated price stands in: case and version."""
    return f"{one['agreement']}/{one['version']}"


def link(ident: str, address: str | None, kind: str | None = None) -> str:
    """A link of an item, where the address is one that a reader may follow; kind: cbc:DocumentTypeCode."""
    safe_address = web_address(address)
    if not safe_address:
        return ""
    attachment = group("Attachment", group("ExternalReference", text("URI", safe_address)))
    return group("ItemSpecificationDocumentReference", text("ID", ident), text("DocumentTypeCode", kind), attachment)


def photos(product: Record, head: Head, *, whole: bool) -> str:
    """
    The photos that the node serves of a product, in their order; none where the office has not set the node's address.

    whole: with their hash and media type, for which a profile may have no place.
    """
    if not head.base_url:
        return ""
    made = []
    for photo in product.get("photos") or ():
        sums = text("DocumentHash", photo["sha256"]) + text("HashAlgorithmMethod", ubl.SHA256) if whole else ""
        where = text("URI", names.photo(head, photo)), sums, text("MimeCode", photo["media_type"]) if whole else ""
        made.append(
            group(
                "ItemSpecificationDocumentReference",
                text("ID", photo["sha256"]),
                text("DocumentTypeCode", ubl.PHOTO_KIND),
                text("DocumentDescription", photo["caption"]),
                group("Attachment", group("ExternalReference", *where)),
            )
        )
    return "".join(made)


def record_address(head: Head, sku: str) -> str:
    """Where the node shows a product; empty where the office has not set the node's address."""
    return f"{head.base_url}/api/v1/products/{quote(sku, safe='')}" if head.base_url else ""


def properties(members: Iterable[tuple[str, str, Any]]) -> str:
    """Members of a product that the standard has no element for, by (member, title for people, value); what is not said is not there."""
    made = []
    for member, title, value in members:
        if value is None or value is False:
            continue
        said = text("Value", "true" if value is True else value)
        if said:
            code = text("NameCode", member, listID=ubl.PROPERTY_LIST)
            made.append(group("AdditionalItemProperty", text("Name", title), code, said))
    return "".join(made)


def certificates(product: Record, code: str | None = None) -> str:
    """A product's certificates with their issuers; code: one for all kinds, where the profile knows no other."""
    made = []
    for kind in ubl.CERTIFICATES:
        number = safe(product.get(kind.member) or "")
        if number:
            issuer = group("IssuerParty", named(kind.issuer or ubl.permit_issuer(number)))
            what = text("CertificateTypeCode", code or kind.code), text("CertificateType", kind.title)
            made.append(group("Certificate", text("ID", number), *what, issuer))
    return "".join(made)
