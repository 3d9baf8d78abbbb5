"""The model in use speaks to staff; what anybody may ask is answered by the shipped one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.access.segments import refresh_demands
from exchange.matching.models import Kept, Models
from exchange.matching.probability import CURRENT, shipped
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.demands import demand_by_ident

SUITING, DEMANDS = "/api/v1/suiting?for=pagar+besi", "/api/v1/products/LGM-1/demands"


@pytest.fixture
def models(world, store: Store, settings: Settings) -> Models:
    """A node that is asked for a fence, and that learned to be more wary than what is shipped."""
    with store.work() as session:
        row = demand_by_ident(session, world.pulled_demand)
        row.title, row.version, row.items = "Belanja pagar besi hollow", row.version + 1, []
        refresh_demands(session, [row], settings.home_region)
    models = Models(settings.models())
    wary = replace(shipped(), intercept=shipped().intercept - 1.0)
    models.keep(lambda version: Kept(replace(wary, version=version), {}), CURRENT)
    return models


def test_staff_are_answered_by_the_model_in_use_as_soon_as_it_changes(staff, models):
    suiting = [one["score"] for one in staff.get(SUITING).get_json()["items"]]
    demands = [one["score"] for one in staff.get(DEMANDS).get_json()["items"]]
    models.use(f"{CURRENT}+staf-1")
    assert suiting[0] > staff.get(SUITING).get_json()["items"][0]["score"]
    assert demands[0] > staff.get(DEMANDS).get_json()["items"][0]["score"]
    models.use(CURRENT)
    assert suiting == [one["score"] for one in staff.get(SUITING).get_json()["items"]]


def test_a_visitor_cannot_tell_which_model_staff_use(visitor, models):
    before = visitor.get(SUITING).get_json()
    assert before["items"]
    models.use(f"{CURRENT}+staf-1")
    assert visitor.get(SUITING).get_json() == before
    (models.folder / "current").write_text("hilang")
    assert visitor.get(SUITING).get_json() == before
