"""
The lines of a UBL Catalogue, each as an offer in the wire form.

Source
  schemas/ubl.py states how this exchange writes its own; other publishers' lines are read by the same elements of the standard.
Caveats
  A price that this exchange tells one partner under a contract is nobody's offer to others and is left out.
  Several prices of a line (by territory, or the two ends of a range) are its least and its most; in several currencies none is read.
  A minimum order in another unit than the price's is left out: it is not converted. A firm's NIB is not kept: it can be a person's.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from connectors.kit.errors import Refused
from connectors.kit.numbers import digits
from connectors.kit.text import cut
from connectors.kit.ubl.nodes import Node, attribute, called, each, first, number, said, text, word, written
from connectors.kit.ubl.parts import Json, classes, party_name, region
from schemas.codes import region as region_of
from schemas.product import MOST_PHOTOS
from schemas.ubl import (
    ACTION_DELETE,
    ACTION_REPLACE,
    CERTIFICATES,
    PEPPOL_CERTIFICATE,
    PEPPOL_PROPERTIES,
    PHOTO,
    PHOTO_KIND,
    PRICE_CONTRACT,
    PRICE_LEAST,
    PRICE_MOST,
    PRICE_NEGOTIATED,
    PROPERTIES,
    PROPERTY_LIST,
    RECORD,
    SCHEME_FIRM,
    SCHEME_REGION,
    web_address,
)
from schemas.units import unit_of_code

LINE, PROVIDER, SELLER = "CatalogueLine", "provider", "seller"
ACTION = "cbc:ActionCode"
_CURRENCY = re.compile(r"[A-Z]{3}")
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DAYS = {"DAY": 1, "WEE": 7}
_OURS = PROPERTIES.keys() | PEPPOL_PROPERTIES.keys()
_NUMBERS = ("capacity_min", "capacity_max", "tkdn_percent", "weight_kg")
_WORDS = ("sector", "unit_said", "capacity_band", "capacity_period")
_LONGEST = {"sector": 80, "unit_said": 200, "capacity_band": 80, "capacity_period": 20}


def sku_of(line: Node) -> str:
    """What its publisher calls a line's item; empty where it does not say."""
    return called(line, "cac:Item/cac:SellersItemIdentification/cbc:ID", "cbc:ID", "cac:Item/cac:StandardItemIdentification/cbc:ID")


def offer(line: Node) -> Json:
    """
    A line as an offer. Beside its own elements it holds the document's provider and seller.

    Raises:
        Refused: it has no number or no name, or a number in it cannot be kept.
    """
    item, sku = first(line, "cac:Item"), sku_of(line)
    name = said(item, "cbc:Name") or said(item, "cbc:Description")
    if not sku or not name:
        raise Refused("offer_unnamed", f"Baris katalog tanpa {'nama barang (cbc:Name)' if sku else 'nomor (cbc:ID)'}.")
    told = _properties(item)
    return {
        "sku": cut(sku, 200),
        "name": cut(name, 1000),
        "description": cut("\n".join(filter(None, [written(item, "cbc:Description"), *_details(item)])), 20_000) or None,
        "producer": _producer(line, item, told),
        "region": _region(line, item, told),
        "classifications": classes(each(item, "cac:CommodityClassification/cbc:ItemClassificationCode")),
        "lead_time_days": _lead_time(line, told),
        "keywords": [cut(word, 200) for word in map(text, each(item, "cbc:Keyword")) if word],
        "photo": _link(item, PHOTO) or _link(item, None),
        "photos": _photos(item),
        "url": _link(item, RECORD),
        "is_sample": told.pop("is_sample", "") == "true",
        **_certificates(item),
        **_terms(line, told),
        **{name: cut(value, _LONGEST[name]) for name in _WORDS if (value := told.get(name))},
        **{name: digits(amount) for name in _NUMBERS if (amount := number({"#text": told.get(name, "")})) is not None},
    }


