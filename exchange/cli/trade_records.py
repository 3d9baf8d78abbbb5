"""Deals as `exchange trade` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from sqlalchemy.orm import Session

from exchange.cli.context import Work, notes, write_json
from exchange.errors import NotFound
from exchange.store.trade import DealRow, deal_by_ident, deal_steps, deliveries_of, lines_of
from exchange.trade.telling import deal_record


def records(session: Session, rows: list[DealRow]) -> list[dict[str, Any]]:
    """Deals with their lines and sums."""
    lines, came = lines_of(session, [row.id for row in rows]), deliveries_of(session, [row.id for row in rows])
    return [deal_record(row, lines[row.id], came[row.id]) for row in rows]


def whole(session: Session, ident: str) -> dict[str, Any]:
    """A deal with its deliveries and its history; raises NotFound."""
    row = deal_by_ident(session, ident)
    if row is None:
        raise NotFound(f"Dagang {ident[:20]} tidak ada.", mend="Lihat: exchange trade list")
    (told,) = records(session, [row])
    lines = {line.id: line.position for line in lines_of(session, [row.id])[row.id]}
    names = ("number", "day", "quantity", "value", "reference", "reason", "actor", "at")
    came = [{"line": lines[one.line_id]} | {name: getattr(one, name) for name in names} for one in deliveries_of(session, [row.id])[row.id]]
    steps = [
        {name: getattr(step, name) for name in ("number", "at", "actor", "step", "before", "after", "reason")}
        for step in deal_steps(session, row.id)
    ]
    return told | {"region": row.region, "buyer": row.buyer_name, "deliveries": came, "steps": steps}


def tell(work: Work, ident: str, as_json: bool, warnings: Iterable[str] = ()) -> None:
    """The deal as it is now on standard output, what is to be known beside it."""
    for warning in warnings:
        notes.print(f"Perhatikan: {warning}")
    with work.store().read() as session:
        told = whole(session, ident)
    if as_json:
        write_json(told)
    else:
        click.echo(f"{ident} {told['state']} versi {told['version']}, {told['agreement'] or 'tanpa perjanjian'}")
