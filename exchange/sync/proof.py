"""What a run is worth, as the exchange judges it: the kit's judgement over what is known of the source."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy.orm import Session

from connectors.kit import Connector
from connectors.kit.completeness import Facts, Proof, ProofState, Tolerance, judge
from exchange.store.quarantine import waiting_by_rule
from exchange.store.runs import RunRow
from exchange.sync.offers import supply_in
from exchange.sync.report import Report

_AS_LARGE_AS_IT_LIKES = Tolerance(most=math.inf)


def volumes_of(connector: Connector, runs: Sequence[RunRow], shown: int) -> tuple[int, ...]:
    """
    What the whole list is measured by: how much earlier complete runs brought, the newest last.

    Of a source that tells what changed few runs read the whole; what is shown of it is what they and the changes came to.
    """
    if connector.incremental:
        return (shown,) if shown else ()
    return tuple(row.fetched for row in reversed(runs))


def proof_of(facts: Facts, connector: Connector, shown: int) -> Proof:
    """The proof of a run. Where nothing is known of a source that tells the end of its list itself, an empty list is a list."""
    if not connector.incremental:
        return judge(facts)
    if facts.error is None and facts.last_page and not facts.listed and not shown:
        return Proof(ProofState.COMPLETE)
    return judge(facts, _AS_LARGE_AS_IT_LIKES)


def nothing_understood(session: Session, source_id: int, report: Report) -> str | None:
    """What to say where listings came and none of them is a demand; None where some are."""
    if not report.fetched or report.new or report.changed or report.unchanged:
        return None
    if supply_in(report.skips) and not report.quarantined:
        return None  # it is a catalogue
    if report.quarantined:
        causes = waiting_by_rule(session, source_id)
        example = f" Contoh: {causes[0]['example']}" if causes else ""
        return f"Tidak satu pun dari {report.fetched} data dapat dibaca; bentuknya berubah.{example}"
    return f"Semua {report.fetched} data bertanda dihapus, tidak aktif atau belum diumumkan."
