"""
Looks at sources: asked for by a page, made by the worker, so that a slow source holds no page.

A look that is to end in an approval is held against the one that the person saw: where the source sends another thing by now, it is refused
and says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import ExchangeError
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.looks import SourceLookRow, any_look_waits, claim_looks, packed, seen_of
from exchange.store.sources import SourceRow
from exchange.sync.looking import SECONDS, changed_settings, differs, look, options_digest, setting_digests
from exchange.sync.replay import replay_changed

log = logging.getLogger("exchange.looks")
# a look takes at most its time and one answer more, which is bounded by the same
STALE = timedelta(seconds=3 * SECONDS)


class SourceLooks:
    """The worker's part: makes the looks that wait."""

    name = "source_look"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """Up to so many looks."""
        with self._store.read() as session:
            if not any_look_waits(session, STALE):
                return []
        with self._store.work() as session:
            rows = claim_looks(session, min(room, 2), STALE)
            return [partial(make_look, self._store, self._settings, row.id) for row in rows]

    def tidy(self) -> None:
        """Nothing is past its time: what is kept is bounded by number."""


def make_look(store: Store, settings: Settings, look_id: int) -> None:
    """Look at the source, keep what was seen, and approve it where that was asked for and what is seen fits."""
    with store.read() as session:
        row = session.get_one(SourceLookRow, look_id)
        source = session.get_one(SourceRow, row.source_id)
    try:
        if options_digest(source) != row.options_digest:
            _keep(
                store, look_id, "refused" if row.against_id else "failed", None, "Pengaturan sumber diganti sebelum pratinjau ini dibuat."
            )
            return
        seen = look(settings, source)
    except ExchangeError as error:
        _keep(store, look_id, "failed", None, " ".join(filter(None, (error.message, error.mend))))
        return
    except Exception as error:  # a connector's bug costs one look, not the worker
        log.exception("looking at %s", source.name)
        _keep(store, look_id, "failed", None, f"Kesalahan dalam ({type(error).__name__}); lihat log.")
        return
    if row.against_id is None:
        _keep(store, look_id, "seen" if seen["reachable"] else "failed", seen, " ".join(seen["reasons"]) or None)
    elif _approve(store, look_id, seen):
        for again in replay_changed(store, settings, row.asked_by, name=source.name):
            log.info("reading %s again: %s of %s", source.name, again.returned, again.waiting)


def _keep(store: Store, look_id: int, state: str, seen: dict[str, Any] | None, trouble: str | None) -> None:
    with store.work() as session:
        _end(session.get_one(SourceLookRow, look_id), state, seen, trouble)


def _end(row: SourceLookRow, state: str, seen: dict[str, Any] | None, trouble: str | None) -> None:
    row.state, row.ended_at, row.trouble = state, utcnow(), trouble
    if seen is not None:
        row.body = packed(seen)


def _approve(store: Store, look_id: int, seen: dict[str, Any]) -> bool:
    """Approve the source where what it sends now is what the person saw; else say what differs."""
    with store.work() as session:
        row = session.get_one(SourceLookRow, look_id)
        source = session.get_one(SourceRow, row.source_id, with_for_update=True)
        why = _why_not(session, row, source, seen)
        if why:
            _end(row, "refused", seen, "\n".join(why))
            audit(session, row.asked_by, "source.refused", "source", source.name, look=row.against_id, why=why[:10])
            return False
        _end(row, "approved", seen, None)
        before, source.state = source.state, "approved"
        source.decided_by, source.decided_at, source.next_try_at = row.asked_by, utcnow(), None
        first = session.get_one(SourceLookRow, row.against_id)
        assert first.ended_at is not None, "what a person saw has come to its end"
        told = {"look": first.id, "looked_at": first.ended_at.isoformat(timespec="seconds"), "listings": seen["counts"]}
        audit(session, row.asked_by, "source.approved", "source", source.name, before=before, **told)
    return True


def _why_not(session: Session, row: SourceLookRow, source: SourceRow, seen: dict[str, Any]) -> list[str]:
    shown = seen_of(session, row.against_id or 0)
    if shown is None:
        return ["Pratinjau yang Anda lihat tidak tersimpan lagi."]
    if source.decided_at is not None and source.decided_at > row.asked_at:
        return [f"{source.decided_by} memutuskan tentang sumber ini sesudah persetujuan itu diminta."]
    now = setting_digests(source)
    if names := changed_settings(seen["settings"], now):
        return [f"Pengaturan berubah sejak pratinjau itu: {', '.join(names)}."]
    return differs(shown, seen)