def _properties(item: Node) -> dict[str, str]:
    """What this exchange writes as additional properties, by our members."""
    found = {}
    for node in each(item, "cac:AdditionalItemProperty"):
        code = first(node, "cbc:NameCode")
        if attribute(code, "listID") == PROPERTY_LIST and text(code) in _OURS:
            found[text(code)] = word(first(node, "cbc:Value"))
    return found


def _details(item: Node) -> list[str]:
    """Other properties, as they are said."""
    nodes = [node for node in each(item, "cac:AdditionalItemProperty") if attribute(first(node, "cbc:NameCode"), "listID") != PROPERTY_LIST]
    pairs = ((said(node, "cbc:Name"), said(node, "cbc:Value")) for node in nodes)
    return [f"{label}: {value}" for label, value in pairs if label and value]


def _producer(line: Node, item: Node, told: dict[str, str]) -> Json | None:
    """Who makes it, else who sells it; None where neither is named."""
    for party in (
        first(item, "cac:ManufacturerParty"),
        first(line, "cac:SellerSupplierParty/cac:Party"),
        first(line, f"{SELLER}/cac:Party"),
    ):
        name = party_name(party)
        if not name:
            continue
        names = each(party, "cac:PartyIdentification/cbc:ID")
        ident = next((word(node) for node in names if attribute(node, "schemeID") == SCHEME_FIRM), "") or told.get("producer.ident", "")
        form = said(party, "cac:PartyLegalEntity/cbc:CompanyLegalForm") or told.get("producer.legal_form", "")
        district = said(item, "cac:OriginAddress/cbc:CitySubdivisionName") or told.get("producer.district", "")
        more = {"ident": cut(ident, 120), "legal_form": cut(form, 80), "district": cut(district, 200)}
        return {"name": cut(name, 400)} | {key: value for key, value in more.items() if value}
    return None


def _region(line: Node, item: Node, told: dict[str, str]) -> str | None:
    """Where it is made, by a Kemendagri code; else where whoever sends the catalogue says that it is."""
    for node in each(item, "cac:OriginAddress/cbc:CountrySubentityCode"):
        if attribute(node, "listID") == SCHEME_REGION and region_of(text(node)) is not None:
            return text(node)
    if region_of(told.get("region", "")) is not None:
        return told["region"]
    return region(first(line, PROVIDER))


def _lead_time(line: Node, told: dict[str, str]) -> int | None:
    for node in each(line, "cac:RequiredItemLocationQuantity/cbc:LeadTimeMeasure"):
        days, value = _DAYS.get(attribute(node, "unitCode").upper()), number(node)
        if days and value is not None and value == value.to_integral_value() and value * days <= 36_500:
            return int(value) * days
    days_said = told.get("lead_time_days", "")
    return int(days_said) if re.fullmatch("[0-9]{1,4}", days_said) else None


def _link(item: Node, ident: str | None) -> str | None:
    """The link of that name; None: the first that bears no name of ours."""
    for node in each(item, "cac:ItemSpecificationDocumentReference"):
        name, address = said(node, "cbc:ID"), said(node, "cac:Attachment/cac:ExternalReference/cbc:URI")
        if (name == ident or (ident is None and name not in {PHOTO, RECORD} and not _is_photo(node))) and address:
            return web_address(address) if len(address) <= 2000 else None
    return None


def _photos(item: Node) -> list[Json]:
    """The photos that a node of this exchange serves, as links."""
    found = []
    for node in filter(_is_photo, each(item, "cac:ItemSpecificationDocumentReference")):
        address = web_address(word(first(node, "cac:Attachment/cac:ExternalReference/cbc:URI")))
        if address and len(address) <= 2000:
            caption = cut(said(node, "cbc:DocumentDescription"), 1000)
            found.append({"href": address, "sha256": word(first(node, "cbc:ID")), "caption": caption or None})
    return found[:MOST_PHOTOS]


