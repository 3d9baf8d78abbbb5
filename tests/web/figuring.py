"""An office with figures: demands of many provinces, served and not, and what was delivered, all counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exchange.jobs.figures import count_figures
from exchange.store.base import Store, utcnow
from exchange.store.boundaries import Outline, replace_boundaries
from exchange.store.demands import DemandRow
from exchange.store.figures import want_figures
from exchange.store.sources import SourceRow
from schemas.codes.tiles import tiles

from .conftest import demand

from .dealing import deals  # noqa: F401  # isort: skip

# regions with how many demands each, and of which size
ASKING = {"31.71": (6, 9_000_000_000), "32.73": (9, 2_500_000_000), "33.74": (4, 400_000_000), "35.78": (7, 1_200_000_000),
          "12.71": (3, 90_000_000), "73.71": (2, 20_000_000), "91.71": (1, 5_000_000)}  # fmt: skip


@pytest.fixture
def figured(deals: Store, settings) -> Store:  # noqa: F811
    """The office of the deals with 32 more demands of seven regions, counted."""
    with deals.work() as session:
        session.execute(update(DemandRow).values(matched_version=1))
        source = session.scalars(select(SourceRow).where(SourceRow.name == "semarang")).one()
        number = 5000
        for region, (count, size) in ASKING.items():
            for at in range(count):
                number += 1
                demand(session, source, number, "Belanja kursi rapat", region=region, matched_version=1,
                       use_start=date(2026, 1 + number % 12, 3),
                       use_precision="day", budget_amount=None if at == 2 else Decimal(size + at))  # fmt: skip
        want_figures(session, utcnow())
    assert count_figures(deals, settings)
    return deals


def squares(session: Session) -> None:
    """Boundaries of provinces for a map: a square in the place of each tile."""
    made = [
        Outline(tile.code, f"M{x},{y}L{x + 90},{y}L{x + 90},{y + 90}L{x},{y + 90}Z", x + 45, y + 45)
        for tile in tiles() for x, y in [(tile.column * 100, tile.row * 100)]
    ]  # fmt: skip
    replace_boundaries(session, "province", made, "batas.geojson", "admin")
