"""What a matching run asks of the tables, in bulk: the demands as the matcher reads them, and its results kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from typing import cast as typed

from sqlalchemy import RowMapping, Table, Text, bindparam, cast, func, select, update
from sqlalchemy.orm import Session

from exchange.store.base import Ready, utcnow
from exchange.store.bulk import insert_many
from exchange.store.demands import STATUS_OPEN, DemandRow
from exchange.store.matches import DECIDED, MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow

_READ = (
    DemandRow.id,
    DemandRow.version,
    DemandRow.reference,
    DemandRow.title,
    DemandRow.description,
    DemandRow.items,
    DemandRow.category,
    DemandRow.quantity_said,
    DemandRow.budget_amount,
    DemandRow.budget_currency,
    DemandRow.domestic_product,
    *(getattr(DemandRow, f"{name}_{part}") for name in ("selection", "contract", "use") for part in ("start", "end", "precision")),
)
_IN = 500
# in bulk the tables themselves are written: the session need not know each row
_DEMAND, _MATCH, _PRODUCT = (typed(Table, row.__table__) for row in (DemandRow, MatchRow, ProductRow))
_TOLD = ("score", "marks", "model", "verdict", "flip")
_VARYING = ("score", "verdict", "flip")


def is_open() -> tuple[Any, ...]:
    """The conditions under which a demand is matched."""
    return DemandRow.state == "live", DemandRow.status.in_(STATUS_OPEN)


def demand_inputs(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What the matcher reads of these demands (`read_need`), with `id` and `version`, by id; a source's region where they have none."""
    found: list[dict[str, Any]] = []
    region = func.coalesce(DemandRow.region, SourceRow.region).label("region")
    for start in range(0, len(ids), _IN):
        query = select(*_READ, region).join(SourceRow, SourceRow.id == DemandRow.source_id)
        rows = session.execute(query.where(DemandRow.id.in_(ids[start : start + _IN])).order_by(DemandRow.id)).mappings()
        found.extend(map(_input, rows))
    return found


def _input(row: RowMapping) -> dict[str, Any]:
    told = {key: row[key] for key in ("id", "version", "reference", "title", "description", "items", "category", "quantity_said", "region")}
    periods = {}
    for name in ("selection", "contract", "use"):
        start, end, precision = (row[f"{name}_{part}"] for part in ("start", "end", "precision"))
        periods[name] = {"start": start, "end": end, "precision": precision} if precision else None
    amount = row["budget_amount"]
    budget = None if amount is None else {"amount": amount, "currency": row["budget_currency"]}
    return told | {"periods": periods, "budget": budget, "eligibility": {"domestic_product": row["domestic_product"]}}


def keep_matches(
    session: Session, model: str, demands: Mapping[int, tuple[int, Decimal]], rows: Mapping[tuple[int, int], Mapping[str, Any]]
) -> None:
    """
    Bring the stored matches of some demands to what the engine found; what staff decided, and on which grounds, stays.

    Args:
        demands: id -> (version that was matched, probability that anything serves it); model: the version that did it.
        rows: (demand id, product id) -> score, marks (as JSON text), model, verdict, flip and product_version of each match that stands.
    """
    now = utcnow()
    known = _known(session, list(demands))
    new, changed, seen, gone = [], [], [], []
    for (demand_id, product_id), values in rows.items():
        stored = known.get((demand_id, product_id))
        as_matched = {"demand_version": demands[demand_id][0], "product_version": values["product_version"]}
        if stored is None:
            told = {name: values[name] for name in _VARYING} | {"marks": Ready(values["marks"])}
            new.append({"demand_id": demand_id, "product_id": product_id} | told | as_matched)
        elif stored["state"] not in DECIDED:
            if stored["state"] != "proposed" or any(stored[name] != values[name] for name in _TOLD):
                told = {name: values[name] for name in _TOLD} | {"marks": Ready(values["marks"])}
                changed.append({"row_id": stored["id"], "to_version": stored["version"] + 1} | told | as_matched)
            elif any(stored[name] != as_matched[name] for name in as_matched):
                seen.append({"row_id": stored["id"]} | as_matched)
    for pair, stored in known.items():
        if pair not in rows and stored["state"] == "proposed":
            gone.append({"row_id": stored["id"], "to_version": stored["version"] + 1})
    here = _MATCH.c.id == bindparam("row_id")
    connection = session.connection()
    if new:
        insert_many(connection, _MATCH, new, {"model": model, "state": "proposed", "made_at": now, "updated_at": now, "version": 1})
    if changed:
        fresh: dict[str, Any] = {name: bindparam(name) for name in (*_TOLD, "demand_version", "product_version")}
        whole = update(_MATCH).where(here).values(**fresh, version=bindparam("to_version"), state="proposed", updated_at=now)
        connection.execute(whole, changed)
    if seen:
        versions: dict[str, Any] = {name: bindparam(name) for name in ("demand_version", "product_version")}
        connection.execute(update(_MATCH).where(here).values(**versions), seen)
    if gone:
        connection.execute(update(_MATCH).where(here).values(state="retired", version=bindparam("to_version"), updated_at=now), gone)
    matched = update(_DEMAND).where(_DEMAND.c.id == bindparam("row_id"))
    connection.execute(
        matched.values(matched_version=bindparam("to_version"), matched_model=model, served=bindparam("to_served")),
        [{"row_id": row_id, "to_version": version, "to_served": served} for row_id, (version, served) in demands.items()],
    )


def _known(session: Session, demand_ids: Sequence[int]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """All matches of these demands, retired ones too, by (demand id, product id)."""
    columns: list[Any] = [MatchRow.id, MatchRow.demand_id, MatchRow.product_id, MatchRow.state, MatchRow.version]
    columns += [MatchRow.demand_version, MatchRow.product_version, *(getattr(MatchRow, name) for name in _TOLD if name != "marks")]
    # as text, which both databases keep to the letter
    columns.append(cast(MatchRow.marks, Text).label("marks"))
    found: dict[tuple[int, int], Mapping[str, Any]] = {}
    for start in range(0, len(demand_ids), _IN):
        query = select(*columns).where(MatchRow.demand_id.in_(demand_ids[start : start + _IN]))
        found |= {(row["demand_id"], row["product_id"]): row for row in session.execute(query).mappings()}
    return found


class OpenDemand(NamedTuple):
    """One open demand as far as a run needs it to tell whether it is to be matched."""

    row_id: int
    version: int
    matched_version: int
    matched_model: str | None


def open_demands(session: Session) -> list[OpenDemand]:
    """Every open demand, by id."""
    query = select(DemandRow.id, DemandRow.version, DemandRow.matched_version, DemandRow.matched_model)
    return [OpenDemand(*row) for row in session.execute(query.where(*is_open()).order_by(DemandRow.id))]


def demands_holding(session: Session, product_ids: Sequence[int]) -> set[int]:
    """Ids of the demands that have an undecided match with one of these products, whether it stands or was taken back."""
    found: set[int] = set()
    for start in range(0, len(product_ids), _IN):
        query = select(MatchRow.demand_id).where(MatchRow.product_id.in_(product_ids[start : start + _IN]), MatchRow.state.not_in(DECIDED))
        found.update(session.scalars(query))
    return found


def note_products_matched(session: Session, versions: Mapping[int, int]) -> None:
    """Product id -> version that was matched."""
    if versions:
        query = update(_PRODUCT).where(_PRODUCT.c.id == bindparam("row_id")).values(matched_version=bindparam("to_version"))
        session.connection().execute(query, [{"row_id": row_id, "to_version": version} for row_id, version in versions.items()])
