"""
What is new in an import, made ready before the writers' queue is entered: rows, segments, search entries and acts of firms and products.

The others wait while an import is saved. Of a record that is new nothing but its firm's number is missing, so that all of it can be worked
out before, and goes into the database many rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.policy import bits
from exchange.access.searching import business_entry, product_entry
from exchange.access.segments import business_bodies, product_bodies, put_made
from exchange.catalogue.outcome import Known, Report, changes
from exchange.store.audit import audit_many
from exchange.store.base import utcnow
from exchange.store.businesses import FIELDS as FIRM_FIELDS
from exchange.store.businesses import new_ident, put_businesses
from exchange.store.products import FIELDS as PRODUCT_FIELDS
from exchange.store.products import put_products
from exchange.store.search import Entry


@dataclass(slots=True)
class Part:
    """New records of one kind, by public name: the values of their rows, what each tier reads, how they are searched, the acts."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, dict[str, bytes]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Ready:
    """The new firms and products of an import. owners: NIB of each product's firm, by SKU; at: when they were made."""

    at: datetime
    firms: Part = field(default_factory=Part)
    products: Part = field(default_factory=Part)
    owners: dict[str, str] = field(default_factory=dict)


def make_ready(report: Report, known: Known) -> Ready:
    """
    The records of a report that are not known yet. known: the catalogue that the report was judged against, with its public names.

    Raises:
        KeyError: a product's firm is neither in the report nor known.
    """
    ready = Ready(utcnow())
    names = dict(known.idents)
    for nib, record in report.businesses.items():
        if nib not in known.businesses:
            names[nib] = new_ident()
            _add_firm(ready, names[nib], record, report)
    for sku, record in report.products.items():
        if sku not in known.products:
            firm = report.businesses.get(record["nib"]) or known.businesses[record["nib"]]
            ready.owners[sku] = record["nib"]
            _add_product(ready, sku, record, _whole(FIRM_FIELDS, firm) | {"ident": names[record["nib"]]}, report)
    return ready


def _whole(names: Iterable[str], record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in names}


def _add_firm(ready: Ready, ident: str, record: Mapping[str, Any], report: Report) -> None:
    values = _whole(FIRM_FIELDS, record)
    part, shown = ready.firms, values | {"ident": ident, "version": 1, "updated_at": ready.at}
    part.rows[ident] = values | {"ident": ident}
    part.bodies[ident] = business_bodies(shown)
    part.entries[ident] = business_entry(shown, bits(part.bodies[ident]))
    part.facts[ident] = told("new", {}, record, record["nib"], report)


def _add_product(ready: Ready, sku: str, record: Mapping[str, Any], firm: Mapping[str, Any], report: Report) -> None:
    values = _whole(PRODUCT_FIELDS, record)
    part, shown = ready.products, values | {"nib": firm["nib"], "version": 1, "updated_at": ready.at, "state": "active"}
    part.rows[sku] = values
    part.bodies[sku] = product_bodies(shown, firm)
    part.entries[sku] = product_entry(shown, firm, bits(part.bodies[sku]))
    part.facts[sku] = told("new", {}, record, sku, report)


def told(state: str, before: Mapping[str, Any], after: Mapping[str, Any], key: str, report: Report) -> dict[str, Any]:
    """
    What the act says of a record; key: its NIB or SKU.

    cell: the file and its table as `import_source` has them, and the row; cells: table and row of members that another row told.
    """
    facts: dict[str, Any] = {"state": state, "changes": changes(before, after)}
    row = report.origins.get(key)
    if row is None:
        return facts | {"origin": None}
    facts |= {"origin": report.place_of(row), "cell": [report.source, row.table, row.row]}
    if key in report.later:
        facts["cells"] = {name: [its.table, its.row] for name, its in report.later[key].items() if name in facts["changes"]}
    return facts


def put_new_firms(session: Session, ready: Ready, actor: str) -> None:
    """Keep the new firms, and tell the feed of them."""
    put_businesses(session, ready.firms.rows.values(), ready.at)
    _put(session, "business", ready.firms, actor)


def put_new_products(session: Session, ready: Ready, firm_ids: Mapping[str, int], actor: str) -> None:
    """Keep the new products, and tell the feed of them. firm_ids: numbers of their firms, by NIB."""
    rows = [values | {"business_id": firm_ids[ready.owners[sku]]} for sku, values in ready.products.rows.items()]
    put_products(session, rows, ready.at)
    _put(session, "product", ready.products, actor)


def _put(session: Session, kind: str, part: Part, actor: str) -> None:
    audit_many(session, actor, "import", kind, part.facts.items())
    put_made(session, kind, {name: (1, bodies) for name, bodies in part.bodies.items()}, part.entries)
