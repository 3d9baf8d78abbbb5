"""What is told of the catalogue's quality is what a pass over all records tells, whatever was kept when, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from exchange.catalogue.quality.survey import Survey, keep, survey_firms, survey_products
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow, apply_product
from exchange.store.quality_scores import ScoreRow

TODAY = date(2026, 11, 27)
CHANGES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Pagar besi", "Rak"]), "description": st.sampled_from([None, "Dari besi hollow, dicat, dipasang."]),
        "sector": st.sampled_from(["logam", "pangan"]), "price_min": st.sampled_from([None, Decimal(1000)]),
        "price_valid_until": st.sampled_from([None, TODAY, TODAY + timedelta(days=1)]), "lead_time_days": st.sampled_from([None, 5]),
    }
)  # fmt: skip
STEPS = st.lists(st.one_of(st.tuples(st.integers(0, 4), CHANGES), st.tuples(st.just(-1), st.integers(0, 2)),
                           st.tuples(st.just(-2), st.integers(0, 4))), max_size=8)  # fmt: skip


@pytest.fixture
def firms(store):
    with store.work() as session:
        for number in range(2):
            data = {"nib": f"912000001111{number}", "name": f"CV Karya {number}", "legal_form": "CV", "sector": "logam"}
            apply_business(session, data)
    return store


def told(store: Store, day: date) -> list[Survey]:
    with store.read() as session:
        found = [survey_products(session, day), survey_products(session, day, sector="logam", limit=2), survey_firms(session, day)]
    return [each._replace(mean=None if each.mean is None else round(each.mean, 9)) for each in found]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS, later=st.integers(0, 2))
def test_kept_scores_tell_what_the_records_tell(firms, steps, later):
    from exchange.store.businesses import BusinessRow

    for what, value in steps:
        if what == -1:
            keep(firms, TODAY + timedelta(days=value))
            assert keep(firms, TODAY + timedelta(days=value)) == 0
            continue
        with firms.work() as session:
            if what == -2:
                for row in session.scalars(select(ProductRow).where(ProductRow.sku == f"P-{value}")):
                    row.state = "withdrawn" if row.state == "active" else "active"
                continue
            firm = session.scalars(select(BusinessRow).order_by(BusinessRow.id)).all()[what % 2]
            apply_product(session, {"sku": f"P-{what}", "nib": firm.nib, **value}, firm)
    day = TODAY + timedelta(days=later)
    kept = told(firms, day)
    with firms.work() as session:
        session.execute(delete(ScoreRow))
    assert kept == told(firms, day)