def _is_photo(node: Node) -> bool:
    """Whether a link is one of those photos: of that kind, named by its SHA-256."""
    return said(node, "cbc:DocumentTypeCode") == PHOTO_KIND and bool(_DIGEST.fullmatch(word(first(node, "cbc:ID"))))


def _certificates(item: Node) -> Json:
    found: Json = {}
    for kind in CERTIFICATES:
        for node in each(item, "cac:Certificate"):
            code = said(node, "cbc:CertificateTypeCode").upper()
            named = code == PEPPOL_CERTIFICATE and said(node, "cbc:CertificateType") == kind.title
            if (code == kind.code or named) and (number_there := called(node, "cbc:ID")):
                found.setdefault(kind.member, cut(number_there, 400))
    return found


def _terms(line: Node, told: dict[str, str]) -> Json:
    """Unit, prices and minimum order."""
    agreed = {PRICE_NEGOTIATED, *([PRICE_CONTRACT] if told else [])}  # the code is another publisher's, too, whose only price it may be
    prices = [one for one in each(line, "cac:RequiredItemLocationQuantity/cac:Price") if said(one, "cbc:PriceType") not in agreed]
    base, least = first(prices, "cbc:BaseQuantity"), first(line, "cbc:MinimumOrderQuantity")
    per = attribute(base, "unitCode").upper() or said(line, "cbc:OrderableUnit").upper() or attribute(least, "unitCode").upper()
    known, times = unit_of_code(per) if per else None, number(base)
    many = times is not None and times != 1
    words = known.id if known else per
    if many and times is not None:
        words = f"{digits(times)} {words}"
    terms: Json = {"unit_code": per if known and not many else None, "unit_said": cut(words.strip(), 200) or None}
    order = attribute(least, "unitCode").upper() in {"", per} and not many
    minimum = number(least) if order else None
    if minimum is None and told.get("minimum_order"):
        minimum = number({"#text": told["minimum_order"]})
    terms["minimum_order"] = None if minimum is None else digits(minimum)
    return terms | _prices(prices, told.get("price_type", ""), said(first(line, "cac:LineValidityPeriod"), "cbc:EndDate"))


def _prices(prices: list[Node], kind: str, line_until: str) -> Json:
    """
    The least and the most of a line's prices, with their currency and their last day.

    kind: of those that do not say it. line_until: the last day of all that the line says, empty where it has none; no price outlives it.
    """
    sums = [(amount, attribute(node, "currencyID").upper(), said(price, "cbc:PriceType") or kind) for price in prices
            for node in each(price, "cbc:PriceAmount") if (amount := number(node)) is not None]  # fmt: skip
    currencies = {currency for _, currency, _ in sums}
    if len(currencies) != 1 or not _CURRENCY.fullmatch(currency := currencies.pop()):
        return {"price_min": None, "price_max": None}
    amounts: list[Decimal] = [amount for amount, _, _ in sums]
    kinds = {kind for _, _, kind in sums}
    lowest = None if kinds == {PRICE_MOST} else digits(min(amounts))
    highest = None if kinds == {PRICE_LEAST} else digits(max(amounts))
    days = [day[:10] for day in (said(first(prices, "cac:ValidityPeriod"), "cbc:EndDate"), line_until) if day]
    return {"price_min": lowest, "price_max": highest, "currency": currency, "price_valid_until": min(days, default=None)}


def is_taken_back(line: Any) -> bool:
    """Whether a line says that its item is no longer offered."""
    return said(line, ACTION) == ACTION_DELETE


def is_increment(head: Any) -> bool:
    """Whether a catalogue tells what changed since another, so that its silence about an item says nothing."""
    return said(head, ACTION) not in {"", ACTION_REPLACE} or bool(said(head, "cbc:PreviousVersionID"))


def replaces(head: Any) -> bool:
    """Whether a catalogue says that it comes in the place of all that were issued before under its number."""
    return said(head, ACTION) == ACTION_REPLACE
