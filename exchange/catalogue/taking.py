"""The part of an import that staff chose, into the database: through the same save and the same decisions as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from exchange.catalogue.decide import VERDICTS, decide_proposal
from exchange.catalogue.outcome import Known, Pending, Report
from exchange.catalogue.preview import Line
from exchange.catalogue.ready import Ready, make_ready
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


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen of an import, ready to be saved. report: of it alone; asked: its doubts, by the place of their picks."""

    report: Report
    known: Known
    ready: Ready
    picks: Sequence[Pick]
    asked: dict[int, Pending]
    fates: dict[int, Any]


def choose(report: Report, known: Known, picks: Sequence[Pick]) -> Choice:
    """What is to be saved where this is chosen of a report; nothing is written, so that nobody waits meanwhile."""
    fates: dict[int, Any] = {}
    left = {(pick.line.row.kind, pick.line.key) for pick in picks if not pick.chosen and pick.line.pending is None}
    firms = {nib: record for nib, record in report.businesses.items() if ("business", nib) not in left}
    products = {sku: record for sku, record in report.products.items() if ("product", sku) not in left}
    for place, pick in enumerate(picks):
        if pick.line.part == "product_new" and pick.chosen and not _there(_firm_of(report, pick), firms, known.businesses):
            products.pop(pick.line.key)
            fates[place] = {"fate": "orphan"}
    asked = {place: pick.line.pending for place, pick in enumerate(picks) if pick.line.pending is not None and pick.chosen}
    for place, pending in list(asked.items()):
        gone = pending.kind == "product" and not _there(str(pending.data.get("nib")), firms, known.businesses)
        if gone or (pending.kind == "price" and not _there(pending.key, products, known.products)):
            fates[place] = {"fate": "orphan"}
            del asked[place]
    chosen = replace(report, businesses=firms, products=products, pending=list(asked.values()))
    return Choice(chosen, known, make_ready(chosen, known), picks, asked, fates)


def take_chosen(session: Session, choice: Choice, actor: str) -> tuple[dict[str, int], dict[int, Any]]:
    """
    Save what was chosen and nothing else; doubts that were answered are decided at once, the others wait among the proposals.

    The catalogue must still be the one that the choice was made against.

    Returns:
        The counts of `save`, and by the place of the pick what became of it where that is not plain: {"fate": `orphan` (its firm was not
        taken), `waiting`, `known` (asked before, or kept already), `decided` (earlier, by `who`), `apply`, `create`, `reject` or `failed`
        (`why`)}.
    """
    counts = save(session, choice.report, actor, choice.known, choice.ready)
    return counts, choice.fates | {place: _answer(session, its, choice.picks[place], actor) for place, its in choice.asked.items()}


def _there(name: str, *where: Mapping[str, Any]) -> bool:
    return any(name in each for each in where)


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
