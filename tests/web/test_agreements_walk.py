"""Walks at random through the forms of the pages: the verdicts of the law, whoever sends what."""

from __future__ import annotations

import pytest

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES

from ..agreements.doors import Place, walk
from ..agreements.page_door import Page

STEPS = 40  # of each database; bench/doors.py walks further


@pytest.mark.parametrize("seed", [36])
def test_a_walk_through_the_forms_is_the_walk_of_the_law(app, settings, world, staff, node, seed):
    with world.work() as session:
        partner = add_partner(session, "kota-semarang", "Disperindag Kota Semarang", "33.74", SCOPES, actor="tes")
    tally = walk(Place(world, node, partner), Page(app, settings, world, staff), STEPS, seed)
    assert tally["refused"] > STEPS / 5 and tally["tried"] - tally["refused"] > STEPS / 5 and tally["trespassed"], tally
