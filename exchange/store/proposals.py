"""What an import found doubtful: it waits for staff and is not published until they decide."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime

ASKED = "proposal.ask"  # the act that keeps a doubt, with where it was found


class ProposalRow(Row):
    """
    One doubt. kind: `price` or `product`; key: SKU, or NIB and name of the product; data: the values that wait,
    in the words of ProductSchema; digest names the doubt, so that the same file again does not ask twice.
    """

    __tablename__ = "proposal"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(300))
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def propose(session: Session, kind: str, key: str, reason: str, origin: str, data: dict[str, Any]) -> ProposalRow | None:
    """Keep a doubt for staff; None where the same one was put before. `data` must be JSON: decimals as strings."""
    if proposal_like(session, kind, key, data) is not None:
        return None
    row = ProposalRow(digest=_digest(kind, key, data), kind=kind, key=key, reason=reason, origin=origin, data=data)
    session.add(row)
    session.flush()
    return row


def proposal_like(session: Session, kind: str, key: str, data: dict[str, Any]) -> ProposalRow | None:
    """The very same doubt, decided or not; None where it was never put."""
    return session.scalars(select(ProposalRow).where(ProposalRow.digest == _digest(kind, key, data))).first()


def _digest(kind: str, key: str, data: dict[str, Any]) -> str:
    return hashlib.blake2b(orjson.dumps([kind, key, data], option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


def waiting_proposals(session: Session, limit: int = 100) -> list[ProposalRow]:
    """The doubts that wait, oldest first."""
    query = select(ProposalRow).where(ProposalRow.state == "waiting").order_by(ProposalRow.id).limit(limit)
    return list(session.scalars(query))


def waiting_count() -> ColumnElement[int]:
    """How many doubts wait, as a part of a statement."""
    return select(func.count(ProposalRow.id)).where(ProposalRow.state == "waiting").scalar_subquery()


def count_waiting(session: Session) -> int:
    """How many doubts wait."""
    return session.scalar(select(func.count()).select_from(ProposalRow).where(ProposalRow.state == "waiting")) or 0
