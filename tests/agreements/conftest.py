"""A node with one partner, and cases on their way."""

from __future__ import annotations

import pytest

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.agreements.node import Node, node_of
from exchange.settings import Settings
from exchange.store.base import Store


@pytest.fixture
def node(settings: Settings) -> Node:
    return node_of(settings)


@pytest.fixture
def office(store: Store) -> str:
    """The name of a partner, the office of Kota Semarang."""
    with store.work() as session:
        return add_partner(session, "kota-semarang", "Disperindag Kota Semarang", "33.74", SCOPES, actor="tes").ident
