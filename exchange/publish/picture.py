"""The state of the catalogue that a publication is made from: what names it, who it comes from, what is not in it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from exchange.access import policy
from exchange.access.negotiated import lists_in_force
from exchange.access.policy import Tier
from exchange.publish.base import Format, Head, Receiver
from exchange.publish.receivers import view_of
from exchange.publish.registry import installed
from exchange.publish.states import database_mark, state_now
from exchange.settings import Settings
from exchange.store.businesses import BusinessRow
from exchange.store.changes import latest_change
from exchange.store.products import ProductRow
from exchange.store.segments import SegmentRow
from schemas.codes import region

_NEVER = (0, datetime(1970, 1, 1, tzinfo=UTC))

# why a product is in no publication of a tier, as staff read it
NOT_CONSENTED = "usaha belum setuju dipublikasikan"
WITHDRAWN = "tidak lagi ditawarkan"
NOT_PREPARED = "belum disiapkan; jalankan exchange doctor"


def basis(session: Session, settings: Settings, chosen: Format, tier: Tier, receiver: Receiver | None = None) -> str:
    """
    A digest of all that a publication and its note depend on: format, policy, publisher, and the catalogue's place on the change feed.

    The place is the newest change of all, since the note counts what is left out; bytes for a tier that was not told of it stay the same.
    The time of that change is part of it, too: another database may have reached the same number with other products. So are the
    database's own name and the secret, which the word for the state depends on.
    """
    version, at = latest_change(session, "product") or _NEVER
    publisher = (settings.office, settings.contact, settings.home_region, settings.data_licence, settings.data_terms, settings.base_url)
    made_out_to: tuple[str, ...] = ()
    if receiver is not None:
        contract = receiver.within.word() if receiver.within is not None else ""
        # the last word tells notes that say what their file tells beyond the public from older ones
        made_out_to = (receiver.ident, receiver.region, receiver.name, receiver.endpoint, contract, "told")
    # a description of the data set names the formats at hand
    described = () if chosen.lists_products else sorted(f"{name} {made.version}" for name, made in installed().usable.items())
    place = (policy.VERSION, tier, version, at.isoformat(), database_mark(session, settings.with_secret().secret_key))
    # which prices of partners staff read changes with the day, too; a partner's own are part of its contract's word
    lists = lists_in_force(session, settings.day()) if tier is Tier.STAFF else ()
    parts = (chosen.name, chosen.version, *place, *lists, *publisher, settings.peppol_endpoint, *made_out_to, *described)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def publisher(settings: Settings) -> Head:
    """Who publishes, of a catalogue that nothing is known of."""
    home = region(settings.home_region)
    return Head(
        office=settings.office,
        contact=settings.contact,
        region=settings.home_region,
        region_name=home.name if home else settings.home_region,
        licence=settings.data_licence,
        terms=settings.data_terms,
        base_url=settings.base_url,
        endpoint=settings.peppol_endpoint,
        version=_NEVER[0],
        changed_at=_NEVER[1],
        tier=str(Tier.PUBLIC),
        products=0,
    )


def head_of(session: Session, settings: Settings, tier: Tier, receiver: Receiver | None = None) -> Head:
    """Who publishes what to whom, as of the newest change of a product that the tier was told of; raises Denied as `view_of` does."""
    view = view_of(tier, receiver)
    state = state_now(session, view, settings.with_secret().secret_key)
    return replace(
        publisher(settings),
        receiver=receiver,
        version=state.place,
        changed_at=state.at,
        state=state.word,
        tier=str(tier),
        products=session.scalar(select(func.count()).where(SegmentRow.kind == "product", SegmentRow.tier == view.tier)) or 0,
    )


def offered(settings: Settings, receiver: Receiver | None = None) -> dict[str, type[Format]]:
    """The formats that this node publishes in for a receiver (None: everybody), by name: all installed but those which lack something."""
    head = replace(publisher(settings), receiver=receiver)
    return {name: made for name, made in installed().usable.items() if made().lacking(head) is None}


def left_out(session: Session, tier: Tier) -> dict[str, int]:
    """
    How many products a tier's publication has not, by reason; with those in it they are all that are kept.

    A product that is on offer, of a firm that agreed, and yet without a finished representation is for `exchange doctor`.
    """
    mine = and_(SegmentRow.kind == "product", SegmentRow.tier == tier, SegmentRow.ident == ProductRow.sku)
    agreed, offered = BusinessRow.consented_on.is_not(None), ProductRow.state == "active"
    query = select(agreed, offered, func.count()).select_from(ProductRow).join(ProductRow.business).outerjoin(SegmentRow, mine)
    counts: dict[str, int] = {}
    for is_agreed, is_offered, count in session.execute(query.where(SegmentRow.id.is_(None)).group_by(agreed, offered)):
        reason = WITHDRAWN if not is_offered else NOT_PREPARED if is_agreed else NOT_CONSENTED
        counts[reason] = counts.get(reason, 0) + count
    return counts
