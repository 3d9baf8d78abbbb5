"""An import into the database: rows, segments, change feed, audit and doubts in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from exchange.access.segments import PRODUCER, refresh_businesses, refresh_products
from exchange.catalogue.outcome import Known, Pending, Report, changes
from exchange.catalogue.ready import Ready, make_ready, put_new_firms, put_new_products, told
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow, apply_business, business_record, businesses_by_nib, ids_by_nib
from exchange.store.import_sources import ImportSourceRow
from exchange.store.products import ProductRow, apply_product, product_record, products_by_sku, products_of_business
from exchange.store.proposals import ASKED, propose

Kept = TypeVar("Kept")
_PART = 500


def known_of(session: Session) -> Known:
    """The catalogue as it is kept."""
    firms = businesses_by_nib(session)
    return Known(
        {nib: business_record(row) for nib, row in firms.items()},
        {sku: product_record(row) for sku, row in products_by_sku(session).items()},
        {nib: row.ident for nib, row in firms.items()},
    )


def save(session: Session, report: Report, actor: str, known: Known | None = None, ready: Ready | None = None) -> dict[str, int]:
    """
    Save what an import decided; the same report again changes nothing and tells nobody.

    known: the catalogue as it is in this transaction; ready: what is new of the report (`make_ready`). Both are made here where absent,
    while others wait.

    Returns:
        Counts: `businesses_new`, `businesses_changed`, `products_new`, `products_changed`, `refreshed` (products that
        only carry news of their firm) and `proposals`.
    """
    began = utcnow()
    known = known or known_of(session)
    ready = ready or make_ready(report, known)
    counts = dict.fromkeys(("businesses_new", "businesses_changed", "products_new", "products_changed", "refreshed", "proposals"), 0)
    counts |= {"businesses_new": len(ready.firms.rows), "products_new": len(ready.products.rows)}
    put_new_firms(session, ready, actor)
    moved = _change_businesses(session, report, actor, known, counts)
    touched = _change_products(session, report, actor, known, counts)
    if ready.products.rows:
        put_new_products(session, ready, ids_by_nib(session), actor)
    for firm in moved:
        for product in products_of_business(session, firm.id):
            if product.sku not in touched and product.sku not in ready.products.rows:
                product.version += 1
                product.updated_at = utcnow()
                touched[product.sku] = product
                counts["refreshed"] += 1
    session.flush()
    refresh_products(session, touched.values())
    for doubt in report.pending:
        if doubt.kind == "price" and _is_kept(doubt.data, report.products.get(doubt.key) or known.products.get(doubt.key) or {}):
            continue
        asked = propose(session, doubt.kind, doubt.key[:400], doubt.reason, doubt.origin[:300], doubt.data)
        if asked is not None:
            counts["proposals"] += 1
            audit(session, actor, ASKED, "proposal", str(asked.id), **_found_in(report, doubt))
    if report.source and any(counts.values()):
        session.add(ImportSourceRow(digest=report.source, at=began, import_id=report.number, tables=report.tables))
    return counts


def _found_in(report: Report, doubt: Pending) -> dict[str, Any]:
    """Where a doubt was found, for the act that decides it: file, table and row as acts of imports name them, and the page's import."""
    place = {} if doubt.row is None else {"cell": [report.source, doubt.row.table, doubt.row.row], "import": report.number}
    return {"origin": doubt.origin} | place


# members of a firm that its products' representations tell or depend on
_PUBLIC = frozenset({*PRODUCER, "consented_on"})


def _change_businesses(session: Session, report: Report, actor: str, known: Known, counts: dict[str, int]) -> list[BusinessRow]:
    """Bring the firms that stand up to date; those of them whose products carry news."""
    differing = {nib: record for nib, record in report.businesses.items() if nib in known.businesses and known.businesses[nib] != record}
    differing = {nib: record for nib, record in differing.items() if changes(known.businesses[nib], record)}
    kept = _by_parts(session, businesses_by_nib, list(differing))
    moved: list[BusinessRow] = []
    for nib, record in differing.items():
        row, state = apply_business(session, record, kept)
        counts[f"businesses_{state}"] = counts.get(f"businesses_{state}", 0) + 1
        its = told(state, known.businesses[nib], record, nib, report)
        audit(session, actor, "import", "business", row.ident, **its)
        moved += [row] if _PUBLIC & its["changes"].keys() else []
    session.flush()
    refresh_businesses(session, kept.values())
    return moved


def _change_products(session: Session, report: Report, actor: str, known: Known, counts: dict[str, int]) -> dict[str, ProductRow]:
    """Bring the products that stand up to date; those that changed, by SKU."""
    differing = {sku: record for sku, record in report.products.items() if sku in known.products and known.products[sku] != record}
    differing = {sku: record for sku, record in differing.items() if changes(known.products[sku], record)}
    kept = _by_parts(session, products_by_sku, list(differing))
    owners = _by_parts(session, businesses_by_nib, sorted({record["nib"] for record in differing.values()}))
    for sku, record in differing.items():
        _row, state = apply_product(session, record, owners[record["nib"]], kept)
        counts[f"products_{state}"] = counts.get(f"products_{state}", 0) + 1
        audit(session, actor, "import", "product", sku, **told(state, known.products[sku], record, sku, report))
    return kept


def _by_parts(session: Session, ask: Callable[[Session, Sequence[str]], dict[str, Kept]], names: Sequence[str]) -> dict[str, Kept]:
    """Many rows by name, so many asked for at a time."""
    return {name: row for at in range(0, len(names), _PART) for name, row in ask(session, names[at : at + _PART]).items()}


def _is_kept(data: dict[str, Any], product: dict[str, Any]) -> bool:
    """Whether the product has these very values, because staff applied them: there is nothing left to ask."""
    return all((Decimal(value) if isinstance(kept := product.get(name), Decimal) else value) == kept for name, value in data.items())
