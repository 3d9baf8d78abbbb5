"""Who of the office looks after a match, and until when it rests: what staff arrange among themselves, apart from the match itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from exchange.store.matches import MatchCareRow, MatchRow
from exchange.store.users import UserRow

NOBODY = "tanpa"


def care_of(session: Session, match_id: int) -> MatchCareRow | None:
    """What was arranged about one match."""
    return session.scalars(select(MatchCareRow).where(MatchCareRow.match_id == match_id)).first()


def active_people(session: Session) -> Sequence[UserRow]:
    """Whom a match may be given to, by name."""
    return session.scalars(select(UserRow).where(UserRow.active, UserRow.role.in_(("admin", "petugas"))).order_by(UserRow.name)).all()


def mine_waiting(account_id: int, day: date) -> Any:
    """How many undecided matches that do not rest are in somebody's care, to be selected."""
    query = select(func.count()).select_from(MatchCareRow).join(MatchRow, MatchRow.id == MatchCareRow.match_id)
    awake = or_(MatchCareRow.snoozed_until.is_(None), MatchCareRow.snoozed_until <= day)
    return query.where(MatchCareRow.assignee_id == account_id, awake, MatchRow.state.concat("") == "proposed").scalar_subquery()


def in_care(day: date, person: int | str | None, *, resting: bool | None) -> tuple[Select[int] | None, Select[int] | None]:
    """
    The matches that a list is narrowed to, and those that it leaves out, each as a question for their ids or None for none.

    person: an account's number, `NOBODY`, or None for all. resting: those alone that rest, none of them, or (None) whether or not.
    """
    among: list[ColumnElement[bool]] = []
    without: list[ColumnElement[bool]] = []
    asleep = MatchCareRow.snoozed_until > day
    awake = or_(MatchCareRow.snoozed_until.is_(None), MatchCareRow.snoozed_until <= day)
    if isinstance(person, int):
        among += [MatchCareRow.assignee_id == person, *([awake] if resting is False else [])]
    if resting:
        among += [asleep, *([MatchCareRow.assignee_id.is_(None)] if person == NOBODY else [])]
    if not among:
        without += [*([MatchCareRow.assignee_id.is_not(None)] if person == NOBODY else []), *([asleep] if resting is False else [])]
    ids = select(MatchCareRow.match_id)
    return ids.where(and_(*among)) if among else None, ids.where(or_(*without)) if without else None
