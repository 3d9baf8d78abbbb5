"""Saved searches of matches: a filter with a name, and up to which match each reader has looked at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, UniqueConstraint, and_, delete, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.matches import MatchRow
from exchange.store.types import UtcDateTime
from exchange.store.users import UserRow


class SavedSearchRow(Row):
    """
    A filter of one account. asked: the filters by their names in the address; shared: whether the whole office has it too;
    from_id: the newest match there was when it was saved, before which nothing is new.
    """

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("account_id", "name"), Index(None, "shared"))

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(80))
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shared: Mapped[bool] = mapped_column(default=False)
    from_id: Mapped[int] = mapped_column(BigId, default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class SavedLookRow(Row):
    """
    One reader of a saved search. seen_id: the newest match there was when the reader said to have looked; mailed: whether a letter is
    wished; told_id: the newest match that the last letter reckoned with; counted, counted_to: how many were new as of the last night,
    and the newest match then, for searches by words.
    """

    __tablename__ = "saved_look"
    __table_args__ = (UniqueConstraint("search_id", "account_id"), Index(None, "account_id"))

    search_id: Mapped[int] = mapped_column(BigId, ForeignKey("saved_search.id"))
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("account.id"))
    seen_id: Mapped[int] = mapped_column(BigId, default=0)
    mailed: Mapped[bool] = mapped_column(default=False)
    told_id: Mapped[int] = mapped_column(BigId, default=0)
    counted: Mapped[int] = mapped_column(default=0)
    counted_to: Mapped[int] = mapped_column(BigId, default=0)


class Search(NamedTuple):
    """A saved search as one reader has it. newest: the newest match there is; least: after which match to look in any case."""

    row: SavedSearchRow
    owner: str
    look: SavedLookRow | None
    newest: int
    least: int = 0

    @property
    def seen_id(self) -> int:
        """After which match all is new."""
        return max(self.row.from_id, self.look.seen_id if self.look else 0, self.least)


def newest_match(session: Session) -> int:
    """The number of the newest match; 0 where there is none."""
    return session.scalar(select(func.max(MatchRow.id))) or 0


def searches_of(session: Session, account_id: int, *, only: int | None = None) -> list[Search]:
    """
    The searches of an account, by name, and then those that are shared with it (at most 50); one statement. only: the one of this number.
    """
    newest = select(func.coalesce(func.max(MatchRow.id), 0)).scalar_subquery()
    query = select(SavedSearchRow, UserRow.name, SavedLookRow, newest).join(UserRow, UserRow.id == SavedSearchRow.account_id)
    query = query.outerjoin(SavedLookRow, and_(SavedLookRow.search_id == SavedSearchRow.id, SavedLookRow.account_id == account_id))
    query = query.where(or_(SavedSearchRow.account_id == account_id, SavedSearchRow.shared))
    if only is not None:
        query = query.where(SavedSearchRow.id == only)
    rows = session.execute(query.order_by(SavedSearchRow.account_id != account_id, SavedSearchRow.name, SavedSearchRow.id).limit(50))
    return [Search(row, owner, look, int(number)) for row, owner, look, number in rows]


def own_searches(session: Session, account_id: int) -> Sequence[SavedSearchRow]:
    """All searches that an account saved, by name."""
    return session.scalars(select(SavedSearchRow).where(SavedSearchRow.account_id == account_id).order_by(SavedSearchRow.name)).all()


def mailed_looks(session: Session) -> Sequence[tuple[UserRow, int]]:
    """(account, search's number) for each letter that is wished by somebody active with a mailbox, by account."""
    query = select(UserRow, SavedLookRow.search_id).join(SavedLookRow, SavedLookRow.account_id == UserRow.id)
    query = query.where(SavedLookRow.mailed, UserRow.active, UserRow.email.is_not(None), UserRow.email != "")
    return [(user, number) for user, number in session.execute(query.order_by(UserRow.id, SavedLookRow.search_id))]


def readers_of_searches(session: Session) -> Sequence[int]:
    """The active accounts that have a saved search, of their own or of the office."""
    shared = select(SavedSearchRow.id).where(SavedSearchRow.shared).exists()
    own = select(SavedSearchRow.id).where(SavedSearchRow.account_id == UserRow.id).exists()
    return session.scalars(select(UserRow.id).where(UserRow.active, or_(own, shared)).order_by(UserRow.id)).all()


def news_counted(account_id: int) -> Any:
    """How many matches are new to a reader by all searches that the reader has, as the last night counted them, to be selected."""
    query = select(func.coalesce(func.sum(SavedLookRow.counted), 0)).join(SavedSearchRow, SavedSearchRow.id == SavedLookRow.search_id)
    has = or_(SavedSearchRow.account_id == account_id, SavedSearchRow.shared)
    return query.where(SavedLookRow.account_id == account_id, has).scalar_subquery()


def look_of(session: Session, search: Search, account_id: int) -> SavedLookRow:
    """The reader's own row about a search, made where there is none."""
    if search.look is not None:
        return search.look
    row = SavedLookRow(search_id=search.row.id, account_id=account_id, seen_id=search.row.from_id, told_id=0, mailed=False, counted=0)
    row.counted_to = 0
    session.add(row)
    return row


def drop_search(session: Session, row: SavedSearchRow) -> None:
    """Remove a search with all its readers."""
    session.execute(delete(SavedLookRow).where(SavedLookRow.search_id == row.id))
    session.delete(row)


def count_new(session: Session, least: int, wanted: Mapping[str, Sequence[ColumnElement[bool]]]) -> dict[str, int]:
    """How many matches numbered above `least` meet all of some conditions (on match, demand and product), by name; one statement."""
    if not wanted:
        return {}
    return dict(zip(wanted, map(int, session.execute(_new(least, wanted)).one()), strict=True))


def new_parts(least: int, wanted: Mapping[str, Sequence[ColumnElement[bool]]]) -> list[Select[Any]]:
    """The same, as ("new", name, "", number) for each, to be asked beside something else; the matches are read once for all of them."""
    counts = _new(least, wanted).cte("new_matches")
    return [select(literal("new"), literal(name), literal(""), count) for name, count in zip(wanted, counts.c, strict=True)]


def _new(least: int, wanted: Mapping[str, Sequence[ColumnElement[bool]]]) -> Any:
    counts = [func.count().filter(and_(*conditions)).label(f"new_{at}") for at, conditions in enumerate(wanted.values())]
    return select(*counts).select_from(MatchRow).join(MatchRow.demand).join(MatchRow.product).where(MatchRow.id > least)
