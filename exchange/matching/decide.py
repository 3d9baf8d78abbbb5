"""What staff decide about a match: the one way in for the pages and the API."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.reasons import REASONS
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.changes import note_change
from exchange.store.matches import MatchRow, match_by_id

DECISIONS = ("proposed", "accepted", "rejected")
LONGEST = 2000
_ACTIONS = {"accepted": "match.accept", "rejected": "match.reject", "proposed": "match.reopen"}


def decide(
    session: Session, match_id: int, version: int, state: str, reason: str | None, note: str | None, actor: str, *,
    code: str | None = None, step: int | None = None,
) -> MatchRow:  # fmt: skip
    """
    Put a decision on record: `accepted`, `rejected` with a reason, or `proposed` again. The same state keeps the
    decision as it was and changes only what is written beside it.

    Args:
        version: the match's version that the decider saw; the decision holds only for that one.
        reason, code: why it was rejected, in words and by the list of `reasons.REASONS`; thrown away for the other states.
        step: the bulk step that it is part of.
        note: a remark for colleagues; None leaves the one that is there.

    Returns:
        The match as it is now, with demand, product and firm.

    Raises:
        NotFound: there is no such match.
        BadRequest: no such state or code, a rejection without its reason, or a text longer than 2,000 characters.
        Conflict: it changed since `version`, or was taken back; nothing was written. Facts: `state`, `version`,
            `decided_by` and `decided_at` as they are now.
    """
    code = _code(state, code)
    reason, note = _checked(state, reason, note, code)
    row = match_by_id(session, match_id)
    if row is None:
        raise NotFound(f"Kecocokan {match_id} tidak ada.", mend="Buka daftar kecocokan dan pilih dari sana.")
    if row.version != version or row.state == "retired":
        raise _overtaken(row)
    before = {"state": row.state, "reason": row.reason, "code": row.reason_code, "note": row.note}
    after = {"state": state, "reason": reason, "code": code, "note": row.note if note is None else note or None}
    if before == after:
        return row
    values: dict[str, Any] = {"state": state, "reason": reason, "reason_code": code, "note": after["note"]}
    if state != row.state:
        values |= {"decided_by": actor, "decided_at": utcnow()} if state != "proposed" else {"decided_by": None, "decided_at": None}
    put(session, row, values)
    action = _ACTIONS[state] if before["state"] != state else "match.note"
    audit(
        session, actor, action, "match", str(match_id), before=before, after=after, version=version + 1, **({"step": step} if step else {})
    )
    return row


def put(session: Session, row: MatchRow, values: dict[str, Any]) -> None:
    """Write a match's columns as its next version and tell the change feed; raises Conflict where it has another one by now."""
    # on PostgreSQL two deciders may both have read this version; only one of them finds it here
    found = MatchRow.id == row.id, MatchRow.version == row.version
    change = update(MatchRow).where(*found).values(values | {"version": row.version + 1, "updated_at": utcnow()})
    done = session.execute(change, execution_options={"synchronize_session": False}).rowcount == 1  # type: ignore[attr-defined]
    session.refresh(row, attribute_names=[c.key for c in MatchRow.__table__.columns])
    if not done:
        raise _overtaken(row)
    note_change(session, "match", str(row.id), row.version)


def _code(state: str, code: str | None) -> str | None:
    if state != "rejected" or not code:
        return None
    if code not in REASONS:
        raise BadRequest(f"Alasan {code[:20]!r} tidak dikenal.", mend="Pilih salah satu dari daftarnya.")
    return code


def _checked(state: str, reason: str | None, note: str | None, code: str | None = None) -> tuple[str | None, str | None]:
    if state not in DECISIONS:
        raise BadRequest(f"Keputusan {state!r} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(DECISIONS)}.")
    reason = (reason or "").strip() or None if state == "rejected" else None
    note = None if note is None else note.strip()
    if state == "rejected" and reason is None and REASONS.get(code or "other") == "words":
        raise BadRequest("Alasan penolakan belum diisi.", mend="Tulis alasannya dengan singkat, lalu kirim lagi.")
    if any(text and len(text) > LONGEST for text in (reason, note)):
        raise BadRequest(f"Alasan atau catatan lebih dari {LONGEST} huruf.", mend="Persingkat, lalu kirim lagi.")
    return reason, note


def _overtaken(row: MatchRow) -> Conflict:
    facts = {"state": row.state, "version": row.version, "decided_by": row.decided_by, "decided_at": row.decided_at}
    if row.state == "retired":
        return Conflict("Kecocokan ini sudah dicabut: permintaannya tidak berlaku lagi.", mend="Tidak ada yang perlu diputuskan.", **facts)
    return Conflict(
        "Kecocokan ini berubah sejak halaman Anda dibuka; keputusan Anda belum disimpan.",
        mend="Baca keadaannya sekarang, lalu putuskan lagi bila perlu.",
        **facts,
    )
