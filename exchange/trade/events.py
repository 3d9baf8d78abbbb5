"""Which steps of a deal the partner is told of by its webhooks whose demand it serves."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from exchange.access.telling import DEAL_CANCELLED, DEAL_CLOSED, DEAL_DELIVERED, DEAL_OFFERED, DEAL_REVISED, tell_deal
from exchange.store.demands import demands_by_ids
from exchange.store.trade import DealRow
from exchange.trade.rules import CANCEL, CLOSE, CORRECT, DELIVER, DONE, OFFER, REVISE

_TOLD: Final = {
    OFFER: DEAL_OFFERED, REVISE: DEAL_REVISED, DELIVER: DEAL_DELIVERED, CORRECT: DEAL_DELIVERED, CLOSE: DEAL_CLOSED, CANCEL: DEAL_CANCELLED,
}  # fmt: skip


def tell_step(session: Session, deal: DealRow, step: str, *, was_read: bool) -> None:
    """
    Tell of a step that was just taken, in its transaction; with the last of what was ordered also that the deal is closed.

    was_read: whether the partner could read the deal until now. Of what was never offered, or is written anew, it is not told.
    """
    kind = _TOLD.get(step)
    if kind is None or not (was_read or deal.offered_at is not None):
        return
    kinds = [kind, DEAL_CLOSED] if kind == DEAL_DELIVERED and deal.state == DONE else [kind]
    (demand,) = demands_by_ids(session, [deal.demand_id])
    tell_deal(session, kinds, deal.ident, demand)
