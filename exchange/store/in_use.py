"""Which archived answers are still needed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.store.demands import DemandRow
from exchange.store.imports import BROKEN, DISCARDED, ImportRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import AT_HAND, AnswerRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow


def answers_in_use(session: Session) -> set[str]:
    """
    Digests of archived answers that a shown demand or offer still points to, or that a listing in quarantine stands in or was reached
    through; of the files that were sent for a source and are still to be read; and of the catalogue's imports with the workbooks
    that are given back.
    """
    sent = {its["digest"] for its in session.scalars(select(SourceRow.upload).where(SourceRow.upload_key.is_not(None))) if its}
    shown = select(DemandRow.raw_answer).where(DemandRow.state == "live").distinct()
    offered = select(SupplyRow.raw_answer).where(SupplyRow.state == "live").distinct()
    waiting = select(QuarantineRow.answer).where(QuarantineRow.state == "waiting").distinct()
    runs = select(QuarantineRow.run_id).where(QuarantineRow.state == "waiting").distinct()
    through = select(AnswerRow.digest).where(AnswerRow.run_id.in_(runs), AnswerRow.status.in_(AT_HAND)).distinct()
    imported: set[str] = set()
    for digests in session.execute(
        select(ImportRow.digest, ImportRow.marked, ImportRow.refused).where(ImportRow.state.not_in((DISCARDED, BROKEN)))
    ):
        imported.update(digest for digest in digests if digest)
    return sent | imported | {*session.scalars(shown), *session.scalars(offered), *session.scalars(waiting), *session.scalars(through)}
