"""An import into the database: rows, segments, change feed, audit and doubts in one transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.segments import PRODUCER, refresh_businesses, refresh_products
from exchange.catalogue.outcome import Known, Report, jsonable
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow, apply_business, business_record, businesses_by_nib
from exchange.store.products import ProductRow, apply_product, product_record, products_by_sku, products_of_business
from exchange.store.proposals import propose


def known_of(session: Session) -> Known:
    """The catalogue as it is kept."""
    return Known(
        {nib: business_record(row) for nib, row in businesses_by_nib(session).items()},
        {sku: product_record(row) for sku, row in products_by_sku(session).items()},
    )


def save(session: Session, report: Report, actor: str) -> dict[str, int]:
    """
    Save what an import decided; the same report again changes nothing and tells nobody.

    Returns:
        Counts: `businesses_new`, `businesses_changed`, `products_new`, `products_changed`, `refreshed` (products that
        only carry news of their firm) and `proposals`.
    """
    counts = dict.fromkeys(("businesses_new", "businesses_changed", "products_new", "products_changed", "refreshed", "proposals"), 0)
    known = known_of(session)
    firms, moved = _save_businesses(session, report, actor, known, counts)
    touched = _save_products(session, report, actor, known, firms, counts)
    for firm in moved:
        for product in products_of_business(session, firm.id):
            if product.sku not in touched:
                product.version += 1
                product.updated_at = utcnow()
                touched[product.sku] = product
                counts["refreshed"] += 1
    session.flush()
    refresh_products(session, touched.values())
    for doubt in report.pending:
        if doubt.kind == "price" and _is_kept(doubt.data, report.products.get(doubt.key) or known.products.get(doubt.key) or {}):
            continue
        counts["proposals"] += propose(session, doubt.kind, doubt.key[:400], doubt.reason, doubt.origin[:300], doubt.data) is not None
    return counts


# members of a firm that its products' representations tell or depend on
_PUBLIC = frozenset({*PRODUCER, "consented_on"})


def _save_businesses(
    session: Session, report: Report, actor: str, known: Known, counts: dict[str, int]
) -> tuple[dict[str, BusinessRow], list[BusinessRow]]:
    """All firms by NIB, and those of them whose products carry news."""
    fresh: list[tuple[BusinessRow, dict[str, Any]]] = []
    moved: list[BusinessRow] = []
    kept = businesses_by_nib(session)
    for nib, record in report.businesses.items():
        before = known.businesses.get(nib)
        if before is not None and not _changes(before, record):
            continue
        row, state = apply_business(session, record, kept)
        counts[f"businesses_{state}"] = counts.get(f"businesses_{state}", 0) + 1
        told = {"state": state, "changes": _changes(before or {}, record), "origin": report.origins.get(nib)}
        fresh.append((row, told))
        moved += [row] if before is not None and _PUBLIC & _changes(before, record).keys() else []
    session.flush()  # which names the new ones
    for row, told in fresh:
        audit(session, actor, "import", "business", row.ident, **told)
    refresh_businesses(session, [row for row, _ in fresh])
    return businesses_by_nib(session), moved


def _save_products(
    session: Session, report: Report, actor: str, known: Known, firms: dict[str, BusinessRow], counts: dict[str, int]
) -> dict[str, ProductRow]:
    """The products that are new or changed, by SKU."""
    touched: dict[str, ProductRow] = {}
    kept = products_by_sku(session)
    for sku, record in report.products.items():
        before = known.products.get(sku)
        if before is not None and not _changes(before, record):
            continue
        row, state = apply_product(session, record, firms[record["nib"]], kept)
        counts[f"products_{state}"] = counts.get(f"products_{state}", 0) + 1
        touched[sku] = row
        audit(session, actor, "import", "product", sku, state=state, changes=_changes(before or {}, record), origin=report.origins.get(sku))
    return touched


def _is_kept(data: dict[str, Any], product: dict[str, Any]) -> bool:
    """Whether the product has these very values, because staff applied them: there is nothing left to ask."""
    return all((Decimal(value) if isinstance(kept := product.get(name), Decimal) else value) == kept for name, value in data.items())


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Member → value before and after, where they differ; as JSON."""
    return {name: [jsonable(before.get(name)), jsonable(value)] for name, value in after.items() if before.get(name) != value}
