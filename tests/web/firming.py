"""A firm in the small office, and the forms of its page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from exchange.store.base import Store
from exchange.store.businesses import BusinessRow

FIRM = "ikm-00000000beef"
PAGE = f"/ikm/{FIRM}"
DAY = "2026-11-01"


@pytest.fixture
def firm(world: Store) -> str:
    """The office's one firm under a name that tests know, told anew."""
    from exchange.access.segments import refresh_businesses, refresh_products
    from exchange.store.products import products_of_business

    with world.work() as session:
        row = session.scalars(select(BusinessRow)).one()
        row.ident = FIRM
        session.flush()
        refresh_businesses(session, [row])
        refresh_products(session, products_of_business(session, row.id))
    return FIRM


def now(world: Store) -> BusinessRow:
    with world.read() as session:
        return session.scalars(select(BusinessRow).where(BusinessRow.ident == FIRM)).one()


def word(kind: str, version: int, **more: Any) -> dict[str, Any]:
    """The form of a firm's word."""
    return {
        "versi": version, "kunci": f"kunciform{kind}{version}", "pernyataan": kind, "tanggal": DAY, "cara": "oral", "sebagai": "owner",
        "lingkup": "seluruh data terbuka",
    } | more  # fmt: skip
