"""
What the three kinds of document have in common: parties, items, quantities, periods, places, sums.

Source
  OASIS UBL 2.1 (ISO/IEC 19845:2015), common aggregates; quantities in UN/ECE Recommendation 20, currencies in ISO 4217.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from connectors.kit.dates import WIB, instant, period
from connectors.kit.errors import Refused
from connectors.kit.lists import MOST_ITEMS
from connectors.kit.numbers import digits
from connectors.kit.process import classification
from connectors.kit.text import cut
from connectors.kit.ubl.nodes import Node, attribute, each, first, number, said, text, written
from schemas.codes import region as region_of
from schemas.ubl import MUTUALLY_DEFINED, SCHEME_REGION
from schemas.units import unit_of_code

Json = dict[str, Any]
T = TypeVar("T")
_CURRENCY = re.compile(r"[A-Z]{3}")
_UNIT = re.compile(r"[A-Z0-9]{1,3}")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_CLASSES = ("cac:CommodityClassification/cbc:ItemClassificationCode", "cac:CommodityClassification/cbc:CommodityCode")


def party_name(party: Node) -> str:
    """What an organisation is called."""
    return said(party, "cac:PartyName/cbc:Name", "cac:PartyLegalEntity/cbc:RegistrationName")


def buyer(party: Node, *others: Node) -> Json | None:
    """Who asks, and for whom where that is another; None where nobody is named. Of persons nothing is read."""
    name = party_name(party)
    behind = next((other for each_party in others if (other := party_name(each_party)) and other.casefold() != name.casefold()), "")
    if not name and not behind:
        return None
    code = said(party, "cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID", "cbc:EndpointID")
    return {"name": cut(name or behind, 400), "code": cut(code, 120) or None, "unit": behind if name and behind else None}


def region(*parties: Node) -> str | None:
    """The Kemendagri code by which a party is identified; None where it is by another or none."""
    for party in parties:
        for ident in each(party, "cac:PartyIdentification/cbc:ID"):
            if attribute(ident, "schemeID") == SCHEME_REGION and region_of(text(ident)) is not None:
                return text(ident)
    return None


def item(node: Node, position: int, quantity: Json | None) -> Json | None:
    """One item in the wire form, from its cac:Item; None where it has no words."""
    name = said(node, "cbc:Name")
    described = written(node, "cbc:Description")
    words = name or described.replace("\n", " ")
    if not words:
        return None
    details = [described.replace("\n", " ")] if described.casefold() not in {words.casefold(), ""} and name else []
    details += [written(node, "cbc:AdditionalInformation").replace("\n", " ")]
    details += [f"{label}: {value}" for each_one in each(node, "cac:AdditionalItemProperty") if (label := said(each_one, "cbc:Name"))
                and (value := said(each_one, "cbc:Value"))]  # fmt: skip
    specification = "; ".join(filter(None, details))
    return {
        "position": position,
        "text": cut(words, 8000),
        "specification": cut(specification, 4000) or None,
        "quantity": quantity,
        "classifications": classes(inner for path in _CLASSES for inner in each(node, path)),
    }


def classes(nodes: Iterable[Node]) -> list[Json]:
    """Codes with their lists; one whose list is not named is no code."""
    found = []
    for node in nodes:
        listed = attribute(node, "listID")
        listed = attribute(node, "listName") if listed == MUTUALLY_DEFINED else listed
        told = {"scheme": listed, "id": text(node), "description": attribute(node, "name")}
        made = classification(told)
        if made is not None:
            edition = attribute(node, "listVersionID")
            found.append(made | ({"edition": edition} if edition else {}))
    return found


def quantity(*nodes: Node) -> Json | None:
    """How many and of what unit, from the first that says it; 0 and nothing are not said."""
    for node in nodes:
        amount = number(node)
        if amount is not None:
            code = attribute(node, "unitCode").upper()
            known = unit_of_code(code)
            return {
                "amount": digits(amount),
                "unit": code if known or _UNIT.fullmatch(code) else None,
                "said": cut(f"{digits(amount)} {known.id if known else code}".strip(), 400),
            }
    return None


def numbered(nodes: list[T]) -> list[tuple[int, T]]:
    """At most as many as one demand holds, each with its place."""
    return list(enumerate(nodes[:MOST_ITEMS], 1))


def budget(node: Node, basis: str) -> Json | None:
    """A sum with its currency; None where either is not said."""
    amount, currency = number(node), attribute(node, "currencyID").upper()
    return (
        {"amount": digits(amount), "currency": currency, "basis": basis} if amount is not None and _CURRENCY.fullmatch(currency) else None
    )


def span(node: Node, start: str = "cbc:StartDate", end: str = "cbc:EndDate") -> Json | None:
    """A cac:…Period as a period."""
    return period(said(node, start), said(node, end))


def issued(document: Node) -> str | None:
    """
    When a document was issued; a time without an offset is read as Western Indonesian, a day alone as its midnight.

    Raises:
        Refused: `date_unreadable`.
    """
    day, time = said(document, "cbc:IssueDate"), said(document, "cbc:IssueTime")
    zone = _ZONE.search(time) or _ZONE.search(day[10:])
    if not day:
        return None
    try:
        return instant(f"{day[:10]}T{_ZONE.sub('', time) or '00:00:00'}{zone[0] if zone else ''}", WIB)
    except (ValueError, OverflowError):
        raise Refused("date_unreadable", "Waktu terbit (cbc:IssueDate, cbc:IssueTime) tidak terbaca.") from None


def place(*nodes: Node) -> str | None:
    """Where it is to be delivered, in the document's words, from the first location or address that says it."""
    for node in nodes:
        address = first(node, "cac:Address") or node
        parts = (said(address, name) for name in ("cbc:CitySubdivisionName", "cbc:CityName", "cbc:CountrySubentity"))
        words = ", ".join(dict.fromkeys(filter(None, parts))) or said(node, "cbc:Name", "cbc:Description", "cbc:CountrySubentity")
        if words:
            return cut(words, 2000)
    return None
