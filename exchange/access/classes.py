"""
Classes of fields: what a partner is told beyond the public, in the words of the exchange log.

One table beside the field policy; a field that the policy opens above the public and that has no class here fails a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

IDENTITY, CONTACT, ADDRESS, CAPACITY, PRICE = "identity", "contact", "address", "capacity", "price"
DEMAND, MATCH, MATCH_COUNT = "demand", "match", "match_count"

# class: what staff and firms read
WORDS: Final[dict[str, str]] = {
    IDENTITY: "identitas (NIB)",
    CONTACT: "kontak kantor",
    ADDRESS: "alamat dan letak",
    CAPACITY: "kapasitas",
    PRICE: "harga yang disepakati",
    DEMAND: "permintaan yang tidak dibuka untuk umum",
    MATCH: "kecocokan",
    MATCH_COUNT: "jumlah kecocokan",
}

# table of the policy: field, or "*" for all fields of the table that are not named: its class
CLASSES: Final[dict[str, dict[str, str]]] = {
    "business": {
        "nib": IDENTITY,
        **dict.fromkeys(("telephone", "email"), CONTACT),
        **dict.fromkeys(("address", "subdistrict", "latitude", "longitude"), ADDRESS),
    },
    # `producer` holds of its firm what `segments.PRODUCER` names; of that the NIB alone is not for everybody
    "product": {"producer": IDENTITY, **dict.fromkeys(("capacity_min", "capacity_max"), CAPACITY), "negotiated_prices": PRICE},
    "demand_own": {"*": DEMAND},
    "match_mine": {"*": MATCH},
    "match_count": {"*": MATCH_COUNT},
    # a deal is the partner's own; of a firm its contact alone opens with the contract
    "deal_line": {"contact": CONTACT},
}

# table that the classes of a kind of record stand in
OF_KIND: Final[dict[str, str]] = {"business": "business", "product": "product", "demand": "demand_own"}


def class_of(table: str, field: str) -> str | None:
    """The class of a field of a policy table; None where it has none."""
    known = CLASSES.get(table, {})
    return known.get(field, known.get("*"))


def classes_of(kind: str, fields: Iterable[str]) -> frozenset[str]:
    """The classes of fields of a kind of record; a field without one is a class of its own, so that none goes unsaid."""
    return frozenset(class_of(OF_KIND.get(kind, kind), name) or name for name in fields)


def told_in_words(classes: Iterable[str]) -> str:
    """Classes as a person reads them, in the order of the table."""
    there = set(classes)
    return ", ".join([*(said for name, said in WORDS.items() if name in there), *sorted(there - set(WORDS))])
