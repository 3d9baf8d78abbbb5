"""
The index that demands are searched by: terms with the demands that have them, and how far it has followed the change feed.

It is written behind those who write demands, in transactions of its own (`exchange.demand.indexing`), so that taking in a list costs what
it cost without it. A demand's number in it is its row's id, in blocks of `postings.SIZE`; both databases keep the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Index, LargeBinary, Select, String, Table, UniqueConstraint, delete, func, select, true, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.bulk import fetch_raw, insert_many, update_many
from exchange.store.changes import ChangeRow
from exchange.store.demand_sorts import SORT, SORTS
from exchange.store.demands import DemandRow
from exchange.store.feed import feed, floor_of, last_change, told_to
from exchange.store.postings import COLUMN, SIZE
from exchange.store.types import ordered

KIND = "demand"
_STAFF = 1  # the bit of the reader who is told of every change
MOST_COUNTED = 10_000


class PostingRow(Row):
    """
    The demands of one block that have one term, packed (`postings`).

    term: a root, `~` and a word as it was written, either with `+` before it where a title has it, `#` and a value that narrows lists,
    or `=` and a column.
    """

    __tablename__ = "demand_posting"
    __table_args__ = (UniqueConstraint("term", "block"), Index(None, "block"))

    term: Mapped[str] = mapped_column(ordered(48))
    block: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class DemandIndexRow(Row):
    """
    The one row about the index.

    position: the last change that it has taken in. filled: where it is being made from all demands, the first block that is not yet; None
    where that is done. revision: counts the transactions that wrote it.
    """

    __tablename__ = "demand_index"

    position: Mapped[int] = mapped_column(BigInteger)
    filled: Mapped[int | None]
    revision: Mapped[int] = mapped_column(BigInteger)
    # one row, whoever is the first to write it
    only: Mapped[str] = mapped_column(String(1), unique=True)


class Standing(NamedTuple):
    """How far the index is, as `DemandIndexRow` has it."""

    position: int
    filled: int | None
    revision: int


_POSTING = cast(Table, PostingRow.__table__)
_INDEX = cast(Table, DemandIndexRow.__table__)
_NEVER = Standing(0, 0, 0)
_SORTED = frozenset(COLUMN + name for name in SORTS)


def standing(session: Session) -> Standing:
    """How far the index is; one that was never made, or has missed changes that are forgotten, is at its beginning."""
    found = session.execute(select(_INDEX.c.position, _INDEX.c.filled, _INDEX.c.revision)).first()
    return Standing(*found) if found else _NEVER


def has_missed(session: Session, now: Standing) -> bool:
    """Whether changes were forgotten, or another database's put in their place, before the index took them in."""
    return now.position < floor_of(feed(session), _STAFF, [KIND]) or now.position > last_change(session)


def move(session: Session, now: Standing, then: Standing) -> bool:
    """Put the index from one standing to another; False where another worker was faster."""
    if standing(session) != now:
        return False
    session.execute(delete(_INDEX))
    row = {"position": then.position, "filled": then.filled, "revision": now.revision + 1, "only": "x"}
    session.execute(_INDEX.insert(), [row])
    return True


def begin_anew(session: Session) -> None:
    """Have the index made again from all demands; until a block's turn comes it says what it said."""
    now = standing(session)
    move(session, now, Standing(last_change(session), 0, now.revision))


def changed_since(session: Session, position: int, limit: int) -> list[tuple[int, str]]:
    """The next changes of demands behind a place, as (number, public name), at most `limit`."""
    query = select(ChangeRow.id, ChangeRow.ident).where(ChangeRow.kind == KIND, ChangeRow.id > position).order_by(ChangeRow.id)
    return [(number, ident) for number, ident in session.execute(query.limit(limit))]


def waiting(session: Session, now: Standing, limit: int) -> list[int]:
    """Numbers of demands that the index does not know as they are, at most `limit`; once for each change, so perhaps more than once."""
    told = select(ChangeRow.ident).where(ChangeRow.kind == KIND, ChangeRow.id > now.position).order_by(ChangeRow.id).limit(limit).subquery()
    changed = select(DemandRow.id).join(told, told.c.ident == DemandRow.ident)
    if now.filled is None:
        return list(session.scalars(changed))
    unmade = select(DemandRow.id).where(DemandRow.id >= now.filled * SIZE).order_by(DemandRow.id).limit(limit).subquery()
    return list(session.scalars(union_all(changed, select(unmade.c.id))))[:limit]


