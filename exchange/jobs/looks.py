"""
Looks at sources: asked for by a page, made by the worker, so that a slow source holds no page.

A look that is to end in an approval is held against the one that the person saw: where the source sends another thing by now, it is refused
and says why.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import Conflict, ExchangeError, NotFound
from exchange.jobs.claimed import ClaimedWork, trouble_of
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.claims import RUNNING
from exchange.store.looks import KEPT, LOOKS, TRIES, SourceLookRow, looks_of, packed, seen_of
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.looking import changed_settings, differs, look, options_digest, setting_digests
from exchange.sync.replay import replay_changed

log = logging.getLogger("exchange.looks")


class SourceLooks(ClaimedWork[SourceLookRow]):
    """The worker's part: makes the looks that wait."""

    name, queue = "source_look", LOOKS

    def do(self, row: SourceLookRow) -> None:
        """One look."""
        make_look(self._store, self._settings, row)


def make_look(store: Store, settings: Settings, row: SourceLookRow) -> None:
    """Look at the source of a claimed look, keep what was seen, and approve it where that was asked for and what is seen fits."""
    with store.read() as session:
        source = session.get_one(SourceRow, row.source_id)
    try:
        if options_digest(source) != row.options_digest:
            _keep(store, row, "refused" if row.against_id else "failed", None, "Pengaturan sumber diganti sebelum pratinjau ini dibuat.")
            return
        seen = look(settings, source)
    except Exception as error:  # a connector's bug costs one look, not the worker
        if not isinstance(error, ExchangeError):
            log.exception("looking at %s", source.name)
        _keep(store, row, "failed", None, trouble_of(error))
        return
    if row.against_id is None:
        _keep(store, row, "seen" if seen["reachable"] else "failed", seen, " ".join(seen["reasons"]) or None)
    elif _approve(store, row, seen):
        for again in replay_changed(store, settings, row.asked_by, name=source.name):
            log.info("reading %s again: %s of %s", source.name, again.returned, again.waiting)


def keep_look(session: Session, source: SourceRow, actor: str, seen: dict[str, Any]) -> None:
    """Keep what somebody saw of a source just now, so that it can be approved by it."""
    row = SourceLookRow(source_id=source.id, asked_by=actor, options_digest=options_digest(source))
    session.add(row)
    _end(row, "seen" if seen["reachable"] else "failed", seen, " ".join(seen["reasons"]) or None)


def approve_now(store: Store, settings: Settings, name: str, actor: str) -> None:
    """
    Approve a source by the last look at it: it is asked once more, here and not by the worker, and must send what was seen then.

    Raises:
        NotFound: there is no such source. Conflict: it was not looked at since its settings changed, or sends another thing by now; the
            message says which.
    """
    with store.work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        last = next((row for row in looks_of(session, source.id, KEPT) if row.state in {"seen", "refused", "approved"}), None)
        seen = seen_of(session, last.id) if last else None
        again = f"Lihat dahulu: exchange source preview {name}"
        if last is None or seen is None or not seen["reachable"]:
            raise Conflict(f"Sumber {name!r} belum pernah dilihat; tidak ada yang dapat disetujui.", mend=again)
        if names := changed_settings(seen["settings"], setting_digests(source)):
            raise Conflict(f"Pengaturan sumber {name!r} berubah sejak dilihat: {', '.join(names)}.", mend=again)
        row = SourceLookRow(source_id=source.id, asked_by=actor, options_digest=options_digest(source), against_id=last.id)
        row.state, row.begun_at, row.tries = RUNNING, utcnow(), TRIES  # no worker takes it over
        session.add(row)
        session.flush()
    try:
        _approve(store, row, look(settings, source))
    except ExchangeError as error:
        _keep(store, row, "failed", None, error.message)
        raise
    with store.read() as session:
        row = session.get_one(SourceLookRow, row.id)
    if row.state != "approved":
        why = " ".join((row.trouble or "").splitlines())
        raise Conflict(f"Sumber {name!r} tidak disetujui: yang dikirimnya sekarang lain dari yang terlihat. {why}", mend=again)


def _keep(store: Store, claimed: SourceLookRow, state: str, seen: dict[str, Any] | None, trouble: str | None) -> None:
    with store.work() as session:
        if (row := _held(session, claimed)) is not None:
            _end(row, state, seen, trouble)


def _held(session: Session, claimed: SourceLookRow) -> SourceLookRow | None:
    """The row as it is now, where the claim still holds: another worker's look is that one's to end."""
    row = LOOKS.held(session, claimed.id, claimed.tries)
    if row is None:
        log.warning("look %s was another worker's by its end", claimed.id)
    return row


def _end(row: SourceLookRow, state: str, seen: dict[str, Any] | None, trouble: str | None) -> None:
    row.state, row.ended_at, row.trouble = state, utcnow(), trouble
    if seen is not None:
        row.body = packed(seen)


def _approve(store: Store, claimed: SourceLookRow, seen: dict[str, Any]) -> bool:
    """Approve the source where what it sends now is what the person saw; else say what differs."""
    with store.work() as session:
        row = _held(session, claimed)
        if row is None:
            return False
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
