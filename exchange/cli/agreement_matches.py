"""Matches as they are named on a command line, `DEMAND:PRODUCT`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, NotFound
from exchange.store.agreements import matches_of_case
from exchange.store.demands import demand_by_ident
from exchange.store.products import products_by_sku


def pairs(session: Session, said: tuple[str, ...]) -> list[tuple[str, str]]:
    """Matches by public names, each of which exists."""
    found = []
    for one in said:
        demand, colon, product = one.partition(":")
        if not (demand and colon and product):
            raise BadRequest(f"Kecocokan {one[:60]!r} tidak dapat dibaca.", mend="Tulis DEMAND:PRODUCT, misalnya d-1a2b:LGM-1.")
        if demand_by_ident(session, demand) is None:
            raise NotFound(f"Permintaan {demand[:60]!r} tidak ada.", mend="Namanya ada di halaman permintaan.")
        if product not in products_by_sku(session, [product]):
            raise NotFound(f"Produk {product[:60]!r} tidak ada.", mend="SKU-nya ada di halaman produk.")
        found.append((demand, product))
    return found


def changed(session: Session, agreement_id: int, added: tuple[str, ...], removed: tuple[str, ...]) -> list[tuple[str, str]] | None:
    """
    The matches of a case with some added and some taken out; None where neither is said.

    Raises:
        BadRequest, NotFound: one that is added does not exist, or one that is taken out is not under the case.
    """
    if not added and not removed:
        return None
    there = [(one.demand, one.product) for one in matches_of_case(session, agreement_id)]
    for one in removed:
        pair = tuple(one.split(":", 1))
        if pair not in there:
            raise NotFound(f"Kecocokan {one[:60]!r} tidak ada di bawah perkara ini.", mend="Lihat: exchange agreement show")
        there.remove((pair[0], pair[1]))
    return [*there, *pairs(session, added)]