def standing_and_waiting(session: Session, limit: int) -> tuple[Standing, list[int]]:
    """`standing` and `waiting` of it; one statement where the index is not being made."""
    position = select(_INDEX.c.position).scalar_subquery()
    told = select(ChangeRow.ident).where(ChangeRow.kind == KIND, ChangeRow.id > position).order_by(ChangeRow.id).limit(limit).subquery()
    query = select(_INDEX.c.position, _INDEX.c.filled, _INDEX.c.revision, DemandRow.id).select_from(_INDEX)
    found = session.execute(query.outerjoin(told, true()).outerjoin(DemandRow, DemandRow.ident == told.c.ident)).all()
    now = Standing(*found[0][:3]) if found else _NEVER
    if now.filled is not None:
        return now, waiting(session, now, limit)
    return now, [row[3] for row in found if row[3] is not None]


def closed_since(session: Session, now: Standing, bit: int) -> list[int]:
    """Numbers of demands that a reader read when the index took them in, and perhaps does not any more."""
    query = select(DemandRow.id).join(ChangeRow, ChangeRow.ident == DemandRow.ident)
    query = query.where(ChangeRow.kind == KIND, ChangeRow.id > now.position, ChangeRow.losers.bitwise_and(bit) != 0)
    return list(session.scalars(query))


def behind(session: Session, now: Standing, bit: int = _STAFF) -> int:
    """How many changes that a reader is told of the index has not taken in yet, counted up to `MOST_COUNTED`."""
    return min(session.scalar(behind_of(now, bit)) or 0, MOST_COUNTED)


def behind_of(now: Standing, bit: int = _STAFF) -> Select[Any]:
    """The question for `behind`, whose answer may be up to twice `MOST_COUNTED`."""
    told = select(ChangeRow.id.label("id")).where(*told_to(bit, [KIND]), ChangeRow.id > now.position).limit(MOST_COUNTED).subquery()
    if now.filled is None:
        return select(func.count()).select_from(told)
    unmade = select(DemandRow.id).where(DemandRow.id >= now.filled * SIZE).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(union_all(select(told.c.id), select(unmade.c.id)).subquery())


def last_block(session: Session) -> int:
    """The last block that a demand or the index has."""
    last = session.scalar(select(func.max(DemandRow.id))) or 0
    return max(last // SIZE, session.scalar(select(func.max(PostingRow.block))) or 0)


def block_rows(session: Session, block: int) -> dict[str, tuple[int, bytes]]:
    """All of one block as (row id, body) by term."""
    query = select(_POSTING.c.term, _POSTING.c.id, _POSTING.c.body).where(_POSTING.c.block == block)
    return {term: (row_id, bytes(body)) for term, row_id, body in fetch_raw(session.connection(), query, binary=True)}


def write_block(session: Session, block: int, ids: Mapping[str, int], changed: Mapping[str, bytes | None]) -> None:
    """Write what differs; ids: of the rows that there are, by term. None takes a row away."""
    connection = session.connection()
    gone = [ids[term] for term, body in changed.items() if body is None and term in ids]
    for start in range(0, len(gone), 500):
        session.execute(delete(_POSTING).where(_POSTING.c.id.in_(gone[start : start + 500])))
    update_many(connection, _POSTING, ("body",), [(ids[term], body) for term, body in changed.items() if body and term in ids])
    new = sorted((term, body) for term, body in changed.items() if body and term not in ids)
    insert_many(connection, _POSTING, ("term", "body"), new, {"block": block})


def bodies_of(
    session: Session, terms: Sequence[str], beginnings: Sequence[str] = (), blocks: Sequence[int] | None = None
) -> dict[str, dict[int, bytes]]:
    """
    The bodies of terms, and of all that begin with one of the beginnings, by term and block; one statement.

    Columns of `demand_sorts` are read from there. blocks: only these, None for all.
    """
    asked = select(_POSTING.c.term, _POSTING.c.block, _POSTING.c.body)
    queries: list[Any] = [asked.where(_POSTING.c.term >= one, _POSTING.c.term < one + "\U0010ffff") for one in beginnings]
    sorts = [term for term in terms if term in _SORTED]
    for table, its in ((_POSTING, [term for term in terms if term not in _SORTED]), (SORT, sorts)):
        query = select(table.c.term, table.c.block, table.c.body).where(table.c.term.in_(its))
        if its:
            queries.append(query if blocks is None else query.where(table.c.block.in_(blocks)))
    found: dict[str, dict[int, bytes]] = {}
    if not queries:
        return found
    for term, block, body in fetch_raw(session.connection(), union_all(*queries) if len(queries) > 1 else queries[0], binary=True):
        found.setdefault(term, {})[block] = body if isinstance(body, bytes) else bytes(body)
    return found
