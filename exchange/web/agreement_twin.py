"""What the other government's node holds of a case, beside what we hold."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from exchange.agreements.objects import MEMBERS
from exchange.agreements.twins.standing import is_noted
from exchange.agreements.twins.views import both_sides
from exchange.store.agreements import AgreementRow
from exchange.store.twins import TwinRow, twin_of_case


class Twin(NamedTuple):
    """The twin with its peer; sides: rows of both views in words; noted: whether a person said that what differs is known."""

    row: TwinRow
    sides: list[dict[str, Any]]
    noted: bool


def twin_shown(session: Session, case: AgreementRow) -> Twin | None:
    """The twin of a case; None where no other node holds it. One statement."""
    row = twin_of_case(session, case.id)
    if row is None:
        return None
    sides = [side | {name: _word(side[name]) for name in ("ours", "theirs")} for side in both_sides(row.ours, row.theirs)]
    return Twin(row, sides, is_noted(row))


def _word(said: Any) -> str:
    if said is None:
        return "–"
    if isinstance(said, list):
        return "; ".join(" ".join(str(one[name]) for name in MEMBERS if one.get(name)) for one in said)
    return str(said)
