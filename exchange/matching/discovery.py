"""The criteria at hand: the files of the `criteria` folder and the entry points `exchange.criteria`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint
from types import ModuleType

from exchange.matching import criteria as own
from exchange.matching.engine import Criterion
from schemas import plugins

GROUP = "exchange.criteria"
# Shown first, because they say most; strangers and newcomers follow by name.
_ORDER = (
    "text", "kind", "certificates", "classes", "quantity", "price", "minimum_order", "lead_time", "distance", "island", "coverage",
)  # fmt: skip


def discover(folder: ModuleType = own, others: Iterable[EntryPoint] | None = None) -> plugins.Found[Criterion]:
    """All usable criteria by name, and what is wrong with the others (see `schemas.plugins`)."""
    return plugins.discover(Criterion, folder, GROUP, fault, others)


@cache
def installed() -> plugins.Found[Criterion]:
    """The criteria of this process: what is installed does not change while it runs."""
    return discover()


def criteria(found: plugins.Found[Criterion] | None = None) -> tuple[Criterion, ...]:
    """One of each usable criterion, in the order in which they are shown."""
    rank = {name: at for at, name in enumerate(_ORDER)}
    usable = (found or installed()).usable
    return tuple(usable[name]() for name in sorted(usable, key=lambda name: (rank.get(name, len(rank)), name)))


def fault(kind: type[Criterion]) -> str | None:
    """What keeps a criterion from being used beyond its name, Indonesian; None where nothing does."""
    if not getattr(kind, "title", ""):
        return "tidak menyebut title"
    if kind.weight <= 0:
        return f"bobotnya {kind.weight}, harus di atas 0"
    return None
