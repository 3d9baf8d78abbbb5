"""What a period's report asks beside the figures: which steps cases of cooperation took in it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.store.agreements import AgreementStepRow


def case_states_reached(session: Session, since: datetime, until: datetime) -> Counter[str]:
    """How many cases came into each state from `since` on and before `until`; `begun`: how many were begun."""
    query = select(AgreementStepRow.number, AgreementStepRow.before, AgreementStepRow.after)
    query = query.where(AgreementStepRow.at >= since, AgreementStepRow.at < until)
    found: Counter[str] = Counter()
    for number, before, after in session.execute(query):
        state = after.get("state")
        if number == 1:
            found["begun"] += 1
        elif state is not None and state != before.get("state"):
            found[str(state)] += 1
    return found


def first_step_at(session: Session) -> datetime | None:
    """When the first step of any case was recorded, None where there is no case; steps come in the order of time."""
    return session.scalar(select(AgreementStepRow.at).order_by(AgreementStepRow.id).limit(1))
