"""What cases open to their partner: reckoned from all of its cases after each step, in the step's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from exchange.access.openings import Opening, opening
from exchange.access.partners import set_openings
from exchange.access.policy import Tier, bits
from exchange.agreements.rules import Rules
from exchange.store.agreements import AgreementObjectRow, AgreementRow, cases_of_partner, objects_of
from exchange.store.changes import note_change
from exchange.store.partners import PartnerRow
from exchange.store.prices import Version, skus_in, versions_of
from exchange.store.segments import segments_of
from exchange.store.twins import closed_by_partner


def openings_of(rules: Rules, row: AgreementRow, objects: Sequence[AgreementObjectRow], versions: Sequence[Version] = ()) -> list[Opening]:
    """
    What one case opens: from the day of the signature what a Kesepakatan Bersama opens, while a contract is carried out its objects too.

    versions: of its price list, which open with the contract.

    A state that opens nothing (suspended, ended, called off) opens nothing, whatever was signed.
    """
    state = rules.states[row.state]
    if state.opens == "public":
        return []
    signed = row.facts.get("tanggal_kb") or row.facts.get("tanggal_nk")
    since = date.fromisoformat(signed) if isinstance(signed, str) else None
    found = [Opening(Tier.AGREED, since, row.kb_until, (), (), row.ident, rules.states["ttd_kb"].article)]
    if row.instrument == "sinergi":
        found = [found[0]._replace(article=state.article)]
    if state.opens == "contracted":
        sectors = tuple(sorted({one.sector for one in objects if one.sector and not one.kbli}))
        kbli = tuple(sorted({one.kbli for one in objects if one.kbli}))
        if sectors or kbli:
            found.append(
                Opening(Tier.CONTRACTED, row.starts_on, row.ends_on, sectors, kbli, row.ident, state.article, standing_versions(versions))
            )
    return found


def standing_versions(versions: Sequence[Version]) -> tuple[tuple[int, date | None], ...]:
    """Versions without those that a later one takes the place of from their first day on or before, in their order."""
    found: list[tuple[int, date | None]] = []
    for number, since in sorted(versions, reverse=True):
        if all(later is not None and (since is None or since < later) for _, later in found):
            found.append((number, since))
    return tuple(reversed(found))


def follow(session: Session, rules: Rules, row: AgreementRow, on: date, *, actor: str) -> None:
    """
    Set what the partner of a case may read by all of its cases; a partner without a signed case keeps what was set by hand.

    A case that the other side suspended, ended or called off on its own node opens nothing until a person has looked.
    """
    if row.partner_id is None:
        return
    partner = session.get(PartnerRow, row.partner_id)
    assert partner is not None
    session.flush()
    cases = cases_of_partner(session, partner.id)
    objects = objects_of(session, [case.id for case in cases])
    shut = closed_by_partner(session, [case.id for case in cases])
    versions = versions_of(session, [case.id for case in cases])
    openings = [one for case in cases if case.id not in shut for one in openings_of(rules, case, objects[case.id], versions[case.id])]
    if openings or partner.openings:
        before = [opening(kept) for kept in partner.openings]
        set_openings(session, partner, openings, on, actor=actor)
        _tell_staff(session, before, openings)


def _tell_staff(session: Session, before: Sequence[Opening], after: Sequence[Opening]) -> None:
    """Put products on the feed whose prices staff read otherwise from now on; partners are told by their reader's word."""
    had, have = ({(one.case, number, one.since, one.until) for one in openings for number, _ in one.prices} for openings in (before, after))
    skus = skus_in(session, {(case, number) for case, number, _, _ in had ^ have})
    staff = bits([Tier.STAFF])
    for sku, (version, _) in segments_of(session, "product", Tier.STAFF, skus).items():
        note_change(session, "product", sku, version, before=staff, readers=staff)
