"""What a run is worth, as the exchange judges it: the kit's judgement over what is known of the source."""

from __future__ import annotations

import math

from sqlalchemy.orm import Session

from connectors.kit import Connector, SourceError
from connectors.kit.answer import RunFacts
from connectors.kit.completeness import Doubt, DoubtKind, Facts, Proof, ProofState, Tolerance, judge
from exchange.store.quarantine import waiting_by_rule
from exchange.sync.known import AnotherBuyer, Known
from exchange.sync.offers import supply_in
from exchange.sync.report import Report
from exchange.sync.yardstick import Yardstick

_AS_LARGE_AS_IT_LIKES = Tolerance(most=math.inf)


def volumes_of(connector: Connector, yard: Yardstick, shown: int, known: Known) -> tuple[int, ...]:
    """
    What the whole list is measured by: how much earlier complete runs brought, the newest last.

    Of a source that tells what changed few runs read the whole; what is shown of it (`shown`) is what they and the changes came to.
    Where a person accepted another volume, that holds until a complete run has told what of it is missing at the source; from then on
    what is shown and not missing, where that is more.
    """
    if not connector.incremental:
        return yard.brought
    if yard.volume is not None:
        missing = known.missing_before + known.offers_before.missing
        return (max(yard.volume, shown - missing) if len(yard.brought) > 1 else yard.volume,)
    return (shown,) if shown else ()


def facts_of(
    report: Report,
    said: RunFacts,
    known: Known,
    yard: Yardstick,
    connector: Connector,
    *,
    volumes: tuple[int, ...],
    error: SourceError | None,
) -> Facts:
    """What is known of a run that came to its end: what it brought (`report`), what its answers said, and what they are held against."""
    shown, again = known.continuity(yard.after, yard.last_row)
    return Facts(
        listed=report.fetched,
        lengths_agree=said.lengths_agree,
        last_page=said.last_page,
        total=said.total,
        changes_only=said.changes_only,
        buyers=frozenset(known.buyers),
        known_buyers=known.buyers_before,
        volumes=volumes,
        shown=shown if yard.most is None else min(shown, yard.most),
        again=again,
        unnamed=connector.unnamed,
        unnamed_before=yard.unnamed,
        error=error,
    )


def proof_of(facts: Facts, connector: Connector, shown: int) -> Proof:
    """The proof of a run. Where nothing is known of a source that tells the end of its list itself, an empty list is a list."""
    if isinstance(facts.error, AnotherBuyer):
        its = facts.error
        return Proof.doubtful(Doubt(DoubtKind.BUYERS, its.message, sorted(facts.known_buyers), sorted(its.named)))
    if not connector.incremental:
        return judge(facts)
    if facts.error is None and facts.last_page and not facts.listed and not shown:
        return Proof(ProofState.COMPLETE)
    return judge(facts, _AS_LARGE_AS_IT_LIKES)


def nothing_understood(session: Session, source_id: int, report: Report) -> Proof | None:
    """The proof of a run in which listings came and none of them is a demand; None where some are."""
    if not report.fetched or report.new or report.changed or report.unchanged:
        return None
    if supply_in(report.skips) and not report.quarantined:
        return None  # it is a catalogue
    says = f"Semua {report.fetched} data bertanda dihapus, tidak aktif atau belum diumumkan."
    if report.quarantined:
        causes = waiting_by_rule(session, source_id)
        example = f" Contoh: {causes[0]['example']}" if causes else ""
        says = f"Tidak satu pun dari {report.fetched} data dapat dibaca; bentuknya berubah.{example}"
    return Proof.doubtful(Doubt(DoubtKind.UNREADABLE, says))
