"""
The demand's side of an OCDS process, read with the faults that publishers have.

Amounts come as numbers, digits in strings, empty strings or null; under `amount.amount` or `value.amount`; ids as
numbers; texts padded with blanks; periods empty. What cannot be read is absent, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from connectors.kit.lists import MOST_ITEMS
from connectors.kit.numbers import digits, exact
from connectors.kit.quantities import unit_code
from connectors.kit.text import cut, line

Json = dict[str, Any]
_EDITION = re.compile(r"(.+?)[ _-]*((?:19|20)\d\d)")
_EDITIONS = {"CPV": "2008"}  # the one edition since Regulation (EC) 213/2008; the codelist of the standard means it
_REC20 = frozenset({"UNCEFACT", "UN/CEFACT", "UNECE", "UN/ECE REC 20", "REC20", "UNECE REC 20"})
_ELSEWHERE = re.compile(r"(?:see|lihat|sesuai) (?:the )?(?:description|deskripsi|uraian|lampiran)\b", re.I)
_CURRENCY = re.compile(r"[A-Z]{3}")
_CANCELLED = frozenset({"cancelled", "withdrawn"})
_CLOSED = frozenset({"complete", "unsuccessful", "closed"})
_PLANNED = frozenset({"planned", "planning"})


def member(value: Any, *path: str) -> Any:
    """A value inside objects; None where the path leaves them."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> list[Json]:
    """The objects of an array; a lone object counts as an array of one."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict) and each]


def text_of(*values: Any) -> str:
    """The first of the values that says something, as one line; numbers (ids) as written."""
    for value in values:
        said = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else line(value)
        if said:
            return said
    return ""


def number(value: Any) -> Decimal | None:
    """An exact number above 0 from a number or digits in a string; None for anything else; raises Refused as `exact` does."""
    amount = exact(value)
    return amount if amount is not None and amount > 0 else None


def roles(party: Json) -> set[str]:
    """The roles of a party; a lone word counts as one."""
    said = party.get("roles")
    return {each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str)}


def budget(tender: Json, planning: Json) -> Json | None:
    """The tender's value, else the planned budget; None where none has both an amount and a currency."""
    said = member(planning, "budget")
    for value, basis in (
        (tender.get("value"), "tender_value"),
        (member(said, "amount"), "planning_budget"),
        (member(said, "value"), "planning_budget"),
    ):
        amount, currency = number(member(value, "amount")), text_of(member(value, "currency")).upper()
        if amount is not None and _CURRENCY.fullmatch(currency):
            return {"amount": digits(amount), "currency": currency, "basis": basis}
    return None


def items(tender: Json) -> list[Json]:
    """The tender's items in the wire form; one without any words is no item. Of more than 2,000 `left_out` says so."""
    found = []
    for position, item in enumerate(objects(tender.get("items"))[:MOST_ITEMS], 1):
        kinds = [item.get("classification"), *objects(item.get("additionalClassifications"))]
        classes = [each for each in map(classification, kinds) if each]
        titles = [each["title"] for each in classes]
        text = text_of(item.get("description"), *titles)
        if _ELSEWHERE.match(text):  # a pointer to another field; what the class is called says more
            text = text_of(*titles, text)
        if text:
            found.append({"position": position, "text": cut(text, 8000), "quantity": quantity(item), "classifications": classes})
    return found


def classification(value: Any) -> Json | None:
    """A code with its list and edition; None where either is missing."""
    scheme, code = text_of(member(value, "scheme")), text_of(member(value, "id"))
    if not scheme or not code:
        return None
    dated = _EDITION.fullmatch(scheme) if len(scheme) <= 80 else None  # no list has a longer name
    name, edition = (dated[1], dated[2]) if dated else (scheme, _EDITIONS.get(scheme.upper()))
    return {"scheme": cut(name, 60), "code": cut(code, 80), "edition": edition, "title": text_of(member(value, "description")) or None}


def quantity(item: Json) -> Json | None:
    """How many and of what unit; a quantity of 0, an empty one or none at all is not said."""
    amount = number(item.get("quantity"))
    if amount is None:
        return None
    name, scheme, code = (text_of(member(item, "unit", part)) for part in ("name", "scheme", "id"))
    known = code.upper() if scheme.upper() in _REC20 and 0 < len(code) <= 3 else unit_code(name)
    return {"amount": digits(amount), "unit": known, "said": cut(f"{digits(amount)} {name or code}".strip(), 400)}


def buyer(release: Json, tender: Json) -> Json | None:
    """The organisation that asks, and the entity that buys for it where that is another; None where nobody is named."""
    parties = objects(release.get("parties"))

    def party(role: str) -> Json:
        return next((each for each in parties if role in roles(each)), {})

    procuring = tender.get("procuringEntity") or party("procuringEntity") or release.get("procuringEntity")
    owner = release.get("buyer") or party("buyer")
    name, other = text_of(member(owner, "name")), text_of(member(procuring, "name"))
    if not name and not other:
        return None
    chosen = owner if name else procuring
    known = next((each for each in parties if text_of(each.get("id")) == text_of(member(chosen, "id")) != ""), {})
    code = text_of(member(chosen, "id"), member(chosen, "identifier", "id"), member(known, "identifier", "id"))
    unit = other if name and other.casefold() != name.casefold() else None
    return {"name": cut(name or other, 400), "code": cut(code, 120) or None, "unit": unit or None}


def category(tender: Json) -> str | None:
    """Goods, services, works or consulting; mixed where several are named without a main one."""
    words = {"goods": "goods", "works": "works", "services": "services", "consultingServices": "consulting"}
    more = tender.get("additionalProcurementCategories")
    others = {words[each] for each in (more if isinstance(more, list) else []) if isinstance(each, str) and each in words}
    main = tender.get("mainProcurementCategory")
    if isinstance(main, str) and main in words:
        return "consulting" if main == "services" and "consulting" in others else words[main]
    return "mixed" if len(others) > 1 else next(iter(others), None)


def status(release: Json, tender: Json) -> str:
    """Where the process stands; an award or a contract closes it, whatever its tender still says."""
    said = text_of(tender.get("status")).lower()
    tag = release.get("tag")
    tags = set(tag) if isinstance(tag, list) and all(isinstance(each, str) for each in tag) else {tag} if isinstance(tag, str) else set()
    if said in _CANCELLED or "tenderCancellation" in tags or text_of(member(release, "planning", "status")).lower() in _CANCELLED:
        return "cancelled"
    if said in _CLOSED or tags & {"award", "contract", "implementation"} or _went_through(release):
        return "closed"
    if said in _PLANNED or (not said and ("planning" in tags or not release.get("tender"))):
        return "planned"
    return "open"


def _went_through(release: Json) -> bool:
    """Whether an award or a contract stands that was not cancelled."""
    made = objects(release.get("awards")) + objects(release.get("contracts"))
    return any(text_of(each.get("status")).lower() not in {"cancelled", "unsuccessful", "pending"} for each in made)


def place(tender: Json) -> str | None:
    """Where it is to be delivered, in the source's words."""
    spots = objects(tender.get("deliveryAddresses")) or [
        each for item in objects(tender.get("items")) for each in objects(item.get("deliveryAddress"))
    ]
    said = (", ".join(filter(None, (text_of(spot.get("locality")), text_of(spot.get("region"))))) for spot in spots)
    return next(filter(None, said), None)
