"""What we tell the other side: written in the transaction of the step that it tells of, sent by the worker afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from exchange.agreements.twins.message import written
from exchange.agreements.twins.standing import weigh
from exchange.agreements.twins.view import view_of
from exchange.store.agreements import AgreementRow, objects_of
from exchange.store.base import utcnow
from exchange.store.twins import TwinMessageRow, TwinRow, twin_of_case


def put(session: Session, home: str, twin: TwinRow, kind: str, *, title: str | None = None, note: str | None = None) -> TwinMessageRow:
    """
    Put a message of ours behind those before it. home: our region; the view is that of the twin's case as it stands in this transaction.

    Two writers never give the same number: they stand in one queue.
    """
    now = utcnow()
    if twin.case is not None:
        twin.ours = current_view(session, home, twin.case, twin.peer.region)
    made = written(
        twin=twin.ident, kind=kind, number=twin.sent + 1, previous=twin.head_out, sender=home, receiver=twin.peer.region, at=now,
        view=twin.ours, title=title, note=note,
    )  # fmt: skip
    row = TwinMessageRow(
        twin_id=twin.id, direction="out", number=made.number, ident=made.ident, kind=kind, body=made.body, digest=made.digest,
        state="waiting", tries=0, next_at=now,
    )  # fmt: skip
    session.add(row)
    twin.sent, twin.head_out = made.number, made.digest
    session.flush()
    return row


def current_view(session: Session, home: str, case: AgreementRow, other: str) -> dict[str, Any]:
    """The shared facts of a case as it stands in this transaction."""
    session.flush()
    return view_of(case, objects_of(session, [case.id])[case.id], home, other)


def told(session: Session, home: str, case: AgreementRow) -> None:
    """
    After a step of a case: tell the other node where a shared fact changed, and weigh both sides anew.

    A step at home that shares nothing tells nothing. What the other side shut stays shut until this side says the same.
    """
    twin = twin_of_case(session, case.id)
    if twin is None:
        return
    twin.case = case
    if current_view(session, home, case, twin.peer.region) != twin.ours:
        put(session, home, twin, "state")
    weigh(twin, stepped=True)
