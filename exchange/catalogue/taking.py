"""The part of an import that staff chose, into the database: through the same save and the same decisions as everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from exchange.catalogue.decide import VERDICTS, decide_proposal
from exchange.catalogue.outcome import Known, Pending, Report
from exchange.catalogue.preview import Line
from exchange.catalogue.save import save
from exchange.errors import ExchangeError
from exchange.store.proposals import proposal_like

WAIT = "wait"
ANSWERS = (WAIT, *VERDICTS)


@dataclass(frozen=True, slots=True)
class Pick:
    """What was chosen about a line. verdict: of a doubt, one of `ANSWERS`; sku: the product for `apply`, or the code for `create`."""

    line: Line
    chosen: bool
    verdict: str = WAIT
    sku: str | None = None


def take_chosen(session: Session, report: Report, known: Known, picks: Sequence[Pick], actor: str) -> tuple[dict[str, int], dict[int, Any]]:
    """
    Save what was chosen and nothing else; doubts that were answered are decided at once, the others wait among the proposals.

    Returns:
        The counts of `save`, and by the place of the pick what became of it where that is not plain: {"fate": `orphan` (its firm was not
        taken), `waiting`, `known` (asked before, or kept already), `decided` (earlier, by `who`), `apply`, `create`, `reject` or `failed`
        (`why`)}.
    """
    fates: dict[int, Any] = {}
    left = {(pick.line.row.kind, pick.line.key) for pick in picks if not pick.chosen and pick.line.pending is None}
    firms = {nib: record for nib, record in report.businesses.items() if ("business", nib) not in left}
    products = {sku: record for sku, record in report.products.items() if ("product", sku) not in left}
    for place, pick in enumerate(picks):
        if pick.line.part == "product_new" and pick.chosen and _firm_of(report, pick) not in firms.keys() | known.businesses.keys():
            products.pop(pick.line.key)
            fates[place] = {"fate": "orphan"}
    asked = {place: pick.line.pending for place, pick in enumerate(picks) if pick.line.pending is not None and pick.chosen}
    for place, pending in list(asked.items()):
        gone = str(pending.data.get("nib")) not in firms.keys() | known.businesses.keys() if pending.kind == "product" else False
        if gone or (pending.kind == "price" and pending.key not in products.keys() | known.products.keys()):
            fates[place] = {"fate": "orphan"}
            del asked[place]
    counts = save(session, replace(report, businesses=firms, products=products, pending=list(asked.values())), actor)
    for place, pending in asked.items():
        fates[place] = _answer(session, pending, picks[place], actor)
    return counts, fates


def _firm_of(report: Report, pick: Pick) -> str:
    return str(report.products[pick.line.key]["nib"])


def _answer(session: Session, pending: Pending, pick: Pick, actor: str) -> dict[str, Any]:
    """Decide about a doubt as it was answered; one that cannot be done so goes on waiting, and says why."""
    row = proposal_like(session, pending.kind, pending.key[:400], pending.data)
    if row is None:
        return {"fate": "known"}
    if row.state != "waiting":
        return {"fate": "decided", "who": row.decided_by, "state": row.state}
    if pick.verdict == WAIT:
        return {"fate": "waiting"}
    try:
        with session.begin_nested():
            decide_proposal(session, row.id, pick.verdict, actor, sku=pick.sku if pending.kind == "product" else None)
    except ExchangeError as error:
        return {"fate": "failed", "why": error.message, "mend": error.mend}
    return {"fate": pick.verdict, "sku": pick.sku}
