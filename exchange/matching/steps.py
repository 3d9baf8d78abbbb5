"""One act over several matches, and taking it back as one: what somebody changed meanwhile is left, and named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.care import arrange
from exchange.matching.decide import decide, put
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.match_care import care_of
from exchange.store.match_steps import MatchStepRow, step_by_id
from exchange.store.matches import MatchCareRow, MatchRow, match_by_id

MOST = 100
ACTS = ("accept", "reject", "assign", "snooze", "note")
_STATES = {"accept": "accepted", "reject": "rejected"}


class Target(NamedTuple):
    """A match as it was seen: its number, its version, and the version of its arrangement (0: none)."""

    match_id: int
    version: int
    care: int


class Wish(NamedTuple):
    """What is to be done to each: `act`, and what goes with it."""

    act: str
    code: str | None = None
    reason: str | None = None
    person: int | None = None
    until: date | None = None
    note: str | None = None

    def said(self) -> dict[str, Any]:
        """As JSON, without what is not given."""
        told = self._asdict() | {"until": self.until and self.until.isoformat()}
        return {name: value for name, value in told.items() if value and name != "act"}


def take(session: Session, wish: Wish, targets: Sequence[Target], actor: str, day: date) -> MatchStepRow:
    """
    Do one act to each match that is as it was seen.

    Returns:
        The step, with what it changed and what it passed over.

    Raises:
        BadRequest: none or more than `MOST` matches, no such act, or something that goes with it is missing; nothing was written.
    """
    if wish.act not in ACTS:
        raise BadRequest("Langkah itu tidak dikenal.", mend="Pilih salah satu tombolnya.")
    if not targets:
        raise BadRequest("Belum ada kecocokan yang dicentang.", mend="Centang satu atau beberapa baris, lalu ulangi.")
    if len(targets) > MOST:
        raise BadRequest(f"Paling banyak {MOST} kecocokan sekaligus.", mend="Kurangi centangnya, lalu ulangi.")
    if wish.act == "snooze" and wish.until is None:
        raise BadRequest("Hari penundaan belum diisi.", mend="Pilih harinya, lalu ulangi.")
    if wish.act == "note" and not (wish.note or "").strip():
        raise BadRequest("Catatan belum diisi.", mend="Tulis catatannya, lalu ulangi.")
    step = MatchStepRow(actor=actor, act=wish.act, said=wish.said())
    session.add(step)
    session.flush()
    changed: list[dict[str, Any]] = []
    passed: list[dict[str, Any]] = []
    for target in targets:
        row, care = match_by_id(session, target.match_id), care_of(session, target.match_id)
        if row is None:
            continue
        before, title = _kept(row, care), f"{row.product.name} · {row.demand.title}"[:200]
        try:
            _do(session, wish, target, row, actor, day, step.id)
        except Conflict as late:
            passed.append({"match": row.id, "title": title, "why": late.message})
            continue
        care = care_of(session, target.match_id)
        versions = {"version": row.version, "care": care.version if care else 0}
        changed.append({"match": row.id, "title": title, "before": before, **versions})
    step.changed, step.passed = changed, passed
    facts = {"act": wish.act, "changed": len(changed), "passed": len(passed)}
    audit(session, actor, "match_step.take", "match_step", str(step.id), **facts)
    return step


def _do(session: Session, wish: Wish, target: Target, row: MatchRow, actor: str, day: date, step: int) -> None:
    if wish.act in _STATES:
        decide(session, target.match_id, target.version, _STATES[wish.act], wish.reason, None, actor, code=wish.code, step=step)
    elif wish.act == "note":
        decide(session, target.match_id, target.version, row.state, row.reason, wish.note, actor, code=row.reason_code, step=step)
    elif row.state == "retired":
        raise Conflict("Kecocokan ini sudah dicabut: permintaannya tidak berlaku lagi.", mend="Tidak ada yang perlu diputuskan.")
    else:
        change = {"assignee_id": wish.person} if wish.act == "assign" else {"snoozed_until": wish.until}
        arrange(session, target.match_id, target.care, change, wish.note, actor, day, step=step)


def undo(session: Session, step_id: int, actor: str) -> MatchStepRow:
    """
    Bring each match of a step back to what it was before, where nobody changed it since.

    Raises:
        NotFound: there is no such step.
        Conflict: it was undone already.
    """
    step = step_by_id(session, step_id)
    if step is None:
        raise NotFound("Langkah itu tidak ada.", mend="Buka daftar langkah terakhir dan pilih dari sana.")
    if step.undone_at is not None:
        raise Conflict(f"Langkah ini sudah dibatalkan oleh {step.undone_by}.", mend="Tidak ada yang perlu dilakukan.")
    kept: list[dict[str, Any]] = []
    for one in step.changed:
        row, care = match_by_id(session, one["match"]), care_of(session, one["match"])
        if row is None:
            continue
        if row.state == "retired" or (row.version, care.version if care else 0) != (one["version"], one["care"]):
            kept.append({"match": row.id, "title": one["title"], "why": "Berubah sejak langkah itu, jadi dibiarkan."})
            continue
        _restore(session, row, care, one["before"], actor, step.id)
    step.undone_at, step.undone_by, step.kept = utcnow(), actor, kept
    audit(session, actor, "match_step.undo", "match_step", str(step.id), changed=len(step.changed) - len(kept), passed=len(kept))
    return step


_OWN = ("state", "reason", "reason_code", "note", "decided_by")


def _kept(row: MatchRow, care: MatchCareRow | None) -> dict[str, Any]:
    """What a step may change of a match, as JSON."""
    own = {name: getattr(row, name) for name in _OWN}
    until = care.snoozed_until if care else None
    return own | {
        "decided_at": row.decided_at and row.decided_at.isoformat(),
        "assignee_id": care.assignee_id if care else None,
        "snoozed_until": until and until.isoformat(),
    }


def _restore(session: Session, row: MatchRow, care: MatchCareRow | None, before: dict[str, Any], actor: str, step: int) -> None:
    now = _kept(row, care)
    if now == before:
        return
    own = (*_OWN, "decided_at")
    if any(now[name] != before[name] for name in own):
        decided = before["decided_at"] and datetime.fromisoformat(before["decided_at"])
        put(session, row, {name: before[name] for name in _OWN} | {"decided_at": decided})
    if care is not None and any(now[name] != before[name] for name in ("assignee_id", "snoozed_until")):
        until = before["snoozed_until"]
        care.assignee_id, care.snoozed_until = before["assignee_id"], date.fromisoformat(until) if until else None
        care.version, care.updated_by, care.updated_at = care.version + 1, actor, utcnow()
    told = [{name: one[name] for name in now if now[name] != before[name]} for one in (now, before)]
    audit(session, actor, "match.undo", "match", str(row.id), before=told[0], after=told[1], step=step)
