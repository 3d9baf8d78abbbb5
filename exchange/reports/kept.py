"""The three reports as bytes that are kept, and back: what was counted by night is shown by day as if it were counted now."""

from __future__ import annotations

import zlib
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from exchange.reports.causes import Judged
from exchange.reports.classes import Class
from exchange.reports.plan import Reports
from exchange.reports.training import Plan, Row
from exchange.reports.unmet import Sum, Unmet, Wanted
from exchange.reports.visits import Strength, Visit

# of the shapes below; what was kept in another one is counted anew
EDITION = 1


class _Judged(NamedTuple):
    row_id: int
    ident: str
    title: str
    region: str
    day: date | None
    value: Decimal | None
    cause: str
    causes: list[str]
    alone: bool
    beside: list[str]
    sector: str
    of_class: Class | None
    says: str
    change: str | None
    sku: str | None
    product: str | None


class _Visit(NamedTuple):
    region: str
    offered: int
    strengths: list[tuple[Class, Strength]]
    places: dict[str, int]


class _Kept(NamedTuple):
    edition: int
    sector: str | None
    most: int
    outcomes: dict[str, Sum]
    total: Sum
    cells: list[tuple[str, str, Sum]]
    regions: dict[str, Sum]
    months: dict[str, Sum]
    classes: list[tuple[Class, Sum]]
    largest: list[tuple[str, str, list[_Judged]]]
    also: dict[str, Sum]
    beside: dict[str, Sum]
    rows: list[Row]
    names: dict[str, str]
    visits: list[_Visit]
    offers: int
    asking: list[str]


# made while this module is imported: msgspec looks into a type when it is first used, and two threads that do so at once end the process
_DECODER = msgspec.json.Decoder(_Kept)


def dumped(found: Reports) -> bytes:
    """The reports as bytes, without the changes to single products (the plan has their sums)."""
    unmet = found.unmet
    kept = _Kept(
        EDITION, unmet.want.sector, unmet.want.most, unmet.outcomes, unmet.total,
        [(sector, cause, each) for (sector, cause), each in unmet.cells.items()], unmet.regions, unmet.months, list(unmet.classes.items()),
        [(sector, cause, [_small(one) for one in each]) for (sector, cause), each in unmet.largest.items()], unmet.also, unmet.beside,
        found.plan.rows(), found.plan.names,
        [_Visit(one.region, one.offered, list(one.strengths.items()), dict(one.places)) for one in found.visits], found.offers,
        list(found.asking),
    )  # fmt: skip
    return zlib.compress(msgspec.json.encode(kept), 3)


def loaded(body: bytes) -> Reports | None:
    """The reports again; None where another edition of this service kept them."""
    try:
        kept = _DECODER.decode(zlib.decompress(body))
    except msgspec.ValidationError:
        return None
    if kept.edition != EDITION:
        return None
    unmet = Unmet(
        Wanted(sector=kept.sector, most=kept.most), kept.outcomes, kept.total,
        {(sector, cause): each for sector, cause, each in kept.cells}, kept.regions, kept.months, dict(kept.classes),
        {(sector, cause): [_whole(one) for one in each] for sector, cause, each in kept.largest}, kept.also, kept.beside,
    )  # fmt: skip
    visits = [Visit(one.region, one.offered, dict(one.strengths), Counter(one.places)) for one in kept.visits]
    return Reports(unmet, Plan(kept.rows, kept.names), visits, kept.offers, kept.asking)


def _small(one: Judged) -> _Judged:
    given: dict[str, Any] = {name: getattr(one, name) for name in _Judged._fields}
    return _Judged(**given | {"cause": one.cause or "", "causes": list(one.causes), "beside": list(one.beside)})


def _whole(kept: _Judged) -> Judged:
    given = kept._asdict() | {"causes": tuple(kept.causes), "beside": tuple(kept.beside)}
    return Judged(outcome="unmet", **given)
