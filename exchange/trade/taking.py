"""How a step of a deal is taken and kept: on the version that was seen, with before and after, in the history and in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.trade import DealLineRow, DealRow, DealStepRow, deal_by_ident, deal_steps, lines_of
from exchange.trade.events import tell_step
from exchange.trade.rules import Step, allowed, filled

LONGEST = 2000


@dataclass
class Taken:
    """A deal while a step is taken. step: of the table of steps; before: its values when it was opened; was_read: by its partner then."""

    session: Session
    deal: DealRow
    lines: list[DealLineRow]
    step: Step
    before: dict[str, Any] = field(default_factory=dict)
    was_read: bool = False

    def line(self, position: object) -> DealLineRow:
        """The line of that position; raises BadRequest, with those there are."""
        found = next((line for line in self.lines if line.position == position), None)
        if found is None:
            known = ", ".join(str(line.position) for line in self.lines)
            raise BadRequest(f"Dagang {self.deal.ident} tidak punya baris {str(position)[:20]}.", mend=f"Yang ada: {known}.")
        return found


def opened(session: Session, ident: str, version: int | None, name: str, given: Mapping[str, object] | None = None) -> Taken:
    """
    The deal for a step that may be taken now, as it was when the actor saw it.

    Args:
        version: that the actor saw; None where the caller has proved otherwise that it is the present one.
        given: the fields of the step, which must hold those that it wants.

    Raises:
        NotFound: there is no such deal. BadRequest: a field is missing. Conflict: the step does not go from its state, or somebody
        changed it since; facts then: version, by, at, changed (what is there now, by field).
    """
    deal = deal_by_ident(session, ident, lock=True)
    if deal is None:
        raise NotFound(f"Dagang {ident[:20]} tidak ada.", mend="Pilih dari daftar perdagangan.")
    if version is not None and deal.version != version:
        raise _overtaken(session, deal, version)
    step = allowed(name, deal.state)
    filled(step, dict(given or {}))
    lines = lines_of(session, [deal.id])[deal.id]
    return Taken(session, deal, lines, step, told(deal, lines), deal.offered_at is not None)


def _overtaken(session: Session, deal: DealRow, version: int) -> Conflict:
    changed: dict[str, Any] = {}
    steps = deal_steps(session, deal.id, max(0, version))
    for step in steps:
        changed |= step.after
    last = steps[-1] if steps else None
    return Conflict(
        f"Dagang {deal.ident} sudah diubah {last.actor if last else 'orang lain'} sejak halaman Anda dibuka; langkah Anda belum disimpan.",
        mend="Periksa yang sekarang, lalu ulangi bila masih perlu.",
        version=deal.version,
        by=last and last.actor,
        at=last and last.at.isoformat(),
        changed=changed,
    )


def told(deal: DealRow, lines: Iterable[DealLineRow]) -> dict[str, Any]:
    """What a deal says that steps change, flat, as JSON: its own fields, and those of each line as `baris.1.jumlah`."""
    said: dict[str, Any] = {
        "state": deal.state, "agreement_id": deal.agreement_id, "terms": deal.terms, "letter_number": deal.letter_number,
        "letter_date": deal.letter_date, "valid_until": deal.valid_until, "answer": deal.answer, "order_number": deal.order_number,
        "order_date": deal.order_date,
    }  # fmt: skip
    for line in lines:
        for name in ("quantity", "price", "value", "price_reason", "ordered_quantity", "ordered_value", "commodity"):
            said[f"{line.position}.{name}"] = getattr(line, name)
    return {name: as_json(value) for name, value in said.items()}


def as_json(value: Any) -> Any:
    """A value as the history keeps it: decimals in plain digits, days as ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def keep(taken: Taken, actor: str, *, reason: str | None = None, name: str | None = None, **more: Any) -> DealRow:
    """
    Keep a step that was taken: its row, the next version of the deal, the audit, and what its partner is told of it.

    name: the step's name in the history where it is another than the table's; more: what it did beside the deal's own values.
    """
    deal, session = taken.deal, taken.session
    if taken.step.target is not None:
        deal.state = taken.step.target
    now = told(deal, taken.lines)
    names = [name for name in [*taken.before, *now] if taken.before.get(name) != now.get(name)]
    before = {name: taken.before.get(name) for name in names}
    after = {name: now.get(name) for name in names} | {key: as_json(value) for key, value in more.items() if value is not None}
    deal.version, deal.updated_at = deal.version + 1, utcnow()
    write(session, deal, name or taken.step.name, before, after, actor, reason)
    tell_step(session, deal, taken.step.name, was_read=taken.was_read)
    return deal


def write(
    session: Session, deal: DealRow, name: str, before: dict[str, Any], after: dict[str, Any], actor: str, reason: str | None
) -> None:
    """Put a step into the history of the deal and into the audit."""
    session.add(DealStepRow(deal_id=deal.id, number=deal.version, actor=actor, step=name, before=before, after=after, reason=reason))
    session.flush()
    audit(session, actor, f"deal.{name}", "deal", deal.ident, before=before, after=after, version=deal.version, reason=reason)


def text(given: str | None, what: str, longest: int = LONGEST) -> str | None:
    """A text without blanks around it, None where nothing is left; raises BadRequest where it is too long."""
    said = (given or "").strip()
    if len(said) > longest:
        raise BadRequest(f"{what} lebih dari {longest} huruf.", mend="Persingkat, lalu kirim lagi.")
    return said or None
