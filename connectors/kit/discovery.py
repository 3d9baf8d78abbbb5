"""The connectors at hand: the files of the `connectors` folder and the entry points `exchange.connectors`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from types import ModuleType

import connectors
from connectors.kit.base import Connector
from schemas import plugins

GROUP = "exchange.connectors"


def discover(folder: ModuleType = connectors, others: Iterable[EntryPoint] | None = None) -> plugins.Found[Connector]:
    """All usable connectors by name, and what is wrong with the others (see `schemas.plugins`)."""
    return plugins.discover(Connector, folder, GROUP, others=others)
