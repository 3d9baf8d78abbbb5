"""Who looks after a match and until when it rests: kept apart from the decision, with a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.roles import may
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.match_care import care_of
from exchange.store.matches import MatchCareRow, match_by_id
from exchange.store.users import user_by_id

LONGEST_REST = timedelta(days=366)
_LONGEST_NOTE = 500


def arrange(
    session: Session, match_id: int, version: int, change: Mapping[str, Any], note: str | None, actor: str, day: date, *,
    step: int | None = None,
) -> MatchCareRow | None:  # fmt: skip
    """
    Give a match to somebody, or let it rest; each change is put on record, with the note that goes with handing it over.

    Args:
        version: of the arrangement that was seen, 0 where there was none.
        change: `assignee_id` (an account's number or None) and `snoozed_until` (a day or None); what it does not name stays.
        day: today, for the node.

    Raises:
        NotFound: there is no such match.
        BadRequest: nobody active who decides has that number; the day is not within a year from tomorrow; the note is too long.
        Conflict: somebody arranged something since; facts: `by`, `person`, `until`, `version` as they are now.
    """
    _check(session, change, note, day)
    if match_by_id(session, match_id) is None:
        raise NotFound(f"Kecocokan {match_id} tidak ada.", mend="Buka daftar kecocokan dan pilih dari sana.")
    row = care_of(session, match_id)
    if (row.version if row else 0) != version:
        raise Conflict(
            "Penanganan kecocokan ini berubah sejak halaman Anda dibuka; yang Anda isi belum disimpan.",
            mend="Baca keadaannya sekarang, lalu simpan lagi bila perlu.",
            **_as_now(session, row),
        )
    before = {name: getattr(row, name) if row else None for name in ("assignee_id", "snoozed_until")}
    after = before | dict(change)
    if before == after:
        return row
    now = utcnow()
    if row is None:
        row = MatchCareRow(match_id=match_id, version=0, updated_by=actor, updated_at=now)
        session.add(row)
    row.assignee_id, row.snoozed_until = after["assignee_id"], after["snoozed_until"]
    row.version, row.updated_by, row.updated_at = version + 1, actor, now
    _record(session, match_id, before, after, note, actor, step)
    return row


def _check(session: Session, change: Mapping[str, Any], note: str | None, day: date) -> None:
    person, until = change.get("assignee_id"), change.get("snoozed_until")
    if person is not None:
        user = user_by_id(session, person)
        if user is None or not user.active or not may(user.role, "decide"):
            raise BadRequest("Orang itu tidak dapat menangani kecocokan.", mend="Pilih orang lain dari daftarnya.")
    if until is not None and not day < until <= day + LONGEST_REST:
        raise BadRequest("Hari penundaan harus mulai besok, paling lama satu tahun.", mend="Pilih hari lain.")
    if note and len(note) > _LONGEST_NOTE:
        raise BadRequest(f"Catatan lebih dari {_LONGEST_NOTE} huruf.", mend="Persingkat, lalu kirim lagi.")


def _record(
    session: Session, match_id: int, before: Mapping[str, Any], after: Mapping[str, Any], note: str | None, actor: str, step: int | None
) -> None:
    more: dict[str, Any] = {"step": step} if step else {}
    if before["assignee_id"] != after["assignee_id"]:
        names = [_name(session, one["assignee_id"]) for one in (before, after)]
        noted = {"said": note.strip()} if note and note.strip() else {}
        given = {"before": {"person": names[0]}, "after": {"person": names[1]}}
        audit(session, actor, "match.assign", "match", str(match_id), **given, **noted, **more)
    if before["snoozed_until"] != after["snoozed_until"]:
        days = [one["snoozed_until"].isoformat() if one["snoozed_until"] else None for one in (before, after)]
        act = "match.snooze" if days[1] else "match.wake"
        audit(session, actor, act, "match", str(match_id), before={"until": days[0]}, after={"until": days[1]}, **more)


def _name(session: Session, number: int | None) -> str | None:
    row = None if number is None else user_by_id(session, number)
    return None if row is None else row.name


def _as_now(session: Session, row: MatchCareRow | None) -> dict[str, Any]:
    if row is None:
        return {"by": None, "person": None, "until": None, "version": 0}
    return {"by": row.updated_by, "person": _name(session, row.assignee_id), "until": row.snoozed_until, "version": row.version}
