"""What staff decide about a link between two demands, and how a demand's links are told."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.links import STATES, DemandLinkRow, link_by_id, links_of

_ACTIONS = {"confirmed": "link.confirm", "rejected": "link.reject", "proposed": "link.reopen"}


def also_seen(session: Session, demand_id: int) -> list[dict[str, Any]]:
    """
    As what else a demand is seen: its links by the other demand, those rejected last; withdrawn demands are left out.

    Returns: for each the other demand's `ident`, `source`, `reference`, `title` and `buyer`, and the link's `id`, `kind`, `reason`,
    `state`, `decided_by` and `decided_at`.
    """
    found = []
    for link in links_of(session, demand_id):
        other = link.high if link.low_id == demand_id else link.low
        told = {"ident": other.ident, "source": other.source.name, "reference": other.reference, "title": other.title}
        its = {name: getattr(link, name) for name in ("id", "kind", "reason", "state", "decided_by", "decided_at")}
        found.append(told | {"buyer": other.buyer_name} | its)
    return found


def decide_link(session: Session, ident: str, link_id: int, seen: str, state: str, actor: str) -> DemandLinkRow:
    """
    Confirm a link of a demand, reject it, or take that back; neither demand changes.

    seen: the state that the decider saw; the decision holds for that one alone.

    Raises:
        NotFound: the demand has no such link. BadRequest: no such state.
        Conflict: somebody else decided meanwhile; nothing was written.
    """
    if state not in STATES:
        raise BadRequest(f"Keputusan {state!r} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(STATES)}.")
    link = link_by_id(session, link_id)
    if link is None or ident not in {link.low.ident, link.high.ident}:
        raise NotFound(f"Tautan {link_id} tidak ada pada permintaan ini.", mend="Muat ulang halamannya.")
    if link.state != seen:
        who = f" oleh {link.decided_by}" if link.decided_by else ""
        raise Conflict(
            f"Tautan ini sudah diubah{who}; keputusan Anda belum disimpan.", mend="Baca keadaannya sekarang, lalu putuskan lagi."
        )
    if link.state == state:
        return link
    before, link.state = link.state, state
    link.decided_by, link.decided_at = (None, None) if state == "proposed" else (actor, utcnow())
    both = {"low": link.low.ident, "high": link.high.ident}
    for one in both.values():
        audit(session, actor, _ACTIONS[state], "demand", one, link=link_id, before=before, link_kind=link.kind, **both)
    return link
